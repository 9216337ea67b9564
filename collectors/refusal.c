#include "collectors/refusal.h"

#include <errno.h>

static void say(char *buf, size_t size, const struct refusal_place *place, bool ja, const char *text,
		const char *const *pairs)
{
	char line[16], where[320] = "";
	const char *const place_pairs[] = { "file", place->file, "line", line, "column", place->column, NULL };
	enum text at = place->column ? TEXT_at_column : place->line > 0 ? TEXT_at_line : TEXT_at_file;
	size_t n;

	snprintf(line, sizeof(line), "%d", place->line);
	text_fill(where, sizeof(where), ja ? text_ja(at) : text_en(at), place_pairs);
	str_copy(buf, size, str_of(where));
	n = strlen(buf);
	text_fill(buf + n, size - n, text, pairs);
}

int refusal_say(struct refusal *why, const struct refusal_place *place, enum text text, const char *const *pairs)
{
	say(why->ja, sizeof(why->ja), place, true, text_ja(text), pairs);
	say(why->en, sizeof(why->en), place, false, text_en(text), pairs);
	why->line = place->line;
	str_copy(why->column, sizeof(why->column), str_of(place->column));
	return -EBADMSG;
}
