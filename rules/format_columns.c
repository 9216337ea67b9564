/* Values in columns: csv (RFC 4180: quotes doubled inside quotes) and tab.  A column's key is its name or its number, from 1. */

#include <errno.h>

#include "rules/compiled.h"

#define COLUMNS_MAX 1000

/* Cuts the next cell off @rest; a quoted one is borrowed without its quotes, doubled ones inside stay doubled. */
static struct str cut_cell(struct str *rest, char separator)
{
	struct str cell;
	size_t i = 1;

	if (separator == '\t' || rest->n == 0 || rest->p[0] != '"')
		return str_cut(rest, separator);
	while (i < rest->n && (rest->p[i] != '"' || (i + 1 < rest->n && rest->p[i + 1] == '"')))
		i += rest->p[i] == '"' ? 2 : 1;
	cell = (struct str){ rest->p + 1, (i < rest->n ? i : rest->n) - 1 };
	*rest = str_from(*rest, i + 1);
	str_cut(rest, separator);
	return cell;
}

/* The same where a relay has made "#011" of each tab (rsyslog's way with control characters). */
static struct str cut_escaped(struct str *rest)
{
	static const struct str tab = { "#011", 4 };
	ssize_t at = str_find(*rest, tab);
	struct str cell = at < 0 ? *rest : str_first(*rest, (size_t)at);

	*rest = at < 0 ? str_from(*rest, rest->n) : str_from(*rest, (size_t)at + tab.n);
	return cell;
}

int columns_build(struct arena *arena, struct decoder *dec)
{
	int16_t slots[COLUMNS_MAX + 1];
	size_t n = 0;

	for (size_t column = 1; column <= COLUMNS_MAX; column++) {
		char number[8];

		snprintf(number, sizeof(number), "%zu", column);
		slots[column] = (int16_t)decoder_key(dec, dec->key_marks, str_of(number));
		if (slots[column] >= 0)
			n = column;
	}
	dec->column_slots = arena_array(arena, int16_t, n + 1);
	if (!dec->column_slots)
		return -ENOMEM;
	memcpy(dec->column_slots + 1, slots + 1, n * sizeof(*slots));
	dec->n_columns = n;
	return 0;
}

bool format_columns(const struct decoder *dec, struct match *m)
{
	char separator = dec->format == FORMAT_TAB ? '\t' : dec->separator ? dec->separator : ',';
	const bool escaped = separator == '\t' && str_index(m->text, '\t') < 0;
	struct str rest = m->text;

	for (size_t column = 1; column <= dec->n_columns && rest.n > 0; column++) {
		struct str cell = escaped ? cut_escaped(&rest) : cut_cell(&rest, separator);
		int slot = dec->column_slots[column];

		if (slot >= 0 && !match_take(dec, m, slot, str_trim(cell)))
			return false;
	}
	return true;
}
