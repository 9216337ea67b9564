/* The words of an SQL text as SQLite's tokenizer sees them, comments left out.  Enough to ask which names occur in it. */
#pragma once

#include "core/base.h"

struct sql_word {
	char text[128]; /* without quotes, cut when longer; one character for punctuation */
	size_t at;      /* offset in the text */
	bool name;      /* could be a name: an identifier, or quoted in any way */
	bool quoted;
};

/* Reads the word at *@at and moves on.  False at the end. */
bool sql_word_next(const char *sql, size_t *at, struct sql_word *ret);
/* An unquoted word, compared without case. */
bool sql_word_is(const struct sql_word *word, const char *text);
/* Offset of the first word that could be the name @name; -1 where there is none. */
int sql_find_word(const char *sql, const char *name);
bool sql_has_word(const char *sql, const char *name);

/* Moves on to the next word that names a WITH clause: NAME AS (, NAME (columns) AS (. */
bool sql_clause_next(const char *sql, size_t *at, struct sql_word *ret);
bool sql_has_clause(const char *sql, const char *name);
