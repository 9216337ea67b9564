/*
 * XML, one element a line: Windows <Event>, audit messages.  A scanner without a tree, without entities of its own (the five
 * predefined and numeric ones are read), that refuses any "<!" but a comment or CDATA: no DTD, nothing to expand.
 * Keys: the path of the element without the root, "System.EventID"; an attribute "System.Provider@Name"; an element with an
 * attribute Name and text, <Data Name="X">v</Data>, is "X"; "Path[a=v]@b" is the attribute b of an element whose attribute a is
 * v.  The first of equal keys wins.
 */

#include "rules/compiled.h"

#define DEPTH_MAX 32
#define PATH_MAX_ 256
#define VALUE_MAX 512
#define ATTRIBUTES 16

struct scan {
	const struct decoder *dec;
	struct match *m;
	struct str rest;
	char path[PATH_MAX_];
	size_t path_n[DEPTH_MAX + 1]; /* length of the path at each depth */
	struct str name[DEPTH_MAX + 1];
	struct str named; /* value of the attribute Name of the element that is open */
	struct {
		struct str name, value;
	} attributes[ATTRIBUTES]; /* of the element that is being read, where keys ask for two at once */
	size_t n_attributes;
	size_t depth;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct str *s)
{
	while (s->n > 0 && is_space(s->p[0]))
		*s = str_from(*s, 1);
}

/* A numeric or predefined entity at the start of @s: its UTF-8 in @out, bytes written; bytes read in @ret_n, 0 when none. */
static size_t entity(struct str s, char out[static 4], size_t *ret_n)
{
	static const struct {
		struct str name;
		char c;
	} known[] = { { { "&lt;", 4 }, '<' },
		      { { "&gt;", 4 }, '>' },
		      { { "&amp;", 5 }, '&' },
		      { { "&quot;", 6 }, '"' },
		      { { "&apos;", 6 }, '\'' } };
	unsigned code = 0;
	bool hex;

	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_starts(s, known[i].name)) {
			*ret_n = known[i].name.n;
			out[0] = known[i].c;
			return 1;
		}
	}
	*ret_n = 0;
	if (!str_starts(s, STR("&#")))
		return 0;
	hex = s.n > 2 && s.p[2] == 'x';
	for (size_t i = hex ? 3 : 2; i < s.n && i < 10; i++) {
		char c = s.p[i];

		if (c == ';') {
			*ret_n = i + 1;
			break;
		}
		if (c >= '0' && c <= '9')
			code = code * (hex ? 16 : 10) + (unsigned)(c - '0');
		else if (hex && (c | 32) >= 'a' && (c | 32) <= 'f')
			code = code * 16 + (unsigned)((c | 32) - 'a' + 10);
		else
			return 0;
	}
	if (*ret_n == 0 || code == 0 || code > 0x7e) /* other characters stay as they are written */
		return *ret_n = 0;
	out[0] = (char)code;
	return 1;
}

static struct str unescape(struct event *ev, struct str s)
{
	size_t size = s.n < VALUE_MAX ? s.n : VALUE_MAX, n = 0;
	char *out;

	if (str_index(s, '&') < 0)
		return s;
	out = event_scratch(ev, size + 4);
	if (!out)
		return (struct str){ 0 };
	while (s.n > 0 && n < size) {
		size_t read = 0, put = s.p[0] == '&' ? entity(s, out + n, &read) : 0;

		if (read == 0) {
			out[n++] = s.p[0];
			read = 1;
		} else {
			n += put;
		}
		s = str_from(s, read);
	}
	return (struct str){ out, n };
}

static void take(struct scan *s, struct str key, struct str value)
{
	int slot = decoder_key(s->dec, s->m->marks, key);

	/* The gate is asked when all is read: a value in an element that is never closed says nothing. */
	if (slot >= 0 && !s->m->value[slot].p)
		match_take(s->dec, s->m, slot, unescape(s->m->ev, str_trim(value)));
}

static void take_attribute(struct scan *s, struct str name, struct str value)
{
	size_t n = s->path_n[s->depth];
	char key[PATH_MAX_ * 2];

	if (str_eq(name, STR("Name")))
		s->named = value;
	if (n + 1 + name.n > sizeof(key))
		return;
	memcpy(key, s->path, n);
	key[n] = '@';
	memcpy(key + n + 1, name.p, name.n);
	take(s, (struct str){ key, n + 1 + name.n }, value);
	if (s->dec->filters && s->n_attributes < ATTRIBUTES) {
		s->attributes[s->n_attributes].name = name;
		s->attributes[s->n_attributes++].value = value;
	}
}

/* Every attribute again, as one of an element that has each of the others. */
static void take_filtered(struct scan *s)
{
	for (size_t i = 0; i < s->n_attributes; i++) {
		for (size_t j = 0; j < s->n_attributes; j++) {
			struct str filter = s->attributes[i].name, is = s->attributes[i].value,
				   name = s->attributes[j].name;
			char key[PATH_MAX_ * 2];
			int n = snprintf(key, sizeof(key), STR_FMT "[" STR_FMT "=" STR_FMT "]@" STR_FMT,
					 (int)s->path_n[s->depth], s->path, STR_ARG(filter), STR_ARG(is),
					 STR_ARG(name));

			if (n > 0 && (size_t)n < sizeof(key))
				take(s, (struct str){ key, (size_t)n }, s->attributes[j].value);
		}
	}
}

