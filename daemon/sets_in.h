/* Inside of sets.c, sets_register.c and sets_accounts.c. */
#pragma once

#include "daemon/pool.h"
#include "daemon/sets.h"

struct register_def;

struct stage_row {
	uint32_t at, n; /* in pool */
};

struct stage {
	char set[320];
	struct pool pool; /* the rows as they were said, key=value|... */
	struct stage_row *rows;
	size_t n_rows, size;
	bool too_large;
};

static inline struct str stage_text(const struct stage *stage, size_t i)
{
	return (struct str){ stage->pool.p + stage->rows[i].at, stage->rows[i].n };
}

int sets_register(struct stage *stage, struct sqlite3 *db, const struct register_def *def, const struct set_end *end,
		  usec_t now, struct sets_result *ret);
int sets_accounts(struct stage *stage, struct sqlite3 *db, const struct set_end *end, struct str system, usec_t now,
		  const struct sets_change *change, struct sets_result *ret);
