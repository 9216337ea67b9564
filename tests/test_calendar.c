/* Japanese holidays against the official calendar (内閣府), years with something of their own first. */
#include "core/calendar.h"
#include "core/when.h"
#include "tests/table.h"

static const struct row {
	const char *date; /* also the name */
	const char *name; /* NULL: no holiday */
} rows[] = {
	{ "2000-01-01", "元日" },         { "2000-01-10", "成人の日" },
	{ "2000-05-04", "国民の休日" },   { "2002-07-20", "海の日" },
	{ "2003-07-21", "海の日" },       { "2003-05-04", NULL },
	{ "2003-09-15", "敬老の日" },     { "2005-03-21", "振替休日" },
	{ "2006-01-02", "振替休日" },     { "2007-05-04", "みどりの日" },
	{ "2008-05-06", "振替休日" },     { "2009-05-06", "振替休日" },
	{ "2009-09-22", "国民の休日" },   { "2012-03-20", "春分の日" },
	{ "2012-09-22", "秋分の日" },     { "2015-09-22", "国民の休日" },
	{ "2015-09-23", "秋分の日" },     { "2015-08-11", NULL },
	{ "2016-08-11", "山の日" },       { "2018-12-23", "天皇誕生日" },
	{ "2018-12-24", "振替休日" },     { "2019-02-23", NULL },
	{ "2019-04-30", "国民の休日" },   { "2019-05-01", "即位の日" },
	{ "2019-05-02", "国民の休日" },   { "2019-05-06", "振替休日" },
	{ "2019-10-14", "体育の日" },     { "2019-10-22", "即位礼正殿の儀" },
	{ "2019-12-23", NULL },           { "2020-02-24", "振替休日" },
	{ "2020-07-20", NULL },           { "2020-07-23", "海の日" },
	{ "2020-07-24", "スポーツの日" }, { "2020-08-10", "山の日" },
	{ "2020-08-11", NULL },           { "2020-10-12", NULL },
	{ "2021-07-19", NULL },           { "2021-07-22", "海の日" },
	{ "2021-08-08", "山の日" },       { "2021-08-09", "振替休日" },
	{ "2021-10-11", NULL },           { "2022-10-10", "スポーツの日" },
	{ "2024-08-12", "振替休日" },     { "2024-09-22", "秋分の日" },
	{ "2025-05-06", "振替休日" },     { "2026-05-06", "振替休日" },
	{ "2026-09-21", "敬老の日" },     { "2026-09-22", "国民の休日" },
	{ "2026-09-23", "秋分の日" },     { "2026-11-24", NULL },
	{ "2030-03-20", "春分の日" },     { "2099-09-22", "国民の休日" },
	{ "2099-09-23", "秋分の日" },     { "2100-01-01", NULL },
};

static void holiday(void **state)
{
	const struct row *row = *state;
	const char *name;
	int64_t day;

	assert_int_equal(when_parse_date(str_of(row->date), &day), 1);
	name = calendar_holiday(day);
	assert_string_equal(name ? name : "", row->name ? row->name : "");
}

/* Holidays of a year: a day too many or too few anywhere shows. */
static const struct count {
	const char *name;
	int year, holidays;
} counts[] = {
	{ "2007", 2007, 19 }, { "2018", 2018, 20 }, { "2019", 2019, 22 }, { "2020", 2020, 18 }, { "2021", 2021, 17 },
	{ "2022", 2022, 16 }, { "2023", 2023, 17 }, { "2024", 2024, 21 }, { "2025", 2025, 19 }, { "2026", 2026, 18 },
};

static void count(void **state)
{
	const struct count *row = *state;
	int n = 0;

	for (int64_t day = when_days(row->year, 1, 1); day < when_days(row->year + 1, 1, 1); day++)
		n += calendar_holiday(day) != NULL;
	assert_int_equal(n, row->holidays);
}

int main(void)
{
	return RUN_TABLE(rows, holiday) | RUN_TABLE(counts, count);
}
