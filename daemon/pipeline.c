#include "daemon/pipeline.h"

#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/pipeline_in.h"

static int cursor_keep(struct tap *tap, struct str cursor)
{
	char *p;

	if (cursor.n == 0)
		return 0;
	if (cursor.n > tap->cursor_size) {
		p = realloc(tap->cursor, cursor.n + 64);
		if (!p)
			return -ENOMEM;
		tap->cursor = p;
		tap->cursor_size = cursor.n + 64;
	}
	memcpy(tap->cursor, cursor.p, cursor.n);
	tap->n_cursor = cursor.n;
	tap->moved = true;
	return 0;
}

static int line_take(struct pipeline *p, const struct record *line)
{
	const struct record *rec = line;
	struct source *source = NULL;
	struct record whole;
	bool unknown, others;
	int match = 0, wait = 0, r;

	if (batch_count(p->batch) + join_waiting(p->joins) >= BATCH_EVENTS || batch_full(p->batch) ||
	    state_full(p->state))
		return -EAGAIN;
	r = state_source(p->state, rec, p->systems, &source);
	if (r < 0)
		return r;
	others = r > 0; /* of many senders: their lines do not belong together */
	pipeline_count(&p->stats.folded, (uint64_t)r);
	wait = others ? 0 : pipeline_join(p, source, &rec, &whole);
	if (wait < 0)
		return wait;
	if (!wait)
		match = decoders_match(p->rules->decoders, rec, &p->event);
	if (!match && rec == &whole) { /* together they say nothing that anybody knows: each says what it says alone */
		r = pipeline_join_apart(p);
		if (r < 0)
			return r;
		rec = line;
		match = decoders_match(p->rules->decoders, rec, &p->event);
	}
	unknown = !wait && match == 0 && !decoders_know(p->rules->decoders, rec->program);
	r = state_line(p->state, source, rec, unknown);
	if (unknown)
		shapes_add(p->shapes, source_id(source), rec->program, rec->text, source_unknown(source));
	if (r == 0 && match > 0)
		r = pipeline_event(p, rec, source, &p->event);
	if (r < 0)
		return r;
	join_done(p->joins);
	pipeline_count(&p->stats.lines, 1);
	pipeline_count(&p->stats.unknown, unknown);
	pipeline_count(&p->stats.cut, (rec->flags & RECORD_CUT) != 0);
	pipeline_wait(p, match > 0);
	return 0;
}

static int tap_put(struct sink *sink, const struct record *rec)
{
	struct tap *tap = (struct tap *)sink;
	struct record whole;
	int r;

	if (rec->program.n > 0 && rec->program.p[0] == '@' && tap->stage &&
	    sets_is(tap->stage, str_from(rec->program, 1)))
		return sets_row(tap->stage, rec);
	if (rec->received == 0 || (rec->host.n == 0 && rec->peer.n == 0)) {
		whole = *rec;
		whole.received = rec->received ? rec->received : clock_now();
		if (rec->host.n == 0 && rec->peer.n == 0) /* a collector that looks at this machine */
			whole.host = str_of(tap->pipeline->host);
		rec = &whole;
	}
	r = line_take(tap->pipeline, rec);
	if (r < 0)
		pipeline_count(&tap->pipeline->stats.refused, 1);
	return r < 0 ? r : cursor_keep(tap, rec->cursor);
}

static int tap_begin(struct sink *sink, struct str set)
{
	struct tap *tap = (struct tap *)sink;

	sets_free(TAKE(tap->stage));
	return sets_new(set, &tap->stage);
}

/* The machine whose accounts are told is a source too: it is alive. */
static int set_source(struct tap *tap, struct str host, usec_t now)
{
	struct pipeline *p = tap->pipeline;
	struct record rec = { .collector = str_of(tap->name), .host = host, .received = now, .flags = RECORD_TRUSTED };
	struct source *source;
	int r = state_source(p->state, &rec, p->systems, &source);

	return r < 0 ? r : state_line(p->state, source, &rec, false);
}

/* Rows of accounts.csv are named, so that checks may ask about them alone; not when it comes, goes or is refused. */
static void set_touched(const struct sets_result *result, struct touched *ret)
{
	*ret = (struct touched){ .tables = result->tables };
	if ((result->tables & store_table("reg_accounts")) && !(result->tables & store_table("register")))
		ret->accounts = result->rows;
}

static int tap_end(struct sink *sink, struct str set, const struct set_end *end)
{
	struct tap *tap = (struct tap *)sink;
	struct pipeline *p = tap->pipeline;
	struct applied applied = { .tap = tap, .end = end };
	struct touched touched = { 0 };
	int r = 0;

	if (!tap->stage || !sets_is(tap->stage, set))
		return -EINVAL;
	if (str_starts(set, STR("accounts:"))) {
		applied.host = str_from(set, sizeof("accounts:") - 1);
		r = set_source(tap, applied.host, clock_now());
	}
	if (r == 0)
		r = pipeline_transaction(p, &applied, &touched);
	sets_free(TAKE(tap->stage)); /* also when it failed: the collector tells it again */
	if (r < 0)
		return r;
	if (applied.result.refused && applied.result.error[0])
		log_warn("pipeline", STR_FMT ": %s", STR_ARG(set), applied.result.error);
	touched_add(&p->touched, &touched);
	set_touched(&applied.result, &touched);
	touched_add(&p->touched, &touched);
	if (p->touched.tables)
		pipeline_wait(p, true);
	return 0;
}