static struct str cut_name(struct str *s)
{
	size_t i = 0;
	struct str name;

	while (i < s->n && !is_space(s->p[i]) && s->p[i] != '=' && s->p[i] != '>' && s->p[i] != '/')
		i++;
	name = str_first(*s, i);
	*s = str_from(*s, i);
	return name;
}

/* The attributes up to '>' or "/>".  -1 malformed, 0 an open element, 1 an empty one. */
static int read_attributes(struct scan *s)
{
	for (;;) {
		struct str name, value;
		char quote;
		ssize_t end;

		skip_space(&s->rest);
		if (str_starts(s->rest, STR("/>"))) {
			s->rest = str_from(s->rest, 2);
			return 1;
		}
		if (s->rest.n > 0 && s->rest.p[0] == '>') {
			s->rest = str_from(s->rest, 1);
			return 0;
		}
		name = cut_name(&s->rest);
		skip_space(&s->rest);
		if (name.n == 0 || s->rest.n < 2 || s->rest.p[0] != '=')
			return -1;
		s->rest = str_from(s->rest, 1);
		skip_space(&s->rest);
		quote = s->rest.n > 0 ? s->rest.p[0] : 0;
		s->rest = str_from(s->rest, 1);
		end = quote == '"' || quote == '\'' ? str_index(s->rest, quote) : -1;
		if (end < 0)
			return -1;
		value = str_first(s->rest, (size_t)end);
		s->rest = str_from(s->rest, (size_t)end + 1);
		take_attribute(s, name, value);
	}
}

/* Opens an element: its name onto the path, but for the root's. */
static bool open_element(struct scan *s)
{
	struct str name = cut_name(&s->rest);
	size_t n = s->path_n[s->depth];
	int closed;

	if (name.n == 0 || s->depth == DEPTH_MAX || n + 1 + name.n > sizeof(s->path))
		return false;
	s->depth++;
	s->name[s->depth] = name;
	s->named = (struct str){ 0 };
	if (s->depth > 1) {
		if (n > 0)
			s->path[n++] = '.';
		memcpy(s->path + n, name.p, name.n);
		n += name.n;
	}
	s->path_n[s->depth] = n;
	s->n_attributes = 0;
	closed = read_attributes(s);
	take_filtered(s);
	if (closed == 1)
		s->depth--;
	return closed >= 0;
}

static bool close_element(struct scan *s)
{
	struct str name;

	s->rest = str_from(s->rest, 2);
	name = cut_name(&s->rest);
	skip_space(&s->rest);
	if (s->depth == 0 || !str_eq(name, s->name[s->depth]) || s->rest.n == 0 || s->rest.p[0] != '>')
		return false;
	s->rest = str_from(s->rest, 1);
	s->depth--;
	s->named = (struct str){ 0 };
	return true;
}

static void take_text(struct scan *s, struct str text)
{
	if (s->depth == 0 || str_trim(text).n == 0)
		return;
	if (s->named.n > 0)
		take(s, s->named, text);
	take(s, (struct str){ s->path, s->path_n[s->depth] }, text);
}

/* "<?...?>", "<!--...-->", "<![CDATA[...]]>": 1 read, 0 none of them, -1 refused. */
static int read_special(struct scan *s)
{
	ssize_t end;

	if (str_starts(s->rest, STR("<?"))) {
		end = str_find(s->rest, STR("?>"));
		s->rest = str_from(s->rest, end < 0 ? s->rest.n : (size_t)end + 2);
		return end < 0 ? -1 : 1;
	}
	if (str_starts(s->rest, STR("<!--"))) {
		end = str_find(s->rest, STR("-->"));
		s->rest = str_from(s->rest, end < 0 ? s->rest.n : (size_t)end + 3);
		return end < 0 ? -1 : 1;
	}
	if (str_starts(s->rest, STR("<![CDATA["))) {
		end = str_find(s->rest, STR("]]>"));
		if (end < 0)
			return -1;
		s->rest = str_from(s->rest, (size_t)end + 3);
		return 1;
	}
	return str_starts(s->rest, STR("<!")) ? -1 : 0;
}

bool format_xml(const struct decoder *dec, struct match *m)
{
	struct scan s = { .dec = dec, .m = m, .rest = m->text };
	bool any = false;

	while (s.rest.n > 0) {
		ssize_t lt = str_index(s.rest, '<');
		int special;

		if (lt < 0)
			break;
		take_text(&s, str_first(s.rest, (size_t)lt));
		s.rest = str_from(s.rest, (size_t)lt);
		special = read_special(&s);
		if (special < 0)
			return false;
		if (special > 0)
			continue;
		if (str_starts(s.rest, STR("</"))) {
			if (!close_element(&s))
				return false;
		} else {
			s.rest = str_from(s.rest, 1);
			if (!open_element(&s))
				return false;
			any = true;
		}
		if (s.depth == 0 && any)
			break;
	}
	return any && s.depth == 0;
}
