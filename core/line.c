#include "core/line.h"

#include <stdarg.h>

static bool line_room(struct line *line, size_t more)
{
	size_t size = line->size ? line->size : 256;
	char *text;

	if (line->n + more <= line->size)
		return true;
	while (size < line->n + more)
		size *= 2;
	text = realloc(line->text, size);
	if (!text) {
		line->failed = true;
		return false;
	}
	line->text = text;
	line->size = size;
	return true;
}

void line_reset(struct line *line)
{
	line->n = 0;
	line->failed = false;
}

void line_free(struct line *line)
{
	free(line->text);
	*line = (struct line){ 0 };
}

static char escape_of(char c)
{
	switch (c) {
	case '|': return 'p';
	case '\\': return '\\';
	case '\r': return 'r';
	case '\n': return 'n';
	case '\0': return '0';
	default: return 0;
	}
}

void line_add(struct line *line, const char *key, struct str value)
{
	size_t n = strlen(key);

	if (line->failed || !line_room(line, n + 2 + 2 * value.n))
		return;
	if (line->n > 0)
		line->text[line->n++] = '|';
	memcpy(line->text + line->n, key, n);
	line->n += n;
	line->text[line->n++] = '=';
	for (size_t i = 0; i < value.n; i++) {
		char escape = escape_of(value.p[i]);

		if (escape)
			line->text[line->n++] = '\\';
		line->text[line->n++] = escape ? escape : value.p[i];
	}
}

void line_addf(struct line *line, const char *key, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	line_add(line, key, str_of(text));
}

bool line_next(struct str *rest, struct str *ret_key, struct str *ret_value)
{
	struct str pair;

	if (rest->n == 0)
		return false;
	pair = str_cut(rest, '|');
	*ret_key = str_cut(&pair, '=');
	*ret_value = pair;
	return true;
}

struct str line_unescape(struct str value, char *buf)
{
	size_t n = 0;

	if (str_index(value, '\\') < 0)
		return value;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c == '\\' && i + 1 < value.n) {
			c = value.p[++i];
			c = c == 'p' ? '|' : c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
		}
		buf[n++] = c;
	}
	return (struct str){ buf, n };
}
