/* Inside of sets_register.c and sets_compare.c: a register between what was said and what stands. */
#pragma once

#include "core/text.h"
#include "daemon/reg_json.h"
#include "daemon/sets_in.h"

struct sqlite3;

struct item { /* a row that was said, by its key */
	struct pool_text key;
	uint64_t hash;
	uint32_t row;   /* in the stage */
	int64_t old_id; /* its row so far; 0: none */
	bool same, moved;
};

struct gone {
	int64_t id;
	struct pool_text key;
};

struct load {
	struct stage *stage;
	struct sqlite3 *db;
	const struct register_def *def;
	const struct set_end *end;
	usec_t now;
	struct pool keys;
	struct item *items;
	uint32_t *slots; /* index of an item + 1 */
	size_t n_items, n_slots, n_old;
	struct gone *gone;
	size_t n_gone, gone_size;
	int64_t added, changed, removed;
	bool turned; /* it is there and was not, or is refused ... : more than another content */
	struct touched_rows rows;
	struct reg_cells cells;
	char error_ja[1024], error_en[1024];
};

void sets_load_done(struct load *load);
/* Says why the register is refused; 1. */
int sets_refuse(struct load *load, enum text text, const char *const *pairs);
/* Finds the key of every row that was said.  1 when refused. */
int sets_items(struct load *load);
/* Over half of the rows that stand are not there any more. */
static inline bool sets_loss(const struct load *load)
{
	return 2 * load->n_items < load->n_old;
}
/* Compares with the rows that stand. */
int sets_compare(struct load *load);
