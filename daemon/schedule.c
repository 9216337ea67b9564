/*
 * When a check runs: after a change of what it reads, at most once a second and not sooner than ten times its last duration;
 * and when time alone can change its answer: at the instant it names, every minute, at midnight of the site.
 */
#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge_in.h"

#define EVERY MINUTES(1)
#define REST_LEAST SECONDS(1)
#define REST_TIMES 10
#define LONG MSEC(5) /* a check that takes less never waits for the others' rest */
#define ROUND_REST_TIMES 3
#define ROUND_REST_MOST SECONDS(1)

void schedule_mark(struct judge *judge, uint64_t tables)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++)
		if (judge->slots[i].result.tables & tables)
			judge->slots[i].due = true;
}

void schedule_timed(struct judge *judge, usec_t now)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		struct slot *slot = &judge->slots[i];

		/* A clock that was set back must not stop everything until it has caught up. */
		if (now >= slot->timed || slot->timed - now > EVERY)
			slot->due = true;
	}
}

/* From when it may run.  What all read (sources) changes with every line: together they must not fill the machine. */
static usec_t slot_rested(const struct judge *judge, const struct slot *slot)
{
	if (slot->result.took < LONG || slot->rested > judge->rested)
		return slot->rested;
	return judge->rested;
}

size_t schedule_pick(struct judge *judge, bool rested, size_t *ret)
{
	usec_t mono = clock_monotonic();
	size_t n = 0;

	for (int stage = 1; stage <= 2; stage++) {
		bool some = false;

		for (size_t i = 0; i < judge->rules->n_checks; i++) {
			const struct slot *slot = &judge->slots[i];
			bool second = judge->rules->checks[i]->stage >= 2;

			if (!slot->due || second != (stage == 2))
				continue;
			some = true;
			if (!rested || mono >= slot_rested(judge, slot))
				ret[n++] = i;
		}
		if (some)
			return n;
	}
	return n;
}

void schedule_ran(struct slot *slot, const struct answer *answer, usec_t now)
{
	usec_t rest = answer->took * REST_TIMES, midnight = when_day_start(when_day_of(now) + 1);

	slot->rested = clock_monotonic() + (rest > REST_LEAST ? rest : REST_LEAST);
	slot->timed = now + EVERY;
	if (answer->next > now && answer->next < slot->timed)
		slot->timed = answer->next;
	if (midnight < slot->timed)
		slot->timed = midnight;
}

void schedule_rest(struct judge *judge, usec_t took)
{
	usec_t rest = took * ROUND_REST_TIMES;

	judge->rested = clock_monotonic() + (rest < ROUND_REST_MOST ? rest : ROUND_REST_MOST);
}

usec_t schedule_wait(const struct judge *judge)
{
	usec_t now = clock_now(), mono = clock_monotonic(), wait = EVERY;

	if (judge->retry > 0)
		return judge->retry > mono ? judge->retry - mono : MSEC(1);
	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		const struct slot *slot = &judge->slots[i];
		usec_t by_rest = slot_rested(judge, slot) - mono, by_time = slot->due ? 0 : slot->timed - now;
		usec_t least = by_rest > by_time ? by_rest : by_time;

		if (least < wait)
			wait = least;
	}
	return wait > MSEC(10) ? wait : MSEC(10);
}
