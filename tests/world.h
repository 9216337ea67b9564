/* The cache of the ingest side over a fresh database, with as little room as the test says. */
#pragma once

#include "core/when.h"
#include "daemon/state.h"
#include "daemon/store.h"
#include "tests/store_dir.h"
#include "tests/table.h"

struct world {
	struct dir dir;
	struct store *store;
	struct state *state;
	const struct state_limits *limits;
	struct systems *systems;
	struct pool pool;
	sqlite3 *db;
	int64_t event;
};

static inline void world_state(struct world *w)
{
	assert_int_equal(systems_load(w->db, &w->systems), 0);
	assert_int_equal(state_new(w->db, w->limits, &w->state), 0);
}

static inline void world_close(struct world *w)
{
	state_free(w->state);
	systems_free(w->systems);
	w->state = NULL;
}

/* @sql: what is in the database before the cache reads it, or NULL. */
static inline struct world *world_new(const struct state_limits *limits, const char *sql)
{
	struct world *w = calloc(1, sizeof(*w));
	struct diag diag = { "" };

	when_zone("Asia/Tokyo");
	dir_make(&w->dir);
	assert_int_equal(store_open(w->dir.db, STORE_INGEST, &w->store, &diag), 0);
	w->db = store_sqlite(w->store);
	w->limits = limits;
	if (sql)
		assert_int_equal(sqlite3_exec(w->db, sql, NULL, NULL, NULL), SQLITE_OK);
	world_state(w);
	return w;
}

static inline int world_free(void **state)
{
	struct world *w = *state;

	world_close(w);
	store_close(w->store);
	pool_free(&w->pool);
	dir_drop(&w->dir);
	free(w);
	return 0;
}
