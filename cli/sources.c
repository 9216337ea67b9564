/* tenken sources: who sends, and since when nothing came; with --unknown what their lines look like that no decoder knows. */

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

static void shape_cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	(void)cli;
	cells[0] = client_text(row, "host");
	cells[1] = client_text(row, "program");
	snprintf(buf, 32, "%lld", (long long)json_integer_value(json_object_get(row, "count")));
	cells[2] = buf;
	cells[3] = client_text(row, "shape");
}

/* A row for each shape of each source. */
static json_t *shapes_of(json_t *sources)
{
	json_t *all = json_array(), *source, *shape;
	size_t i, j;

	json_array_foreach(sources, i, source) json_array_foreach(json_object_get(source, "shapes"), j, shape)
	{
		const char *host = client_text(source, "host")[0] ? client_text(source, "host")
								  : client_text(source, "peer");

		json_array_append_new(all, json_pack("{s:s, s:O, s:O, s:O}", "host", host, "program",
						     json_object_get(shape, "program"), "count",
						     json_object_get(shape, "count"), "shape",
						     json_object_get(shape, "shape")));
	}
	return all;
}

static int sources_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { "/api/v1/sources", filters, 5, cells, TEXT_no_sources };
	static const struct list shapes = { "/api/v1/sources", filters, 4, shape_cells, TEXT_no_shapes, shapes_of };
	bool unknown = false;
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (i > 0 && !strcmp(argv[i], "--unknown"))
			unknown = true;
		else
			argv[n++] = argv[i];
	}
	return list_run(cli, unknown ? &shapes : &list, n, argv);
}

const struct command command_sources = {
	.name = "sources",
	.args = "[--unknown] [--limit N]",
	.ja = "ログの送信元と、最後に届いた時刻（--unknown で、読めない行の形）",
	.en = "who sends logs, and when the last line came (--unknown: what lines look like that nobody knows)",
	.run = sources_run,
};
