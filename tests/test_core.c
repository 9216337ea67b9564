#include <errno.h>

#include "core/line.h"
#include "core/mac.h"
#include "core/register.h"
#include "core/text.h"
#include "core/when.h"
#include "tests/table.h"

static const struct mac_row {
	const char *name, *text, *mac;
	bool local;
} macs[] = {
	{ "colons", "34:23:ba:11:26:b8", "3423ba1126b8", false },
	{ "hyphens and capitals", "34-23-BA-11-26-B8", "3423ba1126b8", false },
	{ "Cisco dots", "3423.ba11.26b8", "3423ba1126b8", false },
	{ "bare", "3423BA1126B8", "3423ba1126b8", false },
	{ "two halves", "3423ba-1126b8", "3423ba1126b8", false },
	{ "without zeros", "0:1:2:a:b:c", "0001020a0b0c", false },
	{ "randomised", "da:a1:19:00:00:01", "daa119000001", true },
	{ "mixed separators", "34:23-ba:11:26:b8", NULL, false },
	{ "a digit too many", "34:23:ba:11:26:b80", NULL, false },
	{ "an EUI-64", "34:23:ba:ff:fe:11:26:b8", NULL, false },
	{ "spreadsheet damage", "3.42E+11", NULL, false },
	{ "nothing", "", NULL, false },
};

static void mac(void **state)
{
	const struct mac_row *row = *state;
	char got[MAC_LEN + 1];

	assert_int_equal(mac_parse(str_of(row->text), got), row->mac != NULL);
	if (row->mac) {
		assert_string_equal(got, row->mac);
		assert_int_equal(mac_local(got), row->local);
	}
}

static const struct date_row {
	const char *name, *text, *day;
} dates[] = {
	{ "ISO", "2026-04-01", "2026-04-01" },
	{ "slashes without zeros", "2026/4/1", "2026-04-01" },
	{ "dots", "2026.4.1", "2026-04-01" },
	{ "digits", "20260401", "2026-04-01" },
	{ "Reiwa in kanji", "令和8年4月1日", "2026-04-01" },
	{ "Reiwa with a letter", "R8.4.1", "2026-04-01" },
	{ "the first year of an era", "令和元年5月1日", "2019-05-01" },
	{ "Heisei", "平成31年4月30日", "2019-04-30" },
	{ "kanji with a common year", "2026年4月1日", "2026-04-01" },
	{ "spreadsheet serial", "46113", "2026-04-01" },
	{ "with a time of day", "2026/04/01 00:00:00", "2026-04-01" },
	{ "full width", "２０２６／４／１", "2026-04-01" },
	{ "29 February of a leap year", "2028-02-29", "2028-02-29" },
	{ "29 February of another", "2026-02-29", NULL },
	{ "month 13", "2026-13-01", NULL },
	{ "day and month the other way", "01/04/2026", NULL },
	{ "a small number", "12", NULL },
	{ "words", "来月", NULL },
	{ "nothing", "", NULL },
};

static void date(void **state)
{
	const struct date_row *row = *state;
	char buf[WHEN_MAX];
	int64_t days;

	assert_int_equal(when_parse_date(str_of(row->text), &days), row->day != NULL);
	if (row->day)
		assert_string_equal(when_format_day(buf, days), row->day);
}

static const struct iso_row {
	const char *name, *text, *shown;
	size_t read;
} isos[] = {
	{ "with offset", "2026-09-01T18:42:20.609177+09:00 x", "2026-09-01T18:42:20.609177+09:00", 32 },
	{ "Zulu", "2026-09-01T00:00:00Z", "2026-09-01T09:00:00.000000+09:00", 20 },
	{ "no zone is the site's", "2026-09-01 00:00:00", "2026-09-01T00:00:00.000000+09:00", 19 },
	{ "comma and milliseconds", "2026-09-01 00:00:00,5", "2026-09-01T00:00:00.500000+09:00", 21 },
	{ "nanoseconds", "2026-09-01T00:00:00.123456789Z", "2026-09-01T09:00:00.123456+09:00", 30 },
	{ "offset without colon", "2026-09-01T00:00:00-0130", "2026-09-01T10:30:00.000000+09:00", 24 },
	{ "leap second", "2026-06-30T23:59:60Z", "2026-07-01T08:59:59.999999+09:00", 20 },
	{ "hour 25", "2026-09-01T25:00:00Z", "", 0 },
	{ "too short", "2026-09-01T00:00", "", 0 },
};

