/* What a file may say in YAML, what is refused, and the exact place that is named. */
#include "rules/yaml.h"

#include <errno.h>
#include <unistd.h>

#include "tests/table.h"

static const struct row {
	const char *name, *text;
	const char *outline; /* the tree as one line, NULL: refused */
	const char *error;   /* how the message begins, up to its reason */
} rows[] = {
	{ "a map", "a: 1\nb: x y\n", "{a=1,b=x y}" },
	{ "lists in both notations", "a: [x, \"y\"]\nb:\n  - 1\n  - {c: d}\n", "{a=[x,y],b=[1,{c=d}]}" },
	{ "every scalar is text", "a: no\nb: null\nc: 0x10\nd: ~\ne:\n", "{a=no,b=null,c=0x10,d=~,e=}" },
	{ "quotes", "a: 'it''s'\nb: \"x\\ty\"\n", "{a=it's,b=x\ty}" },
	{ "a block of text", "a: |\n  one\n  two\n", "{a=one\ntwo\n}" },
	{ "Japanese", "氏名: 山田 太郎\n", "{氏名=山田 太郎}" },
	{ "a byte order mark",
	  "\xef\xbb\xbf"
	  "a: 1\n",
	  "{a=1}" },
	{ "CR LF", "a: 1\r\nb: 2\r\n", "{a=1,b=2}" },
	{ "nothing", "", "{}" },
	{ "comments only", "# nothing\n\n# here\n", "{}" },
	{ "a list at the root", "- a\n- b\n", "[a,b]" },
	{ "an explicit document", "---\na: 1\n...\n", "{a=1}" },

	{ "a key twice", "a: 1\nb: 2\na: 3\n", NULL, "f.yaml:3:1: key \"a\" stands here again (first in line 1)" },
	{ "a key twice, inside", "x:\n  - {k: 1, k: 2}\n", NULL, "f.yaml:2:12: key \"k\" stands here again" },
	{ "an anchor", "a: &x 1\n", NULL, "f.yaml:1:5: anchors" },
	{ "an anchor on a map", "a: &x\n  b: 1\n", NULL, "f.yaml:1:5: anchors" },
	{ "an alias", "a: *x\n", NULL, "f.yaml:1:" },
	{ "a tag", "a: !!int 1\n", NULL, "f.yaml:1:4: tags" },
	{ "a merge key", "a:\n  <<: {b: 1}\n", NULL, "f.yaml:2:3: merge keys" },
	{ "a list as a key", "[a, b]: 1\n", NULL, "f.yaml:1:1: a list or map stands as a key" },
	{ "a key behind a question mark", "a: 1\n- ? a: \t:", NULL, "f.yaml:2:3: \"? KEY\" is not read" },
	{ "a question mark in a text", "a: what ? b\nb: ?c\n", "{a=what ? b,b=?c}" },
	{ "two documents", "a: 1\n---\nb: 2\n", NULL, "f.yaml:2:1: a second document" },
	{ "a bracket that stays open", "a: [1, 2\nb: 3\n", NULL, "f.yaml:3:1: flow sequence" },
	{ "a quote that stays open", "a: \"x\n", NULL, "f.yaml:" },
	{ "a tab as indentation", "a:\n\tb: 1\n", NULL, "f.yaml:2:" },
	{ "a wrong indentation", "a:\n    b: 1\n  c: 2\n", NULL, "f.yaml:3:" },
	{ "a colon too many", "a: b: c\n", NULL, "f.yaml:1:" },
	{ "not UTF-8", "a: 1\nb: \x8e\x52\n", NULL, "f.yaml:2:4: this is not UTF-8" },
	{ "UTF-8 cut off", "a: \xe3\x81", NULL, "f.yaml:1:4: this is not UTF-8" },
	{ "a control character", "a: 1\nbc\x1b: 2\n", NULL, "f.yaml:2:3: a control character" },
	{ "a control character by escape", "a: \"x\\0y\"\n", NULL, "f.yaml:1:5: a text holds a NUL" },
	{ "a place counts characters", "氏名: \x07\n", NULL, "f.yaml:1:5: a control character" },
};

/* Enough room for every row; what does not fit would fail the comparison. */
struct outline {
	char text[256];
	size_t n;
};

static void put(struct outline *out, struct str s)
{
	size_t n = s.n < sizeof(out->text) - 1 - out->n ? s.n : sizeof(out->text) - 1 - out->n;

	if (n > 0)
		memcpy(out->text + out->n, s.p, n);
	out->n += n;
}

