/*
 * RFC 5424's structured data: [ID name="value" ...][ID ...], with \" \\ \] escaped in values.  Keys: the name; the IDs are
 * not keys.  The first of equal names wins.  Half an element gives nothing.
 */

#include "rules/compiled.h"

#define VALUE_MAX 512

static struct str unescape(struct event *ev, struct str s)
{
	size_t size = s.n < VALUE_MAX ? s.n : VALUE_MAX, n = 0;
	char *out = event_scratch(ev, size);

	if (!out)
		return (struct str){ 0 };
	for (size_t i = 0; i < s.n && n < size; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\' || s.p[i + 1] == ']'))
			i++;
		out[n++] = s.p[i];
	}
	return (struct str){ out, n };
}

/* The value at @rest, behind its opening quote.  False when it is not closed. */
static bool cut_value(struct str *rest, struct str *ret, bool *ret_escaped)
{
	size_t i = 0;

	*ret_escaped = false;
	while (i < rest->n && rest->p[i] != '"') {
		if (rest->p[i] == '\\') {
			*ret_escaped = true;
			i++;
		}
		i++;
	}
	if (i >= rest->n)
		return false;
	*ret = str_first(*rest, i);
	*rest = str_from(*rest, i + 1);
	return true;
}

static bool take(const struct decoder *dec, struct match *m, struct str key, struct str value, bool escaped)
{
	int slot = decoder_key(dec, m->marks, key);

	if (slot < 0)
		return true;
	if (escaped && !m->value[slot].p)
		value = unescape(m->ev, value);
	return match_take(dec, m, slot, value);
}

/* The parameters of one element, up to its ']'. */
static bool read_element(const struct decoder *dec, struct match *m, struct str *rest)
{
	size_t i = 0;

	while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != ']')
		i++;
	*rest = str_from(*rest, i);
	for (;;) {
		struct str key, value;
		bool escaped;
		ssize_t equal;

		while (rest->n > 0 && rest->p[0] == ' ')
			*rest = str_from(*rest, 1);
		if (rest->n > 0 && rest->p[0] == ']') {
			*rest = str_from(*rest, 1);
			return true;
		}
		equal = str_index(*rest, '=');
		if (equal <= 0 || (size_t)equal + 1 >= rest->n || rest->p[equal + 1] != '"')
			return false;
		key = str_first(*rest, (size_t)equal);
		*rest = str_from(*rest, (size_t)equal + 2);
		if (!cut_value(rest, &value, &escaped) || !take(dec, m, key, value, escaped))
			return false;
	}
}

bool format_sd(const struct decoder *dec, struct match *m)
{
	struct str rest = m->text;
	bool any = false;

	while (rest.n > 0 && rest.p[0] == '[') {
		rest = str_from(rest, 1);
		if (!read_element(dec, m, &rest))
			return false;
		any = true;
	}
	return any;
}
