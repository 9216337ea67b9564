/* Checks and their rows, as the judge has them. */

#include "dashboard/question.h"

#define ROWS_MAX 1000

static json_t *params_json(const struct judge *judge, const struct check *check)
{
	json_t *params = json_array();

	for (size_t i = 0; i < check->n_params; i++)
		json_array_append_new(params, json_pack("{s:o, s:o, s:o}", "name", json_text(check->params[i].name),
							"value", json_text(judge_param(judge, check, i)), "default",
							json_text(check->params[i].value)));
	return params;
}

static json_t *summary_of(const struct judge *judge, const struct check_result *result)
{
	const struct check *check = result->state.check;
	json_t *json;

	json = json_pack("{s:s, s:o, s:o, s:s, s:s, s:b, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "id", check->id, "ref",
			 json_text(check->ref), "title", json_both(check->title_ja, check->title_en), "status",
			 status_name(result->state.status), "severity", severity_name(check->severity), "decides",
			 check->decides, "stage", check->stage, "since", json_time(result->state.since), "counts",
			 json_counts(result->state.counts), "fix", json_both(check->fix_ja, check->fix_en), "ran_at",
			 json_time(result->ran_at), "took_seconds",
			 result->ran ? json_real((double)result->took / 1e6) : json_null(), "error",
			 json_text(result->error));
	if (!json)
		return NULL;
	json_object_set_new(json, "basis", json_text(check->basis));
	json_object_set_new(json, "params", params_json(judge, check));
	return json;
}

void api_checks(struct http *http, struct exchange *exchange, struct str name)
{
	const struct rules *rules = judge_rules_now(http->daemon->judge);
	json_t *items = json_array();

	for (size_t i = 0; i < rules->n_checks; i++)
		json_array_append_new(items, summary_of(http->daemon->judge, judge_check(http->daemon->judge, i)));
	reply_json(exchange, json_pack("{s:o, s:n}", "items", items, "next"));
}

static json_t *row_json(const struct verdict *verdict)
{
	json_t *dims = json_stored(verdict->dims), *json;

	json = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "resource", json_text(verdict->resource), "status",
			 status_name(verdict->status), "reason", json_both(verdict->reason_ja, verdict->reason_en),
			 "since", json_time(verdict->since), "first_seen", json_time(verdict->first_seen), "waiver",
			 json_stored(verdict->waiver));
	if (json) {
		json_t *first = json_object_get(dims, "first_event"), *last = json_object_get(dims, "last_event");

		json_object_set(json, "first_event", first ? first : json_null());
		json_object_set(json, "last_event", last ? last : json_null());
		json_object_set(json, "dims", dims);
	}
	json_decref(dims);
	return json;
}

static json_t *needs_json(const struct check *check)
{
	json_t *needs = json_array();

	for (size_t i = 0; i < check->n_needs; i++) {
		const struct need *need = &check->needs[i];

		json_array_append_new(
			needs,
			json_pack("{s:s, s:s, s:o, s:o}", "kind", need->reg ? "register" : "event", "name",
				  need->reg ? need->reg->kind : event_type_name(need->event), "title",
				  need->reg ? json_both(need->reg->ja, need->reg->en)
					    : json_both(event_type_ja(need->event), event_type_en(need->event)),
				  "within_seconds", need->within ? json_integer(need->within / 1000000) : json_null()));
	}
	return needs;
}

json_t *json_items_of(const struct rules *rules, const struct check *check)
{
	json_t *items = json_array();

	for (size_t i = 0; i < rules->n_lists; i++)
		for (size_t j = 0; j < rules->lists[i]->n_items; j++)
			for (size_t k = 0; rules->lists[i]->items[j].checks[k]; k++)
				if (rules->lists[i]->items[j].checks[k] == check)
					json_array_append_new(items,
							      json_pack("{s:s, s:s}", "pack", rules->lists[i]->id,
									"item", rules->lists[i]->items[j].id));
	return items;
}

void api_check(struct http *http, struct exchange *exchange, struct str name)
{
	const struct judge *judge = http->daemon->judge;
	const struct check_result *result = judge_find(judge, name);
	char buf[16], resource[1024];
	struct str value = { 0 }, only = { 0 };
	int64_t limit = ROWS_MAX;
	size_t wanted = 0;
	json_t *json, *rows;
	int r, one;

	r = head_query(exchange->head.query, "limit", buf, sizeof(buf), &value);
	one = head_query(exchange->head.query, "resource", resource, sizeof(resource), &only);
	if (r < 0 || one < 0 || (r > 0 && (!str_int(value, &limit) || limit < 1 || limit > ROWS_MAX))) {
		query_refuse(exchange, "limit", TEXT_query_limit, NULL);
		return;
	}
	if (!result) {
		exchange_refuse(exchange, 404, NULL, NULL);
		return;
	}

	rows = json_array();
	for (size_t i = 0; i < result->n_verdicts; i++) {
		if (one > 0 && !str_eq(str_of(result->verdicts[i].resource), only))
			continue;
		if (wanted++ < (size_t)limit)
			json_array_append_new(rows, row_json(&result->verdicts[i]));
	}
	json = summary_of(judge, result);
	json_object_set_new(json, "rows", rows);
	json_object_set_new(json, "rows_total", json_integer((json_int_t)wanted));
	json_object_set_new(json, "more", json_integer((json_int_t)(wanted - json_array_size(rows))));
	json_object_set_new(json, "sql", json_text(result->state.check->sql));
	json_object_set_new(json, "attest_days", json_integer(result->state.check->attest_days));
	json_object_set_new(json, "needs", needs_json(result->state.check));
	json_object_set_new(json, "items", json_items_of(judge_rules_now(judge), result->state.check));
	reply_json(exchange, json);
}
