#include "collectors/xlsx.h"

#include <expat.h>
#include <zip.h>

#define PART_MAX (256u << 20)  /* bytes of one part, unpacked */
#define TEXT_LIMIT (64u << 20) /* shared texts in all */
#define CELL_LIMIT 65536
#define CHUNK 65536

/* A growing text. */
struct buffer {
	char *p;
	size_t n, size;
};

struct xlsx {
	XML_Parser parser;
	enum xlsx_answer answer;

	struct buffer shared; /* all shared texts behind one another */
	size_t *ends;         /* where each of them ends */
	size_t n_shared, shared_size;
	bool in_text, in_phonetic;

	char rid[64], target[256], sheet[96];
	uint64_t part_max; /* bytes of one part, unpacked */
	bool found;

	struct csv_row *row;
	struct buffer cells; /* the row's texts; offsets until the row is whole, since it grows */
	size_t starts[CSV_COLUMNS], lengths[CSV_COLUMNS];
	size_t column;
	enum { CELL_VALUE, CELL_SHARED, CELL_INLINE, CELL_ERROR } type;
	size_t from; /* where the text of the current cell begins in cells */
	bool in_value, in_cell;
	int (*fn)(void *arg, const struct csv_row *row);
	void *arg;
};

static void stop(struct xlsx *x, enum xlsx_answer answer)
{
	if (x->answer == XLSX_OK)
		x->answer = answer;
	XML_StopParser(x->parser, XML_FALSE);
}

static bool append(struct xlsx *x, struct buffer *b, const char *p, size_t n, size_t limit)
{
	if (b->n + n > limit) {
		stop(x, XLSX_TOO_BIG);
		return false;
	}
	if (b->n + n > b->size) {
		size_t size = b->size ? b->size * 2 : 4096;
		char *grown;

		while (size < b->n + n)
			size *= 2;
		grown = realloc(b->p, size);
		if (!grown) {
			stop(x, XLSX_NO_MEMORY);
			return false;
		}
		b->p = grown;
		b->size = size;
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	return true;
}

/* The name behind the last prefix: "x:c" is "c". */
static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static const char *attribute(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcmp(local(atts[0]), name))
			return atts[1];
	return NULL;
}

static bool is(const char *name, const char *what)
{
	return !strcmp(local(name), what);
}

static void doctype(void *arg, const char *name, const char *sysid, const char *pubid, int internal)
{
	stop(arg, XLSX_BROKEN);
}

/* xl/workbook.xml: the first sheet that is not hidden. */
static void book_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;

	if (is(name, "workbookPr")) {
		const char *from1904 = attribute(atts, "date1904");

		if (from1904 && (!strcmp(from1904, "1") || !strcmp(from1904, "true")))
			stop(x, XLSX_DATES_1904);
	} else if (is(name, "sheet") && !x->found) {
		const char *state = attribute(atts, "state"), *id = NULL;

		for (const char **a = atts; *a; a += 2)
			if (strchr(a[0], ':') && is(a[0], "id"))
				id = a[1];
		if (state && strcmp(state, "visible") != 0)
			return;
		x->found = true;
		str_copy(x->rid, sizeof(x->rid), str_of(id));
		str_copy(x->sheet, sizeof(x->sheet), str_of(attribute(atts, "name")));
	}
}

static void rels_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;
	const char *id = attribute(atts, "Id"), *target = attribute(atts, "Target");

	if (!is(name, "Relationship") || !id || !target || strcmp(id, x->rid) != 0)
		return;
	if (target[0] == '/')
		snprintf(x->target, sizeof(x->target), "%s", target + 1);
	else
		snprintf(x->target, sizeof(x->target), "xl/%s", target);
}

static void shared_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;

	x->in_text |= is(name, "t");
	x->in_phonetic |= is(name, "rPh");
}

