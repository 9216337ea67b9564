/* tenken items: the rows of the forms with status and reasons, as the page shows them. */

#include "cli/client.h"
#include "cli/out.h"

#define REASONS_SHOWN 3

/* The same sentence can come from several checks; it is said once. */
static bool said_before(const struct cli *cli, const json_t *reasons, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(client_words(cli, json_array_get(reasons, j), "reason"),
			    client_words(cli, json_array_get(reasons, i), "reason")))
			return true;
	return false;
}

static void print_reasons(const struct cli *cli, const json_t *reasons)
{
	size_t shown = 0, more = 0;

	for (size_t i = 0; i < json_array_size(reasons); i++) {
		if (said_before(cli, reasons, i))
			continue;
		if (shown == REASONS_SHOWN) {
			more++;
			continue;
		}
		shown++;
		printf("        ");
		out_clean(stdout, str_of(client_words(cli, json_array_get(reasons, i), "reason")));
		putchar('\n');
	}
	if (more > 0)
		out_more(cli, 8, more);
}

static void print_item(const struct cli *cli, const json_t *item)
{
	const json_t *reasons = json_object_get(item, "reasons");
	const char *text = client_words(cli, item, "text");
	char since[32];

	printf("%-7s ", client_text(item, "id"));
	out_status(cli, client_text(item, "status"));
	out_clean(stdout, str_of(text[0] ? text : cli_text(cli, TEXT_slot)));
	if (text[0] && !strcmp(client_text(item, "text_state"), "partial"))
		fputs(cli_text(cli, TEXT_summary), stdout);
	if (json_is_string(json_object_get(item, "since")))
		printf("  (%s)", client_time(item, "since", since));
	putchar('\n');
	print_reasons(cli, reasons);
}

static void print_head(const struct cli *cli, const json_t *list, const char *pack)
{
	printf("%s (%s)\n", client_words(cli, list, "title"), pack);
	if (json_is_object(json_object_get(list, "note")))
		printf("  %s\n", client_words(cli, list, "note"));
}

/* Prints one checklist; @failed is set when an item of it fails. */
static int print_pack(const struct cli *cli, const char *pack, bool *failed)
{
	_json_ json_t *list = NULL;
	char path[512] = "/api/v1/checklists/";
	const json_t *item;
	size_t i;
	int r;

	snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s", pack);
	r = client_get(cli, path, &list);
	if (r != EX_OK)
		return r;
	if (cli->json)
		client_print(list);
	else
		print_head(cli, list, pack);
	json_array_foreach(json_object_get(list, "items"), i, item)
	{
		*failed = *failed || !strcmp(client_text(item, "status"), "fail");
		if (!cli->json)
			print_item(cli, item);
	}
	return EX_OK;
}

static int print_all(const struct cli *cli, bool *failed)
{
	_json_ json_t *status = NULL;
	const json_t *list;
	size_t i;
	int r = client_get(cli, "/api/v1/status", &status);

	if (r != EX_OK)
		return r;
	json_array_foreach(json_object_get(status, "checklists"), i, list)
	{
		if (i && !cli->json)
			putchar('\n');
		r = print_pack(cli, client_text(list, "id"), failed);
		if (r != EX_OK)
			return r;
	}
	return EX_OK;
}

static int items_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { "exit-code", NULL }, *const options[] = { NULL };
	const char *name, *value, *pack = NULL;
	bool exit_code = false, failed = false;
	int at = 1, r;

	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (r == 2 && pack)
			return cli_usage(argv[0]);
		pack = r == 2 ? value : pack;
		exit_code = exit_code || r == 1;
	}
	if (r < 0)
		return cli_usage(argv[0]);
	r = pack ? print_pack(cli, pack, &failed) : print_all(cli, &failed);
	return r == EX_OK && exit_code ? failed : r;
}

const struct command command_items = {
	.name = "items",
	.args = "[--exit-code] [PACK]",
	.ja = "チェックリストの項目ごとの状態と理由",
	.en = "each item of the checklists with its status and why",
	.run = items_run,
};
