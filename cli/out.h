/* What people see on a terminal: columns that line up although letters are wide, and nothing that moves the cursor. */
#pragma once

#include "cli/cli.h"

/* Writes @s with control characters and bytes that are no UTF-8 as \xNN. */
void out_clean(FILE *out, struct str s);
/* The same as the inside of a JSON string. */
void out_json(FILE *out, struct str s);

/* Columns that @s takes (East Asian wide letters two, combining ones none). */
int out_width(struct str s);

/* A status as symbol and word, coloured on a terminal, padded to its column. */
void out_status(const struct cli *cli, const char *status);

/* The line after a list that was cut: @n more. */
void out_more(const struct cli *cli, int indent, size_t n);

/* A table: rows of @columns texts, copied; printed with the columns lined up, the last one as it is. */
struct table {
	size_t columns, n, size;
	char **cells; /* owned */
};

void out_row(struct table *table, const char *const *cells);
void out_table(const struct cli *cli, const struct table *table, int indent);
void out_table_free(struct table *table);
