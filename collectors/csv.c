#include "collectors/csv.h"

/* Bytes of the line end at the start of @s, 0 when there is none. */
static size_t line_end(struct str s)
{
	if (s.n > 1 && s.p[0] == '\r' && s.p[1] == '\n')
		return 2;
	return s.n > 0 && (s.p[0] == '\n' || s.p[0] == '\r') ? 1 : 0;
}

static size_t count(struct str line, char c)
{
	size_t n = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		n += !quoted && line.p[i] == c;
	}
	return n;
}

void csv_open(struct csv *csv, struct str text)
{
	struct str first = text;
	size_t commas, tabs, semicolons;

	*csv = (struct csv){ .rest = text, .size = text.n, .separator = ',', .line = 1 };
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' || text.p[i] == '\r') {
			first.n = i;
			break;
		}
	}
	if (str_istarts(first, STR("sep=")) && first.n == 5) {
		csv->separator = first.p[4];
		csv->rest = str_from(text, first.n);
		csv->rest = str_from(csv->rest, line_end(csv->rest));
		csv->line = 2;
		return;
	}
	commas = count(first, ',');
	tabs = count(first, '\t');
	semicolons = count(first, ';');
	if (commas == 0 && tabs + semicolons > 0)
		csv->separator = tabs >= semicolons ? '\t' : ';';
}

void csv_close(struct csv *csv)
{
	free(csv->scratch);
	*csv = (struct csv){ 0 };
}

/*
 * Copies a cell that has "" in it, as one quote each; NULL when memory is out.  There is room for the whole text, so what
 * points into the copies of a row never moves.
 */
static const char *unquote(struct csv *csv, struct str cell, size_t *ret_n)
{
	size_t n = 0;
	char *at;

	if (!csv->scratch)
		csv->scratch = malloc(csv->size);
	if (!csv->scratch)
		return NULL;
	at = csv->scratch + csv->used;
	for (size_t i = 0; i < cell.n; i++) {
		at[n++] = cell.p[i];
		i += cell.p[i] == '"';
	}
	csv->used += n;
	*ret_n = n;
	return at;
}

/* Reads a quoted cell, the quote being the first byte of the rest. */
static enum csv_answer quoted(struct csv *csv, struct str *ret)
{
	struct str s = str_from(csv->rest, 1), after;
	bool doubled = false;
	size_t i = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '"') {
			if (i + 1 == s.n || s.p[i + 1] != '"')
				break;
			doubled = true;
			i++;
		} else if (s.p[i] == '\n' || (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))) {
			csv->line++;
		}
	}
	if (i >= s.n)
		return CSV_UNCLOSED;
	*ret = str_first(s, i);
	after = csv->rest = str_from(s, i + 1);
	if (after.n > 0 && after.p[0] != csv->separator && line_end(after) == 0)
		return CSV_QUOTE;
	if (doubled)
		ret->p = unquote(csv, *ret, &ret->n);
	return ret->p ? CSV_ROW : CSV_NO_MEMORY;
}

static struct str bare(struct csv *csv)
{
	struct str s = csv->rest;
	size_t i = 0;

	while (i < s.n && s.p[i] != csv->separator && s.p[i] != '\n' && s.p[i] != '\r')
		i++;
	csv->rest = str_from(s, i);
	return str_first(s, i);
}

enum csv_answer csv_next(struct csv *csv, struct csv_row *ret)
{
	ret->n = 0;
	ret->line = csv->line;
	if (csv->rest.n == 0)
		return CSV_END;
	csv->used = 0;
	for (;;) {
		size_t end;

		if (ret->n == CSV_COLUMNS)
			return CSV_TOO_WIDE;
		if (csv->rest.n > 0 && csv->rest.p[0] == '"') {
			int opened = csv->line;
			enum csv_answer answer = quoted(csv, &ret->cells[ret->n]);

			if (answer != CSV_ROW) {
				ret->line = answer == CSV_UNCLOSED ? opened : csv->line;
				return answer;
			}
		} else {
			ret->cells[ret->n] = bare(csv);
		}
		ret->n++;
		if (csv->rest.n == 0)
			return CSV_ROW;
		end = line_end(csv->rest);
		csv->rest = str_from(csv->rest, end > 0 ? end : 1);
		if (end > 0) {
			csv->line++;
			return CSV_ROW;
		}
	}
}
