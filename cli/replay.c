/*
 * tenken replay: old logs through a fresh state.  The clock is that of the lines; nothing of the running daemon is touched.
 * With --rules another folder of rules judges the same lines: what a change would have said; --against asks it of what the store
 * knows today.
 */

#include <errno.h>
#include <ftw.h>

#include "cli/out.h"
#include "cli/rules_diff.h"
#include "core/clock.h"
#include "core/syslog.h"
#include "core/when.h"
#include "daemon/replay.h"

struct request {
	const char *rules, *registers, *against;
	const char **files;
	int n_files;
};

/* The time of the first line that has one: where the story begins. */
static usec_t first_time(const char *path)
{
	_fclose_ FILE *file = fopen(path, "re");
	_free_ char *buf = NULL;
	size_t size = 0;
	ssize_t n;

	for (int i = 0; file && i < 1000 && (n = getline(&buf, &size, file)) >= 0; i++) {
		struct record rec = { 0 };

		syslog_parse((struct str){ buf, (size_t)n }, clock_now(), &rec);
		if (rec.at > 0)
			return rec.at;
	}
	return clock_now();
}

static void print_list(const struct cli *cli, const struct list_result *result)
{
	char percent[32], coverage[32];

	snprintf(percent, sizeof(percent), "%.1f %%", result->score.percent);
	snprintf(coverage, sizeof(coverage), "%.1f %%", result->score.coverage_percent);
	printf("\n%s  %s %s  %s %s\n", result->list->id, cli_text(cli, TEXT_score), percent,
	       cli_text(cli, TEXT_coverage), coverage);
	for (size_t i = 0; i < result->list->n_items; i++) {
		printf("  %-7s ", result->list->items[i].id);
		out_status(cli, status_name(result->items[i].status));
		out_clean(stdout,
			  str_of(cli->english ? result->list->items[i].text_en : result->list->items[i].text_ja));
		puts(result->list->items[i].text_state == TEXT_STATE_PARTIAL ? cli_text(cli, TEXT_summary) : "");
	}
}

static void print_verdicts(const struct cli *cli, const struct check_result *result)
{
	for (size_t i = 0; i < result->n_verdicts; i++) {
		const struct verdict *verdict = &result->verdicts[i];

		if (verdict->status == STATUS_PASS || verdict->status == STATUS_NA)
			continue;
		out_status(cli, status_name(verdict->status));
		printf("%s  ", result->state.check->id);
		out_clean(stdout, str_of(cli->english ? verdict->reason_en : verdict->reason_ja));
		putchar('\n');
	}
}

static void print_json(const struct rules *rules, struct judge *judge)
{
	printf("{\"checklists\":[");
	for (size_t i = 0; i < rules->n_lists; i++) {
		const struct list_result *result = judge_list(judge, i);

		printf("%s{\"id\":\"%s\",\"percent\":%.6f,\"coverage_percent\":%.6f,\"items\":[", i ? "," : "",
		       result->list->id, result->score.percent, result->score.coverage_percent);
		for (size_t j = 0; j < result->list->n_items; j++)
			printf("%s{\"id\":\"%s\",\"status\":\"%s\"}", j ? "," : "", result->list->items[j].id,
			       status_name(result->items[j].status));
		printf("]}");
	}
	printf("],\"verdicts\":[");
	for (size_t i = 0, n = 0; i < rules->n_checks; i++) {
		const struct check_result *result = judge_check(judge, i);

		for (size_t j = 0; j < result->n_verdicts; j++) {
			printf("%s{\"check\":\"%s\",\"status\":\"%s\",\"resource\":\"", n++ ? "," : "",
			       rules->checks[i]->id, status_name(result->verdicts[j].status));
			out_json(stdout, str_of(result->verdicts[j].resource));
			printf("\",\"reason\":{\"ja\":\"");
			out_json(stdout, str_of(result->verdicts[j].reason_ja));
			printf("\",\"en\":\"");
			out_json(stdout, str_of(result->verdicts[j].reason_en));
			printf("\"}}");
		}
	}
	puts("]}");
}

static void print_all(const struct cli *cli, const struct rules *rules, struct judge *judge)
{
	if (cli->json) {
		print_json(rules, judge);
		return;
	}
	for (size_t i = 0; i < rules->n_lists; i++)
		print_list(cli, judge_list(judge, i));
	putchar('\n');
	for (size_t i = 0; i < rules->n_checks; i++)
		print_verdicts(cli, judge_check(judge, i));
}

