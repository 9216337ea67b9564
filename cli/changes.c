/* What changed since a day, and what did it. */

#include "cli/client.h"
#include "cli/out.h"
#include "core/when.h"

static const char *status_word(const struct cli *cli, const json_t *row, const char *key)
{
	static const struct {
		const char *name;
		enum text text;
	} words[] = { { "pass", TEXT_status_pass },         { "warn", TEXT_status_warn },
		      { "fail", TEXT_status_fail },         { "unknown", TEXT_status_unknown },
		      { "attested", TEXT_status_attested }, { "na", TEXT_status_na } };

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(client_text(row, key), words[i].name))
			return cli_text(cli, words[i].text);
	return "-";
}

static void print_percent(const struct cli *cli, const json_t *answer, const char *key, enum text text)
{
	const json_t *score = json_object_get(answer, "score");
	static const char *const ends[] = { "from", "to" };

	printf("%s ", cli_text(cli, text));
	for (size_t i = 0; i < COUNT(ends); i++) {
		const json_t *value = json_object_get(json_object_get(score, ends[i]), key);

		printf("%s", i ? " → " : "");
		if (json_is_number(value))
			printf("%.1f %%", json_number_value(value));
		else
			printf("-");
	}
	printf("   ");
}

static void print_items(const struct cli *cli, const json_t *answer)
{
	const json_t *item;
	char when[32];
	size_t i;

	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		if (i == 0)
			putchar('\n');
		printf("%s  ", client_time(item, "time", when));
		out_status(cli, client_text(item, "to"));
		printf("%s %s (%s)  ← %s  ", cli_text(cli, TEXT_item_word), client_text(item, "item"),
		       client_text(item, "pack"), status_word(cli, item, "from"));
		out_clean(stdout, str_of(client_words(cli, item, "text")));
		putchar('\n');
	}
}

static void print_cause(const struct cli *cli, const json_t *cause)
{
	const json_t *what = json_object_get(cause, "what");
	const char *kind = client_text(cause, "kind");
	char when[32];

	printf("%18s%s", "", client_words(cli, cause, "text"));
	if (!strcmp(kind, "event")) {
		printf(": %s  %s: ", client_time(what, "at", when), client_text(what, "type"));
		out_clean(stdout, str_of(client_text(what, "raw")));
	} else if (!strcmp(kind, "register")) {
		printf(": %s  +%lld ~%lld -%lld  (%s)", client_words(cli, what, "title"),
		       (long long)json_integer_value(json_object_get(what, "added")),
		       (long long)json_integer_value(json_object_get(what, "changed")),
		       (long long)json_integer_value(json_object_get(what, "removed")),
		       client_time(what, "time", when));
	} else if (!strcmp(kind, "word")) {
		printf(": ");
		out_clean(stdout, str_of(client_text(what, "who")));
		printf("  (%s)", client_time(what, "time", when));
	}
	putchar('\n');
}

static void print_changes(const struct cli *cli, const json_t *answer)
{
	const json_t *row;
	char when[32];
	size_t i;

	json_array_foreach(json_object_get(answer, "changes"), i, row)
	{
		const char *reason = client_words(cli, row, "reason"), *resource = client_text(row, "resource");
		bool gone = json_is_null(json_object_get(row, "to"));

		printf("\n%s  ", client_time(row, "time", when));
		out_status(cli, client_text(row, gone ? "from" : "to"));
		printf("%s  ", client_text(row, "check"));
		if (strcmp(resource, "*") && !strstr(reason, resource)) {
			out_clean(stdout, str_of(resource));
			printf(": ");
		}
		out_clean(stdout, str_of(reason));
		printf("  (%s → %s)\n", status_word(cli, row, "from"),
		       gone ? cli_text(cli, TEXT_forecast_gone) : status_word(cli, row, "to"));
		print_cause(cli, json_object_get(row, "cause"));
	}
	if (i == 0)
		printf("\n%s\n", cli_text(cli, TEXT_no_changes));
	else if (!json_is_null(json_object_get(answer, "next")))
		printf("\n%s\n", cli_text(cli, TEXT_changes_cut));
}

static int changes_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL }, *const options[] = { "since", "until", "limit", NULL };
	const char *name, *value, *since = NULL;
	char path[512] = "/api/v1/changes", day[WHEN_MAX], when[32];
	_json_ json_t *answer = NULL;
	int at = 1, r;

	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0) {
		int64_t days;

		/* A date as people write it; anything else is for the endpoint to judge. */
		if (strcmp(name, "limit") && when_parse_date(str_of(value), &days))
			value = when_format_day(day, days);
		since = strcmp(name, "since") ? since : value;
		client_query(path, sizeof(path), name, value);
	}
	if (r < 0 || at < argc || !since)
		return cli_usage(argv[0]);
	r = client_get(cli, path, &answer);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(answer);
	printf("%s", client_time(answer, "since", when));
	printf(" - %s\n", client_time(answer, "until", when));
	print_percent(cli, answer, "percent", TEXT_score);
	print_percent(cli, answer, "coverage_percent", TEXT_coverage);
	putchar('\n');
	print_items(cli, answer);
	print_changes(cli, answer);
	return EX_OK;
}

const struct command command_changes = {
	.name = "changes",
	.args = "--since DATE [--until DATE] [--limit N]",
	.ja = "ある日から何が変わり、何がそうさせたか",
	.en = "what changed since a day, and what did it",
	.run = changes_run,
};
