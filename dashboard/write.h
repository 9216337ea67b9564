/*
 * Writes over HTTP: one table of routes with who may, how much, and the function.  The function runs in one transaction of the
 * service connection, with its row in the audit trail; it validates, writes, and says which tables changed.
 */
#pragma once

#include "daemon/complaint.h"
#include "dashboard/api.h"

struct sqlite3;

struct write {
	struct http *http;
	struct sqlite3 *db;  /* the service connection, in a transaction */
	struct str name;     /* last part of the path, unescaped; "" where there is none */
	const json_t *json;  /* what was sent: an object */
	struct str query;    /* behind the '?' */
	struct str if_match; /* as it came; .p NULL: it did not */
	struct str body;     /* as it came; the only thing where .csv */
	bool csv;            /* a file was sent, and no JSON: text/csv or, with .workbook, an Excel workbook */
	bool workbook;
	const char *who; /* as the connection or its token says: "uid 0" */
	usec_t now;

	/* The function fills these in. */
	struct complaints complaints;
	bool shapeless;         /* write_fields() complained: 400, and not 422 */
	json_t *answer;         /* what the client gets; NULL: {} */
	json_t *before, *after; /* for the audit trail; NULL: nothing */
	json_t *rows;           /* what is as many rows of the trail: a list, each is the after of one; NULL: one row */
	uint64_t tables;        /* bits of store_table(): what the judge must look at again */
	bool tokens;            /* those changed */
	bool preview;           /* nothing was written: no trail, no key */
	/*
	 * For what stands beside the database: .land puts it in place before the transaction ends, .drop comes at the end in
	 * any case, and undoes it unless @kept.  Either may be NULL.
	 */
	int (*land)(struct write *write);
	void (*drop)(struct write *write, bool kept);
	void *state;
};

struct write_route {
	enum head_method method;
	const char *path;  /* ending in '/': one more part follows, the name */
	const char *tail;  /* behind the name: "/rows"; NULL: nothing */
	const char *allow; /* all methods of this path, for 405 */
	enum role role;    /* the least that may */
	size_t limit;      /* bytes of the body */
	/*
	 * 0, or: -EINVAL with complaints, where shape is wrong (write_fields() says so: 400) or meaning is (422); -ENOENT 404;
	 * -EEXIST 409; -ESTALE 412: it is not what If-Match says; -EAGAIN 503.  Nothing is kept unless it is 0.
	 */
	int (*fn)(struct write *write);
	bool csv;    /* takes text/csv and workbooks beside JSON */
	bool secret; /* the answer is told once and kept nowhere: not under its key either */
};

/* The @i-th route: "POST /api/v1/registers/{}/rows", as OpenAPI writes its path; false behind the last. */
bool write_path(size_t i, char *buf, size_t size);

/* For struct server_user. */
bool write_admit(void *arg, struct exchange *exchange);
/* Has a write that was admitted done and answered. */
void write_handle(struct http *http, struct exchange *exchange);

/* Members of the object that is sent, read into a struct. */
enum write_kind {
	WRITE_TEXT, /* const char *, borrowed from the JSON; NULL when it is not there, null or "" */
	WRITE_INT,  /* int64_t; 0 when it is not there */
	WRITE_FLAG, /* bool */
	WRITE_JSON, /* const json_t *: whatever it is, NULL when it is not there */
};

struct write_field {
	const char *name;
	enum write_kind kind;
	bool required;
	size_t max; /* bytes of a text; 0: 200 */
	size_t offset;
};

/* Names every member that is missing, unknown, of another kind or too long.  -EINVAL: complaints say which. */
int write_fields(struct write *write, const struct write_field *fields, size_t n, void *ret);

/* The functions of the routes, each in the file of its area. */
int say_post_answer(struct write *write); /* api_say.c */
int sheets_import(struct write *write);   /* api_sheets.c */
int say_post_attestation(struct write *write);
int say_post_waiver(struct write *write);
int say_post_na(struct write *write);
int say_revoke_answer(struct write *write);
int say_revoke_attestation(struct write *write);
int say_revoke_waiver(struct write *write);
int say_revoke_na(struct write *write);

int acks_post(struct write *write); /* api_acks.c */
/* "2026-11-25T09:00:00+09:00", "2026-11-25" (its end), or a span from now such as "2h".  0: complained. */
usec_t alerts_until(struct write *write, const char *field, const char *text); /* api_alerts.c */
bool alerts_until_good(struct write *write, const char *field, usec_t until);
int alerts_post_silence(struct write *write);
int alerts_expire_silence(struct write *write);
int alerts_post_test(struct write *write);
int snapshots_post(struct write *write); /* api_snapshots.c */
int snapshots_post_key(struct write *write);
int token_post(struct write *write); /* api_tokens.c */
int token_delete(struct write *write);
int registers_put(struct write *write); /* api_registers.c */
int registers_post_row(struct write *write);
int registers_delete_row(struct write *write);
