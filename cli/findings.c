/* tenken findings: what is wrong, open ones first. */

#include "cli/list.h"

static const char *severity(const struct cli *cli, const char *name)
{
	static const struct {
		const char *name;
		enum text text;
	} known[] = {
		{ "critical", TEXT_severity_critical },
		{ "high", TEXT_severity_high },
		{ "medium", TEXT_severity_medium },
		{ "low", TEXT_severity_low },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].name, name))
			return cli_text(cli, known[i].text);
	return name;
}

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	const char *status = client_text(row, "status");

	cells[0] = !strcmp(status, "fail") ? cli_text(cli, TEXT_status_fail) : cli_text(cli, TEXT_status_warn);
	cells[1] = severity(cli, client_text(row, "severity"));
	cells[2] = client_text(row, "check");
	cells[3] = client_time(row, "since", buf);
	cells[4] = client_words(cli, row, "reason");
}

static bool is_next(const json_t *row, const char *state, const char *severity, const char *status)
{
	return !strcmp(client_text(row, "state"), state) && !strcmp(client_text(row, "severity"), severity) &&
	       !strcmp(client_text(row, "status"), status);
}

/* The endpoint goes check by check; people read what fails before what only warns.  Closed ones stay as they come. */
static json_t *sorted(json_t *rows)
{
	static const char *const severities[] = { "critical", "high", "medium", "low" }, *const statuses[] = { "fail",
													       "warn" };
	json_t *ret = json_array(), *row;
	size_t i;

	for (size_t s = 0; s < COUNT(severities) * COUNT(statuses); s++)
		json_array_foreach(rows, i, row) if (is_next(row, "open", severities[s / 2], statuses[s % 2]))
			json_array_append(ret, row);
	json_array_foreach(rows, i, row) if (strcmp(client_text(row, "state"), "open")) json_array_append(ret, row);
	return ret;
}

/* Open ones, unless --state says which. */
static int findings_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "check", "item", "severity", "status", "state", "resource", "system",
					       "owner", "q",    "acked",    "since",  "sort",  NULL };
	static const struct list lists[2][2] = {
		{ { "/api/v1/findings?state=open", filters, 5, cells, TEXT_no_findings, sorted },
		  { "/api/v1/findings", filters, 5, cells, TEXT_no_findings, sorted } },
		{ { "/api/v1/findings?state=open", filters, 5, cells, TEXT_no_findings, NULL },
		  { "/api/v1/findings", filters, 5, cells, TEXT_no_findings, NULL } },
	};
	bool stated = false, ordered = false;

	for (int i = 1; i < argc; i++) {
		stated |= str_starts(str_of(argv[i]), STR("--state"));
		ordered |= str_starts(str_of(argv[i]), STR("--sort"));
	}
	return list_run(cli, &lists[ordered][stated], argc, argv);
}

const struct command command_findings = {
	.name = "findings",
	.args = "[--check ID] [--item ID] [--severity S] [--status warn|fail] [--state open|closed] [--resource R] [--system S]"
		" [--owner WHO] [--q WORDS] [--acked yes|no] [--since DAY] [--sort ORDER] [--limit N]",
	.ja = "いま問題になっていること",
	.en = "what is wrong now",
	.run = findings_run,
};
