/* Text that lives until a batch is written: appended, never freed one by one.  Offsets stay good when it grows. */
#pragma once

#include "core/str.h"

struct pool {
	char *p;
	size_t n, size;
};

struct pool_text { /* a text in a pool */
	uint32_t at, n;
};

/* Room for @n bytes; NULL when memory is out. */
char *pool_room(struct pool *pool, size_t n);
/* Copies @s as it is, or as valid UTF-8 without NUL of at most @max bytes.  -ENOMEM. */
int pool_bytes(struct pool *pool, struct str s, struct pool_text *ret);
int pool_utf8(struct pool *pool, struct str s, size_t max, struct pool_text *ret);
static inline struct str pool_str(const struct pool *pool, struct pool_text text)
{
	return (struct str){ pool->p + text.at, text.n };
}
void pool_reset(struct pool *pool, size_t keep); /* empties it; frees it when it is larger than @keep */
void pool_free(struct pool *pool);
