#include "daemon/pool.h"

#include <errno.h>

char *pool_room(struct pool *pool, size_t n)
{
	size_t size = pool->size ? pool->size : 16384;
	char *p;

	if (!pool->p || pool->n + n > pool->size) {
		while (size < pool->n + n)
			size *= 2;
		p = size > UINT32_MAX ? NULL : realloc(pool->p, size);
		if (!p)
			return NULL;
		pool->p = p;
		pool->size = size;
	}
	p = pool->p + pool->n;
	pool->n += n;
	return p;
}

int pool_bytes(struct pool *pool, struct str s, struct pool_text *ret)
{
	uint32_t at = (uint32_t)pool->n;
	char *p = pool_room(pool, s.n);

	if (!p)
		return -ENOMEM;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*ret = (struct pool_text){ at, (uint32_t)s.n };
	return 0;
}

/* Replaces what is no UTF-8, byte by byte: what a sender garbled stays readable around it. */
static int pool_repair(struct pool *pool, struct str s, struct pool_text *ret)
{
	uint32_t at = (uint32_t)pool->n;
	char *p = pool_room(pool, s.n * 3);
	size_t n = 0;

	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < s.n;) {
		size_t length = 1;

		while (length <= 4 && i + length <= s.n && !str_utf8((struct str){ s.p + i, length }))
			length++;
		if (length > 4 || i + length > s.n || s.p[i] == '\0') {
			memcpy(p + n, "\xef\xbf\xbd", 3);
			n += 3;
			i++;
		} else {
			memcpy(p + n, s.p + i, length);
			n += length;
			i += length;
		}
	}
	pool->n = at + n;
	*ret = (struct pool_text){ at, (uint32_t)n };
	return 0;
}

int pool_utf8(struct pool *pool, struct str s, size_t max, struct pool_text *ret)
{
	size_t n = s.n < max ? s.n : max;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	s.n = n;
	if (!str_utf8(s) || (s.n > 0 && memchr(s.p, '\0', s.n)))
		return pool_repair(pool, s, ret);
	return pool_bytes(pool, s, ret);
}

void pool_reset(struct pool *pool, size_t keep)
{
	if (pool->size > keep)
		pool_free(pool);
	pool->n = 0;
}

void pool_free(struct pool *pool)
{
	free(pool->p);
	*pool = (struct pool){ 0 };
}
