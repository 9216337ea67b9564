/*
 * Which records a row of the form rests on (domain.md 8.16): the registers its checks read, and the sources of the kinds of lines
 * they need, each with how many came and when the last one did.
 */

#include "core/event.h"
#include "core/register.h"
#include "core/when.h"
#include "daemon/reports/report_in.h"

#define RECORDS_MAX 8 /* sources of one row; the rest is counted */
#define REGISTER "register:"

struct record_sum {
	json_int_t count, last;
};

/* The kinds of lines that @checks need, as a bit set. */
static uint64_t types_needed(struct report *report, const json_t *bundle, const json_t *checks)
{
	const json_t *check, *need;
	enum event_type type;
	uint64_t types = 0;
	size_t i, j;

	json_array_foreach(checks, i, check)
	{
		const json_t *part = report_part(report, bundle, "checks/", json_string_value(check));

		json_array_foreach(json_object_get(part, "needs"), j, need)
		{
			if (event_type_parse(str_of(json_string_value(need)), &type))
				types |= (uint64_t)1 << type;
		}
	}
	return types;
}

static bool register_needed(struct report *report, const json_t *bundle, const json_t *checks, const char *kind)
{
	const json_t *check, *need;
	size_t i, j;

	json_array_foreach(checks, i, check)
	{
		const json_t *part = report_part(report, bundle, "checks/", json_string_value(check));

		json_array_foreach(json_object_get(part, "needs"), j, need)
		{
			struct str what = str_of(json_string_value(need));

			if (str_starts(what, STR(REGISTER)) && str_eq(str_from(what, strlen(REGISTER)), str_of(kind)))
				return true;
		}
	}
	return false;
}

/* What @source said of @types. */
static struct record_sum source_sum(const json_t *rows, uint64_t types, json_int_t source)
{
	struct record_sum sum = { 0 };
	enum event_type type;
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_int_t last = json_integer_value(json_object_get(row, "last_received"));

		if (json_integer_value(json_object_get(row, "source_id")) != source ||
		    !event_type_parse(str_of(report_text(row, "type")), &type) || !(types >> type & 1))
			continue;
		sum.count += json_integer_value(json_object_get(row, "count"));
		sum.last = last > sum.last ? last : sum.last;
	}
	return sum;
}

static void registers_put(struct report *report, const json_t *bundle, const json_t *checks, FILE *out)
{
	const json_t *loaded = report_part(report, bundle, "", "registers"), *row;
	char day[WHEN_MAX];
	size_t i;

	json_array_foreach(loaded, i, row)
	{
		const struct register_def *reg = register_find(str_of(report_text(row, "kind")));

		if (!reg || strcmp(report_text(row, "state"), "ok") != 0 ||
		    !register_needed(report, bundle, checks, report_text(row, "kind")))
			continue;
		fprintf(out, "\n%s: %lld行（%s）", reg->ja, (long long)json_integer_value(json_object_get(row, "rows")),
			when_format_day(day, when_day_of(json_integer_value(json_object_get(row, "updated_at")))));
	}
}

void report_evidence_put(struct report *report, const json_t *bundle, const json_t *checks, FILE *out)
{
	const json_t *sources = report_part(report, bundle, "", "sources"), *row;
	const json_t *types = report_part(report, bundle, "", "source-types");
	const uint64_t wanted = types_needed(report, bundle, checks);
	size_t said = 0, more = 0, i;
	char time[WHEN_MAX];

	registers_put(report, bundle, checks, out);
	json_array_foreach(sources, i, row)
	{
		struct record_sum sum = source_sum(types, wanted, json_integer_value(json_object_get(row, "id")));

		if (sum.count == 0)
			continue;
		if (said == RECORDS_MAX) {
			more++;
			continue;
		}
		when_format(time, sum.last);
		time[10] = ' '; /* for people: no T */
		fprintf(out, "\n記録 %s（%s）: %lld件、最後 %.16s",
			*report_text(row, "host") ? report_text(row, "host") : report_text(row, "peer"),
			report_text(row, "collector"), (long long)sum.count, time);
		said++;
	}
	if (more > 0)
		fprintf(out, "\nほか%zuの送信元", more);
}
