/*
 * The group commit: when it is due, and what is in it.  What one would get wrong: what waits is forgotten only after the
 * commit went well, so that a busy database or a full disk loses nothing.
 */

#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/pipeline_in.h"
#include "daemon/statement.h"

#define GROUP MSEC(250)       /* at most so long an event waits */
#define COUNTERS SECONDS(1)   /* and so long what only counts lines */
#define HEARTBEAT SECONDS(30) /* so that a gap is known to half a minute when nothing comes */

void pipeline_wait(struct pipeline *p, bool urgent)
{
	if (!p->waits_since)
		p->waits_since = clock_monotonic();
	p->urgent |= urgent;
}

bool pipeline_dirty(const struct pipeline *p, usec_t *ret_deadline)
{
	usec_t now = clock_monotonic();

	if (!p->waits_since) {
		*ret_deadline = now;
		return now - p->last_commit >= HEARTBEAT;
	}
	if (batch_full(p->batch) || state_full(p->state) || batch_count(p->batch) >= BATCH_EVENTS / 4)
		*ret_deadline = now;
	else if (!p->urgent)
		*ret_deadline = p->waits_since + COUNTERS;
	else
		*ret_deadline = p->waits_since > p->last_commit + GROUP ? p->waits_since : p->last_commit + GROUP;
	return true;
}

/* For tests that kill us at the worst moment; nothing of it is in a release. */
static void fault(const char *point)
{
#ifdef TENKEN_FAULTS
	const char *wanted = getenv("TENKEN_FAULT");

	if (wanted && str_eq(str_of(wanted), str_of(point)))
		_exit(137);
#else
	(void)point;
#endif
}

static int positions_flush(struct pipeline *p, usec_t now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n_taps; i++) {
		struct tap *tap = p->taps[i];

		if (tap->moved) {
			sqlite3_bind_text(p->position, 1, tap->name, -1, SQLITE_STATIC);
			sqlite3_bind_text(p->position, 2, tap->cursor, (int)tap->n_cursor, SQLITE_STATIC);
			sqlite3_bind_int64(p->position, 3, now);
			r = statement_run(p->position);
		}
		if (r == 0 && tap->said) {
			sqlite3_bind_text(p->collector, 1, tap->name, -1, SQLITE_STATIC);
			sqlite3_bind_text(p->collector, 2, tap->state, -1, SQLITE_STATIC);
			sqlite3_bind_text(p->collector, 3, tap->reason, -1, SQLITE_STATIC);
			sqlite3_bind_int64(p->collector, 4, now);
			r = statement_run(p->collector);
			p->touched.tables |= store_table("collector");
		}
	}
	sqlite3_bind_int64(p->meta, 1, now);
	return r < 0 ? r : statement_run(p->meta);
}

static int flush(struct pipeline *p, usec_t now, struct touched *ret)
{
	const struct systems *systems = p->next_systems ? p->next_systems : p->systems;
	int r = state_flush(p->state, batch_pool(p->batch), systems, ret);

	batch_touched(p->batch, ret);
	if (r == 0)
		r = batch_flush(p->batch);
	if (r == 0)
		r = shapes_flush(p->shapes, now);
	if (r == 0)
		r = pipeline_facts_flush(p, now, &ret->tables);
	return r < 0 ? r : positions_flush(p, now);
}

static void settle(struct pipeline *p, usec_t now)
{
	pipeline_count(&p->stats.rows, state_rows(p->state) + batch_rows(p->batch));
	pipeline_count(&p->stats.commits, 1);
	atomic_store(&p->stats.last_commit, now);
	atomic_store(&p->stats.failing, 0);
	state_settle(p->state);
	batch_settle(p->batch);
	pipeline_facts_settle(p, now);
	shapes_settle(p->shapes);
	for (size_t i = 0; i < p->n_taps; i++)
		p->taps[i]->moved = p->taps[i]->said = false;
	if (p->next_systems) {
		systems_free(p->systems);
		p->systems = TAKE(p->next_systems);
	}
	p->waits_since = 0;
	p->urgent = false;
	p->last_commit = clock_monotonic();
}

static int set_account(void *arg, enum event_type type, struct str user)
{
	struct applied *set = arg;

	return pipeline_own_account(set->tap->pipeline, set->host, type, user);
}

static int set_apply(struct pipeline *p, struct applied *set, usec_t now)
{
	const struct sets_change change = { set_account, set };
	sqlite3 *db = store_sqlite(p->store);
	struct str system = systems_host(p->systems, set->host);
	int r = sets_apply(set->tap->stage, db, set->end, system.n > 0 ? system : set->host, now, &change,
			   &set->result);

	if (r == 0 && set->result.systems)
		r = systems_load(db, &p->next_systems);
	if (r == 0 && set->result.systems)
		r = state_resolve(p->state, p->next_systems);
	if (r == 0 && set->result.systems)
		r = sets_resolve(db, p->next_systems);
	if (r == 0 && set->result.systems)
		set->result.tables |= store_table("source") | store_table("account_seen") |
				      store_table("account_stored") | store_table("last_word") |
				      store_table("account_word");
	return r;
}

int pipeline_transaction(struct pipeline *p, struct applied *set, struct touched *ret)
{
	size_t events = batch_count(p->batch);
	usec_t now = clock_now();
	int r = store_begin(p->store);

	if (r == 0) {
		r = set ? set_apply(p, set, now) : 0;
		if (r == 0)
			r = flush(p, now, ret);
		fault("before-commit");
		if (r == 0)
			r = store_commit(p->store);
		if (r < 0)
			store_rollback(p->store);
	}
	if (r < 0) {
		batch_cut(p->batch, events);
		systems_free(TAKE(p->next_systems));
		atomic_store(&p->stats.failing, -r);
		p->failed_since = p->failed_since ? p->failed_since : now;
		return r;
	}
	fault("after-commit");
	settle(p, now);
	return 0;
}

int pipeline_commit(struct pipeline *p, struct touched *ret)
{
	struct touched touched = { 0 };
	usec_t deadline;
	int r;

	if (!pipeline_dirty(p, &deadline))
		return 0;
	r = pipeline_own_clock(p);
	if (r == 0)
		r = pipeline_join_rest(p);
	if (r == 0)
		r = pipeline_transaction(p, NULL, &touched);
	if (r < 0)
		return r;
	touched_add(&p->touched, &touched);
	*ret = p->touched;
	p->touched = (struct touched){ 0 };
	pipeline_own_recovered(p); /* with the next commit; memory apart, it cannot fail on an empty batch */
	return 1;
}
