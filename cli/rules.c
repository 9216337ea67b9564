/* tenken rules lint|test|list [DIR]: a site looks at its own decoders, checks and checklists before they are in force. */

#include <errno.h>

#include "cli/out.h"
#include "cli/rules_diff.h"
#include "daemon/config.h"
#include "daemon/lint.h"

static void say(void *arg, const char *text)
{
	out_clean(stderr, str_of(text));
	fputc('\n', stderr);
}

static int run_lint(const struct cli *cli, const char *const *dirs)
{
	struct lint_report report;
	struct diag diag = { "" };
	int r = lint_rules(dirs, say, NULL, &report, &diag);

	if (r < 0)
		return cli_fail(EX_OSERR, "%s", diag.text[0] ? diag.text : strerror(-r));
	printf(cli->english ? "%u decoders, %u checks, %u checklists, %u examples: %u problems\n"
			    : "デコーダ %u、検査 %u、チェックリスト %u、例 %u 件: 問題 %u 件\n",
	       report.decoders, report.checks, report.lists, report.examples, report.problems);
	return r;
}

static int run_test(const struct cli *cli, const struct rules *rules)
{
	struct diag diag = { "" };
	unsigned examples = 0;
	int failed = decoders_test(rules->decoders, &examples, &diag);

	if (failed > 0)
		say(NULL, diag.text);
	printf("%d passed, %d failed\n", (int)examples - failed, failed);
	return failed > 0;
}

static void list_decoders(const struct rules *rules, struct table *table)
{
	for (size_t i = 0; i < decoders_count(rules->decoders); i++) {
		uint64_t types = decoders_types(rules->decoders, i);
		char text[512] = "";
		size_t n = 0;

		for (int type = 0; type < EVENT_TYPES && n < sizeof(text) - 64; type++)
			if (types & (uint64_t)1 << type)
				n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "",
						      event_type_name((enum event_type)type));
		out_row(table, (const char *[]){ "decoder", decoders_id(rules->decoders, i), "", text });
	}
}

static int run_list(const struct cli *cli, const struct rules *rules)
{
	struct table table = { .columns = 4 };

	list_decoders(rules, &table);
	for (size_t i = 0; i < rules->n_checks; i++) {
		const struct check *check = rules->checks[i];

		out_row(&table, (const char *[]){ "check", check->id, severity_name(check->severity),
						  cli->english ? check->title_en : check->title_ja });
	}
	for (size_t i = 0; i < rules->n_lists; i++) {
		const struct checklist *list = rules->lists[i];

		out_row(&table, (const char *[]){ "checklist", list->id, list->edition,
						  cli->english ? list->title_en : list->title_ja });
	}
	out_table(cli, &table, 0);
	out_table_free(&table);
	return EX_OK;
}

/* The folders in force, and @own (unless NULL) after them; owned by the caller, the names borrowed. */
static const char **folders(const struct config *config, const char *own)
{
	const char **dirs;
	size_t n = 0;

	while (config->rule_dirs[n])
		n++;
	dirs = calloc(n + 2, sizeof(*dirs));
	for (size_t i = 0; dirs && i < n; i++)
		dirs[i] = config->rule_dirs[i];
	if (dirs)
		dirs[n] = own;
	return dirs;
}

/* Both sets with the packs in force, over the site's database. */
static int run_diff(const struct cli *cli, const struct config *config, const char *dir, const char *db)
{
	_cleanup_(rules_unrefp) struct rules *now = NULL;
	_free_ const char **dirs = folders(config, NULL);
	struct diag diag = { "" };
	char path[4096];

	if (!dirs)
		return EX_OSERR;
	if (rules_load(dirs, (const char *const *)config->packs, &now, &diag) < 0) {
		say(NULL, diag.text);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/tenken.db", config->state_dir);
	return rules_diff(cli, config, now, dir, db ? db : path);
}

int rules_against(struct cli *cli, const char *dir)
{
	_cleanup_(config_freep) struct config *config = NULL;
	int r;

	if (access(dir, R_OK | X_OK) < 0)
		return cli_fail(EX_NOINPUT, "%s: %s", dir, strerror(errno));
	r = cli_config(cli, &config);
	return r == EX_OK ? run_diff(cli, config, dir, NULL) : r;
}

static int rules_run(struct cli *cli, int argc, char **argv)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	_free_ const char **dirs = NULL;
	struct diag diag = { "" };
	int r;

	if (argc < 2 || argc > 5 || (argc > 3 && (strcmp(argv[1], "diff") || argc != 5 || strcmp(argv[3], "--db"))))
		return cli_usage(argv[0]);
	if (!strcmp(argv[1], "diff") && argc < 3)
		return rules_diff_staged(cli);
	if (argc > 2 && access(argv[2], R_OK | X_OK) < 0)
		return cli_fail(EX_NOINPUT, "%s: %s", argv[2], strerror(errno));
	r = cli_config(cli, &config);
	if (r != EX_OK)
		return r;
	dirs = folders(config, argc > 2 ? argv[2] : NULL);
	if (!dirs)
		return EX_OSERR;
	if (!strcmp(argv[1], "lint"))
		return run_lint(cli, dirs);
	if (!strcmp(argv[1], "diff"))
		return run_diff(cli, config, argv[2], argc > 4 ? argv[4] : NULL);
	if (strcmp(argv[1], "test") && strcmp(argv[1], "list"))
		return cli_usage(argv[0]);
	if (rules_load(dirs, NULL, &rules, &diag) < 0) {
		say(NULL, diag.text);
		return 1;
	}
	return !strcmp(argv[1], "test") ? run_test(cli, rules) : run_list(cli, rules);
}

const struct command command_rules = {
	.name = "rules",
	.args = "lint|test|list [DIR] | diff [DIR [--db FILE]]",
	.ja = "規則（デコーダ・検査・チェックリスト）を確かめる、並べる",
	.en = "look at decoders, checks and checklists before they are in force",
	.run = rules_run,
};
