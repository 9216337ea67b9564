/*
 * What logins, refused logins and opened records change in memory.  What one would get wrong: a window or an hour can end
 * before its commit, as in a replay; what it had is then kept apart, with its entity, which stays because it is dirty.
 */

#include "daemon/state_login.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>

#include "core/when.h"
#include "daemon/statement.h"

#define SPELL MINUTES(5)
#define FOLLOWS HOURS(1) /* so long a login may follow on refused ones */
#define BURST 5          /* of which there are at least so many: as the index of login_refused has it */
#define NIGHT_FROM HOURS(22)
#define NIGHT_TO HOURS(5)

static bool at_night(usec_t at)
{
	usec_t clock = at - when_day_start(when_day_of(at));

	return clock >= NIGHT_FROM || clock < NIGHT_TO;
}

/* Looks its row up.  1 when there is none. */
static int origin_load(struct state *state, struct origin *origin, const struct account *account)
{
	sqlite3_stmt *get = state->sql[SQL_ORIGIN_GET];
	struct str rest = str_from(entity_key(&origin->e), sizeof(account->e.id));
	const char *what = rest.p[0] == 's' ? "source" : "host";
	int r;

	if (state->whole[ENTITY_ORIGIN] || (account->origins == 0 && origin->e.id))
		return 1;
	rest = str_from(rest, 1);
	sqlite3_bind_int64(get, 1, origin->e.id);
	sqlite3_bind_text(get, 2, what, -1, SQLITE_STATIC);
	state_bind(get, 3, str_cut(&rest, '\0'));
	state_bind(get, 4, str_cut(&rest, '\0'));
	r = state_look(state, get);
	if (r == SQLITE_ROW) {
		origin->first = sqlite3_column_int64(get, 0);
		origin->last = sqlite3_column_int64(get, 1);
		origin->spells = (uint32_t)sqlite3_column_int64(get, 2);
		origin->days = (uint32_t)sqlite3_column_int64(get, 3);
		origin->night = sqlite3_column_int64(get, 4);
		origin->first_event = sqlite3_column_int64(get, 5);
		origin->last_event = sqlite3_column_int64(get, 6);
		origin->night_event = sqlite3_column_int64(get, 7);
	}
	sqlite3_reset(get);
	return r == SQLITE_ROW ? 0 : r == SQLITE_DONE ? 1 : store_errno(r);
}

/* Of the account, or of nobody.  -ENOSPC: it has no row and is beyond the bound. */
static int origin_get(struct state *state, struct account *account, bool bounded, char what, const struct str *parts,
		      struct origin **ret)
{
	bool full = state->n_origins >= state->limits.origins;
	int64_t id = bounded || !full ? account->e.id : 0;
	char buf[sizeof(id) + 1 + 2 * (PART_MAX + 1)];
	struct entity *e;
	bool fresh;
	int r;

	memcpy(buf, &id, sizeof(id));
	buf[sizeof(id)] = what;
	r = state_get(state, ENTITY_ORIGIN, sizeof(struct origin),
		      (struct str){ buf, sizeof(id) + 1 + state_key(buf + sizeof(id) + 1, parts, 2).n }, &e, &fresh);
	*ret = (struct origin *)e;
	if (r < 0 || !fresh)
		return r;
	e->id = id;
	r = origin_load(state, *ret, account);
	if (r == 1 && bounded && (full || account->origins >= state->limits.of_account))
		r = -ENOSPC;
	if (r < 0) {
		table_remove(&state->table, e);
		return r;
	}
	account->origins += r == 1 && bounded;
	state->n_origins += r == 1;
	return 0;
}

static int origin_use(struct state *state, struct origin *origin, const struct account_use *use)
{
	bool first = origin->first == 0 || use->at<origin->first, last = use->at> origin->last;

	if (origin->spells > 0 && use->at >= origin->first && use->at < origin->last + SPELL &&
	    (use->at > origin->last - SPELL || use->at < origin->first + SPELL))
		return 0;
	if (origin->spells == 0 || (last && when_day_of(use->at) > when_day_of(origin->last)) ||
	    (first && when_day_of(use->at) < when_day_of(origin->first))) {
		origin->days++;
		origin->turned = true;
	}
	if (first) {
		origin->turned = true;
		origin->first = use->at;
		origin->first_event = use->event;
	}
	if (last) {
		origin->last = use->at;
		origin->last_event = use->event;
	}
	if (use->at > origin->night && at_night(use->at)) {
		origin->turned = true;
		origin->night = use->at;
		origin->night_event = use->event;
	}
	origin->spells++;
	return state_mark(state, &origin->e);
}

