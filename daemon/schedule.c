/*
 * When a check runs: after a change of what it reads, not again within half a second (a whole one, and a line that comes just
 * after a run would not be judged within a second of its arrival) and not sooner than ten times its last duration; and when
 * time alone can change its answer: at the instant it names, every minute, at midnight of the site.  The ten times hold for
 * all checks together as well.  What one would get wrong: the short ones must not wait until a long one is paid for.
 */
#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge_in.h"

#define EVERY MINUTES(1)
#define REST_LEAST MSEC(500)
#define REST_TIMES 10       /* together at most a tenth of a core */
#define REST_TIMES_SHORT 20 /* of it at most half by those that take less than SCHEDULE_LONG */
#define SAVED MSEC(500) /* of rest a quiet time saves for the next rounds: the first changed line is judged at once */

static uint64_t waits_of(const struct check *check)
{
	static const struct {
		unsigned waits;
		const char *tables[3];
	} list[] = {
		{ WAITS_LOGINS, { "account_seen", "account_origin" } },
		{ WAITS_SIGHTINGS, { "device_seen" } },
		{ WAITS_EVENTS, { "rare_event" } },
		{ WAITS_WORDS, { "last_word", "account_word" } },
		{ WAITS_SOURCES, { "source", "source_type", "source_hour" } },
	};
	uint64_t tables = 0;

	for (size_t i = 0; i < COUNT(list); i++)
		for (size_t t = 0; check->waits & list[i].waits && t < COUNT(list[i].tables) && list[i].tables[t]; t++)
			tables |= store_table(list[i].tables[t]);
	return tables;
}

/* The rows that alone changed of all that @check reads, or NULL. */
static const struct touched_rows *rows_of(const struct check *check, uint64_t tables, const struct touched *touched)
{
	if (check->by == BY_ACCOUNT && !(tables & ~touched_account_tables()))
		return &touched->accounts;
	if (check->by == BY_DEVICE && !(tables & ~touched_device_tables()))
		return &touched->devices;
	if (check->by == BY_EVENT && !(tables & ~touched_event_tables()))
		return &touched->events;
	return NULL;
}

void schedule_mark(struct judge *judge, const struct touched *touched)
{
	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		struct slot *slot = &judge->slots[i];
		const struct check *check = judge->rules->checks[i];
		uint64_t tables = slot->result.tables & touched->tables & ~waits_of(check);
		const struct touched_rows *rows = rows_of(check, tables, touched);

		if (!tables || slot->due)
			continue;
		if (rows)
			touched_rows_add(&slot->rows, rows);
		slot->some = rows && touched_few(rows) && touched_few(&slot->rows);
		slot->due = !slot->some;
	}
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
	usec_t rested = slot->result.took < SCHEDULE_LONG ? judge->rested_short : judge->rested;

	return slot->rested > rested ? slot->rested : rested;
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

			if ((!slot->due && !slot->some) || second != (stage == 2))
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

static void rest(usec_t *rested, usec_t spent)
{
	usec_t saved = clock_monotonic() - SAVED;

	*rested = (*rested > saved ? *rested : saved) + spent;
}

void schedule_rest(struct judge *judge, usec_t took, usec_t took_short)
{
	rest(&judge->rested, took * REST_TIMES);
	rest(&judge->rested_short, took_short * REST_TIMES_SHORT);
}

usec_t schedule_wait(const struct judge *judge)
{
	usec_t now = clock_now(), mono = clock_monotonic(), wait = EVERY;

	if (judge->retry > 0)
		return judge->retry > mono ? judge->retry - mono : MSEC(1);
	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		const struct slot *slot = &judge->slots[i];
		usec_t by_rest = slot_rested(judge, slot) - mono,
		       by_time = slot->due || slot->some ? 0 : slot->timed - now;
		usec_t least = by_rest > by_time ? by_rest : by_time;

		if (least < wait)
			wait = least;
	}
	return wait > MSEC(10) ? wait : MSEC(10);
}
