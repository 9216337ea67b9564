/* What is wrong, or was: a page of it, how much of it in each group, or all of it as a table for a spreadsheet. */

#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/reports/csv_cell.h"
#include "daemon/words.h"
#include "dashboard/rows.h"

#define CSV_ROWS 100000 /* of one file: more is no table for people */
#define GROUPS "check item severity status owner role system resource"

struct asked {
	struct finding_filter filter;
	const char *group, *format;
	char bufs[13][512];
};

static bool choice_ok(const char *text, const char *choices)
{
	struct str rest = str_of(choices);

	while (text && rest.n > 0)
		if (str_eq(str_cut(&rest, ' '), str_of(text)))
			return true;
	return !text;
}

static int asked_read(const struct question *question, struct asked *ret, struct diag *diag)
{
	struct finding_filter *f = &ret->filter;
	const struct {
		const char *name, **value, *choices;
	} params[] = {
		{ "check", &f->check, NULL },          { "item", &f->item, NULL },   { "severity", &f->severity, NULL },
		{ "status", &f->status, NULL },        { "state", &f->state, NULL }, { "resource", &f->resource, NULL },
		{ "system", &f->system, NULL },        { "owner", &f->owner, NULL }, { "q", &f->search, NULL },
		{ "acked", &f->acked, NULL },          { "sort", &f->sort, NULL },   { "group", &ret->group, GROUPS },
		{ "format", &ret->format, "json csv" }
	};

	_Static_assert(COUNT(params) == COUNT(ret->bufs), "one buffer each");
	for (size_t i = 0; i < COUNT(params); i++) {
		if (question_text(question, params[i].name, ret->bufs[i], sizeof(ret->bufs[i]), params[i].value, diag) <
		    0)
			return -EINVAL;
		if (params[i].choices && !choice_ok(*params[i].value, params[i].choices))
			return DIAG_FIELD(diag, params[i].name, TEXT_query_choice, "choices", params[i].choices);
	}
	return question_time(question, "since", false, &f->since, diag);
}

static json_t *ack_json(const json_t *ack)
{
	const json_t *at = json_object_get(ack, "at"), *until = json_object_get(ack, "until");

	if (!json_is_object(ack))
		return json_null();
	return json_pack("{s:O, s:o, s:O, s:O, s:o}", "id", json_object_get(ack, "id"), "at",
			 json_time(json_integer_value(at)), "who", json_object_get(ack, "who"), "why",
			 json_object_get(ack, "why"), "until", json_time(json_integer_value(until)));
}

static void finding_finish(const struct question *question, const struct words *words, json_t *row)
{
	const char *id = json_string_value(json_object_get(row, "check"));
	const char *resource = json_string_value(json_object_get(row, "resource"));
	const struct check *check = rules_check(question->rules, str_of(id));
	bool open = !strcmp(json_string_value(json_object_get(row, "state")), "open");
	json_t *dims = json_object_get(row, "dims");
	json_t *first = json_object_get(dims, "first_event"), *last = json_object_get(dims, "last_event");

	json_object_set_new(row, "reason",
			    json_pack("{s:O, s:O}", "ja", json_object_get(row, "reason_ja"), "en",
				      json_object_get(row, "reason_en")));
	json_object_set_new(
		row, "owner",
		json_pack("{s:O, s:O}", "name", json_object_get(row, "owner"), "role", json_object_get(row, "role")));
	json_object_set_new(row, "ack", ack_json(json_object_get(row, "ack")));
	json_object_del(row, "reason_ja");
	json_object_del(row, "reason_en");
	json_object_del(row, "role");
	json_object_set_new(row, "title", check ? json_both(check->title_ja, check->title_en) : json_null());
	json_object_set_new(row, "fix", check ? json_both(check->fix_ja, check->fix_en) : json_null());
	json_object_set_new(row, "waiver", json_stored(open ? words_waiver(words, id, resource) : NULL));
	json_object_set(row, "first_event", first ? first : json_null());
	json_object_set(row, "last_event", last ? last : json_null());
}

static json_t *group_title(const struct rules *rules, const char *group, const char *key)
{
	const struct check *check = key && !strcmp(group, "check") ? rules_check(rules, str_of(key)) : NULL;

	return check ? json_both(check->title_ja, check->title_en) : json_null();
}

