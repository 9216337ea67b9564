/* tenken ack: somebody has taken a finding up; reminders and escalation end until it is well and fails again. */

#include "cli/said.h"

#define ACKS "/api/v1/acks"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf, 32, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	cells[0] = buf;
	cells[1] = client_time(row, "at", buf + 32);
	cells[2] = client_text(row, "check");
	cells[3] = client_text(row, "resource");
	cells[4] = client_text(row, "who");
	cells[5] = client_time(row, "until", buf + 64);
	cells[6] = client_text(row, "why");
}

static int ack_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { ACKS, filters, 7, cells, TEXT_no_acks, NULL };
	static const struct said_option options[] = {
		{ "why", "why" }, { "until", "until" }, { "who", "who" }, { NULL, NULL }
	};
	const char *operands[SAID_OPERANDS];
	json_t *body;
	int r;

	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	r = said_body(argc, argv, options, 1, 2, operands, &body);
	if (r != EX_OK)
		return r;
	json_object_set_new(body, "check", json_string(operands[0]));
	json_object_set_new(body, "resource", json_string(operands[1] ? operands[1] : "*"));
	return said_send(cli, ACKS, body);
}

const struct command command_ack = {
	.name = "ack",
	.args = "CHECK [RESOURCE] [--why TEXT] [--until TIME] [--who NAME] | list",
	.ja = "対応を始めたことを知らせる（再通知が止まる）",
	.en = "says that somebody has taken it up; ends the reminders",
	.run = ack_run,
};
