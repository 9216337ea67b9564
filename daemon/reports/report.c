#include "daemon/reports/report.h"

#include <errno.h>

#include "core/register.h"
#include "core/text.h"
#include "core/when.h"
#include "daemon/snapshots/bundle.h"

#define REASONS_MAX 8

static const char *status_ja(enum status status)
{
	static const enum text words[STATUSES] = {
		[STATUS_PASS] = TEXT_status_pass,         [STATUS_WARN] = TEXT_status_warn,
		[STATUS_FAIL] = TEXT_status_fail,         [STATUS_UNKNOWN] = TEXT_status_unknown,
		[STATUS_ATTESTED] = TEXT_status_attested, [STATUS_NA] = TEXT_status_na
	};

	return text_ja(words[status]);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static const char *word_of(const json_t *object, const char *key, const char *language)
{
	return text_of(json_object_get(object, key), language);
}

/* A part as JSON, kept until the report is freed; an empty list where there is none. */
static const json_t *part(struct report *report, const json_t *bundle, const char *prefix, const char *name)
{
	char path[300];
	const char *body;
	json_t *json;

	snprintf(path, sizeof(path), "%s%.200s", prefix, name);
	body = bundle_part(bundle, path);
	json = body ? json_loads(body, 0, NULL) : NULL;
	if (!json)
		json = json_array();
	json_array_append_new(report->held, json);
	return json;
}

/* "R7" and "7" are Reiwa years, "2025" is that year; 0: neither. */
static int year_of(const char *text)
{
	struct str s = str_of(text);
	int64_t year;

	if (s.n > 0 && (s.p[0] == 'R' || s.p[0] == 'r'))
		s = str_from(s, 1);
	if (!str_int(s, &year) || year < 1 || (year > 99 && (year < 2019 || year > 2099)))
		return 0;
	return year > 99 ? (int)year : 2018 + (int)year;
}

/* The checklist of @wish among those of the snapshot. */
static int list_find(struct report *report, const json_t *bundle, const struct report_wish *wish, struct diag *diag)
{
	int year = wish->year ? year_of(wish->year) : 0;
	char prefix[64], id[80] = "";
	const char *name;
	json_t *body;

	if (strcmp(wish->form, "hospital") && strcmp(wish->form, "pharmacy") && strcmp(wish->form, "vendor"))
		return diag_set(diag, -EINVAL, "%s: expected hospital, pharmacy or vendor", wish->form);
	if (wish->year && year == 0)
		return diag_set(diag, -EINVAL, "%s: expected a year such as R7 or 2025", wish->year);
	snprintf(prefix, sizeof(prefix), "checklists/mhlw-%s-", wish->form);
	if (year)
		snprintf(id, sizeof(id), "%sr%d", prefix, year - 2018);
	json_object_foreach(json_object_get(bundle, "parts"), name, body)
	{
		if (id[0] ? strcmp(name, id) != 0 : !str_starts(str_of(name), str_of(prefix)))
			continue;
		report->list = json_loads(json_string_value(body), 0, NULL);
		report->pack = text_of(report->list, "id");
		return report->list ? 0 : -EBADMSG;
	}
	return diag_set(
		diag, -ENOENT,
		"no form for %s%s%s is in force in this snapshot; name it under rules.packs and take another one",
		wish->form, wish->year ? " of " : "", wish->year ? wish->year : "");
}

/* The newest answer to @item that holds. */
static const json_t *answer_find(const struct report *report, const json_t *answers, const char *item)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(answers, i, row)
	{
		if (!strcmp(text_of(row, "pack"), report->pack) && !strcmp(text_of(row, "item"), item) &&
		    json_integer_value(json_object_get(row, "fiscal_year")) == report->fiscal_year &&
		    !strcmp(text_of(row, "vendor_id"), report->vendor) &&
		    !strcmp(text_of(row, "system_id"), report->system) &&
		    !json_is_integer(json_object_get(row, "revoked_at")))
			found = row;
	}
	return found;
}

