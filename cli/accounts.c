/* tenken accounts: every account that the registers, an account store or a log knows. */

#include "cli/list.h"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	cells[0] = client_text(row, "system");
	cells[1] = client_text(row, "user");
	cells[2] = cli_text(cli,
			    json_is_true(json_object_get(row, "registered")) ? TEXT_registered : TEXT_not_registered);
	cells[3] = client_time(row, "last_used", buf);
	cells[4] = client_text(row, "person_id");
}

static int accounts_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "system", "search", NULL };
	static const struct list list = { "/api/v1/accounts", filters, 5, cells, TEXT_no_accounts };

	return list_run(cli, &list, argc, argv);
}

const struct command command_accounts = {
	.name = "accounts",
	.args = "[--system ID] [--search TEXT] [--limit N]",
	.ja = "アカウント（台帳と実際の利用）",
	.en = "accounts, in the register and in use",
	.run = accounts_run,
};
