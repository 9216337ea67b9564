/*
 * ArcSight's CEF and IBM's LEEF: a header between bars, then pairs.  Keys of the header: vendor, product, version, id, name,
 * severity (LEEF has no name and severity there).  In CEF a value ends in front of the next " key=", a bar or an equal sign
 * inside is written with a backslash; in LEEF pairs are parted by a tab or the character that LEEF 2.0 names.  The first of
 * equal keys wins, so a value that brings pairs of its own cannot take the place of what stood in front of it.
 */

#include "rules/compiled.h"

#define VALUE_MAX 512

/* \| \\ \= and line ends. */
static struct str unescape(struct event *ev, struct str s)
{
	size_t size = s.n < VALUE_MAX ? s.n : VALUE_MAX, n = 0;
	char *out;

	if (str_index(s, '\\') < 0)
		return s;
	out = event_scratch(ev, size);
	if (!out)
		return (struct str){ 0 };
	for (size_t i = 0; i < s.n && n < size; i++) {
		if (s.p[i] != '\\' || i + 1 >= s.n) {
			out[n++] = s.p[i];
			continue;
		}
		switch (s.p[i + 1]) {
		case 'n':
		case 'r': out[n++] = '\n'; break;
		case '\\':
		case '|':
		case '=': out[n++] = s.p[i + 1]; break;
		default: out[n++] = '\\'; continue;
		}
		i++;
	}
	return (struct str){ out, n };
}

static bool take(const struct decoder *dec, struct match *m, struct str key, struct str value)
{
	int slot = decoder_key(dec, m->marks, key);

	if (slot < 0)
		return true;
	return match_take(dec, m, slot, m->value[slot].p ? value : unescape(m->ev, str_trim(value)));
}

/* A field of the header: up to a bar without a backslash.  False when there is none. */
static bool cut_bar(struct str *rest, struct str *ret)
{
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == '\\') {
			i++;
		} else if (rest->p[i] == '|') {
			*ret = str_first(*rest, i);
			*rest = str_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

/* "CEF:0|" or "0|": what a syslog header took for a tag is gone. */
static bool cut_head(struct str *rest, struct str name, struct str *ret_version)
{
	if (str_starts(*rest, name))
		*rest = str_from(*rest, name.n);
	return cut_bar(rest, ret_version) && ret_version->n > 0 && ret_version->n <= 4 && ret_version->p[0] >= '0' &&
	       ret_version->p[0] <= '9';
}

static bool key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '-' || c == '[' || c == ']';
}

/* Where the next " key=" begins in @s (at its key), or the end. */
static size_t next_key(struct str s, size_t from, size_t *ret_equal)
{
	for (size_t i = from; i < s.n; i++) {
		size_t key = i;

		if (s.p[i] == '\\') {
			i++;
			continue;
		}
		if (s.p[i] != '=')
			continue;
		while (key > from && key_byte(s.p[key - 1]))
			key--;
		if (key < i && (key == 0 || s.p[key - 1] == ' ')) {
			*ret_equal = i;
			return key;
		}
	}
	return s.n;
}

bool format_cef(const struct decoder *dec, struct match *m)
{
	static const char *const names[] = { "vendor", "product", "version", "id", "name", "severity" };
	struct str rest = m->text, part;
	size_t equal = 0, at;

	if (!cut_head(&rest, STR("CEF:"), &part))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!cut_bar(&rest, &part))
			return false;
		if (!take(dec, m, str_of(names[i]), part))
			return false;
	}
	at = next_key(rest, 0, &equal);
	while (at < rest.n) {
		struct str key = { rest.p + at, equal - at };
		size_t value = equal + 1, end = next_key(rest, value, &equal);

		if (!take(dec, m, key, (struct str){ rest.p + value, end - value }))
			return false;
		at = end;
	}
	return true;
}

/* LEEF 2.0 may name the separator behind the header: one character, or its code as xHH or 0xHH. */
static char cut_separator(struct str *rest)
{
	struct str copy = *rest, part;
	unsigned code = 0;

	if (!cut_bar(&copy, &part) || part.n > 4 || str_index(part, '=') >= 0)
		return '\t';
	*rest = copy;
	if (part.n == 1)
		return part.p[0];
	if (part.n >= 2 && part.p[0] == '0')
		part = str_from(part, 1);
	if (part.n < 2 || (part.p[0] | 32) != 'x')
		return '\t';
	for (size_t i = 1; i < part.n; i++) {
		char c = (char)(part.p[i] | 32);

		code = code * 16 + (unsigned)(c >= 'a' && c <= 'f' ? c - 'a' + 10 : (c - '0') & 15);
	}
	return code > 0 && code < 0x80 ? (char)code : '\t';
}

bool format_leef(const struct decoder *dec, struct match *m)
{
	static const char *const names[] = { "vendor", "product", "version", "id" };
	struct str rest = m->text, part, version;
	char separator = '\t';

	if (!cut_head(&rest, STR("LEEF:"), &version))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!cut_bar(&rest, &part))
			return false;
		if (!take(dec, m, str_of(names[i]), part))
			return false;
	}
	if (version.p[0] == '2')
		separator = cut_separator(&rest);
	while (rest.n > 0) {
		struct str pair = str_cut(&rest, separator), key = str_cut(&pair, '=');

		if (!take(dec, m, str_trim(key), pair))
			return false;
	}
	return true;
}
