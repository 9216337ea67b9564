/*
 * Alertmanager (API v2).  It is told states, not changes: what is open is sent again and again, each with an end a little
 * ahead, and what has ended for some minutes more.  Labels are the identity and hold nothing that changes.
 */

#include <errno.h>

#include "core/clock.h"
#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/letter.h"
#include "daemon/alerts/transfer.h"

#define ENDS_AFTER 4 /* times the interval: one or two may be lost */

static const char *alertmanager_check(const struct settings *own, struct diag *diag)
{
	struct str url = str_of(setting(own, "url"));

	if (!str_istarts(url, STR("http://")) && !str_istarts(url, STR("https://"))) {
		diag_say(diag, "expected http://HOST:9093 or https://");
		return "url";
	}
	if (setting_span(own, "every") < SECONDS(1) || setting_span(own, "every") > MINUTES(5)) {
		diag_say(diag, "expected a time from 1s to 5m");
		return "every";
	}
	return NULL;
}

static json_t *one_alert(const struct sender *sender, const json_t *site, const json_t *row, usec_t now)
{
	const json_t *check = json_object_get(row, "check"), *item = json_object_get(check, "item");
	bool bad = json_is_true(json_object_get(row, "bad"));
	char starts[WHEN_MAX], ends[WHEN_MAX], name[300];
	usec_t end = bad ? now + ENDS_AFTER * setting_span(sender->own, "every")
			 : json_integer_value(json_object_get(row, "at"));

	doc_time(row, "since", starts);
	when_format(ends, end);
	return json_pack(
		"{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}, s:s, s:s}",
		"labels", "alertname", doc_text(check, "id"), "check", doc_text(check, "id"), "resource",
		clean_text(doc_text(row, "resource"), name, sizeof(name)), "severity", doc_text(check, "severity"),
		"site", doc_text(site, "id"), "item", doc_text(item, "id"), "job", "tenken", "annotations", "summary",
		doc_both(check, "title", false), "summary_en", doc_both(check, "title", true), "description",
		doc_both(row, "reason", false), "description_en", doc_both(row, "reason", true), "fix",
		doc_both(check, "fix", false), "status", doc_text(row, "status"), "alert_id", doc_text(row, "alert_id"),
		"site_name", doc_text(site, "name"), "startsAt", starts, "endsAt", ends);
}

/* A test ends by itself. */
static json_t *test_alert(const json_t *doc, usec_t now)
{
	char starts[WHEN_MAX], ends[WHEN_MAX];

	when_format(starts, now);
	when_format(ends, now + MINUTES(1));
	return json_pack("[{s:{s:s, s:s, s:s, s:s}, s:{s:s}, s:s, s:s}]", "labels", "alertname", "TenkenTest",
			 "severity", "low", "site", doc_text(json_object_get(doc, "site"), "id"), "job", "tenken",
			 "annotations", "summary", doc_text(doc, "id"), "startsAt", starts, "endsAt", ends);
}

/* What is beyond the bound is not listed, but said. */
static json_t *more_alert(const struct sender *sender, const json_t *doc, int64_t more, usec_t now)
{
	char starts[WHEN_MAX], ends[WHEN_MAX], number[24], ja[200], en[200];
	const char *const pairs[] = { "n", number, NULL };

	snprintf(number, sizeof(number), "%lld", (long long)more);
	doc_time(doc, "at", starts);
	when_format(ends, now + ENDS_AFTER * setting_span(sender->own, "every"));
	return json_pack("{s:{s:s, s:s, s:s, s:s}, s:{s:s, s:s}, s:s, s:s}", "labels", "alertname", "TenkenLeftOut",
			 "severity", "high", "site", doc_text(json_object_get(doc, "site"), "id"), "job", "tenken",
			 "annotations", "summary", text_fill(ja, sizeof(ja), text_ja(TEXT_letter_more), pairs),
			 "summary_en", text_fill(en, sizeof(en), text_en(TEXT_letter_more), pairs), "startsAt", starts,
			 "endsAt", ends);
}

static void alertmanager_send(struct sender *sender, const json_t *doc, struct outcome *ret)
{
	const json_t *site = json_object_get(doc, "site"), *row;
	_free_ char *body = NULL;
	usec_t now = clock_now();
	json_t *alerts;
	char url[1200];
	struct str base = str_of(setting(sender->own, "url"));
	size_t i;

	if (!strcmp(doc_text(doc, "kind"), "test")) {
		alerts = test_alert(doc, now);
	} else {
		alerts = json_array();
		json_array_foreach(json_object_get(doc, "alerts"), i, row)
		{
			json_array_append_new(alerts, one_alert(sender, site, row, now));
		}
		if (json_integer_value(json_object_get(doc, "more")) > 0)
			json_array_append_new(
				alerts, more_alert(sender, doc, json_integer_value(json_object_get(doc, "more")), now));
	}
	body = alerts ? json_dumps(alerts, JSON_COMPACT) : NULL;
	json_decref(alerts);
	if (!body) {
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
		return;
	}
	while (str_ends(base, STR("/")))
		base.n--;
	snprintf(url, sizeof(url), STR_FMT "/api/v2/alerts", STR_ARG(base));
	http_post(sender, url, "application/json", NULL, str_of(body), ret);
}

static const struct setting_def alertmanager_settings[] = {
	{ "url", SETTING_TEXT, "", "Where Alertmanager answers, without /api/v2." },
	{ "every", SETTING_SPAN, "1m",
	  "How often what is open is sent again; it ends by itself after four times as long." },
	TRANSFER_SETTINGS,
	{ NULL },
};

const struct channel_type channel_alertmanager = {
	.name = "alertmanager",
	.summary = "Prometheus Alertmanager, API v2",
	.settings = alertmanager_settings,
	.needs = "url",
	.states = true,
	.check = alertmanager_check,
	.send = alertmanager_send,
};
