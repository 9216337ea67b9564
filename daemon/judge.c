#include "daemon/judge.h"

#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge_in.h"

#define SETTLE_ROUNDS 16 /* stage 1, stage 2 and what they change; more would be a check that answers itself */

bool slot_na(const struct judge *judge, size_t i)
{
	return !judge->slots[i].applies || words_na_check(judge->words, judge->rules->checks[i]->id);
}

/* A waiver lives in the words: after reading them again every verdict looks for its own. */
static void waivers_find(struct judge *judge)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		struct check_result *result = &judge->slots[i].result;

		for (size_t v = 0; v < result->n_verdicts; v++)
			result->verdicts[v].waiver = words_waiver(judge->words, result->state.check->id,
								  result->verdicts[v].resource);
	}
}

int judge_words(struct judge *judge)
{
	usec_t now = clock_now();
	int64_t day = when_day_of(now);
	struct words *words = NULL;
	int r;

	if (judge->words && !judge->words_due && judge->words_day == day)
		return 0;
	r = words_load(store_sqlite(judge->store), now, &words);
	if (r < 0)
		return r;
	words_free(judge->words);
	judge->words = words;
	judge->words_day = day;
	judge->words_due = false;
	judge->lists_due = true;
	waivers_find(judge);
	return 0;
}

static void judge_tick(void *arg);

static void round_done(void *arg, bool cancelled)
{
	struct round *round = arg;
	struct judge *judge = round->judge;

	judge->round = NULL;
	schedule_rest(judge, round->took, round->took_short);
	if (!cancelled)
		apply_round(judge, round); /* a write that failed waits in judge->diffs */
	judge->missed = 0;
	round_free(round);
	if (!cancelled)
		judge_tick(judge);
}

/* What they were due for is in the round. */
static void slots_taken(struct judge *judge, const size_t *slots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slot *slot = &judge->slots[slots[i]];

		slot->due = slot->some = false;
		slot->rows = (struct touched_rows){ 0 };
	}
}

/* Begins a round when something is due and the worker is free of us. */
static int round_begin(struct judge *judge)
{
	_cleanup_(round_freep) struct round *round = NULL;
	_free_ size_t *slots = calloc(judge->rules->n_checks + 1, sizeof(*slots));
	size_t n;
	int r;

	if (!slots)
		return -ENOMEM;
	r = judge_words(judge);
	if (r < 0)
		return r;
	schedule_timed(judge, clock_now());
	n = schedule_pick(judge, true, slots);
	if (n == 0)
		return judge->lists_due ? apply_write(judge, clock_now()) : 0;
	r = round_new(judge, slots, n, &round);
	if (r < 0)
		return r;
	r = worker_ask(judge->worker, &(struct job){ .run = round_run, .done = round_done, .arg = round });
	if (r < 0)
		return r;
	slots_taken(judge, slots, n);
	judge->round = TAKE(round);
	return 0;
}

static void judge_tick(void *arg)
{
	struct judge *judge = arg;
	usec_t mono = clock_monotonic();

	if (judge->round || !judge->worker)
		return;
	if (judge->retry > 0 && mono >= judge->retry)
		apply_write(judge, clock_now());
	if (judge->retry == 0 && round_begin(judge) < 0)
		judge->retry = mono + SECONDS(1);
	if (!judge->round && judge->timer)
		loop_rearm(judge->timer, schedule_wait(judge));
}

void judge_changed(struct judge *judge, uint64_t tables)
{
	judge_touched(judge, &(struct touched){ .tables = tables });
}

void judge_touched(struct judge *judge, const struct touched *touched)
{
	const uint64_t tables = touched->tables;
	static const char *const words[] = { "attestation", "not_applicable", "waiver", "answer" };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!(tables & store_table(words[i])))
			continue;
		judge->words_due = true;
		judge->version++;
		for (size_t c = 0; c < judge->rules->n_checks; c++)
			judge->slots[c].due = true;
	}
	for (size_t i = 0; i < n_registers; i++) {
		char name[80];

		snprintf(name, sizeof(name), "reg_%s", registers[i].kind);
		judge->version += (tables & store_table(name)) != 0;
	}
	schedule_mark(judge, touched);
	judge->missed |= judge->round ? tables : 0;
	judge_tick(judge);
}

uint64_t judge_version(const struct judge *judge)
{
	return judge->version;
}

int judge_settle(struct judge *judge, struct sqlite3 *db)
{
	_free_ size_t *slots = calloc(judge->rules->n_checks + 1, sizeof(*slots));
	int r = slots ? 0 : -ENOMEM;

	if (r == 0 && judge->n_diffs > 0)
		r = apply_write(judge, clock_now());
	if (r == 0)
		r = judge_words(judge);
	if (r < 0)
		return r;
	schedule_timed(judge, clock_now());
	for (int i = 0; i < SETTLE_ROUNDS; i++) {
		_cleanup_(round_freep) struct round *round = NULL;
		size_t n = schedule_pick(judge, false, slots);

		if (n == 0)
			return judge->lists_due ? apply_write(judge, clock_now()) : 0;
		r = round_new(judge, slots, n, &round);
		if (r < 0)
			return r;
		slots_taken(judge, slots, n);
		round->bounded = false;
		round_run(db, round);
		r = apply_round(judge, round);
		if (r < 0)
			return r;
	}
	return 0;
}

