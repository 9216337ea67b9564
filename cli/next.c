/* What gains most for the least work, by the formula of the score. */

#include "cli/plan.h"

static int next_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL }, *const options[] = { "limit", NULL };
	const char *name, *value, *limit = "3";
	char path[128] = "/api/v1/next";
	_json_ json_t *answer = NULL;
	int at = 1, r;

	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0)
		limit = value;
	if (r < 0 || at < argc)
		return cli_usage(argv[0]);
	client_query(path, sizeof(path), "limit", limit);
	r = client_get(cli, path, &answer);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(answer);
	printf("%s %.1f %%\n\n", cli_text(cli, TEXT_score), json_number_value(json_object_get(answer, "percent")));
	if (json_array_size(json_object_get(answer, "steps")) == 0)
		puts(cli_text(cli, TEXT_plan_nothing));
	plan_print_next(cli, cli_text(cli, TEXT_plan_next), answer, (size_t)-1, true);
	return EX_OK;
}

const struct command command_next = {
	.name = "next",
	.args = "[--limit N]",
	.ja = "少ない手間で総合点が最も上がること",
	.en = "what raises the score most for the least work",
	.run = next_run,
};
