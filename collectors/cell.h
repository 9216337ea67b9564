/*
 * What stands in a cell of a register, brought to one form by the type of its column (core/register.h).  Pure.  Nothing is
 * guessed: what cannot be read is refused with a sentence that says what to write instead.
 */
#pragma once

#include "core/register.h"
#include "core/text.h"

#define CELL_MAX 32768 /* a spreadsheet allows 32,767 characters */
#define CELL_BUFFER (2 * CELL_MAX)

/*
 * Reads @raw into @ret, borrowed from @raw or @buf (CELL_BUFFER bytes).  Empty cells are empty.  False with the catalogue's
 * sentence in @ret_why.
 */
bool cell_read(const struct column *column, struct str raw, char *buf, struct str *ret, enum text *ret_why);

/* The words that COLUMN_ENUM @column takes, Japanese ones first, for a message: "サーバ・端末・..." */
char *cell_choices(const struct column *column, bool ja, char *buf, size_t size);

/* Without white space at both ends, the ideographic space and the one that does not break among it. */
struct str cell_trim(struct str s);
