/* The score, the checklists and their items, as the judge has them. */

#include "core/clock.h"
#include "core/when.h"
#include "daemon/snapshots/snapshots.h"
#include "dashboard/api.h"

#define REASONS_MAX 10 /* of one item; the check has all its rows */

static json_t *ingest_json(const struct http *http)
{
	const struct pipeline_stats *stats = daemon_ingest_stats(http->daemon);

	if (!stats)
		return json_object();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:b}", "lines", (json_int_t)stats->lines, "events",
			 (json_int_t)stats->events, "unknown", (json_int_t)stats->unknown, "cut",
			 (json_int_t)stats->cut, "refused", (json_int_t)stats->refused, "commits",
			 (json_int_t)stats->commits, "rows", (json_int_t)stats->rows, "last_commit",
			 json_time(stats->last_commit), "failing", stats->failing != 0);
}

/* True when the year that the list was made for is over (design.md section 8: one banner). */
static bool outdated(const struct checklist *list)
{
	int64_t year;

	return list->fiscal_year && str_int(str_of(list->fiscal_year), &year) &&
	       year < when_fiscal_year(when_day_of(clock_now()));
}

static json_t *list_json(const struct list_result *result)
{
	const struct checklist *list = result->list;

	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "id", json_text(list->id), "title",
			 json_both(list->title_ja, list->title_en), "edition", json_text(list->edition), "fiscal_year",
			 json_text(list->fiscal_year), "outdated", outdated(list), "note",
			 list->note_ja[0] ? json_both(list->note_ja, list->note_en) : json_null(), "score",
			 json_score(&result->score));
}

static json_t *snapshot_json(const struct http *http)
{
	struct snapshots_state state = { .number = 0 };

	if (http->daemon->snapshots)
		snapshots_state(http->daemon->snapshots, &state);
	return json_pack("{s:I, s:o, s:s, s:o}", "number", (json_int_t)state.number, "taken", json_time(state.taken_at),
			 "code", state.code, "error", json_text(state.error));
}

json_t *status_json(struct http *http)
{
	const struct daemon *daemon = http->daemon;
	const struct rules *rules = judge_rules_now(daemon->judge);
	json_t *lists = json_array(), *json;

	for (size_t i = 0; i < rules->n_lists; i++)
		json_array_append_new(lists, list_json(judge_list(daemon->judge, i)));

	json = json_pack("{s:s, s:{s:o, s:o, s:o, s:b}, s:o, s:o, s:b, s:o, s:O, s:o, s:O, s:O}", "version",
			 TENKEN_VERSION, "site", "id", json_text(daemon->config->site_id), "name",
			 json_text(daemon->config->site_name), "profile", json_text(daemon->config->profile), "demo",
			 daemon->config->demo, "time", json_time(clock_now()), "started", json_time(daemon->started),
			 "ready", judge_ready(daemon->judge), "checklists", lists, "sources", http->summary.sources,
			 "ingest", ingest_json(http), "collectors", http->summary.collectors, "registers",
			 http->summary.registers);
	if (!json)
		return NULL;
	json_object_set_new(json, "score",
			    rules->n_lists > 0 ? json_score(&judge_list(daemon->judge, 0)->score) : json_null());
	json_object_set_new(json, "channels", channels_json(http));
	json_object_set_new(json, "tls",
			    daemon->tls_fingerprint[0] ? json_pack("{s:s, s:o}", "fingerprint", daemon->tls_fingerprint,
								   "expires_at", json_time(daemon->tls_expires))
						       : json_null());
	json_object_set_new(json, "snapshot", snapshot_json(http));
	json_object_set_new(json, "reload_error",
			    daemon->reload_failed ? json_text(daemon->reload_error) : json_null());
	return json;
}

void status_stale(struct http *http)
{
	free(http->status_body);
	http->status_body = NULL;
}

void api_status(struct http *http, struct exchange *exchange, struct str name)
{
	usec_t now = clock_monotonic();

	if (!http->status_body || now - http->status_at > SECONDS(1)) {
		status_stale(http);
		http->status_body = json_body(status_json(http));
		http->status_at = now;
	}
	if (!http->status_body) {
		exchange_refuse(exchange, 500, NULL, NULL);
		return;
	}
	reply_body(exchange, str_of(http->status_body));
}

static json_t *reason_json(const struct check *check, enum status status, const char *resource, json_t *reason)
{
	return json_pack("{s:s, s:o, s:s, s:s, s:o, s:o}", "check", check->id, "title",
			 json_both(check->title_ja, check->title_en), "severity", severity_name(check->severity),
			 "status", status_name(status), "resource", json_text(resource), "reason", reason);
}

/* Why @result says nothing although it has no row that says so. */
static json_t *silent_reason(const struct check_result *result)
{
	return result->error ? json_both(result->error, result->error)
	       : result->ran ? json_catalogue(TEXT_no_rows)
			     : json_catalogue(TEXT_not_yet);
}