static void shared_end(void *arg, const char *name)
{
	struct xlsx *x = arg;

	if (is(name, "t"))
		x->in_text = false;
	if (is(name, "rPh"))
		x->in_phonetic = false;
	if (!is(name, "si"))
		return;
	if (x->n_shared == x->shared_size) {
		size_t size = x->shared_size ? x->shared_size * 2 : 1024;
		size_t *ends = realloc(x->ends, size * sizeof(*ends));

		if (!ends) {
			stop(x, XLSX_NO_MEMORY);
			return;
		}
		x->ends = ends;
		x->shared_size = size;
	}
	x->ends[x->n_shared++] = x->shared.n;
}

static void shared_text(void *arg, const char *p, int n)
{
	struct xlsx *x = arg;

	if (x->in_text && !x->in_phonetic)
		append(x, &x->shared, p, (size_t)n, TEXT_LIMIT);
}

/* "AB12" is column 27. */
static size_t column_of(const char *ref)
{
	size_t column = 0;

	for (; *ref >= 'A' && *ref <= 'Z' && column < 1000000; ref++)
		column = column * 26 + (size_t)(*ref - 'A' + 1);
	return column - 1;
}

static void cell_start(struct xlsx *x, const char **atts)
{
	const char *ref = attribute(atts, "r"), *type = attribute(atts, "t");

	if (ref && *ref >= 'A' && *ref <= 'Z')
		x->column = column_of(ref);
	x->type = !type                        ? CELL_VALUE
		  : !strcmp(type, "s")         ? CELL_SHARED
		  : !strcmp(type, "inlineStr") ? CELL_INLINE
		  : !strcmp(type, "e")         ? CELL_ERROR
					       : CELL_VALUE;
	x->in_cell = true;
	x->from = x->cells.n;
}

static void sheet_start(void *arg, const char *name, const char **atts)
{
	struct xlsx *x = arg;

	if (is(name, "row")) {
		const char *number = attribute(atts, "r");
		int64_t line;

		x->row->n = 0;
		x->column = 0;
		x->cells.n = 0;
		x->row->line++;
		if (number && str_int(str_of(number), &line) && line > 0 && line < 10000000)
			x->row->line = (int)line;
	} else if (is(name, "c")) {
		cell_start(x, atts);
	} else if (is(name, "rPh")) {
		x->in_phonetic = true;
	} else if (x->in_cell && is(name, x->type == CELL_INLINE ? "t" : "v")) {
		x->in_value = true;
	}
}

/* The text of the cell that ends now, into its column. */
static void cell_end(struct xlsx *x)
{
	struct str text = { x->cells.p + x->from, x->cells.n - x->from };
	int64_t index;

	x->in_cell = false;
	if (text.n == 0) {
		x->column++;
		return;
	}
	if (x->type == CELL_ERROR) {
		stop(x, XLSX_ERROR_CELL);
		return;
	}
	if (x->type == CELL_SHARED) {
		size_t start;

		if (!str_int(text, &index) || index < 0 || (size_t)index >= x->n_shared) {
			stop(x, XLSX_BROKEN);
			return;
		}
		start = index > 0 ? x->ends[index - 1] : 0;
		x->cells.n = x->from;
		if (!append(x, &x->cells, x->shared.p + start, x->ends[index] - start, PART_MAX))
			return;
	}
	if (x->column >= CSV_COLUMNS) {
		stop(x, XLSX_TOO_BIG);
		return;
	}
	while (x->row->n <= x->column) {
		x->starts[x->row->n] = x->from;
		x->lengths[x->row->n++] = 0;
	}
	x->starts[x->column] = x->from;
	x->lengths[x->column] = x->cells.n - x->from;
	x->column++;
}

static void sheet_end(void *arg, const char *name)
{
	struct xlsx *x = arg;

	if (is(name, "v") || is(name, "t")) {
		x->in_value = false;
	} else if (is(name, "rPh")) {
		x->in_phonetic = false;
	} else if (is(name, "c")) {
		cell_end(x);
	} else if (is(name, "row") && x->answer == XLSX_OK) {
		for (size_t i = 0; i < x->row->n; i++)
			x->row->cells[i] = (struct str){ x->cells.p + x->starts[i], x->lengths[i] };
		if (x->fn(x->arg, x->row) != 0)
			stop(x, XLSX_STOPPED);
	}
}

