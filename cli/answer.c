/* tenken answer: the form's yes and no, with their dates; and what does not apply. */

#include "cli/said.h"
#include "cli/sheets.h"

#define ANSWERS "/api/v1/answers"
#define NOT_APPLICABLE "/api/v1/not-applicable"

static void answer_cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	bool yes = !strcmp(client_text(row, "answer"), "yes");
	const char *target = client_text(row, "target_on"), *vendor = client_text(row, "vendor_id");

	snprintf(buf, 512, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	snprintf(buf + 32, 480, "%s %s", vendor, client_text(row, "system_id"));
	cells[0] = buf;
	cells[1] = client_text(row, "pack");
	cells[2] = client_text(row, "item");
	cells[3] = cli_text(cli, yes ? TEXT_yes : TEXT_no);
	cells[4] = client_text(row, "answered_on");
	cells[5] = target[0] ? target : "-";
	cells[6] = said_state(cli, row);
	cells[7] = vendor[0] ? buf + 32 : "-";
	cells[8] = client_text(row, "who");
}

static void na_cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf, 512, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	cells[0] = buf;
	cells[1] = client_text(row, "what");
	cells[2] = client_text(row, "until");
	cells[3] = said_state(cli, row);
	cells[4] = client_text(row, "who");
	cells[5] = client_text(row, "why");
}

static int answers_list(struct cli *cli, bool na, int argc, char **argv)
{
	static const char *const filters[] = { "pack", "item", "vendor_id", "system_id", "fiscal_year", "state", NULL };
	static const char *const na_filters[] = { "what", "state", NULL };
	static const struct list answers = { ANSWERS, filters, 9, answer_cells, TEXT_no_answers, NULL };
	static const struct list nas = { NOT_APPLICABLE, na_filters, 6, na_cells, TEXT_no_nas, NULL };

	return said_list(cli, na ? &nas : &answers, argc, argv);
}

/* "pack/item" means the item of that form. */
static void item_put(json_t *body, const char *operand)
{
	const char *slash = strchr(operand, '/');

	if (slash)
		json_object_set_new(body, "pack", json_stringn(operand, (size_t)(slash - operand)));
	json_object_set_new(body, "item", json_string(slash ? slash + 1 : operand));
}

static int answer_send(const struct cli *cli, int argc, char **argv)
{
	static const struct said_option options[] = {
		{ "on", "answered_on" },
		{ "target", "target_on" },
		{ "vendor", "vendor_id" },
		{ "system", "system_id" },
		{ "who", "who" },
		{ "note", "note" },
		{ NULL, NULL },
	};
	const char *operands[SAID_OPERANDS], *answer;
	json_t *body = json_object();
	size_t n;
	int r = said_read(argc, argv, options, body, operands, &n);

	if (r == EX_OK && n != 2)
		r = cli_usage(argv[0]);
	if (r != EX_OK) {
		json_decref(body);
		return r;
	}
	answer = operands[1];
	item_put(body, operands[0]);
	json_object_set_new(body, "answer",
			    json_string(!strcmp(answer, "はい")     ? "yes"
					: !strcmp(answer, "いいえ") ? "no"
								    : answer));
	return said_send(cli, ANSWERS, body);
}

static int na_send(const struct cli *cli, int argc, char **argv)
{
	static const struct said_option options[] = {
		{ "why", "why" }, { "until", "until" }, { "who", "who" }, { NULL, NULL }
	};
	const char *operands[SAID_OPERANDS];
	json_t *body = json_object();
	size_t n;
	int r = said_read(argc, argv, options, body, operands, &n);

	if (r == EX_OK && n != 1)
		r = cli_usage(argv[0]);
	if (r != EX_OK) {
		json_decref(body);
		return r;
	}
	json_object_set_new(body, "what", json_string(operands[0]));
	return said_send(cli, NOT_APPLICABLE, body);
}

static int answer_run(struct cli *cli, int argc, char **argv)
{
	bool na = false;
	int n = 1;

	/* --na may stand anywhere; the rest is read without it. */
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--na"))
			na = true;
		else
			argv[n++] = argv[i];
	}
	if (n < 2)
		return cli_usage(argv[0]);
	if (!strcmp(argv[1], "list"))
		return answers_list(cli, na, n, argv);
	if (!strcmp(argv[1], "import"))
		return answer_import(cli, n - 1, argv + 1);
	if (!strcmp(argv[1], "revoke"))
		return said_revoke(cli, na ? NOT_APPLICABLE : ANSWERS, n, argv);
	return na ? na_send(cli, n, argv) : answer_send(cli, n, argv);
}

const struct command command_answer = {
	.name = "answer",
	.args = "[PACK/]ITEM yes|no [--on DATE] [--target DATE] [--vendor ID] [--system ID] [--who NAME] [--note TEXT] | "
		"--na ITEM|CHECK --why TEXT --until DATE [--who NAME] | list [--na] | revoke [--na] N --why TEXT | "
		"import FILE [--dry-run] [--vendor ID] [--system ID]",
	.ja = "様式に「はい」「いいえ」で答える、対象外とする",
	.en = "answers the form with yes or no, or says what does not apply",
	.run = answer_run,
};
