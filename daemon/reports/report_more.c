/* What stands behind the form as a whole: the vendors' forms as they came back, and where the records come from. */
#include <errno.h>

#include "core/when.h"
#include "daemon/reports/report_in.h"

#define SOURCES_MAX 500

/* The name of a vendor in its register; its id where that has none. */
static const char *vendor_name(struct report *report, const json_t *vendors, const char *id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(vendors, i, row)
	{
		json_t *data = json_loads(report_text(row, "data"), 0, NULL);

		json_array_append_new(report->held, data ? data : json_null());
		if (str_ieq(str_of(report_text(data, "vendor_id")), str_of(id)) && *report_text(data, "name"))
			return report_text(data, "name");
	}
	return id;
}

/* Answers of one vendor and system to the vendors' forms of the year: the newest of each row counts. */
static void answers_count(const struct report *report, const json_t *answers, struct report_vendor *vendor)
{
	json_t *newest = json_object();
	const char *item;
	json_t *row;
	size_t i;

	vendor->last = "";
	json_array_foreach(answers, i, row)
	{
		if (!str_starts(str_of(report_text(row, "pack")), STR("mhlw-vendor-")) ||
		    json_integer_value(json_object_get(row, "fiscal_year")) != report->fiscal_year ||
		    !str_ieq(str_of(report_text(row, "vendor_id")), str_of(vendor->vendor_id)) ||
		    json_is_integer(json_object_get(row, "revoked_at")) ||
		    (*report_text(row, "system_id") &&
		     !str_ieq(str_of(report_text(row, "system_id")), str_of(vendor->system_id))))
			continue;
		json_object_set(newest, report_text(row, "item"), row);
		if (strcmp(report_text(row, "answered_on"), vendor->last) > 0)
			vendor->last = report_text(row, "answered_on");
	}
	json_object_foreach(newest, item, row)
	{
		vendor->yes += !strcmp(report_text(row, "answer"), "yes");
		vendor->no += !strcmp(report_text(row, "answer"), "no");
	}
	json_decref(newest);
}

/* How many rows the vendors' form in force has; 0: there is none. */
static unsigned rows_of_form(struct report *report, const json_t *bundle)
{
	const char *name;
	json_t *body;

	json_object_foreach(json_object_get(bundle, "parts"), name, body)
	{
		if (str_starts(str_of(name), STR("checklists/mhlw-vendor-")))
			return (unsigned)json_array_size(
				json_object_get(report_part(report, bundle, "", name), "items"));
	}
	return 0;
}

static bool in_force(const json_t *contract, const char *today)
{
	const char *end = report_text(contract, "ends_at");

	return strcmp(report_text(contract, "starts_at"), today) <= 0 && (!*end || strcmp(end, today) >= 0);
}

static bool vendor_known(const struct report *report, const struct report_vendor *vendor)
{
	for (size_t i = 0; i < report->n_vendors; i++)
		if (str_ieq(str_of(report->vendors[i].vendor_id), str_of(vendor->vendor_id)) &&
		    str_ieq(str_of(report->vendors[i].system_id), str_of(vendor->system_id)))
			return true;
	return false;
}

static int vendors_fill(struct report *report, const json_t *bundle, const char *today)
{
	const json_t *contracts = report_part(report, bundle, "registers/", "contracts"), *row;
	const json_t *vendors = report_part(report, bundle, "registers/", "vendors");
	const json_t *answers = report_part(report, bundle, "", "answers");
	unsigned total = rows_of_form(report, bundle);
	size_t i;

	report->vendor_name = *report->vendor ? vendor_name(report, vendors, report->vendor) : "";
	report->vendors = calloc(json_array_size(contracts) + 1, sizeof(*report->vendors));
	if (!report->vendors)
		return -ENOMEM;
	json_array_foreach(contracts, i, row)
	{
		json_t *data = json_loads(report_text(row, "data"), 0, NULL);
		struct report_vendor vendor = { .vendor_id = report_text(data, "vendor_id"),
						.system_id = report_text(data, "system_id"),
						.total = total };

		json_array_append_new(report->held, data ? data : json_null());
		if (!data || !in_force(data, today) || vendor_known(report, &vendor))
			continue;
		vendor.name = vendor_name(report, vendors, vendor.vendor_id);
		answers_count(report, answers, &vendor);
		report->vendors[report->n_vendors++] = vendor;
	}
	return 0;
}

static int sources_fill(struct report *report, const json_t *bundle)
{
	const json_t *rows = report_part(report, bundle, "", "sources"), *row;
	size_t i;

	report->sources = calloc(json_array_size(rows) + 1, sizeof(*report->sources));
	if (!report->sources)
		return -ENOMEM;
	json_array_foreach(rows, i, row)
	{
		struct report_source *source = &report->sources[report->n_sources];

		if (report->n_sources == SOURCES_MAX)
			break;
		source->host = *report_text(row, "host") ? report_text(row, "host") : report_text(row, "peer");
		source->collector = report_text(row, "collector");
		source->lines = json_integer_value(json_object_get(row, "lines"));
		source->events = json_integer_value(json_object_get(row, "events"));
		when_format(source->last, json_integer_value(json_object_get(row, "last_received")));
		report->n_sources++;
	}
	return 0;
}

int report_more_fill(struct report *report, const json_t *bundle, const char *today)
{
	int r = vendors_fill(report, bundle, today);

	return r < 0 ? r : sources_fill(report, bundle);
}
