/*
 * A file to rows, whole or not at all: it is gone through twice, and only the second time rows are given.  Every refusal says
 * file, line, column, what is wrong and what to do.
 */

#include <errno.h>

#include "collectors/cell.h"
#include "collectors/registers_file.h"
#include "collectors/seen.h"
#include "collectors/xlsx.h"
#include "core/line.h"

#define ROWS_MAX 1000000
#define TITLES_MAX 10 /* rows above the headings, such as the name of the ledger */
#define HEADING_MAX 128

struct reader {
	const struct register_def *def;
	struct register_report *report;
	const char *file;
	bool heads_read;
	size_t titles;
	size_t n_heads;
	char heads[CSV_COLUMNS][HEADING_MAX]; /* as they stand in the file; empty: no heading */
	int columns[CSV_COLUMNS];             /* index into the register's columns, -1: not ours */
	uint64_t any;                         /* columns of ours of which one must be filled */
	int where[64];                        /* the other way: which cell a column of ours is in, -1: none */
	struct seen seen;
	struct line line;
	char *buf; /* CELL_BUFFER, owned */
	int (*row)(void *arg, struct str line);
	void *arg;
	int error; /* what @row answered */
};

/* For -EBADMSG at the heading or cell @i of the row at @line. */
static int refuse(struct reader *rd, int line, const char *column, enum text text, const char *const *pairs)
{
	struct refusal_place place = { rd->file, line, column };

	return refusal_say(&rd->report->why, &place, text, pairs);
}

static bool is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (cell_trim(row->cells[i]).n > 0)
			return false;
	return true;
}

/* "「MACアドレス」「IPアドレス」" for the names in @list. */
static char *column_names(const struct register_def *def, const char *list, bool ja, char *buf, size_t size)
{
	struct str rest = str_of(list);
	size_t n = 0;

	buf[0] = '\0';
	while (rest.n > 0 && n < size) {
		struct str name = str_cut(&rest, ' ');
		int column = register_column(def, name);

		if (column >= 0)
			n += (size_t)snprintf(buf + n, size - n, ja ? "「%s」" : "%s ",
					      ja ? def->columns[column].ja : def->columns[column].name);
	}
	return buf;
}

/* A sentence that lists columns, in the words of each language. */
static int refuse_names(struct reader *rd, int line, enum text text, const char *list)
{
	struct refusal_place place = { rd->file, line, NULL };
	struct refusal other;
	char names[256];

	refusal_say(&rd->report->why, &place, text,
		    (const char *const[]){ "names", column_names(rd->def, list, true, names, sizeof(names)), NULL });
	refusal_say(&other, &place, text,
		    (const char *const[]){ "names", column_names(rd->def, list, false, names, sizeof(names)), NULL });
	memcpy(rd->report->why.en, other.en, sizeof(other.en));
	return -EBADMSG;
}

static void unknown_add(struct register_report *report, struct str heading)
{
	size_t n = strlen(report->unknown), room = sizeof(report->unknown) - n;

	if (heading.n + 3 < room)
		snprintf(report->unknown + n, room, "%s" STR_FMT, n ? ", " : "", STR_ARG(heading));
}

static int heads_check(struct reader *rd, int line)
{
	const struct register_def *def = rd->def;
	struct str any = str_of(def->any_of);
	bool found = any.n == 0;

	for (size_t i = 0; i < def->n_columns; i++)
		if (def->columns[i].required && rd->where[i] < 0)
			return refuse(
				rd, line, NULL, TEXT_column_missing,
				(const char *const[]){ "ja", def->columns[i].ja, "en", def->columns[i].name, NULL });
	rd->any = 0;
	while (any.n > 0) {
		int column = register_column(def, str_cut(&any, ' '));

		rd->any |= column >= 0 ? 1ull << column : 0;
		found |= column >= 0 && rd->where[column] >= 0;
	}
	return found ? 0 : refuse_names(rd, line, TEXT_column_missing_any, def->any_of);
}

/* The row of headings.  1 when it is a title above them. */
static int heads_read(struct reader *rd, const struct csv_row *row)
{
	size_t known = 0, filled = 0;

	memset(rd->where, -1, sizeof(rd->where));
	for (size_t i = 0; i < row->n; i++) {
		struct str heading = cell_trim(row->cells[i]);
		int column = register_column(rd->def, heading);

		filled += heading.n > 0;
		known += column >= 0;
		str_copy(rd->heads[i], sizeof(rd->heads[i]), heading);
		rd->columns[i] = column;
		if (column < 0)
			continue;
		if (rd->where[column] >= 0)
			return refuse(rd, row->line, rd->heads[i], TEXT_column_twice,
				      (const char *const[]){ "other", rd->heads[rd->where[column]], NULL });
		rd->where[column] = (int)i;
	}
	if (known == 0 && filled < 3 && rd->titles++ < TITLES_MAX)
		return 1;
	rd->n_heads = row->n;
	rd->heads_read = true;
	for (size_t i = 0; i < row->n && !rd->row; i++)
		if (rd->columns[i] < 0 && rd->heads[i][0])
			unknown_add(rd->report, str_of(rd->heads[i]));
	return heads_check(rd, row->line);
}

