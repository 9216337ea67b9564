#include "daemon/agenda_state.h"

#include <errno.h>
#include <string.h>

#include "daemon/statement.h"

void agenda_state_free(struct agenda_state *state)
{
	words_free(state->words);
	free(state->checks);
	free(state->states);
	free(state->registers);
	lists_free(state->rules, state->lists);
	*state = (struct agenda_state){ 0 };
}

/* Verdicts as they stand, counted; a check that says nothing is unknown. */
static int counts_read(struct sqlite3 *db, struct agenda_state *state)
{
	sqlite3_stmt *stmt = NULL;
	int code, r = statement_prepare(db, "SELECT check_id, status, count(*) FROM verdict GROUP BY check_id, status",
					&stmt);

	if (r < 0)
		return r;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		int slot = judge_slot(state->rules, (const char *)sqlite3_column_text(stmt, 0));
		struct check_state *check = slot < 0 ? NULL : &state->checks[slot].state;
		enum status status;

		if (!check || !status_parse(str_of((const char *)sqlite3_column_text(stmt, 1)), &status))
			continue;
		check->counts[status] = (unsigned)sqlite3_column_int64(stmt, 2);
		check->status = status_worse(check->status == STATUS_NA ? status : check->status, status);
	}
	sqlite3_finalize(stmt);
	return store_errno(code);
}

/* What a check that does not apply here was last said to be: its profile is the judge's to know. */
static int applies_read(struct sqlite3 *db, struct agenda_state *state)
{
	sqlite3_stmt *stmt = NULL;
	int code, r = statement_prepare(db,
					"SELECT check_id, status FROM check_history WHERE id IN"
					" (SELECT max(id) FROM check_history GROUP BY check_id)",
					&stmt);

	if (r < 0)
		return r;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		int slot = judge_slot(state->rules, (const char *)sqlite3_column_text(stmt, 0));
		const char *status = (const char *)sqlite3_column_text(stmt, 1);

		if (slot >= 0 && status && !strcmp(status, "na"))
			state->checks[slot].state.status = STATUS_NA;
		else if (slot >= 0 && state->checks[slot].state.status == STATUS_NA)
			state->checks[slot].state.status = STATUS_UNKNOWN;
	}
	sqlite3_finalize(stmt);
	return store_errno(code);
}

static int needs_read(struct evidence *evidence, struct agenda_state *state)
{
	for (size_t i = 0; i < state->rules->n_checks; i++) {
		struct agenda_check *check = &state->checks[i];

		for (size_t n = 0; n < check->check->n_needs; n++) {
			const struct need *need = &check->check->needs[n];
			enum register_state reg = REGISTER_OK;
			usec_t updated;
			int r;

			if (!need->reg) {
				r = evidence_alive(evidence, need->event, need->within, NULL);
				check->events |= r == 0 ? UINT64_C(1) << need->event : 0;
			} else {
				r = evidence_register(evidence, need->reg, need->within, &reg, &updated);
				if (reg != REGISTER_OK) {
					check->registers |= UINT64_C(1) << (need->reg - registers);
					state->registers[need->reg - registers] = reg;
				}
			}
			if (r < 0)
				return r;
		}
	}
	return 0;
}

double agenda_share(size_t list)
{
	return list == 0 ? 1 : 0.1;
}

int agenda_state_count(const struct agenda_state *state, struct list_result *ret)
{
	return lists_judge(state->rules, state->states, state->words, NULL, ret, 0);
}

/* Coverage is a sum over checks, so each has its part of it. */
static int worths_read(struct agenda_state *state)
{
	struct list_result *lists = NULL;
	int r = lists_new(state->rules, &lists);

	for (size_t i = 0; r == 0 && i < state->rules->n_checks; i++) {
		struct agenda_check *check = &state->checks[i];

		if (check->state.status != STATUS_UNKNOWN)
			continue;
		check->state.status = STATUS_PASS;
		r = agenda_state_count(state, lists);
		check->state.status = STATUS_UNKNOWN;
		for (size_t l = 0; l < state->rules->n_lists; l++)
			check->worth += agenda_share(l) *
					(lists[l].score.coverage_percent - state->lists[l].score.coverage_percent);
	}
	lists_free(state->rules, lists);
	return r;
}

static int state_fill(struct sqlite3 *db, usec_t now, struct agenda_state *state)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	size_t n = state->rules->n_checks;
	int r;

	state->checks = calloc(n + 1, sizeof(*state->checks));
	state->states = calloc(n + 1, sizeof(*state->states));
	state->registers = calloc(n_registers, sizeof(*state->registers));
	if (!state->checks || !state->states || !state->registers)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		state->checks[i].check = state->checks[i].state.check = state->rules->checks[i];
		state->checks[i].state.status = STATUS_NA; /* until something is known of it */
		state->states[i] = &state->checks[i].state;
	}
	r = evidence_new(db, &(struct ask_times){ .now = now, .seen = now }, &evidence);
	if (r == 0)
		r = words_load(db, now, &state->words);
	if (r == 0)
		r = counts_read(db, state);
	if (r == 0)
		r = applies_read(db, state);
	if (r == 0)
		r = needs_read(evidence, state);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (words_na_check(state->words, state->checks[i].check->id))
			state->checks[i].state.status = STATUS_NA;
	if (r == 0)
		r = lists_new(state->rules, &state->lists);
	if (r == 0)
		r = agenda_state_count(state, state->lists);
	return r == 0 ? worths_read(state) : r;
}

int agenda_state_read(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda_state *ret)
{
	struct agenda_state state = { .rules = rules };
	int r;

	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = state_fill(db, now, &state);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0) {
		agenda_state_free(&state);
		return r;
	}
	*ret = state;
	return 0;
}