void judge_listen(struct judge *judge, void (*fn)(void *arg, const struct judge_change *change), void *arg)
{
	if (judge->n_listeners >= COUNT(judge->listeners))
		return;
	judge->listeners[judge->n_listeners].fn = fn;
	judge->listeners[judge->n_listeners++].arg = arg;
}

bool judge_ready(const struct judge *judge)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++)
		if (!judge->slots[i].result.ran && judge->slots[i].result.state.since == 0)
			return false;
	return true;
}

const struct rules *judge_rules_now(const struct judge *judge)
{
	return judge->rules;
}

const struct check_result *judge_check(const struct judge *judge, size_t i)
{
	return i < judge->rules->n_checks ? &judge->slots[i].result : NULL;
}

const struct check_result *judge_find(const struct judge *judge, struct str check_id)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++)
		if (str_eq(str_of(judge->rules->checks[i]->id), check_id))
			return &judge->slots[i].result;
	return NULL;
}

const struct list_result *judge_list(const struct judge *judge, size_t i)
{
	return i < judge->rules->n_lists ? &judge->lists[i] : NULL;
}

const struct answer_word *judge_answer(const struct judge *judge, const char *pack, const char *item)
{
	return words_answer(judge->words, pack, item);
}

const char *judge_param(const struct judge *judge, const struct check *check, size_t i)
{
	int slot = judge_slot(judge->rules, check->id);

	if (slot < 0 || i >= check->n_params)
		return NULL;
	return judge->slots[slot].params[i] ? judge->slots[slot].params[i] : check->params[i].value;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	loop_drop(judge->timer);
	round_free(judge->round);
	apply_drop(judge);
	lists_free(judge->rules, judge->lists);
	slots_free(judge->rules, judge->slots);
	words_free(judge->words);
	keep_free(judge->keep);
	asks_free(judge->asks);
	for (size_t i = 0; i < COUNT(judge->focus); i++)
		focus_free(judge->focus[i]);
	rules_unref(judge->rules);
	free(judge);
}

static int judge_fill(struct judge *judge, struct diag *diag)
{
	int r = keep_new(judge->store, judge->config->site_id ? judge->config->site_id : "", &judge->keep);

	if (r < 0)
		return diag_set(diag, r, "the tables of verdicts cannot be read");
	r = judge_fits(judge->config, judge->rules, diag);
	if (r < 0)
		return r;
	r = slots_new(judge->config, judge->rules, judge->keep, &judge->slots);
	if (r == 0)
		r = lists_new(judge->rules, &judge->lists);
	if (r == 0)
		r = judge_words(judge);
	if (r == 0)
		r = slots_load(judge);
	return r < 0 ? diag_set(diag, r, "the last verdicts cannot be read: %s", strerror(-r)) : 0;
}

int judge_new(const struct config *config, struct rules *rules, struct store *store, struct worker *worker,
	      struct loop *loop, struct judge **ret, struct diag *diag)
{
	_cleanup_(judge_freep) struct judge *judge = calloc(1, sizeof(*judge));
	int r;

	if (!judge)
		return diag_set(diag, -ENOMEM, "out of memory");
	judge->config = config;
	judge->rules = rules_ref(rules);
	judge->store = store;
	judge->worker = worker;
	judge->loop = loop;
	judge->drop_due = true;
	judge->asks = asks_new();
	if (!judge->asks)
		return diag_set(diag, -ENOMEM, "out of memory");
	r = judge_fill(judge, diag);
	if (r < 0)
		return r;
	if (worker) {
		r = loop_timer(loop, MSEC(10), false, judge_tick, judge, &judge->timer);
		if (r < 0)
			return diag_set(diag, r, "no timer: %s", strerror(-r));
	}
	*ret = TAKE(judge);
	return 0;
}

void judge_reload(struct judge *judge, const struct config *config, struct rules *rules)
{
	struct slot *slots = NULL;
	struct list_result *lists = NULL;

	apply_drop(judge); /* they are of checks that may be no more; all are asked again */
	if (slots_new(config ? config : judge->config, rules, judge->keep, &slots) < 0 ||
	    lists_new(rules, &lists) < 0) {
		slots_free(rules, slots);
		return;
	}
	slots_carry(judge->rules, judge->slots, rules, slots);
	lists_carry(judge->rules, judge->lists, rules, lists);
	slots_free(judge->rules, judge->slots);
	lists_free(judge->rules, judge->lists);
	rules_unref(judge->rules);
	if (config)
		judge->config = config;
	judge->rules = rules_ref(rules);
	judge->slots = slots;
	judge->lists = lists;
	judge->drop_due = judge->lists_due = true;
	judge->version++;
	judge_tick(judge);
}

void judge_rules(struct judge *judge, struct rules *rules)
{
	judge_reload(judge, NULL, rules);
}
