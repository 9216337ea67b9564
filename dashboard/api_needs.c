/* What a check needs and whether it is there: registers with their state, types of events with who tells of them. */
#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/evidence.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

static void text_bind(struct sqlite3_stmt *stmt, void *arg)
{
	sqlite3_bind_text(stmt, 1, arg, -1, SQLITE_STATIC);
}

static int register_need(struct sqlite3 *db, struct evidence *evidence, const struct need *need, json_t *json)
{
	static const char *const names[] = { [REGISTER_OK] = "ok",
					     [REGISTER_MISSING] = "missing",
					     [REGISTER_REFUSED] = "refused",
					     [REGISTER_EMPTY] = "empty",
					     [REGISTER_OLD] = "old" };
	enum register_state state = REGISTER_MISSING;
	json_t *rows = NULL;
	usec_t updated = 0;
	int r = evidence_register(evidence, need->reg, need->within, &state, &updated);

	if (r == 0)
		r = table_rows(db, "SELECT rows, nullif(path, '') AS path FROM register WHERE kind = ?1", text_bind,
			       (void *)need->reg->kind, &rows);
	if (r < 0)
		return r;
	json_object_set_new(json, "met", json_boolean(state == REGISTER_OK));
	json_object_set_new(json, "state", json_string(names[state]));
	json_object_set_new(json, "updated", json_time(updated));
	if (json_array_size(rows) > 0)
		json_object_update(json, json_array_get(rows, 0));
	json_decref(rows);
	return 0;
}

static int event_need(struct sqlite3 *db, struct evidence *evidence, const struct need *need, json_t *json)
{
	static const char sql[] =
		"SELECT s.host, s.peer, s.system, t.last_received AS type_time, s.last_received AS line_time FROM source_type AS t"
		" JOIN source AS s ON s.id = t.source_id WHERE t.type = ?1 ORDER BY s.last_received DESC LIMIT 5";
	json_t *sources = NULL;
	int met = evidence_alive(evidence, need->event, need->within, NULL);
	int r = met < 0 ? met : table_rows(db, sql, text_bind, (void *)event_type_name(need->event), &sources);

	if (r < 0)
		return r;
	json_object_set_new(json, "met", json_boolean(met > 0));
	json_object_set_new(json, "sources", sources);
	return 0;
}

static int needs_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	const struct check *check = rules_check(question->rules, str_of(question->name));
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	usec_t now = clock_now();
	json_t *list;
	int r;

	if (!check)
		return -ENOENT;
	r = evidence_new(db, &(struct ask_times){ .now = now, .seen = now }, &evidence);
	list = json_array();
	for (size_t i = 0; r == 0 && i < check->n_needs; i++) {
		const struct need *need = &check->needs[i];
		json_t *json = json_pack("{s:s, s:s, s:o, s:o}", "kind", need->reg ? "register" : "event", "name",
					 need->reg ? need->reg->kind : event_type_name(need->event), "title",
					 need->reg ? json_both(need->reg->ja, need->reg->en)
						   : json_both(event_type_ja(need->event), event_type_en(need->event)),
					 "within_seconds",
					 need->within ? json_integer(need->within / 1000000) : json_null());

		json_array_append_new(list, json);
		r = need->reg ? register_need(db, evidence, need, json) : event_need(db, evidence, need, json);
	}
	if (r < 0) {
		json_decref(list);
		return r;
	}
	*ret = json_pack("{s:s, s:i, s:o}", "check", check->id, "attest_days", check->attest_days, "needs", list);
	return 0;
}

void api_needs(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, needs_ask);
}