static bool names(const json_t *list, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *own = json_string_value(one);

		if (own && !strcmp(own, text))
			return true;
	}
	return false;
}

/* "TITLE: 適合 3・注意 1", without what is none. */
static void evidence_line(FILE *out, const char *title, const unsigned counts[static STATUSES], bool first)
{
	static const enum status order[] = { STATUS_FAIL, STATUS_WARN, STATUS_UNKNOWN, STATUS_ATTESTED, STATUS_PASS };
	const char *between = "";

	fprintf(out, "%s%s: ", first ? "" : "\n", title);
	for (size_t i = 0; i < COUNT(order); i++) {
		if (counts[order[i]] == 0)
			continue;
		fprintf(out, "%s%s %u", between, status_ja(order[i]), counts[order[i]]);
		between = "・";
	}
	if (!*between)
		fputs("まだ測定していない", out);
}

/* What the checks of an item say: reasons in both languages, and counts by status. */
static int evidence_fill(struct report *report, const json_t *bundle, const json_t *checks, struct report_row *row)
{
	static const char *const order[] = { "fail", "warn", "unknown" };
	size_t ja_size = 0, en_size = 0, size = 0, said = 0, i;
	FILE *ja = open_memstream(&row->reasons_ja, &ja_size), *en = open_memstream(&row->reasons_en, &en_size);
	FILE *evidence = open_memstream(&row->evidence, &size);
	const json_t *check, *verdict;

	for (size_t k = 0; ja && en && evidence && k < COUNT(order); k++) {
		json_array_foreach(checks, i, check)
		{
			size_t v;

			json_array_foreach(part(report, bundle, "rows/", json_string_value(check)), v, verdict)
			{
				if (said >= REASONS_MAX || strcmp(text_of(verdict, "status"), order[k]) != 0)
					continue;
				fprintf(ja, "%s%s", said ? "\n" : "", text_of(verdict, "reason_ja"));
				fprintf(en, "%s%s", said ? "\n" : "", text_of(verdict, "reason_en"));
				said++;
			}
		}
	}
	json_array_foreach(checks, i, check)
	{
		unsigned counts[STATUSES] = { 0 };
		enum status status;
		size_t v;

		json_array_foreach(part(report, bundle, "rows/", json_string_value(check)), v, verdict)
		{
			if (status_parse(str_of(text_of(verdict, "status")), &status))
				counts[status]++;
		}
		if (evidence)
			evidence_line(evidence,
				      word_of(part(report, bundle, "checks/", json_string_value(check)), "title", "ja"),
				      counts, i == 0);
	}
	if (ja)
		fclose(ja);
	if (en)
		fclose(en);
	if (evidence)
		fclose(evidence);
	return row->reasons_ja && row->reasons_en && row->evidence ? 0 : -ENOMEM;
}

/* Waivers that cover a check of the item on @today, with who approved them and until when. */
static char *waivers_of(const json_t *waivers, const json_t *checks, const char *today)
{
	char *text = NULL;
	size_t size = 0, i;
	const json_t *row;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	json_array_foreach(waivers, i, row)
	{
		if (json_is_integer(json_object_get(row, "revoked_at")) || !names(checks, text_of(row, "check_id")) ||
		    strcmp(text_of(row, "start"), today) > 0 || strcmp(text_of(row, "until"), today) < 0)
			continue;
		fprintf(out, "%s%s %s: %s（承認 %s、%s まで）", ftell(out) > 0 ? "\n" : "", text_of(row, "check_id"),
			text_of(row, "resource_pattern"), text_of(row, "why"), text_of(row, "approver"),
			text_of(row, "until"));
	}
	fclose(out);
	return text;
}

/* The clauses of the institution's own regulations for a row. */
static char *clauses_of(struct report *report, const json_t *regulations, const char *item)
{
	char *text = NULL;
	size_t size = 0, i;
	const json_t *row;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	json_array_foreach(regulations, i, row)
	{
		json_t *data = json_loads(text_of(row, "data"), 0, NULL);

		json_array_append_new(report->held, data ? data : json_null());
		if (!strcmp(text_of(data, "item"), item))
			fprintf(out, "%s%s %s", ftell(out) > 0 ? "\n" : "", text_of(data, "title"),
				text_of(data, "clause"));
	}
	fclose(out);
	return text;
}

