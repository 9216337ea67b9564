/*
 * What is too old goes: events by the days of their type (core/events.def), hours of sources, and senders and phones that
 * came once and never again.  In small steps, by id: old events stand at the front, no index is needed.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/when.h"
#include "daemon/pipeline_in.h"

#define HOURS_KEPT 400 /* days */
#define SAID_KEPT 40   /* days: what checks ask for is younger */
#define PHONE_KEPT 90  /* days that a random MAC address is remembered */
#define TOLD_KEPT 2600 /* days, as of the events behind it */
#define JUNK_KEPT 7    /* days that a sender without any event is, once there are many */

static int query_int(sqlite3 *db, const char *sql, int64_t bound, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (r == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, bound);
		r = sqlite3_step(stmt);
		*ret = r == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	}
	sqlite3_finalize(stmt);
	return store_errno(r);
}

static int run_bound(sqlite3 *db, const char *sql, int64_t a, int64_t b, int64_t c)
{
	sqlite3_stmt *stmt = NULL;
	int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (r == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, a);
		sqlite3_bind_int64(stmt, 2, b);
		sqlite3_bind_int64(stmt, 3, c);
		r = sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return store_errno(r);
}

static int shortest_days(void)
{
	int days = event_type_days((enum event_type)0);

	for (int i = 1; i < EVENT_TYPES; i++)
		if (event_type_days((enum event_type)i) < days)
			days = event_type_days((enum event_type)i);
	return days;
}

/* Events of one step; 1 when the next may hold old ones too. */
static int events_step(struct pipeline *p, sqlite3 *db, usec_t now)
{
	int64_t from = p->retention_at, received = 0, top = 0;
	int r = query_int(
		db,
		"SELECT ifnull(max(received), 0) FROM (SELECT received FROM event WHERE id > ? ORDER BY id LIMIT 1)",
		from, &received);

	if (r < 0)
		return r;
	if (received == 0 || received >= now - DAYS(shortest_days())) {
		p->retention_at = 0;
		return 0;
	}
	r = query_int(db, "SELECT max(id) FROM (SELECT id FROM event WHERE id > ? ORDER BY id LIMIT 5000)", from, &top);
	if (r == 0)
		r = run_bound(db,
			      "DELETE FROM event WHERE id > ?1 AND id <= ?2 AND received < ?3 - 86400000000 * CASE type"
#define EVENT(name, ocsf, days, ja, en) " WHEN '" #name "' THEN " #days
#include "core/events.def"
#undef EVENT
			      " ELSE 2600 END",
			      from, top, now);
	if (r < 0)
		return r;
	p->retention_at = top;
	return 1;
}

/* Senders that never said anything that means something, once there are many of them. */
#define REGISTERED "(SELECT value FROM register_value WHERE kind = 'log_sources')"
#define JUNK                                                                                    \
	"events = 0 AND last_received < ?1 AND (SELECT count(*) FROM source) > ?2 AND host NOT" \
	" IN " REGISTERED " AND peer NOT IN " REGISTERED

/* The rest is small and goes at the end of each round.  1 when rows went that the state may know. */
static int rest_step(struct pipeline *p, sqlite3 *db, usec_t now)
{
	const int64_t many = STATE_SOURCES / 2;
	int64_t before;
	int r = run_bound(db, "DELETE FROM source_hour WHERE source_id IN (SELECT id FROM source) AND hour < ?",
			  (now - DAYS(HOURS_KEPT)) / SECONDS(3600), 0, 0);

	if (r == 0)
		r = run_bound(db, "DELETE FROM source_fields WHERE day < ?", when_day_of(now) - SAID_KEPT, 0, 0);
	if (r == 0)
		r = state_login_prune(p->state, now);
	if (r == 0)
		r = run_bound(db, "DELETE FROM own_fact WHERE day < ?", when_day_of(now) - HOURS_KEPT, 0, 0);
	/* What waits for a commit may be newer than its row says. */
	if (state_dirty(p->state))
		return r;
	if (r == 0)
		r = run_bound(db, "DELETE FROM source_hour WHERE source_id IN (SELECT id FROM source WHERE " JUNK ")",
			      now - DAYS(JUNK_KEPT), many, 0);
	if (r == 0)
		r = run_bound(db, "DELETE FROM source_shape WHERE source_id IN (SELECT id FROM source WHERE " JUNK ")",
			      now - DAYS(JUNK_KEPT), many, 0);
	before = sqlite3_total_changes64(db);
	if (r == 0)
		r = run_bound(db, "DELETE FROM source WHERE " JUNK, now - DAYS(JUNK_KEPT), many, 0);
	if (r == 0)
		r = run_bound(db, "DELETE FROM last_word WHERE last_received < ?", now - DAYS(TOLD_KEPT), 0, 0);
	if (r == 0)
		r = run_bound(db, "DELETE FROM device_seen WHERE randomised = 1 AND last_seen < ?",
			      now - DAYS(PHONE_KEPT), 0, 0);
	return r < 0 ? r : sqlite3_total_changes64(db) != before;
}

/* Ids are never given twice: remembers the highest one before the newest event may go. */
static int ids_remember(sqlite3 *db)
{
	return run_bound(
		db,
		"INSERT OR REPLACE INTO meta (name, value) SELECT 'event_id', CAST(max(ifnull((SELECT max(id) FROM event), 0),"
		" ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'event_id'), 0)) AS TEXT)",
		0, 0, 0);
}

int pipeline_retention(struct pipeline *p, usec_t now)
{
	sqlite3 *db = store_sqlite(p->store);
	int more, gone = 0, r;

	if (p->retention_at == 0 && p->retention_day == when_day_of(now)) /* one round a day */
		return 0;
	r = store_begin(p->store);
	if (r < 0)
		return r;
	r = p->retention_at == 0 ? ids_remember(db) : 0;
	more = r == 0 ? events_step(p, db, now) : r;
	if (more == 0)
		gone = rest_step(p, db, now);
	r = more < 0 ? more : gone < 0 ? gone : store_commit(p->store);
	if (r < 0) {
		store_rollback(p->store);
		p->retention_at = 0;
		return r;
	}
	if (more == 0)
		p->retention_day = when_day_of(now);
	return gone > 0 && state_forget(p->state) < 0 ? -EIO : more;
}
