#include "core/text.h"

static const struct {
	const char *ja, *en;
} texts[TEXTS] = {
#define TEXT(id, ja, en) [TEXT_##id] = { ja, en },
#include "core/texts.def"
#undef TEXT
};

const char *text_ja(enum text text)
{
	return texts[text].ja;
}

const char *text_en(enum text text)
{
	return texts[text].en;
}

char *text_fill(char *buf, size_t size, const char *template, const char *const *pairs)
{
	struct str rest = str_of(template);
	size_t n = 0;

	while (rest.n > 0 && n + 1 < size) {
		const char *value = NULL;
		ssize_t close = rest.p[0] == '{' ? str_index(rest, '}') : -1;

		if (close > 0) {
			struct str name = { rest.p + 1, (size_t)close - 1 };

			for (const char *const *pair = pairs; pair && pair[0] && !value; pair += 2)
				if (str_eq(str_of(pair[0]), name))
					value = pair[1] ? pair[1] : "";
		}
		if (!value) {
			buf[n++] = rest.p[0];
			rest = str_from(rest, 1);
			continue;
		}
		str_copy(buf + n, size - n, str_of(value));
		n += strlen(buf + n);
		rest = str_from(rest, (size_t)close + 1);
	}
	buf[n] = '\0';
	return buf;
}
