/* What every writer does with a prepared statement; errors as store_errno() says them. */
#pragma once

#include <sqlite3.h>

#include "core/str.h"
#include "daemon/store.h"

static inline int statement_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return store_errno(sqlite3_prepare_v2(db, sql, -1, ret, NULL));
}

/* Steps once and makes it ready for the next time; what is bound stays. */
static inline int statement_run(sqlite3_stmt *stmt)
{
	int r = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return store_errno(r);
}

/* Binds borrowed text: it must live until the statement was run. */
static inline void statement_bind(sqlite3_stmt *stmt, int i, struct str s)
{
	sqlite3_bind_text(stmt, i, s.p ? s.p : "", (int)s.n, SQLITE_STATIC);
}
