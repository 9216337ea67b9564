/*
 * What all JSON decoders ask for, as one tree of keys: a line is read once, however many decoders there are, and the keys by
 * which decoders choose their rules (an event id) lead to the rules of all of them at once.  Made once, after all decoders are
 * known; from then on the conditions and sources of JSON decoders count in the tree's slots.
 */
#pragma once

#include "rules/compiled.h"

#define JSON_SLOTS_MAX 1024 /* different keys of all JSON decoders together */
#define JSON_GATES_MAX 64   /* different keys by which they choose their rules */
#define JSON_TABLE 4096
#define JSON_NOWHERE UINT16_MAX

/* From one key to the one below it. */
struct json_step {
	struct str name;
	uint16_t parent, node;
	int16_t slot;  /* of the value at @node; -1: only what is below it is asked for */
	uint16_t next; /* index + 1 of another one at the same place of the table */
};

/* What a value of a gate's key leads to. */
struct json_entry {
	struct str value;                     /* folded */
	uint64_t wanted[JSON_SLOTS_MAX / 64]; /* the keys that can still matter */
	const struct gate_list *lists[];      /* of each member, in their order */
};

struct json_gate {
	int16_t slot;
	const struct decoder **members;
	size_t n_members;
	struct json_entry **entries;
	size_t n_entries;
	uint16_t *table; /* index + 1 into entries */
	size_t mask;
	struct json_entry *rest; /* for every other value */
};

struct json_index {
	uint16_t table[JSON_TABLE]; /* index + 1 into steps */
	struct json_step *steps;
	size_t n_steps, steps_size;
	int16_t *slot_of; /* by node; -1: nobody asks for its value */
	size_t n_nodes;
	struct str keys[JSON_SLOTS_MAX];
	size_t n_slots;
	int16_t gate_of[JSON_SLOTS_MAX]; /* -1: none */
	struct json_gate gates[JSON_GATES_MAX];
	size_t n_gates;
	uint64_t all[JSON_SLOTS_MAX / 64];
};

/* What a line brought.  @value is empty but for the slots in @touched, so that nobody need clear it. */
struct json_line {
	struct str value[JSON_SLOTS_MAX];
	uint16_t touched[JSON_SLOTS_MAX];
	size_t n_touched;
	const struct json_entry *hit[JSON_GATES_MAX];
	size_t scratch; /* of the event: what its values use */
	bool whole;     /* the line is one whole object */
};

/* -E2BIG and @diag when there are too many keys. */
int json_index_build(struct arena *arena, struct decoder *const *decs, size_t n, struct json_index **ret,
		     struct diag *diag);

static inline unsigned json_place(unsigned parent, size_t n, char first, char last)
{
	return (unsigned)(parent * 1021 + n * 31 + (unsigned char)first * 7 + (unsigned char)last * 131) % JSON_TABLE;
}

const struct json_entry *json_gate_find(const struct json_gate *gate, struct str value);

/* format_json.c: reads @text into @line, with escaped values in @ev's scratch. */
void json_read(const struct json_index *index, struct str text, struct event *ev, struct json_line *line);
