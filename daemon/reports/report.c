#include "daemon/reports/report_in.h"

#include <errno.h>

#include "core/register.h"
#include "core/text.h"
#include "core/when.h"
#include "daemon/snapshots/bundle.h"

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
		return DIAG_WORDS(diag, -EINVAL, TEXT_report_form, "value", wish->form);
	if (wish->year && year == 0)
		return DIAG_WORDS(diag, -EINVAL, TEXT_report_year, "value", wish->year);
	if (!strcmp(wish->form, "vendor") && (!wish->vendor || !wish->vendor[0]))
		return diag_words(diag, -EINVAL, TEXT_report_vendor, NULL);
	snprintf(prefix, sizeof(prefix), "checklists/mhlw-%s-", wish->form);
	if (year)
		snprintf(id, sizeof(id), "%sr%d", prefix, year - 2018);
	json_object_foreach(json_object_get(bundle, "parts"), name, body)
	{
		if (id[0] ? strcmp(name, id) != 0 : !str_starts(str_of(name), str_of(prefix)))
			continue;
		report->list = json_loads(json_string_value(body), 0, NULL);
		report->pack = report_text(report->list, "id");
		return report->list ? 0 : -EBADMSG;
	}
	return DIAG_WORDS(diag, -ENOENT, TEXT_report_no_form, "form", wish->form, "year", wish->year ? wish->year : "");
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
		json_t *data = json_loads(report_text(row, "data"), 0, NULL);

		if (!data)
			continue;
		json_array_append_new(report->held, data);
		*contact = (struct report_contact){ report_text(data, "kind"),    report_text(data, "organisation"),
						    report_text(data, "section"), report_text(data, "person"),
						    report_text(data, "phone"),   report_text(data, "phone_alt"),
						    report_text(data, "email"),   report_text(data, "verified_at") };
		report->n_contacts++;
	}
	return 0;
}

/* The snapshot's own line: its time, code and figures. */
static int header_fill(struct report *report, const json_t *bundle, char today[static WHEN_MAX])
{
	const json_t *site = report_part(report, bundle, "", "site"), *link;
	size_t i;

	report->site = report_text(site, "name");
	report->demo = json_is_true(json_object_get(site, "demo"));
	json_array_foreach(json_object_get(bundle, "links"), i, link)
	{
		usec_t at = json_integer_value(json_object_get(link, "taken_at_usec"));
		int64_t day = when_day_of(at);

		if (json_integer_value(json_object_get(link, "number")) + 1 ==
		    json_integer_value(json_object_get(bundle, "number")))
			report->previous_at = at;
		if (!json_equal(json_object_get(link, "number"), json_object_get(bundle, "number")))
			continue;
		when_format_day(today, day);
		report->fiscal_year = when_fiscal_year(day);
		report->taken_at = strdup(report_text(link, "taken_at"));
		report->code = strdup(report_text(link, "code"));
		report->percent = strdup(report_text(link, "percent"));
		report->coverage = strdup(report_text(link, "coverage"));
	}
	return report->taken_at && report->code && report->percent && report->coverage ? 0 : -EBADMSG;
}

int report_build(const json_t *bundle, const struct report_wish *wish, struct report **ret, struct diag *diag)
{
	_cleanup_(report_freep) struct report *report = calloc(1, sizeof(*report));
	struct report_sources from;
	char today[WHEN_MAX] = "";
	const json_t *items, *item;
	int64_t year = 0;
	size_t i;
	int r;

	if (!report || !(report->held = json_array()) || !(report->parts = json_object()))
		return -ENOMEM;
	report->vendor = wish->vendor ? wish->vendor : "";
	report->system = wish->system ? wish->system : "";
	r = header_fill(report, bundle, today);
	if (r == 0)
		r = list_find(report, bundle, wish, diag);
	if (r < 0)
		return r;
	report->title_ja = report_word(report->list, "title", "ja");
	report->title_en = report_word(report->list, "title", "en");
	report->edition = report_text(report->list, "edition");
	str_int(str_of(report_text(report->list, "fiscal_year")), &year);
	report->form_year = (int)year;
	report->note_ja = report_word(report->list, "note", "ja");
	report->note_en = report_word(report->list, "note", "en");
	from = (struct report_sources){ report_part(report, bundle, "", "answers"),
					report_part(report, bundle, "items/", report->pack),
					report_part(report, bundle, "", "waivers"),
					report_part(report, bundle, "registers/", "regulations"),
					report_part(report, bundle, "registers/", "people"),
					today };
	items = json_object_get(report->list, "items");
	report->rows = calloc(json_array_size(items) + 1, sizeof(*report->rows));
	if (!report->rows)
		return -ENOMEM;
	json_array_foreach(items, i, item)
	{
		if (r == 0)
			r = report_row_fill(report, bundle, &from, item, &report->rows[report->n_rows++]);
	}
	if (report->none)
		report->blank = 0;
	if (r == 0)
		r = report_more_fill(report, bundle, today);
	if (r == 0)
		r = contacts_fill(report, report_part(report, bundle, "registers/", "contacts"));
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
	free(report->vendors);
	free(report->sources);
	free(report->taken_at);
	free(report->code);
	free(report->percent);
	free(report->coverage);
	json_decref(report->list);
	json_decref(report->parts);
	json_decref(report->held);
	free(report);
}
