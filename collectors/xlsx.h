/*
 * Rows of the first visible sheet of an .xlsx workbook that lies in memory.  Bounded against zip bombs; a DOCTYPE is refused,
 * so there are no entities to expand.
 */
#pragma once

#include "collectors/csv.h"

enum xlsx_answer {
	XLSX_OK,
	XLSX_STOPPED, /* @row said so */
	XLSX_NO_ZIP,  /* no workbook at all, or an encrypted one */
	XLSX_BROKEN,  /* a part is missing or not well-formed, or has a DOCTYPE */
	XLSX_TOO_BIG,
	XLSX_DATES_1904, /* dates count from 1904 */
	XLSX_ERROR_CELL, /* #N/A and the like; @ret_line tells where */
	XLSX_NO_MEMORY,
};

/* @row gets each row; it ends the reading by answering other than 0. */
enum xlsx_answer xlsx_read(struct str file, int (*row)(void *arg, const struct csv_row *row), void *arg, int *ret_line);
/* The same, with the name of the sheet, known once the reading has ended; @part_max: bytes of one part, unpacked. */
enum xlsx_answer xlsx_read_named(struct str file, int (*row)(void *arg, const struct csv_row *row), void *arg,
				 int *ret_line, size_t part_max, char *ret_sheet, size_t size);
