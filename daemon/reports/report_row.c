/* One row of the form: what was answered, what is measured, and what stands behind it; and the words for all of it. */
#include <errno.h>

#include "core/when.h"
#include "daemon/reports/report_in.h"
#include "daemon/snapshots/bundle.h"

#define REASONS_MAX 8

const char *report_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

const char *report_word(const json_t *object, const char *key, const char *language)
{
	return report_text(json_object_get(object, key), language);
}

/* A part as JSON, kept until the report is freed; an empty list where there is none. */
const json_t *report_part(struct report *report, const json_t *bundle, const char *prefix, const char *name)
{
	char path[300];
	const char *body;
	json_t *json;

	snprintf(path, sizeof(path), "%s%.200s", prefix, name);
	json = json_object_get(report->parts, path);
	if (json)
		return json;
	body = bundle_part(bundle, path);
	json = body ? json_loads(body, 0, NULL) : NULL;
	if (!json)
		json = json_array();
	return json_object_set_new(report->parts, path, json) == 0 ? json : NULL;
}

/* The newest answer to @item that holds. */
static const json_t *answer_find(const struct report *report, const json_t *answers, const char *item)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(answers, i, row)
	{
		if (!strcmp(report_text(row, "pack"), report->pack) && !strcmp(report_text(row, "item"), item) &&
		    json_integer_value(json_object_get(row, "fiscal_year")) == report->fiscal_year &&
		    str_ieq(str_of(report_text(row, "vendor_id")), str_of(report->vendor)) &&
		    str_ieq(str_of(report_text(row, "system_id")), str_of(report->system)) &&
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
		fprintf(out, "%s%s %u", between, report_word_ja(status_name(order[i])), counts[order[i]]);
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

			json_array_foreach(report_part(report, bundle, "rows/", json_string_value(check)), v, verdict)
			{
				if (said >= REASONS_MAX || strcmp(report_text(verdict, "status"), order[k]) != 0)
					continue;
				fprintf(ja, "%s%s", said ? "\n" : "", report_text(verdict, "reason_ja"));
				fprintf(en, "%s%s", said ? "\n" : "", report_text(verdict, "reason_en"));
				said++;
			}
		}
	}
	json_array_foreach(checks, i, check)
	{
		unsigned counts[STATUSES] = { 0 };
		enum status status;
		size_t v;

		json_array_foreach(report_part(report, bundle, "rows/", json_string_value(check)), v, verdict)
		{
			if (status_parse(str_of(report_text(verdict, "status")), &status))
				counts[status]++;
		}
		if (evidence)
			evidence_line(evidence,
				      report_word(report_part(report, bundle, "checks/", json_string_value(check)),
						  "title", "ja"),
				      counts, i == 0);
	}
	if (ja)
		fclose(ja);
	if (en)
		fclose(en);
	if (evidence) {
		report_evidence_put(report, bundle, checks, evidence);
		fclose(evidence);
	}
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
		if (json_is_integer(json_object_get(row, "revoked_at")) ||
		    !names(checks, report_text(row, "check_id")) || strcmp(report_text(row, "start"), today) > 0 ||
		    strcmp(report_text(row, "until"), today) < 0)
			continue;
		fprintf(out, "%s%s %s: %s（承認 %s、%s まで）", ftell(out) > 0 ? "\n" : "",
			report_text(row, "check_id"), report_text(row, "resource_pattern"), report_text(row, "why"),
			report_text(row, "approver"), report_text(row, "until"));
	}
	fclose(out);
	return text;
}

/* "NAME (ID)" of a person in the register of people; the id alone of one who is not in it. */
static void person_put(struct report *report, const json_t *people, const char *id, FILE *out)
{
	const json_t *row;
	size_t i;

	json_array_foreach(people, i, row)
	{
		json_t *data = json_loads(report_text(row, "data"), 0, NULL);

		json_array_append_new(report->held, data ? data : json_null());
		if (str_ieq(str_of(report_text(data, "person_id")), str_of(id)) && *report_text(data, "name")) {
			fprintf(out, "%s %s", report_text(data, "name"), id);
			return;
		}
	}
	fputs(id, out);
}

/* The clauses of the institution's own regulations for a row, each with who is in charge. */
static char *clauses_of(struct report *report, const struct report_sources *from, const char *item)
{
	const json_t *regulations = from->regulations;
	char *text = NULL;
	size_t size = 0, i;
	const json_t *row;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	json_array_foreach(regulations, i, row)
	{
		json_t *data = json_loads(report_text(row, "data"), 0, NULL);

		json_array_append_new(report->held, data ? data : json_null());
		if (strcmp(report_text(data, "item"), item) != 0)
			continue;
		fprintf(out, "%s%s %s", ftell(out) > 0 ? "\n" : "", report_text(data, "title"),
			report_text(data, "clause"));
		if (!*report_text(data, "person_id"))
			continue;
		fputs("（担当 ", out);
		person_put(report, from->people, report_text(data, "person_id"), out);
		fputs("）", out);
	}
	fclose(out);
	return text;
}

