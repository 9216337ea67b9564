/* tenken report: the checklist as an inspector expects it, from the newest snapshot or the one that is named. */
#include <errno.h>

#include "cli/client.h"
#include "cli/sheets.h"
#include "core/when.h"
#include "daemon/reports/report.h"

#define SNAPSHOTS "/api/v1/snapshots"

/* The number of the newest snapshot as text; EX_NOINPUT where there is none. */
static int newest(const struct cli *cli, char buf[static 24])
{
	_json_ json_t *page = NULL;
	const json_t *row;
	int r = client_get(cli, SNAPSHOTS "?limit=1", &page);

	if (r != EX_OK)
		return r;
	row = json_array_get(json_object_get(page, "items"), 0);
	if (!row)
		return cli_fail(EX_NOINPUT, "%s", cli_text(cli, TEXT_report_no_snapshot));
	snprintf(buf, 24, "%lld", (long long)json_integer_value(json_object_get(row, "number")));
	return EX_OK;
}

/* A bundle of the daemon, or of a file that was exported. */
static int bundle_get(const struct cli *cli, const char *from, json_t **ret)
{
	char path[64], number[24];
	int64_t n;
	int r;

	if (from && !str_int(str_of(from), &n)) {
		json_error_t error;

		*ret = json_load_file(from, JSON_REJECT_DUPLICATES, &error);
		return *ret ? EX_OK : cli_fail(EX_DATAERR, "%s:%d:%d: %s", from, error.line, error.column, error.text);
	}
	r = from ? EX_OK : newest(cli, number);
	if (r != EX_OK)
		return r;
	snprintf(path, sizeof(path), SNAPSHOTS "/%.20s", from ? from : number);
	return client_get(cli, path, ret);
}

static int oscal(const struct report *report, FILE *out)
{
	_json_ json_t *json = report_oscal(report);

	return json && json_dumpf(json, out, JSON_INDENT(1)) == 0 ? 0 : -EIO;
}

static int report_put(const struct report *report, const char *format, FILE *out)
{
	int r = !strcmp(format, "html")  ? report_html(report, out)
		: !strcmp(format, "csv") ? report_csv(report, out)
					 : oscal(report, out);

	return fflush(out) != 0 && r == 0 ? -EIO : r;
}

static int report_write(const struct report *report, const char *format, const char *output)
{
	FILE *out;
	int r;

	if (!strcmp(format, "xlsx")) {
		if (!output)
			return cli_fail(EX_USAGE, "a workbook needs a file: -o FILE.xlsx");
		r = report_xlsx(report, output);
		return r == 0 ? EX_OK : cli_fail(EX_CANTCREAT, "%s: cannot be written: %s", output, strerror(-r));
	}
	if (strcmp(format, "html") && strcmp(format, "csv") && strcmp(format, "oscal"))
		return cli_fail(EX_USAGE, "%s: unknown format; known are xlsx, html, csv, oscal", format);
	if (!output)
		return report_put(report, format, stdout) == 0 ? EX_OK : cli_fail(EX_IOERR, "stdout cannot be written");
	out = fopen(output, "we");
	if (!out)
		return cli_fail(EX_CANTCREAT, "%s: %s", output, strerror(errno));
	r = report_put(report, format, out);
	if (fclose(out) != 0)
		r = -EIO;
	return r == 0 ? EX_OK : cli_fail(EX_IOERR, "%s: %s", output, strerror(-r));
}

/* What whoever prints it has to know first. */
static void warn(const struct cli *cli, const struct report *report)
{
	char contradictions[16], overdue[16], blank[16], line[400];
	const char *const pairs[] = { "contradictions", contradictions, "overdue", overdue, "blank", blank, NULL };

	snprintf(contradictions, sizeof(contradictions), "%u", report->contradictions);
	snprintf(overdue, sizeof(overdue), "%u", report->overdue);
	snprintf(blank, sizeof(blank), "%u", report->blank);
	if (report->contradictions + report->overdue + report->blank > 0)
		fprintf(stderr, "%s\n",
			text_fill(line, sizeof(line), cli_text(cli, TEXT_report_before_printing), pairs));
}

static int report_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { "blank", NULL };
	static const char *const options[] = {
		"form", "format", "year", "vendor", "system", "snapshot", "output", NULL
	};
	struct report_wish wish = { .form = "hospital" };
	const char *name, *value, *format = NULL, *output = NULL, *from = NULL;
	_cleanup_(report_freep) struct report *report = NULL;
	_json_ json_t *bundle = NULL;
	struct diag diag = { "" };
	bool blank = false;
	int at = 1, r;

	if (argc > 2 && !strcmp(argv[argc - 2], "-o")) { /* as it is written for every command that makes a file */
		output = argv[argc - 1];
		argc -= 2;
	}
	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0) {
		const char **const places[] = { &wish.form,   &format, &wish.year, &wish.vendor,
						&wish.system, &from,   &output };

		blank |= !strcmp(name, "blank");
		for (size_t i = 0; options[i]; i++)
			if (!strcmp(name, options[i]))
				*places[i] = value;
	}
	if (r < 0 || at < argc)
		return cli_usage(argv[0]);
	if (blank)
		return strcmp(wish.form, "vendor") != 0
			       ? cli_usage(argv[0])
			       : sheets_write(cli, &(struct sheets_wish){ wish.vendor, wish.system, format, output });
	if (!format)
		format = output && str_ends(str_of(output), STR(".xlsx"))  ? "xlsx"
			 : output && str_ends(str_of(output), STR(".csv")) ? "csv"
									   : "html";
	when_zone("Asia/Tokyo");
	r = bundle_get(cli, from, &bundle);
	if (r != EX_OK)
		return r;
	r = report_build(bundle, &wish, &report, &diag);
	if (r < 0)
		return cli_fail(r == -EINVAL ? EX_USAGE : EX_NOINPUT, "%s",
				!cli->english && diag.ja[0] ? diag.ja
				: diag.text[0]              ? diag.text
							    : strerror(-r));
	warn(cli, report);
	return report_write(report, format, output);
}

const struct command command_report = {
	.name = "report",
	.args = "[--form hospital|pharmacy|vendor] [--year R7] [--vendor ID --system ID] [--snapshot N|FILE] [--format xlsx|html|csv|oscal] [-o FILE] | "
		"--form vendor --blank [--vendor ID [--system ID]] [--format xlsx|csv] -o FOLDER|FILE",
	.ja = "記入済みのチェックリストと別紙を、記録から作る",
	.en = "the filled checklist with its annex, from a snapshot",
	.run = report_run,
};
