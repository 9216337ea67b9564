/* Dates as people write them in ledgers: with era names, full-width digits, kanji, and as spreadsheets count days. */

#include "core/when.h"

static inline int digit(char c)
{
	return (unsigned char)(c - '0') <= 9 ? c - '0' : -1;
}

/* @s with full-width digits and punctuation as ASCII, blanks taken out; returns its length, 0 when too long. */
static size_t narrow(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0xef && i + 2 < s.n) {
			unsigned code = ((c & 15u) << 12) | (((unsigned char)s.p[i + 1] & 63u) << 6) |
					((unsigned char)s.p[i + 2] & 63u);

			if (code >= 0xff01 && code <= 0xff5e) {
				c = (unsigned char)(code - 0xfee0);
				i += 2;
			}
		}
		if (c == ' ')
			continue;
		if (n + 1 >= size)
			return 0;
		buf[n++] = (char)c;
	}
	buf[n] = '\0';
	return n;
}

static bool date_is(int64_t year, int64_t month, int64_t day, int64_t *ret)
{
	int y, m, d;

	if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*ret = when_days((int)year, (int)month, (int)day);
	when_civil(*ret, &y, &m, &d);
	return y == year && m == month && d == day;
}

/* The first year of an era less one: 令和8 is 2018 + 8. */
static int era_base(struct str *s)
{
	static const struct {
		const char *name;
		int base;
	} eras[] = {
		{ "令和", 2018 }, { "平成", 1988 }, { "昭和", 1925 }, { "R", 2018 },
		{ "H", 1988 },    { "S", 1925 },    { "r", 2018 },    { "h", 1988 },
	};

	for (size_t i = 0; i < COUNT(eras); i++) {
		if (str_starts(*s, str_of(eras[i].name))) {
			*s = str_from(*s, strlen(eras[i].name));
			return eras[i].base;
		}
	}
	return 0;
}

/* Reads digits off @s, then one separator: '-', '/', '.', or one of the words 年 月 日. */
static bool date_part(struct str *s, int64_t *ret)
{
	static const char *const seps[] = { "-", "/", ".", "年", "月", "日" };
	size_t n = 0;

	while (n < s->n && digit(s->p[n]) >= 0)
		n++;
	if (str_starts(*s, STR("元"))) { /* 令和元年 */
		*ret = 1;
		n = strlen("元");
	} else if (!str_int(str_first(*s, n), ret)) {
		return false;
	}
	*s = str_from(*s, n);
	for (size_t i = 0; i < COUNT(seps); i++) {
		if (str_starts(*s, str_of(seps[i]))) {
			*s = str_from(*s, strlen(seps[i]));
			return true;
		}
	}
	return s->n == 0;
}

/* "00:00:00", "T0:00", which sheets put behind a date. */
static bool date_tail(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (digit(s.p[i]) < 0 && s.p[i] != ':' && s.p[i] != '.' && s.p[i] != 'T')
			return false;
	return s.n == 0 || s.p[0] == 'T' || str_index(s, ':') >= 0;
}

int when_parse_date(struct str text, int64_t *ret_days)
{
	char buf[64];
	struct str s = { buf, 0 };
	int64_t year, month, day, number;
	int base;

	/* What stands behind the first blank is a time of day; keep it apart before blanks go. */
	text = str_trim(text);
	if (text.n > 11 && text.p[10] == ' ')
		text = date_tail(str_from(text, 11)) ? str_first(text, 10) : text;
	s.n = narrow(text, buf, sizeof(buf));
	if (s.n == 0)
		return 0;
	if (str_int(s, &number)) {
		if (s.n == 8)
			return date_is(number / 10000, number / 100 % 100, number % 100, ret_days);
		if (s.n == 5 && number >= 10000) { /* days since 1899-12-30, as spreadsheets count */
			*ret_days = number + when_days(1899, 12, 30);
			return 1;
		}
		return 0;
	}
	base = era_base(&s);
	if (!date_part(&s, &year) || !date_part(&s, &month) || !date_part(&s, &day) || !date_tail(s))
		return 0;
	return date_is(base + year, month, day, ret_days);
}
