/*
 * Runs one check on a read-only connection: authorizer (views of ours only, no other function than those listed), time
 * limit, row limit.  Pure: the answer depends on the database and the three times alone.
 */
#pragma once

#include "core/diag.h"
#include "core/status.h"
#include "rules/check.h"

struct sqlite3;

struct ask_row {
	char *resource;
	enum status status;
	char *reason_ja, *reason_en;
	char *dims;   /* JSON object of the other columns */
	char *system; /* column system_id or segment, when there is one: whose evidence it needs; else NULL */
};

struct answer {
	const struct check *check;
	struct ask_row *rows;
	size_t n_rows;
	uint64_t tables; /* bits of store_table() that it read, by the authorizer */
	usec_t next;     /* when time alone can change the answer; 0: not said */
	usec_t took;
	char *error; /* it did not run: why; NULL when it did */
};

struct ask_times {
	usec_t now, seen; /* design.md section 1, sentence 8 */
};

/* @params: values in force, one for each of check->params (NULL takes the default). */
void ask_check(struct sqlite3 *db, const struct check *check, const char *const *params, const struct ask_times *times,
	       struct answer *ret);
void answer_free(struct answer *answer); /* what is in it, not itself */

/*
 * The same question at several times: compiled once.  @names NULL reads those of @db.  @params must stay.  -EBADMSG and @diag.
 */
struct ask;
struct guard_names;
int ask_open(struct sqlite3 *db, const struct check *check, const char *const *params, struct guard_names *names,
	     struct ask **ret, struct diag *diag);
/* The same where @db has views of its own before those of the database, see guard_open_vetted(). */
int ask_open_vetted(struct sqlite3 *db, const struct check *check, struct ask **ret, struct diag *diag);
void ask_params(struct ask *ask, const char *const *params); /* from the next run on */
/* The answer of a check that ask_open() refused. */
void ask_refused(const struct check *check, const struct diag *diag, struct answer *ret);
/* @known: an earlier answer; rows that are as in it get no words (reasons and dims NULL).  NULL: all have them. */
void ask_run(struct ask *ask, const struct ask_times *times, const struct answer *known, struct answer *ret);
void ask_close(struct ask *ask);
DEFINE_CLEANUP(struct ask, ask_close)
/* Whether it names :now or :today: else its answer moves with the state alone. */
bool ask_timed(const struct ask *ask);

/* Prepares the check against the schema without running it: what lint does.  -EBADMSG with file and line in @diag. */
int ask_lint(struct sqlite3 *db, const struct check *check, uint64_t *ret_tables, struct diag *diag);
