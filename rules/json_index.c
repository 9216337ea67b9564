/* Builds the tree of all keys that JSON decoders ask for, and the gates that lead from a value to the rules of all of them. */
#include "rules/json_index.h"

#include <errno.h>

#define FOLDED_MAX 64 /* as gate.c folds */

static struct json_step *step_find(const struct json_index *index, unsigned parent, struct str name)
{
	uint16_t at = index->table[json_place(parent, name.n, name.p[0], name.p[name.n - 1])];

	for (; at; at = index->steps[at - 1].next)
		if (index->steps[at - 1].parent == parent && str_eq(index->steps[at - 1].name, name))
			return &index->steps[at - 1];
	return NULL;
}

/* The node below @parent by @name, made when it is new; -1 when there is no room. */
static int node_below(struct json_index *index, unsigned parent, struct str name)
{
	struct json_step *step = step_find(index, parent, name);
	uint16_t *place = &index->table[json_place(parent, name.n, name.p[0], name.p[name.n - 1])];

	if (step)
		return step->node;
	if (index->n_steps == index->steps_size)
		return -1;
	step = &index->steps[index->n_steps++];
	*step = (struct json_step){ name, (uint16_t)parent, (uint16_t)index->n_nodes, -1, *place };
	*place = (uint16_t)index->n_steps;
	index->slot_of[index->n_nodes] = -1;
	return (int)index->n_nodes++;
}

/*
 * Every way in which a line can nest @key: "a.b" is {"a":{"b":..}} or {"a.b":..}.  Below the third level a part stands alone
 * or all that is left is one key, so that the ways do not double with every part.
 */
static int ways_add(struct json_index *index, unsigned parent, struct str key, int slot, int depth)
{
	ssize_t dot = -1;
	int node = node_below(index, parent, key), r = 0;

	if (node < 0)
		return -E2BIG;
	if (index->slot_of[node] < 0) {
		index->slot_of[node] = (int16_t)slot;
		step_find(index, parent, key)->slot = (int16_t)slot;
	}
	while (r == 0 && (size_t)(dot + 1) < key.n) {
		ssize_t next = str_index(str_from(key, (size_t)(dot + 1)), '.');

		if (next < 0)
			break;
		dot += next + 1;
		if (dot == 0 || (size_t)dot + 1 >= key.n)
			continue;
		node = node_below(index, parent, str_first(key, (size_t)dot));
		r = node < 0 ? -E2BIG
			     : ways_add(index, (unsigned)node, str_from(key, (size_t)dot + 1), slot, depth + 1);
		if (depth >= 3)
			break;
	}
	return r;
}

static int slot_make(struct json_index *index, struct str key)
{
	for (size_t i = 0; i < index->n_slots; i++)
		if (str_eq(index->keys[i], key))
			return (int)i;
	if (key.n == 0 || index->n_slots == JSON_SLOTS_MAX)
		return -E2BIG;
	index->keys[index->n_slots] = key;
	index->gate_of[index->n_slots] = -1;
	index->all[index->n_slots / 64] |= (uint64_t)1 << index->n_slots % 64;
	return (int)index->n_slots++;
}

static void selections_move(struct selection *selections, size_t n, const int16_t *slots)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < selections[i].n; j++)
			if (selections[i].conditions[j].slot >= 0)
				selections[i].conditions[j].slot = slots[selections[i].conditions[j].slot];
}

/* From here on everything of @dec counts in the slots of the tree. */
static void decoder_move(struct decoder *dec, const int16_t *slots)
{
	for (size_t i = 0; i < dec->n_rules; i++) {
		struct rule *rule = &dec->rules[i];

		selections_move(rule->when, rule->n_when, slots);
		selections_move(rule->unless, rule->n_unless, slots);
		for (size_t j = 0; j < rule->n_sources; j++)
			if (rule->sources[j].kind != SOURCE_CONSTANT)
				rule->sources[j].slot = slots[rule->sources[j].slot];
		for (size_t j = 0; j < rule->n_at; j++)
			rule->at[j] = slots[rule->at[j]];
	}
	if (dec->gate.slot >= 0)
		dec->gate.slot = slots[dec->gate.slot];
}

