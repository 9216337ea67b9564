#include "core/mac.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static const char digits[] = "0123456789abcdef";

/* Twelve digits, with the same separator after every @group of them, or none. */
static bool parse_grouped(struct str s, size_t group, char ret[static MAC_LEN + 1])
{
	size_t n = 0, i = 0;
	char sep = 0;

	while (i < s.n && n < MAC_LEN) {
		int value;

		if (group < MAC_LEN && n > 0 && n % group == 0) {
			if (!sep)
				sep = s.p[i];
			if (s.p[i] != sep || !(sep == ':' || sep == '-' || sep == '.'))
				return false;
			i++;
		}
		value = i < s.n ? hex(s.p[i++]) : -1;
		if (value < 0)
			return false;
		ret[n++] = digits[value];
	}
	ret[n] = '\0';
	return n == MAC_LEN && i == s.n;
}

/* Octets without leading zeros, as dhcpd and Solaris print them: 0:1:2:a:b:c. */
static bool parse_short(struct str s, char ret[static MAC_LEN + 1])
{
	size_t n = 0;

	while (n < MAC_LEN) {
		struct str octet = str_cut(&s, ':');
		int high = octet.n == 2 ? hex(octet.p[0]) : 0;
		int low = octet.n == 1 || octet.n == 2 ? hex(octet.p[octet.n - 1]) : -1;

		if (high < 0 || low < 0)
			return false;
		ret[n++] = digits[high];
		ret[n++] = digits[low];
	}
	ret[n] = '\0';
	return s.n == 0;
}

/* The lower-case digit of each byte that is one, else 0. */
static const char lower_hex[256] = {
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
	['8'] = '8', ['9'] = '9', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
};

/* "34:23:ba:11:26:b8": how nearly all of them are written. */
static bool parse_usual(struct str s, char ret[static MAC_LEN + 1])
{
	bool digits_only = true, separated = true;

	for (size_t i = 0; i < 6; i++) {
		ret[2 * i] = lower_hex[(unsigned char)s.p[3 * i]];
		ret[2 * i + 1] = lower_hex[(unsigned char)s.p[3 * i + 1]];
		digits_only = digits_only & (ret[2 * i] != 0) & (ret[2 * i + 1] != 0);
	}
	for (size_t i = 2; i < 17; i += 3)
		separated = separated & (s.p[i] == ':');
	ret[MAC_LEN] = '\0';
	return digits_only && separated;
}

bool mac_parse(struct str s, char ret[static MAC_LEN + 1])
{
	if (s.n == 17 && parse_usual(s, ret))
		return true;
	s = str_trim(s);
	switch (s.n) {
	case 12: return parse_grouped(s, MAC_LEN, ret);
	case 13: return parse_grouped(s, 6, ret);
	case 14: return parse_grouped(s, 4, ret);
	case 17: return parse_grouped(s, 2, ret);
	default: return s.n >= 11 && s.n < 17 && parse_short(s, ret);
	}
}

bool mac_local(const char mac[static MAC_LEN])
{
	return hex(mac[1]) & 2;
}

bool mac_group(const char mac[static MAC_LEN])
{
	return (hex(mac[1]) & 1) || !memcmp(mac, "000000000000", MAC_LEN);
}
