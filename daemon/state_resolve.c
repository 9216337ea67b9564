/*
 * Whose rows are whose, when systems.csv is another, and what was deleted from the tables behind the state's back.
 */

#include <errno.h>
#include <sqlite3.h>

#include "daemon/state_in.h"
#include "daemon/statement.h"

struct str state_place_system(const struct systems *systems, struct str place)
{
	struct str system = systems_domain(systems, place);

	if (system.n == 0)
		system = systems_host(systems, place);
	return system.n > 0 ? system : place;
}

/* Every source in memory, and what the rows say. */
static int sources_resolve(struct state *state, const struct systems *systems)
{
	sqlite3_stmt *rows = NULL, *set = NULL;
	int r = sqlite3_prepare_v2(state->db, "SELECT id, collector, peer, identity, host, system FROM source", -1,
				   &rows, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_prepare_v2(state->db, "UPDATE source SET system = ? WHERE id = ?", -1, &set, NULL);
	while (r == SQLITE_OK && (r = sqlite3_step(rows)) == SQLITE_ROW) {
		struct str parts[4];
		_free_ char *system = NULL;

		for (int i = 0; i < 4; i++)
			parts[i] = str_of((const char *)sqlite3_column_text(rows, i + 1));
		system = source_system_of(systems, parts);
		r = system ? SQLITE_OK : SQLITE_NOMEM;
		if (!system || !strcmp(system, (const char *)sqlite3_column_text(rows, 5)))
			continue;
		state_bind(set, 1, str_of(system));
		sqlite3_bind_int64(set, 2, sqlite3_column_int64(rows, 0));
		r = statement_run(set) < 0 ? SQLITE_ERROR : SQLITE_OK;
	}
	sqlite3_finalize(rows);
	sqlite3_finalize(set);
	for (size_t i = 0; i < state->table.n_slots; i++) {
		struct source *source = (struct source *)state->table.slots[i];
		struct str parts[4];
		char *system;

		if (!source || source->e.kind != ENTITY_SOURCE)
			continue;
		source_parts(source, parts);
		system = source_system_of(systems, parts);
		if (!system)
			return -ENOMEM;
		free(source->system);
		source->system = system;
	}
	return store_errno(r);
}

static int places_resolve(struct state *state, const struct systems *systems, const char *places, const char *update)
{
	sqlite3_stmt *rows = NULL, *set = NULL;
	int r = sqlite3_prepare_v2(state->db, places, -1, &rows, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_prepare_v2(state->db, update, -1, &set, NULL);
	while (r == SQLITE_OK && (r = sqlite3_step(rows)) == SQLITE_ROW) {
		struct str place = str_of((const char *)sqlite3_column_text(rows, 0));

		state_bind(set, 1, state_place_system(systems, place));
		state_bind(set, 2, place);
		r = statement_run(set) < 0 ? SQLITE_ERROR : SQLITE_OK;
	}
	sqlite3_finalize(rows);
	sqlite3_finalize(set);
	return store_errno(r);
}

int state_resolve(struct state *state, const struct systems *systems)
{
	int r = sources_resolve(state, systems);

	if (r == 0)
		r = places_resolve(state, systems, "SELECT DISTINCT place FROM account_seen",
				   "UPDATE account_seen SET system = ?1 WHERE place = ?2 AND system <> ?1");
	if (r == 0)
		r = places_resolve(state, systems, "SELECT DISTINCT place FROM source_place",
				   "UPDATE source_place SET system = ?1 WHERE place = ?2 AND system <> ?1");
	if (r == 0)
		r = places_resolve(state, systems, "SELECT DISTINCT host FROM last_word",
				   "UPDATE last_word SET system = ?1 WHERE host = ?2 AND system <> ?1");
	return r;
}

int state_forget(struct state *state)
{
	size_t before = state->table.n;

	memset(state->lately, 0, sizeof(state->lately));
	memset(state->whole, 0, sizeof(state->whole));
	table_drop(&state->table, ENTITY_SOURCE);
	state->n_sources -= before - state->table.n;
	table_drop(&state->table, ENTITY_DEVICE);
	table_drop(&state->table, ENTITY_TOLD);
	return state_count_sources(state);
}
