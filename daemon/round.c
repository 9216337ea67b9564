/* Asking: several checks in one job of the worker, each in a read transaction of its own with its evidence. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "core/clock.h"
#include "daemon/judge_in.h"
#include "daemon/needs.h"

#define ROUND_TIME MSEC(300) /* after that no further check is begun: others wait for the worker too */

static int params_copy(const struct slot *slot, const struct check *check, char ***ret)
{
	char **params = calloc(check->n_params + 1, sizeof(*params));

	*ret = params;
	for (size_t i = 0; params && i < check->n_params; i++) {
		if (!slot->params[i])
			continue;
		params[i] = strdup(slot->params[i]);
		if (!params[i])
			return -ENOMEM;
	}
	return params ? 0 : -ENOMEM;
}

int round_new(struct judge *judge, const size_t *slots, size_t n, struct round **ret)
{
	_cleanup_(round_freep) struct round *round = calloc(1, sizeof(*round));
	usec_t now = clock_now();

	if (!round)
		return -ENOMEM;
	round->judge = judge;
	round->rules = rules_ref(judge->rules);
	round->times = (struct ask_times){ .now = now, .seen = now };
	round->bounded = true;
	round->checks = calloc(n + 1, sizeof(*round->checks));
	if (!round->checks)
		return -ENOMEM;
	for (; round->n < n; round->n++) {
		struct round_check *check = &round->checks[round->n];
		size_t slot = slots[round->n];

		check->slot = slot;
		check->some = judge->slots[slot].some && !judge->slots[slot].due;
		check->rows = judge->slots[slot].rows;
		check->na = slot_na(judge, slot);
		check->answer.check = judge->rules->checks[slot];
		if (params_copy(&judge->slots[slot], judge->rules->checks[slot], &check->params) < 0) {
			round->n++; /* what was copied of it is freed */
			return -ENOMEM;
		}
	}
	*ret = TAKE(round);
	return 0;
}

void round_free(struct round *round)
{
	if (!round)
		return;
	for (size_t i = 0; i < round->n; i++) {
		struct round_check *check = &round->checks[i];

		for (size_t p = 0; check->params && p < check->answer.check->n_params; p++)
			free(check->params[p]);
		free(check->params);
		free(check->names);
		answer_free(&check->answer);
	}
	free(round->checks);
	rules_unref(round->rules);
	free(round);
}

/* About a few alone: compared when the round is applied.  What cannot be asked so is asked whole. */
static bool check_some(struct sqlite3 *db, struct round *round, struct round_check *check)
{
	struct judge *judge = round->judge;
	enum check_by by = check->answer.check->by;

	if (!judge->focus[by])
		judge->focus[by] = focus_new(by);
	if (judge->focus[by] &&
	    focus_check(judge->focus[by], db, round->rules, check->slot, (const char *const *)check->params,
			&round->times, &check->rows, &check->answer, &check->names) == 0)
		return true;
	answer_free(&check->answer);
	check->some = false;
	return false;
}

static void check_run(struct sqlite3 *db, struct round *round, struct round_check *check)
{
	struct answer *answer = &check->answer;
	int r;

	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	asks_check(round->judge->asks, db, round->rules, check->slot, (const char *const *)check->params, &round->times,
		   answer);
	r = needs_apply(db, &round->times, answer);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0 && !answer->error) {
		char text[200];

		snprintf(text, sizeof(text), "its evidence cannot be read: %s",
			 r == -ENOMEM ? "out of memory" : sqlite3_errmsg(db));
		answer->error = strdup(text);
	}
}

void round_run(struct sqlite3 *db, void *arg)
{
	struct round *round = arg;
	usec_t begin = clock_monotonic(), end = begin + ROUND_TIME, now = begin;

	while (round->n_done < round->n && (!round->bounded || round->n_done == 0 || now < end)) {
		struct round_check *check = &round->checks[round->n_done++];
		usec_t before = now;

		if (!check->na && (!check->some || !check_some(db, round, check)))
			check_run(db, round, check);
		now = clock_monotonic();
		round->took_short += now - before < SCHEDULE_LONG ? now - before : 0;
	}
	round->took = now - begin;
}
