/* Who read raw lines (design.md section 5, privacy). */

#include <sqlite3.h>

#include "core/clock.h"
#include "dashboard/api.h"

#define WINDOW MINUTES(10)

static void audit_write(struct http *http, const char *who, const char *what)
{
	sqlite3 *db = store_sqlite(http->daemon->store);
	sqlite3_stmt *stmt = NULL;

	if (store_begin(http->daemon->store) < 0)
		return;
	if (sqlite3_prepare_v2(db, "INSERT INTO audit (at, who, what) VALUES (?1, ?2, ?3)", -1, &stmt, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, clock_now());
		sqlite3_bind_text(stmt, 2, who, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 3, what, -1, SQLITE_STATIC);
		sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	if (store_commit(http->daemon->store) < 0)
		store_rollback(http->daemon->store);
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