static json_t *group_json(json_t *key, json_t *title, json_int_t fail, json_int_t warn, json_t *since)
{
	return json_pack("{s:o, s:o, s:I, s:I, s:o}", "key", key, "title", title, "fail", fail, "warn", warn, "since",
			 since);
}

/* What @item has of the groups by check; NULL: nothing. */
static json_t *item_group(const struct listing *checks, const struct checklist *list, const struct item *item)
{
	int64_t fail = 0, warn = 0, since = INT64_MAX;
	char key[300];

	for (size_t i = 0; i < checks->n_rows; i++) {
		const char *id = listing_cell(checks, i, 0)->text;
		bool its = false;

		for (size_t k = 0; id && item->checks && item->checks[k]; k++)
			its |= !strcmp(item->checks[k]->id, id);
		if (!its)
			continue;
		fail += listing_cell(checks, i, 1)->number;
		warn += listing_cell(checks, i, 2)->number;
		if (listing_cell(checks, i, 4)->number < since)
			since = listing_cell(checks, i, 4)->number;
	}
	if (fail + warn == 0)
		return NULL;
	snprintf(key, sizeof(key), "%s/%s", list->id, item->id);
	return group_json(json_text(key),
			  item->text_state == TEXT_STATE_SLOT ? json_catalogue(TEXT_slot)
							      : json_both(item->text_ja, item->text_en),
			  fail, warn, json_time(since));
}

/* In the order of the forms; a check that speaks for two items is counted in both. */
static json_t *item_groups(const struct rules *rules, const struct listing *checks)
{
	json_t *groups = json_array();

	for (size_t l = 0; l < rules->n_lists; l++)
		for (size_t i = 0; i < rules->lists[l]->n_items; i++) {
			json_t *group = item_group(checks, rules->lists[l], &rules->lists[l]->items[i]);

			if (group)
				json_array_append_new(groups, group);
		}
	return groups;
}

static int groups_add(struct sqlite3 *db, const struct question *question, const struct asked *asked, json_t *json,
		      struct diag *diag)
{
	bool items = !strcmp(asked->group, "item");
	struct listing list;
	json_t *groups;
	int64_t total = 0;
	int r = query_finding_groups(db, question->rules, &asked->filter, items ? "check" : asked->group, &list, diag);

	if (r < 0)
		return r;
	groups = items ? item_groups(question->rules, &list) : json_array();
	for (size_t i = 0; i < list.n_rows; i++) {
		const char *key = listing_cell(&list, i, 0)->text;
		int64_t fail = listing_cell(&list, i, 1)->number, warn = listing_cell(&list, i, 2)->number;

		total += fail + warn;
		if (!items)
			json_array_append_new(groups, group_json(json_text(key),
								 group_title(question->rules, asked->group, key), fail,
								 warn, json_time(listing_cell(&list, i, 4)->number)));
	}
	listing_free(&list);
	json_object_set_new(json, "groups", groups);
	json_object_set_new(json, "total", json_integer(total));
	return 0;
}

static int page_ask(struct sqlite3 *db, const struct question *question, const struct asked *asked,
		    const struct page *page, json_t **ret, struct diag *diag)
{
	_cleanup_(words_freep) struct words *words = NULL;
	struct listing listing;
	json_t *row, *json;
	size_t i;
	int r = words_load(db, clock_now(), &words);

	if (r == 0)
		r = query_findings(db, question->rules, &asked->filter, page, &listing, diag);
	if (r < 0)
		return r;
	json = listing_json(&listing);
	listing_free(&listing);
	json_array_foreach(json_object_get(json, "items"), i, row) finding_finish(question, words, row);
	*ret = json;
	return 0;
}

static const char *both(const json_t *json, const char *name, const char *lang)
{
	return json_string_value(json_object_get(json_object_get(json, name), lang));
}

