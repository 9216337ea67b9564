/*
 * From rows to verdicts (design.md sections 3 and 4): when a check runs, what it needs, what changed, items, score, history.
 * Lives in the service loop's thread; the questions run in the worker.  It always has the last verdicts at hand.
 */
#pragma once

#include "daemon/ask.h"
#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/score.h"
#include "daemon/store.h"
#include "daemon/words.h"
#include "daemon/worker.h"
#include "rules/rules.h"

struct judge;

struct verdict {
	char *resource;
	enum status status;
	char *reason_ja, *reason_en;
	char *dims;
	usec_t since, first_seen;
	const char *waiver; /* JSON {who,approver,why,until} while one covers it; NULL */
	bool unsaved;       /* a number in its reason is newer than the database's: those are written once a minute */
};

struct check_result {
	struct check_state state; /* first: score.c takes pointers to it */
	struct verdict *verdicts; /* worst first, then by resource */
	size_t n_verdicts;
	bool ran;
	usec_t ran_at, took;
	char *error;
	uint64_t tables;
};

struct list_result {
	const struct checklist *list;
	struct item_state *items; /* beside list->items */
	struct score score;
};

/* What happened, for the event stream, alerts and logs.  Borrowed until the call returns. */
struct judge_change {
	enum { CHANGE_VERDICT, CHANGE_CHECK, CHANGE_ITEM, CHANGE_SCORE } kind;
	const struct check *check;      /* VERDICT, CHECK */
	const struct verdict *verdict;  /* VERDICT; NULL when it is gone */
	const char *resource;           /* VERDICT */
	const struct list_result *list; /* ITEM, SCORE */
	const struct item_state *item;  /* ITEM */
	int was, status;                /* enum status, -1: there was or is none */
	usec_t at;
};

/*
 * Loads the last verdicts from @store (service connection), asks for all checks soon.  -EBADMSG and @diag when an override of
 * @config names a check or parameter that is not there.  Without @worker and @loop only judge_settle() runs checks.
 */
int judge_new(const struct config *config, struct rules *rules, struct store *store, struct worker *worker,
	      struct loop *loop, struct judge **ret, struct diag *diag);
/* After worker_stop(), which hands back what the judge still has there. */
void judge_free(struct judge *judge);
DEFINE_CLEANUP(struct judge, judge_free)

/* Tables changed (bits of store_table()): checks that read them become due. */
void judge_changed(struct judge *judge, uint64_t tables);
/* The same where it is known which accounts or devices: checks that are `by` those are asked about them first. */
struct touched;
void judge_touched(struct judge *judge, const struct touched *touched);
/* Whether the overrides of @config fit @rules: file, line and column in @diag.  Asked before a reload takes them over. */
int judge_fits(const struct config *config, const struct rules *rules, struct diag *diag);
/* A new rule set, and a new configuration where it is not NULL: all checks become due, those gone lose their verdicts. */
void judge_reload(struct judge *judge, const struct config *config, struct rules *rules);
void judge_rules(struct judge *judge, struct rules *rules);
/* Called for every change, in the service loop, after it was committed. */
void judge_listen(struct judge *judge, void (*fn)(void *arg, const struct judge_change *change), void *arg);

/* Grows with each change of registers, words, rules or verdicts: what was computed of them is as old as the number. */
uint64_t judge_version(const struct judge *judge);

/* True once every check has something to say: it has run since start, or what it said before the restart is there. */
bool judge_ready(const struct judge *judge);

const struct rules *judge_rules_now(const struct judge *judge);
const struct check_result *judge_check(const struct judge *judge, size_t i); /* beside rules->checks */
const struct check_result *judge_find(const struct judge *judge, struct str check_id);
const struct list_result *judge_list(const struct judge *judge, size_t i); /* beside rules->lists */
/* The institution's own answer to a row of the form in this fiscal year; NULL when there is none. */
const struct answer_word *judge_answer(const struct judge *judge, const char *pack, const char *item);

/* Parameter in force for a check (override or default); borrowed. */
const char *judge_param(const struct judge *judge, const struct check *check, size_t i);

/*
 * For scenarios, replay and tests: runs everything that is due at clock_now() in this thread, on @db, and again while
 * something changes.  No worker, no timers.
 */
int judge_settle(struct judge *judge, struct sqlite3 *db);
