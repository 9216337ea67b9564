/*
 * Accounts and devices.  What one would get wrong: their latest address and name live in the batch's pool and only until
 * the commit; afterwards the row alone knows them.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/when.h"
#include "daemon/state_login.h"
#include "daemon/store.h"

static int account_load(struct state *state, struct account *account)
{
	sqlite3_stmt *get = state->sql[SQL_ACCOUNT_GET];
	struct str rest = entity_key(&account->e);
	int r;

	if (state->whole[ENTITY_ACCOUNT]) {
		account->e.id = state->next_id[ENTITY_ACCOUNT]++;
		return 0;
	}
	state_bind(get, 1, str_cut(&rest, '\0'));
	state_bind(get, 2, str_cut(&rest, '\0'));
	r = state_look(state, get);
	if (r == SQLITE_ROW) {
		account->e.id = sqlite3_column_int64(get, 0);
		account->first = sqlite3_column_int64(get, 1);
		account->last = sqlite3_column_int64(get, 2);
		account->uses = sqlite3_column_int64(get, 3);
		account->first_event = sqlite3_column_int64(get, 4);
		account->last_event = sqlite3_column_int64(get, 5);
		account->origins = (uint32_t)sqlite3_column_int64(get, 6);
		account->e.stored = true;
	}
	sqlite3_reset(get);
	if (r == SQLITE_DONE)
		account->e.id = state->next_id[ENTITY_ACCOUNT]++;
	return r == SQLITE_ROW || r == SQLITE_DONE ? 0 : state_unget(state, &account->e, r);
}

int state_text(struct pool *pool, struct pool_text *text, bool valid, struct str s)
{
	if (valid && str_eq(pool_str(pool, *text), s))
		return 0;
	return pool_utf8(pool, s, PART_MAX, text);
}

/* The first use of a day, or after an hour; a first use at all, or an older one. */
static bool account_turns(const struct account *account, const struct account_use *use)
{
	if (!account->e.stored || use->uses == 0 || account->uses == 0 || use->at < account->first)
		return true;
	return use->at > account->last &&
	       (use->at - account->last >= ACCOUNT_QUIET || when_day_of(use->at) != when_day_of(account->last));
}

int state_account(struct state *state, struct pool *pool, const struct account_use *use)
{
	char buf[2 * (PART_MAX + 1)];
	struct account *account;
	struct entity *e;
	bool fresh;
	int r = state_get(state, ENTITY_ACCOUNT, sizeof(*account),
			  state_key(buf, (const struct str[]){ use->place, use->user }, 2), &e, &fresh);

	if (r < 0)
		return r;
	account = (struct account *)e;
	r = fresh ? account_load(state, account) : 0;
	if (r == 0)
		r = state_mark(state, e);
	if (r == 0 && use->uses > 0)
		r = state_origin(state, account, use);
	if (r == 0 && use->uses > 0)
		r = state_let_in(state, account, use);
	if (r < 0)
		return r;
	account->turned |= account_turns(account, use);
	if (use->uses > 0 && use->at >= account->last) {
		r = state_text(pool, &account->src_ip, account->texts, use->src_ip);
		if (r == 0)
			r = state_text(pool, &account->host, account->texts, use->host);
		if (r < 0)
			return r;
		account->texts = true;
		account->last = use->at;
		account->last_event = use->event;
	}
	if (use->uses > 0 && (account->first == 0 || use->at < account->first)) {
		account->first = use->at;
		account->first_event = use->event;
	}
	if (account->first_event == 0)
		account->first_event = account->last_event = use->event;
	account->uses += use->uses;
	return 0;
}

static uint32_t sight_hash(const struct state *state, struct str ip, struct str host)
{
	return (uint32_t)(table_hash(&state->table, ENTITY_DEVICE, ip) * 31 +
			  table_hash(&state->table, ENTITY_DEVICE, host));
}

