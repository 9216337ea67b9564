/* The first day: what to connect or fill in next, in the order that makes most known, each with its steps. */

#include "cli/out.h"
#include "cli/plan.h"

/* Rows of the forms, each form once. */
static void print_items(const json_t *items)
{
	const json_t *item, *other;
	size_t i, j;

	json_array_foreach(items, i, item)
	{
		const char *pack = client_text(item, "pack");
		bool before = false;

		json_array_foreach(items, j, other)
		{
			bool same = !strcmp(client_text(other, "pack"), pack);

			before = before || (j < i && same);
			if (before || !same)
				continue;
			if (j == i)
				printf("   %s:", pack);
			printf(" %s", client_text(other, "item"));
		}
	}
}

/* Required columns first; the rest is in the template. */
static void print_columns(const struct cli *cli, const json_t *columns)
{
	const json_t *column;
	bool first = true;
	size_t i;

	printf("      %s ", cli_text(cli, TEXT_plan_columns));
	json_array_foreach(columns, i, column)
	{
		if (!json_is_true(json_object_get(column, "required")))
			continue;
		printf("%s%s", first ? "" : ", ", client_text(column, cli->english ? "name" : "ja"));
		first = false;
	}
	putchar('\n');
}

static void print_copy(const char *text)
{
	struct str rest = str_of(text);

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		fputs("        ", stdout);
		out_clean(stdout, line);
		putchar('\n');
	}
}

static void print_gain(const struct cli *cli, const json_t *step)
{
	double coverage = json_number_value(json_object_get(step, "coverage_gain")),
	       gain = json_number_value(json_object_get(step, "gain"));
	char words[200], percent[24];

	snprintf(percent, sizeof(percent), "%.1f", gain);
	printf("      %s", text_fill(words, sizeof(words), cli_text(cli, TEXT_plan_gain),
				     (const char *[]){ "gain", percent, NULL }));
	if (coverage >= 0.05) {
		snprintf(percent, sizeof(percent), "%.1f", coverage);
		printf("%s", text_fill(words, sizeof(words), cli_text(cli, TEXT_plan_coverage),
				       (const char *[]){ "gain", percent, NULL }));
	}
	print_items(json_object_get(step, "items"));
	putchar('\n');
}

void plan_print(const struct cli *cli, const json_t *step, size_t n, bool full)
{
	const char *check = client_text(step, "check"), *template = client_text(step, "template");
	char words[200], rows[24];

	printf("%3zu. %s", n, client_words(cli, step, "title"));
	if (check[0]) {
		snprintf(rows, sizeof(rows), "%lld", (long long)json_integer_value(json_object_get(step, "rows")));
		printf("  (%s%s)", check,
		       text_fill(words, sizeof(words), cli_text(cli, TEXT_plan_rows),
				 (const char *[]){ "n", rows, NULL }));
	}
	putchar('\n');
	if (strcmp(client_text(step, "kind"), "answer"))
		print_gain(cli, step);
	if (full || check[0])
		printf("      %s\n", client_words(cli, step, "steps"));
	if (!full)
		return;
	if (template[0]) {
		print_columns(cli, json_object_get(json_object_get(step, "register"), "columns"));
		printf("      %s %s\n", cli_text(cli, TEXT_plan_template), template);
	}
	if (json_is_object(json_object_get(step, "copy")))
		print_copy(client_words(cli, step, "copy"));
	putchar('\n');
}

void plan_print_next(const struct cli *cli, const char *heading, const json_t *answer, size_t max, bool full)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(answer, "steps"), i, step)
	{
		if (i >= max)
			break;
		if (i == 0)
			printf("%s\n", heading);
		plan_print(cli, step, i + 1, full);
	}
}

static int setup_run(struct cli *cli, int argc, char **argv)
{
	_json_ json_t *answer = NULL;
	int r;

	if (argc != 1)
		return cli_usage(argv[0]);
	r = client_get(cli, "/api/v1/setup", &answer);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(answer);
	printf("%s %.1f %%\n\n", cli_text(cli, TEXT_coverage),
	       json_number_value(json_object_get(answer, "coverage_percent")));
	if (json_array_size(json_object_get(answer, "steps")) == 0)
		puts(cli_text(cli, TEXT_plan_done));
	plan_print_next(cli, cli_text(cli, TEXT_plan_setup), answer, (size_t)-1, true);
	return EX_OK;
}

const struct command command_setup = {
	.name = "setup",
	.args = "",
	.ja = "次に何をつなぎ、どの台帳を用意するか（確認できる割合が増える順）",
	.en = "what to connect or fill in next, in the order that makes most known",
	.run = setup_run,
};
