/* What Tenken said before: the course of the score, and everything at a past time. */

#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/history.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

#define VERDICTS_MAX 1000

struct span {
	usec_t from, to;
	const char *pack;
};

static void span_bind(struct sqlite3_stmt *stmt, void *arg)
{
	struct span *span = arg;

	sqlite3_bind_int64(stmt, 1, span->from);
	sqlite3_bind_int64(stmt, 2, span->to ? span->to : INT64_MAX);
	sqlite3_bind_text(stmt, 3, span->pack, -1, SQLITE_STATIC);
}

/* The last row of each hour, and the one that was in force at the beginning. */
static int history_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct span span = { 0 };
	const char *pack;
	char buf[256];
	json_t *rows;
	int r;

	if (question_text(question, "pack", buf, sizeof(buf), &pack, diag) < 0 ||
	    question_time(question, "from", false, &span.from, diag) < 0 ||
	    question_time(question, "to", true, &span.to, diag) < 0)
		return -EINVAL;
	span.pack = pack ? pack : question->rules->n_lists > 0 ? question->rules->lists[0]->id : "";
	if (!rules_list(question->rules, str_of(span.pack)))
		return -ENOENT;
	r = table_rows(
		db,
		"SELECT at AS time_time, percent, coverage_percent, attested_percent, measured_percent, pass, warn, fail, "
		"unknown, attested, na, yes, total FROM score_history WHERE pack = ?3 AND id IN ("
		"SELECT max(id) FROM score_history WHERE pack = ?3 AND at BETWEEN ?1 AND ?2 GROUP BY at / 3600000000 "
		"UNION ALL SELECT max(id) FROM score_history WHERE pack = ?3 AND at < ?1) ORDER BY at LIMIT 10000",
		span_bind, &span, &rows);
	if (r < 0)
		return r;

	*ret = json_pack("{s:o, s:o, s:n}", "pack", json_text(span.pack), "items", rows, "next");
	return 0;
}

void api_history(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, history_ask);
}

static json_t *past_scores(const struct past *past)
{
	json_t *scores = json_array();

	for (size_t i = 0; i < past->n_scores; i++) {
		const struct past_score *was = &past->scores[i];
		struct score score = { .percent = was->percent,
				       .coverage_percent = was->coverage_percent,
				       .attested_percent = was->attested_percent,
				       .measured_percent = was->measured_percent,
				       .yes = was->yes,
				       .total = was->total };
		json_t *json;

		memcpy(score.items, was->items, sizeof(score.items));
		json = json_score(&score);
		json_object_set_new(json, "pack", json_text(was->pack));
		json_object_set_new(json, "since", json_time(was->at));
		json_array_append_new(scores, json);
	}
	return scores;
}

/* That of the first pack in force, as for today; null when it said nothing then. */
static json_t *first_score(const struct rules *rules, json_t *scores)
{
	json_t *score;
	size_t i;

	json_array_foreach(scores, i, score)
	{
		const char *pack = json_string_value(json_object_get(score, "pack"));

		if (rules->n_lists > 0 && pack && !strcmp(pack, rules->lists[0]->id))
			return json_incref(score);
	}
	return json_null();
}

static json_t *past_items(const struct past *past)
{
	json_t *items = json_array();

	for (size_t i = 0; i < past->n_items; i++) {
		const struct past_item *item = &past->items[i];

		json_array_append_new(items,
				      json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "pack", json_text(item->pack), "item",
						json_text(item->item), "status", status_name(item->status), "since",
						json_time(item->since), "earned", json_number(item->earned), "covered",
						json_number(item->covered)));
	}
	return items;
}

static json_t *past_checks(const struct past *past)
{
	json_t *checks = json_array();

	for (size_t i = 0; i < past->n_checks; i++) {
		const struct past_check *check = &past->checks[i];

		json_array_append_new(checks, json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "id", json_text(check->id),
							"title", json_both(check->title_ja, check->title_en),
							"severity", severity_name(check->severity), "status",
							status_name(check->status), "since", json_time(check->since),
							"counts", json_counts(check->counts)));
	}
	return checks;
}

/* With the events that it rested on; those that are no more are not found. */
static json_t *verdict_json(const struct past_verdict *verdict)
{
	json_t *dims = json_stored(verdict->dims), *json;
	json_t *first = json_object_get(dims, "first_event"), *last = json_object_get(dims, "last_event");

	json = json_pack("{s:o, s:o, s:s, s:o, s:o, s:O, s:O}", "check", json_text(verdict->check_id), "resource",
			 json_text(verdict->resource), "status", status_name(verdict->status), "reason",
			 json_both(verdict->reason_ja, verdict->reason_en), "since", json_time(verdict->since),
			 "first_event", first ? first : json_null(), "last_event", last ? last : json_null());
	json_decref(dims);
	return json;
}

/* @bad: those that were findings alone. */
static json_t *past_verdicts(const struct past *past, bool bad)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < past->n_verdicts; i++) {
		const struct past_verdict *verdict = &past->verdicts[i];

		if (bad && verdict->status != STATUS_FAIL && verdict->status != STATUS_WARN)
			continue;
		json_array_append_new(findings, verdict_json(verdict));
	}
	return findings;
}

static json_t *past_registers(const struct past *past)
{
	json_t *list = json_array();

	for (size_t i = 0; i < past->n_registers; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:I, s:o}", "kind", json_text(past->registers[i].kind),
						"state", json_text(past->registers[i].state), "rows",
						(json_int_t)past->registers[i].rows, "since",
						json_time(past->registers[i].since)));
	return list;
}

static int at_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct past past = { 0 };
	const char *text;
	char buf[64];
	json_t *scores;
	usec_t at;
	int r;

	if (question_text(question, "time", buf, sizeof(buf), &text, diag) < 0)
		return -EINVAL;
	if (!text)
		return diag_field(diag, "time", TEXT_query_needed, NULL);
	r = history_time(str_of(text), clock_now(), &at, diag);
	if (r < 0)
		return r;
	r = history_at(db, at, VERDICTS_MAX, &past);
	if (r < 0)
		return r;

	scores = past_scores(&past);
	*ret = json_pack("{s:s, s:o, s:o, s:b, s:b, s:O, s:o, s:o, s:o, s:o, s:o, s:o}", "date", text, "time",
			 json_time(past.at), "first", json_time(past.first), "observed", past.observed, "cut", past.cut,
			 "scores", scores, "score", first_score(question->rules, scores), "items", past_items(&past),
			 "checks", past_checks(&past), "findings", past_verdicts(&past, true), "verdicts",
			 past_verdicts(&past, false), "registers", past_registers(&past));
	json_decref(scores);
	past_free(&past);
	return 0;
}

void api_at(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, at_ask);
}
