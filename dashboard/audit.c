/* Who wrote what, and who read raw lines (design.md section 5, privacy). */

#include <errno.h>

#include "core/clock.h"
#include "daemon/statement.h"
#include "dashboard/api.h"

#define WINDOW MINUTES(10)

int audit_put(sqlite3 *db, usec_t now, const char *who, const char *what, const json_t *before, const json_t *after)
{
	_free_ char *was = before ? json_dumps(before, JSON_COMPACT) : NULL;
	_free_ char *is = after ? json_dumps(after, JSON_COMPACT) : NULL;
	sqlite3_stmt *stmt = NULL;
	int r;

	if ((before && !was) || (after && !is))
		return -ENOMEM;
	r = statement_prepare(db, "INSERT INTO audit (at, who, what, before, after) VALUES (?1, ?2, ?3, ?4, ?5)",
			      &stmt);
	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, now);
	statement_bind(stmt, 2, str_of(who));
	statement_bind(stmt, 3, str_of(what));
	sqlite3_bind_text(stmt, 4, was, -1, SQLITE_STATIC); /* NULL binds NULL */
	sqlite3_bind_text(stmt, 5, is, -1, SQLITE_STATIC);
	r = statement_run(stmt);
	sqlite3_finalize(stmt);
	return r;
}

static void audit_write(struct http *http, const char *who, const char *what)
{
	struct store *store = http->daemon->store;

	if (store_begin(store) < 0)
		return;
	if (audit_put(store_sqlite(store), clock_now(), who, what, NULL, NULL) < 0 || store_commit(store) < 0)
		store_rollback(store);
}

void audit_flush(struct http *http, bool all)
{
	usec_t now = clock_monotonic();
	size_t kept = 0;
	char what[128];

	for (size_t i = 0; i < http->n_readers; i++) {
		if (!all && now - http->readers[i].since < WINDOW) {
			http->readers[kept++] = http->readers[i];
			continue;
		}
		if (http->readers[i].lines == 0)
			continue;
		snprintf(what, sizeof(what), "read %llu more raw lines", (unsigned long long)http->readers[i].lines);
		audit_write(http, http->readers[i].who, what);
	}
	http->n_readers = kept;
}

void audit_raw(struct http *http, const char *who, uint64_t lines)
{
	char what[128];

	for (size_t i = 0; i < http->n_readers; i++)
		if (strcmp(http->readers[i].who, who) == 0) {
			http->readers[i].lines += lines;
			return;
		}
	if (http->n_readers == COUNT(http->readers))
		audit_flush(http, true);
	str_copy(http->readers[http->n_readers].who, sizeof(http->readers[0].who), str_of(who));
	http->readers[http->n_readers].lines = 0;
	http->readers[http->n_readers++].since = clock_monotonic();
	snprintf(what, sizeof(what), "read %llu raw lines", (unsigned long long)lines);
	audit_write(http, who, what);
}
