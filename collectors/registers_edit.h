/*
 * Makes a register's CSV text of cells: of whole rows by their columns, and a file with one row added or changed where all else
 * stays as it is.  Pure.
 */
#pragma once

#include "core/register.h"

/* One cell that is given: the heading as people write it, and its text. */
struct register_cell {
	struct str heading, text;
};

struct register_row {
	const struct register_cell *cells;
	size_t n;
};

/* All headings of the register and those that the rows have beside them.  Text owned by the caller.  -ENOMEM, -E2BIG columns. */
int registers_make(const struct register_def *def, const struct register_row *rows, size_t n, char **ret,
		   size_t *ret_n);

/*
 * @text (UTF-8 CSV that was read without a refusal) with the cells of @row put into the row that begins at line @line, or with a
 * row behind all others for 0.  A column that the file has not is added.  With @row NULL the row at @line is left out.
 */
int registers_edit(const struct register_def *def, struct str text, int line, const struct register_row *row,
		   char **ret, size_t *ret_n);

/*
 * The workbook's first sheet as CSV text, in the words that stand in it; days are written as days.  -EBADMSG when it cannot be read.
 */
int registers_from_workbook(const struct register_def *def, struct str bytes, char **ret, size_t *ret_n);

/* Would a spreadsheet that opens the file compute it?  Names that devices give themselves come from anybody. */
bool registers_formula(struct str text);
