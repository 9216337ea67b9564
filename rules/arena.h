/* Memory of one rule set: given out piece by piece, freed as a whole. */
#pragma once

#include "core/str.h"

struct arena {
	struct arena_block *blocks;
};

/* Zeroed and aligned; NULL when memory is out. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy with a NUL behind. */
struct str arena_str(struct arena *arena, struct str s);
void arena_free(struct arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * ((n) ? (n) : 1)))
