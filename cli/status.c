/* tenken status: the score never stands without its coverage beside it. */

#include "cli/client.h"
#include "cli/out.h"
#include "cli/plan.h"

/* Rounded down, as on the page: never better than it is. */
static double percent_of(const json_t *score, const char *key)
{
	return (double)(int)(json_number_value(json_object_get(score, key)) * 10 + 1e-6) / 10;
}

static void print_score(const struct cli *cli, const json_t *score)
{
	const json_t *measured = json_object_get(score, "measured_percent"), *items = json_object_get(score, "items");
	static const char *const order[] = { "pass", "warn", "fail", "unknown", "attested", "na" };

	printf("%s %.1f %%    %s %.1f %%", cli_text(cli, TEXT_score), percent_of(score, "percent"),
	       cli_text(cli, TEXT_coverage), percent_of(score, "coverage_percent"));
	if (json_is_number(measured))
		printf("    %s %.1f %%\n", cli_text(cli, TEXT_measured), percent_of(score, "measured_percent"));
	else
		printf("    %s -\n", cli_text(cli, TEXT_measured));
	printf("%s %lld / %lld\n", cli_text(cli, TEXT_form_yes),
	       (long long)json_integer_value(json_object_get(score, "yes")),
	       (long long)json_integer_value(json_object_get(score, "total")));
	for (size_t i = 0; i < COUNT(order); i++) {
		printf("%s", i ? "  " : "");
		out_status(cli, order[i]);
		printf("%lld", (long long)json_integer_value(json_object_get(items, order[i])));
	}
	putchar('\n');
}

static void print_lists(const struct cli *cli, const json_t *lists)
{
	struct table table = { .columns = 4 };
	const json_t *list;
	size_t i;

	json_array_foreach(lists, i, list)
	{
		const json_t *score = json_object_get(list, "score");
		char percent[64], coverage[64];

		snprintf(percent, sizeof(percent), "%.1f %%", percent_of(score, "percent"));
		snprintf(coverage, sizeof(coverage), "%s %.1f %%", cli_text(cli, TEXT_coverage),
			 percent_of(score, "coverage_percent"));
		out_row(&table, (const char *[]){ client_text(list, "id"), percent, coverage,
						  client_words(cli, list, "title") });
	}
	out_table(cli, &table, 2);
	out_table_free(&table);
}

/* Collectors that do not run, and why. */
static void print_collectors(const struct cli *cli, const json_t *collectors)
{
	const char *name, *reason;
	const json_t *collector;
	bool first = true;
	size_t i;

	json_array_foreach(collectors, i, collector)
	{
		if (strcmp(client_text(collector, "state"), "failed"))
			continue;
		if (first)
			printf("\n%s\n", cli_text(cli, TEXT_collectors_failed));
		first = false;
		name = client_text(collector, "name");
		reason = client_text(collector, "reason");
		/* Most reasons begin with the collector's name. */
		printf("  %s%s", str_starts(str_of(reason), str_of(name)) ? "" : name,
		       str_starts(str_of(reason), str_of(name)) ? "" : ": ");
		out_clean(stdout, str_of(reason));
		putchar('\n');
	}
}

/* Ways of telling people that do not work: else their silence would look like order. */
static void print_channels(const struct cli *cli, const json_t *channels)
{
	const json_t *channel;
	size_t i;

	json_array_foreach(channels, i, channel)
	{
		if (strcmp(client_text(channel, "state"), "failing") != 0)
			continue;
		printf("\n%s %s: ", cli_text(cli, TEXT_channel_broken), client_text(channel, "name"));
		out_clean(stdout, str_of(client_text(channel, "error")));
		putchar('\n');
	}
}

/* What helps most, in short; a daemon that does not know yet says nothing. */
static void print_next(const struct cli *cli)
{
	_json_ json_t *next = NULL;

	putchar('\n');
	if (client_get(cli, "/api/v1/next?limit=3", &next) == EX_OK)
		plan_print_next(cli, cli_text(cli, TEXT_plan_next), next, 3, false);
	if (json_array_size(json_object_get(next, "steps")) > 0)
		printf("  %s\n", cli_text(cli, TEXT_plan_more));
}

/* 1 when something fails, for --exit-code. */
static int has_failed(const json_t *status)
{
	const json_t *items = json_object_get(json_object_get(status, "score"), "items");

	return json_integer_value(json_object_get(items, "fail")) > 0;
}

static int status_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { "exit-code", NULL }, *const options[] = { NULL };
	const json_t *site, *sources;
	const char *name, *value;
	bool exit_code = false;
	_json_ json_t *status = NULL;
	char when[32];
	int at = 1, r;

	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0)
		exit_code = true;
	if (r < 0 || at < argc)
		return cli_usage(argv[0]);
	r = client_get(cli, "/api/v1/status", &status);
	if (r != EX_OK)
		return r;
	if (cli->json) {
		client_print(status);
		return exit_code ? has_failed(status) : EX_OK;
	}
	site = json_object_get(status, "site");
	if (json_is_true(json_object_get(site, "demo")))
		puts(cli_text(cli, TEXT_demo_banner));
	if (client_text(site, "name")[0]) {
		out_clean(stdout, str_of(client_text(site, "name")));
		printf("  ");
	}
	printf("%s\n\n", client_time(status, "time", when));
	print_score(cli, json_object_get(status, "score"));
	putchar('\n');
	print_lists(cli, json_object_get(status, "checklists"));
	sources = json_object_get(status, "sources");
	printf("\n%s %lld   %s %lld\n", cli_text(cli, TEXT_sources_alive),
	       (long long)json_integer_value(json_object_get(sources, "alive")), cli_text(cli, TEXT_sources_silent),
	       (long long)json_integer_value(json_object_get(sources, "silent")));
	if (json_is_object(json_object_get(status, "tls")))
		printf("%s %s\n", cli_text(cli, TEXT_certificate_until),
		       client_time(json_object_get(status, "tls"), "expires_at", when));
	print_channels(cli, json_object_get(status, "channels"));
	print_collectors(cli, json_object_get(status, "collectors"));
	print_next(cli);
	return exit_code ? has_failed(status) : EX_OK;
}

const struct command command_status = {
	.name = "status",
	.args = "[--exit-code]",
	.ja = "総合点と、どれだけ確かめられているか",
	.en = "the score, and how much of it is known",
	.run = status_run,
};
