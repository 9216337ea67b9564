/* Lines nobody knows: their words without their values, a few of each source, however many shapes somebody sends. */

#include "daemon/shapes.h"
#include "rules/shape.h"
#include "tests/pipe.h"
#include "tests/table.h"

static const struct row {
	const char *name, *text, *shape;
} rows[] = {
	{ "words stay", "interface went down", "interface went down" },
	{ "numbers, addresses, MACs", "port 22 on 192.0.2.9:4000 has 34:23:ba:11:26:b8 and 2001:db8::1",
	  "port # on <ip> has <mac> and <ip>" },
	{ "what a name announces", "login for sato from pc21.hosp.example failed", "login for * from # failed" },
	{ "a password in the clear", "user sato password hunter failed", "user * password * failed" },
	{ "pairs", "user=sato token=abcdef action=login", "user=* token=* action=*" },
	{ "quotes", "name \"Yamada Taro\" was 'quite secret' here", "name \"*\" was '*' here" },
	{ "brackets and colons", "Result: denied [ada] (why so)", "Result: * [*] (* so)" },
	{ "Japanese is nobody's word", "患者 山田太郎 を参照 done", "* done" },
	{ "a long word is a token", "id abcdefghijklmnopqrstuvwxyzabcdef ok", "id * ok" },
	{ "escapes inside quotes", "said \"a\\\"b\" end", "said \"*\" end" },
	{ "an open quote", "said \"a b", "said \"*" },
	{ "nothing", "", "" },
	{ "blanks", "   ", "" },
};

static void shapes(void **state)
{
	const struct row *row = *state;
	size_t n = strlen(row->text);
	char *copy = malloc(n ? n : 1), buf[160];

	memcpy(copy, row->text, n);
	shape_of((struct str){ copy, n }, buf, sizeof(buf));
	assert_string_equal(buf, row->shape);
	/* Any room is room enough, and any prefix a text. */
	for (size_t size = 1; size < 40; size++)
		assert_true(shape_of((struct str){ copy, n }, buf, size) < size);
	for (size_t i = 0; i < n; i++)
		shape_of((struct str){ copy, i }, buf, sizeof(buf));
	free(copy);
}

static int stranger(struct pipe *pipe, const char *text)
{
	struct record rec = pipe_record("gate", "app42", text);

	return sink_put(pipe->sink, &rec);
}

static void kept(void **state)
{
	struct pipe *pipe = pipe_new();

	for (int i = 0; i < 3; i++)
		stranger(pipe, "door opened by sato");
	pipe_say(pipe, "gate", "out of order"); /* a program that is known */
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(program || ' ' || shape || ' ' || count) FROM source_shape"),
		"app# door opened by * 3");
	for (int i = 0; i < 1000; i++)
		stranger(pipe, "door opened by ito");
	pipe_commit(pipe);
	assert_true(pipe_int(pipe, "SELECT count FROM source_shape") > 800);
	assert_true(pipe_int(pipe, "SELECT count FROM source_shape") < 1200);

	/* Somebody who sends ever new words has a few rows, and the frequent one stays. */
	for (int i = 0; i < 40; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%c%c%c rare words", 'a' + i % 26, 'a' + i / 26, 'q');
		stranger(pipe, text);
		if (i % 3 == 2)
			pipe_commit(pipe);
	}
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM source_shape"), SHAPES_KEPT);
	assert_string_equal(pipe_text(pipe, "SELECT shape FROM source_shape ORDER BY count DESC LIMIT 1"),
			    "door opened by *");
	pipe_free(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kept) };

	return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(rows, shapes);
}
