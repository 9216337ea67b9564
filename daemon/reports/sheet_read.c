/* A vendor's sheet that came back, as its cells: whose it is, and what stands in its rows.  What it means is say_sheet.c's. */
#include <errno.h>

#include "collectors/cell.h"
#include "collectors/registers_file.h"
#include "collectors/xlsx.h"
#include "daemon/reports/sheet.h"

#define ROWS_MAX 500
#define PART_MAX (4u << 20) /* of a workbook, unpacked: one that is all blanks must not hold up the endpoint */
#define TITLES_MAX 40       /* rows above the headings */

struct reader {
	struct sheet *sheet;
	struct complaints *complaints;
	char *buf;                /* CELL_BUFFER bytes */
	int columns[CSV_COLUMNS]; /* of the row of headings: which of ours; -1 */
	bool headings;            /* were read */
	int titles;
	int r;
};

void sheet_free(struct sheet *sheet)
{
	if (!sheet)
		return;
	for (size_t i = 0; i < SHEET_LABELS; i++)
		free(sheet->labels[i].text);
	for (size_t i = 0; i < sheet->n_rows; i++)
		for (size_t k = 0; k < SHEET_COLUMNS; k++)
			free(sheet->rows[i].cells[k]);
	free(sheet->rows);
	free(sheet);
}

/* A day in any notation becomes YYYY-MM-DD; what is none stays as it is, to be complained of with its own words. */
static char *day_text(struct reader *rd, struct str raw)
{
	static const struct column day = { .name = "day", .ja = "day", .type = COLUMN_DATE };
	struct str text = raw;
	enum text why;

	return str_dup(cell_read(&day, raw, rd->buf, &text, &why) ? text : raw);
}

static char *text_of(struct reader *rd, struct str raw, bool day)
{
	raw = cell_trim(raw);
	return day && raw.n > 0 ? day_text(rd, raw) : str_dup(raw);
}

/* The first two cells that hold something: a label and what stands beside it. */
static int label_take(struct reader *rd, const struct csv_row *row)
{
	struct str words[2] = { { 0 } };
	size_t n = 0;

	for (size_t i = 0; i < row->n && n < 2; i++)
		if (cell_trim(row->cells[i]).n > 0)
			words[n++] = cell_trim(row->cells[i]);
	for (enum sheet_label label = 0; label < SHEET_LABELS; label++) {
		if (!str_eq(words[0], str_of(sheet_label(label))))
			continue;
		free(rd->sheet->labels[label].text);
		rd->sheet->labels[label].text = text_of(rd, words[1], label == SHEET_DAY);
		rd->sheet->labels[label].line = row->line;
		return rd->sheet->labels[label].text ? 0 : -ENOMEM;
	}
	return 0;
}

/* Is @row that of the headings? */
static bool headings_take(struct reader *rd, const struct csv_row *row)
{
	unsigned found = 0;

	for (size_t i = 0; i < row->n; i++) {
		rd->columns[i] = -1;
		for (enum sheet_column column = 0; column < SHEET_COLUMNS; column++)
			if (str_eq(cell_trim(row->cells[i]), str_of(sheet_heading(column)))) {
				rd->columns[i] = (int)column;
				found |= 1u << column;
			}
	}
	for (size_t i = row->n; i < CSV_COLUMNS; i++)
		rd->columns[i] = -1;
	rd->headings = (found & (1u << SHEET_ITEM)) && (found & (1u << SHEET_ANSWER)) && (found & (1u << SHEET_ON)) &&
		       (found & (1u << SHEET_TARGET));
	return rd->headings;
}

static int row_add(struct reader *rd, const struct csv_row *row)
{
	struct sheet *sheet = rd->sheet;
	struct sheet_row *rows = reallocarray(sheet->rows, sheet->n_rows + 1, sizeof(*rows));
	struct sheet_row *own;

	if (!rows)
		return -ENOMEM;
	sheet->rows = rows;
	own = &rows[sheet->n_rows++];
	*own = (struct sheet_row){ .line = row->line };
	for (size_t i = 0; i < row->n; i++) {
		int column = rd->columns[i];

		if (column < 0 || own->cells[column])
			continue;
		own->cells[column] = text_of(rd, row->cells[i], column == SHEET_ON || column == SHEET_TARGET);
		if (!own->cells[column])
			return -ENOMEM;
	}
	for (size_t k = 0; k < SHEET_COLUMNS; k++)
		if (!own->cells[k] && !(own->cells[k] = strdup("")))
			return -ENOMEM;
	return 0;
}

