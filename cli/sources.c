/* tenken sources: who sends, and since when nothing came. */

#include "cli/list.h"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	bool silent = !strcmp(client_text(row, "state"), "silent");

	cells[0] = cli_text(cli, silent ? TEXT_source_silent : TEXT_source_alive);
	cells[1] = client_text(row, "collector");
	cells[2] = client_text(row, "host")[0] ? client_text(row, "host") : client_text(row, "peer");
	cells[3] = client_time(row, "last_received", buf);
	snprintf(buf + 32, 480, "%s %lld, %s %lld, %s %lld", cli_text(cli, TEXT_lines),
		 (long long)json_integer_value(json_object_get(row, "lines")), cli_text(cli, TEXT_events),
		 (long long)json_integer_value(json_object_get(row, "events")), cli_text(cli, TEXT_unknown_lines),
		 (long long)json_integer_value(json_object_get(row, "unknown")));
	cells[4] = buf + 32;
}

static int sources_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { "/api/v1/sources", filters, 5, cells, TEXT_no_sources };

	return list_run(cli, &list, argc, argv);
}

const struct command command_sources = {
	.name = "sources",
	.args = "[--limit N]",
	.ja = "ログの送信元と、最後に届いた時刻",
	.en = "who sends logs, and when the last line came",
	.run = sources_run,
};
