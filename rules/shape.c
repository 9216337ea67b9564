#include "rules/shape.h"

#include "core/mac.h"
#include "rules/compiled.h"

#define WORD_MAX 24

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_address(struct str s)
{
	unsigned dots = 0, colons = 0, others = 0;
	struct str address;

	for (size_t i = 0; i < s.n; i++) {
		dots += s.p[i] == '.';
		colons += s.p[i] == ':';
		others += !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '.' && s.p[i] != ':' &&
			  !((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'f');
	}
	return others == 0 && (dots == 3 || colons >= 2) && address_clean(s, &address) && address.n > 0;
}

/* Words behind which a name, a place or a secret stands. */
static bool announces(struct str word)
{
	static const char *const words[] = { "user",   "for",      "from", "by",    "to",       "account", "name",
					     "login",  "password", "pass", "pwd",   "token",    "key",     "secret",
					     "as",     "of",       "with", "host",  "username", "session", "patient",
					     "client", "path",     "file", "email", "mail",     "owner",   "admin" };

	while (word.n > 0 && !is_letter(word.p[word.n - 1]))
		word.n--;
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

static enum shape_kind kind_of(struct str token, bool apart, const struct shape_token *before)
{
	char mac[MAC_LEN + 1];
	char last = before && before->text.n > 0 ? before->text.p[before->text.n - 1] : ' ';

	if (mac_parse(token, mac) && token.n > MAC_LEN)
		return SHAPE_MAC;
	if (is_address(token))
		return SHAPE_ADDRESS;
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] >= '0' && token.p[i] <= '9')
			return SHAPE_NUMBER;
	if (last == '=' || last == ':' || (!apart && last && strchr("\"'([<@\\", last)))
		return SHAPE_VALUE;
	if (before && before->kind == SHAPE_WORD && announces(before->text) && !announces(token))
		return SHAPE_VALUE;
	for (size_t i = 0; i < token.n; i++)
		if (!is_letter(token.p[i]) && !strchr("-_/.,;!?'", token.p[i]))
			return SHAPE_VALUE;
	return token.n > WORD_MAX ? SHAPE_VALUE : SHAPE_WORD;
}

/* What parts tokens beside blanks, and belongs to the fixed text. */
static bool is_mark(char c)
{
	return c == '=' || c == '"' || c == '(' || c == ')' || c == '[' || c == ']' || c == '<' || c == '>' ||
	       c == '{' || c == '}' || c == ',' || c == ';' || c == '|' || c == '\'';
}

/* The length of the value in quotes that begins at @s. */
static size_t quoted(struct str s, char quote)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != quote)
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.n ? i : s.n;
}

bool shape_next(struct str *rest, const struct shape_token *before, struct shape_token *ret)
{
	size_t i = 0, n = 0;
	char last = before && before->text.n > 0 ? before->text.p[before->text.n - 1] : ' ';

	while (i < rest->n && is_blank(rest->p[i]))
		i++;
	ret->blank = str_first(*rest, i);
	*rest = str_from(*rest, i);
	if (rest->n == 0)
		return false;
	if (i == 0 && (last == '"' || last == '\'') && before->kind == SHAPE_WORD && before->text.n == 1 &&
	    (n = quoted(*rest, last)) > 0) {
		ret->text = str_first(*rest, n);
		ret->kind = is_address(ret->text) ? SHAPE_ADDRESS : SHAPE_VALUE;
	} else if (is_mark(rest->p[0]) || rest->p[0] == ':') {
		n = 1;
		ret->text = str_first(*rest, n);
		ret->kind = SHAPE_WORD;
	} else {
		while (n < rest->n && !is_blank(rest->p[n]) && !is_mark(rest->p[n]))
			n++;
		/* "word:" is a word and a colon; an address keeps its own. */
		if (n > 1 && rest->p[n - 1] == ':')
			n--;
		ret->text = str_first(*rest, n);
		ret->kind = kind_of(ret->text, ret->blank.n > 0, before);
	}
	*rest = str_from(*rest, n);
	return true;
}

static size_t put(char *buf, size_t size, size_t n, struct str s)
{
	if (n + s.n >= size)
		return n;
	memcpy(buf + n, s.p, s.n);
	return n + s.n;
}

size_t shape_of(struct str text, char *buf, size_t size)
{
	static const struct str marks[] = { [SHAPE_ADDRESS] = { "<ip>", 4 },
					    [SHAPE_MAC] = { "<mac>", 5 },
					    [SHAPE_NUMBER] = { "#", 1 },
					    [SHAPE_VALUE] = { "*", 1 } };
	struct str rest = str_first(text, 4 * size);
	struct shape_token token, before = { 0 };
	bool any = false;
	size_t n = 0;

	while (n + 8 < size && shape_next(&rest, any ? &before : NULL, &token)) {
		/* Several values in a row are one. */
		bool again = any && token.kind != SHAPE_WORD && before.kind == token.kind;

		if (token.blank.n > 0 && n > 0 && !again)
			buf[n++] = ' ';
		if (token.kind == SHAPE_WORD)
			n = put(buf, size, n, token.text);
		else if (!again)
			n = put(buf, size, n, marks[token.kind]);
		before = token;
		any = true;
	}
	buf[n] = '\0';
	return n;
}
