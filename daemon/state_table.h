/* The hash table under state.c: open addressing, keyed hash, whole keys compared, the clock's hand for what may go. */
#pragma once

#include "core/str.h"

enum entity_kind {
	ENTITY_SOURCE,
	ENTITY_ACCOUNT,
	ENTITY_DEVICE,
	ENTITY_TOLD,
	ENTITY_NUMBERED, /* those before have rows with an id */
	ENTITY_ORIGIN = ENTITY_NUMBERED,
	ENTITY_REFUSED,
	ENTITY_OPENED,
	ENTITY_KINDS,
};

struct entity {
	uint64_t hash;
	int64_t id;      /* of its row */
	uint16_t key_at; /* offset of the key behind the struct */
	uint16_t key_n;
	uint8_t kind;
	bool dirty;   /* waits for a commit: stays */
	bool stored;  /* has a row */
	bool touched; /* used since the hand passed */
};

struct table {
	struct entity **slots;
	size_t n_slots, n, hand;
	size_t kinds[ENTITY_KINDS]; /* how many of each */
	uint64_t seed;
	void (*free)(struct entity *entity);
};

int table_init(struct table *table, void (*free)(struct entity *entity));
void table_done(struct table *table);

uint64_t table_hash(const struct table *table, enum entity_kind kind, struct str key);
struct entity *table_find(const struct table *table, enum entity_kind kind, struct str key, uint64_t hash);
/* @size: of the struct; the key is copied behind it.  NULL when memory is out. */
struct entity *table_add(struct table *table, enum entity_kind kind, size_t size, struct str key, uint64_t hash);
struct str entity_key(const struct entity *entity);
/* Takes out and frees one entity, whatever it waits for. */
void table_remove(struct table *table, struct entity *entity);
/* Frees one clean entity that is no source and was not used lately; false when there is none. */
bool table_evict(struct table *table);
/* Frees the clean entities of @kind for which @old says true; NULL: all. */
void table_sweep(struct table *table, enum entity_kind kind, bool (*old)(const struct entity *entity, void *arg),
		 void *arg);
/* Frees every clean entity of @kind. */
void table_drop(struct table *table, enum entity_kind kind);
