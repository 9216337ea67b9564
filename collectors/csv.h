/*
 * Rows and cells of CSV text (RFC 4180 as spreadsheets write it): quoted line breaks, "" within quotes, LF, CR LF or CR.
 * Pure; reads UTF-8 that lies in memory.
 */
#pragma once

#include "core/str.h"

#define CSV_COLUMNS 256

enum csv_answer {
	CSV_END,
	CSV_ROW,
	CSV_QUOTE,    /* text behind a closing quote: @line and @n tell where */
	CSV_UNCLOSED, /* a quote that is never closed; @line is where it was opened */
	CSV_TOO_WIDE, /* more than CSV_COLUMNS cells */
	CSV_NO_MEMORY,
};

struct csv_row {
	int line; /* where it begins, from 1 */
	size_t n;
	struct str cells[CSV_COLUMNS]; /* borrowed from the text or from the reader, until the next row */
};

struct csv {
	struct str rest;
	char separator;
	int line;
	char *scratch;     /* owned: cells with "" in them */
	size_t used, size; /* bytes used of it, and of the whole text */
};

/* Starts at @text, without a byte order mark.  Finds out what separates the cells: "sep=;", or ',', tab, ';' in the first line. */
void csv_open(struct csv *csv, struct str text);
enum csv_answer csv_next(struct csv *csv, struct csv_row *ret);
void csv_close(struct csv *csv);
