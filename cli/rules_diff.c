/* What other rules would say today, of the daemon's staged folder or, without the daemon, of a folder and a database. */
#include "cli/rules_diff.h"

#include <errno.h>
#include <sqlite3.h>

#include "cli/client.h"
#include "cli/out.h"
#include "core/clock.h"
#include "daemon/store.h"
#include "daemon/whatif.h"

static void print_from(const struct cli *cli, const json_t *row)
{
	const char *from = client_text(row, "from"), *to = client_text(row, "to");

	out_status(cli, from[0] ? from : "-");
	printf("→ ");
	out_status(cli, to[0] ? to : "-");
}

static void print_percent(const json_t *list, const char *from, const char *to)
{
	if (json_is_number(json_object_get(list, from)))
		printf("%.1f %% → ", json_number_value(json_object_get(list, from)));
	printf("%.1f %%", json_number_value(json_object_get(list, to)));
}

/* Scores of every list of the other rules, and items whose status is another one. */
static void print_lists(const struct cli *cli, const json_t *lists)
{
	size_t l, i;
	json_t *list, *item;

	json_array_foreach(lists, l, list)
	{
		printf("%s  %s ", client_text(list, "pack"), cli_text(cli, TEXT_score));
		print_percent(list, "percent_from", "percent_to");
		printf("  %s ", cli_text(cli, TEXT_coverage));
		print_percent(list, "coverage_from", "coverage_to");
		putchar('\n');
		json_array_foreach(json_object_get(list, "items"), i, item)
		{
			printf("  %-7s ", client_text(item, "item"));
			print_from(cli, item);
			putchar('\n');
		}
	}
}

static void print_changes(const struct cli *cli, const json_t *changes)
{
	size_t i;
	json_t *change;

	json_array_foreach(changes, i, change)
	{
		const char *resource = client_text(change, "resource"), *reason = client_words(cli, change, "reason");

		print_from(cli, change);
		printf("%s  ", client_text(change, "check"));
		if (!strstr(reason, resource) && strcmp(resource, "*")) {
			out_clean(stdout, str_of(resource));
			printf(": ");
		}
		out_clean(stdout, str_of(reason));
		putchar('\n');
	}
	if (json_array_size(changes) == 0)
		puts(cli_text(cli, TEXT_diff_none));
}

static int print_diff(const struct cli *cli, const json_t *diff)
{
	if (cli->json)
		return client_print(diff);
	print_lists(cli, json_object_get(diff, "checklists"));
	putchar('\n');
	print_changes(cli, json_object_get(diff, "changes"));
	return EX_OK;
}

int rules_diff_staged(const struct cli *cli)
{
	_json_ json_t *diff = NULL;
	int r = client_get(cli, "/api/v1/rules/diff", &diff);

	return r == EX_OK ? print_diff(cli, diff) : r;
}

int rules_diff(const struct cli *cli, const struct config *config, struct rules *now, const char *dir, const char *path)
{
	_cleanup_(whatif_freep) struct whatif *whatif = NULL;
	_json_ json_t *diff = NULL;
	struct diag diag = { "" };
	sqlite3 *db = NULL;
	int r;

	if (access(path, R_OK) < 0)
		return cli_fail(errno == EACCES ? EX_NOPERM : EX_NOINPUT, "%s: %s", path, strerror(errno));
	r = store_reader(path, &db, &diag);
	if (r < 0)
		return cli_fail(r == -EACCES ? EX_NOPERM : EX_NOINPUT, "%s", diag.text[0] ? diag.text : strerror(-r));
	r = whatif_new(config, now, dir, clock_now(), &whatif);
	while (r == 0 && (r = whatif_step(whatif, db, SECONDS(1), &diag)) > 0)
		r = 0;
	if (r == -EBADMSG) {
		out_clean(stderr, str_of(diag.text));
		fputc('\n', stderr);
		r = 1;
	} else if (r < 0) {
		r = cli_fail(EX_SOFTWARE, "%s: %s", path, strerror(-r));
	} else {
		diff = whatif_json(whatif);
		r = diff ? print_diff(cli, diff) : EX_OSERR;
	}
	sqlite3_close_v2(db);
	return r;
}