/* A key for a column that is not ours: what would end a key goes. */
static void extra_add(struct reader *rd, size_t i, struct str value)
{
	char key[HEADING_MAX + 16];

	if (rd->heads[i][0])
		snprintf(key, sizeof(key), "extra:%s", rd->heads[i]);
	else
		snprintf(key, sizeof(key), "extra:%zu", i + 1);
	for (char *c = key; *c; c++)
		if (strchr("|=\\\r\n", *c))
			*c = '_';
	line_add(&rd->line, key, value);
}

static int refuse_cell(struct reader *rd, const struct csv_row *row, size_t i, enum text text)
{
	const struct column *column = &rd->def->columns[rd->columns[i]];
	char value[96], choices[400];
	struct refusal other;

	str_copy(value, sizeof(value), cell_trim(row->cells[i]));
	refuse(rd, row->line, rd->heads[i], text,
	       (const char *const[]){ "value", value, "choices", cell_choices(column, false, choices, sizeof(choices)),
				      NULL });
	other = rd->report->why;
	refuse(rd, row->line, rd->heads[i], text,
	       (const char *const[]){ "value", value, "choices", cell_choices(column, true, choices, sizeof(choices)),
				      NULL });
	memcpy(rd->report->why.en, other.en, sizeof(other.en));
	return -EBADMSG;
}

/* The cells of a row into the line.  @ret_filled gets a bit for each column of ours that is not empty. */
static int cells_read(struct reader *rd, const struct csv_row *row, uint64_t *ret_filled)
{
	uint64_t filled = 0;

	line_reset(&rd->line);
	for (size_t i = 0; i < row->n; i++) {
		int column = i < rd->n_heads ? rd->columns[i] : -1;
		struct str value = cell_trim(row->cells[i]);
		enum text why;

		if (i >= rd->n_heads && value.n > 0)
			return refuse(rd, row->line, NULL, TEXT_row_wide, NULL);
		if (column < 0) {
			if (value.n > 0)
				extra_add(rd, i, value);
			continue;
		}
		if (!cell_read(&rd->def->columns[column], value, rd->buf, &value, &why))
			return refuse_cell(rd, row, i, why);
		if (value.n == 0)
			continue;
		filled |= 1ull << column;
		line_add(&rd->line, rd->def->columns[column].name, value);
	}
	*ret_filled = filled;
	return 0;
}

static int row_complete(struct reader *rd, int line, uint64_t filled)
{
	const struct register_def *def = rd->def;

	for (size_t i = 0; i < def->n_columns; i++)
		if (def->columns[i].required && !(filled & 1ull << i))
			return refuse(rd, line, rd->heads[rd->where[i]], TEXT_cell_empty, NULL);
	return !rd->any || (filled & rd->any) ? 0 : refuse_names(rd, line, TEXT_row_empty_any, def->any_of);
}

/* The row's key as one text for people in @shown, and its hash.  The values are those that stand in the line. */
static uint64_t row_key(struct reader *rd, char *shown, size_t size)
{
	uint64_t hash = 0;
	struct str list = str_of(rd->def->key);
	size_t n = 0;

	shown[0] = '\0';
	while (list.n > 0) {
		struct str name = str_cut(&list, ' '), rest = line_str(&rd->line), key, value;

		while (line_next(&rest, &key, &value) && !str_eq(key, name))
			value = (struct str){ 0 };
		if (!str_eq(key, name))
			value = (struct str){ 0 };
		hash = (hash ^ str_hash(value, true)) * 0x9e3779b97f4a7c15ull;
		if (value.n > 0 && n + 1 < size) {
			n += (size_t)snprintf(shown + n, size - n, "%s", n ? " / " : "");
			str_copy(shown + (n < size ? n : size - 1), n < size ? size - n : 1, value);
			n = strlen(shown);
		}
	}
	return hash ^ hash >> 32;
}

/* SEEN_NEW; SEEN_EQUAL: the same row again; -EBADMSG: the same key with other contents. */
static int row_known(struct reader *rd, int line)
{
	char shown[160], other[16];
	uint64_t key = row_key(rd, shown, sizeof(shown));
	int earlier = 0, r = seen_put(&rd->seen, key, str_hash(line_str(&rd->line), false), line, &earlier);

	if (r < 0)
		return refuse(rd, 0, NULL, TEXT_file_memory, NULL);
	if (r != SEEN_OTHER)
		return r;
	snprintf(other, sizeof(other), "%d", earlier);
	return refuse(rd, line, NULL, TEXT_row_twice, (const char *const[]){ "key", shown, "other", other, NULL });
}