static void csv_row(FILE *out, const json_t *row)
{
	static const char *const shown[] = { "critical", "high", "medium", "low" };
	static const enum text words[] = { TEXT_severity_critical, TEXT_severity_high, TEXT_severity_medium,
					   TEXT_severity_low };
	const char *severity = json_string_value(json_object_get(row, "severity"));
	const char *status = json_string_value(json_object_get(row, "status"));
	const char *state = json_string_value(json_object_get(row, "state"));
	const json_t *ack = json_object_get(row, "ack"), *waiver = json_object_get(row, "waiver");
	const json_t *owner = json_object_get(row, "owner");
	const char *word = NULL;

	for (size_t i = 0; severity && i < COUNT(shown); i++)
		word = !strcmp(severity, shown[i]) ? text_ja(words[i]) : word;
	const char *const cells[] = {
		text_ja(!strcmp(state, "open") ? TEXT_finding_open : TEXT_finding_closed),
		word,
		text_ja(!strcmp(status, "fail") ? TEXT_status_fail : TEXT_status_warn),
		json_string_value(json_object_get(row, "check")),
		both(row, "title", "ja"),
		json_string_value(json_object_get(row, "resource")),
		json_string_value(json_object_get(row, "system")),
		both(row, "reason", "ja"),
		json_string_value(json_object_get(owner, "name")),
		json_string_value(json_object_get(row, "since")),
		json_string_value(json_object_get(row, "first_seen")),
		json_string_value(json_object_get(row, "closed_at")),
		json_string_value(json_object_get(ack, "who")),
		json_string_value(json_object_get(ack, "why")),
		json_string_value(json_object_get(waiver, "why")),
		json_string_value(json_object_get(waiver, "until")),
		both(row, "fix", "ja"),
		both(row, "title", "en"),
		both(row, "reason", "en"),
	};

	for (size_t i = 0; i < COUNT(cells); i++)
		csv_cell(out, cells[i], i + 1 == COUNT(cells));
}

static void csv_heads(FILE *out)
{
	static const char *const heads[] = { "状態",       "重要度",   "判定",   "検査",       "題名",
					     "対象",       "システム", "理由",   "担当者",     "いつから",
					     "初回",       "解消",     "対応者", "対応のメモ", "例外の理由",
					     "例外の期限", "対処",     "title",  "reason" };

	fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_cell(out, heads[i], i + 1 == COUNT(heads));
}

/* Page after page, so that no reading lasts long. */
static int csv_write(struct sqlite3 *db, const struct question *question, const struct asked *asked, FILE *out,
		     struct diag *diag)
{
	char cursor[sizeof(((struct listing *)NULL)->cursor)] = "";
	size_t n = 0;

	csv_heads(out);
	do {
		struct page page = { QUERY_LIMIT_MAX, cursor };
		json_t *json = NULL, *row;
		const char *next;
		size_t i;
		int r = page_ask(db, question, asked, &page, &json, diag);

		if (r < 0)
			return r;
		json_array_foreach(json_object_get(json, "items"), i, row) csv_row(out, row);
		n += json_array_size(json_object_get(json, "items"));
		next = json_string_value(json_object_get(json, "next"));
		str_copy(cursor, sizeof(cursor), str_of(next ? next : ""));
		json_decref(json);
		if (n > CSV_ROWS)
			return DIAG_FIELD(diag, "format", TEXT_findings_many, "max", "100000");
	} while (cursor[0]);
	return 0;
}

static int csv_ask(struct sqlite3 *db, struct question *question, const struct asked *asked, struct diag *diag)
{
	char day[WHEN_MAX];
	FILE *out = open_memstream(&question->file.bytes, &question->file.n);
	int r;

	if (!out)
		return -ENOMEM;
	r = csv_write(db, question, asked, out, diag);
	if (fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	question->file.type = "text/csv; charset=utf-8";
	snprintf(question->file.name, sizeof(question->file.name), "tenken-findings-%s.csv",
		 when_format_day(day, when_day_of(clock_now())));
	return r;
}

static int findings_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct asked asked = { { 0 } };
	struct question_page buf;
	struct page page;
	json_t *json = NULL;
	int r;

	if (asked_read(question, &asked, diag) < 0 || page_read(question, &buf, &page, diag) < 0)
		return -EINVAL;
	if (asked.format && !strcmp(asked.format, "csv"))
		return csv_ask(db, question, &asked, diag);
	r = page_ask(db, question, &asked, &page, &json, diag);
	if (r == 0 && asked.group)
		r = groups_add(db, question, &asked, json, diag);
	if (r < 0) {
		json_decref(json);
		return r;
	}
	*ret = json;
	return 0;
}

void api_findings(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, findings_ask);
}
