/*
 * Lines that our own collectors make: key=value|key=value.  In a value '|', '\\', CR, LF and NUL are written
 * as \p \\ \r \n \0, so nobody can make one field look like two.  Keys are [a-z0-9_:]+ and never escaped.
 */
#pragma once

#include "core/str.h"

struct line {
	char *text; /* owned; grows */
	size_t n, size;
	bool failed; /* memory was out: the line must not be used */
};

void line_reset(struct line *line);
void line_free(struct line *line);
void line_add(struct line *line, const char *key, struct str value);
void line_addf(struct line *line, const char *key, const char *fmt, ...) _printf_(3, 4);

static inline struct str line_str(const struct line *line)
{
	return (struct str){ line->text, line->n };
}

/* Cuts the next key and its still escaped value off @rest.  False at the end. */
bool line_next(struct str *rest, struct str *ret_key, struct str *ret_value);

/* Undoes the escapes of @value into @buf of at least @value.n bytes; borrowed unchanged when there are none. */
struct str line_unescape(struct str value, char *buf);
