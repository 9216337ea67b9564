/* tenken events: what lines meant, with the line itself.  Reading raw lines is audited by the daemon. */

#include "cli/list.h"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	static const char *const fields[] = { "user", "target_user", "group",  "src_ip", "ip",
					      "mac",  "host",        "device", "reason", NULL };
	char *out = buf + 32;
	size_t n = 0;

	cells[0] = client_time(row, "at", buf);
	cells[1] = client_text(row, "type");
	out[0] = '\0';
	for (size_t i = 0; fields[i]; i++) {
		const char *value = client_text(row, fields[i]);

		if (value[0] && n < 400)
			n += (size_t)snprintf(out + n, 480 - n, "%s%s=%.60s", n ? " " : "", fields[i], value);
	}
	cells[2] = out;
	cells[3] = client_text(row, "raw");
}

static int events_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "type", "user", "host", "src_ip", "since", "until", "id", NULL };
	static const struct list list = { "/api/v1/events", filters, 4, cells, TEXT_no_events };

	return list_run(cli, &list, argc, argv);
}

const struct command command_events = {
	.name = "events",
	.args = "[--type T] [--user U] [--host H] [--src_ip A] [--since TIME] [--until TIME] [--limit N]",
	.ja = "記録された出来事と元のログ行",
	.en = "events, each with the line it came from",
	.run = events_run,
};
