/* What Tenken said at the end of a past day: from the history, never judged anew. */

#include "cli/client.h"
#include "cli/out.h"
#include "core/when.h"

static void print_items(const struct cli *cli, const json_t *answer)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		printf("%-20s %-7s ", client_text(item, "pack"), client_text(item, "item"));
		out_status(cli, client_text(item, "status"));
		putchar('\n');
	}
}

/* Each check with its verdicts counted: how many of which status. */
static void print_checks(const struct cli *cli, const json_t *answer)
{
	static const char *const order[] = { "fail", "warn", "unknown", "attested", "pass" };
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(answer, "checks"), i, check)
	{
		const json_t *counts = json_object_get(check, "counts");

		out_status(cli, client_text(check, "status"));
		printf("%s ", client_text(check, "id"));
		for (size_t j = 0; j < COUNT(order); j++) {
			json_int_t n = json_integer_value(json_object_get(counts, order[j]));

			if (n > 0)
				printf(" %s %lld", order[j], (long long)n);
		}
		putchar('\n');
	}
}

static void print_findings(const struct cli *cli, const json_t *answer)
{
	const json_t *row;
	size_t i;

	/* What passed is in the counts above. */
	json_array_foreach(json_object_get(answer, "verdicts"), i, row)
	{
		if (!strcmp(client_text(row, "status"), "pass"))
			continue;
		out_status(cli, client_text(row, "status"));
		printf("%s  ", client_text(row, "check"));
		out_clean(stdout, str_of(client_words(cli, row, "reason")));
		putchar('\n');
	}
}

static int at_run(struct cli *cli, int argc, char **argv)
{
	char path[256] = "/api/v1/at", day[WHEN_MAX];
	_json_ json_t *answer = NULL;
	const json_t *score;
	int64_t days;
	int r;

	if (argc != 2)
		return cli_usage(argv[0]);
	if (!when_parse_date(str_of(argv[1]), &days))
		return cli_fail(EX_USAGE, "%s is no date; write 2026-11-24", argv[1]);
	client_query(path, sizeof(path), "time", when_format_day(day, days));
	r = client_get(cli, path, &answer);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(answer);
	if (json_is_false(json_object_get(answer, "observed"))) {
		puts(cli_text(cli, TEXT_not_observed));
		return EX_OK;
	}
	score = json_object_get(answer, "score");
	printf("%s  %s %.1f %%   %s %.1f %%\n\n", day, cli_text(cli, TEXT_score),
	       json_number_value(json_object_get(score, "percent")), cli_text(cli, TEXT_coverage),
	       json_number_value(json_object_get(score, "coverage_percent")));
	print_items(cli, answer);
	putchar('\n');
	print_checks(cli, answer);
	putchar('\n');
	print_findings(cli, answer);
	return EX_OK;
}

const struct command command_at = {
	.name = "at",
	.args = "DATE",
	.ja = "過去のある日の終わりに Tenken が示していた状態",
	.en = "what Tenken said at the end of a past day",
	.run = at_run,
};
