/*
 * From answers to what everybody sees: verdicts, items, score, histories and outbox change in one transaction, and memory and
 * listeners follow when it is through.  A write that fails keeps the diffs, and the same is tried again.
 */
#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "daemon/judge_in.h"

#define TEXTS_EVERY MINUTES(1)
#define RETRY_AFTER SECONDS(1)

void apply_drop(struct judge *judge)
{
	for (size_t i = 0; i < judge->n_diffs; i++) {
		verdict_diff_free(&judge->diffs[i]);
		judge->slots[judge->diff_slots[i]].due = true;
	}
	free(judge->diffs);
	free(judge->diff_slots);
	judge->diffs = NULL;
	judge->diff_slots = NULL;
	judge->n_diffs = 0;
	judge->retry = 0;
}

/* Numbers in reasons are written with other changes, else once a minute; without a worker (replay) always. */
static bool texts_due(const struct judge *judge, const struct slot *slot, const struct verdict_diff *diff)
{
	return !judge->worker || diff->n_changes > 0 || clock_monotonic() - slot->texts_saved >= TEXTS_EVERY;
}

int apply_round(struct judge *judge, struct round *round)
{
	if (round->rules != judge->rules)
		return 0; /* an answer to rules that are no longer there; all of the new ones are due */
	judge->diffs = calloc(round->n + 1, sizeof(*judge->diffs));
	judge->diff_slots = calloc(round->n + 1, sizeof(*judge->diff_slots));
	for (size_t i = 0; i < round->n; i++) {
		struct round_check *check = &round->checks[i];
		struct slot *slot = &judge->slots[check->slot];
		int r = -ENOMEM;

		if (check->some && i < round->n_done) {
			/* Else all is as it was said; numbers in reasons are for the minute. */
			slot->due |= !check->na && focus_differs(&slot->result, &check->answer, check->names);
			continue;
		}
		if (i < round->n_done && judge->diffs && judge->diff_slots) {
			schedule_ran(slot, &check->answer, round->times.now);
			r = verdicts_compare(&slot->result, &check->answer, judge->words, &round->times, check->na,
					     &judge->diffs[judge->n_diffs]);
		}
		if (r < 0) {
			slot->due = true; /* not reached, or no memory for it */
			continue;
		}
		/* What it reads since this answer only: a change while it was asked did not make it due. */
		slot->due |= (check->answer.tables & ~slot->result.tables & judge->missed) != 0;
		slot->result.tables = check->answer.tables;
		judge->diffs[judge->n_diffs].texts = texts_due(judge, slot, &judge->diffs[judge->n_diffs]);
		judge->diff_slots[judge->n_diffs++] = check->slot;
	}
	return apply_write(judge, round->times.now);
}

static bool diff_writes(const struct judge *judge, size_t i)
{
	const struct verdict_diff *diff = &judge->diffs[i];
	const struct check_result *result = &judge->slots[judge->diff_slots[i]].result;
	const struct check_state *before = &result->state;

	if (diff->n_changes > 0 || !result->error != !diff->next.error || before->since == 0 ||
	    before->status != diff->next.state.status)
		return true;
	if (!diff->texts)
		return false;
	for (size_t v = 0; v < diff->next.n_verdicts; v++)
		if (diff->next.verdicts[v].unsaved)
			return true;
	return false;
}

static bool item_differs(const struct item_state *a, const struct item_state *b)
{
	double earned = a->earned - b->earned, covered = a->covered - b->covered;

	return a->since == 0 || a->status != b->status || earned > 1e-9 || earned < -1e-9 || covered > 1e-9 ||
	       covered < -1e-9;
}

static bool lists_differ(const struct judge *judge, const struct list_result *lists)
{
	for (size_t l = 0; l < judge->rules->n_lists; l++) {
		if (!score_equal(&judge->lists[l].score, &lists[l].score))
			return true;
		for (size_t i = 0; i < judge->rules->lists[l]->n_items; i++)
			if (item_differs(&judge->lists[l].items[i], &lists[l].items[i]))
				return true;
	}
	return false;
}

