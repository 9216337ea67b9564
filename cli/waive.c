/* tenken waive: a finding is put up with until a day, with a reason, a measure, and somebody else who approves it. */

#include "cli/said.h"

#define WAIVERS "/api/v1/waivers"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf, 512, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	cells[0] = buf;
	cells[1] = client_text(row, "check");
	cells[2] = client_text(row, "resource");
	cells[3] = client_text(row, "start");
	cells[4] = client_text(row, "until");
	cells[5] = said_state(cli, row);
	cells[6] = client_text(row, "who");
	cells[7] = client_text(row, "approver");
	cells[8] = client_text(row, "why");
}

static int waive_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "check", "resource", "state", NULL };
	static const struct list list = { WAIVERS, filters, 9, cells, TEXT_no_waivers, NULL };
	static const struct said_option options[] = {
		{ "why", "why" },     { "measure", "measure" }, { "approver", "approver" },
		{ "start", "start" }, { "until", "until" },     { "who", "who" },
		{ NULL, NULL },
	};
	const char *operands[SAID_OPERANDS];
	json_t *body;
	int r;

	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	if (argc > 1 && !strcmp(argv[1], "revoke"))
		return said_revoke(cli, WAIVERS, argc, argv);
	r = said_body(argc, argv, options, 2, 2, operands, &body);
	if (r != EX_OK)
		return r;
	json_object_set_new(body, "check", json_string(operands[0]));
	json_object_set_new(body, "resource", json_string(operands[1]));
	return said_send(cli, WAIVERS, body);
}

const struct command command_waive = {
	.name = "waive",
	.args = "CHECK PATTERN --why TEXT --measure TEXT --approver NAME --until DATE [--start DATE] [--who NAME] | list | "
		"revoke N --why TEXT",
	.ja = "問題を期限つきの例外として認める",
	.en = "puts up with a finding until a day",
	.run = waive_run,
};
