/* Scores of every list of the other rules, items whose status is another one, and the verdicts that differ. */
#include <jansson.h>
#include <string.h>

#include "core/when.h"
#include "daemon/whatif.h"

static const struct list_result *list_find(const struct evaluation *evaluation, const char *id)
{
	for (size_t i = 0; i < evaluation->rules->n_lists; i++)
		if (!strcmp(evaluation->rules->lists[i]->id, id))
			return &evaluation->lists[i];
	return NULL;
}

static const struct item_state *item_find(const struct list_result *list, const char *id)
{
	for (size_t i = 0; list && i < list->list->n_items; i++)
		if (!strcmp(list->list->items[i].id, id))
			return &list->items[i];
	return NULL;
}

static json_t *maybe_status(int status)
{
	return status < 0 ? json_null() : json_string(status_name((enum status)status));
}

static json_t *text(const char *text)
{
	json_t *json = json_string(text ? text : "");

	return json ? json : json_string("");
}

static json_t *time_json(usec_t time)
{
	char buf[WHEN_MAX];

	return json_string(when_format(buf, time));
}

static json_t *items_json(const struct list_result *was, const struct list_result *is)
{
	json_t *items = json_array();

	for (size_t i = 0; i < is->list->n_items; i++) {
		const struct item_state *before = item_find(was, is->list->items[i].id);

		if (!before || before->status != is->items[i].status)
			json_array_append_new(items, json_pack("{s:s, s:o, s:o}", "item", is->list->items[i].id, "from",
							       maybe_status(before ? (int)before->status : -1), "to",
							       maybe_status((int)is->items[i].status)));
	}
	return items;
}

static json_t *lists_json(const struct evaluation *a, const struct evaluation *b)
{
	json_t *lists = json_array();

	for (size_t l = 0; l < b->rules->n_lists; l++) {
		const struct list_result *is = &b->lists[l], *was = list_find(a, is->list->id);

		json_array_append_new(
			lists,
			json_pack("{s:s, s:o, s:f, s:o, s:f, s:o}", "pack", is->list->id, "percent_from",
				  was ? json_real(was->score.percent) : json_null(), "percent_to", is->score.percent,
				  "coverage_from", was ? json_real(was->score.coverage_percent) : json_null(),
				  "coverage_to", is->score.coverage_percent, "items", items_json(was, is)));
	}
	return lists;
}

static json_t *changes_json(const struct evaluation_change *changes, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:o, s:o, s:{s:o, s:o}}", "check", changes[i].check,
						"resource", text(changes[i].resource), "from",
						maybe_status(changes[i].was), "to", maybe_status(changes[i].status),
						"reason", "ja", text(changes[i].verdict->reason_ja), "en",
						text(changes[i].verdict->reason_en)));
	return list;
}

json_t *whatif_json(const struct whatif *whatif)
{
	const struct evaluation_change *changes;
	size_t n;

	changes = whatif_changes(whatif, &n);
	return json_pack("{s:o, s:o, s:o}", "time", time_json(whatif_time(whatif)), "checklists",
			 lists_json(whatif_now(whatif), whatif_then(whatif)), "changes", changes_json(changes, n));
}
