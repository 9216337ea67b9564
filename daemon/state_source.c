/*
 * Sources: who sends us lines.  What one would get wrong: a sender by UDP can take any address and name, so their number is
 * bounded; what is beyond goes to one source "others" and is counted there.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/when.h"
#include "daemon/state_in.h"
#include "daemon/store.h"

#define HOUR SECONDS(3600)
#define SKEW_TURNS SECONDS(30)

static char *folded(struct str s)
{
	char *copy = str_dup(str_first(s, PART_MAX));

	for (char *c = copy; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	return copy;
}

char *source_system_of(const struct systems *systems, const struct str *parts)
{
	struct str host = parts[3].n > 0 ? parts[3] : parts[1], system = systems_host(systems, parts[3]);

	if (system.n == 0)
		system = systems_host(systems, parts[1]);
	return folded(system.n > 0 ? system : host.n > 0 ? host : parts[0]);
}

void source_parts(const struct source *source, struct str ret[static 4])
{
	struct str rest = entity_key(&source->e);

	for (size_t i = 0; i < 4; i++)
		ret[i] = str_cut(&rest, '\0');
}

static size_t *collector_count(struct state *state, struct str collector)
{
	for (size_t i = 0; i < COUNT(state->collectors); i++) {
		if (!state->collectors[i].name[0])
			str_copy(state->collectors[i].name, sizeof(state->collectors[i].name), collector);
		if (str_eq(str_of(state->collectors[i].name),
			   str_first(collector, sizeof(state->collectors[i].name) - 1)))
			return &state->collectors[i].sources;
	}
	return &state->collectors[COUNT(state->collectors) - 1].sources;
}

/* Looks its row up.  1 when there is none. */
static int source_load(struct state *state, struct source *source, const struct systems *systems)
{
	sqlite3_stmt *get = state->sql[SQL_SOURCE_GET];
	struct str parts[4];
	int r;

	source_parts(source, parts);
	for (int i = 0; i < 4; i++)
		state_bind(get, i + 1, parts[i]);
	r = state_look(state, get);
	if (r == SQLITE_ROW) {
		source->e.id = sqlite3_column_int64(get, 0);
		source->e.stored = true;
	}
	sqlite3_reset(get);
	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return store_errno(r);
	source->system = source_system_of(systems, parts);
	return !source->system ? -ENOMEM : r == SQLITE_DONE;
}

static int source_find(struct state *state, const struct str *parts, const struct systems *systems, bool bounded,
		       struct source **ret)
{
	char buf[4 * (PART_MAX + 1)];
	struct entity *e;
	size_t *count;
	bool fresh;
	int r = state_get(state, ENTITY_SOURCE, sizeof(struct source), state_key(buf, parts, 4), &e, &fresh);

	*ret = (struct source *)e;
	if (r < 0 || !fresh)
		return r;
	state->n_sources++;
	r = source_load(state, *ret, systems);
	count = collector_count(state, parts[0]);
	if (r == 1 && bounded && *count >= state->limits.sources)
		if (*count >= 2 * state->limits.sources ||
		    (!systems_registered(systems, parts[3]) && !systems_registered(systems, parts[1])))
			r = -ENOSPC;
	if (r < 0) {
		state->n_sources--;
		table_remove(&state->table, e);
		return r;
	}
	if (r == 1) {
		e->id = state->next_id[ENTITY_SOURCE]++;
		*count += bounded;
	}
	return 0;
}

/* Where a source that was found is remembered: senders come again, and a key need not be made for each line. */
static struct source **lately(struct state *state, const struct record *rec)
{
	size_t i = rec->host.n + 5 * rec->peer.n;

	if (rec->host.n > 0)
		i += 7 * (unsigned char)rec->host.p[rec->host.n - 1] + 31 * (unsigned char)rec->host.p[rec->host.n / 2];
	if (rec->peer.n > 0)
		i += 13 * (unsigned char)rec->peer.p[rec->peer.n - 1];
	return &state->lately[i % COUNT(state->lately)];
}

/* Exactly its key: of the length that the parts give, so no part holds a NUL, and none was cut or repaired. */
static bool source_is(const struct source *source, const struct str *parts)
{
	struct str key = entity_key(&source->e);
	const char *at = key.p;

	if (key.n != parts[0].n + parts[1].n + parts[2].n + parts[3].n + 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		if ((parts[i].n > 0 && memcmp(at, parts[i].p, parts[i].n) != 0) || at[parts[i].n] != '\0')
			return false;
		at += parts[i].n + 1;
	}
	return true;
}

