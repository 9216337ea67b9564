/*
 * key=value pairs.  Separated by blanks (FortiGate, SonicWall, auditd) a value may stand in double or single quotes, in
 * which \" is a quote; separated by '|' (our own collectors) it is escaped as core/line.h says.  The first of equal keys
 * wins, so that a value which looks like pairs cannot take the place of what the device wrote in front of it.
 */

#include "core/line.h"
#include "core/scan.h"
#include "rules/compiled.h"

static bool take(const struct decoder *dec, struct match *m, struct str key, struct str value)
{
	int slot = decoder_key(dec, m->marks, key);

	return slot < 0 || match_take(dec, m, slot, value);
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
		if (!take(dec, m, key, value))
			return false;
		any = true;
	}
	return any;
}

/* The value that begins at @p; returns what stands behind it, or behind its closing quote. */
static const char *read_value(const char *p, const char *end, unsigned char separator, struct str *ret)
{
	unsigned char quote = p < end && (*p == '"' || *p == '\'') ? (unsigned char)*p : 0;
	const char *start = quote ? p + 1 : p, *at = start;

	if (!quote) {
		at = scan_either(at, end, ' ', separator);
		*ret = (struct str){ start, (size_t)(at - start) };
		return at;
	}
	while ((at = scan_either(at, end, quote, '\\')) < end && (unsigned char)*at != quote)
		at += end - at > 1 ? 2 : 1;
	*ret = (struct str){ start, (size_t)(at - start) };
	return at < end ? at + 1 : end;
}

/* The key in front of the '=' at @p: from @start, or from behind a separator that ended a word without a value. */
static struct str read_key(const char *start, const char *p, unsigned char separator)
{
	const char *last = separator != ' ' ? memrchr(start, separator, (size_t)(p - start)) : NULL;

	start = last ? last + 1 : start;
	return (struct str){ start, (size_t)(p - start) };
}

bool format_kv(const struct decoder *dec, struct match *m)
{
	const char *p = m->text.p, *end = p + m->text.n;
	unsigned char separator = dec->separator ? (unsigned char)dec->separator : ' ';
	bool any = false;

	if (dec->separator == '|')
		return split_lines(dec, m);
	while (p < end) {
		const char *start = p;
		struct str key, value;

		/* A key ends at '=', a word without a value at a blank. */
		p = scan_either(p, end, '=', ' ');
		if (p == end)
			break;
		if (*p == ' ') {
			p++;
			continue;
		}
		key = read_key(start, p, separator);
		p = read_value(p + 1, end, separator, &value);
		if (!take(dec, m, key, value))
			return false;
		any = true;
		while (p < end && (*p == ' ' || (unsigned char)*p == separator))
			p++;
	}
	return any;
}
