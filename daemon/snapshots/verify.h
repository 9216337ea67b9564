/*
 * Is the chain whole?  The same questions for a database and for an exported file: who reads them tells keys, links and parts in
 * order, and what was found first stays.  What no chain can show by itself (its newest links cut off, all of it made anew by
 * who has the key) shows when a head that was kept outside is told.
 */
#pragma once

#include "core/text.h"
#include "daemon/snapshots/chain.h"

#define VERIFY_HEADS 64
#define VERIFY_KEYS 256

struct verify_key {
	char id[CHAIN_KEY_ID];
	char public[CHAIN_PEM];
};

struct verify {
	/* What comes out. */
	int64_t bad;           /* number of the first bad link; 0: none */
	char ja[400], en[400]; /* what is wrong with it */
	bool failed;           /* also without a number: a key, a file */
	int64_t links, parts, events, expired;
	int64_t first, last; /* numbers */
	usec_t first_at, last_at;
	char code[CHAIN_CODE]; /* of the newest */
	size_t heads_met;
	size_t strangers; /* keys after the first that no key introduced: made anew when the old one was lost */

	/* Of verify.c. */
	struct verify_key keys[VERIFY_KEYS];
	size_t n_keys;
	struct str heads[VERIFY_HEADS];
	bool met[VERIFY_HEADS];
	size_t n_heads;
	unsigned char head[CHAIN_DIGEST]; /* of the link before */
};

/* @heads: short codes that were kept outside, borrowed. */
void verify_init(struct verify *verify, const struct str *heads, size_t n);
/* Each answers true while nothing is wrong. */
bool verify_key(struct verify *verify, const char *id, const char *pem, const char *introduced_by,
		struct str signature);
bool verify_link(struct verify *verify, const struct link *link);
/* @text is the manifest of @link. */
bool verify_manifest(struct verify *verify, const struct link *link, struct str text);
/* @digest is what the manifest says of @name; @body NULL: it is not there. */
bool verify_part(struct verify *verify, int64_t number, struct str name, struct str digest, struct str body);
/* Afterwards: heads that no link had. */
void verify_end(struct verify *verify);
/* What else is wrong with link @number (0: none in particular). */
bool verify_fail(struct verify *verify, int64_t number, enum text text, const char *name);

struct sqlite3;
/* A database, opened for reading.  0, or negative errno when it cannot be read. */
int verify_database(struct sqlite3 *db, struct verify *verify, usec_t now);

/*
 * The same in steps, each in a read transaction of its own of about @span at most, for a thread that others wait for (@waited,
 * or NULL).  1: there is more; 0: done.  @verify must outlive the run.
 */
struct verify_run;
int verify_begin(struct verify *verify, usec_t now, struct verify_run **ret);
int verify_step(struct verify_run *run, struct sqlite3 *db, usec_t span, bool (*waited)(void *arg), void *arg);
void verify_run_free(struct verify_run *run);
/* An exported file.  -EBADMSG and @diag: it is none. */
int verify_file(const char *path, struct verify *verify, struct diag *diag);