/* Beyond the bound of the account it is that account's others; beyond the whole, everybody's.  *@since: of the older spell. */
static int origin_note(struct state *state, struct account *account, char what, const struct str *parts,
		       const struct account_use *use, usec_t *since)
{
	const struct str others[2] = { STR(STATE_OTHERS), { 0 } };
	struct origin *origin;
	int r = origin_get(state, account, true, what, parts, &origin);

	if (r == -ENOSPC)
		r = origin_get(state, account, false, what, others, &origin);
	if (r == 0)
		r = origin_use(state, origin, use);
	if (r == 0 && origin->last < *since)
		*since = origin->last;
	return r;
}

int state_origin(struct state *state, struct account *account, const struct account_use *use)
{
	struct str place = entity_key(&account->e);
	uint64_t hash = table_hash(&state->table, ENTITY_ORIGIN, use->src_ip) ^
			table_hash(&state->table, ENTITY_ACCOUNT, use->method) ^
			table_hash(&state->table, ENTITY_SOURCE, use->host);
	usec_t since = use->at;
	int r;

	if (hash == account->origin && use->at >= account->origin_at && use->at < account->origin_at + SPELL)
		return 0;
	r = origin_note(state, account, 's', (const struct str[]){ use->src_ip, use->method }, use, &since);
	place = str_cut(&place, '\0');
	if (r == 0 && use->host.n > 0 && !str_ieq(place, use->host))
		r = origin_note(state, account, 'h', (const struct str[]){ use->host, { 0 } }, use, &since);
	if (r == 0) {
		account->turned |= hash != account->origin;
		account->origin = hash;
		account->origin_at = since;
	}
	return r;
}

