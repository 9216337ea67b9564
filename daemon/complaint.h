/* What is wrong with what a person sent: each with the field it is about, in both languages (core/texts.def). */
#pragma once

#include "core/text.h"

#define COMPLAINTS_MAX 8

struct complaint {
	char field[32]; /* "" when it is about the whole */
	char ja[1024], en[1024];
	int line;         /* in a file that was sent; 0: none */
	char column[128]; /* its heading; "": none */
};

struct complaints {
	struct complaint list[COMPLAINTS_MAX];
	size_t n;
};

/* Adds one; @pairs as for text_fill(), may be NULL.  What is more than COMPLAINTS_MAX is left out.  Returns -EINVAL. */
int complain(struct complaints *complaints, const char *field, enum text text, const char *const *pairs);
#define COMPLAIN(complaints, field, text, ...) \
	complain((complaints), (field), (text), (const char *const[]){ __VA_ARGS__, NULL })
