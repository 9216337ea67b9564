/*
 * What a line means: a type, a time and one text per field (design.md section 5).  Everything is borrowed from the record
 * or from the event's own scratch, so an event lives on the stack for as long as its record does.
 */
#pragma once

#include "core/str.h"

enum event_type {
#define EVENT(name, ocsf, days, ja, en) EVENT_##name,
#include "core/events.def"
#undef EVENT
	EVENT_TYPES,
};

enum field {
#define FIELD(name, ecs, ja, en) FIELD_##name,
#include "core/fields.def"
#undef FIELD
	FIELDS,
};

struct event {
	enum event_type type;
	const enum event_type
		*also;   /* what the same line is too (a login that is a remote session); NULL: nothing more */
	usec_t at;       /* by the source's clock, 0 when it had none */
	usec_t received; /* by ours */
	struct str field[FIELDS];
	const char *decoder; /* id of the decoder that made it; lives as long as the rule set */
	unsigned count;      /* how many equal ones this line stands for, 1 when it does not say */
	size_t scratch_used;
	char scratch[2048]; /* unescaped and normalised values */
};

/* "auth_success": stored, shown and used by rules. */
const char *event_type_name(enum event_type type);
bool event_type_parse(struct str name, enum event_type *ret);
/* Words for people. */
const char *event_type_ja(enum event_type type);
const char *event_type_en(enum event_type type);
/* How many days events of @type are kept. */
int event_type_days(enum event_type type);

const char *field_name(enum field field);
bool field_parse(struct str name, enum field *ret);

/* Room for @n bytes that live as long as @ev; NULL when its scratch is used up. */
char *event_scratch(struct event *ev, size_t n);
