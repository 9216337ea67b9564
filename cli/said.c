#include "cli/said.h"

#include <pwd.h>

#define OPTIONS_MAX 16

/* Who sits there: through sudo, or logged in as a person.  NULL: root, who is nobody in particular. */
static const char *login_name(void)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *user = name ? getpwnam(name) : getpwuid(getuid());

	return user && user->pw_uid != 0 ? user->pw_name : NULL;
}

int said_read(int argc, char **argv, const struct said_option *options, json_t *body,
	      const char *operands[SAID_OPERANDS], size_t *ret_n)
{
	static const char *const flags[] = { NULL };
	const char *names[OPTIONS_MAX] = { NULL }, *name, *value;
	int at = 1, r;

	*ret_n = 0;
	for (size_t i = 0; options[i].option; i++)
		names[i] = options[i].option;
	while ((r = cli_word(argc, argv, &at, flags, names, &name, &value)) > 0) {
		if (r == 2) {
			if (*ret_n == SAID_OPERANDS)
				return cli_usage(argv[0]);
			operands[(*ret_n)++] = value;
			continue;
		}
		for (size_t i = 0; options[i].option; i++)
			if (!strcmp(options[i].option, name) &&
			    json_object_set_new(body, options[i].member, json_string(value)))
				return cli_fail(EX_USAGE, "--%s is no UTF-8 text", name);
	}
	if (r < 0)
		return EX_USAGE;
	if (!json_object_get(body, "who") && login_name())
		json_object_set_new(body, "who", json_string(login_name()));
	return EX_OK;
}

int said_body(int argc, char **argv, const struct said_option *options, size_t least, size_t most,
	      const char *operands[SAID_OPERANDS], json_t **ret)
{
	_json_ json_t *body = json_object();
	size_t n;
	int r;

	memset(operands, 0, SAID_OPERANDS * sizeof(*operands));
	r = said_read(argc, argv, options, body, operands, &n);
	if (r == EX_OK && (n < least || n > most))
		r = cli_usage(argv[0]);
	if (r == EX_OK)
		*ret = TAKE(body);
	return r;
}

static int said_print(const struct cli *cli, const json_t *row, enum text text)
{
	char line[400], id[24];

	if (cli->json)
		return client_print(row);
	snprintf(id, sizeof(id), "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	puts(text_fill(line, sizeof(line), cli_text(cli, text), (const char *[]){ "id", id, NULL }));
	return EX_OK;
}

int said_send(const struct cli *cli, const char *path, json_t *body)
{
	_json_ json_t *row = NULL;
	int r = client_send(cli, "POST", path, body, &row);

	return r == EX_OK ? said_print(cli, row, TEXT_said) : r;
}

int said_revoke(const struct cli *cli, const char *path, int argc, char **argv)
{
	static const struct said_option options[] = { { "why", "why" }, { "who", "who" }, { NULL, NULL } };
	const char *operands[SAID_OPERANDS];
	_json_ json_t *body = NULL, *row = NULL;
	char url[128];
	int64_t id = 0;
	int r = said_body(argc, argv, options, 2, 2, operands, &body);

	if (r == EX_OK && (!str_int(str_of(operands[1]), &id) || id < 1))
		r = cli_usage(argv[0]);
	if (r != EX_OK)
		return r;
	snprintf(url, sizeof(url), "%s/%lld", path, (long long)id);
	r = client_send(cli, "DELETE", url, TAKE(body), &row);
	return r == EX_OK ? said_print(cli, row, TEXT_said_back) : r;
}

int said_list(struct cli *cli, const struct list *list, int argc, char **argv)
{
	argv[1] = argv[0];
	return list_run(cli, list, argc - 1, argv + 1);
}

const char *said_state(const struct cli *cli, const json_t *row)
{
	static const struct {
		const char *name;
		enum text text;
	} known[] = {
		{ "current", TEXT_state_current }, { "replaced", TEXT_state_replaced },
		{ "ended", TEXT_state_ended },     { "coming", TEXT_state_coming },
		{ "revoked", TEXT_state_revoked }, { "contradicted", TEXT_state_contradicted },
	};
	const char *state = client_text(row, "state");

	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].name, state))
			return cli_text(cli, known[i].text);
	return state;
}
