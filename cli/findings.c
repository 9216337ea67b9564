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

static int findings_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "check", "item", "severity", "status", "state", "resource", NULL };
	static const struct list list = { "/api/v1/findings", filters, 5, cells, TEXT_no_findings };

	return list_run(cli, &list, argc, argv);
}

const struct command command_findings = {
	.name = "findings",
	.args = "[--check ID] [--item ID] [--severity S] [--status warn|fail] [--state open|closed] [--limit N]",
	.ja = "いま問題になっていること",
	.en = "what is wrong now",
	.run = findings_run,
};
