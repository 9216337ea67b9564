#include "collectors/registers_edit.h"

#include <errno.h>
#include <stdio.h>

#include "collectors/cell.h"
#include "collectors/cell_parts.h"
#include "collectors/csv.h"
#include "collectors/xlsx.h"
#include "core/base.h"

#define TITLES_MAX 10 /* as the reader has it */
#define DAY_BUFFER 128

bool registers_formula(struct str text)
{
	struct str s = cell_trim(text);
	bool digits = s.n > 1;

	if (s.n == 0 || !strchr("=@+-", s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		digits = digits && (is_digit(s.p[i]) || strchr("-+ ().,", s.p[i]));
	return s.p[0] == '=' || s.p[0] == '@' || (!digits && s.n > 1);
}

static void cell_put(FILE *out, bool first, struct str s)
{
	bool quoted = s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');

	for (size_t i = 0; i < s.n && !quoted; i++)
		quoted = strchr(",;\t\"\r\n", s.p[i]) != NULL;
	if (!first)
		fputc(',', out);
	if (quoted)
		fputc('"', out);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			fputc('"', out);
		fputc(s.p[i], out);
	}
	if (quoted)
		fputc('"', out);
}

struct heads {
	struct str text[CSV_COLUMNS];
	int column[CSV_COLUMNS]; /* of the register; -1: none of its own */
	size_t n;
};

static int head_find(const struct register_def *def, const struct heads *heads, struct str heading)
{
	int column = register_column(def, heading);

	for (size_t i = 0; i < heads->n; i++)
		if (column >= 0 ? heads->column[i] == column : str_eq(heads->text[i], heading))
			return (int)i;
	return -1;
}

static int head_add(const struct register_def *def, struct heads *heads, struct str heading)
{
	int column = register_column(def, heading);

	if (heads->n == CSV_COLUMNS)
		return -E2BIG;
	heads->text[heads->n] = column >= 0 ? str_of(def->columns[column].ja) : heading;
	heads->column[heads->n++] = column;
	return 0;
}

static void heads_put(FILE *out, const struct heads *heads)
{
	for (size_t i = 0; i < heads->n; i++)
		cell_put(out, i == 0, heads->text[i]);
	fputs("\r\n", out);
}

static void cells_put(FILE *out, const struct str *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cell_put(out, i == 0, cells[i]);
	fputs("\r\n", out);
}

static void row_put(FILE *out, const struct register_def *def, const struct heads *heads,
		    const struct register_row *row)
{
	struct str cells[CSV_COLUMNS] = { 0 };

	for (size_t i = 0; i < row->n; i++)
		cells[head_find(def, heads, row->cells[i].heading)] = row->cells[i].text;
	cells_put(out, cells, heads->n);
}

static int heads_of_rows(const struct register_def *def, struct heads *heads, const struct register_row *rows, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < def->n_columns; i++)
		r = head_add(def, heads, str_of(def->columns[i].ja));
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; r == 0 && c < rows[i].n; c++)
			if (head_find(def, heads, rows[i].cells[c].heading) < 0)
				r = head_add(def, heads, rows[i].cells[c].heading);
	return r;
}