/* What ended before its commit goes apart. */
static int ended_add(struct state *state, const struct ended *ended)
{
	size_t size = state->ended_size ? state->ended_size * 2 : 64;
	struct ended *grown;

	if (state->n_ended == state->ended_size) {
		grown = realloc(state->ended, size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		state->ended = grown;
		state->ended_size = size;
	}
	state->ended[state->n_ended++] = *ended;
	return 0;
}

static struct str refused_key(char *buf, char kind, struct str place, struct str name)
{
	const struct str parts[2] = { kind == 's' ? name : place, name };

	buf[0] = kind;
	return (struct str){ buf, 1 + state_key(buf + 1, parts, kind == 's' ? 1 : 2).n };
}

static int refused_get(struct state *state, char kind, const struct account_refusal *refusal, struct refused **ret)
{
	size_t *n = kind == 's' ? &state->refused.sources : &state->refused.accounts;
	struct str name = kind == 's' ? refusal->src_ip : refusal->user;
	char buf[1 + 2 * (PART_MAX + 1)];
	int64_t hour = refusal->received / HOURS(1);
	struct entity *e;
	bool fresh;
	int r = state_get(state, ENTITY_REFUSED, sizeof(struct refused), refused_key(buf, kind, refusal->place, name),
			  &e, &fresh);

	if (r == 0 && fresh) {
		if (hour != state->refused.span) {
			state->refused.span = hour;
			state->refused.sources = state->refused.accounts = 0;
		}
		if (*n >= state->limits.refused) {
			table_remove(&state->table, e);
			r = state_get(state, ENTITY_REFUSED, sizeof(struct refused),
				      refused_key(buf, kind, (struct str){ 0 }, STR(STATE_OTHERS)), &e, &fresh);
		} else {
			(*n)++;
		}
	}
	*ret = (struct refused *)e;
	return r;
}

/* How many different accounts in ten minutes. */
static void refused_name(const struct state *state, struct refused *refused, const struct account_refusal *refusal)
{
	uint32_t hash = (uint32_t)table_hash(&state->table, ENTITY_REFUSED, refusal->user);
	int64_t span = refusal->received / (2 * WINDOW);

	if (span != refused->span) {
		refused->span = span;
		refused->n_names = 0;
	}
	for (uint32_t i = 0; i < refused->n_names; i++)
		if (refused->names[i] == hash)
			return;
	if (refused->n_names < NAMES_MAX)
		refused->names[refused->n_names++] = hash;
}

static int refused_add(struct state *state, char kind, const struct account_refusal *refusal)
{
	int64_t window = refusal->received / WINDOW;
	struct refused *refused;
	struct refused_row *row;
	int r = refused_get(state, kind, refusal, &refused);

	if (r < 0)
		return r;
	row = &refused->row;
	if (row->window != window) {
		if (refused->e.dirty)
			r = ended_add(state, &(struct ended){ .entity = &refused->e, .refused = *row });
		if (r < 0)
			return r;
		*row = (struct refused_row){ .window = window };
		refused->total = 0;
	}
	if (row->n == 0) {
		row->first = refusal->received;
		row->first_event = refusal->event;
	}
	row->n += refusal->count;
	refused->total += refusal->count;
	row->last = refused->last = refusal->received;
	row->last_event = refusal->event;
	refused_name(state, refused, refusal);
	row->names = refused->n_names;
	return state_mark(state, &refused->e);
}

int state_refused(struct state *state, const struct account_refusal *refusal)
{
	int r = refusal->src_ip.n > 0 ? refused_add(state, 's', refusal) : 0;

	return r == 0 && refusal->user.n > 0 ? refused_add(state, 'a', refusal) : r;
}

static int let_in(struct state *state, char kind, const struct account *account, const struct account_use *use)
{
	char buf[1 + 2 * (PART_MAX + 1)];
	struct str key = refused_key(buf, kind, use->place, kind == 's' ? use->src_ip : use->user);
	struct refused *refused = (struct refused *)table_find(&state->table, ENTITY_REFUSED, key,
							       table_hash(&state->table, ENTITY_REFUSED, key));

	if (!refused || use->received < refused->last || use->received > refused->last + FOLLOWS ||
	    refused->total < BURST || refused->total <= refused->row.success_after)
		return 0;
	refused->row.success = use->received;
	refused->row.success_after = refused->total;
	refused->row.success_account = account->e.id;
	refused->row.success_event = use->event;
	return state_mark(state, &refused->e);
}

int state_let_in(struct state *state, const struct account *account, const struct account_use *use)
{
	int r = 0;

	if (state->table.kinds[ENTITY_REFUSED] == 0)
		return 0;
	if (use->src_ip.n > 0)
		r = let_in(state, 's', account, use);
	return r == 0 ? let_in(state, 'a', account, use) : r;
}

static uint32_t estimate(uint32_t bits)
{
	const double m = PATIENT_BITS;

	return bits >= PATIENT_BITS ? 8 * PATIENT_BITS : (uint32_t)(m * log(m / (m - bits)) + 0.5);
}

static int opened_get(struct state *state, const struct record_opened *opened, struct opened **ret)
{
	char buf[2 * (PART_MAX + 1)];
	const struct str parts[2] = { opened->place, opened->user }, others[2] = { { 0 }, STR(STATE_OTHERS) };
	int64_t hour = opened->at / HOURS(1);
	struct entity *e;
	bool fresh;
	int r = state_get(state, ENTITY_OPENED, sizeof(struct opened), state_key(buf, parts, 2), &e, &fresh);

	if (r == 0 && fresh) {
		if (hour != state->opened.hour) {
			state->opened.hour = hour;
			state->opened.users = 0;
		}
		if (state->opened.users >= state->limits.openers) {
			table_remove(&state->table, e);
			r = state_get(state, ENTITY_OPENED, sizeof(struct opened), state_key(buf, others, 2), &e,
				      &fresh);
		} else {
			state->opened.users++;
		}
	}
	*ret = (struct opened *)e;
	return r;
}

uint32_t state_patients(const struct opened *opened)
{
	return estimate(opened->bits);
}

int state_opened(struct state *state, const struct record_opened *record)
{
	uint64_t hash = table_hash(&state->table, ENTITY_OPENED, record->whose);
	int64_t hour = record->at / HOURS(1);
	uint32_t bit = (uint32_t)hash & (PATIENT_BITS - 1);
	struct opened *opened;
	int r = opened_get(state, record, &opened);

	if (r < 0)
		return r;
	if (opened->row.hour != hour) {
		if (opened->e.dirty)
			r = ended_add(state, &(struct ended){ .entity = &opened->e,
							      .opened = opened->row,
							      .patients = estimate(opened->bits) });
		if (r < 0)
			return r;
		opened->row = (struct opened_row){ .hour = hour };
		opened->bits = 0;
		memset(opened->seen, 0, sizeof(opened->seen));
	}
	if (opened->row.n == 0)
		opened->row.first_event = record->event;
	opened->row.n += record->count;
	opened->row.last_event = record->event;
	if (record->whose.n > 0 && !(opened->seen[bit / 64] >> (bit % 64) & 1)) {
		opened->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
		opened->bits++;
	}
	return state_mark(state, &opened->e);
}
