/*
 * A question to the database on behalf of a request: asked in the worker, answered in the service loop.  If the worker is
 * slow the server gives the client its 504, and the late answer goes nowhere.
 */
#pragma once

#include "dashboard/api.h"

struct sqlite3;

struct question {
	struct http *http; /* a reference */
	struct ticket *ticket;
	struct rules *rules; /* a reference: rules may be reloaded meanwhile */
	enum role role;
	char who[64];
	char site[256]; /* its name; the configuration may change meanwhile */
	bool demo;
	char query[HEAD_TARGET_MAX + 1]; /* of the request, still escaped */
	char name[512];
	/* In the worker's thread; builds the answer or says why not (negative errno and @diag). */
	int (*ask)(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret);
	uint64_t raw_lines; /* how many raw lines the answer shows: for the audit trail */
	char *body;
	char version[24]; /* of what the answer shows, before the answer's own tag; "" where nobody asks for it */
	bool gzip;        /* the asker takes it; then it is coded in the worker, not in the loop that serves */
	struct {
		char *bytes;
		size_t n;
	} packed;
	struct { /* instead of JSON, when @ask sets it: owned bytes, their media type, the name to keep them under */
		char *bytes;
		size_t n;
		const char *type;
		char name[64];
	} file;
	int r;
	struct diag diag;
};

/* Answers @exchange with what @ask says of it. */
void question_put(struct http *http, struct exchange *exchange, struct str name,
		  int (*ask)(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret));

/* Parameters of the request, for @ask.  -EINVAL and @diag when it cannot be. */
int question_text(const struct question *question, const char *name, char *buf, size_t size, const char **ret,
		  struct diag *diag); /* NULL when it is not there or empty */
int question_number(const struct question *question, const char *name, int64_t *ret,
		    struct diag *diag); /* 0: not there */
/* An ISO 8601 time or a date; @end: a date means the end of its day. */
int question_time(const struct question *question, const char *name, bool end, usec_t *ret, struct diag *diag);

/* A page of a list: {"items","next"}. */
struct listing;
json_t *listing_json(const struct listing *listing);

/* One event as the lists show it, with its line, masked where the asker may not see it; NULL when it is no more. */
json_t *json_event_of(struct sqlite3 *db, const struct question *question, int64_t id);

/* 400 for one parameter, said in both languages. */
void query_refuse(struct exchange *exchange, const char *field, enum text text, const char *const *pairs);

struct question_page {
	int64_t limit; /* 1 to 1000 */
	const char *cursor;
	char buf[2048];
};
int question_page(const struct question *question, struct question_page *ret, struct diag *diag);
