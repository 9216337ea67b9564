/*
 * Patterns: the message as its program prints it.  A pattern is a literal prefix and steps "value, literal behind it"; each
 * step looks once for its literal, so a match is linear in the line and never goes back.
 */

#include <errno.h>

#include "rules/compiled.h"

/* How common a byte is in log lines, roughly: the search runs on the rarest one of a literal. */
int byte_commonness(unsigned char c)
{
	static const char order[] = " \"=,:etaoinsr0123456789hlducm./-_pfgywbv";
	const char *at = c ? strchr(order, c | (c >= 'A' && c <= 'Z' ? 32 : 0)) : NULL;

	if (!at)
		return 0;
	return (int)sizeof(order) - (int)(at - order) - (c >= 'A' && c <= 'Z' ? 8 : 0);
}

void literal_init(struct literal *literal, struct str text)
{
	literal->text = text;
	literal->rare = 0;
	for (size_t i = 1; i < text.n && i < UINT16_MAX; i++)
		if (byte_commonness((unsigned char)text.p[i]) < byte_commonness((unsigned char)text.p[literal->rare]))
			literal->rare = (uint16_t)i;
}

ssize_t literal_find(const struct literal *literal, struct str s)
{
	size_t n = literal->text.n, rare = literal->rare;
	const char *p = s.p + rare, *end;

	if (n == 0)
		return 0;
	if (n > s.n)
		return -1;
	end = s.p + s.n - n + rare + 1;
	while (p < end) {
		p = memchr(p, literal->text.p[rare], (size_t)(end - p));
		if (!p)
			return -1;
		/* Most false hopes end at the first or last byte, without a call. */
		if (p[-(ssize_t)rare] == literal->text.p[0] && p[n - 1 - rare] == literal->text.p[n - 1] &&
		    !memcmp(p - rare, literal->text.p, n))
			return p - rare - s.p;
		p++;
	}
	return -1;
}

ssize_t literal_rfind(const struct literal *literal, struct str s)
{
	size_t n = literal->text.n, rare = literal->rare, room;

	if (n > s.n)
		return -1;
	room = s.n - n + 1;
	while (room > 0) {
		const char *p = memrchr(s.p + rare, literal->text.p[rare], room);

		if (!p)
			return -1;
		room = (size_t)(p - rare - s.p);
		if (!memcmp(s.p + room, literal->text.p, n))
			return (ssize_t)room;
	}
	return -1;
}

/* Takes one step off @rest.  @final: nothing may stand behind it. */
static inline bool step_take(const struct step *step, bool final, struct str *rest, struct match *m)
{
	ssize_t at;

	if (step->blanks) {
		while (rest->n > 0 && rest->p[0] == ' ')
			*rest = str_from(*rest, 1);
		if (!str_starts(*rest, step->after.text))
			return false;
		*rest = str_from(*rest, step->after.text.n);
		return true;
	}
	if (step->after.text.n == 0)
		at = (ssize_t)rest->n;
	else if (!step->last)
		at = literal_find(&step->after, *rest);
	else if (final)
		at = str_ends(*rest, step->after.text) ? (ssize_t)(rest->n - step->after.text.n) : -1;
	else
		at = literal_rfind(&step->after, *rest);
	if (at < 0)
		return false;
	if (step->slot >= 0)
		m->value[step->slot] = str_first(*rest, (size_t)at);
	*rest = str_from(*rest, (size_t)at + step->after.text.n);
	return true;
}

bool pattern_match(const struct pattern *pattern, struct match *m)
{
	struct str rest = m->text;

	if (!str_starts(rest, pattern->prefix))
		return false;
	rest = str_from(rest, pattern->prefix.n);
	for (size_t i = 0; i < pattern->n_steps; i++)
		if (!step_take(&pattern->steps[i], i + 1 == pattern->n_steps, &rest, m))
			return false;
	return rest.n == 0;
}