int state_source(struct state *state, const struct record *rec, const struct systems *systems, struct source **ret)
{
	const struct str parts[4] = { rec->collector, rec->peer, rec->identity, rec->host };
	const struct str others[4] = { rec->collector, { 0 }, { 0 }, STR(STATE_OTHERS) };
	struct source **known = lately(state, rec);
	int r;

	if (*known && source_is(*known, parts)) {
		*ret = *known;
		return 0;
	}
	r = source_find(state, parts, systems, true, ret);
	if (r == 0)
		*known = *ret;
	if (r != -ENOSPC)
		return r;
	r = source_find(state, others, systems, false, ret);
	return r < 0 ? r : 1;
}

int64_t source_id(const struct source *source)
{
	return source->e.id;
}

unsigned source_unknown(const struct source *source)
{
	return source->unknown;
}

struct str source_system(const struct source *source)
{
	return str_of(source->system);
}

/* The hour that ended is kept apart until the commit. */
static int source_hour(struct state *state, struct source *source, int64_t hour)
{
	struct hour_count *hours;
	size_t size = state->hours_size ? state->hours_size * 2 : 64;

	if (source->hour == hour)
		return 0;
	if (source->hour_lines > 0 || source->hour_events > 0) {
		if (state->n_hours == state->hours_size) {
			hours = realloc(state->hours, size * sizeof(*hours));
			if (!hours)
				return -ENOMEM;
			state->hours = hours;
			state->hours_size = size;
		}
		state->hours[state->n_hours++] = (struct hour_count){ source->e.id, source->hour, source->hour_lines,
								      source->hour_events };
	}
	source->hour = hour;
	source->hour_turned = true;
	source->hour_lines = source->hour_events = 0;
	return 0;
}

int state_line(struct state *state, struct source *source, const struct record *rec, bool unknown)
{
	int r = state_mark(state, &source->e);

	if (r == 0)
		r = source_hour(state, source, rec->received / HOUR);
	if (r < 0)
		return r;
	if (!source->first)
		source->first = rec->received;
	if (!source->e.stored || rec->received - source->last_received >= SOURCE_QUIET)
		source->turned = true;
	if (!source->e.stored || rec->received - source->last_received >= SOURCE_ASLEEP)
		source->awake = true;
	if (rec->received >= source->last_received) {
		usec_t skew = rec->at ? rec->received - rec->at : 0;

		if (skew - source->skew >= SKEW_TURNS || source->skew - skew >= SKEW_TURNS)
			source->turned = true;
		source->last_received = rec->received;
		source->last_at = rec->at;
		source->skew = skew;
	}
	source->lines++;
	source->hour_lines++;
	source->unknown += unknown;
	source->cut += (rec->flags & RECORD_CUT) != 0;
	return 0;
}

static int place_new(struct source *source, struct str place, struct source_place **ret)
{
	struct source_place *grown;
	char *copy;

	*ret = NULL;
	if (source->n_places >= PLACES_MAX)
		return 0;
	grown = reallocarray(source->places, source->n_places + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	source->places = grown;
	copy = str_dup(place);
	if (!copy)
		return -ENOMEM;
	*ret = &grown[source->n_places++];
	**ret = (struct source_place){ .place = copy, .day = INT64_MIN };
	source->place_new = true;
	return 0;
}

/* Once a day is often enough: who spoke for a place weeks ago and does so no more must be seen to. */
int state_place(struct state *state, struct source *source, struct str place, usec_t received)
{
	int64_t day = when_day_of(received);
	struct source_place *known = NULL;
	int r;

	for (size_t i = 0; !known && i < source->n_places; i++)
		if (str_eq(str_of(source->places[i].place), place))
			known = &source->places[i];
	r = known ? 0 : place_new(source, place, &known);
	if (r < 0 || !known || known->day >= day)
		return r;
	known->day = day;
	known->at = received;
	known->waits = true;
	return state_mark(state, &source->e);
}

int state_type(struct state *state, struct source *source, enum event_type type, usec_t received, unsigned n,
	       unsigned said)
{
	struct type_count *count;

	if (!source->types) {
		source->types = calloc(EVENT_TYPES, sizeof(*source->types));
		if (!source->types)
			return -ENOMEM;
	}
	count = &source->types[type];
	if (received - count->heard >= SOURCE_QUIET || when_day_of(received) != when_day_of(count->heard))
		source->hour_turned = true;
	if (when_day_of(received) != when_day_of(count->heard))
		count->turned = true;
	if (received > count->heard)
		count->heard = received;
	if (!count->n || received < count->first)
		count->first = received;
	if (received > count->last)
		count->last = received;
	count->n += n;
	for (unsigned i = 0; i < STATE_SAID; i++)
		count->said[i] += said >> i & 1 ? n : 0;
	source->events += n;
	source->hour_events += n;
	return state_mark(state, &source->e);
}
