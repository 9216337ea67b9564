/* A row of a register: from the line that was said (key=value|...) to cells, and to the JSON that register_row keeps. */
#pragma once

#include "core/register.h"
#include "daemon/reg_tables.h"

#define REG_EXTRA_MAX 64

struct reg_cells {
	struct reg_row row; /* its texts point into buf, extra into json */
	char *buf;          /* unescaped values; grows */
	size_t size;
	char *json; /* of the whole row; ends with NUL */
	size_t n_json, json_size;
	char key[REG_KEY_MAX];
};

/* Reads @line: cells, line number, key.  -ENOMEM. */
int reg_cells_read(struct reg_cells *cells, const struct register_def *def, struct str line);
/* Makes json, and row.extra of it. */
int reg_cells_json(struct reg_cells *cells, const struct register_def *def, struct str line);
void reg_cells_free(struct reg_cells *cells);