/* Adds rows of @item that have status @status. */
static void reasons_add(const struct judge *judge, const struct item *item, enum status status, json_t *reasons)
{
	for (size_t i = 0; item->checks[i]; i++) {
		const struct check_result *result = judge_find(judge, str_of(item->checks[i]->id));
		bool said = false;

		if (!result || result->state.status == STATUS_NA)
			continue;
		for (size_t j = 0; j < result->n_verdicts && json_array_size(reasons) < REASONS_MAX; j++) {
			const struct verdict *verdict = &result->verdicts[j];

			if (verdict->status != status)
				continue;
			said = true;
			json_array_append_new(reasons, reason_json(result->state.check, status, verdict->resource,
								   json_both(verdict->reason_ja, verdict->reason_en)));
		}
		if (status == STATUS_UNKNOWN && !said && result->state.status == STATUS_UNKNOWN &&
		    json_array_size(reasons) < REASONS_MAX)
			json_array_append_new(reasons,
					      reason_json(result->state.check, status, NULL, silent_reason(result)));
	}
}

/* Fail and warn before unknown (design.md section 4). */
static json_t *reasons_json(const struct judge *judge, const struct item *item)
{
	static const enum status order[] = { STATUS_FAIL, STATUS_WARN, STATUS_UNKNOWN };
	json_t *reasons = json_array();

	for (size_t i = 0; i < COUNT(order); i++)
		reasons_add(judge, item, order[i], reasons);
	if (!item->checks[0])
		json_array_append_new(
			reasons,
			json_pack("{s:n, s:s, s:n, s:o}", "check", "status", "unknown", "resource", "reason",
				  json_catalogue(item->text_state == TEXT_STATE_SLOT ? TEXT_slot : TEXT_not_measured)));
	return reasons;
}

static json_t *checks_of(const struct judge *judge, const struct item *item)
{
	json_t *checks = json_array();

	for (size_t i = 0; item->checks[i]; i++) {
		const struct check *check = item->checks[i];
		const struct check_result *result = judge_find(judge, str_of(check->id));

		if (!result)
			continue;
		json_array_append_new(checks, json_pack("{s:s, s:o, s:s, s:s, s:b, s:o, s:o, s:o}", "id", check->id,
							"title", json_both(check->title_ja, check->title_en), "status",
							status_name(result->state.status), "severity",
							severity_name(check->severity), "decides", check->decides,
							"since", json_time(result->state.since), "counts",
							json_counts(result->state.counts), "fix",
							json_both(check->fix_ja, check->fix_en)));
	}
	return checks;
}

static json_t *refs_json(char **refs)
{
	json_t *json = json_array();

	for (size_t i = 0; refs && refs[i]; i++)
		json_array_append_new(json, json_text(refs[i]));
	return json;
}

/* The waiver of an item whose every bad row has one; null as soon as one has none. */
static json_t *waiver_json(const struct judge *judge, const struct item *item)
{
	const char *waiver = NULL;

	for (size_t i = 0; item->checks[i]; i++) {
		const struct check_result *result = judge_find(judge, str_of(item->checks[i]->id));

		for (size_t j = 0; result && j < result->n_verdicts; j++) {
			const struct verdict *verdict = &result->verdicts[j];

			if (verdict->status != STATUS_FAIL && verdict->status != STATUS_WARN)
				continue;
			if (!verdict->waiver)
				return json_null();
			waiver = waiver ? waiver : verdict->waiver;
		}
	}
	return json_stored(waiver);
}

static json_t *item_json(struct http *http, const struct checklist *list, const struct item_state *state)
{
	const struct item *item = state->item;
	const struct answer_word *answer = judge_answer(http->daemon->judge, list->id, item->id);
	json_t *json;

	json = json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:s, s:o, s:o, s:f, s:f, s:f, s:f, s:b, s:o}", "id", item->id,
			 "text",
			 item->text_state == TEXT_STATE_SLOT ? json_catalogue(TEXT_slot)
							     : json_both(item->text_ja, item->text_en),
			 "text_state", text_state_name(item->text_state), "section",
			 json_both(item->section_ja, item->section_en), "refs", refs_json(item->refs), "scored",
			 item->scored, "status", status_name(state->status), "since", json_time(state->since),
			 "reasons", reasons_json(http->daemon->judge, item), "weight", item->weight, "earned",
			 state->earned, "covered", state->covered, "attested", state->attested, "counted",
			 state->counted, "checks", checks_of(http->daemon->judge, item));
	if (!json)
		return NULL;
	json_object_set_new(json, "attest", item->attest ? json_both(item->attest, item->attest_en) : json_null());
	json_object_set_new(json, "answer", answer ? json_string(answer->yes ? "yes" : "no") : json_null());
	json_object_set_new(json, "answered_on", json_text(answer ? answer->answered_on : NULL));
	json_object_set_new(json, "answered_by", json_text(answer ? answer->who : NULL));
	json_object_set_new(json, "target_date", json_text(answer ? answer->target_on : NULL));
	json_object_set_new(json, "waiver", waiver_json(http->daemon->judge, item));
	return json;
}

void api_checklist(struct http *http, struct exchange *exchange, struct str name)
{
	const struct rules *rules = judge_rules_now(http->daemon->judge);

	for (size_t i = 0; i < rules->n_lists; i++) {
		const struct list_result *result = judge_list(http->daemon->judge, i);
		json_t *json, *items;

		if (!str_eq(str_of(result->list->id), name))
			continue;
		json = list_json(result);
		items = json_array();
		for (size_t j = 0; j < result->list->n_items; j++)
			json_array_append_new(items, item_json(http, result->list, &result->items[j]));
		json_object_set_new(json, "items", items);
		reply_json(exchange, json);
		return;
	}
	exchange_refuse(exchange, 404, NULL, NULL);
}
