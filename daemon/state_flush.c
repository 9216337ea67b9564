/*
 * Writes what changed in state.c: by table and rowid, sorted, so that SQLite walks its pages once.  What one would get
 * wrong: nothing counts as written here, only in state_settle(), after the commit.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/mac.h"
#include "core/when.h"
#include "daemon/state_login.h"
#include "daemon/store.h"
#include "daemon/touched.h"

static const char *const texts[STATE_SQLS] = {
	[SQL_SOURCE_NEW] =
		"INSERT INTO source (id, system, first_received, last_received, last_at, lines, events, unknown, cut,"
		" skew, collector, peer, identity, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_SOURCE_ADD] =
		"UPDATE source SET system = ?2, last_received = max(last_received, ?4), last_at = ?5,"
		" lines = lines + ?6, events = events + ?7, unknown = unknown + ?8, cut = cut + ?9, skew = ?10"
		" WHERE id = ?1",
	[SQL_TYPE_ADD] =
		"INSERT INTO source_type (source_id, type, first_received, last_received, count) VALUES (?, ?, ?, ?, ?)"
		" ON CONFLICT DO UPDATE SET first_received = min(first_received, excluded.first_received),"
		" last_received = max(last_received, excluded.last_received), count = count + excluded.count",
	[SQL_HOUR_ADD] = "INSERT INTO source_hour (source_id, hour, lines, events) VALUES (?, ?, ?, ?)"
			 " ON CONFLICT DO UPDATE SET lines = lines + excluded.lines, events = events + excluded.events",
	[SQL_SAID_ADD] = "INSERT INTO source_fields (source_id, type, day, lines, with_user, with_time, with_object,"
			 " with_method) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET"
			 " lines = lines + ?4, with_user = with_user + ?5, with_time = with_time + ?6,"
			 " with_object = with_object + ?7, with_method = with_method + ?8",
	[SQL_PLACE_ADD] = "INSERT INTO source_place (source_id, last_at, place, system) VALUES (?1, ?2, ?3, ?4)"
			  " ON CONFLICT DO UPDATE SET last_at = max(last_at, ?2)",
	[SQL_ACCOUNT_NEW] =
		"INSERT INTO account_seen (id, first_used, last_used, uses, first_event, last_event, last_src_ip,"
		" last_host, place, user, system) VALUES (?, ?, ?, ?, ?, ?, ifnull(?, ''), ifnull(?, ''), ?, ?, ?)",
	[SQL_ACCOUNT_ADD] = "UPDATE account_seen SET first_used = ?2, last_used = ?3, uses = ?4, first_event = ?5,"
			    " last_event = ?6, last_src_ip = ifnull(?7, last_src_ip), last_host = ifnull(?8, last_host)"
			    " WHERE id = ?1",
	[SQL_DEVICE_NEW] =
		"INSERT INTO device_seen (id, first_seen, last_seen, sightings, source_id, first_event, last_event,"
		" ip, host, segment, mac, randomised)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ifnull(?, ''), ifnull(?, ''), ifnull(?, ''), ?, ?)",
	[SQL_DEVICE_ADD] = "UPDATE device_seen SET first_seen = ?2, last_seen = ?3, sightings = ?4, source_id = ?5,"
			   " first_event = ?6, last_event = ?7, ip = ifnull(?8, ip), host = ifnull(?9, host),"
			   " segment = ifnull(?10, segment) WHERE id = ?1",
	[SQL_TOLD_NEW] = "INSERT INTO last_word (id, first_at, last_at, last_received, count, first_event, last_event,"
			 " last_reason, last_outcome, type, host, subject, system)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, ifnull(?, ''), ifnull(?, ''), ?, ?, ?, ?)",
	[SQL_TOLD_ADD] =
		"UPDATE last_word SET first_at = ?2, last_at = ?3, last_received = ?4, count = ?5, first_event = ?6,"
		" last_event = ?7, last_reason = ifnull(?8, last_reason), last_outcome = ifnull(?9, last_outcome)"
		" WHERE id = ?1",
};

int state_flush_prepare(struct state *state)
{
	int r = 0;

	for (size_t i = SQL_SOURCE_NEW; r == 0 && texts[i]; i++)
		r = store_errno(
			sqlite3_prepare_v3(state->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &state->sql[i], NULL));
	return r;
}

static int run(struct state *state, sqlite3_stmt *stmt)
{
	int r = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	state->rows++;
	return store_errno(r);
}

static void bind_ints(sqlite3_stmt *stmt, const int64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(stmt, (int)i + 1, values[i]);
}

static void bind_pool(sqlite3_stmt *stmt, int i, const struct pool *pool, bool there, struct pool_text text)
{
	if (there)
		sqlite3_bind_text(stmt, i, pool->p + text.at, (int)text.n, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, i);
}

/* Counted are the types that the checklist wants to know of who, when and what. */
static bool said_counts(enum event_type type)
{
	return type == EVENT_record_access || type == EVENT_auth_success || type == EVENT_auth_failure;
}

