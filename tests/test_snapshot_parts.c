/* Of what a chain of snapshots is made: digests that tell parts apart, codes that people type, and when one is due. */
#include "core/when.h"
#include "daemon/snapshots/snapshots.h"
#include "tests/table.h"

/* M03 of reliability: no two of these may hash alike. */
static const struct part_case {
	const char *name;
	const char *part, *body;
} part_cases[] = {
	{ "ab|c", "ab", "c" },          { "a|bc", "a", "bc" },
	{ "abc|", "abc", "" },          { "|abc", "", "abc" },
	{ "null", "x", "null" },        { "quoted", "x", "\"null\"" },
	{ "number", "x", "1" },         { "text", "x", "\"1\"" },
	{ "NFC", "x", "\xe3\x81\x8c" }, { "NFD", "x", "\xe3\x81\x8b\xe3\x82\x99" },
};

static void parts_differ(void **state)
{
	unsigned char digests[COUNT(part_cases)][CHAIN_DIGEST], other[CHAIN_DIGEST];

	for (size_t i = 0; i < COUNT(part_cases); i++) {
		assert_int_equal(chain_part(str_of(part_cases[i].part), str_of(part_cases[i].body), digests[i]), 0);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(digests[i], digests[k], CHAIN_DIGEST);
	}
	/* A manifest of the same bytes is another kind of thing. */
	assert_int_equal(chain_manifest(STR("c"), other), 0);
	for (size_t i = 0; i < COUNT(part_cases); i++)
		assert_memory_not_equal(digests[i], other, CHAIN_DIGEST);
}

static const struct due_case {
	const char *name, *plan, *now, *due;
} due_cases[] = {
	{ "today", "02:00", "2026-11-25 02:00:00", "2026-11-25 02:00:00" },
	{ "yesterday", "02:00", "2026-11-25 01:59:59", "2026-11-24 02:00:00" },
	{ "Monday", "mon 03:00", "2026-11-25 12:00:00", "2026-11-23 03:00:00" },
	{ "Monday before its time", "mon 03:00", "2026-11-23 02:00:00", "2026-11-16 03:00:00" },
	{ "Sunday", "sun 03:00", "2026-11-25 12:00:00", "2026-11-22 03:00:00" },
	{ "the first", "1 04:00", "2026-11-25 12:00:00", "2026-11-01 04:00:00" },
	{ "the first before its time", "1 04:00", "2026-11-01 03:59:00", "2026-10-01 04:00:00" },
	{ "end of the fiscal year", "mar 31 23:50", "2026-11-25 12:00:00", "2026-03-31 23:50:00" },
	{ "end of the fiscal year, on that day", "mar 31 23:50", "2026-03-31 23:50:00", "2026-03-31 23:50:00" },
	{ "a leap day", "feb 29 00:00", "2026-11-25 12:00:00", "2024-02-29 00:00:00" },
	{ "off", "", "2026-11-25 12:00:00", NULL },
	{ "no time", "25:00", "2026-11-25 12:00:00", NULL },
	{ "no day", "moon 03:00", "2026-11-25 12:00:00", NULL },
};

static void dues(void **state)
{
	for (size_t i = 0; i < COUNT(due_cases); i++) {
		usec_t now, due = 0;

		assert_true(when_parse_iso(str_of(due_cases[i].now), &now) > 0);
		if (due_cases[i].due)
			assert_true(when_parse_iso(str_of(due_cases[i].due), &due) > 0);
		if (snapshots_due(due_cases[i].plan, now) != due)
			fail_msg("%s", due_cases[i].name);
	}
}

static void codes(void **state)
{
	unsigned char head[CHAIN_DIGEST] = { 0xff, 0x00, 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	char code[CHAIN_CODE];

	chain_code(12, head, code);
	assert_string_equal(code, "12-74AK-UAIC-AMCA-KBQH-BAEQ");
	assert_true(chain_code_is(str_of(code), 12, head));
	assert_true(chain_code_is(STR(" 12-74akuaicamcakbqhbaeq "), 12, head));
	assert_false(chain_code_is(STR("12-74AK-UAIC-AMCA-KBQH-BAEA"), 12, head));
	assert_false(chain_code_is(STR("12-74AK"), 12, head));
	assert_false(chain_code_is(str_of(code), 13, head));
	assert_int_equal(chain_code_number(str_of(code)), 12);
	assert_int_equal(chain_code_number(STR("12")), 0);
	assert_int_equal(chain_code_number(STR("x-ABCD")), 0);
}

static int zone(void **state)
{
	return when_zone("Asia/Tokyo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_differ),
		cmocka_unit_test(codes),
		cmocka_unit_test(dues),
	};

	return cmocka_run_group_tests(tests, zone, NULL);
}
