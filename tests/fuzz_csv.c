/* Any bytes as a register: through the charsets, the CSV reader and the cells of every type of column. */

#include <assert.h>
#include <stdint.h>

#include "collectors/cell.h"
#include "collectors/charset.h"
#include "collectors/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cells(const struct csv_row *row, char *buf)
{
	for (size_t i = 0; i < row->n && i < 32; i++) {
		for (enum column_type type = COLUMN_TEXT; type <= COLUMN_PHONE; type++) {
			const struct column column = { "x", "x", NULL, type, false, "a=あ|ア b", NULL };
			struct str out, again;
			enum text why = TEXTS;
			char second[256];

			if (!cell_read(&column, row->cells[i], buf, &out, &why)) {
				assert(why < TEXTS);
				continue;
			}
			assert(out.n < CELL_MAX);
			/* What came out is read as itself. */
			if (out.n < sizeof(second)) {
				memcpy(second, out.p ? out.p : "", out.n);
				assert(cell_read(&column, (struct str){ second, out.n }, buf, &again, &why));
			}
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct charset_conv conv = { 0 };
	struct csv_row *row = calloc(1, sizeof(*row));
	char *exact = malloc(size + 1), *buf = malloc(CELL_BUFFER);
	struct str text, bytes = { exact, size };
	enum csv_answer answer;
	struct csv csv;
	size_t bad = 0;
	int line = 0;

	if (size > 0)
		memcpy(exact, data, size);
	if (charset_convert(&conv, CHARSET_AUTO, bytes, &text, &bad) == 0) {
		assert(str_utf8(text));
		csv_open(&csv, text);
		while ((answer = csv_next(&csv, row)) == CSV_ROW) {
			assert(row->line > line && row->n > 0);
			line = row->line;
			cells(row, buf);
		}
		csv_close(&csv);
	} else {
		assert(bad <= size);
	}
	charset_close(&conv);
	free(row);
	free(exact);
	free(buf);
	return 0;
}