static void sheet_text(void *arg, const char *p, int n)
{
	struct xlsx *x = arg;

	if (x->in_value && !x->in_phonetic)
		append(x, &x->cells, p, (size_t)n, x->from + CELL_LIMIT);
}

/* Feeds a part to the parser.  False when there is no such part (then nothing is said) or it failed (x->answer says how). */
static bool part_read(struct xlsx *x, zip_t *zip, const char *name, XML_StartElementHandler start,
		      XML_EndElementHandler end, XML_CharacterDataHandler text)
{
	zip_file_t *file = zip_fopen(zip, name, ZIP_FL_NOCASE);
	uint64_t total = 0;
	zip_int64_t n = 1;

	if (!file)
		return false;
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser) {
		zip_fclose(file);
		x->answer = XLSX_NO_MEMORY;
		return false;
	}
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, start, end);
	XML_SetCharacterDataHandler(x->parser, text);
	XML_SetStartDoctypeDeclHandler(x->parser, doctype);
	while (n > 0 && x->answer == XLSX_OK) {
		void *chunk = XML_GetBuffer(x->parser, CHUNK);

		n = chunk ? zip_fread(file, chunk, CHUNK) : -1;
		total += n > 0 ? (uint64_t)n : 0;
		if (n < 0 && x->answer == XLSX_OK)
			x->answer = XLSX_BROKEN;
		else if (total > x->part_max)
			x->answer = XLSX_TOO_BIG;
		else if (XML_ParseBuffer(x->parser, (int)n, n == 0) == XML_STATUS_ERROR && x->answer == XLSX_OK)
			x->answer = XLSX_BROKEN;
	}
	XML_ParserFree(x->parser);
	x->parser = NULL;
	zip_fclose(file);
	return x->answer == XLSX_OK;
}

static enum xlsx_answer book_read(struct xlsx *x, zip_t *zip)
{
	if (!part_read(x, zip, "xl/workbook.xml", book_start, NULL, NULL))
		return x->answer == XLSX_OK ? XLSX_NO_ZIP : x->answer;
	if (!part_read(x, zip, "xl/_rels/workbook.xml.rels", rels_start, NULL, NULL) && x->answer != XLSX_OK)
		return x->answer;
	/* Only numbers and formulas: then there are no shared texts. */
	if (!part_read(x, zip, "xl/sharedStrings.xml", shared_start, shared_end, shared_text) && x->answer != XLSX_OK)
		return x->answer;
	if (!x->target[0])
		snprintf(x->target, sizeof(x->target), "xl/worksheets/sheet1.xml");
	if (!part_read(x, zip, x->target, sheet_start, sheet_end, sheet_text) && x->answer == XLSX_OK)
		return XLSX_BROKEN;
	return x->answer;
}

enum xlsx_answer xlsx_read_named(struct str file, int (*row)(void *arg, const struct csv_row *row), void *arg,
				 int *ret_line, size_t part_max, char *ret_sheet, size_t size)
{
	struct xlsx x = { .fn = row, .arg = arg, .part_max = part_max };
	zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, NULL);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
	enum xlsx_answer answer;

	if (!zip) {
		zip_source_free(source);
		return XLSX_NO_ZIP;
	}
	x.row = calloc(1, sizeof(*x.row));
	answer = x.row ? book_read(&x, zip) : XLSX_NO_MEMORY;
	*ret_line = x.row ? x.row->line : 0;
	if (ret_sheet)
		str_copy(ret_sheet, size, str_of(x.sheet));
	zip_discard(zip);
	free(x.row);
	free(x.shared.p);
	free(x.ends);
	free(x.cells.p);
	return answer;
}

enum xlsx_answer xlsx_read(struct str file, int (*row)(void *arg, const struct csv_row *row), void *arg, int *ret_line)
{
	return xlsx_read_named(file, row, arg, ret_line, PART_MAX, NULL, 0);
}
