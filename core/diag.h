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

/* The same without a place.  The macro's value is @error itself, so that compiler and analyzer see a failure as one. */
void diag_say(struct diag *diag, const char *fmt, ...) _printf_(2, 3);

#define diag_set(diag, error, ...)             \
	({                                     \
		int diag_error_ = (error);     \
		diag_say((diag), __VA_ARGS__); \
		diag_error_;                   \
	})
