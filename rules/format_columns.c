/* Values in columns: csv (RFC 4180: quotes doubled inside quotes) and tab.  A column's key is its name or its number, from 1. */

#include "rules/compiled.h"

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

bool format_columns(const struct decoder *dec, struct match *m)
{
	char separator = dec->format == FORMAT_TAB ? '\t' : dec->separator ? dec->separator : ',';
	struct str rest = m->text;
	bool more = true;

	for (size_t column = 1; more && column <= 1000; column++) {
		char number[8];
		struct str cell;
		int slot;

		more = str_index(rest, separator) >= 0;
		cell = str_trim(cut_cell(&rest, separator));
		more = more || rest.n > 0;
		snprintf(number, sizeof(number), "%zu", column);
		slot = decoder_key(dec, str_of(number));
		if (slot >= 0)
			m->value[slot] = cell;
	}
	return true;
}
