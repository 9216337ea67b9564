/* Fills a listing from the rows of a statement.  Inside of the queries. */
#pragma once

#include "daemon/queries.h"

struct sqlite3_stmt;

struct listing_column {
	const char *name;
	enum cell_type type; /* CELL_TEXT takes what there is: number, text or bytes */
};

/* Begins @ret with the names of @columns. */
void listing_begin(struct listing *ret, const struct listing_column *columns, const char **names, size_t n);
/* Adds the row @stmt stands on: its first columns in order. */
int listing_add(struct listing *listing, const struct listing_column *columns, struct sqlite3_stmt *stmt);
/* Sets a cell of the last row to @text. */
int listing_set(struct listing *listing, size_t column, const char *text);
/* 1 to QUERY_LIMIT_MAX, 100 when it is not said; -EINVAL. */
int page_limit(const struct page *page, unsigned *ret, struct diag *diag);
struct str page_cursor(const struct page *page);
/* The rest of a cursor "KIND:..."; false when it is of another kind. */
bool cursor_of(struct str cursor, char kind, struct str *ret);
/*
 * Sets the cursor "KIND:KEY".  Keys of two columns hold a character that no address may: such ones stand as ~1f, and
 * cursor_key() reads them back into @buf; false when it is no key.
 */
void cursor_put(struct listing *listing, char kind, const char *key);
bool cursor_key(struct str cursor, char *buf, size_t size, struct str *ret);
