/* What lapses when, if nobody acts: day by day, what turns and what the score will be. */

#include "cli/client.h"
#include "cli/out.h"
#include "core/when.h"

struct told { /* what was printed of a day already */
	const char *date, *check;
	bool better;
};

static double down(const json_t *score, const char *key)
{
	return (double)(int)(json_number_value(json_object_get(score, key)) * 10 + 1e-6) / 10;
}

static void print_head(const struct cli *cli, const json_t *answer)
{
	const json_t *score = json_object_get(answer, "score"), *now = json_object_get(score, "now"),
		     *end = json_object_get(score, "end");
	char words[256];

	puts(text_fill(
		words, sizeof(words), cli_text(cli, TEXT_forecast_head),
		(const char *[]){ "from", client_text(answer, "from"), "until", client_text(answer, "until"), NULL }));
	if (json_is_object(now))
		printf("%s %.1f %% → %.1f %%   %s %.1f %% → %.1f %%\n", cli_text(cli, TEXT_score), down(now, "percent"),
		       down(end, "percent"), cli_text(cli, TEXT_coverage), down(now, "coverage_percent"),
		       down(end, "coverage_percent"));
}

/* The score of the first list that is counted on @date; NULL when it stays. */
static const json_t *score_on(const json_t *answer, const char *date)
{
	const json_t *score, *scores = json_object_get(answer, "scores");
	const char *pack = client_text(json_array_get(scores, 0), "pack");
	size_t i;

	json_array_foreach(scores, i, score)
	{
		if (i > 0 && !strcmp(client_text(score, "date"), date) && !strcmp(client_text(score, "pack"), pack))
			return score;
	}
	return NULL;
}

static void print_items(const struct cli *cli, const json_t *answer, const char *date)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		if (strcmp(client_text(item, "date"), date))
			continue;
		printf("  ");
		out_status(cli, client_text(item, "to"));
		printf("%s %s  ", cli_text(cli, TEXT_item_word), client_text(item, "item"));
		out_clean(stdout, str_of(client_words(cli, item, "text")));
		printf("  (%s)\n", client_text(item, "pack"));
	}
}

static void print_day(const struct cli *cli, const json_t *answer, const json_t *change)
{
	const char *date = client_text(change, "date");
	const json_t *score = score_on(answer, date);
	char words[128], days[24];

	snprintf(days, sizeof(days), "%lld", (long long)json_integer_value(json_object_get(change, "in_days")));
	printf("\n%s", text_fill(words, sizeof(words),
				 cli_text(cli, strcmp(days, "0") ? TEXT_forecast_day : TEXT_forecast_today),
				 (const char *[]){ "date", date, "days", days, NULL }));
	if (score)
		printf("   %s %.1f %%", cli_text(cli, TEXT_score), down(score, "percent"));
	putchar('\n');
	print_items(cli, answer, date);
}

static void print_change(const struct cli *cli, const json_t *change)
{
	const char *resource = client_text(change, "resource"), *reason = client_words(cli, change, "reason");
	bool gone = json_is_null(json_object_get(change, "to"));

	printf("  ");
	out_status(cli, client_text(change, gone ? "from" : "to"));
	printf("%s  ", client_text(change, "check"));
	if (strcmp(resource, "*") && (gone || !strstr(reason, resource))) {
		out_clean(stdout, str_of(resource));
		printf(": ");
	}
	out_clean(stdout, str_of(reason));
	if (gone || strcmp(client_text(change, "why"), "due"))
		printf("%s%s", reason[0] ? " / " : "", client_words(cli, change, "why_text"));
	putchar('\n');
}

static void print_changes(const struct cli *cli, const json_t *answer)
{
	struct told told = { "", "", false };
	const json_t *change;
	size_t i;

	json_array_foreach(json_object_get(answer, "changes"), i, change)
	{
		const char *date = client_text(change, "date"), *check = client_text(change, "check");
		const json_t *next = json_array_get(json_object_get(answer, "changes"), i + 1);

		if (strcmp(told.date, date))
			print_day(cli, answer, change);
		told.better = (strcmp(told.date, date) || strcmp(told.check, check) || told.better) &&
			      !json_is_true(json_object_get(change, "worse"));
		told.date = date;
		told.check = check;
		print_change(cli, change);
		/* What to do, once behind all rows of the check. */
		if (!told.better &&
		    (strcmp(client_text(next, "check"), check) || strcmp(client_text(next, "date"), date)))
			printf("%16s%s %s\n", "", cli_text(cli, TEXT_to_do), client_words(cli, change, "fix"));
	}
	if (i == 0)
		printf("\n%s\n", cli_text(cli, TEXT_forecast_nothing));
	if (json_is_true(json_object_get(answer, "cut")))
		printf("\n%s\n", cli_text(cli, TEXT_forecast_cut));
}

static void print_failed(const struct cli *cli, const json_t *answer)
{
	const json_t *failed = json_object_get(json_object_get(answer, "asked"), "failed"), *one;
	size_t i;

	json_array_foreach(failed, i, one)
	{
		if (i == 0)
			printf("\n%s\n", cli_text(cli, TEXT_forecast_failed));
		printf("  %s: ", client_text(one, "check"));
		out_clean(stdout, str_of(client_text(one, "error")));
		putchar('\n');
	}
}

static int forecast_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL }, *const options[] = { "days", NULL };
	const char *name, *value, *days = "90";
	char path[128] = "/api/v1/forecast";
	_json_ json_t *answer = NULL;
	int64_t number;
	int at = 1, r;

	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0)
		days = value;
	if (r < 0 || at < argc)
		return cli_usage(argv[0]);
	if (!str_int(str_of(days), &number) || number < 1 || number > 366)
		return cli_fail(EX_USAGE, "--days is a number from 1 to 366");
	client_query(path, sizeof(path), "days", days);
	r = client_get(cli, path, &answer);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(answer);
	print_head(cli, answer);
	print_changes(cli, answer);
	print_failed(cli, answer);
	return EX_OK;
}

const struct command command_forecast = {
	.name = "forecast",
	.args = "[--days N]",
	.ja = "誰も手を付けなければ、いつ何が期限を迎え、総合点がどうなるか",
	.en = "what lapses when, and the score then, if nobody acts",
	.run = forecast_run,
};