static void iso(void **state)
{
	const struct iso_row *row = *state;
	char buf[WHEN_MAX];
	usec_t t = 0;

	assert_int_equal(when_parse_iso(str_of(row->text), &t), row->read);
	assert_string_equal(when_format_usec(buf, t), row->shown);
}

static const struct heading_row {
	const char *name, *kind, *heading, *column;
} headings[] = {
	{ "English", "devices", "mac", "mac" },
	{ "Japanese", "devices", "MACアドレス", "mac" },
	{ "full width and blanks", "devices", "ＭＡＣ アドレス", "mac" },
	{ "an alias", "accounts", "ログインID", "account_id" },
	{ "case and underscore", "people", "Person ID", "person_id" },
	{ "unknown", "people", "星座", NULL },
	{ "empty", "people", " ", NULL },
};

static void heading(void **state)
{
	const struct heading_row *row = *state;
	const struct register_def *def = register_find(str_of(row->kind));
	int column = register_column(def, str_of(row->heading));

	if (row->column)
		assert_string_equal(def->columns[column].name, row->column);
	else
		assert_int_equal(column, -1);
}

static void line_keeps_fields_apart(void **state)
{
	struct line line = { 0 };
	struct str rest, key, value;
	char buf[64];

	line_add(&line, "user", STR("a|b=c\\d\n\0e"));
	line_add(&line, "uid", STR("7"));
	rest = line_str(&line);
	assert_true(line_next(&rest, &key, &value));
	assert_true(str_eq(key, STR("user")));
	assert_true(str_eq(line_unescape(value, buf), STR("a|b=c\\d\n\0e")));
	assert_true(line_next(&rest, &key, &value));
	assert_true(str_eq(key, STR("uid")) && str_eq(value, STR("7")));
	assert_false(line_next(&rest, &key, &value));
	line_free(&line);
}

static void text_fills_names(void **state)
{
	const char *const pairs[] = { "name", "機器台帳", NULL };
	char buf[64];

	assert_string_equal(text_fill(buf, sizeof(buf), "「{name}」{other}{", pairs), "「機器台帳」{other}{");
	/* Cut at a whole character. */
	assert_string_equal(text_fill(buf, 8, "ab{name}", pairs), "ab機");
}

static void zones(void **state)
{
	assert_int_equal(when_zone("Mars/Olympus"), -ENOENT);
	assert_int_equal(when_zone("../../etc/passwd"), -ENOENT);
	assert_int_equal(when_zone("Asia/Tokyo"), 0);
	assert_int_equal(when_offset(SECONDS(1793500000)), 32400);
	assert_int_equal(when_day_of(when_day_start(20000)), 20000);
	assert_int_equal(when_day_of(when_day_start(20000) - 1), 19999);
	assert_int_equal(when_fiscal_year(when_days(2026, 3, 31)), 2025);
	assert_int_equal(when_fiscal_year(when_days(2026, 4, 1)), 2026);
}

static void utf8(void **state)
{
	assert_true(str_utf8(STR("電子カルテ 𠮷野家")));
	assert_false(str_utf8(STR("\xc0\xaf")));         /* overlong */
	assert_false(str_utf8(STR("\xed\xa0\x80")));     /* surrogate */
	assert_false(str_utf8(STR("abcdefgh\x93\xfa"))); /* CP932 */
	assert_false(str_utf8(STR("\xe6\x97")));         /* cut off */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_keeps_fields_apart),
		cmocka_unit_test(text_fills_names),
		cmocka_unit_test(zones),
		cmocka_unit_test(utf8),
	};

	return RUN_TABLE(macs, mac) + RUN_TABLE(dates, date) + RUN_TABLE(isos, iso) + RUN_TABLE(headings, heading) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
