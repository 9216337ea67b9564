/*
 * JSON, one object a line.  A strict scanner without a tree of the line: it walks it once, goes down the tree of the keys that
 * decoders ask for (json_index.h) as the line nests, and takes their values.  The first of equal keys wins.  A line that is no
 * whole object gives nothing: half a record is no evidence.
 */

#include "core/scan.h"
#include "rules/json_index.h"

#define DEPTH_MAX 32
#define VALUE_MAX 512 /* an escaped value longer than this is cut, so that no value uses up the room of others */

struct scan {
	const struct json_index *index;
	struct json_line *line;
	struct event *ev;
	const uint64_t *wanted; /* the slots that can still matter */
	const char *p, *end;
	unsigned node; /* of the value that comes */
};

static inline void skip_space(struct scan *s)
{
	if (s->p < s->end && (unsigned char)*s->p > ' ') /* what programs write */
		return;
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
		s->p++;
}

/* The body of the string that begins at s->p; true and the text still escaped. */
static inline bool read_string(struct scan *s, struct str *ret, bool *ret_escaped)
{
	const char *start = ++s->p;

	*ret_escaped = false;
	while ((s->p = scan_either(s->p, s->end, '"', '\\')) < s->end) {
		if (*s->p == '"') {
			*ret = (struct str){ start, (size_t)(s->p - start) };
			s->p++;
			return true;
		}
		*ret_escaped = true;
		s->p += s->end - s->p > 1 ? 2 : 1;
	}
	return false;
}

static int hex4(const char *p)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9'                 ? c - '0'
			    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								 : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static size_t put_utf8(char *out, unsigned code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 63));
		out[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 63));
	out[2] = (char)(0x80 | (code >> 6 & 63));
	out[3] = (char)(0x80 | (code & 63));
	return 4;
}

