#include "daemon/state.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/state_in.h"
#include "daemon/state_login.h"
#include "daemon/store.h"

static void source_done(struct source *source)
{
	for (size_t i = 0; i < source->n_places; i++)
		free(source->places[i].place);
	free(source->places);
	free(source->types);
}

static void entity_free(struct entity *entity)
{
	if (entity->kind == ENTITY_SOURCE) {
		free(((struct source *)entity)->system);
		source_done((struct source *)entity);
	}
	free(entity);
}

void state_free(struct state *state)
{
	if (!state)
		return;
	table_done(&state->table);
	for (size_t i = 0; i < STATE_SQLS; i++)
		sqlite3_finalize(state->sql[i]);
	free(state->dirty);
	free(state->hours);
	free(state->ended);
	free(state);
}

static int64_t query_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

int state_count_sources(struct state *state)
{
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	int r = sqlite3_prepare_v2(state->db,
				   "SELECT collector, count(*) FROM source WHERE host <> '" STATE_OTHERS
				   "' OR peer <> '' GROUP BY collector",
				   -1, &stmt, NULL);

	memset(state->collectors, 0, sizeof(state->collectors));
	while (r == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW && n < COUNT(state->collectors)) {
		str_copy(state->collectors[n].name, sizeof(state->collectors[n].name),
			 str_of((const char *)sqlite3_column_text(stmt, 0)));
		state->collectors[n++].sources = (size_t)sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	state->n_told = (size_t)query_int(state->db, "SELECT count(*) FROM last_word");
	return store_errno(r);
}

static void limits_default(struct state_limits *limits)
{
	static const struct state_limits usual = { STATE_ENTITIES, STATE_SOURCES,    STATE_DIRTY,   STATE_TOLD,
						   STATE_ORIGINS,  STATE_OF_ACCOUNT, STATE_REFUSED, STATE_OPENERS };
	size_t *to = (size_t *)limits;
	const size_t *from = (const size_t *)&usual;

	for (size_t i = 0; i < sizeof(usual) / sizeof(*to); i++)
		to[i] = to[i] ? to[i] : from[i];
}

int state_new(sqlite3 *db, const struct state_limits *limits, struct state **ret)
{
	static const char *const gets[] = {
		[SQL_SOURCE_GET] =
			"SELECT id, system FROM source WHERE collector = ? AND peer = ? AND identity = ? AND host = ?",
		[SQL_ACCOUNT_GET] = "SELECT id, first_used, last_used, uses, first_event, last_event,"
				    " (SELECT count(*) FROM account_origin AS o WHERE o.account = account_seen.id)"
				    " FROM account_seen WHERE place = ? AND user = ?",
		[SQL_BEGIN] = "BEGIN",
		[SQL_DEVICE_GET] = "SELECT d.id, d.first_seen, d.last_seen, d.sightings, d.source_id, d.first_event,"
				   " d.last_event, e.at, d.ip, d.host FROM device_seen AS d"
				   " LEFT JOIN event AS e ON e.id = d.last_event WHERE d.mac = ?",
		[SQL_TOLD_GET] =
			"SELECT id, first_at, last_at, last_received, count, first_event, last_event FROM last_word"
			" WHERE type = ? AND host = ? AND subject = ?",
	};
	_cleanup_(state_freep) struct state *state = calloc(1, sizeof(*state));
	int r;

	if (!state)
		return -ENOMEM;
	state->db = db;
	if (limits)
		state->limits = *limits;
	limits_default(&state->limits);
	r = table_init(&state->table, entity_free);
	for (size_t i = 0; r == 0 && i < COUNT(gets); i++)
		if (gets[i])
			r = store_errno(
				sqlite3_prepare_v3(db, gets[i], -1, SQLITE_PREPARE_PERSISTENT, &state->sql[i], NULL));
	if (r == 0)
		r = state_flush_prepare(state);
	if (r == 0)
		r = state_login_prepare(state);
	if (r == 0)
		r = state_count_sources(state);
	if (r < 0)
		return r;
	state->next_id[ENTITY_SOURCE] = query_int(db, "SELECT ifnull(max(id), 0) + 1 FROM source");
	state->next_id[ENTITY_ACCOUNT] = query_int(db, "SELECT ifnull(max(id), 0) + 1 FROM account_seen");
	state->next_id[ENTITY_DEVICE] = query_int(db, "SELECT ifnull(max(id), 0) + 1 FROM device_seen");
	state->next_id[ENTITY_TOLD] = query_int(db, "SELECT ifnull(max(id), 0) + 1 FROM last_word");
	for (size_t i = 0; i < COUNT(state->next_id); i++)
		if (state->next_id[i] < 1)
			return -EIO;
	for (size_t i = 0; i < COUNT(state->next_id); i++)
		state->whole[i] = state->next_id[i] == 1;
	*ret = TAKE(state);
	return 0;
}

int state_mark(struct state *state, struct entity *entity)
{
	struct entity **dirty;
	size_t size = state->dirty_size ? state->dirty_size * 2 : 256;

	if (entity->dirty)
		return 0;
	if (state->n_dirty == state->dirty_size) {
		dirty = realloc(state->dirty, size * sizeof(*dirty));
		if (!dirty)
			return -ENOMEM;
		state->dirty = dirty;
		state->dirty_size = size;
	}
	entity->dirty = true;
	state->dirty[state->n_dirty++] = entity;
	return 0;
}

/*
 * Each part is cut at PART_MAX and ended by NUL; NUL in a part ends it too, so no two parts can be shifted.  It is stored as
 * text, so what is no UTF-8 must not stay.
 */
struct str state_key(char *buf, const struct str *parts, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		struct str part = str_first(parts[i], PART_MAX);
		ssize_t end = str_index(part, '\0');

		part.n = end >= 0 ? (size_t)end : part.n;
		while (part.n < parts[i].n && part.n > 0 && ((unsigned char)parts[i].p[part.n] & 0xc0) == 0x80)
			part.n--;
		if (part.n > 0)
			memcpy(buf + at, part.p, part.n);
		if (!str_utf8((struct str){ buf + at, part.n }))
			for (size_t c = at; c < at + part.n; c++)
				buf[c] = (unsigned char)buf[c] < 0x80 ? buf[c] : '?';
		at += part.n;
		buf[at++] = '\0';
	}
	return (struct str){ buf, at };
}

