#include "daemon/alerts/sql.h"

#include "daemon/store.h"

static void bind_list(sqlite3_stmt *stmt, const char *types, va_list args)
{
	for (int i = 1; *types; types++, i++) {
		if (*types == 'i') {
			sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
		} else {
			const char *text = va_arg(args, const char *);

			sqlite3_bind_text(stmt, i, text, -1, SQLITE_TRANSIENT);
		}
	}
}

void sql_bind(sqlite3_stmt *stmt, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	bind_list(stmt, types, args);
	va_end(args);
}

int sql_open_list(sqlite3 *db, sqlite3_stmt **ret, const char *sql, const char *types, va_list args)
{
	int code = sqlite3_prepare_v2(db, sql, -1, ret, NULL);

	if (code == SQLITE_OK)
		bind_list(*ret, types, args);
	return store_errno(code);
}

int sql_open(sqlite3 *db, sqlite3_stmt **ret, const char *sql, const char *types, ...)
{
	va_list args;
	int r;

	va_start(args, types);
	r = sql_open_list(db, ret, sql, types, args);
	va_end(args);
	return r;
}

int sql_run(sqlite3 *db, const char *sql, const char *types, ...)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	va_list args;
	int r;

	va_start(args, types);
	r = sql_open_list(db, &stmt, sql, types, args);
	va_end(args);
	return r < 0 ? r : store_errno(sqlite3_step(stmt));
}

int sql_number(sqlite3 *db, int64_t fallback, int64_t *ret, const char *sql, const char *types, ...)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	va_list args;
	int r, code;

	va_start(args, types);
	r = sql_open_list(db, &stmt, sql, types, args);
	va_end(args);
	if (r < 0)
		return r;
	code = sqlite3_step(stmt);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return store_errno(code);
	*ret = code == SQLITE_ROW && sqlite3_column_type(stmt, 0) != SQLITE_NULL ? sqlite3_column_int64(stmt, 0)
										 : fallback;
	return 0;
}

const char *sql_text_at(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text ? text : "";
}
