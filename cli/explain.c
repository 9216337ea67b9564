/* Why: the rows of a check, the events and lines behind them, the question itself, and what would make it pass. */

#include "cli/explain.h"
#include "cli/out.h"

#define ROWS_SHOWN 20

static void print_event(const struct cli *cli, const json_t *row, const char *key)
{
	const json_t *id = json_object_get(row, key);
	_json_ json_t *page = NULL;
	const json_t *event;
	char path[64], when[32];

	if (!json_is_integer(id) || json_integer_value(id) == 0)
		return;
	snprintf(path, sizeof(path), "/api/v1/events?id=%lld", (long long)json_integer_value(id));
	if (client_get(cli, path, &page) != EX_OK)
		return;
	event = json_array_get(json_object_get(page, "items"), 0);
	if (!event)
		return;
	printf("      %s  %s: ", client_time(event, "at", when), client_text(event, "type"));
	out_clean(stdout, str_of(client_text(event, "raw")));
	putchar('\n');
}

static void print_row(const struct cli *cli, const json_t *row)
{
	const char *resource = client_text(row, "resource"), *reason = client_words(cli, row, "reason");
	char since[32] = "-", words[128];

	printf("  ");
	out_status(cli, client_text(row, "status"));
	/* Whose row it is, unless the sentence says it. */
	if (strcmp(resource, "*") && !strstr(reason, resource)) {
		out_clean(stdout, str_of(resource));
		printf(": ");
	}
	out_clean(stdout, str_of(reason));
	client_time(row, "since", since);
	puts(text_fill(words, sizeof(words), cli_text(cli, TEXT_since), (const char *[]){ "time", since, NULL }));
	print_event(cli, row, "first_event");
	if (json_integer_value(json_object_get(row, "first_event")) !=
	    json_integer_value(json_object_get(row, "last_event")))
		print_event(cli, row, "last_event");
}

static void print_sql(const struct cli *cli, const json_t *check)
{
	struct str rest = str_of(client_text(check, "sql"));

	if (rest.n == 0)
		return;
	printf("\n  %s\n", cli_text(cli, TEXT_the_question));
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		int tabs = 0;

		while (line.n > 0 && line.p[0] == '\t') {
			line = str_from(line, 1);
			tabs++;
		}
		printf("%*s", 4 + 4 * tabs, "");
		out_clean(stdout, line);
		putchar('\n');
	}
}

/* The check with its rows, and with what it needs and whether that is there. */
static int check_get(const struct cli *cli, const char *id, const char *resource, json_t **ret)
{
	char path[1024] = "/api/v1/checks/", needs[512] = "/api/v1/needs/";
	_json_ json_t *check = NULL, *more = NULL;
	int r;

	snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s", id);
	snprintf(needs + strlen(needs), sizeof(needs) - strlen(needs), "%s", id);
	client_query(path, sizeof(path), "resource", resource);
	r = client_get(cli, path, &check);
	if (r == EX_OK)
		r = client_get(cli, needs, &more);
	if (r != EX_OK)
		return r;
	json_object_set(check, "needs", json_object_get(more, "needs"));
	json_object_set(check, "attest_days", json_object_get(more, "attest_days"));
	*ret = TAKE(check);
	return EX_OK;
}

static void check_print(const struct cli *cli, const json_t *check)
{
	const json_t *row;
	size_t i;

	printf("%s  ", client_text(check, "id"));
	out_status(cli, client_text(check, "status"));
	printf("%s\n", client_words(cli, check, "title"));
	if (client_text(check, "error")[0])
		printf("  %s\n", client_text(check, "error"));
	json_array_foreach(json_object_get(check, "rows"), i, row)
	{
		if (i < ROWS_SHOWN)
			print_row(cli, row);
	}
	if (json_integer_value(json_object_get(check, "rows_total")) > ROWS_SHOWN)
		out_more(cli, 2, (size_t)json_integer_value(json_object_get(check, "rows_total")) - ROWS_SHOWN);
	explain_needs(cli, check);
	explain_params(cli, check);
	explain_pass(cli, check);
	print_sql(cli, check);
}

static int explain_check(const struct cli *cli, const char *id, const char *resource)
{
	_json_ json_t *check = NULL;
	int r = check_get(cli, id, resource, &check);

	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(check);
	check_print(cli, check);
	return EX_OK;
}