/* True when the gate's key cannot be in a line without one of `contains`, which then need not be looked for. */
static bool contains_implied(const struct decoder *dec, struct str gate_key)
{
	while (dec->gate.strict && gate_key.n > 0) {
		struct str part = str_cut(&gate_key, '.');

		for (size_t i = 0; i < dec->n_contains; i++) {
			struct str text = dec->contains[i].text;

			if (text.n == part.n + 2 && text.p[0] == '"' && text.p[text.n - 1] == '"' &&
			    !memcmp(text.p + 1, part.p, part.n))
				return true;
		}
	}
	return false;
}

static int decoder_add(struct json_index *index, struct arena *arena, struct decoder *dec)
{
	int16_t slots[KEYS_MAX];

	for (size_t i = 0; i < dec->n_keys; i++) {
		int slot = slot_make(index, dec->keys[i]);
		int r = slot < 0 ? slot : ways_add(index, 0, dec->keys[i], slot, 0);

		if (r < 0)
			return r;
		slots[i] = (int16_t)slot;
	}
	dec->implied = dec->gate.slot >= 0 && contains_implied(dec, dec->keys[dec->gate.slot]);
	dec->json_slots = arena_array(arena, int16_t, dec->n_keys);
	if (!dec->json_slots)
		return -ENOMEM;
	if (dec->n_keys > 0)
		memcpy(dec->json_slots, slots, dec->n_keys * sizeof(*slots));
	decoder_move(dec, slots);
	dec->json_gate = -1;
	if (dec->gate.slot < 0)
		return 0;
	if (index->gate_of[dec->gate.slot] < 0) {
		if (index->n_gates == JSON_GATES_MAX)
			return -E2BIG;
		index->gates[index->n_gates].slot = dec->gate.slot;
		index->gate_of[dec->gate.slot] = (int16_t)index->n_gates++;
	}
	dec->json_gate = index->gate_of[dec->gate.slot];
	dec->json_member = index->gates[dec->json_gate].n_members++;
	return 0;
}

static void selections_want(const struct selection *selections, size_t n, uint64_t *wanted)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < selections[i].n; j++)
			if (selections[i].conditions[j].slot >= 0)
				wanted[selections[i].conditions[j].slot / 64] |= (uint64_t)1
										 << selections[i].conditions[j].slot %
											    64;
}

static void rule_want(const struct rule *rule, uint64_t *wanted)
{
	selections_want(rule->when, rule->n_when, wanted);
	selections_want(rule->unless, rule->n_unless, wanted);
	for (size_t j = 0; j < rule->n_sources; j++)
		if (rule->sources[j].kind != SOURCE_CONSTANT)
			wanted[rule->sources[j].slot / 64] |= (uint64_t)1 << rule->sources[j].slot % 64;
	for (size_t j = 0; j < rule->n_at; j++)
		wanted[rule->at[j] / 64] |= (uint64_t)1 << rule->at[j] % 64;
}

/* An entry for @value: the lists of all members, and what their rules and all other decoders ask for. */
static struct json_entry *entry_make(struct arena *arena, const struct json_gate *gate, struct str value,
				     const uint64_t *others)
{
	struct json_entry *entry = arena_alloc(arena, sizeof(*entry) + gate->n_members * sizeof(entry->lists[0]));

	if (!entry)
		return NULL;
	entry->value = value;
	memcpy(entry->wanted, others, sizeof(entry->wanted));
	for (size_t i = 0; i < gate->n_members; i++) {
		const struct decoder *dec = gate->members[i];
		const struct gate_list *list = value.p ? gate_rules(&dec->gate, value) : &dec->gate.rest;

		entry->lists[i] = list;
		for (size_t j = 0; j < list->n; j++)
			rule_want(&dec->rules[list->rules[j]], entry->wanted);
	}
	return entry;
}

