/* What the workbooks have in common: cells that are texts and nothing else, rows as high as their texts, pages of A4. */
#pragma once

#include <xlsxwriter.h>

#include "core/str.h"

struct book {
	lxw_workbook *workbook;
	lxw_format *plain, *head, *title, *bad;
	bool failed;
};

/* @path is made anew.  -ENOMEM. */
int book_open(struct book *book, const char *path);
/* 0 or -EIO. */
int book_close(struct book *book);
/* NULL, and ->failed, when there can be no such sheet. */
lxw_worksheet *book_sheet(struct book *book, const char *name);
lxw_format *book_format(lxw_workbook *workbook, bool bold, bool border);

/* As a text, whatever it begins with: nothing in a cell can be a formula. */
void book_put(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
	      lxw_format *format);
/* A row of @n texts, as high as its longest one needs; the last in @last, unless NULL. */
void book_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *cells, const double *widths,
	      size_t n, lxw_format *last);
/* Lines that @text takes in a column of @width characters. */
unsigned book_lines(const char *text, double width);
/* The heading of a table, and how wide its columns are; @heads ends with NULL. */
void book_heads(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *heads, const double *widths);
/* A4, one page wide, row @heads on every page; @footer is in the workbook's own notation and has no text of others in it. */
void book_page(lxw_worksheet *sheet, lxw_row_t heads, bool landscape, const char *footer);
/* The library writes to a name; this gives it that of a file in memory, whose bytes go to @out. */
int book_memory(int (*write)(const void *arg, const char *path), const void *arg, FILE *out);
