/* A message for programs: what the generic webhook, CloudEvents and a command get. */

#include "core/when.h"
#include "daemon/alerts/letter_in.h"

static json_t *row_data(const json_t *doc, const json_t *check, const json_t *row)
{
	char since[WHEN_MAX], at[WHEN_MAX], url[1200];
	const json_t *item = json_object_get(check, "item"), *status = json_object_get(row, "status");

	return json_pack("{s:s, s:s, s:s, s:s, s:O?, s:O?, s:b, s:s, s:s, s:b, s:O, s:O, s:O, s:s, s:s, s:s}", "id",
			 doc_text(row, "alert_id"), "check", doc_text(check, "id"), "resource",
			 doc_text(row, "resource"), "severity", doc_text(check, "severity"), "status", status, "was",
			 json_object_get(row, "was"), "open", json_is_true(json_object_get(row, "bad")), "since",
			 doc_time(row, "since", since), "time", doc_time(row, "at", at), "flapping",
			 json_is_true(json_object_get(row, "flapping")), "title", json_object_get(check, "title"),
			 "reason", json_object_get(row, "reason"), "fix", json_object_get(check, "fix"), "checklist",
			 doc_text(item, "pack"), "item", doc_text(item, "id"), "url",
			 doc_url(doc, check, url, sizeof(url)));
}

static json_t *counts_data(const json_t *doc)
{
	json_t *list = json_array();
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:O, s:O}", "check", doc_text(check, "id"), "severity",
						doc_text(check, "severity"), "open", json_object_get(check, "bad"),
						"ended", json_object_get(check, "good")));
	}
	return list;
}

json_t *letter_data(const json_t *doc)
{
	json_t *alerts = json_array(), *data;
	struct letter ja = { 0 }, en = { 0 };
	char at[WHEN_MAX], page[600];
	const json_t *check, *row;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_foreach(json_object_get(check, "rows"), k, row)
		{
			json_array_append_new(alerts, row_data(doc, check, row));
		}
	}
	if (letter_write(doc, LETTER_JA, &ja) < 0 || letter_write(doc, LETTER_EN, &en) < 0) {
		letter_end(&ja);
		json_decref(alerts);
		return NULL;
	}
	snprintf(page, sizeof(page), "%s%s", doc_text(doc, "page"), doc_text(doc, "page")[0] ? "/" : "");
	data = json_pack(
		"{s:s, s:s, s:s, s:s, s:O?, s:O, s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:s, s:O, s:O, s:O, s:o, s:o, s:O}",
		"id", doc_text(doc, "id"), "kind", doc_text(doc, "kind"), "severity", doc_text(doc, "severity"),
		"status", doc_text(doc, "status"), "code", json_object_get(doc, "code"), "site",
		json_object_get(doc, "site"), "time", doc_time(doc, "at", at), "title", "ja", ja.subject, "en",
		en.subject, "text", "ja", ja.text, "en", en.text, "url", page, "open", json_object_get(doc, "bad"),
		"ended", json_object_get(doc, "good"), "left_out", json_object_get(doc, "more"), "checks",
		counts_data(doc), "alerts", alerts, "notes", json_object_get(doc, "say"));
	letter_end(&ja);
	letter_end(&en);
	return data;
}
