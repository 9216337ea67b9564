/* Short words for SQL that runs now and then: prepare, bind, step.  Errors as store_errno() says them. */
#pragma once

#include <sqlite3.h>
#include <stdarg.h>

#include "core/base.h"

/* @types: one letter a value that follows: i int64_t, s const char * (NULL is NULL). */
int sql_open(sqlite3 *db, sqlite3_stmt **ret, const char *sql, const char *types, ...);
int sql_open_list(sqlite3 *db, sqlite3_stmt **ret, const char *sql, const char *types, va_list args);
int sql_run(sqlite3 *db, const char *sql, const char *types, ...);
/* The first column of the first row; @fallback when there is none or it is NULL. */
int sql_number(sqlite3 *db, int64_t fallback, int64_t *ret, const char *sql, const char *types, ...);
/* Binds the values to a statement that was prepared. */
void sql_bind(sqlite3_stmt *stmt, const char *types, ...);
/* Never NULL. */
const char *sql_text_at(sqlite3_stmt *stmt, int column);

static inline void sql_endp(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}
