/* Cells that hold a day, or an instant of the site's zone, in the ways in which people and spreadsheets write them. */
#include "collectors/cell_parts.h"
#include "core/when.h"

/* "2026/4/1 0:00:00": the part before the time of day. */
static struct str without_time(struct str s)
{
	ssize_t blank = str_index(s, ' ');
	struct str time = blank < 0 ? (struct str){ 0 } : str_from(s, (size_t)blank + 1);

	if (time.n == 0 || !is_digit(time.p[0]) || str_index(time, ':') < 0)
		return s;
	for (size_t i = 0; i < time.n; i++)
		if (!is_digit(time.p[i]) && time.p[i] != ':' && time.p[i] != '.')
			return s;
	return str_first(s, (size_t)blank);
}

bool cell_read_date(struct str s, char *buf, struct str *ret)
{
	int64_t days;

	s = without_time(s);

	/* A serial with a time of day behind it: 46113.5 */
	if (s.n > 6 && s.p[5] == '.' && str_index(str_from(s, 6), '.') < 0)
		s = str_first(s, 5);
	if (when_parse_date(s, &days) != 1)
		return false;
	*ret = str_of(when_format_day(buf, days));
	return true;
}

/* "9:05", "09:05:00", "9時5分": minutes of the day; -1 for what is none. */
static int read_minutes(struct str s)
{
	unsigned hour = 0, minute = 0;
	size_t i = 0;

	for (; i < s.n && i < 2 && is_digit(s.p[i]); i++)
		hour = hour * 10 + (unsigned)(s.p[i] - '0');
	if (i == 0)
		return -1;
	s = str_from(s, i);
	if (str_eq(s, STR("時")))
		return hour < 24 ? (int)hour * 60 : -1;
	s = str_starts(s, STR("時")) ? str_from(s, 3) : str_starts(s, STR(":")) ? str_from(s, 1) : (struct str){ 0 };
	for (i = 0; i < s.n && i < 2 && is_digit(s.p[i]); i++)
		minute = minute * 10 + (unsigned)(s.p[i] - '0');
	if (i == 0 || hour > 23 || minute > 59)
		return -1;
	s = str_from(s, i);
	if (s.n > 0 && s.p[0] != ':' && !str_eq(s, STR("分")))
		return -1;
	return (int)(hour * 60 + minute);
}

/* "2026/11/20 9:05", "2026-11-20T09:05:00", a date alone, and a serial with a part of a day behind the point. */
bool cell_read_time(struct str s, char *buf, struct str *ret)
{
	ssize_t cut = str_index(s, ' ');
	struct str date, time = { 0 };
	int minutes = -1;
	size_t n;

	if (cut < 0)
		cut = str_index(s, 'T');
	if (cut < 0 && s.n > 6 && s.p[5] == '.') {
		double part = 0, unit = 0.1;

		for (size_t i = 6; i < s.n; i++, unit /= 10) {
			if (!is_digit(s.p[i]))
				return false;
			part += unit * (s.p[i] - '0');
		}
		minutes = (int)(part * 24 * 60 + 0.5);
		minutes = minutes > 1439 ? 1439 : minutes;
	}
	date = cut < 0 ? s : str_first(s, (size_t)cut);
	time = cut < 0 ? time : cell_trim(str_from(s, (size_t)cut + 1));
	if (time.n > 0 && (minutes = read_minutes(time)) < 0)
		return false;
	if (!cell_read_date(date, buf, ret))
		return false;
	n = ret->n;
	memmove(buf, ret->p, n);
	if (minutes >= 0)
		n += (size_t)snprintf(buf + n, 8, " %02d:%02d", minutes / 60, minutes % 60);
	*ret = (struct str){ buf, n };
	return true;
}

/* Cuts @s at the first of the marks that people put between two times. */
static bool cut_span(struct str s, struct str *from, struct str *to)
{
	static const char *const marks[] = { "-", "~", "から", "～", "〜", "－", "−", "–", "―", "ー" };

	for (size_t i = 0; i < COUNT(marks); i++) {
		ssize_t at = str_find(s, str_of(marks[i]));

		if (at <= 0)
			continue;
		*from = cell_trim(str_first(s, (size_t)at));
		*to = cell_trim(str_from(s, (size_t)at + strlen(marks[i])));
		if (str_ends(*to, STR("まで")))
			*to = str_first(*to, to->n - strlen("まで"));
		return true;
	}
	return false;
}

/* "9:00-18:00", "22時～6時", "9時から17時30分まで"; "24時間" and "終日" are all day. */
bool cell_read_hours(struct str s, char *buf, struct str *ret)
{
	struct str first, last;
	int from, to;

	if (str_eq(s, STR("24時間")) || str_eq(s, STR("終日")) || str_ieq(s, STR("24:00"))) {
		*ret = STR("00:00-24:00");
		return true;
	}
	if (!cut_span(s, &first, &last))
		return false;
	from = read_minutes(first);
	to = str_eq(last, STR("24:00")) || str_eq(last, STR("24時")) ? 24 * 60 : read_minutes(last);
	if (from < 0 || to < 0)
		return false;
	ret->p = buf;
	ret->n = (size_t)snprintf(buf, 16, "%02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60);
	return true;
}
