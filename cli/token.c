/* tenken token: who may ask the endpoint over the network. */

#include "cli/said.h"

#define TOKENS "/api/v1/tokens"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf + 100, 100, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	cells[0] = buf + 100;
	cells[1] = client_text(row, "name");
	cells[2] = client_text(row, "role");
	cells[3] = client_text(row, "prefix");
	cells[4] = said_state(cli, row);
	cells[5] = client_time(row, "expires_at", buf);
	cells[6] = client_time(row, "used_at", buf + 32);
}

/* The token alone goes to stdout, so that it can be put into a file; it is never shown again. */
static int token_add(const struct cli *cli, int argc, char **argv)
{
	static const struct said_option options[] = {
		{ "name", "name" }, { "role", "role" }, { "until", "until" }, { NULL, NULL }
	};
	const char *operands[SAID_OPERANDS];
	json_t *body = json_object();
	_json_ json_t *row = NULL;
	size_t n;
	int r = said_read(argc, argv, options, body, operands, &n);

	json_object_del(body, "who");
	if (r == EX_OK && (n != 1 || json_object_size(body) < 2))
		r = cli_usage(argv[0]);
	if (r != EX_OK) {
		json_decref(body);
		return r;
	}
	r = client_send(cli, "POST", TOKENS, body, &row);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(row);
	fprintf(stderr, "%s\n", cli_text(cli, TEXT_token_once));
	puts(client_text(row, "token"));
	return EX_OK;
}

static int token_revoke(const struct cli *cli, int argc, char **argv)
{
	_json_ json_t *row = NULL;
	char url[64];
	int64_t id;
	int r;

	if (argc != 3 || !str_int(str_of(argv[2]), &id) || id < 1)
		return cli_usage(argv[0]);
	snprintf(url, sizeof(url), TOKENS "/%lld", (long long)id);
	r = client_send(cli, "DELETE", url, json_object(), &row);
	if (r != EX_OK)
		return r;
	if (cli->json)
		return client_print(row);
	printf("%s\n", cli_text(cli, TEXT_token_gone));
	return EX_OK;
}

static int token_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { TOKENS, filters, 7, cells, TEXT_no_tokens, NULL };

	if (argc > 1 && !strcmp(argv[1], "add"))
		return token_add(cli, argc, argv);
	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	if (argc > 1 && !strcmp(argv[1], "revoke"))
		return token_revoke(cli, argc, argv);
	return cli_usage(argv[0]);
}

const struct command command_token = {
	.name = "token",
	.args = "add --name NAME --role viewer|operator|admin|metrics [--until DATE|TIME] | list | revoke N",
	.ja = "ネットワーク越しに使うためのトークン（作成、一覧、取り消し）",
	.en = "tokens for the network: makes, lists and revokes them",
	.run = token_run,
};
