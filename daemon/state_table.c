#include "daemon/state_table.h"

#include <errno.h>
#include <sys/random.h>

int table_init(struct table *table, void (*free_entity)(struct entity *entity))
{
	*table = (struct table){ .n_slots = 1024, .free = free_entity };
	table->slots = calloc(table->n_slots, sizeof(*table->slots));
	if (getrandom(&table->seed, sizeof(table->seed), GRND_NONBLOCK) < 0)
		table->seed = (uint64_t)(uintptr_t)table->slots;
	return table->slots ? 0 : -ENOMEM;
}

void table_done(struct table *table)
{
	for (size_t i = 0; table->slots && i < table->n_slots; i++)
		if (table->slots[i])
			table->free(table->slots[i]);
	free(table->slots);
	table->slots = NULL;
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* With a secret seed, because senders choose the keys. */
uint64_t table_hash(const struct table *table, enum entity_kind kind, struct str key)
{
	uint64_t hash = table->seed ^ ((uint64_t)kind << 56) ^ key.n, word;
	size_t i = 0;

	for (; i + 8 <= key.n; i += 8) {
		memcpy(&word, key.p + i, 8);
		hash = mix(hash ^ word, 0x9e3779b97f4a7c15u);
	}
	word = 0;
	if (i < key.n)
		memcpy(&word, key.p + i, key.n - i);
	return mix(mix(hash ^ word, 0xe7037ed1a0b428dbu), table->seed | 1);
}

struct str entity_key(const struct entity *entity)
{
	return (struct str){ (const char *)entity + entity->key_at, entity->key_n };
}

static size_t slot_find(const struct table *table, enum entity_kind kind, struct str key, uint64_t hash)
{
	size_t mask = table->n_slots - 1, i = hash & mask;

	for (; table->slots[i]; i = (i + 1) & mask) {
		const struct entity *e = table->slots[i];

		if (e->hash == hash && e->kind == kind && str_eq(entity_key(e), key))
			break;
	}
	return i;
}

struct entity *table_find(const struct table *table, enum entity_kind kind, struct str key, uint64_t hash)
{
	struct entity *e = table->slots[slot_find(table, kind, key, hash)];

	if (e)
		e->touched = true;
	return e;
}

static int table_grow(struct table *table)
{
	size_t n_slots = table->n_slots * 2;
	struct entity **slots = calloc(n_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < table->n_slots; i++) {
		struct entity *e = table->slots[i];
		size_t to;

		if (!e)
			continue;
		for (to = e->hash & (n_slots - 1); slots[to];)
			to = (to + 1) & (n_slots - 1);
		slots[to] = e;
	}
	free(table->slots);
	table->slots = slots;
	table->n_slots = n_slots;
	return 0;
}

struct entity *table_add(struct table *table, enum entity_kind kind, size_t size, struct str key, uint64_t hash)
{
	struct entity *e;

	if (table->n * 4 >= table->n_slots * 3 && table_grow(table) < 0)
		return NULL;
	e = calloc(1, size + key.n);
	if (!e)
		return NULL;
	e->hash = hash;
	e->kind = (uint8_t)kind;
	e->key_at = (uint16_t)size;
	e->key_n = (uint16_t)key.n;
	e->touched = true;
	memcpy((char *)e + size, key.p, key.n);
	table->slots[slot_find(table, kind, key, hash)] = e;
	table->n++;
	table->kinds[kind]++;
	return e;
}

/* Takes slot @i out and moves up those behind it that would no longer be found. */
static void slot_free(struct table *table, size_t i)
{
	size_t mask = table->n_slots - 1, j = i;

	table->kinds[table->slots[i]->kind]--;
	table->free(table->slots[i]);
	table->slots[i] = NULL;
	table->n--;
	for (;;) {
		size_t home;

		j = (j + 1) & mask;
		if (!table->slots[j])
			return;
		home = table->slots[j]->hash & mask;
		if (((j - home) & mask) >= ((j - i) & mask)) {
			table->slots[i] = table->slots[j];
			table->slots[j] = NULL;
			i = j;
		}
	}
}

void table_remove(struct table *table, struct entity *entity)
{
	slot_free(table, slot_find(table, (enum entity_kind)entity->kind, entity_key(entity), entity->hash));
}

bool table_evict(struct table *table)
{
	for (size_t step = 0; step < 2 * table->n_slots; step++) {
		size_t i = table->hand++ & (table->n_slots - 1);
		struct entity *e = table->slots[i];

		if (!e || e->dirty || e->kind == ENTITY_SOURCE)
			continue;
		if (!e->touched) {
			slot_free(table, i);
			return true;
		}
		e->touched = false;
	}
	return false;
}

void table_sweep(struct table *table, enum entity_kind kind, bool (*old)(const struct entity *entity, void *arg),
		 void *arg)
{
	for (size_t i = 0; i < table->n_slots && table->kinds[kind] > 0;) {
		struct entity *e = table->slots[i];

		if (e && e->kind == kind && !e->dirty && (!old || old(e, arg)))
			slot_free(table, i); /* another may have moved here */
		else
			i++;
	}
}

void table_drop(struct table *table, enum entity_kind kind)
{
	table_sweep(table, kind, NULL, NULL);
}
