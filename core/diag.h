/*
 * What to tell the person who wrote a file that does not load: one line with file, line,
 * column, what is wrong, what was expected, what to do.
 */
#pragma once

#include "core/text.h"

struct diag {
	char text[512];
	char field[32]; /* "" unless diag_field() said it */
	char ja[400];   /* the same in Japanese, where diag_field() or diag_words() said it */
};

/* "FILE:LINE:COLUMN: ..."; @line or @column 0 leaves them out.  Returns -EBADMSG for `return diag_at(...)`. */
int diag_at(struct diag *diag, const char *file, int line, int column, const char *fmt, ...) _printf_(5, 6);

/* The same without a place.  The macro's value is @error itself, so that compiler and analyzer see a failure as one. */
void diag_say(struct diag *diag, const char *fmt, ...) _printf_(2, 3);

/*
 * "FIELD: ..." in English, and in Japanese beside it, from the catalogue; @pairs as for text_fill().  For what a person sent
 * that cannot be.  Returns -EINVAL.
 */
int diag_field(struct diag *diag, const char *field, enum text text, const char *const *pairs);
#define DIAG_FIELD(diag, field, text, ...) \
	diag_field((diag), (field), (text), (const char *const[]){ __VA_ARGS__, NULL })

#define diag_set(diag, error, ...)             \
	({                                     \
		int diag_error_ = (error);     \
		diag_say((diag), __VA_ARGS__); \
		diag_error_;                   \
	})

/* A sentence of the catalogue in both languages, about no field.  Returns @error. */
int diag_words(struct diag *diag, int error, enum text text, const char *const *pairs);
#define DIAG_WORDS(diag, error, text, ...) \
	diag_words((diag), (error), (text), (const char *const[]){ __VA_ARGS__, NULL })
