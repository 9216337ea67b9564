/* tenken devices: every device that was seen, beside its row in the register. */

#include "cli/list.h"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	const char *mac = client_text(row, "mac");

	/* Stored without separators, shown as people read it. */
	if (strlen(mac) == 12)
		snprintf(buf + 64, 32, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", mac, mac + 2, mac + 4, mac + 6, mac + 8,
			 mac + 10);
	cells[0] = strlen(mac) == 12 ? buf + 64 : mac;
	cells[1] = client_text(row, "ip");
	cells[2] = client_text(row, "host");
	cells[3] = client_text(row, "device_id")[0] ? client_text(row, "device_id")
						    : cli_text(cli, TEXT_not_registered);
	cells[4] = client_time(row, "last_seen", buf);
}

static int devices_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "system", "search", NULL };
	static const struct list list = { "/api/v1/devices", filters, 5, cells, TEXT_no_devices };

	return list_run(cli, &list, argc, argv);
}

const struct command command_devices = {
	.name = "devices",
	.args = "[--search TEXT] [--limit N]",
	.ja = "機器（台帳とネットワーク上の検出）",
	.en = "devices, in the register and on the network",
	.run = devices_run,
};
