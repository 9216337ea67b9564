#include "daemon/listing.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/ask_rows.h"

void listing_free(struct listing *listing)
{
	for (size_t i = 0; i < listing->n_rows * listing->n_columns; i++)
		free(listing->cells[i].text);
	free(listing->cells);
	listing->cells = NULL;
	listing->n_rows = 0;
}

void listing_begin(struct listing *ret, const struct listing_column *columns, const char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		names[i] = columns[i].name;
	*ret = (struct listing){ .columns = names, .n_columns = n };
}

static int cell_fill(struct cell *cell, enum cell_type type, sqlite3_stmt *stmt, int i)
{
	const char *text;

	if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
		return 0;
	switch (type) {
	case CELL_NULL: return 0;
	case CELL_BOOL: cell->number = sqlite3_column_int64(stmt, i) != 0; break;
	case CELL_INT: cell->number = sqlite3_column_int64(stmt, i); break;
	case CELL_TIME:
		cell->number = sqlite3_column_int64(stmt, i);
		if (cell->number == 0)
			return 0;
		break;
	case CELL_REAL: cell->real = sqlite3_column_double(stmt, i); break;
	case CELL_TEXT:
	case CELL_JSON:
		text = sqlite3_column_type(stmt, i) == SQLITE_BLOB ? sqlite3_column_blob(stmt, i)
								   : (const char *)sqlite3_column_text(stmt, i);
		cell->text = ask_utf8(text ? text : "", text ? (size_t)sqlite3_column_bytes(stmt, i) : 0);
		if (!cell->text)
			return -ENOMEM;
		break;
	}
	cell->type = type;
	return 0;
}

int listing_add(struct listing *listing, const struct listing_column *columns, struct sqlite3_stmt *stmt)
{
	size_t n = listing->n_columns, at = listing->n_rows * n;
	struct cell *cells = reallocarray(listing->cells, at + n, sizeof(*cells));
	int r = 0;

	if (!cells)
		return -ENOMEM;
	listing->cells = cells;
	memset(cells + at, 0, n * sizeof(*cells));
	listing->n_rows++;
	for (size_t i = 0; r == 0 && i < n && (int)i < sqlite3_column_count(stmt); i++)
		r = cell_fill(&cells[at + i], columns[i].type, stmt, (int)i);
	return r;
}

int listing_set(struct listing *listing, size_t column, const char *text)
{
	struct cell *cell = &listing->cells[(listing->n_rows - 1) * listing->n_columns + column];

	free(cell->text);
	*cell = (struct cell){ .type = text ? CELL_TEXT : CELL_NULL, .text = text ? strdup(text) : NULL };
	return !text || cell->text ? 0 : -ENOMEM;
}

int page_limit(const struct page *page, unsigned *ret, struct diag *diag)
{
	unsigned limit = page && page->limit > 0 ? page->limit : 100;

	if (limit > QUERY_LIMIT_MAX)
		return diag_field(diag, "limit", TEXT_query_limit, NULL);
	*ret = limit;
	return 0;
}

struct str page_cursor(const struct page *page)
{
	return str_of(page && page->cursor ? page->cursor : "");
}

bool cursor_of(struct str cursor, char kind, struct str *ret)
{
	if (cursor.n < 2 || cursor.p[0] != kind || cursor.p[1] != ':')
		return false;
	*ret = str_from(cursor, 2);
	return true;
}

void cursor_put(struct listing *listing, char kind, const char *key)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;
	char *to = listing->cursor;

	to[n++] = kind;
	to[n++] = ':';
	for (; *key && n + 4 < sizeof(listing->cursor); key++) {
		unsigned char c = (unsigned char)*key;

		if (c >= 0x20 && c != 0x7f && c != '~') {
			to[n++] = *key;
			continue;
		}
		to[n++] = '~';
		to[n++] = hex[c >> 4];
		to[n++] = hex[c & 15];
	}
	to[n] = '\0';
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool cursor_key(struct str cursor, char *buf, size_t size, struct str *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < cursor.n; i++) {
		if (n == size)
			return false;
		if (cursor.p[i] != '~') {
			buf[n++] = cursor.p[i];
			continue;
		}
		if (i + 2 >= cursor.n || hex_of(cursor.p[i + 1]) < 0 || hex_of(cursor.p[i + 2]) < 0)
			return false;
		buf[n++] = (char)(hex_of(cursor.p[i + 1]) << 4 | hex_of(cursor.p[i + 2]));
		i += 2;
	}
	*ret = (struct str){ buf, n };
	return true;
}