static void measured(const json_t *states, struct report_row *row)
{
	char day[WHEN_MAX];
	const json_t *state;
	size_t i;

	row->status = "";
	json_array_foreach(states, i, state)
	{
		if (strcmp(text_of(state, "item"), row->id) != 0)
			continue;
		row->status = text_of(state, "status");
		free(row->since);
		row->since = strdup(
			when_format_day(day, when_day_of(json_integer_value(json_object_get(state, "at")))));
	}
	if (!row->since)
		row->since = strdup("");
}

static void count(struct report *report, struct report_row *row, const char *today)
{
	row->contradiction = !strcmp(row->answer, "yes") && !strcmp(row->status, "fail");
	row->overdue = !strcmp(row->answer, "no") && *row->target_on && strcmp(row->target_on, today) < 0;
	report->contradictions += row->contradiction;
	report->overdue += row->overdue;
	if (!row->counted)
		return;
	report->yes += !strcmp(row->answer, "yes");
	report->no += !strcmp(row->answer, "no");
	report->blank += !*row->answer;
}

struct sources {
	const json_t *answers, *states, *waivers, *regulations;
	const char *today;
};

static int row_fill(struct report *report, const json_t *bundle, const struct sources *from, const json_t *item,
		    struct report_row *row)
{
	const json_t *checks = json_object_get(item, "checks"), *answer;
	int r;

	row->id = text_of(item, "id");
	row->section_ja = word_of(item, "section", "ja");
	row->section_en = word_of(item, "section", "en");
	row->text_ja = word_of(item, "text", "ja");
	row->text_en = word_of(item, "text", "en");
	row->text_state = text_of(item, "text_state");
	row->counted = strcmp(row->id, "0") != 0;
	answer = answer_find(report, from->answers, row->id);
	row->answer = text_of(answer, "answer");
	row->answered_on = text_of(answer, "answered_on");
	row->target_on = text_of(answer, "target_on");
	row->who = text_of(answer, "who");
	row->note = text_of(answer, "note");
	measured(from->states, row);
	r = evidence_fill(report, bundle, checks, row);
	row->waivers = waivers_of(from->waivers, checks, from->today);
	row->clauses = clauses_of(report, from->regulations, row->id);
	count(report, row, from->today);
	return r < 0 || !row->waivers || !row->clauses || !row->since ? -ENOMEM : 0;
}

static int contacts_fill(struct report *report, const json_t *rows)
{
	const json_t *row;
	size_t i;

	report->contacts = calloc(json_array_size(rows) + 1, sizeof(*report->contacts));
	if (!report->contacts)
		return -ENOMEM;
	json_array_foreach(rows, i, row)
	{
		struct report_contact *contact = &report->contacts[report->n_contacts];
		json_t *data = json_loads(text_of(row, "data"), 0, NULL);

		if (!data)
			continue;
		json_array_append_new(report->held, data);
		*contact = (struct report_contact){ text_of(data, "kind"),    text_of(data, "organisation"),
						    text_of(data, "section"), text_of(data, "person"),
						    text_of(data, "phone"),   text_of(data, "phone_alt"),
						    text_of(data, "email"),   text_of(data, "verified_at") };
		report->n_contacts++;
	}
	return 0;
}

/* The snapshot's own line: its time, code and figures. */
static int header_fill(struct report *report, const json_t *bundle, char today[static WHEN_MAX])
{
	const json_t *site = part(report, bundle, "", "site"), *link;
	size_t i;

	report->site = text_of(site, "name");
	report->demo = json_is_true(json_object_get(site, "demo"));
	json_array_foreach(json_object_get(bundle, "links"), i, link)
	{
		usec_t at = json_integer_value(json_object_get(link, "taken_at_usec"));
		int64_t day = when_day_of(at);

		if (!json_equal(json_object_get(link, "number"), json_object_get(bundle, "number")))
			continue;
		when_format_day(today, day);
		report->fiscal_year = when_fiscal_year(day);
		report->taken_at = strdup(text_of(link, "taken_at"));
		report->code = strdup(text_of(link, "code"));
		report->percent = strdup(text_of(link, "percent"));
		report->coverage = strdup(text_of(link, "coverage"));
	}
	return report->taken_at && report->code && report->percent && report->coverage ? 0 : -EBADMSG;
}

