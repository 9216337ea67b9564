#include "collectors/cell.h"
#include "tests/table.h"

#define CHOICES "server=サーバ|サーバー terminal=端末|端末PC plain"
#define BAD "!" /* refused; the sentence in .why */

static const struct row {
	const char *name;
	enum column_type type;
	const char *cell, *out;
	enum text why;
} rows[] = {
	{ "text is trimmed", COLUMN_TEXT, " \t山田　太郎　 ", "山田　太郎" },
	{ "text may have lines", COLUMN_TEXT, "a\nb", "a\nb" },
	{ "an empty cell", COLUMN_DATE, " 　", "" },
	{ "a date", COLUMN_DATE, "2026-04-01", "2026-04-01" },
	{ "a date by Excel", COLUMN_DATE, "2026/4/1", "2026-04-01" },
	{ "a date and a time by Excel", COLUMN_DATE, "2026/4/1 0:00", "2026-04-01" },
	{ "a serial", COLUMN_DATE, "46113", "2026-04-01" },
	{ "a serial with a time", COLUMN_DATE, "46113.5", "2026-04-01" },
	{ "令和", COLUMN_DATE, "令和8年4月1日", "2026-04-01" },
	{ "令和元年", COLUMN_DATE, "令和元年5月1日", "2019-05-01" },
	{ "R", COLUMN_DATE, "R8.4.1", "2026-04-01" },
	{ "full width", COLUMN_DATE, "２０２６年４月１日", "2026-04-01" },
	{ "no date", COLUMN_DATE, "なし", "" },
	{ "no such day", COLUMN_DATE, "2026-02-30", BAD, TEXT_cell_date },
	{ "undecided", COLUMN_DATE, "未定", BAD, TEXT_cell_date },
	{ "only a month", COLUMN_DATE, "2026年4月", BAD, TEXT_cell_date },
	{ "a time", COLUMN_TIME, "2026-11-20 13:05", "2026-11-20 13:05" },
	{ "a time by Excel", COLUMN_TIME, "2026/11/20 9:05:30", "2026-11-20 09:05" },
	{ "a time with a T", COLUMN_TIME, "2026-11-20T23:59:59", "2026-11-20 23:59" },
	{ "a time in Japanese", COLUMN_TIME, "令和8年11月20日　９時５分", "2026-11-20 09:05" },
	{ "the hour alone", COLUMN_TIME, "2026年11月20日 9時", "2026-11-20 09:00" },
	{ "a serial with half a day", COLUMN_TIME, "46113.5", "2026-04-01 12:00" },
	{ "a serial at the end of its day", COLUMN_TIME, "46113.999999", "2026-04-01 23:59" },
	{ "a date without a time", COLUMN_TIME, "2026/4/1", "2026-04-01" },
	{ "no such hour", COLUMN_TIME, "2026-11-20 24:00", BAD, TEXT_cell_time },
	{ "no such minute", COLUMN_TIME, "2026-11-20 9:60", BAD, TEXT_cell_time },
	{ "in the morning", COLUMN_TIME, "2026-11-20 朝", BAD, TEXT_cell_time },
	{ "hours", COLUMN_HOURS, "9:00-18:00", "09:00-18:00" },
	{ "hours in Japanese", COLUMN_HOURS, "9時から17時30分まで", "09:00-17:30" },
	{ "hours over midnight", COLUMN_HOURS, "２２：００～６：００", "22:00-06:00" },
	{ "hours with a wave", COLUMN_HOURS, "8:30 〜 17:15", "08:30-17:15" },
	{ "hours to the end of the day", COLUMN_HOURS, "18:00-24:00", "18:00-24:00" },
	{ "all day", COLUMN_HOURS, "24時間", "00:00-24:00" },
	{ "no hours", COLUMN_HOURS, "なし", "" },
	{ "hours of weekdays", COLUMN_HOURS, "平日 9:00-18:00", BAD, TEXT_cell_hours },
	{ "half a span", COLUMN_HOURS, "9:00-", BAD, TEXT_cell_hours },
	{ "no such hours", COLUMN_HOURS, "9:00-25:00", BAD, TEXT_cell_hours },
	{ "a time without a date", COLUMN_TIME, "13:00", BAD, TEXT_cell_time },
	{ "a network", COLUMN_NETS, "192.168.001.0/24", "192.168.1.0/24" },
	{ "a network and an address", COLUMN_NETS, "10.0.0.0/8、203.0.113.10", "10.0.0.0/8 203.0.113.10" },
	{ "a network of IPv6", COLUMN_NETS, "2001:DB8::/32", "2001:db8::/32" },
	{ "a network with bits of a host", COLUMN_NETS, "192.168.1.5/24", BAD, TEXT_cell_net },
	{ "a network that is too narrow", COLUMN_NETS, "10.0.0.0/33", BAD, TEXT_cell_net },
	{ "a netmask", COLUMN_NETS, "10.0.0.0/255.0.0.0", BAD, TEXT_cell_net },
	{ "はい", COLUMN_BOOL, "はい", "yes" },
	{ "circle", COLUMN_BOOL, "○", "yes" },
	{ "TRUE", COLUMN_BOOL, "TRUE", "yes" },
	{ "full width 1", COLUMN_BOOL, "１", "yes" },
	{ "無", COLUMN_BOOL, "無", "no" },
	{ "cross", COLUMN_BOOL, "×", "no" },
	{ "a dash is no answer", COLUMN_BOOL, "－", "" },
	{ "perhaps", COLUMN_BOOL, "たぶん", BAD, TEXT_cell_bool },
	{ "a number", COLUMN_NUMBER, "1,234", "1234" },
	{ "a number in full width", COLUMN_NUMBER, "２４", "24" },
	{ "half", COLUMN_NUMBER, "0.5", "0.5" },
	{ "no number", COLUMN_NUMBER, "24時間", BAD, TEXT_cell_number },
	{ "two points", COLUMN_NUMBER, "1.2.3", BAD, TEXT_cell_number },
	{ "an id keeps its case and zeros", COLUMN_ID, " 007Ab ", "007Ab" },
	{ "an id in full width", COLUMN_ID, "Ｅ０００１", "E0001" },
	{ "an id that became a number", COLUMN_ID, "1.23457E+11", BAD, TEXT_cell_science },
	{ "an id with a line break", COLUMN_ID, "a\nb", BAD, TEXT_cell_control },
	{ "a choice", COLUMN_ENUM, "terminal", "terminal" },
	{ "its Japanese word", COLUMN_ENUM, "端末PC", "terminal" },
	{ "without case and width", COLUMN_ENUM, "端末ＰＣ", "terminal" },
	{ "no such choice", COLUMN_ENUM, "冷蔵庫", BAD, TEXT_cell_enum },
	{ "a beginning is no choice", COLUMN_ENUM, "server=", BAD, TEXT_cell_enum },
	{ "a MAC", COLUMN_MACS, "34-23-BA-11-26-B8", "3423ba1126b8" },
	{ "several", COLUMN_MACS, "3423.ba11.26b8; 3423BA1126B9\n34:23:ba:11:26:ba",
	  "3423ba1126b8 3423ba1126b9 3423ba1126ba" },
	{ "in full width", COLUMN_MACS, "３４：２３：ＢＡ：１１：２６：Ｂ８", "3423ba1126b8" },
	{ "no MAC there", COLUMN_MACS, "-", "" },
	{ "a MAC that became a number", COLUMN_MACS, "1.00E+12", BAD, TEXT_cell_science },
	{ "a digit too few", COLUMN_MACS, "34:23:ba:11:26", BAD, TEXT_cell_mac },
	{ "one of two is none", COLUMN_MACS, "34:23:ba:11:26:b8 x", BAD, TEXT_cell_mac },
	{ "an address", COLUMN_IPS, "192.168.1.22", "192.168.1.22" },
	{ "with zeros", COLUMN_IPS, "192.168.001.022", "192.168.1.22" },
	{ "zero itself", COLUMN_IPS, "10.0.0.0", "10.0.0.0" },
	{ "IPv6", COLUMN_IPS, "FE80::0001", "fe80::1" },
	{ "two with a comma of ours", COLUMN_IPS, "10.0.0.1、10.0.0.2", "10.0.0.1 10.0.0.2" },
	{ "DHCP", COLUMN_IPS, "DHCP", "" },
	{ "too large", COLUMN_IPS, "192.168.1.256", BAD, TEXT_cell_ip },
	{ "a network is no address", COLUMN_IPS, "192.168.1.0/24", BAD, TEXT_cell_ip },
	{ "names", COLUMN_NAMES, "EMR01;emr02 Emr03", "emr01 emr02 emr03" },
	{ "a phone", COLUMN_PHONE, "０３－１２３４－５６７８", "03-1234-5678" },
	{ "a phone with a long vowel", COLUMN_PHONE, "03ー1234ー5678", "03-1234-5678" },
	{ "a phone with brackets", COLUMN_PHONE, "+81 (3) 1234-5678", "+81(3)1234-5678" },
	{ "short", COLUMN_PHONE, "#9110", "#9110" },
	{ "its zero is gone", COLUMN_PHONE, "312345678", BAD, TEXT_cell_phone_zero },
	{ "a mobile's zero is gone", COLUMN_PHONE, "9012345678", BAD, TEXT_cell_phone_zero },
	{ "words", COLUMN_PHONE, "内線123", BAD, TEXT_cell_phone },
};

