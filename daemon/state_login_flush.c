/*
 * Writes what state_login.c changed: rows of counts are added to, so nothing needs to be read.  What one would get wrong:
 * rows that are too many go by age, the newest stay, so a flood cannot hide what is going on now.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/when.h"
#include "daemon/state_login.h"
#include "daemon/statement.h"

#define KEPT 31         /* days of refused logins and opened records */
#define FEW_KEPT 1      /* days of windows with one or two refused logins: people mistype */
#define ORIGIN_KEPT 400 /* days */
#define REFUSED_ROWS 500000
#define OPENED_ROWS 2000000
#define ORIGINS_HELD 16384 /* in memory: an account remembers its last one itself */

int state_login_prepare(struct state *state)
{
	static const struct {
		enum state_sql which;
		const char *text;
	} sql[] = {
		{ SQL_ORIGIN_GET,
		  "SELECT first_used, last_used, spells, days, last_night, first_event, last_event, night_event"
		  " FROM account_origin WHERE account = ? AND what = ? AND value = ? AND method = ?" },
		{ SQL_ORIGIN_PUT,
		  "INSERT INTO account_origin (account, first_used, last_used, spells, days, last_night, first_event,"
		  " last_event, night_event, what, value, method) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
		  " ON CONFLICT DO UPDATE SET first_used = ?2, last_used = ?3, spells = ?4, days = ?5, last_night = ?6,"
		  " first_event = ?7, last_event = ?8, night_event = ?9" },
		{ SQL_REFUSED_ADD,
		  "INSERT INTO login_refused (at, count, names, first_received, last_received, first_event, last_event,"
		  " success, success_after, success_account, success_event, kind, place, name)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO UPDATE SET"
		  " count = count + ?2, names = max(names, ?3), last_received = max(last_received, ?5),"
		  " last_event = max(last_event, ?7), success = iif(?9 > success_after, ?8, success),"
		  " success_account = iif(?9 > success_after, ?10, success_account),"
		  " success_event = iif(?9 > success_after, ?11, success_event), success_after = max(success_after, ?9)" },
		{ SQL_OPENED_ADD, "INSERT INTO record_hour (at, count, patients, first_event, last_event, place, user)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET count = count + ?2,"
				  " patients = max(patients, ?3), last_event = max(last_event, ?5)" },
	};
	sqlite3_stmt *count = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(sql); i++)
		r = store_errno(sqlite3_prepare_v3(state->db, sql[i].text, -1, SQLITE_PREPARE_PERSISTENT,
						   &state->sql[sql[i].which], NULL));
	if (r == 0)
		r = statement_prepare(state->db, "SELECT count(*) FROM account_origin", &count);
	if (r == 0 && sqlite3_step(count) == SQLITE_ROW)
		state->n_origins = (size_t)sqlite3_column_int64(count, 0);
	sqlite3_finalize(count);
	state->whole[ENTITY_ORIGIN] = r == 0 && state->n_origins == 0;
	return r;
}

static void bind_ints(sqlite3_stmt *stmt, const int64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(stmt, (int)i + 1, values[i]);
}

static int run(struct state *state, sqlite3_stmt *stmt)
{
	state->rows++;
	return statement_run(stmt);
}

static int origin_flush(struct state *state, const struct origin *o)
{
	sqlite3_stmt *put = state->sql[SQL_ORIGIN_PUT];
	struct str rest = str_from(entity_key(&o->e), sizeof(o->e.id));

	bind_ints(put,
		  (const int64_t[]){ o->e.id, o->first, o->last, o->spells, o->days, o->night, o->first_event,
				     o->last_event, o->night_event },
		  9);
	sqlite3_bind_text(put, 10, rest.p[0] == 's' ? "source" : "host", -1, SQLITE_STATIC);
	rest = str_from(rest, 1);
	state_bind(put, 11, str_cut(&rest, '\0'));
	state_bind(put, 12, str_cut(&rest, '\0'));
	return run(state, put);
}

static int refused_flush(struct state *state, const struct entity *e, const struct refused_row *row)
{
	sqlite3_stmt *add = state->sql[SQL_REFUSED_ADD];
	struct str rest = entity_key(e);
	bool source = rest.p[0] == 's';

	bind_ints(add,
		  (const int64_t[]){ row->window * WINDOW, row->n, row->names,
				     row->n ? row->first : row->window * WINDOW, row->last, row->first_event,
				     row->last_event, row->success, row->success_after, row->success_account,
				     row->success_event },
		  11);
	rest = str_from(rest, 1);
	sqlite3_bind_text(add, 12, source ? "source" : "account", -1, SQLITE_STATIC);
	state_bind(add, 13, source ? (struct str){ 0 } : str_cut(&rest, '\0'));
	state_bind(add, 14, str_cut(&rest, '\0'));
	return run(state, add);
}

