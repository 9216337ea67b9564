/* Reads the rows of a check's answer: status, texts from templates, and the other columns as JSON.  Inside of ask.c. */
#pragma once

#include "daemon/ask.h"

struct sqlite3_stmt;

/* Which columns mean something; -1 where there is none. */
struct ask_columns {
	int resource, status, reason, reason_id, next, system_id, segment;
	int n;
	const struct answer
		*known; /* rows that it has with the same status get neither reason nor dims; NULL: all do */
};

/* -EBADMSG and @diag when resource, status or reason is missing, or a template names a column that is not there. */
int ask_columns(const struct check *check, struct sqlite3_stmt *stmt, struct ask_columns *ret, struct diag *diag);

/* Adds the row that @stmt stands on to @answer.  -EBADMSG and @diag when it is no answer. */
int ask_row_read(const struct ask_columns *columns, struct sqlite3_stmt *stmt, struct answer *answer, size_t *room,
		 struct diag *diag);
/* Sorts by resource; of several rows with the same one the worst stays. */
void ask_rows_merge(struct answer *answer);
void ask_row_free(struct ask_row *row); /* what is in it */

/* A copy of bytes as valid UTF-8 without NUL: what is neither becomes U+FFFD.  NULL when memory is out. */
char *ask_utf8(const char *p, size_t n);
