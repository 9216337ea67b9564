/* Addresses as log lines write them: with brackets, ports, zone names, ::ffff: in front. */

#include "rules/compiled.h"

static bool is_v4(struct str s)
{
	unsigned dots = 0, digits = 0;

	if (s.n < 7 || s.n > 15)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 && s.p[i] != '.')
			return false;
		dots += digit > 9;
		digits = digit > 9 ? 0 : digits + 1;
		if (digits > 3)
			return false;
	}
	return dots == 3 && digits > 0;
}

/* The longest start of @s that only @allowed bytes make. */
static size_t span(struct str s, bool colon)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '-' ||
		      c == '_' || c == '%' || (colon && c == ':')))
			break;
	}
	return i;
}

static bool says_nothing(struct str s)
{
	return s.n == 0 || str_eq(s, STR("-")) || str_ieq(s, STR("unknown")) || str_ieq(s, STR("n/a")) ||
	       str_ieq(s, STR("(null)")) || str_eq(s, STR("?"));
}

/* What may stand behind an address: nothing, a port, an interface (SonicWall), a prefix length. */
static bool is_tail(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == ':' || c == '-' ||
		      c == '_'))
			return s.p[0] == '(' && i + 1 == s.n && c == ')';
	}
	return s.n == 0 || s.p[0] == ':' || s.p[0] == '/' || s.p[0] == '#' || s.p[0] == '(';
}

static unsigned colons(struct str s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ':';
	return n;
}

bool address_clean(struct str s, struct str *ret)
{
	struct str tail, host;
	size_t n;

	*ret = s;
	if (is_v4(s))
		return true;
	s = str_trim(s);
	*ret = (struct str){ 0 };
	if (says_nothing(s))
		return true;
	if (s.p[0] == '[') {
		ssize_t close = str_index(s, ']');

		if (close < 2)
			return false;
		tail = str_from(s, (size_t)close + 1);
		s = (struct str){ s.p + 1, (size_t)close - 1 };
		if (!is_tail(tail) || span(s, true) != s.n)
			return false;
	}
	if (str_istarts(s, STR("::ffff:")) && s.n > 7)
		s = str_from(s, 7);
	n = span(s, false);
	host = str_first(s, n);
	tail = str_from(s, n);
	if (tail.n > 0 && tail.p[0] == ':' && !is_v4(host) && colons(s) > 1) { /* IPv6 */
		n = span(s, true);
		host = str_first(s, n);
		tail = str_from(s, n);
	} else if (n == 0 && s.p[0] == ':') {
		n = span(s, true);
		host = str_first(s, n);
		tail = str_from(s, n);
	}
	if (host.n == 0 || host.n > 255 || !is_tail(tail))
		return false;
	if (host.p[host.n - 1] == '.') /* a name with its root dot */
		host.n--;
	*ret = host;
	return host.n > 0;
}