static int explain_one_item(const struct cli *cli, json_t *item, const char *pack)
{
	const json_t *check;
	json_t *whole = json_array();
	size_t i;

	if (!cli->json)
		explain_item_head(cli, item, pack);
	json_array_foreach(json_object_get(item, "checks"), i, check)
	{
		_json_ json_t *full = NULL;
		int r = check_get(cli, client_text(check, "id"), NULL, &full);

		if (r != EX_OK) {
			json_decref(whole);
			return r;
		}
		if (!cli->json) {
			check_print(cli, full);
			putchar('\n');
		}
		json_array_append(whole, full);
	}
	json_object_set_new(item, "checks", whole);
	json_object_set_new(item, "pack", json_string(pack));
	return cli->json ? client_print(item) : EX_OK;
}

/* Explains item @id in the packs in force ("PACK/ITEM": in that one); EX_NOINPUT when no pack has it. */
static int explain_item(const struct cli *cli, const char *id)
{
	const char *slash = strrchr(id, '/'), *name = slash ? slash + 1 : id;
	_json_ json_t *status = NULL;
	const json_t *list;
	size_t i;
	int r = client_get(cli, "/api/v1/status", &status), found = EX_NOINPUT;

	json_array_foreach(json_object_get(status, "checklists"), i, list)
	{
		const char *pack = client_text(list, "id");
		_json_ json_t *answer = NULL;
		json_t *item;
		char path[256];
		size_t j;

		if (slash && !str_eq(str_of(pack), (struct str){ id, (size_t)(slash - id) }))
			continue;
		snprintf(path, sizeof(path), "/api/v1/checklists/%s", pack);
		r = client_get(cli, path, &answer);
		if (r != EX_OK)
			return r;
		json_array_foreach(json_object_get(answer, "items"), j, item)
		{
			if (strcmp(client_text(item, "id"), name))
				continue;
			found = explain_one_item(cli, item, pack);
			if (found != EX_OK)
				return found;
		}
	}
	return r == EX_OK ? found : r;
}

/* Every check in which @resource stands now as something that is wrong. */
static int explain_resource(const struct cli *cli, const char *resource)
{
	char path[1024] = "/api/v1/findings?state=open";
	_json_ json_t *answer = NULL, *whole = json_array();
	const json_t *row;
	size_t i;
	int r;

	client_query(path, sizeof(path), "resource", resource);
	r = client_get(cli, path, &answer);
	json_array_foreach(json_object_get(answer, "items"), i, row)
	{
		_json_ json_t *check = NULL;

		r = check_get(cli, client_text(row, "check"), resource, &check);
		if (r != EX_OK)
			return r;
		if (!cli->json) {
			check_print(cli, check);
			putchar('\n');
		}
		json_array_append(whole, check);
	}
	if (r == EX_OK && i == 0)
		return cli_fail(EX_NOINPUT, "%s: %s", resource, cli_text(cli, TEXT_explain_nothing));
	return r == EX_OK && cli->json ? client_print(whole) : r;
}

/* 1 when @id is a check in force, 0 when not; else the exit code, negative. */
static int is_check(const struct cli *cli, const char *id)
{
	_json_ json_t *answer = NULL;
	const json_t *check;
	size_t i;
	int r = client_get(cli, "/api/v1/checks", &answer);

	json_array_foreach(json_object_get(answer, "items"), i, check)
	{
		if (!strcmp(client_text(check, "id"), id))
			return 1;
	}
	return -r;
}

/* An item's id begins with a digit or "P1-", or has a pack in front; a check's is a slug. */
static bool is_item(const char *id)
{
	if (strchr(id, '/'))
		return true;
	return (id[0] >= '0' && id[0] <= '9') || (id[0] == 'P' && id[1] >= '0' && id[1] <= '9');
}

static int explain_run(struct cli *cli, int argc, char **argv)
{
	int r;

	if (argc < 2 || argc > 3)
		return cli_usage(argv[0]);
	r = argc == 2 && is_item(argv[1]) ? explain_item(cli, argv[1]) : EX_NOINPUT;
	if (r != EX_NOINPUT)
		return r;
	r = is_check(cli, argv[1]);
	if (r > 0)
		return explain_check(cli, argv[1], argc > 2 ? argv[2] : NULL);
	if (r < 0)
		return -r;
	return argc > 2 ? cli_fail(EX_NOINPUT, "%s: %s", argv[1], cli_text(cli, TEXT_explain_nothing))
			: explain_resource(cli, argv[1]);
}

const struct command command_explain = {
	.name = "explain",
	.args = "ITEM | CHECK [RESOURCE] | RESOURCE",
	.ja = "なぜその状態なのか（該当行・出来事・元のログ・問い・直し方）",
	.en = "why: rows, events, lines, the question, and what to do",
	.run = explain_run,
};