/* The code point of the \uXXXX at @p, with the second half of a pair; U+FFFD for half a pair.  Bytes read in @ret_n. */
static unsigned read_unicode(const char *p, const char *end, size_t *ret_n)
{
	int high = end - p >= 4 ? hex4(p) : -1, low;

	*ret_n = 4;
	if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
		return 0xfffd;
	if (high < 0xd800 || high > 0xdbff)
		return (unsigned)high;
	if (end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return 0xfffd;
	low = hex4(p + 6);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*ret_n = 10;
	return 0x10000 + (((unsigned)high - 0xd800) << 10) + ((unsigned)low - 0xdc00);
}

static struct str unescape(struct event *ev, struct str s)
{
	size_t size = s.n < VALUE_MAX ? s.n : VALUE_MAX, n = 0, used;
	char *out = event_scratch(ev, size + 4);
	const char *p = s.p, *end = s.p + s.n;

	if (!out)
		return (struct str){ 0 };
	while (p < end && n < size) {
		if (*p != '\\' || p + 1 >= end) {
			out[n++] = *p++;
			continue;
		}
		p += 2;
		switch (p[-1]) {
		case 'n': out[n++] = '\n'; break;
		case 't': out[n++] = '\t'; break;
		case 'r': out[n++] = '\r'; break;
		case 'b': out[n++] = '\b'; break;
		case 'f': out[n++] = '\f'; break;
		case 'u':
			n += put_utf8(out + n, read_unicode(p, end, &used));
			p += used < (size_t)(end - p) ? used : (size_t)(end - p);
			break;
		default: out[n++] = p[-1]; break;
		}
	}
	return (struct str){ out, n };
}

/* Where @key leads to from @parent. */
static inline unsigned node_below(const struct json_index *index, unsigned parent, struct str key)
{
	unsigned at = key.n ? index->table[json_place(parent, key.n, key.p[0], key.p[key.n - 1])] : 0;

	for (; at; at = index->steps[at - 1].next) {
		const struct json_step *step = &index->steps[at - 1];

		if (step->parent == parent && quick_eq(step->name, key))
			return step->node;
	}
	return JSON_NOWHERE;
}

/* The slot of the scalar that @key holds below @parent, if it can still matter; -1. */
static inline int slot_below(const struct scan *s, unsigned parent, struct str key)
{
	unsigned at = s->index->table[json_place(parent, key.n, key.p[0], key.p[key.n - 1])];

	for (; at; at = s->index->steps[at - 1].next) {
		const struct json_step *step = &s->index->steps[at - 1];

		if (step->slot >= 0 && (s->wanted[step->slot / 64] >> step->slot % 64 & 1) && step->parent == parent &&
		    quick_eq(step->name, key))
			return step->slot;
	}
	return -1;
}

/* Keeps the value of @slot; the first of equal keys wins. */
static inline void keep(struct scan *s, int slot, struct str value)
{
	int gate = s->index->gate_of[slot];

	if (!value.p || s->line->value[slot].p)
		return;
	s->line->value[slot] = value;
	s->line->touched[s->line->n_touched++] = (uint16_t)slot;
	if (gate >= 0) {
		s->line->hit[gate] = json_gate_find(&s->index->gates[gate], value);
		s->wanted = s->line->hit[gate]->wanted;
	}
}

/* Keeps the value at s->node when somebody asks for it. */
static inline void take(struct scan *s, struct str value, bool escaped)
{
	int slot = s->node == JSON_NOWHERE ? -1 : s->index->slot_of[s->node];

	if (slot < 0 || !(s->wanted[slot / 64] >> slot % 64 & 1) || s->line->value[slot].p)
		return;
	keep(s, slot, escaped ? unescape(s->ev, value) : value);
}

/* A number, true, false or null: everything up to what can end it. */
static bool read_bare(struct scan *s)
{
	const char *start = s->p;
	struct str value;

	while (s->p < s->end && *s->p != ',' && *s->p != '}' && *s->p != ']' && *s->p != ' ' && *s->p != '\t')
		s->p++;
	value = (struct str){ start, (size_t)(s->p - start) };
	if (value.n == 0 || value.n > 64)
		return false;
	if (value.p[0] != 'n' || !str_eq(value, STR("null")))
		take(s, value, false);
	return true;
}

static inline bool read_scalar(struct scan *s)
{
	struct str value;
	bool escaped;

	if (*s->p != '"')
		return read_bare(s);
	if (!read_string(s, &value, &escaped))
		return false;
	take(s, value, escaped);
	return true;
}

struct level {
	char close;
	uint16_t node; /* of the object itself; JSON_NOWHERE: nothing below it is asked for */
};

/* Reads "key": in an object.  False when it is none. */
static inline bool read_key(struct scan *s, const struct level *level)
{
	struct str key;
	bool escaped;

	if (s->p >= s->end || *s->p != '"' || !read_string(s, &key, &escaped))
		return false;
	skip_space(s);
	if (s->p >= s->end || *s->p != ':')
		return false;
	s->p++;
	skip_space(s);
	if (s->p >= s->end)
		return false;
	s->node = level->node == JSON_NOWHERE ? JSON_NOWHERE : node_below(s->index, level->node, key);
	return true;
}

/* Behind a value: a comma, or the ends of as many levels as end here.  -1 is malformed, 0 the whole is read, 1 go on. */
static inline int after_value(struct scan *s, struct level *levels, size_t *depth)
{
	for (;;) {
		skip_space(s);
		if (s->p >= s->end)
			return -1;
		if (*s->p == ',') {
			s->p++;
			skip_space(s);
			/* rsyslog's Windows agent writes one comma too many, in front of the last brace. */
			if (s->p >= s->end || *s->p != levels[*depth - 1].close)
				return 1;
		}
		if (*s->p != levels[*depth - 1].close)
			return -1;
		s->p++;
		if (--*depth == 0)
			return 0;
		s->node = levels[*depth - 1].node;
	}
}

/* The quote or backslash at or behind @p, sixteen bytes at a time; @end where the last sixteen are reached. */
static inline const char *quote_find(const char *p, const char *end)
{
	unsigned found;

	while (p < end && !(found = scan16_either(p, '"', '\\')))
		p += 16;
	return p < end ? p + __builtin_ctz(found) : end;
}

static inline bool two_are(const char *p, const char *two)
{
	return !memcmp(p, two, 2);
}

/*
 * Members written as most programs write them, "KEY":"VALUE", or "KEY":NUMBER, without blanks and escapes, with another one
 * behind: read in one piece, by steps of sixteen bytes, which is what a key or a value has.  Stops where something else stands
 * and near the end of the line.
 */
static inline void plain_members(struct scan *s, unsigned parent)
{
	const char *const last = s->end - 16, *p = s->p;

	while (p < last) {
		const char *key = p + 1, *key_end = quote_find(key, last), *value = key_end + 2, *end;
		unsigned found;
		int slot;

		if (key_end >= last || !two_are(key_end, "\":") || value >= last)
			break;
		if (*value == '"') {
			end = quote_find(++value, last);
			if (end >= last || !two_are(end, "\",") || end[2] != '"')
				break;
			p = end + 2;
		} else {
			found = scan16_outside(value, '-', '9');
			end = value + (found ? __builtin_ctz(found) : 0);
			if (end == value || !two_are(end, ",\""))
				break;
			p = end + 1;
		}
		if (parent == JSON_NOWHERE || key_end == key)
			continue;
		slot = slot_below(s, parent, (struct str){ key, (size_t)(key_end - key) });
		if (slot >= 0)
			keep(s, slot, (struct str){ value, (size_t)(end - value) });
	}
	s->p = p;
}

static bool scan_object(struct scan *s)
{
	struct level levels[DEPTH_MAX];
	size_t depth = 0;
	int more = 1;

	while (more > 0) {
		bool object = depth > 0 && levels[depth - 1].close == '}';

		if (object && s->p < s->end && *s->p == '"')
			plain_members(s, levels[depth - 1].node);
		if (object && !read_key(s, &levels[depth - 1]))
			return false;
		if (s->p >= s->end)
			return false;
		if (*s->p == '{' || *s->p == '[') {
			if (depth == DEPTH_MAX)
				return false;
			levels[depth++] = (struct level){ *s->p == '{' ? '}' : ']', (uint16_t)s->node };
			s->p++;
			skip_space(s);
			if (s->p < s->end && *s->p != levels[depth - 1].close)
				continue;
		} else if (!read_scalar(s)) {
			return false;
		}
		more = after_value(s, levels, &depth);
	}
	return more == 0;
}

static void forget(const struct json_index *index, struct json_line *line)
{
	for (size_t i = 0; i < line->n_touched; i++)
		line->value[line->touched[i]] = (struct str){ 0 };
	line->n_touched = 0;
	for (size_t i = 0; i < index->n_gates; i++)
		line->hit[i] = NULL;
}

void json_read(const struct json_index *index, struct str text, struct event *ev, struct json_line *line)
{
	struct scan s = {
		.index = index, .line = line, .ev = ev, .wanted = index->all, .p = text.p, .end = text.p + text.n
	};

	forget(index, line);
	ev->scratch_used = 0;
	skip_space(&s);
	line->whole = s.p < s.end && *s.p == '{' && scan_object(&s);
	line->scratch = ev->scratch_used;
}
