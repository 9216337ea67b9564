#include "core/calendar.h"

#include "core/when.h"

/* 0 is Sunday; 1970-01-01 was a Thursday. */
static int weekday(int64_t day)
{
	return (int)(((day + 4) % 7 + 7) % 7);
}

/* Day of the month of the @n-th Monday of a month. */
static int monday(int year, int month, int n)
{
	int first = weekday(when_days(year, month, 1));

	return 1 + (8 - first) % 7 + 7 * (n - 1);
}

/* The usual approximation, right for 1980 to 2099; @base in hundred thousandths of a day. */
static int equinox(int year, int64_t base)
{
	int64_t y = year - 1980;

	return (int)((base * 10 + 242194 * y) / 1000000 - y / 4);
}

/* 2020 and 2021 moved three days for the Olympic Games. */
static const struct {
	int year, month, day;
	const char *name;
} moved[] = {
	{ 2019, 5, 1, "即位の日" },      { 2019, 10, 22, "即位礼正殿の儀" }, { 2020, 7, 23, "海の日" },
	{ 2020, 7, 24, "スポーツの日" }, { 2020, 8, 10, "山の日" },          { 2021, 7, 22, "海の日" },
	{ 2021, 7, 23, "スポーツの日" }, { 2021, 8, 8, "山の日" },
};

static const char *first_half(int y, int m, int d)
{
	if (m == 1)
		return d == 1 ? "元日" : d == monday(y, 1, 2) ? "成人の日" : NULL;
	if (m == 2)
		return d == 11 ? "建国記念の日" : d == 23 && y >= 2020 ? "天皇誕生日" : NULL;
	if (m == 3)
		return d == equinox(y, 2084310) ? "春分の日" : NULL;
	if (m == 4)
		return d != 29 ? NULL : y >= 2007 ? "昭和の日" : "みどりの日";
	if (m == 5)
		return d == 3 ? "憲法記念日" : d == 4 && y >= 2007 ? "みどりの日" : d == 5 ? "こどもの日" : NULL;
	return NULL;
}

static const char *second_half(int y, int m, int d)
{
	bool games = y == 2020 || y == 2021;

	if (m == 7)
		return !games && d == (y >= 2003 ? monday(y, 7, 3) : 20) ? "海の日" : NULL;
	if (m == 8)
		return !games && y >= 2016 && d == 11 ? "山の日" : NULL;
	if (m == 9)
		return d == (y >= 2003 ? monday(y, 9, 3) : 15) ? "敬老の日"
		       : d == equinox(y, 2324880)              ? "秋分の日"
							       : NULL;
	if (m == 10)
		return !games && d == monday(y, 10, 2) ? y >= 2020 ? "スポーツの日" : "体育の日" : NULL;
	if (m == 11)
		return d == 3 ? "文化の日" : d == 23 ? "勤労感謝の日" : NULL;
	if (m == 12)
		return d == 23 && y <= 2018 ? "天皇誕生日" : NULL;
	return NULL;
}

/* A holiday that the law names (国民の祝日), not one that follows from others. */
static const char *named(int64_t day)
{
	int y, m, d;

	when_civil(day, &y, &m, &d);
	if (y < 2000 || y > 2099)
		return NULL;
	for (size_t i = 0; i < COUNT(moved); i++)
		if (moved[i].year == y && moved[i].month == m && moved[i].day == d)
			return moved[i].name;
	return m <= 6 ? first_half(y, m, d) : second_half(y, m, d);
}

/* The first day after a holiday on a Sunday that is no holiday itself (until 2006: the Monday). */
static bool substitute(int64_t day)
{
	int y, m, d;

	when_civil(day, &y, &m, &d);
	if (y < 2007)
		return weekday(day) == 1 && named(day - 1);
	for (int64_t before = day - 1; named(before); before--)
		if (weekday(before) == 0)
			return true;
	return false;
}

const char *calendar_holiday(int64_t day)
{
	const char *name = named(day);

	if (name)
		return name;
	if (substitute(day))
		return "振替休日";
	if (weekday(day) != 0 && named(day - 1) && named(day + 1))
		return "国民の休日";
	return NULL;
}

bool calendar_weekday(int64_t day)
{
	int w = weekday(day);

	return w != 0 && w != 6 && !calendar_holiday(day);
}