ssize_t pattern_reach(const struct pattern *pattern, struct str text, size_t *ret_steps)
{
	struct str values[KEYS_MAX], rest = text;
	struct match m = { .text = text, .value = values };
	size_t i = 0;

	*ret_steps = 0;
	if (!str_starts(rest, pattern->prefix))
		return -1;
	rest = str_from(rest, pattern->prefix.n);
	for (; i < pattern->n_steps; i++) {
		struct str before = rest;

		/* "Nothing may stand behind" is asked at the end: till then, how far it comes. */
		if (!step_take(&pattern->steps[i], false, &rest, &m)) {
			rest = before;
			break;
		}
	}
	*ret_steps = i;
	return (ssize_t)(text.n - rest.n);
}

/*
 * Cuts the literal text in front of the next placeholder off @rest.  "  " (two blanks) ends it too, after the first of them:
 * then @ret_blanks says so and any number of blanks is meant.
 */
static struct str cut_literal(struct str *rest, bool *ret_blanks)
{
	ssize_t field = str_find(*rest, STR("%{")), blanks = str_find(*rest, STR("  "));
	size_t n = field < 0 ? rest->n : (size_t)field;
	struct str literal;

	*ret_blanks = blanks >= 0 && (size_t)blanks + 2 <= n;
	if (*ret_blanks)
		n = (size_t)blanks + 1;
	literal = str_first(*rest, n);
	*rest = str_from(*rest, n);
	if (*ret_blanks)
		while (rest->n > 0 && rest->p[0] == ' ')
			*rest = str_from(*rest, 1);
	return literal;
}

/* Reads "%{name*}" at the start of @rest into @step. */
static int read_field(struct arena *arena, struct str *rest, struct decoder *dec, struct step *step,
		      const char **ret_error)
{
	ssize_t close = str_index(*rest, '}');
	struct str name;
	int slot;

	if (close < 0) {
		*ret_error = "a placeholder begins with %{ and ends with }";
		return -EBADMSG;
	}
	name = (struct str){ rest->p + 2, (size_t)close - 2 };
	*rest = str_from(*rest, (size_t)close + 1);
	if (name.n > 0 && name.p[name.n - 1] == '*') {
		step->last = true;
		name.n--;
	}
	step->slot = -1;
	if (name.n == 0)
		return 0;
	slot = decoder_slot(arena, dec, name);
	if (slot < 0) {
		*ret_error = "too many different placeholders in one decoder";
		return -EBADMSG;
	}
	step->slot = (int16_t)slot;
	return 0;
}

int pattern_compile(struct arena *arena, struct str text, struct decoder *dec, struct pattern *ret,
		    const char **ret_error)
{
	struct step steps[64] = { 0 };
	struct str rest = text;
	bool blanks;
	size_t n = 0;
	int r;

	ret->text = arena_str(arena, text);
	ret->prefix = arena_str(arena, cut_literal(&rest, &blanks));
	while (rest.n > 0 || blanks) {
		struct step *step = &steps[n];

		if (n >= COUNT(steps)) {
			*ret_error = "the pattern has more than 64 parts";
			return -EBADMSG;
		}
		if (blanks) {
			step->blanks = true;
			step->slot = -1;
		} else {
			r = read_field(arena, &rest, dec, step, ret_error);
			if (r < 0)
				return r;
		}
		literal_init(&step->after, arena_str(arena, cut_literal(&rest, &blanks)));
		if (!step->blanks && step->after.text.n == 0 && rest.n > 0) {
			*ret_error =
				"between two placeholders there must be text, or nobody knows where the first one ends";
			return -EBADMSG;
		}
		n++;
	}
	ret->steps = arena_array(arena, struct step, n);
	if (!ret->steps)
		return -ENOMEM;
	memcpy(ret->steps, steps, n * sizeof(*steps));
	ret->n_steps = n;
	return 0;
}