static int play_files(const struct request *request, struct replay *replay, uint64_t *ret_lines, struct diag *diag)
{
	int r = 0;

	*ret_lines = 0;
	for (int i = 0; i < request->n_files && r == 0; i++) {
		_fclose_ FILE *file = fopen(request->files[i], "re");
		uint64_t lines = 0;

		if (!file)
			return diag_set(diag, -errno, "%s: %s", request->files[i], strerror(errno));
		r = replay_file(replay, file, &lines, diag);
		*ret_lines += lines;
	}
	return r < 0 ? r : 0;
}

/* Plays all into the folder @dir and prints what came of it. */
static int play(const struct cli *cli, const struct request *request, const struct config *config, struct rules *rules,
		const char *dir)
{
	_cleanup_(replay_freep) struct replay *replay = NULL;
	char from[WHEN_MAX], to[WHEN_MAX], count[32], buf[512];
	usec_t start = first_time(request->files[0]);
	struct diag diag = { "" };
	uint64_t lines = 0;
	int r = replay_new(config, rules, dir, start, &replay, &diag);

	if (r == 0 && request->registers)
		r = replay_registers(replay, request->registers, &diag);
	if (r == 0)
		r = play_files(request, replay, &lines, &diag);
	if (r == 0)
		r = replay_settle(replay, &diag);
	if (r < 0)
		return cli_fail(r == -ENOENT ? EX_NOINPUT : EX_SOFTWARE, "%s", diag.text[0] ? diag.text : strerror(-r));
	snprintf(count, sizeof(count), "%llu", (unsigned long long)lines);
	if (!cli->json)
		puts(text_fill(buf, sizeof(buf), cli_text(cli, TEXT_replayed),
			       (const char *[]){ "lines", count, "from", when_format(from, start), "to",
						 when_format(to, clock_now()), NULL }));
	print_all(cli, rules, replay_judge(replay));
	return EX_OK;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

/* The folders in force and --rules after them. */
static int load_rules(const struct config *config, const char *own, struct rules **ret)
{
	const char *dirs[64] = { NULL };
	struct diag diag = { "" };
	size_t n = 0;

	while (n < COUNT(dirs) - 2 && config->rule_dirs[n]) {
		dirs[n] = config->rule_dirs[n];
		n++;
	}
	dirs[n] = own;
	if (rules_load(dirs, (const char *const *)config->packs, ret, &diag) < 0)
		return cli_fail(EX_CONFIG, "%s", diag.text);
	return EX_OK;
}

static int replay_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL }, *const options[] = { "rules", "registers", "speed", "against",
									  NULL };
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	char dir[] = "/tmp/tenken-replay-XXXXXX";
	_free_ const char **files = calloc((size_t)argc, sizeof(*files));
	struct request request = { .files = files };
	const char *name, *value;
	int at = 1, r;

	if (!files)
		return EX_OSERR;
	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (r == 2)
			request.files[request.n_files++] = value;
		else if (!strcmp(name, "rules"))
			request.rules = value;
		else if (!strcmp(name, "registers"))
			request.registers = value;
		else if (!strcmp(name, "against"))
			request.against = value;
		else if (strcmp(value, "max"))
			return cli_fail(EX_USAGE, "--speed max is the only speed there is");
	}
	if (r == 0 && request.against && !request.rules && !request.registers && request.n_files == 0)
		return rules_against(cli, request.against);
	if (r < 0 || request.n_files == 0 || request.against)
		return cli_usage(argv[0]);
	r = cli_config(cli, &config);
	if (r == EX_OK)
		r = load_rules(config, request.rules, &rules);
	if (r != EX_OK)
		return r;
	if (!mkdtemp(dir))
		return cli_fail(EX_CANTCREAT, "%s: %s", dir, strerror(errno));
	r = play(cli, &request, config, rules, dir);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return r;
}

const struct command command_replay = {
	.name = "replay",
	.args = "[--rules DIR] [--registers DIR] [--speed max] FILE... | --against DIR",
	.ja = "過去のログを新しい状態で再生し、判定と総合点を出す",
	.en = "old logs through a fresh state: verdicts and score",
	.run = replay_run,
};
