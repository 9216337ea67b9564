/*
 * The judge from inside, for its own files: judge.c (start, reload, answers), schedule.c (when), round.c (asking in the
 * worker), apply.c (what an answer changes, in one transaction), items.c (lists and score).
 */
#pragma once

#include "daemon/asks.h"
#include "daemon/focus.h"
#include "daemon/judge.h"
#include "daemon/keep.h"
#include "daemon/lists.h"
#include "daemon/touched.h"
#include "daemon/verdicts.h"

/* A check and when it runs; beside rules->checks. */
struct slot {
	struct check_result result;
	char **params; /* in force, one for each of check->params; NULL takes the default */
	bool applies;  /* to this site's profile */
	bool due;
	bool some; /* due about these accounts, devices or events alone */
	struct touched_rows rows;
	bool quiet;         /* its first evaluation was not told yet */
	char form[24];      /* of what it asks: a new one is a first evaluation again */
	usec_t timed;       /* wall clock: when time alone makes it due */
	usec_t rested;      /* monotonic: not before */
	usec_t texts_saved; /* monotonic: when numbers in reasons were last written */
};

/* Checks that are asked together, in one job. */
struct round_check {
	size_t slot;
	bool na;
	bool some; /* asked about @rows alone; @names: what their resources are called, NULL: it could not be */
	struct touched_rows rows;
	char *names;
	char **params;
	struct answer answer;
};

struct round {
	struct judge *judge;
	struct rules *rules; /* referenced */
	struct ask_times times;
	struct round_check *checks;
	size_t n, n_done;
	usec_t took, took_short; /* the latter by checks that are not SCHEDULE_LONG */
	bool bounded;            /* in time: what is not reached waits for the next */
};

struct judge {
	const struct config *config;
	struct rules *rules;
	struct store *store;
	struct worker *worker;
	struct loop *loop;
	struct loop_source *timer;
	struct keep *keep;
	struct asks *asks; /* used by rounds alone, like the next */
	struct focus *focus[BY_EVENT + 1];
	struct words *words;
	int64_t words_day;
	bool words_due, lists_due,
		drop_due; /* to be read; to be counted again; checks that are gone still have verdicts */

	struct slot *slots;
	struct list_result *lists;
	struct round *round;        /* in the worker */
	struct verdict_diff *diffs; /* compared, waiting to be written */
	size_t *diff_slots, n_diffs;
	usec_t rested, rested_short; /* monotonic: long checks wait until the first, short ones until the second */
	uint64_t version;
	uint64_t missed; /* tables that changed while a round was in the worker */
	usec_t retry;    /* monotonic: the last write failed, again from then */

	struct {
		void (*fn)(void *arg, const struct judge_change *change);
		void *arg;
	} listeners[8];
	size_t n_listeners;
};

bool slot_na(const struct judge *judge, size_t i);
/* Reads what people say again where that is due; not while diffs wait. */
int judge_words(struct judge *judge);

/* slots.c */
int slots_new(const struct config *config, const struct rules *rules, struct keep *keep, struct slot **ret);
void slots_free(const struct rules *rules, struct slot *slots);
int slots_load(struct judge *judge);
/* Whether the check is for the profile of the site, and its parameters in force: NULL takes the default. */
bool slots_applies(const struct config *config, const struct check *check);
int slots_params(const struct config *config, const struct check *check, char ***ret);
void slots_params_free(const struct check *check, char **params);
/* Moves what is known of the checks and items that both sets have. */
void slots_carry(const struct rules *from, struct slot *old, const struct rules *to, struct slot *slots);
void lists_carry(const struct rules *from, const struct list_result *old, const struct rules *to,
		 struct list_result *lists);

/* schedule.c */
#define SCHEDULE_LONG MSEC(5)

void schedule_mark(struct judge *judge, const struct touched *touched);
void schedule_timed(struct judge *judge, usec_t now);
/* Indices of the slots that may run now into @ret (room for all); stage 2 only when nothing of stage 1 is due. */
size_t schedule_pick(struct judge *judge, bool rested, size_t *ret);
void schedule_ran(struct slot *slot, const struct answer *answer, usec_t now);
/* After a round of @took, of it @took_short by short checks: the worker is for others too, and the machine is small. */
void schedule_rest(struct judge *judge, usec_t took, usec_t took_short);
/* How long until something may be due. */
usec_t schedule_wait(const struct judge *judge);

/* round.c */
int round_new(struct judge *judge, const size_t *slots, size_t n, struct round **ret);
void round_free(struct round *round);
DEFINE_CLEANUP(struct round, round_free)
void round_run(struct sqlite3 *db, void *arg);

/* apply.c */
int apply_round(struct judge *judge, struct round *round);
/* Writes what waits, in one transaction.  Negative errno: it waits on. */
int apply_write(struct judge *judge, usec_t now);
void apply_drop(struct judge *judge); /* forgets what waits; the checks become due again */

/* gone.c */
int gone_write(struct judge *judge, usec_t now);

/* items.c */
/* Items and scores from the checks' states; @diffs stand for the slots they are of. */
int lists_count(const struct judge *judge, struct list_result *lists, usec_t now);
/* The text of a first evaluation. */
void first_text(const struct judge *judge, char *ja, char *en, size_t size, enum severity *ret_severity,
		enum status *ret_status);
/* State of check @i as it will be once the diffs are written. */
const struct check_state *judge_state(const struct judge *judge, size_t i);