static void measured(const struct report *report, const json_t *states, struct report_row *row)
{
	char day[WHEN_MAX];
	const json_t *state;
	size_t i;

	row->status = row->was = "";
	json_array_foreach(states, i, state)
	{
		if (strcmp(report_text(state, "item"), row->id) != 0)
			continue;
		row->status = report_text(state, "status");
		if (report->previous_at > 0 && json_integer_value(json_object_get(state, "at")) > report->previous_at)
			row->was = report_text(state, "was");
		free(row->since);
		row->since = strdup(
			when_format_day(day, when_day_of(json_integer_value(json_object_get(state, "at")))));
	}
	if (!row->since)
		row->since = strdup("");
}

/*
 * Of one vendor's form: the state of the row is that of all vendors, so what is measured is only what contradicts this one
 * (its findings are named VENDOR/ROW/...), and the rest is its word.
 */
static int vendor_measured(struct report *report, const json_t *bundle, struct report_row *row)
{
	const json_t *verdicts = report_part(report, bundle, "rows/", "vendor-contradicted"), *verdict;
	size_t ja_size = 0, en_size = 0, said = 0, i;
	FILE *ja, *en;
	char prefix[400];

	free(row->reasons_ja);
	free(row->reasons_en);
	free(row->evidence);
	row->evidence = strdup("");
	row->reasons_ja = row->reasons_en = NULL;
	ja = open_memstream(&row->reasons_ja, &ja_size);
	en = open_memstream(&row->reasons_en, &en_size);
	row->status = !strcmp(row->answer, "yes") ? "attested" : "";
	row->was = "";
	snprintf(prefix, sizeof(prefix), "%.200s/%.100s/", report->vendor, row->id);
	json_array_foreach(verdicts, i, verdict)
	{
		if (strcmp(report_text(verdict, "status"), "fail") != 0 ||
		    !str_istarts(str_of(report_text(verdict, "resource")), str_of(prefix)) || !ja || !en)
			continue;
		row->status = "fail";
		if (said++ >= REASONS_MAX)
			continue;
		fprintf(ja, "%s%s", said > 1 ? "\n" : "", report_text(verdict, "reason_ja"));
		fprintf(en, "%s%s", said > 1 ? "\n" : "", report_text(verdict, "reason_en"));
	}
	if (ja)
		fclose(ja);
	if (en)
		fclose(en);
	return row->reasons_ja && row->reasons_en && row->evidence ? 0 : -ENOMEM;
}

static void count(struct report *report, struct report_row *row, const char *today)
{
	row->contradiction = !strcmp(row->answer, "yes") && !strcmp(row->status, "fail");
	row->better = !strcmp(row->answer, "no") && !strcmp(row->status, "pass");
	row->overdue = !strcmp(row->answer, "no") && *row->target_on && strcmp(row->target_on, today) < 0;
	row->na = !strcmp(row->status, "na");
	report->contradictions += row->contradiction;
	report->overdue += row->overdue;
	report->changed += *row->was != '\0';
	if (!row->counted) {
		report->none = report->none || !strcmp(row->answer, "no");
		return;
	}
	report->unknown += !strcmp(row->status, "unknown");
	report->yes += !strcmp(row->answer, "yes");
	report->no += !strcmp(row->answer, "no");
	report->blank += !*row->answer && !row->na;
}

int report_row_fill(struct report *report, const json_t *bundle, const struct report_sources *from, const json_t *item,
		    struct report_row *row)
{
	const json_t *checks = json_object_get(item, "checks"), *answer;
	int r;

	row->id = report_text(item, "id");
	row->section_ja = report_word(item, "section", "ja");
	row->section_en = report_word(item, "section", "en");
	row->text_ja = report_word(item, "text", "ja");
	row->text_en = report_word(item, "text", "en");
	row->text_state = report_text(item, "text_state");
	row->counted = strcmp(row->id, "0") != 0;
	answer = answer_find(report, from->answers, row->id);
	row->answer = report_text(answer, "answer");
	row->answered_on = report_text(answer, "answered_on");
	row->target_on = report_text(answer, "target_on");
	row->who = report_text(answer, "who");
	row->note = report_text(answer, "note");
	measured(report, from->states, row);
	r = evidence_fill(report, bundle, checks, row);
	if (r == 0 && *report->vendor)
		r = vendor_measured(report, bundle, row);
	row->waivers = waivers_of(from->waivers, checks, from->today);
	row->clauses = clauses_of(report, from, row->id);
	count(report, row, from->today);
	return r < 0 || !row->waivers || !row->clauses || !row->since ? -ENOMEM : 0;
}