static int lists_write(struct judge *judge, const struct list_result *lists, usec_t now)
{
	int r = 0;

	for (size_t l = 0; l < judge->rules->n_lists; l++) {
		const char *pack = judge->rules->lists[l]->id;

		for (size_t i = 0; r == 0 && i < judge->rules->lists[l]->n_items; i++) {
			const struct item_state *before = &judge->lists[l].items[i];

			if (item_differs(before, &lists[l].items[i]))
				r = keep_item(judge->keep, pack, &lists[l].items[i],
					      before->since == 0 ? -1 : (int)before->status, now);
		}
		if (r == 0 && !score_equal(&judge->lists[l].score, &lists[l].score))
			r = keep_score(judge->keep, pack, &lists[l].score, now);
	}
	return r;
}

static bool diff_of(const struct judge *judge, size_t slot)
{
	for (size_t d = 0; d < judge->n_diffs; d++)
		if (judge->diff_slots[d] == slot)
			return true;
	return false;
}

/* True when the last of the checks that were never told of has its first verdicts now. */
static bool first_done(const struct judge *judge)
{
	bool quiet = false;

	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		if (!judge->slots[i].quiet)
			continue;
		quiet = true;
		if (!judge->slots[i].result.ran && !diff_of(judge, i))
			return false;
	}
	return quiet;
}

static int first_write(struct judge *judge, usec_t now)
{
	enum severity severity;
	enum status status;
	char ja[4096], en[4096];
	bool some = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < judge->rules->n_checks; i++) {
		if (!judge->slots[i].quiet)
			continue;
		some |= judge_state(judge, i)->status != STATUS_NA;
		r = keep_tell(judge->keep, judge->rules->checks[i]->id, judge->slots[i].form);
	}
	if (r < 0 || !some)
		return r;
	first_text(judge, ja, en, sizeof(ja), &severity, &status);
	return keep_first(judge->keep, severity, status, ja, en, now);
}

static int all_write(struct judge *judge, const struct list_result *lists, bool first, usec_t now)
{
	int r = store_begin(judge->store);

	if (r < 0)
		return r;
	if (judge->drop_due)
		r = gone_write(judge, now);
	for (size_t i = 0; r == 0 && i < judge->n_diffs; i++) {
		const struct slot *slot = &judge->slots[judge->diff_slots[i]];

		if (diff_writes(judge, i))
			r = keep_diff(judge->keep, &judge->diffs[i], &slot->result, judge->words, slot->quiet,
				      judge->diffs[i].texts);
	}
	if (r == 0)
		r = lists_write(judge, lists, now);
	if (r == 0 && first)
		r = first_write(judge, now);
	if (r == 0)
		r = store_commit(judge->store);
	if (r < 0) {
		store_rollback(judge->store);
		keep_touched(judge->keep);
	}
	return r;
}

static void tell(struct judge *judge, const struct judge_change *change)
{
	judge->version++;
	for (size_t i = 0; i < judge->n_listeners; i++)
		judge->listeners[i].fn(judge->listeners[i].arg, change);
}

static void diff_tell(struct judge *judge, const struct verdict_diff *diff, const struct check_state *before,
		      const struct check_state *after)
{
	for (size_t i = 0; i < diff->n_changes; i++) {
		const struct verdict_change *c = &diff->changes[i];
		const struct verdict *either = c->verdict ? c->verdict : c->before;

		tell(judge, &(struct judge_change){
				    .kind = CHANGE_VERDICT,
				    .check = after->check,
				    .verdict = c->verdict,
				    .resource = either->resource,
				    .was = c->before ? (int)c->before->status : -1,
				    .status = c->verdict ? (int)c->verdict->status : -1,
				    .at = diff->at,
			    });
	}
	if (before->since == 0 || before->status != after->status)
		tell(judge, &(struct judge_change){
				    .kind = CHANGE_CHECK,
				    .check = after->check,
				    .was = before->since == 0 ? -1 : (int)before->status,
				    .status = (int)after->status,
				    .at = diff->at,
			    });
}