const struct json_entry *json_gate_find(const struct json_gate *gate, struct str value)
{
	char buf[FOLDED_MAX];
	struct str folded = { buf, value.n };
	size_t at;

	if (value.n > FOLDED_MAX)
		return gate->rest;
	for (size_t i = 0; i < value.n; i++)
		buf[i] = (char)(value.p[i] >= 'A' && value.p[i] <= 'Z' ? value.p[i] + 32 : value.p[i]);
	for (at = quick_hash(folded) & gate->mask; gate->table[at]; at = (at + 1) & gate->mask)
		if (quick_eq(gate->entries[gate->table[at] - 1]->value, folded))
			return gate->entries[gate->table[at] - 1];
	return gate->rest;
}

static int gate_fill(struct arena *arena, struct json_gate *gate, const uint64_t *others)
{
	size_t room = 0, size = 16;

	for (size_t i = 0; i < gate->n_members; i++)
		room += gate->members[i]->gate.n_lists;
	while (size < room * 2)
		size *= 2;
	gate->mask = size - 1;
	gate->table = arena_array(arena, uint16_t, size);
	gate->entries = arena_array(arena, struct json_entry *, room);
	gate->rest = entry_make(arena, gate, (struct str){ 0 }, others);
	if (!gate->table || !gate->entries || !gate->rest || room >= UINT16_MAX)
		return -ENOMEM;
	for (size_t i = 0; i < gate->n_members; i++) {
		for (size_t j = 0; j < gate->members[i]->gate.n_lists; j++) {
			struct str value = gate->members[i]->gate.lists[j].value;
			size_t at = quick_hash(value) & gate->mask;

			if (json_gate_find(gate, value) != gate->rest)
				continue;
			while (gate->table[at])
				at = (at + 1) & gate->mask;
			gate->entries[gate->n_entries] = entry_make(arena, gate, value, others);
			if (!gate->entries[gate->n_entries])
				return -ENOMEM;
			gate->table[at] = (uint16_t)++gate->n_entries;
		}
	}
	return 0;
}

/* Members of every gate, then its entries. */
static int gates_build(struct arena *arena, struct json_index *index, struct decoder *const *decs, size_t n)
{
	int r = 0;

	for (size_t g = 0; g < index->n_gates && r == 0; g++) {
		struct json_gate *gate = &index->gates[g];
		uint64_t others[JSON_SLOTS_MAX / 64] = { 0 };

		gate->members = arena_array(arena, const struct decoder *, gate->n_members);
		if (!gate->members)
			return -ENOMEM;
		for (size_t i = 0; i < n; i++) {
			if (decs[i]->format != FORMAT_JSON)
				continue;
			if (decs[i]->json_gate == (int)g)
				gate->members[decs[i]->json_member] = decs[i];
			for (size_t j = 0; decs[i]->json_gate != (int)g && j < decs[i]->n_rules; j++)
				rule_want(&decs[i]->rules[j], others);
			if (decs[i]->json_gate >= 0)
				others[decs[i]->gate.slot / 64] |= (uint64_t)1 << decs[i]->gate.slot % 64;
		}
		r = gate_fill(arena, gate, others);
	}
	return r;
}

int json_index_build(struct arena *arena, struct decoder *const *decs, size_t n, struct json_index **ret,
		     struct diag *diag)
{
	struct json_index *index = arena_new(arena, struct json_index);
	size_t keys = 1;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		if (decs[i]->format == FORMAT_JSON)
			keys += decs[i]->n_keys;
	keys *= 16; /* ways to nest a key */
	if (keys > JSON_NOWHERE)
		keys = JSON_NOWHERE;
	if (index) {
		index->steps_size = keys - 1;
		index->steps = arena_array(arena, struct json_step, keys);
		index->slot_of = arena_array(arena, int16_t, keys);
	}
	if (!index || !index->steps || !index->slot_of)
		return -ENOMEM;
	index->slot_of[0] = -1;
	index->n_nodes = 1;
	for (size_t i = 0; i < n && r == 0; i++) {
		if (decs[i]->format != FORMAT_JSON)
			continue;
		r = decoder_add(index, arena, decs[i]);
		if (r == -E2BIG)
			return diag_set(diag, r, "%s: all decoders of JSON together may name %d keys at most",
					decs[i]->file, JSON_SLOTS_MAX);
	}
	if (r == 0)
		r = gates_build(arena, index, decs, n);
	*ret = index;
	return r;
}
