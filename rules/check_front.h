/* Inside check.c and check_keys.c: a check's front matter as it is read. */
#pragma once

#include "rules/check.h"

struct front {
	struct check *check;
	const char *file;
	struct diag *diag;
	int line;
	uint32_t seen; /* bits beside the table of keys */
};

/* "what "word"; expected ..." at @column of the line; -EBADMSG. */
int front_refuse(const struct front *front, int column, const char *what, struct str word, const char *expected);
/* The index of @value in @words, which end with NULL. */
int front_word(const struct front *front, struct str value, int column, const char *what, const char *const *words,
	       const char *expected);
/* Reads the value of the key @name (or "reason.*"); @at and @column are where they stand. */
int front_key(struct front *front, struct str name, int at, struct str value, int column);
/* -EBADMSG where a key is missing or the whole makes no sense. */
int front_complete(struct front *front);
/* A copy into @ret. */
int front_keep(char **ret, struct str value);