static int said_flush(struct state *state, const struct source *source, enum event_type type)
{
	const struct type_count *count = &source->types[type];
	sqlite3_stmt *add = state->sql[SQL_SAID_ADD];

	sqlite3_bind_int64(add, 1, source->e.id);
	sqlite3_bind_text(add, 2, event_type_name(type), -1, SQLITE_STATIC);
	sqlite3_bind_int64(add, 3, when_day_of(count->last));
	sqlite3_bind_int64(add, 4, count->n);
	for (int i = 0; i < STATE_SAID; i++)
		sqlite3_bind_int64(add, 5 + i, count->said[i]);
	return run(state, add);
}

static int types_flush(struct state *state, const struct source *source, uint64_t *tables)
{
	sqlite3_stmt *add = state->sql[SQL_TYPE_ADD];
	int r = 0;

	for (size_t i = 0; r == 0 && source->types && i < EVENT_TYPES; i++) {
		const struct type_count *count = &source->types[i];

		if (!count->n)
			continue;
		*tables |= count->turned ? store_table("source_type") : 0;
		sqlite3_bind_int64(add, 1, source->e.id);
		sqlite3_bind_text(add, 2, event_type_name((enum event_type)i), -1, SQLITE_STATIC);
		sqlite3_bind_int64(add, 3, count->first);
		sqlite3_bind_int64(add, 4, count->last);
		sqlite3_bind_int64(add, 5, count->n);
		r = run(state, add);
		if (r == 0 && said_counts((enum event_type)i)) {
			r = said_flush(state, source, (enum event_type)i);
			*tables |= count->turned ? store_table("source_fields") : 0;
		}
	}
	return r;
}

static int hour_flush(struct state *state, int64_t source, int64_t hour, uint32_t lines, uint32_t events)
{
	if (lines == 0 && events == 0)
		return 0;
	bind_ints(state->sql[SQL_HOUR_ADD], (const int64_t[]){ source, hour, lines, events }, 4);
	return run(state, state->sql[SQL_HOUR_ADD]);
}

static int places_flush(struct state *state, const struct source *source, const struct systems *systems)
{
	sqlite3_stmt *add = state->sql[SQL_PLACE_ADD];
	int r = 0;

	for (size_t i = 0; r == 0 && i < source->n_places; i++) {
		struct str place = str_of(source->places[i].place);

		if (!source->places[i].waits)
			continue;
		bind_ints(add, (const int64_t[]){ source->e.id, source->places[i].at }, 2);
		state_bind(add, 3, place);
		state_bind(add, 4, state_place_system(systems, place));
		r = run(state, add);
	}
	return r;
}