int report_build(const json_t *bundle, const struct report_wish *wish, struct report **ret, struct diag *diag)
{
	_cleanup_(report_freep) struct report *report = calloc(1, sizeof(*report));
	struct sources from;
	char today[WHEN_MAX] = "";
	const json_t *items, *item;
	size_t i;
	int r;

	if (!report || !(report->held = json_array()))
		return -ENOMEM;
	report->vendor = wish->vendor ? wish->vendor : "";
	report->system = wish->system ? wish->system : "";
	r = header_fill(report, bundle, today);
	if (r == 0)
		r = list_find(report, bundle, wish, diag);
	if (r < 0)
		return r;
	report->title_ja = word_of(report->list, "title", "ja");
	report->title_en = word_of(report->list, "title", "en");
	report->edition = text_of(report->list, "edition");
	report->note_ja = word_of(report->list, "note", "ja");
	report->note_en = word_of(report->list, "note", "en");
	from = (struct sources){ part(report, bundle, "", "answers"), part(report, bundle, "items/", report->pack),
				 part(report, bundle, "", "waivers"), part(report, bundle, "registers/", "regulations"),
				 today };
	items = json_object_get(report->list, "items");
	report->rows = calloc(json_array_size(items) + 1, sizeof(*report->rows));
	if (!report->rows)
		return -ENOMEM;
	json_array_foreach(items, i, item)
	{
		if (r == 0)
			r = row_fill(report, bundle, &from, item, &report->rows[report->n_rows++]);
	}
	if (r == 0)
		r = contacts_fill(report, part(report, bundle, "registers/", "contacts"));
	if (r == 0)
		*ret = TAKE(report);
	return r;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->n_rows; i++) {
		free(report->rows[i].since);
		free(report->rows[i].reasons_ja);
		free(report->rows[i].reasons_en);
		free(report->rows[i].evidence);
		free(report->rows[i].waivers);
		free(report->rows[i].clauses);
	}
	free(report->rows);
	free(report->contacts);
	free(report->taken_at);
	free(report->code);
	free(report->percent);
	free(report->coverage);
	json_decref(report->list);
	json_decref(report->held);
	free(report);
}

const char *report_answer_ja(const struct report_row *row)
{
	return !strcmp(row->answer, "yes") ? "はい" : !strcmp(row->answer, "no") ? "いいえ" : "";
}

const char *report_status_ja(const struct report_row *row)
{
	enum status status;

	return status_ja(status_parse(str_of(row->status), &status) ? status : STATUS_UNKNOWN);
}

const char *report_text_ja(const struct report_row *row, const char **ret_remark)
{
	*ret_remark = !strcmp(row->text_state, "partial") ? "要旨（公式の文言ではありません）" : "";
	return !strcmp(row->text_state, "slot") ? text_ja(TEXT_slot) : row->text_ja;
}

const char *report_contact_kind_ja(const char *kind)
{
	static char words[64][48];
	static size_t n;
	const struct register_def *def = register_find(STR("contacts"));
	struct str rest = str_of(def ? def->columns[0].values : "");

	/* The first Japanese word of each kind, from the register's own definition. */
	while (rest.n > 0) {
		struct str choice = str_cut(&rest, ' '), value = str_cut(&choice, '=');

		if (!str_eq(value, str_of(kind)) || choice.n == 0)
			continue;
		n = (n + 1) % COUNT(words);
		return str_copy(words[n], sizeof(words[n]), str_cut(&choice, '|'));
	}
	return kind;
}
