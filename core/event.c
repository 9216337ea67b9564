#include "core/event.h"

static const struct {
	const char *name, *ja, *en;
	int days;
} types[EVENT_TYPES] = {
#define EVENT(name, ocsf, days, ja, en) [EVENT_##name] = { #name, ja, en, days },
#include "core/events.def"
#undef EVENT
};

static const char *const fields[FIELDS] = {
#define FIELD(name, ecs, ja, en) [FIELD_##name] = #name,
#include "core/fields.def"
#undef FIELD
};

const char *event_type_name(enum event_type type)
{
	return types[type].name;
}

bool event_type_parse(struct str name, enum event_type *ret)
{
	for (int i = 0; i < EVENT_TYPES; i++) {
		if (str_eq(str_of(types[i].name), name)) {
			*ret = (enum event_type)i;
			return true;
		}
	}
	return false;
}

const char *event_type_ja(enum event_type type)
{
	return types[type].ja;
}

const char *event_type_en(enum event_type type)
{
	return types[type].en;
}

int event_type_days(enum event_type type)
{
	return types[type].days;
}

const char *field_name(enum field field)
{
	return fields[field];
}

bool field_parse(struct str name, enum field *ret)
{
	for (int i = 0; i < FIELDS; i++) {
		if (str_eq(str_of(fields[i]), name)) {
			*ret = (enum field)i;
			return true;
		}
	}
	return false;
}

char *event_scratch(struct event *ev, size_t n)
{
	char *room = ev->scratch + ev->scratch_used;

	if (n > sizeof(ev->scratch) - ev->scratch_used)
		return NULL;
	ev->scratch_used += n;
	return room;
}