int registers_make(const struct register_def *def, const struct register_row *rows, size_t n, char **ret, size_t *ret_n)
{
	_free_ struct heads *heads = calloc(1, sizeof(*heads));
	int r = heads ? heads_of_rows(def, heads, rows, n) : -ENOMEM;
	FILE *out = r < 0 ? NULL : open_memstream(ret, ret_n);

	if (!out)
		return r < 0 ? r : -ENOMEM;
	fputs("\xef\xbb\xbf", out);
	heads_put(out, heads);
	for (size_t i = 0; i < n; i++)
		row_put(out, def, heads, &rows[i]);
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

struct edit {
	const struct register_def *def;
	const struct register_row *row;
	struct csv_row cells;
	size_t at[CSV_COLUMNS]; /* the column of the file that each cell of the row goes to */
	size_t n, titles;       /* columns of the file */
	bool read;              /* the headings */
	FILE *out;
};

/* 1: a title above the headings.  The same rule as the reader's. */
static int edit_heads(struct edit *edit, struct heads *heads)
{
	size_t known = 0, filled = 0;

	for (size_t i = 0; i < edit->cells.n; i++) {
		heads->text[i] = cell_trim(edit->cells.cells[i]);
		heads->column[i] = register_column(edit->def, heads->text[i]);
		filled += heads->text[i].n > 0;
		known += heads->column[i] >= 0;
	}
	if (known == 0 && filled < 3 && edit->titles++ < TITLES_MAX)
		return 1;
	heads->n = edit->cells.n;
	for (size_t i = 0; edit->row && i < edit->row->n; i++) {
		int r = 0, at = head_find(edit->def, heads, edit->row->cells[i].heading);

		if (at < 0) {
			r = head_add(edit->def, heads, edit->row->cells[i].heading);
			at = (int)heads->n - 1;
		}
		if (r < 0)
			return r;
		edit->at[i] = (size_t)at;
	}
	edit->n = heads->n;
	edit->read = true;
	cells_put(edit->out, heads->text, heads->n);
	return 0;
}

/* The row with the new cells in their places; @n: of the cells that stand. */
static void edit_put(struct edit *edit, struct str *cells, size_t n)
{
	for (size_t i = n; i < edit->n; i++)
		cells[i] = (struct str){ 0 };
	for (size_t i = 0; i < edit->row->n; i++)
		cells[edit->at[i]] = edit->row->cells[i].text;
	cells_put(edit->out, cells, n > edit->n ? n : edit->n);
}

static int edit_rows(struct edit *edit, struct csv *csv, int line)
{
	_free_ struct heads *heads = calloc(1, sizeof(*heads));
	enum csv_answer answer = CSV_NO_MEMORY;

	while (heads && (answer = csv_next(csv, &edit->cells)) == CSV_ROW) {
		size_t filled = 0;
		int r = 1;

		for (size_t i = 0; i < edit->cells.n; i++)
			filled += cell_trim(edit->cells.cells[i]).n > 0;
		if (!edit->read && filled > 0)
			r = edit_heads(edit, heads);
		if (r < 0)
			return r;
		if (r > 0 && edit->cells.line == line && !edit->row)
			continue;
		if (r > 0 && edit->cells.line == line)
			edit_put(edit, edit->cells.cells, edit->cells.n);
		else if (r > 0)
			cells_put(edit->out, edit->cells.cells, edit->cells.n);
	}
	if (answer != CSV_END || !edit->read)
		return heads ? -EBADMSG : -ENOMEM;
	if (line == 0 && edit->row)
		edit_put(edit, edit->cells.cells, 0);
	return 0;
}

int registers_edit(const struct register_def *def, struct str text, int line, const struct register_row *row,
		   char **ret, size_t *ret_n)
{
	_cleanup_(csv_close) struct csv csv;
	_free_ struct edit *edit = calloc(1, sizeof(*edit));
	int r;

	csv_open(&csv, text);
	if (!edit || (row && row->n > CSV_COLUMNS))
		return edit ? -E2BIG : -ENOMEM;
	edit->def = def;
	edit->row = row;
	edit->out = open_memstream(ret, ret_n);
	if (!edit->out)
		return -ENOMEM;
	fputs("\xef\xbb\xbf", edit->out);
	r = edit_rows(edit, &csv, line);
	if (fclose(edit->out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

struct book {
	const struct register_def *def;
	struct str cells[CSV_COLUMNS];
	bool day[CSV_COLUMNS]; /* the column holds days or times: in the sheet they are numbers */
	int column[CSV_COLUMNS];
	bool read; /* the headings */
	size_t titles;
	char *buf; /* of cell_read(), and behind it DAY_BUFFER for each column */
	FILE *out;
};

static void book_heads(struct book *book, const struct csv_row *row)
{
	size_t known = 0, filled = 0;

	for (size_t i = 0; i < row->n; i++) {
		int column = register_column(book->def, cell_trim(row->cells[i]));
		enum column_type type = column >= 0 ? book->def->columns[column].type : COLUMN_TEXT;

		filled += cell_trim(row->cells[i]).n > 0;
		known += column >= 0;
		book->column[i] = column;
		book->day[i] = type == COLUMN_DATE || type == COLUMN_TIME;
	}
	book->read = filled > 0 && (known > 0 || filled >= 3 || book->titles++ >= TITLES_MAX);
	if (!book->read)
		memset(book->day, 0, sizeof(book->day));
}

static int book_row(void *arg, const struct csv_row *row)
{
	struct book *book = arg;
	enum text why;

	if (!book->read)
		book_heads(book, row);
	for (size_t i = 0; i < row->n; i++) {
		char *kept = book->buf + CELL_BUFFER + i * DAY_BUFFER;
		struct str day;

		/* What is no day stays: whoever reads it says so. */
		book->cells[i] = row->cells[i];
		if (book->day[i] &&
		    cell_read(&book->def->columns[book->column[i]], cell_trim(row->cells[i]), book->buf, &day, &why) &&
		    day.n < DAY_BUFFER)
			book->cells[i] = str_of(str_copy(kept, DAY_BUFFER, day));
	}
	cells_put(book->out, book->cells, row->n);
	return 0;
}

int registers_from_workbook(const struct register_def *def, struct str bytes, char **ret, size_t *ret_n)
{
	_free_ struct book *book = calloc(1, sizeof(*book));
	_free_ char *text = NULL, *buf = malloc(CELL_BUFFER + CSV_COLUMNS * DAY_BUFFER);
	enum xlsx_answer answer;
	size_t n = 0;
	int line = 0;

	if (!book || !buf)
		return -ENOMEM;
	book->def = def;
	book->buf = buf;
	book->out = open_memstream(&text, &n);
	if (!book->out)
		return -ENOMEM;
	fputs("\xef\xbb\xbf", book->out);
	answer = xlsx_read(bytes, book_row, book, &line);
	if (fclose(book->out) == 0 && answer == XLSX_OK) {
		*ret = TAKE(text);
		*ret_n = n;
		return 0;
	}
	return answer == XLSX_OK || answer == XLSX_NO_MEMORY ? -ENOMEM : -EBADMSG;
}
