/* When a check runs: what is due, what rests, which stage comes first, and how long the loop may sleep. */
#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge_in.h"
#include "tests/table.h"

#define NOW (DAYS(20700) + HOURS(3))

/* Two checks of stage 1 and one of stage 2; a letter each: d due, r due and resting, h due, long, and the judge rests; - not. */
static const struct row {
	const char *name, *slots;
	const char *picked; /* indices */
} rows[] = {
	{ "nothing is due", "---", "" },
	{ "what is due", "d--", "0" },
	{ "all that is due", "dd-", "01" },
	{ "the second stage waits for the first", "d-d", "0" },
	{ "then it comes", "--d", "2" },
	{ "what rests is left for later", "rd-", "1" },
	{ "and the second stage waits for it", "r-d", "" },
	{ "a long one waits while the judge rests", "hd-", "1" },
};

struct world {
	struct check checks[3];
	struct check *list[3];
	struct rules rules;
	struct slot slots[3];
	struct judge judge;
};

static void world_fill(struct world *w, const char *letters)
{
	usec_t mono = clock_monotonic();

	*w = (struct world){ .checks = { { .stage = 1 }, { .stage = 1 }, { .stage = 2 } } };
	for (size_t i = 0; i < 3; i++) {
		w->list[i] = &w->checks[i];
		w->slots[i].due = letters[i] != '-';
		w->slots[i].rested = letters[i] == 'r' ? mono + HOURS(1) : mono - 1;
		w->slots[i].result.took = letters[i] == 'h' ? MSEC(200) : MSEC(1);
		w->slots[i].timed = NOW + MINUTES(1);
	}
	w->rules = (struct rules){ .checks = w->list, .n_checks = 3 };
	w->judge = (struct judge){ .rules = &w->rules, .slots = w->slots, .rested = mono + HOURS(1) };
}

static void picks(void **state)
{
	const struct row *row = *state;
	struct world w;
	size_t picked[3], n;
	char text[8] = "";

	world_fill(&w, row->slots);
	n = schedule_pick(&w.judge, true, picked);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('0' + picked[i]);
	assert_string_equal(text, row->picked);
}

static const struct time_row {
	const char *name;
	usec_t now, next; /* when it ran, and what its rows named */
	usec_t timed;     /* when it runs again */
} times[] = {
	{ "every minute", NOW, 0, NOW + MINUTES(1) },
	{ "at the instant it names", NOW, NOW + SECONDS(7), NOW + SECONDS(7) },
	{ "one that is far away does not keep it from ageing", NOW, NOW + DAYS(9), NOW + MINUTES(1) },
	{ "one that has passed is none", NOW, NOW - 1, NOW + MINUTES(1) },
	{ "at midnight in Tokyo", NOW + HOURS(12) - SECONDS(5), 0, NOW + HOURS(12) },
};

static void runs_again(void **state)
{
	const struct time_row *row = *state;
	struct answer answer = { .next = row->next, .took = MSEC(500) };
	struct slot slot = { 0 };

	when_zone("Asia/Tokyo");
	schedule_ran(&slot, &answer, row->now);
	assert_int_equal(slot.timed, row->timed);
	assert_true(slot.rested - clock_monotonic() > SECONDS(4)); /* ten times what it took */
}

static void marks(void **state)
{
	struct world w;

	world_fill(&w, "---");
	w.slots[1].result.tables = 6;
	schedule_mark(&w.judge, &(struct touched){ .tables = 1 });
	assert_false(w.slots[0].due || w.slots[1].due || w.slots[2].due);
	schedule_mark(&w.judge, &(struct touched){ .tables = 4 });
	assert_true(w.slots[1].due);
	assert_false(w.slots[0].due || w.slots[2].due);

	world_fill(&w, "---");
	schedule_timed(&w.judge, NOW + SECONDS(59));
	assert_false(w.slots[0].due);
	schedule_timed(&w.judge, NOW + MINUTES(1));
	assert_true(w.slots[0].due);

	world_fill(&w, "---");
	schedule_timed(&w.judge, NOW - DAYS(2)); /* the clock was set back */
	assert_true(w.slots[0].due);
}

static const struct wait_row {
	const char *name, *table;
	unsigned waits;
	bool due;
} waits[] = {
	{ "logins", "account_seen", WAITS_LOGINS, false },
	{ "where else they come from", "account_origin", WAITS_LOGINS, false },
	{ "sightings", "device_seen", WAITS_SIGHTINGS, false },
	{ "rare events", "rare_event", WAITS_EVENTS, false },
	{ "words of machines", "last_word", WAITS_WORDS, false },
	{ "words about accounts", "account_word", WAITS_WORDS, false },
	{ "new sources", "source", WAITS_SOURCES, false },
	{ "new types of a source", "source_type", WAITS_SOURCES, false },
	{ "hours of a source", "source_hour", WAITS_SOURCES, false },
	{ "more than one", "last_word", WAITS_SOURCES | WAITS_WORDS, false },
	{ "another one is not waited for", "rare_event", WAITS_SOURCES | WAITS_WORDS, true },
	{ "a register never", "reg_devices", 31, true },
};

/* What the minute is soon enough for makes nothing due. */
static void waits_for_the_minute(void **state)
{
	const struct wait_row *row = *state;
	struct world w;

	world_fill(&w, "---");
	w.checks[1].waits = row->waits;
	w.slots[1].result.tables = UINT64_MAX;
	schedule_mark(&w.judge, &(struct touched){ .tables = store_table(row->table) });
	assert_int_equal(w.slots[1].due, row->due);
}

static void sleeps(void **state)
{
	struct world w;

	clock_set(NOW);
	world_fill(&w, "---");
	assert_int_equal(schedule_wait(&w.judge), MINUTES(1));
	w.slots[1].timed = NOW + SECONDS(7);
	assert_int_equal(schedule_wait(&w.judge), SECONDS(7));
	world_fill(&w, "rr-");
	assert_int_equal(schedule_wait(&w.judge), MINUTES(1)); /* never longer */
	world_fill(&w, "d--");
	assert_int_equal(schedule_wait(&w.judge), MSEC(10)); /* never a spin */
	w.judge.retry = clock_monotonic() + SECONDS(1);
	assert_true(schedule_wait(&w.judge) > MSEC(10));
	clock_set(0);
}

/* Ten times what all took together; a quiet time pays for the first of them. */
static void pays(void **state)
{
	struct world w;
	usec_t mono = clock_monotonic();

	world_fill(&w, "d--");
	w.judge.rested = w.judge.rested_short = mono - HOURS(1);
	schedule_rest(&w.judge, MSEC(50), MSEC(1));
	assert_in_range(w.judge.rested, mono, clock_monotonic());
	assert_true(w.judge.rested_short < mono);
	for (int i = 0; i < 100; i++)
		schedule_rest(&w.judge, MSEC(100), MSEC(1));
	assert_true(w.judge.rested >= mono + 100 * 10 * MSEC(100));
	assert_true(w.judge.rested_short < w.judge.rested);
	for (int i = 0; i < 1000; i++)
		schedule_rest(&w.judge, MSEC(4), MSEC(4));
	assert_true(w.judge.rested_short >= mono + 1000 * 20 * MSEC(4) - SECONDS(1)); /* short ones are no exception */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(marks), cmocka_unit_test(sleeps), cmocka_unit_test(pays) };

	return RUN_TABLE(rows, picks) + RUN_TABLE(times, runs_again) + RUN_TABLE(waits, waits_for_the_minute) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