static int row_take(void *arg, const struct csv_row *row)
{
	struct reader *rd = arg;
	bool blank = true;

	for (size_t i = 0; i < row->n; i++)
		blank = blank && cell_trim(row->cells[i]).n == 0;
	if (blank)
		return 0;
	if (rd->headings && rd->sheet->n_rows < ROWS_MAX)
		rd->r = row_add(rd, row);
	else if (rd->headings || rd->titles++ > TITLES_MAX)
		rd->r = complain(rd->complaints, "file", rd->headings ? TEXT_sheet_big : TEXT_sheet_other, NULL);
	else if (!headings_take(rd, row))
		rd->r = label_take(rd, row);
	return rd->r;
}

static int xlsx_take(struct reader *rd, struct str bytes)
{
	static const enum text why[] = {
		[XLSX_NO_ZIP] = TEXT_xlsx_no_zip,         [XLSX_BROKEN] = TEXT_xlsx_broken,
		[XLSX_TOO_BIG] = TEXT_sheet_big,          [XLSX_DATES_1904] = TEXT_xlsx_1904,
		[XLSX_ERROR_CELL] = TEXT_xlsx_error_cell, [XLSX_NO_MEMORY] = TEXT_file_memory,
	};
	int line = 0;
	enum xlsx_answer answer = xlsx_read_named(bytes, row_take, rd, &line, PART_MAX, rd->sheet->name,
						  sizeof(rd->sheet->name));

	if (answer == XLSX_OK || answer == XLSX_STOPPED)
		return rd->r;
	complain(rd->complaints, "file", why[answer], NULL);
	if (answer == XLSX_ERROR_CELL)
		complain_place(rd->complaints, 0, rd->sheet->name, line, "");
	return -EINVAL;
}

static int csv_take(struct reader *rd, struct str bytes)
{
	static const enum text why[] = { [CSV_QUOTE] = TEXT_csv_quote,
					 [CSV_UNCLOSED] = TEXT_csv_unclosed,
					 [CSV_TOO_WIDE] = TEXT_csv_wide,
					 [CSV_NO_MEMORY] = TEXT_file_memory };
	const struct refusal_place place = { .file = "CSV" };
	_cleanup_(register_file_close) struct register_file file = { .n = bytes.n, .bytes = str_dup(bytes) };
	_cleanup_(csv_close) struct csv csv = { 0 };
	_free_ struct csv_row *row = calloc(1, sizeof(*row));
	struct refusal refusal;
	enum csv_answer answer;

	if (!file.bytes || !row)
		return -ENOMEM;
	if (register_file_decode(&file, &place, &refusal) < 0)
		return complain_text(rd->complaints, "file", refusal.ja, refusal.en);
	csv_open(&csv, file.text);
	while ((answer = csv_next(&csv, row)) == CSV_ROW)
		if (row_take(rd, row) < 0)
			return rd->r;
	if (answer == CSV_END)
		return 0;
	complain(rd->complaints, "file", why[answer], NULL);
	complain_place(rd->complaints, 0, "", row->line, "");
	return -EINVAL;
}

int sheet_read(struct str bytes, struct sheet **ret, struct complaints *complaints)
{
	_cleanup_(sheet_freep) struct sheet *sheet = calloc(1, sizeof(*sheet));
	_free_ char *buf = malloc(CELL_BUFFER);
	struct reader *rd = &(struct reader){ .sheet = sheet, .complaints = complaints, .buf = buf };
	int r;

	if (!sheet || !buf)
		return -ENOMEM;
	r = str_starts(bytes, STR("PK")) ? xlsx_take(rd, bytes) : csv_take(rd, bytes);
	if (r == 0 && !rd->headings)
		r = complain(complaints, "file", TEXT_sheet_other, NULL);
	for (size_t i = 0; r == 0 && i < SHEET_LABELS; i++)
		if (!sheet->labels[i].text && !(sheet->labels[i].text = strdup("")))
			r = -ENOMEM;
	if (r == 0)
		*ret = TAKE(sheet);
	return r;
}