static int device_load(struct state *state, struct device *device, struct str mac)
{
	sqlite3_stmt *get = state->sql[SQL_DEVICE_GET];
	int r;

	if (mac.n == 0)
		return 0;
	if (state->whole[ENTITY_DEVICE]) {
		device->e.id = state->next_id[ENTITY_DEVICE]++;
		return 0;
	}
	state_bind(get, 1, mac);
	r = state_look(state, get);
	if (r == SQLITE_ROW) {
		device->e.id = sqlite3_column_int64(get, 0);
		device->first = sqlite3_column_int64(get, 1);
		device->last = sqlite3_column_int64(get, 2);
		device->sightings = sqlite3_column_int64(get, 3);
		device->source = sqlite3_column_int64(get, 4);
		device->first_event = sqlite3_column_int64(get, 5);
		device->last_event = sqlite3_column_int64(get, 6);
		device->e.stored = true;
		if (sqlite3_column_type(get, 7) != SQLITE_NULL) {
			device->day = when_day_of(sqlite3_column_int64(get, 7));
			device->seen[0] = sight_hash(state, str_of((const char *)sqlite3_column_text(get, 8)),
						     str_of((const char *)sqlite3_column_text(get, 9)));
			device->n_seen = device->next_seen = 1;
		}
	}
	sqlite3_reset(get);
	if (r == SQLITE_DONE)
		device->e.id = state->next_id[ENTITY_DEVICE]++;
	return r == SQLITE_ROW || r == SQLITE_DONE ? 0 : state_unget(state, &device->e, r);
}

/* True, once a day, for each address and name of the device. */
static bool device_news(const struct state *state, struct device *device, const struct device_sight *sight)
{
	uint32_t hash = sight_hash(state, sight->ip, sight->host);
	int64_t day = when_day_of(sight->at);

	if (day > device->day) {
		device->day = day;
		device->n_seen = device->next_seen = 0;
	}
	for (size_t i = 0; i < device->n_seen; i++)
		if (device->seen[i] == hash)
			return false;
	device->seen[device->next_seen] = hash;
	device->next_seen = (uint8_t)((device->next_seen + 1) % DEVICE_SEEN);
	if (device->n_seen < DEVICE_SEEN)
		device->n_seen++;
	return true;
}

/* New, back after an hour or on another day, or with another address or name: see device_texts(). */
static bool device_turns(const struct device *device, const struct device_sight *sight)
{
	return !device->e.stored || device->sightings == 0 || sight->at < device->first ||
	       (sight->at > device->last &&
		(sight->at - device->last >= DEVICE_QUIET || when_day_of(sight->at) != when_day_of(device->last)));
}

static int device_texts(struct device *device, struct pool *pool, const struct device_sight *sight)
{
	struct {
		struct pool_text *to;
		struct str from;
	} texts[] = { { &device->ip, sight->ip },
		      { &device->host, sight->host },
		      { &device->segment, sight->segment } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(texts); i++)
		if (texts[i].from.n > 0)
			r = state_text(pool, texts[i].to, texts[i].to->n > 0, texts[i].from);
	return r;
}

int state_device(struct state *state, struct pool *pool, const struct device_sight *sight, struct device **ret,
		 bool *ret_event)
{
	char buf[3 * (PART_MAX + 1)];
	const struct str parts[3] = { { 0 }, sight->ip, sight->host };
	struct device *device;
	struct entity *e;
	bool fresh;
	int r = state_get(state, ENTITY_DEVICE, sizeof(*device),
			  sight->mac.n > 0 ? sight->mac : state_key(buf, parts, 3), &e, &fresh);

	if (r < 0)
		return r;
	device = (struct device *)e;
	r = fresh ? device_load(state, device, sight->mac) : 0;
	if (r < 0)
		return r;
	*ret_event = device_news(state, device, sight);
	*ret = device;
	if (sight->mac.n == 0)
		return 0;
	/* Another address or name has its event too; beyond a few of them a day so does each change back. */
	device->turned |= *ret_event || device_turns(device, sight);
	r = sight->at >= device->last ? device_texts(device, pool, sight) : 0;
	if (r == 0)
		r = state_mark(state, e);
	if (r < 0)
		return r;
	if (sight->at > device->last)
		device->last = sight->at;
	if (device->first == 0 || sight->at < device->first)
		device->first = sight->at;
	device->sightings += sight->count;
	device->source = sight->source;
	return 0;
}

void state_device_event(struct device *device, int64_t event)
{
	if (!device->first_event)
		device->first_event = event;
	device->last_event = event;
}