void state_bind(sqlite3_stmt *stmt, int i, struct str s)
{
	sqlite3_bind_text(stmt, i, s.p ? s.p : "", (int)s.n, SQLITE_STATIC);
}

/* Finds, else makes, and sets *@ret_new.  Room is made by letting go of what was not used lately. */
int state_get(struct state *state, enum entity_kind kind, size_t size, struct str key, struct entity **ret,
	      bool *ret_new)
{
	uint64_t hash = table_hash(&state->table, kind, key);
	struct entity *e = table_find(&state->table, kind, key, hash);

	*ret_new = false;
	if (!e) {
		if (state->table.n - state->n_sources >= state->limits.entities) {
			state->whole[ENTITY_ACCOUNT] = state->whole[ENTITY_DEVICE] = state->whole[ENTITY_TOLD] =
				state->whole[ENTITY_ORIGIN] = false;
			if (!table_evict(&state->table))
				return -EAGAIN;
		}
		e = table_add(&state->table, kind, size, key, hash);
		if (!e)
			return -ENOMEM;
		*ret_new = true;
	}
	*ret = e;
	return 0;
}

int state_look(struct state *state, sqlite3_stmt *stmt)
{
	if (sqlite3_get_autocommit(state->db)) {
		sqlite3_step(state->sql[SQL_BEGIN]);
		sqlite3_reset(state->sql[SQL_BEGIN]);
	}
	return sqlite3_step(stmt);
}

int state_unget(struct state *state, struct entity *e, int code)
{
	table_remove(&state->table, e);
	return store_errno(code);
}

bool state_dirty(const struct state *state)
{
	return state->n_dirty > 0;
}

bool state_full(const struct state *state)
{
	return state->n_dirty + state->n_ended + 8 > state->limits.dirty; /* a line changes up to six */
}

size_t state_count(const struct state *state)
{
	return state->table.n - state->n_sources;
}
