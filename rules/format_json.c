/*
 * JSON, one object a line.  A strict scanner without a tree: it walks the line once, keeps the path of the key it stands
 * at, and takes the values that the decoder asked for.  The first of equal keys wins.  A line that is no whole object gives
 * nothing: half a record is no evidence.
 */

#include "core/scan.h"
#include "rules/compiled.h"

#define DEPTH_MAX 32
#define PATH_MAX_ 256
#define VALUE_MAX 512 /* an escaped value longer than this is cut, so that no value uses up the room of others */

struct scan {
	const struct decoder *dec;
	struct match *m;
	const char *p, *end;
	char path[PATH_MAX_];
	size_t path_n;
	struct str key; /* the whole path of the value that comes: in the line, or in .path where it has dots */
	bool deaf;      /* the path is too long to be asked for */
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

static inline bool take(struct scan *s, struct str value, bool escaped)
{
	int slot = s->deaf ? -1 : decoder_key(s->dec, s->m->marks, s->key);

	if (slot < 0)
		return true;
	if (escaped && !s->m->value[slot].p)
		value = unescape(s->m->ev, value);
	return match_take(s->dec, s->m, slot, value);
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
	return (value.p[0] == 'n' && str_eq(value, STR("null"))) || take(s, value, false);
}

static inline bool read_scalar(struct scan *s)
{
	struct str value;
	bool escaped;

	if (*s->p != '"')
		return read_bare(s);
	if (!read_string(s, &value, &escaped))
		return false;
	return take(s, value, escaped);
}

/* Appends a key to the path; after_value() gives back what it was before.  At the top the key is its own path. */
static inline void enter(struct scan *s, struct str key)
{
	size_t dot = s->path_n > 0;

	s->key = key;
	if (s->deaf || s->path_n + dot + key.n > sizeof(s->path)) {
		s->deaf = true;
		return;
	}
	if (!dot && *s->p != '{' && *s->p != '[')
		return;
	if (dot)
		s->path[s->path_n++] = '.';
	memcpy(s->path + s->path_n, key.p, key.n);
	s->path_n += key.n;
	s->key = (struct str){ s->path, s->path_n };
}

struct level {
	char close;
	size_t path_n; /* of the path around it */
	bool deaf;
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
	s->path_n = level->path_n;
	s->deaf = level->deaf;
	enter(s, key);
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
		s->path_n = levels[*depth - 1].path_n;
		s->key = (struct str){ s->path, s->path_n };
		s->deaf = levels[*depth - 1].deaf;
		if (--*depth == 0)
			return 0;
	}
}

/*
 * Members written as most programs write them, "KEY":"VALUE", or "KEY":NUMBER, without blanks and escapes, with another one
 * behind: read in one piece.  Stops where something else stands.  False when the gate's key closed the line.
 */
static inline bool plain_members(struct scan *s, const struct level *level)
{
	const size_t front = level->path_n + (level->path_n > 0);

	s->path_n = level->path_n;
	s->deaf = level->deaf;
	while (s->end - s->p > 8) {
		const char *key = s->p + 1, *key_end = scan_either(key, s->end, '"', '\\'), *value, *end;

		if (s->end - key_end < 4 || key_end[0] != '"' || key_end[1] != ':')
			return true;
		value = key_end + 2;
		if (*value == '"') {
			end = scan_either(++value, s->end, '"', '\\');
			if (s->end - end < 3 || end[0] != '"' || end[1] != ',' || end[2] != '"')
				return true;
			s->p = end + 2;
		} else {
			for (end = value; end < s->end && *end >= '-' && *end <= '9' && *end != '/'; end++)
				;
			if (end == value || s->end - end < 2 || end[0] != ',' || end[1] != '"')
				return true;
			s->p = end + 1;
		}
		/* Most keys are none that is asked for: their path is not even written. */
		if (key_end == key ||
		    !key_marked(s->m->marks, front + (size_t)(key_end - key), front ? s->path[0] : *key, key_end[-1]))
			continue;
		enter(s, (struct str){ key, (size_t)(key_end - key) });
		if (!take(s, (struct str){ value, (size_t)(end - value) }, false))
			return false;
		s->path_n = level->path_n;
		s->deaf = level->deaf;
	}
	return true;
}

static bool scan_object(struct scan *s)
{
	struct level levels[DEPTH_MAX];
	size_t depth = 0;
	int more = 1;

	while (more > 0) {
		bool object = depth > 0 && levels[depth - 1].close == '}';

		if (object && s->p < s->end && *s->p == '"' && !plain_members(s, &levels[depth - 1]))
			return false;
		if (object && !read_key(s, &levels[depth - 1]))
			return false;
		if (s->p >= s->end)
			return false;
		if (*s->p == '{' || *s->p == '[') {
			if (depth == DEPTH_MAX)
				return false;
			levels[depth++] = (struct level){ *s->p == '{' ? '}' : ']', s->path_n, s->deaf };
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

bool format_json(const struct decoder *dec, struct match *m)
{
	struct scan s; /* its path is written before it is read */

	s.dec = dec;
	s.m = m;
	s.p = m->text.p;
	s.end = m->text.p + m->text.n;
	s.path_n = 0;
	s.key = (struct str){ s.path, 0 };
	s.deaf = false;
	skip_space(&s);
	if (s.end - s.p > 5 && !memcmp(s.p, "@cee:", 5)) {
		s.p += 5;
		skip_space(&s);
	}
	return s.p < s.end && *s.p == '{' && scan_object(&s);
}
