/* Why a register's file is refused, in both languages, ready to be shown to the person who keeps it. */
#pragma once

#include "core/text.h"

struct refusal {
	char ja[1024], en[1024];
	int line;         /* 0: none */
	char column[128]; /* its heading; "": none */
};

/* Where in a file: @line 0 and @column NULL leave that part out. */
struct refusal_place {
	const char *file;
	int line;
	const char *column; /* the heading as it stands in the file */
};

/*
 * Writes the place and the sentence @text, whose {names} are filled from @pairs (name, value, ..., NULL).  Returns -EBADMSG
 * for `return refusal_say(...)`.
 */
int refusal_say(struct refusal *why, const struct refusal_place *place, enum text text, const char *const *pairs);
