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

/* How each kind is said, the first time and for all that follow within the window. */
static void count_text(enum audit_kind kind, bool more, uint64_t n, char *buf, size_t size)
{
	static const struct {
		const char *before, *one, *many;
	} kinds[AUDIT_KINDS] = {
		[AUDIT_RAW] = { "read", "raw line", "raw lines" },
		[AUDIT_WRONG_TOKEN] = { "sent", "wrong token", "wrong tokens" },
		[AUDIT_REFUSED] = { "was refused", "request for want of its role", "requests for want of their role" },
	};

	snprintf(buf, size, "%s %llu %s%s", kinds[kind].before, (unsigned long long)n, more ? "more " : "",
		 n == 1 ? kinds[kind].one : kinds[kind].many);
}

void audit_flush(struct http *http, bool all)
{
	usec_t now = clock_monotonic();
	size_t kept = 0;
	char what[128];

	for (size_t i = 0; i < http->n_counted; i++) {
		if (!all && now - http->counted[i].since < WINDOW) {
			http->counted[kept++] = http->counted[i];
			continue;
		}
		if (http->counted[i].n == 0)
			continue;
		count_text(http->counted[i].kind, true, http->counted[i].n, what, sizeof(what));
		audit_write(http, http->counted[i].who, what);
	}
	http->n_counted = kept;
}

void audit_count(struct http *http, enum audit_kind kind, const char *who, uint64_t n)
{
	char what[128];

	for (size_t i = 0; i < http->n_counted; i++)
		if (http->counted[i].kind == kind && strcmp(http->counted[i].who, who) == 0) {
			http->counted[i].n += n;
			return;
		}
	if (http->n_counted == COUNT(http->counted))
		audit_flush(http, true);
	http->counted[http->n_counted].kind = kind;
	str_copy(http->counted[http->n_counted].who, sizeof(http->counted[0].who), str_of(who));
	http->counted[http->n_counted].n = 0;
	http->counted[http->n_counted++].since = clock_monotonic();
	count_text(kind, false, n, what, sizeof(what));
	audit_write(http, who, what);
}