static void draw(struct outline *out, const struct yaml_node *node)
{
	if (node->kind == YAML_TEXT) {
		assert_int_equal(node->text.p[node->text.n], 0);
		put(out, node->text);
		return;
	}
	put(out, node->kind == YAML_LIST ? STR("[") : STR("{"));
	for (size_t i = 0; i < node->n; i++) {
		if (i > 0)
			put(out, STR(","));
		if (node->kind == YAML_MAP) {
			draw(out, node->pairs[i].key);
			put(out, STR("="));
		}
		draw(out, node->kind == YAML_LIST ? node->items[i] : node->pairs[i].value);
	}
	put(out, node->kind == YAML_LIST ? STR("]") : STR("}"));
}

static void parses(void **state)
{
	const struct row *row = *state;
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct diag diag = { "" };
	struct outline out = { "" };
	int r = yaml_parse("f.yaml", str_of(row->text), &yaml, &diag);

	if (!row->outline) {
		assert_int_equal(r, -EBADMSG);
		assert_null(yaml);
		if (!str_starts(str_of(diag.text), str_of(row->error)))
			fail_msg("%s", diag.text);
		assert_true(str_find(str_of(diag.text), STR("expected")) > 0);
		return;
	}
	assert_string_equal(diag.text, "");
	assert_int_equal(r, 0);
	draw(&out, yaml->root);
	assert_string_equal(out.text, row->outline);
}

static char *many(const char *before, const char *unit, size_t n, const char *after)
{
	size_t size = strlen(before) + n * strlen(unit) + strlen(after) + 1;
	char *text = malloc(size), *at = text;

	assert_non_null(text);
	at = stpcpy(at, before);
	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, unit);
	stpcpy(at, after);
	return text;
}

static void hostile(const char *text, bool fine)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct diag diag = { "" };
	int r = yaml_parse("f.yaml", str_of(text), &yaml, &diag);

	assert_int_equal(r, fine ? 0 : -EBADMSG);
	assert_true(fine || str_starts(str_of(diag.text), STR("f.yaml:")));
}

static void brackets(size_t depth, bool fine)
{
	_free_ char *open = many("a: ", "[", depth, "");
	_free_ char *closed = many(open, "]", depth, "\n");

	hostile(closed, fine);
	hostile(open, false);
}

static void sizes_are_bounded(void **state)
{
	_free_ char *wide = many("a:\n", "  - x\n", 100000, "");
	_free_ char *large = many("a: \"", "xxxxxxxx", 140000, "\"");

	brackets(31, true);
	brackets(32, false);
	brackets(50000, false);
	hostile(wide, true);
	hostile(large, false);
}

static void many_keys_take_no_quadratic_time(void **state)
{
	size_t size = 900000, n = 0;
	_free_ char *text = malloc(size + 64);

	assert_non_null(text);
	for (unsigned i = 0; n < size; i++)
		n += (size_t)snprintf(text + n, 64, "k%u: v\n", i);
	hostile(text, true);
}

static void the_tree_is_reached_by_key(void **state)
{
	static const char *const known[] = { "decoder", "events", NULL };
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct diag diag = { "" };

	assert_int_equal(yaml_parse("f.yaml", STR("decoder: x\nevents:\n  - type: y\nevent: 1\n"), &yaml, &diag), 0);
	assert_true(str_eq(yaml_get(yaml->root, "decoder")->text, STR("x")));
	assert_null(yaml_get(yaml->root, "nothing"));
	assert_int_equal(yaml_get(yaml->root, "events")->line, 3);
	assert_int_equal(yaml_known(yaml, yaml->root, known, &diag), -EBADMSG);
	assert_string_equal(diag.text, "f.yaml:4:1: unknown key \"event\"; expected one of: decoder, events");
}

static void a_file_that_is_none(void **state)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct diag diag = { "" };

	assert_int_equal(yaml_load("/nonexistent/x.yaml", &yaml, &diag), -ENOENT);
	assert_string_equal(diag.text, "/nonexistent/x.yaml: cannot be read: No such file or directory");
	assert_int_equal(yaml_load("/", &yaml, &diag), -EBADMSG);
	assert_string_equal(diag.text, "/: this is no file; expected one");
	assert_null(yaml);
}

/* The library would like to print its complaints itself. */
static void nothing_is_printed(void **state)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	_fclose_ FILE *spy = tmpfile();
	int saved = dup(2);
	struct diag diag;

	assert_non_null(spy);
	fflush(stderr);
	dup2(fileno(spy), 2);
	yaml_parse("f.yaml", STR("a: [1\nb: \"\n: :\n"), &yaml, &diag);
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	assert_int_equal(lseek(fileno(spy), 0, SEEK_END), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_bounded),          cmocka_unit_test(many_keys_take_no_quadratic_time),
		cmocka_unit_test(the_tree_is_reached_by_key), cmocka_unit_test(a_file_that_is_none),
		cmocka_unit_test(nothing_is_printed),
	};

	return RUN_TABLE(rows, parses) + cmocka_run_group_tests(tests, NULL, NULL);
}
