/* More decoders than there are: copies that never match, to see what a line costs when kinds or decoders grow tenfold. */
#pragma once

#include "core/diag.h"

enum copies {
	COPIES_NONE,        /* only the files themselves */
	COPIES_FIRST_WORD,  /* every kind nine times more, told apart behind its first word */
	COPIES_FIRST_FIELD, /* every kind nine times more, told apart behind its first field */
	COPIES_DECODERS,    /* every file nine times more, for programs of other names */
};

/* Reads all of RULES/decoders (@rules) and writes them and their copies to the folder @out, which exists and is empty. */
int copies_write(const char *rules, const char *out, enum copies copies, struct diag *diag);
/* Removes what copies_write() wrote, and @out. */
void copies_remove(const char *out);
