/*
 * What was last said of a machine, a job or an account: the newest update, pattern, backup, version, and whether an account
 * was switched off.  What one would get wrong: beyond STATE_TOLD subjects no new one is made (a sender may invent them
 * without end); the event itself is kept all the same.
 */

#include <errno.h>
#include <sqlite3.h>

#include "daemon/state_in.h"
#include "daemon/store.h"

bool state_tells(enum event_type type)
{
	static const bool told[EVENT_TYPES] = {
		[EVENT_patch_installed] = true,    [EVENT_patch_failed] = true,    [EVENT_protection_updated] = true,
		[EVENT_protection_stopped] = true, [EVENT_backup_finished] = true, [EVENT_backup_failed] = true,
		[EVENT_version_seen] = true,       [EVENT_account_create] = true,  [EVENT_account_enable] = true,
		[EVENT_account_disable] = true,    [EVENT_account_delete] = true,
	};

	return told[type];
}

/* 1 when it is one too many. */
static int told_load(struct state *state, struct told *told)
{
	sqlite3_stmt *get = state->sql[SQL_TOLD_GET];
	struct str rest = entity_key(&told->e);
	int r = SQLITE_DONE;

	if (!state->whole[ENTITY_TOLD]) {
		for (int i = 1; i <= 3; i++)
			state_bind(get, i, str_cut(&rest, '\0'));
		r = state_look(state, get);
	}
	if (r == SQLITE_ROW) {
		told->e.id = sqlite3_column_int64(get, 0);
		told->first = sqlite3_column_int64(get, 1);
		told->last = sqlite3_column_int64(get, 2);
		told->received = sqlite3_column_int64(get, 3);
		told->count = sqlite3_column_int64(get, 4);
		told->first_event = sqlite3_column_int64(get, 5);
		told->last_event = sqlite3_column_int64(get, 6);
		told->e.stored = true;
	}
	sqlite3_reset(get);
	if (r == SQLITE_ROW)
		return 0;
	if (r != SQLITE_DONE)
		return state_unget(state, &told->e, r);
	if (state->n_told >= state->limits.told) {
		table_remove(&state->table, &told->e);
		return 1;
	}
	state->n_told++;
	told->e.id = state->next_id[ENTITY_TOLD]++;
	return 0;
}

int state_told(struct state *state, struct pool *pool, const struct told_word *word)
{
	char buf[3 * (PART_MAX + 1)];
	const struct str parts[3] = { str_of(event_type_name(word->type)), word->host, word->subject };
	struct told *told;
	struct entity *e;
	bool fresh;
	int r = state_get(state, ENTITY_TOLD, sizeof(*told), state_key(buf, parts, 3), &e, &fresh);

	if (r < 0)
		return r;
	told = (struct told *)e;
	r = fresh ? told_load(state, told) : 0;
	if (r != 0)
		return r < 0 ? r : 0;
	if (word->at >= told->last) {
		r = state_text(pool, &told->reason, told->texts, word->reason);
		if (r == 0)
			r = state_text(pool, &told->outcome, told->texts, word->outcome);
		if (r < 0)
			return r;
		told->texts = true;
		told->last = word->at;
		told->last_event = word->event;
	}
	if (told->first == 0 || word->at < told->first) {
		told->first = word->at;
		told->first_event = word->event;
	}
	if (word->received > told->received)
		told->received = word->received;
	told->count += word->count;
	return state_mark(state, e);
}