static struct tap *tap_get(struct pipeline *p, const char *name)
{
	struct tap *tap;

	for (size_t i = 0; i < p->n_taps; i++)
		if (str_eq(str_of(p->taps[i]->name), str_first(str_of(name), sizeof(p->taps[i]->name) - 1)))
			return p->taps[i];
	tap = p->n_taps < TAPS ? calloc(1, sizeof(*tap)) : NULL;
	if (!tap)
		return NULL;
	tap->sink = (struct sink){ tap_put, tap_begin, tap_end };
	tap->pipeline = p;
	str_copy(tap->name, sizeof(tap->name), str_of(name));
	p->taps[p->n_taps++] = tap;
	return tap;
}

struct sink *pipeline_sink(struct pipeline *p, const char *collector)
{
	struct tap *tap = tap_get(p, collector);

	return tap ? &tap->sink : NULL;
}

void pipeline_collector(struct pipeline *p, const char *collector, const char *state, const char *reason)
{
	struct tap *tap = tap_get(p, collector);

	if (!tap || (str_eq(str_of(tap->state), str_of(state)) && str_eq(str_of(tap->reason), str_of(reason))))
		return;
	str_copy(tap->state, sizeof(tap->state), str_of(state));
	str_copy(tap->reason, sizeof(tap->reason), str_of(reason));
	tap->said = true;
	pipeline_wait(p, true);
}

void pipeline_rules(struct pipeline *p, struct rules *rules)
{
	struct rules *old = p->rules;

	pipeline_join_rest(p); /* by the rules they came under */
	join_clear(p->joins);
	p->rules = rules_ref(rules);
	rules_unref(old);
}

const struct pipeline_stats *pipeline_stats(const struct pipeline *p)
{
	return &p->stats;
}

static int statements(struct pipeline *p)
{
	sqlite3 *db = store_sqlite(p->store);
	const unsigned flags = SQLITE_PREPARE_PERSISTENT;
	int r;

	r = sqlite3_prepare_v3(db, "INSERT OR REPLACE INTO position (collector, cursor, at) VALUES (?, ?, ?)", -1,
			       flags, &p->position, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_prepare_v3(db,
				       "INSERT INTO collector (name, state, reason, since) VALUES (?1, ?2, ?3, ?4)"
				       " ON CONFLICT DO UPDATE SET since = CASE WHEN state = ?2 THEN since ELSE ?4 END,"
				       " state = ?2, reason = ?3",
				       -1, flags, &p->collector, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_prepare_v3(
			db, "INSERT OR REPLACE INTO meta (name, value) VALUES ('last_commit', CAST(? AS TEXT))", -1,
			flags, &p->meta, NULL);
	return store_errno(r);
}

int pipeline_new(struct store *store, struct rules *rules, struct pipeline **ret, struct diag *diag)
{
	_cleanup_(pipeline_freep) struct pipeline *p = calloc(1, sizeof(*p));
	sqlite3 *db = store_sqlite(store);
	int r;

	if (!p)
		return -ENOMEM;
	p->store = store;
	p->rules = rules_ref(rules);
	p->last_commit = clock_monotonic() - SECONDS(1);
	gethostname(p->host, sizeof(p->host) - 1);
	r = pipeline_facts_prepare(p);
	if (r == 0)
		r = systems_load(db, &p->systems);
	if (r == 0)
		r = state_new(db, NULL, &p->state);
	if (r == 0)
		r = batch_new(db, &p->batch);
	if (r == 0)
		r = statements(p);
	if (r == 0)
		r = join_new(&p->joins);
	if (r == 0)
		r = shapes_new(db, &p->shapes);
	if (r == 0)
		r = pipeline_own_gap(p);
	if (r == 0) {
		r = patients_open(sqlite3_db_filename(db, "main"), &p->patients, diag);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return diag_set(diag, r, "the database cannot be used (%s)", sqlite3_errmsg(db));
	*ret = TAKE(p);
	return 0;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_taps; i++) {
		sets_free(p->taps[i]->stage);
		free(p->taps[i]->cursor);
		free(p->taps[i]);
	}
	sqlite3_finalize(p->position);
	sqlite3_finalize(p->collector);
	sqlite3_finalize(p->meta);
	sqlite3_finalize(p->facts.put);
	state_free(p->state);
	batch_free(p->batch);
	systems_free(p->systems);
	patients_free(p->patients);
	shapes_free(p->shapes);
	join_free(p->joins);
	rules_unref(p->rules);
	free(p);
}
