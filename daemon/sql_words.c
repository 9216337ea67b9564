#include "daemon/sql_words.h"

#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '$';
}

static void word_put(struct sql_word *word, size_t *n, char c)
{
	if (*n + 1 < sizeof(word->text))
		word->text[(*n)++] = c;
	word->text[*n] = '\0';
}

/* Skips white space and comments. */
static size_t space_skip(const char *sql, size_t i)
{
	for (;;) {
		if (sql[i] && strchr(" \t\r\n\f", sql[i])) {
			i++;
		} else if (sql[i] == '-' && sql[i + 1] == '-') {
			while (sql[i] && sql[i] != '\n')
				i++;
		} else if (sql[i] == '/' && sql[i + 1] == '*') {
			const char *end = strstr(sql + i + 2, "*/");

			i = end ? (size_t)(end - sql) + 2 : strlen(sql);
		} else {
			return i;
		}
	}
}

/* A doubled quote inside stands for itself; [ ] has no such rule. */
static size_t quoted_read(const char *sql, size_t i, struct sql_word *word)
{
	char open = sql[i++], close = open == '[' ? ']' : open;
	size_t n = 0;

	word->name = word->quoted = true;
	for (; sql[i]; i++) {
		if (sql[i] == close) {
			if (open == '[' || sql[i + 1] != close)
				return i + 1;
			i++;
		}
		word_put(word, &n, sql[i]);
	}
	return i;
}

bool sql_word_next(const char *sql, size_t *at, struct sql_word *ret)
{
	size_t i = space_skip(sql, *at), n = 0;

	*ret = (struct sql_word){ .at = i };
	if (!sql[i]) {
		*at = i;
		return false;
	}
	if (strchr("'\"`[", sql[i])) {
		i = quoted_read(sql, i, ret);
	} else if (is_letter(sql[i])) {
		ret->name = true;
		while (is_word(sql[i]))
			word_put(ret, &n, sql[i++]);
	} else {
		word_put(ret, &n, sql[i++]);
	}
	*at = i;
	return true;
}

bool sql_word_is(const struct sql_word *word, const char *text)
{
	return !word->quoted && strcasecmp(word->text, text) == 0;
}

int sql_find_word(const char *sql, const char *name)
{
	struct sql_word word;

	for (size_t at = 0; sql_word_next(sql, &at, &word);)
		if (word.name && strcasecmp(word.text, name) == 0)
			return (int)word.at;
	return -1;
}

bool sql_has_word(const char *sql, const char *name)
{
	return sql_find_word(sql, name) >= 0;
}

static bool is_clause(const char *sql, size_t at)
{
	struct sql_word word;

	if (!sql_word_next(sql, &at, &word))
		return false;
	if (sql_word_is(&word, "(")) {
		while (sql_word_next(sql, &at, &word) && !sql_word_is(&word, ")"))
			if (sql_word_is(&word, "("))
				return false; /* a call, not a list of columns */
		if (!sql_word_next(sql, &at, &word))
			return false;
	}
	if (!sql_word_is(&word, "AS") || !sql_word_next(sql, &at, &word))
		return false;
	if (sql_word_is(&word, "NOT") && !sql_word_next(sql, &at, &word))
		return false;
	if (sql_word_is(&word, "MATERIALIZED") && !sql_word_next(sql, &at, &word))
		return false;
	return sql_word_is(&word, "(");
}

bool sql_clause_next(const char *sql, size_t *at, struct sql_word *ret)
{
	while (sql_word_next(sql, at, ret))
		if (ret->name && is_clause(sql, *at))
			return true;
	return false;
}

bool sql_has_clause(const char *sql, const char *name)
{
	struct sql_word word;

	for (size_t at = 0; sql_clause_next(sql, &at, &word);)
		if (strcasecmp(word.text, name) == 0)
			return true;
	return false;
}
