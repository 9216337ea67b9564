/* tenken silence: what matches is not told until a time.  The findings stay as they are. */

#include "cli/said.h"

#define SILENCES "/api/v1/silences"

static void matchers_print(const json_t *matchers, char *buf, size_t size)
{
	const json_t *m;
	size_t i, n = 0;

	buf[0] = '\0';
	json_array_foreach(matchers, i, m)
	{
		bool regex = json_is_true(json_object_get(m, "isRegex")),
		     equal = !json_is_false(json_object_get(m, "isEqual"));
		int more = snprintf(buf + n, size - n, "%s%s%s%s", i > 0 ? " " : "", client_text(m, "name"),
				    equal   ? regex ? "=~" : "="
				    : regex ? "!~"
					    : "!=",
				    client_text(m, "value"));

		if (more < 0 || (size_t)more >= size - n)
			return;
		n += (size_t)more;
	}
}

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	const char *state = client_text(json_object_get(row, "status"), "state");

	snprintf(buf, 32, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	matchers_print(json_object_get(row, "matchers"), buf + 96, 512 - 96);
	cells[0] = buf;
	cells[1] = cli_text(cli, !strcmp(state, "active")    ? TEXT_state_current
				 : !strcmp(state, "pending") ? TEXT_state_coming
							     : TEXT_state_ended);
	cells[2] = client_time(row, "startsAt", buf + 32);
	cells[3] = client_time(row, "endsAt", buf + 64);
	cells[4] = client_text(row, "createdBy");
	cells[5] = buf + 96;
	cells[6] = client_text(row, "comment");
}

/* "check=account-leaver", "resource=~emr/.*", "severity!=critical"; NULL when it is none. */
static json_t *matcher_read(const char *text)
{
	size_t n = strcspn(text, "=!");
	const char *value = text + n;
	bool equal = value[0] != '!', regex;

	if (n == 0 || !value[0])
		return NULL;
	value++;
	regex = value[0] == '~';
	if (!equal && !regex && value[0] != '=')
		return NULL;
	if (regex || !equal)
		value++;
	return json_pack("{s:s%, s:s, s:b, s:b}", "name", text, n, "value", value, "isRegex", regex, "isEqual", equal);
}

static int silence_add(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { NULL };
	static const char *const options[] = { "until", "start", "why", "who", NULL };
	static const struct said_option none[] = { { NULL, NULL } };
	json_t *body = json_object(), *matchers = json_array();
	const char *operands[SAID_OPERANDS], *name, *value;
	int at = 2, r;
	size_t n;

	json_object_set_new(body, "matchers", matchers);
	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		static const char *const members[] = { "endsAt", "startsAt", "comment", "createdBy" };
		json_t *matcher = r == 2 ? matcher_read(value) : NULL;

		if (r == 2 && !matcher) {
			json_decref(body);
			return cli_fail(EX_USAGE,
					"%s: expected NAME=VALUE, NAME!=VALUE, NAME=~EXPRESSION or NAME!~EXPRESSION",
					value);
		}
		if (r == 2)
			json_array_append_new(matchers, matcher);
		for (size_t i = 0; r == 1 && options[i]; i++)
			if (!strcmp(options[i], name))
				json_object_set_new(body, members[i], json_string(value));
	}
	if (r == 0 && !json_object_get(body, "createdBy")) {
		/* Who sits there, as the other commands find it out. */
		json_t *who = json_object();
		char *word[] = { argv[0], NULL };

		said_read(1, word, none, who, operands, &n);
		if (json_object_get(who, "who"))
			json_object_set(body, "createdBy", json_object_get(who, "who"));
		json_decref(who);
	}
	if (r < 0 || json_array_size(matchers) == 0) {
		json_decref(body);
		return r < 0 ? EX_USAGE : cli_usage(argv[0]);
	}
	return said_send(cli, SILENCES, body);
}

static int silence_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { NULL };
	static const struct list list = { SILENCES, filters, 7, cells, TEXT_no_silences, NULL };
	_json_ json_t *row = NULL;
	char url[128];
	int64_t id;
	int r;

	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	if (argc > 1 && !strcmp(argv[1], "add"))
		return silence_add(cli, argc, argv);
	if (argc != 3 || strcmp(argv[1], "expire") != 0 || !str_int(str_of(argv[2]), &id) || id < 1)
		return cli_usage(argv[0]);
	snprintf(url, sizeof(url), SILENCES "/%lld", (long long)id);
	r = client_send(cli, "DELETE", url, json_object(), &row);
	if (r == EX_OK && cli->json)
		return client_print(row);
	if (r == EX_OK)
		puts(cli_text(cli, TEXT_silence_over));
	return r;
}

const struct command command_silence = {
	.name = "silence",
	.args = "add NAME=VALUE... --until TIME --why TEXT [--start TIME] [--who NAME] | list | expire N",
	.ja = "条件に合うものの通知を期限つきで止める",
	.en = "keeps what matches from being told until a time",
	.run = silence_run,
};
