/* The simulated hospital: its script, its registers, and that it says what it should about each day. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/embed.h"
#include "core/register.h"
#include "core/when.h"
#include "daemon/demo.h"
#include "tests/table.h"

#define NOW SECONDS(1795492800) /* 2026-11-24 13:00 in Tokyo, a Tuesday */

static const struct row {
	const char *name;
	const char *script;
	int count;         /* lines, or -1: refused */
	const char *first; /* text of the first line, or part of the message */
} rows[] = {
	{ "every day up to now", "daily 3..0 08:00 | h | p | hello", 4, "hello" },
	{ "what is still to come is not said", "daily 3..0 23:00 | h | p | hello", 3, "hello" },
	{ "not on Saturday and Sunday", "weekdays 7..1 08:00 | h | p | x", 5, "x" },
	{ "every second day", "every 2 6..1 08:00 | h | p | x", 3, "x" },
	{ "once", "once -5 08:00 | h | p | x", 1, "x" },
	{ "so long ago", "ago 40m | h | p | x", 1, "x" },
	{ "one for each entry of a list", "list pc a/1 b/2 c/3\nonce -1 | h | p | {pc.1} is {pc.2}", 3, "a is 1" },
	{ "braces of JSON stay", "once -1 | h | p | {\"a\":{\"b\":1}}", 1, "{\"a\":{\"b\":1}}" },
	{ "an unknown name stays", "once -1 | h | p | {nobody.1}", 1, "{nobody.1}" },
	{ "its own day", "once -1 10:05 | h | p | on {date} at {time}", 1, "on 2026-11-23 at 10:05:00" },
	{ "the separator may stand in the text", "once -1 | h | p | a | b", 1, "a | b" },
	{ "a comment and an empty line", "# nothing\n\n", 0, NULL },
	{ "three fields", "daily | h | hello", -1, "s:1: expected: WHEN" },
	{ "no such word", "\nnever 08:00 | h | p | x", -1, "s:2:1: \"never 08:00\" is no time" },
	{ "no such hour", "daily 25:00 | h | p | x", -1, "s:1:1: \"daily 25:00\" is no time" },
	{ "days the wrong way round", "daily 1..9 | h | p | x", -1, "is no time" },
	{ "a list of nothing", "list pc", -1, "s:1: expected" },
};

static void script(void **state)
{
	const struct row *row = *state;
	_cleanup_(demo_freep) struct demo *demo = NULL;
	struct diag diag = { 0 };
	struct record rec;
	int r;

	when_zone("Asia/Tokyo");
	r = demo_parse("s", str_of(row->script), NOW, &demo, &diag);
	if (row->count < 0) {
		assert_int_equal(r, -EBADMSG);
		assert_non_null(strstr(diag.text, row->first));
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(demo_count(demo), row->count);
	if (row->count == 0)
		return;
	assert_int_equal(demo_next(demo, &rec), 1);
	assert_true(str_eq(rec.text, str_of(row->first)));
	assert_true(str_eq(rec.host, STR("h")));
	assert_true(str_eq(rec.program, STR("p")));
	assert_int_equal(rec.at, rec.received / SECONDS(1) * SECONDS(1));
}

/* The shipped history: in order, never in the future, the last minutes are there, and every source speaks. */
static void history(void **state)
{
	_cleanup_(demo_freep) struct demo *demo = NULL;
	struct diag diag = { 0 };
	struct record rec;
	usec_t last = 0;
	size_t n = 0, bare = 0;

	when_zone("Asia/Tokyo");
	assert_int_equal(demo_open(NOW, &demo, &diag), 0);
	while (demo_next(demo, &rec) == 1) {
		assert_true(rec.received >= last && rec.received <= NOW);
		assert_true(rec.text.n > 0 && rec.peer.n > 0);
		bare += rec.program.n == 0;
		last = rec.received;
		n++;
	}
	assert_int_equal(n, demo_count(demo));
	assert_in_range(n, 3000, 30000);
	assert_in_range(bare, 100, n / 5);
	assert_true(last > NOW - MINUTES(15));
}

/* Every register has a heading for each column it needs, and no date that is left unfilled. */
static void registers_fit(void **state)
{
	size_t files = 0;

	when_zone("Asia/Tokyo");
	for (const struct embed *file = embed_demo; file->name; file++) {
		const struct register_def *def;
		_free_ char *text = NULL;
		struct str rest, head, kind = str_of(file->name);

		if (!str_starts(kind, STR("registers/")))
			continue;
		kind = str_from(kind, 10);
		def = register_find(str_first(kind, kind.n - 4));
		assert_non_null(def);
		text = demo_dates(str_of(file->text), NOW);
		assert_non_null(text);
		assert_null(strchr(text, '{'));
		rest = str_of(text);
		head = str_cut(&rest, '\n');
		while (head.n > 0)
			assert_in_range(register_column(def, str_cut(&head, ',')), 0, def->n_columns - 1);
		files++;
	}
	assert_in_range(files, 12, n_registers);
}

static void dates(void **state)
{
	_free_ char *text = NULL;

	when_zone("Asia/Tokyo");
	text = demo_dates(STR("a {today} b {today-24} c {today+7} d {todays} {x {today"), NOW);
	assert_string_equal(text, "a 2026-11-24 b 2026-10-31 c 2026-12-01 d {todays} {x {today");
}

static void written(void **state)
{
	char dir[] = "/tmp/tenken-demo-XXXXXX", path[64];
	struct diag diag = { 0 };
	struct stat st;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(demo_registers(dir, NOW, &diag), 0);
	for (size_t i = 0; i < n_registers; i++) {
		snprintf(path, sizeof(path), "%s/%s.csv", dir, registers[i].kind);
		if (stat(path, &st) < 0)
			continue; /* the demonstration has no such register */
		assert_true(st.st_size > 0);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(demo_registers(dir, NOW, &diag), -ENOENT);
	assert_non_null(strstr(diag.text, dir));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(history),
		cmocka_unit_test(registers_fit),
		cmocka_unit_test(dates),
		cmocka_unit_test(written),
	};

	return RUN_TABLE(rows, script) + cmocka_run_group_tests(others, NULL, NULL);
}
