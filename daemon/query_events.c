/*
 * Events, the newest first.  Their table has no index but its id, so a page is looked for in stretches of ids, for at most
 * some hundred milliseconds; a filter that matches little gives a short page with a cursor.
 */
#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/query_events.h"
#include "daemon/store.h"

#define STRETCH 20000
#define TIME_MAX MSEC(500)

#define FIELD(name, ecs, ja, en) { #name, CELL_TEXT },
const struct listing_column event_columns[] = {
	{ "id", CELL_INT },    { "type", CELL_TEXT },     { "received", CELL_TIME }, { "at", CELL_TIME },
	{ "skew", CELL_INT },  { "source_id", CELL_INT }, { "source", CELL_TEXT },   { "collector", CELL_TEXT },
	{ "peer", CELL_TEXT }, { "decoder", CELL_TEXT },  { "system", CELL_TEXT },   { "count", CELL_INT },
#include "core/fields.def"
	{ "raw", CELL_TEXT },
};
#undef FIELD
_Static_assert(COUNT(event_columns) == EVENT_COLUMNS, "the columns of an event are counted in query_events.h");

#define FIELD(name, ecs, ja, en) ", e.\"" #name "\""
static const char by_id[] =
	"SELECT e.id, e.type, e.received, e.at, e.received - e.at, e.source_id, s.host, s.collector, s.peer,"
	" e.decoder, e.system, e.count"
#include "core/fields.def"
	", e.raw FROM event AS e LEFT JOIN source AS s ON s.id = e.source_id WHERE e.id = ?1";
static const char by_filter[] =
	"SELECT e.id, e.type, e.received, e.at, e.received - e.at, e.source_id, s.host, s.collector, s.peer, e.decoder, e.system,"
	" e.count"
#include "core/fields.def"
	", e.raw FROM event AS e LEFT JOIN source AS s ON s.id = e.source_id WHERE e.id >= ?1 AND e.id < ?2"
	" AND (?4 IS NULL OR e.type = ?4) AND (?5 IS NULL OR fold(e.user) = fold(?5) OR fold(e.target_user) = fold(?5))"
	" AND (?6 IS NULL OR fold(e.host) = fold(?6) OR fold(s.host) = fold(?6)) AND (?7 IS NULL OR fold(e.src_ip) = fold(?7))"
	" ORDER BY e.id DESC LIMIT ?3";
#undef FIELD

int listing_event(struct sqlite3 *db, int64_t id, struct listing *listing)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, by_id, -1, &stmt, NULL), r = 0;

	if (code == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, id);
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW)
			r = listing_add(listing, event_columns, stmt);
	}
	sqlite3_finalize(stmt);
	return r < 0 ? r : code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : store_errno(code);
}

/* A number that @sql asks for with @at as ?1; @fallback for NULL and when there is no row. */
static int64_t id_ask(struct sqlite3 *db, const char *sql, int64_t at, int64_t fallback)
{
	sqlite3_stmt *stmt = NULL;
	int64_t id = fallback;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, at);
		if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_type(stmt, 0) != SQLITE_NULL)
			id = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return id;
}

/* The first id in [@low, @high) that was received at @at or later: ids rise with the time of receipt. */
static int64_t id_at(struct sqlite3 *db, usec_t at, int64_t low, int64_t high)
{
	static const char next[] = "SELECT received FROM event WHERE id >= ?1 ORDER BY id LIMIT 1";

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (id_ask(db, next, middle, INT64_MAX) < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int stretch_read(struct sqlite3 *db, sqlite3_stmt *stmt, const struct event_filter *filter, int64_t low,
			int64_t high, unsigned limit, struct listing *ret)
{
	const char *const texts[] = { filter->type, filter->user, filter->host, filter->src_ip };
	int code = SQLITE_DONE, r = 0;

	sqlite3_bind_int64(stmt, 1, low);
	sqlite3_bind_int64(stmt, 2, high);
	sqlite3_bind_int64(stmt, 3, (int64_t)limit - (int64_t)ret->n_rows);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i])
			sqlite3_bind_text(stmt, 4 + (int)i, texts[i], -1, SQLITE_STATIC);
	while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		r = listing_add(ret, event_columns, stmt);
	sqlite3_reset(stmt);
	return r < 0 ? r : code == SQLITE_DONE ? 0 : store_errno(code);
}

static int events_read(struct sqlite3 *db, const struct event_filter *filter, int64_t low, int64_t high, unsigned limit,
		       struct listing *ret)
{
	usec_t end = clock_monotonic() + TIME_MAX;
	sqlite3_stmt *stmt = NULL;
	int r = store_errno(sqlite3_prepare_v2(db, by_filter, -1, &stmt, NULL));

	while (r == 0 && high > low && ret->n_rows < limit && clock_monotonic() < end) {
		int64_t from = high - low > STRETCH ? high - STRETCH : low;

		r = stretch_read(db, stmt, filter, from, high, limit, ret);
		high = ret->n_rows == limit ? listing_cell(ret, limit - 1, 0)->number : from;
	}
	sqlite3_finalize(stmt);
	if (high > low)
		snprintf(ret->cursor, sizeof(ret->cursor), "e:%lld", (long long)high);
	return r;
}

int query_events(struct sqlite3 *db, const struct event_filter *filter, const struct page *page, struct listing *ret,
		 struct diag *diag)
{
	static const char *names[EVENT_COLUMNS];
	struct str cursor = page_cursor(page), rest;
	enum event_type type;
	int64_t low, high, before;
	unsigned limit;
	int r = page_limit(page, &limit, diag);

	if (r < 0)
		return r;
	if (filter->type && !event_type_parse(str_of(filter->type), &type))
		return DIAG_FIELD(diag, "type", TEXT_query_type, "value", filter->type);
	if (cursor.n > 0 && (!cursor_of(cursor, 'e', &rest) || !str_int(rest, &before)))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);

	listing_begin(ret, event_columns, names, EVENT_COLUMNS);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	low = id_ask(db, "SELECT min(id) FROM event WHERE ?1 = 0", 0, 1);
	high = id_ask(db, "SELECT max(id) + 1 FROM event WHERE ?1 = 0", 0, low);
	if (filter->since > 0)
		low = id_at(db, filter->since, low, high);
	if (filter->until > 0)
		high = id_at(db, filter->until, low, high);
	if (filter->first_id > low)
		low = filter->first_id;
	if (filter->last_id > 0 && filter->last_id + 1 < high)
		high = filter->last_id + 1;
	if (cursor.n > 0 && before < high)
		high = before;
	r = events_read(db, filter, low, high, limit, ret);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0) {
		listing_free(ret);
		return diag_set(diag, r, "the events cannot be read: %s", sqlite3_errmsg(db));
	}
	return 0;
}