static int take_row(void *arg, const struct csv_row *row)
{
	struct reader *rd = arg;
	bool had_heads = rd->heads_read;
	uint64_t filled = 0;
	int r;

	if (is_blank(row))
		return 0;
	r = rd->heads_read ? cells_read(rd, row, &filled) : heads_read(rd, row);
	if (!had_heads)
		return r < 0 ? r : 0;
	if (r == 0)
		r = row_complete(rd, row->line, filled);
	if (r == 0)
		r = row_known(rd, row->line);
	if (r < 0)
		return r;
	if (r == SEEN_EQUAL) {
		rd->report->equal_line = rd->report->equal ? rd->report->equal_line : row->line;
		rd->report->equal += !rd->row;
		return 0;
	}
	if (rd->seen.n > ROWS_MAX)
		return refuse(rd, row->line, NULL, TEXT_file_big, NULL);
	line_addf(&rd->line, "line", "%d", row->line);
	if (rd->line.failed)
		return refuse(rd, 0, NULL, TEXT_file_memory, NULL);
	if (rd->row)
		rd->error = rd->row(rd->arg, line_str(&rd->line));
	return rd->error;
}

static int pass_csv(struct reader *rd, struct str text)
{
	static const enum text why[] = {
		[CSV_QUOTE] = TEXT_csv_quote,
		[CSV_UNCLOSED] = TEXT_csv_unclosed,
		[CSV_TOO_WIDE] = TEXT_csv_wide,
		[CSV_NO_MEMORY] = TEXT_file_memory,
	};
	_cleanup_(csv_close) struct csv csv;
	_free_ struct csv_row *row = calloc(1, sizeof(*row));
	enum csv_answer answer;
	int r;

	csv_open(&csv, text);
	if (!row)
		return refuse(rd, 0, NULL, TEXT_file_memory, NULL);
	while ((answer = csv_next(&csv, row)) == CSV_ROW) {
		r = take_row(rd, row);
		if (r < 0)
			return r;
	}
	return answer == CSV_END ? 0 : refuse(rd, row->line, NULL, why[answer], NULL);
}

static int pass_xlsx(struct reader *rd, struct str bytes)
{
	static const enum text why[] = {
		[XLSX_NO_ZIP] = TEXT_xlsx_no_zip,         [XLSX_BROKEN] = TEXT_xlsx_broken,
		[XLSX_TOO_BIG] = TEXT_file_big,           [XLSX_DATES_1904] = TEXT_xlsx_1904,
		[XLSX_ERROR_CELL] = TEXT_xlsx_error_cell, [XLSX_NO_MEMORY] = TEXT_file_memory,
	};
	int line = 0;
	enum xlsx_answer answer = xlsx_read(bytes, take_row, rd, &line);

	if (answer == XLSX_OK)
		return 0;
	if (answer == XLSX_STOPPED)
		return rd->error < 0 ? rd->error : -EBADMSG;
	return refuse(rd, answer == XLSX_ERROR_CELL ? line : 0, NULL, why[answer], NULL);
}

/* Once through the file.  With @row NULL it is only looked at. */
static int pass(struct reader *rd, const struct register_file *file, bool xlsx, int (*row)(void *arg, struct str line),
		void *arg)
{
	struct str bytes = { file->bytes, file->n };
	int r;

	rd->row = row;
	rd->arg = arg;
	rd->heads_read = false;
	rd->titles = 0;
	seen_reset(&rd->seen);
	r = xlsx ? pass_xlsx(rd, bytes) : pass_csv(rd, file->text);
	if (r == 0 && !rd->heads_read)
		r = refuse(rd, 0, NULL, TEXT_file_empty, NULL);
	return r;
}

static void reader_free(struct reader *rd)
{
	if (!rd)
		return;
	seen_free(&rd->seen);
	free(rd->buf);
	line_free(&rd->line);
	free(rd);
}
DEFINE_CLEANUP(struct reader, reader_free)

/* @bytes: instead of what stands at @path. */
static int read_any(const struct register_def *def, const char *path, const struct str *bytes,
		    int (*row)(void *arg, struct str line), void *arg, struct register_report *ret)
{
	const char *slash = strrchr(path, '/');
	struct refusal_place place = { .file = slash ? slash + 1 : path };
	_cleanup_(reader_freep) struct reader *rd = calloc(1, sizeof(*rd));
	_cleanup_(register_file_close) struct register_file file = { 0 };
	bool xlsx = str_ends(str_of(path), STR(".xlsx")) || str_ends(str_of(path), STR(".XLSX"));
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!rd || !(rd->buf = malloc(CELL_BUFFER)))
		return refusal_say(&ret->why, &place, TEXT_file_memory, NULL);
	rd->def = def, rd->report = ret, rd->file = place.file;
	r = bytes ? register_file_take(&file, *bytes, &place, ret) : register_file_read(&file, path, &place, ret);
	if (r == 0 && !xlsx)
		r = register_file_decode(&file, &place, &ret->why);
	if (r == 0)
		r = pass(rd, &file, xlsx, NULL, NULL);
	ret->rows = rd->seen.n;
	if (r == 0 && row)
		r = pass(rd, &file, xlsx, row, arg);
	return r;
}

int registers_read(const struct register_def *def, const char *path, int (*row)(void *arg, struct str line), void *arg,
		   struct register_report *ret)
{
	return read_any(def, path, NULL, row, arg, ret);
}

int registers_read_bytes(const struct register_def *def, const char *name, struct str bytes,
			 int (*row)(void *arg, struct str line), void *arg, struct register_report *ret)
{
	return read_any(def, name, &bytes, row, arg, ret);
}
