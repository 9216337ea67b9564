/*
 * Times as exports and devices write them inside a line: ISO 8601, 2026/5/16 8:30:00, 05/16/26 (Windows' DHCP server),
 * seconds to nanoseconds since 1970.  Without a zone it is the site's.
 */

#include "core/when.h"
#include "rules/compiled.h"

#define STAMP_MAX 64

/* A number of up to @max digits off the start of @s. */
static bool cut_number(struct str *s, size_t max, unsigned *ret, size_t *ret_digits)
{
	size_t i = 0;

	*ret = 0;
	while (i < s->n && i < max && s->p[i] >= '0' && s->p[i] <= '9')
		*ret = *ret * 10 + (unsigned)(s->p[i++] - '0');
	*s = str_from(*s, i);
	*ret_digits = i;
	return i > 0;
}

static bool cut_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* 10 digits are seconds, 13 milliseconds, 16 microseconds, 19 nanoseconds. */
static bool parse_epoch(struct str s, usec_t *ret)
{
	int64_t value;

	if (!str_int(s, &value) || value <= 0)
		return false;
	switch (s.n) {
	case 10: *ret = value * 1000000; return true;
	case 13: *ret = value * 1000; return true;
	case 16: *ret = value; return true;
	case 19: *ret = value / 1000; return true;
	default: return false;
	}
}

/* Year, month and day with slashes, in the order of the world or, with a year of two digits behind, of America. */
static bool parse_slashes(struct str s, usec_t *ret)
{
	unsigned part[6] = { 0 };
	size_t digits[6] = { 0 };
	char text[STAMP_MAX];
	int n;

	if (!cut_number(&s, 4, &part[0], &digits[0]) || !cut_char(&s, '/') ||
	    !cut_number(&s, 2, &part[1], &digits[1]) || !cut_char(&s, '/') ||
	    !cut_number(&s, 4, &part[2], &digits[2]) || !cut_char(&s, ' '))
		return false;
	if (digits[0] <= 2) {
		unsigned year = part[2] + (digits[2] <= 2 ? 2000 : 0), month = part[0], day = part[1];

		part[0] = year;
		part[1] = month;
		part[2] = day;
	}
	while (cut_char(&s, ' '))
		;
	if (!cut_number(&s, 2, &part[3], &digits[3]) || !cut_char(&s, ':') || !cut_number(&s, 2, &part[4], &digits[4]))
		return false;
	if (cut_char(&s, ':') && !cut_number(&s, 2, &part[5], &digits[5]))
		return false;
	n = snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u", part[0], part[1], part[2], part[3], part[4],
		     part[5]);
	return n == 19 && when_parse_iso((struct str){ text, 19 }, ret) == 19;
}

bool stamp_parse(struct str date, struct str time, usec_t *ret)
{
	char both[STAMP_MAX];
	struct str s = str_trim(date);

	time = str_trim(time);
	if (time.n > 0) {
		if (s.n + 1 + time.n > sizeof(both))
			return false;
		memcpy(both, s.p, s.n);
		both[s.n] = ' ';
		memcpy(both + s.n + 1, time.p, time.n);
		s = (struct str){ both, s.n + 1 + time.n };
	}
	if (s.n < 10 || s.n > STAMP_MAX)
		return false;
	return parse_epoch(s, ret) || when_parse_iso(s, ret) > 0 || parse_slashes(s, ret);
}
