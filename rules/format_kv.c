/*
 * key=value pairs.  Separated by blanks (FortiGate, SonicWall, auditd) a value may stand in double or single quotes, in
 * which \" is a quote; separated by '|' (our own collectors) it is escaped as core/line.h says.  The first of equal keys
 * wins, so that a value which looks like pairs cannot take the place of what the device wrote in front of it.
 */

#include "core/line.h"
#include "rules/compiled.h"

static void take(const struct decoder *dec, struct match *m, struct str key, struct str value)
{
	int slot = decoder_key(dec, key);

	if (slot >= 0 && !m->value[slot].p)
		m->value[slot] = value;
}

static bool split_lines(const struct decoder *dec, struct match *m)
{
	struct str rest = m->text, key, value;
	bool any = false;

	while (line_next(&rest, &key, &value)) {
		if (str_index(value, '\\') >= 0) {
			char *buf = event_scratch(m->ev, value.n);

			value = buf ? line_unescape(value, buf) : (struct str){ 0 };
		}
		take(dec, m, key, value);
		any = true;
	}
	return any;
}

/* End of the value that begins at @i: behind its closing quote, or at the next blank or separator. */
static size_t value_end(struct str s, size_t i, char separator, struct str *ret)
{
	char quote = i < s.n && (s.p[i] == '"' || s.p[i] == '\'') ? s.p[i] : 0;
	size_t start = quote ? i + 1 : i, end = start;

	if (quote) {
		while (end < s.n && s.p[end] != quote)
			end += s.p[end] == '\\' && end + 1 < s.n ? 2 : 1;
		if (end > s.n)
			end = s.n;
		*ret = (struct str){ s.p + start, end - start };
		return end < s.n ? end + 1 : s.n;
	}
	while (end < s.n && s.p[end] != ' ' && s.p[end] != separator)
		end++;
	*ret = (struct str){ s.p + start, end - start };
	return end;
}

bool format_kv(const struct decoder *dec, struct match *m)
{
	struct str s = m->text;
	size_t i = 0;
	bool any = false;

	if (dec->separator == '|')
		return split_lines(dec, m);
	while (i < s.n) {
		size_t start = i;
		struct str value;

		while (i < s.n && s.p[i] != '=' && s.p[i] != ' ' && s.p[i] != dec->separator)
			i++;
		if (i >= s.n)
			break;
		if (s.p[i] != '=') { /* a word without a value */
			i++;
			continue;
		}
		i = value_end(s, i + 1, dec->separator, &value);
		take(dec, m,
		     (struct str){ s.p + start,
				   (size_t)(memchr(s.p + start, '=', s.n - start) - (void *)(s.p + start)) },
		     value);
		any = true;
		while (i < s.n && (s.p[i] == ' ' || s.p[i] == dec->separator))
			i++;
	}
	return any;
}