static void cells(void **state)
{
	const struct row *row = *state;
	const struct column column = { "x", "x", NULL, row->type, false, CHOICES, NULL };
	_free_ char *buf = malloc(CELL_BUFFER);
	size_t n = strlen(row->cell);
	_free_ char *exact = malloc(n ? n : 1); /* so that a byte too far is noticed */
	enum text why = TEXT_slot;
	struct str out;

	memcpy(exact, row->cell, n);
	if (!strcmp(row->out, BAD)) {
		assert_false(cell_read(&column, (struct str){ exact, n }, buf, &out, &why));
		assert_int_equal(why, row->why);
		return;
	}
	assert_true(cell_read(&column, (struct str){ exact, n }, buf, &out, &why));
	assert_int_equal(out.n, strlen(row->out));
	assert_memory_equal(out.p, row->out, out.n);
}

/* What the template says must be read, for every column of every register. */
static void examples_are_read(void **state)
{
	_free_ char *buf = malloc(CELL_BUFFER);

	for (size_t i = 0; i < n_registers; i++) {
		for (size_t k = 0; k < registers[i].n_columns; k++) {
			const struct column *column = &registers[i].columns[k];
			struct str out, rest = str_of(column->values);
			enum text why;

			assert_true(cell_read(column, str_of(column->example), buf, &out, &why));
			while (column->type == COLUMN_ENUM && rest.n > 0) {
				struct str aliases = str_cut(&rest, ' '), value = str_cut(&aliases, '=');

				while (aliases.n > 0) {
					assert_true(cell_read(column, str_cut(&aliases, '|'), buf, &out, &why));
					assert_true(str_eq(out, value));
				}
			}
		}
	}
}

static void a_long_cell(void **state)
{
	const struct column column = { "x", "x", NULL, COLUMN_TEXT, false, NULL, NULL };
	_free_ char *buf = malloc(CELL_BUFFER), *cell = malloc(CELL_MAX);
	struct str out;
	enum text why;

	memset(cell, 'x', CELL_MAX);
	assert_true(cell_read(&column, (struct str){ cell, CELL_MAX - 1 }, buf, &out, &why));
	assert_false(cell_read(&column, (struct str){ cell, CELL_MAX }, buf, &out, &why));
	assert_int_equal(why, TEXT_cell_long);
}

static void choices_in_both_languages(void **state)
{
	const struct column column = { "x", "x", NULL, COLUMN_ENUM, false, CHOICES, NULL };
	char buf[64];

	assert_string_equal(cell_choices(&column, true, buf, sizeof(buf)), "サーバ・端末・plain");
	assert_string_equal(cell_choices(&column, false, buf, sizeof(buf)), "server, terminal, plain");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(examples_are_read), cmocka_unit_test(a_long_cell),
					    cmocka_unit_test(choices_in_both_languages) };
	int failed = RUN_TABLE(rows, cells);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