static int opened_flush(struct state *state, const struct entity *e, const struct opened_row *row, uint32_t patients)
{
	sqlite3_stmt *add = state->sql[SQL_OPENED_ADD];
	struct str rest = entity_key(e);

	bind_ints(add, (const int64_t[]){ row->hour * HOURS(1), row->n, patients, row->first_event, row->last_event },
		  5);
	state_bind(add, 6, str_cut(&rest, '\0'));
	state_bind(add, 7, str_cut(&rest, '\0'));
	return run(state, add);
}

int state_login_flush(struct state *state, const struct entity *e, struct touched *touched)
{
	if (e->kind == ENTITY_ORIGIN) {
		if (((const struct origin *)e)->turned) {
			touched->tables |= store_table("account_origin");
			touched_row(&touched->accounts, e->id);
		}
		return origin_flush(state, (const struct origin *)e);
	}
	if (e->kind == ENTITY_REFUSED) {
		touched->tables |= store_table("login_refused");
		return refused_flush(state, e, &((const struct refused *)e)->row);
	}
	touched->tables |= store_table("record_hour");
	return opened_flush(state, e, &((const struct opened *)e)->row, state_patients((const struct opened *)e));
}

int state_ended_flush(struct state *state, uint64_t *tables)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < state->n_ended; i++) {
		const struct ended *ended = &state->ended[i];

		if (ended->entity->kind == ENTITY_REFUSED) {
			*tables |= store_table("login_refused");
			r = refused_flush(state, ended->entity, &ended->refused);
		} else {
			*tables |= store_table("record_hour");
			r = opened_flush(state, ended->entity, &ended->opened, ended->patients);
		}
	}
	return r;
}

void state_login_settle(struct state *state, struct entity *e)
{
	(void)state;
	if (e->kind == ENTITY_REFUSED)
		((struct refused *)e)->row.n = 0;
	else if (e->kind == ENTITY_OPENED)
		((struct opened *)e)->row.n = 0;
	else
		((struct origin *)e)->turned = false;
}

static bool long_ago(const struct entity *e, void *arg)
{
	return ((const struct refused *)e)->last < *(usec_t *)arg;
}

void state_login_trim(struct state *state)
{
	const struct table *table = &state->table;
	usec_t before = (state->refused.span - 1) * HOURS(1);

	state->n_ended = 0;
	if (table->kinds[ENTITY_ORIGIN] > ORIGINS_HELD) {
		state->whole[ENTITY_ORIGIN] = false;
		table_drop(&state->table, ENTITY_ORIGIN);
	}
	if (table->kinds[ENTITY_OPENED] > 2 * state->limits.openers)
		table_drop(&state->table, ENTITY_OPENED);
	if (state->refused.trimmed != state->refused.span) {
		state->refused.trimmed = state->refused.span;
		table_sweep(&state->table, ENTITY_REFUSED, long_ago, &before);
	}
}

static int prune(struct state *state, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(state->db, sql, &stmt);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, a);
		sqlite3_bind_int64(stmt, 2, b);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

int state_login_prune(struct state *state, usec_t now)
{
	const usec_t kept = now - DAYS(KEPT), few = now - DAYS(FEW_KEPT);
	int r = prune(state,
		      "DELETE FROM login_refused WHERE at < max(?1, ifnull((SELECT at FROM login_refused"
		      " ORDER BY at DESC LIMIT 1 OFFSET ?2), 0))",
		      kept, REFUSED_ROWS);

	if (r == 0)
		r = prune(state, "DELETE FROM login_refused WHERE at BETWEEN ?1 AND ?2 AND count < 3", few - DAYS(3),
			  few);
	if (r == 0)
		r = prune(state,
			  "DELETE FROM record_hour WHERE at < max(?1, ifnull((SELECT at FROM record_hour"
			  " ORDER BY at DESC LIMIT 1 OFFSET ?2), 0))",
			  kept, OPENED_ROWS);
	if (r == 0)
		r = prune(state, "DELETE FROM account_origin WHERE last_used < ?1 AND ?2 = ?2", now - DAYS(ORIGIN_KEPT),
			  0);
	if (r == 0) {
		int64_t gone = sqlite3_changes64(state->db);

		state->n_origins -= gone < (int64_t)state->n_origins ? (size_t)gone : state->n_origins;
	}
	return r;
}