static int source_flush(struct state *state, const struct source *source, const struct systems *systems,
			uint64_t *tables)
{
	sqlite3_stmt *stmt = state->sql[source->e.stored ? SQL_SOURCE_ADD : SQL_SOURCE_NEW];
	struct str parts[4];
	int r;

	bind_ints(stmt,
		  (const int64_t[]){ source->e.id, 0, source->first, source->last_received, source->last_at,
				     source->lines, source->events, source->unknown, source->cut, source->skew },
		  10);
	state_bind(stmt, 2, str_of(source->system));
	if (!source->e.stored) {
		source_parts(source, parts);
		for (int i = 0; i < 4; i++)
			state_bind(stmt, 11 + i, parts[i]);
	}
	r = run(state, stmt);
	if (r == 0)
		r = hour_flush(state, source->e.id, source->hour, source->hour_lines, source->hour_events);
	if (r == 0)
		r = places_flush(state, source, systems);
	return r < 0 ? r : types_flush(state, source, tables);
}

static int account_flush(struct state *state, const struct account *a, const struct pool *pool,
			 const struct systems *systems)
{
	sqlite3_stmt *stmt = state->sql[a->e.stored ? SQL_ACCOUNT_ADD : SQL_ACCOUNT_NEW];
	struct str rest = entity_key(&a->e), place = str_cut(&rest, '\0');

	bind_ints(stmt, (const int64_t[]){ a->e.id, a->first, a->last, a->uses, a->first_event, a->last_event }, 6);
	bind_pool(stmt, 7, pool, a->texts, a->src_ip);
	bind_pool(stmt, 8, pool, a->texts, a->host);
	if (!a->e.stored) {
		state_bind(stmt, 9, place);
		state_bind(stmt, 10, str_cut(&rest, '\0'));
		state_bind(stmt, 11, state_place_system(systems, place));
	}
	return run(state, stmt);
}

static int device_flush(struct state *state, const struct device *d, const struct pool *pool)
{
	sqlite3_stmt *stmt = state->sql[d->e.stored ? SQL_DEVICE_ADD : SQL_DEVICE_NEW];
	struct str mac = entity_key(&d->e);
	char text[MAC_LEN + 1] = "";

	bind_ints(
		stmt,
		(const int64_t[]){ d->e.id, d->first, d->last, d->sightings, d->source, d->first_event, d->last_event },
		7);
	bind_pool(stmt, 8, pool, d->ip.n > 0, d->ip);
	bind_pool(stmt, 9, pool, d->host.n > 0, d->host);
	bind_pool(stmt, 10, pool, d->segment.n > 0, d->segment);
	if (!d->e.stored) {
		str_copy(text, sizeof(text), mac);
		state_bind(stmt, 11, mac);
		sqlite3_bind_int(stmt, 12, mac.n == MAC_LEN && mac_local(text));
	}
	return run(state, stmt);
}

static int told_flush(struct state *state, const struct told *told, const struct pool *pool,
		      const struct systems *systems)
{
	sqlite3_stmt *stmt = state->sql[told->e.stored ? SQL_TOLD_ADD : SQL_TOLD_NEW];
	struct str rest = entity_key(&told->e), type = str_cut(&rest, '\0'), host = str_cut(&rest, '\0'), system;

	bind_ints(stmt,
		  (const int64_t[]){ told->e.id, told->first, told->last, told->received, told->count,
				     told->first_event, told->last_event },
		  7);
	bind_pool(stmt, 8, pool, told->texts, told->reason);
	bind_pool(stmt, 9, pool, told->texts, told->outcome);
	if (!told->e.stored) {
		system = state_place_system(systems, host);
		state_bind(stmt, 10, type);
		state_bind(stmt, 11, host);
		state_bind(stmt, 12, str_cut(&rest, '\0'));
		state_bind(stmt, 13, system);
	}
	return run(state, stmt);
}

static uint64_t told_tables(const struct told *told)
{
	return store_table("last_word") |
	       (str_starts(entity_key(&told->e), STR("account_")) ? store_table("account_word") : 0);
}

