/* A forecast as JSON: what changes when, and what the score will be. */
#include "core/when.h"
#include "daemon/forecast.h"
#include "dashboard/forecast.h"

#define CHANGES_SHOWN 1000

static json_t *day_json(int64_t day)
{
	char buf[WHEN_MAX];

	return json_string(when_format_day(buf, day));
}

static json_t *maybe_status(int status)
{
	return status < 0 ? json_null() : json_status((enum status)status);
}

static const char *why_name(enum forecast_why why)
{
	static const char *const names[] = { [FORECAST_DUE] = "due",
					     [FORECAST_ATTESTATION] = "attestation",
					     [FORECAST_WAIVER] = "waiver",
					     [FORECAST_NA] = "na" };

	return names[why];
}

static json_t *why_text(const struct forecast_change *change)
{
	switch (change->why) {
	case FORECAST_ATTESTATION: return json_catalogue(TEXT_forecast_attestation);
	case FORECAST_WAIVER: return json_catalogue(TEXT_forecast_waiver);
	case FORECAST_NA: return json_catalogue(TEXT_forecast_na);
	case FORECAST_DUE: break;
	}
	return json_catalogue(change->status < 0 ? TEXT_forecast_gone : TEXT_forecast_due);
}

static json_t *change_json(const struct rules *rules, const struct forecast_change *change, int64_t today)
{
	const struct check *check = change->check;
	/* Nothing sorts below nothing: a row that is gone is no trouble, one that comes is as bad as it is. */
	int was = change->was < 0 ? STATUS_NA : change->was, is = change->status < 0 ? STATUS_NA : change->status;
	bool worse = change->why == FORECAST_WAIVER ||
		     (was != is && status_worse((enum status)was, (enum status)is) == (enum status)is &&
		      is != STATUS_PASS && is != STATUS_NA);
	json_t *json = json_pack("{s:o, s:I, s:s, s:o, s:s, s:o, s:o, s:o, s:b, s:s}", "date", day_json(change->day),
				 "in_days", (json_int_t)(change->day - today), "check", check->id, "title",
				 json_both(check->title_ja, check->title_en), "severity",
				 severity_name(check->severity), "resource", json_text(change->resource), "from",
				 maybe_status(change->was), "to", maybe_status(change->status), "worse", worse, "why",
				 why_name(change->why));

	if (!json)
		return NULL;
	json_object_set_new(json, "why_text", why_text(change));
	json_object_set_new(json, "reason",
			    change->status < 0 ? json_null() : json_both(change->reason_ja, change->reason_en));
	json_object_set_new(json, "fix", json_both(check->fix_ja, check->fix_en));
	json_object_set_new(json, "items", json_items_of(rules, check));
	return json;
}

static json_t *changes_json(const struct forecast *forecast, int64_t last, bool *ret_cut)
{
	const struct forecast_result *result = forecast_result(forecast);
	json_t *list = json_array();

	*ret_cut = result->cut;
	for (size_t i = 0; i < result->n_changes && result->changes[i].day <= last; i++) {
		if (json_array_size(list) == CHANGES_SHOWN) {
			*ret_cut = true;
			break;
		}
		json_array_append_new(list, change_json(forecast_rules(forecast), &result->changes[i], result->today));
	}
	return list;
}

static json_t *items_json(const struct forecast *forecast, int64_t last)
{
	const struct forecast_result *result = forecast_result(forecast);
	const struct rules *rules = forecast_rules(forecast);
	json_t *list = json_array();

	for (size_t i = 0; i < result->n_items && result->items[i].day <= last; i++) {
		const struct forecast_item *change = &result->items[i];
		const struct item *item = &rules->lists[change->list]->items[change->item];

		json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:o, s:o, s:o}", "date", day_json(change->day),
						      "pack", rules->lists[change->list]->id, "item", item->id, "text",
						      json_both(item->text_ja, item->text_en), "from",
						      json_status(change->was), "to", json_status(change->status)));
	}
	return list;
}

/* @last_of receives the score of the first list at the end. */
static json_t *scores_json(const struct forecast *forecast, int64_t last, json_t **ret_now, json_t **ret_end)
{
	const struct forecast_result *result = forecast_result(forecast);
	const struct rules *rules = forecast_rules(forecast);
	json_t *list = json_array();
	const struct score *now = NULL, *end = NULL;

	for (size_t i = 0; i < result->n_scores && result->scores[i].day <= last; i++) {
		const struct forecast_score *score = &result->scores[i];
		json_t *json = json_score(&score->score);

		json_object_set_new(json, "date", day_json(score->day));
		json_object_set_new(json, "pack", json_text(rules->lists[score->list]->id));
		json_array_append_new(list, json);
		if (score->list != 0)
			continue;
		now = now ? now : &score->score;
		end = &score->score;
	}
	*ret_now = now ? json_score(now) : json_null();
	*ret_end = end ? json_score(end) : json_null();
	return list;
}

static json_t *asked_json(const struct forecast *forecast)
{
	const struct forecast_result *result = forecast_result(forecast);
	const struct rules *rules = forecast_rules(forecast);
	json_t *failed = json_array(), *strides = json_array();

	for (size_t i = 0; i < rules->n_checks; i++)
		if (forecast_stride(forecast, i) > 1)
			json_array_append_new(strides, json_pack("{s:s, s:i}", "check", rules->checks[i]->id, "days",
								 (int)forecast_stride(forecast, i)));

	for (size_t i = 0; i < result->n_failures; i++)
		json_array_append_new(failed, json_pack("{s:s, s:o}", "check", result->failures[i].check->id, "error",
							json_text(result->failures[i].error)));
	return json_pack("{s:i, s:i, s:o, s:i, s:o, s:f}", "without_dates", (int)result->n_still, "every_day",
			 (int)result->n_daily, "by_strides", strides, "questions", (int)result->n_asked, "failed",
			 failed, "cpu_seconds", (double)result->cpu / 1e6);
}

json_t *forecast_json(const struct forecast *forecast, unsigned days)
{
	const struct forecast_result *result = forecast_result(forecast);
	int64_t last = result->today + days;
	json_t *now, *end, *scores = scores_json(forecast, last, &now, &end);
	bool cut = false;
	json_t *changes = changes_json(forecast, last, &cut);

	return json_pack("{s:o, s:i, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o, s:b, s:o}", "time", json_time(result->now),
			 "days", (int)days, "from", day_json(result->today), "until", day_json(last), "score", "now",
			 now, "end", end, "scores", scores, "items", items_json(forecast, last), "changes", changes,
			 "cut", cut, "asked", asked_json(forecast));
}
