/* What is wrong with what a person sent: each with the field it is about, in both languages (core/texts.def). */
#pragma once

#include "core/text.h"

#define COMPLAINTS_MAX 32

struct complaint {
	char field[32]; /* "" when it is about the whole */
	char ja[1024], en[1024];
	int line;         /* in a file that was sent; 0: none */
	char column[128]; /* its heading; "": none */
	char sheet[96];   /* of a workbook; "": none */
};

struct complaints {
	struct complaint list[COMPLAINTS_MAX];
	size_t n, left_out; /* there were more than COMPLAINTS_MAX */
};

/* Adds one; @pairs as for text_fill(), may be NULL.  What is more than COMPLAINTS_MAX is only counted.  Returns -EINVAL. */
int complain(struct complaints *complaints, const char *field, enum text text, const char *const *pairs);
#define COMPLAIN(complaints, field, text, ...) \
	complain((complaints), (field), (text), (const char *const[]){ __VA_ARGS__, NULL })
/* The same with sentences that are ready. */
int complain_text(struct complaints *complaints, const char *field, const char *ja, const char *en);
/* Where in a file those from number @first on are. */
void complain_place(struct complaints *complaints, size_t first, const char *sheet, int line, const char *column);
