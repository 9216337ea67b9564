/*
 * What to tell the person who wrote a file that does not load: one line with file, line,
 * column, what is wrong, what was expected, what to do.
 */
#pragma once

#include "core/base.h"

struct diag {
	char text[512];
};

/* "FILE:LINE:COLUMN: ..."; @line or @column 0 leaves them out.  Returns -EBADMSG for `return diag_at(...)`. */
int diag_at(struct diag *diag, const char *file, int line, int column, const char *fmt, ...) _printf_(5, 6);

/* The same without a place; returns @error (negative errno). */
int diag_set(struct diag *diag, int error, const char *fmt, ...) _printf_(3, 4);
