/* The catalogue: every sentence that people read which does not come from a data file.  Japanese first. */
#pragma once

#include "core/base.h"

enum text {
#define TEXT(id, ja, en) TEXT_##id,
#include "core/texts.def"
#undef TEXT
	TEXTS,
};

const char *text_ja(enum text text);
const char *text_en(enum text text);
