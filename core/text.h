/* The catalogue: every sentence that people read which does not come from a data file.  Japanese first. */
#pragma once

#include "core/str.h"

enum text {
#define TEXT(id, ja, en) TEXT_##id,
#include "core/texts.def"
#undef TEXT
	TEXTS,
};

const char *text_ja(enum text text);
const char *text_en(enum text text);

/*
 * Fills {name} of @template from @pairs (name, value, ..., NULL) into @buf, cut at a whole character; a name that is
 * not among them stays as it is.  Returns @buf.
 */
char *text_fill(char *buf, size_t size, const char *template, const char *const *pairs);
