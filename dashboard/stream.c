/* Server-sent events: what changed, told to every open page in the turn of the loop in which the judge says it. */

#include "core/clock.h"
#include "dashboard/api.h"

#define BURST 100 /* changes of verdicts told one by one in a second */

void stream_say(struct http *http, const char *event, json_t *data)
{
	_free_ char *body = json_body(data), *text = NULL;
	int n;

	if (!body)
		return;
	/* JSON has no line break outside of strings, and writes those inside as \n. */
	n = asprintf(&text, "event: %s\ndata: %s\n\n", event, body);
	if (n < 0) {
		text = NULL;
		return;
	}
	server_broadcast(http->server, (struct str){ text, (size_t)n });
}

static bool anybody(const struct http *http)
{
	struct server_stats stats;

	server_stats(http->server, &stats);
	return stats.streams > 0;
}

/* A first evaluation changes thousands of verdicts at once.  A page reads everything again anyway: some say that it must. */
static bool burst_over(struct http *http)
{
	usec_t now = clock_monotonic();

	if (now - http->burst_at > SECONDS(1)) {
		http->burst_at = now;
		http->burst_said = 0;
	}
	if (http->burst_said < BURST) {
		http->burst_said++;
		return false;
	}
	http->burst_left_out++;
	return true;
}

void stream_tick(struct http *http)
{
	if (http->burst_left_out == 0)
		return;
	stream_say(http, "verdict", json_pack("{s:n, s:i}", "check", "left_out", (int)http->burst_left_out));
	http->burst_left_out = 0;
}

static json_t *word_or_null(int status)
{
	return status < 0 ? json_null() : json_status((enum status)status);
}

static void verdict_said(struct http *http, const struct judge_change *change)
{
	const struct check *check = change->check;
	bool bad = change->status == STATUS_WARN || change->status == STATUS_FAIL;
	bool was_bad = change->was == STATUS_WARN || change->was == STATUS_FAIL;
	json_t *json;

	json = json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "check", check->id, "title",
			 json_both(check->title_ja, check->title_en), "severity", severity_name(check->severity),
			 "resource", json_text(change->resource), "was", word_or_null(change->was), "status",
			 word_or_null(change->status), "reason",
			 change->verdict ? json_both(change->verdict->reason_ja, change->verdict->reason_en)
					 : json_null(),
			 "time", json_time(change->at));
	if (bad || was_bad) {
		json_t *finding = json_copy(json);

		json_object_set_new(finding, "state", json_string(bad ? "open" : "closed"));
		stream_say(http, "finding", finding);
	}
	stream_say(http, "verdict", json);
}

void stream_change(void *arg, const struct judge_change *change)
{
	struct http *http = arg;

	status_stale(http);
	if (!anybody(http) || ((change->kind == CHANGE_VERDICT || change->kind == CHANGE_CHECK) && burst_over(http)))
		return;

	switch (change->kind) {
	case CHANGE_VERDICT: verdict_said(http, change); break;
	case CHANGE_CHECK:
		stream_say(http, "verdict",
			   json_pack("{s:s, s:n, s:o, s:o, s:o}", "check", change->check->id, "resource", "was",
				     word_or_null(change->was), "status", word_or_null(change->status), "time",
				     json_time(change->at)));
		break;
	case CHANGE_ITEM:
		stream_say(http, "status",
			   json_pack("{s:s, s:s, s:o, s:o, s:o}", "pack", change->list->list->id, "item",
				     change->item->item->id, "was", word_or_null(change->was), "status",
				     word_or_null(change->status), "time", json_time(change->at)));
		break;
	case CHANGE_SCORE:
		stream_say(http, "status",
			   json_pack("{s:s, s:o, s:o}", "pack", change->list->list->id, "score",
				     json_score(&change->list->score), "time", json_time(change->at)));
		break;
	}
}

/* Keeps the connection open, and tells the page that what it shows is still so. */
void stream_beat(void *arg)
{
	struct http *http = arg;

	audit_flush(http, false);
	server_broadcast(http->server, STR("event: beat\ndata: {}\n\n"));
}

void api_stream(struct http *http, struct exchange *exchange, struct str name)
{
	_free_ char *body = json_body(status_json(http)), *first = NULL;
	int n;

	n = body ? asprintf(&first, "retry: 2000\n\nevent: status\ndata: %s\n\n", body) : -1;
	if (n < 0) {
		first = NULL;
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}
	exchange_stream(exchange, (struct str){ first, (size_t)n });
}