static uint64_t account_tell(const struct account *a, struct touched *touched)
{
	if (!a->turned)
		return 0;
	touched_row(&touched->accounts, a->e.id);
	return store_table("account_seen");
}

static uint64_t device_tell(const struct device *d, struct touched *touched)
{
	if (!d->turned)
		return 0;
	touched_row(&touched->devices, d->e.id);
	return store_table("device_seen");
}

/* By table, and there by rowid. */
static int entity_order(const void *a, const void *b)
{
	const struct entity *x = *(const struct entity *const *)a, *y = *(const struct entity *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

int state_flush(struct state *state, const struct pool *pool, const struct systems *systems, struct touched *ret)
{
	struct touched touched = { 0 };
	uint64_t tables = 0;
	int r = 0;

	state->rows = 0;
	if (state->n_dirty > 1)
		qsort(state->dirty, state->n_dirty, sizeof(*state->dirty), entity_order);
	for (size_t i = 0; r == 0 && i < state->n_dirty; i++) {
		const struct entity *e = state->dirty[i];

		if (e->kind == ENTITY_SOURCE) {
			const struct source *source = (const struct source *)e;

			r = source_flush(state, source, systems, &tables);
			tables |= (source->turned ? store_table("source") : 0) |
				  (source->awake || source->place_new ? store_table("source_type") : 0) |
				  (source->hour_turned ? store_table("source_hour") : 0);
		} else if (e->kind == ENTITY_ACCOUNT) {
			r = account_flush(state, (const struct account *)e, pool, systems);
			tables |= account_tell((const struct account *)e, &touched);
		} else if (e->kind == ENTITY_DEVICE) {
			r = device_flush(state, (const struct device *)e, pool);
			tables |= device_tell((const struct device *)e, &touched);
		} else if (e->kind == ENTITY_TOLD) {
			r = told_flush(state, (const struct told *)e, pool, systems);
			tables |= told_tables((const struct told *)e);
		} else {
			r = state_login_flush(state, e, &touched);
			tables |= touched.tables;
		}
	}
	if (r == 0)
		r = state_ended_flush(state, &tables);
	for (size_t i = 0; r == 0 && i < state->n_hours; i++)
		r = hour_flush(state, state->hours[i].source, state->hours[i].hour, state->hours[i].lines,
			       state->hours[i].events);
	touched.tables = tables;
	if (r == 0)
		*ret = touched;
	return r;
}

static void source_settle(struct source *source)
{
	source->lines = source->events = source->unknown = source->cut = 0;
	source->hour_lines = source->hour_events = 0;
	source->turned = source->awake = source->hour_turned = source->place_new = false;
	for (size_t i = 0; i < source->n_places; i++)
		source->places[i].waits = false;
	for (size_t i = 0; source->types && i < EVENT_TYPES; i++)
		source->types[i] = (struct type_count){ .heard = source->types[i].heard };
}

void state_settle(struct state *state)
{
	for (size_t i = 0; i < state->n_dirty; i++) {
		struct entity *e = state->dirty[i];

		if (e->kind == ENTITY_SOURCE) {
			source_settle((struct source *)e);
		} else if (e->kind == ENTITY_ACCOUNT) {
			((struct account *)e)->texts = ((struct account *)e)->turned = false;
		} else if (e->kind == ENTITY_TOLD) {
			((struct told *)e)->texts = false;
		} else if (e->kind != ENTITY_DEVICE) {
			state_login_settle(state, e);
		} else {
			struct device *device = (struct device *)e;

			device->ip = device->host = device->segment = (struct pool_text){ 0 };
			device->turned = false;
		}
		e->dirty = false;
		e->stored = true;
	}
	state->n_dirty = state->n_hours = 0;
	state_login_trim(state);
}

uint64_t state_rows(const struct state *state)
{
	return state->rows;
}