/* What was written becomes what is shown. */
static void diff_take(struct judge *judge, size_t i, bool texts)
{
	struct slot *slot = &judge->slots[judge->diff_slots[i]];
	struct verdict_diff *diff = &judge->diffs[i];
	struct check_result before = slot->result;

	slot->result = diff->next;
	diff->next = (struct check_result){ .state = { .check = slot->result.state.check } };
	if (texts)
		slot->texts_saved = clock_monotonic();
	for (size_t v = 0; v < slot->result.n_verdicts; v++)
		if (texts || slot->result.verdicts[v].since == diff->at)
			slot->result.verdicts[v].unsaved = false;
	/* What was vouched for and is now measured as bad: the word no longer counts. */
	for (size_t c = 0; slot->result.state.check && c < diff->n_changes && slot->result.state.check->attest_days > 0;
	     c++)
		judge->words_due |= diff->changes[c].verdict && (diff->changes[c].verdict->status == STATUS_FAIL ||
								 diff->changes[c].verdict->status == STATUS_WARN);
	diff_tell(judge, diff, &before.state, &slot->result.state);
	check_result_free(&before);
	verdict_diff_free(diff);
}

static void lists_tell(struct judge *judge, const struct list_result *before, usec_t now)
{
	for (size_t l = 0; l < judge->rules->n_lists; l++) {
		const struct list_result *list = &judge->lists[l];

		for (size_t i = 0; i < list->list->n_items; i++) {
			const struct item_state *was = &before[l].items[i];

			if (was->since == 0 || was->status != list->items[i].status)
				tell(judge, &(struct judge_change){
						    .kind = CHANGE_ITEM,
						    .list = list,
						    .item = &list->items[i],
						    .was = was->since == 0 ? -1 : (int)was->status,
						    .status = (int)list->items[i].status,
						    .at = now,
					    });
		}
		if (!score_equal(&before[l].score, &list->score))
			tell(judge, &(struct judge_change){
					    .kind = CHANGE_SCORE, .list = list, .was = -1, .status = -1, .at = now });
	}
}

static void all_take(struct judge *judge, struct list_result *lists, bool first, usec_t now)
{
	struct list_result *before = judge->lists;

	for (size_t i = 0; i < judge->n_diffs; i++)
		diff_take(judge, i, judge->diffs[i].texts && diff_writes(judge, i));
	free(judge->diffs);
	free(judge->diff_slots);
	judge->diffs = NULL;
	judge->diff_slots = NULL;
	judge->n_diffs = 0;
	for (size_t i = 0; first && i < judge->rules->n_checks; i++)
		judge->slots[i].quiet = false;
	judge->lists = lists;
	judge->lists_due = judge->drop_due = false;
	judge->retry = 0;
	lists_tell(judge, before, now);
	lists_free(judge->rules, before);
	schedule_mark(judge, &(struct touched){ .tables = keep_touched(judge->keep) });
}

int apply_write(struct judge *judge, usec_t now)
{
	struct list_result *lists = NULL;
	bool first = first_done(judge), writes = first || judge->drop_due;
	int r = lists_new(judge->rules, &lists);

	if (r == 0)
		r = lists_count(judge, lists, now);
	for (size_t i = 0; r == 0 && !writes && i < judge->n_diffs; i++)
		writes = diff_writes(judge, i);
	if (r == 0 && (writes || lists_differ(judge, lists)))
		r = all_write(judge, lists, first, now);
	if (r < 0) {
		lists_free(judge->rules, lists);
		judge->retry = clock_monotonic() + RETRY_AFTER;
		return r;
	}
	all_take(judge, lists, first, now);
	return 0;
}
