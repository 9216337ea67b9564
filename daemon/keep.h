/*
 * The judge's tables: verdicts as they stand, all histories, the outbox.  On the service connection, inside of the caller's
 * transaction.  Every function answers 0 or a negative errno, after which the caller rolls back.
 */
#pragma once

#include "daemon/store.h"
#include "daemon/verdicts.h"

struct keep;

int keep_new(struct store *store, const char *site, struct keep **ret);
void keep_free(struct keep *keep);
DEFINE_CLEANUP(struct keep, keep_free)

/* Bits of the tables that the writing functions below touched since the last call. */
uint64_t keep_touched(struct keep *keep);

/* Calls @fn for every verdict; its texts are borrowed. */
int keep_each_verdict(struct keep *keep, int (*fn)(void *arg, const char *check, const struct verdict *verdict),
		      void *arg);
/* Calls @fn with the last state of every check and item; @pack NULL for a check.  @status -1: it is no more. */
struct kept {
	const char *pack, *id;
	int status;
	usec_t at;
	double earned, covered;
};
int keep_each_state(struct keep *keep, void (*fn)(void *arg, const struct kept *kept), void *arg);
/* The score of @pack that was written last; 1, or 0 when there is none. */
int keep_score_last(struct keep *keep, const char *pack, struct score *ret);

/*
 * Verdicts of @diff: what changed, its history and, unless @quiet, the outbox; with @texts also newer numbers in reasons.
 * That a check cannot be run, or can be again, is always told: once, with RESOURCE_ALL.
 */
int keep_diff(struct keep *keep, const struct verdict_diff *diff, const struct check_result *before,
	      const struct words *words, bool quiet, bool texts);
/* Closes what @check had: it is no longer among the rules. */
int keep_drop_check(struct keep *keep, const char *check, usec_t at);
int keep_drop_item(struct keep *keep, const char *pack, const char *item, int was, usec_t at);

/* @was -1: it had none. */
int keep_item(struct keep *keep, const char *pack, const struct item_state *item, int was, usec_t at);
int keep_score(struct keep *keep, const char *pack, const struct score *score, usec_t at);

/* Which form of a check its first evaluation was told of; "" when of none.  Borrowed until the next call. */
const char *keep_told(struct keep *keep, const char *check);
int keep_tell(struct keep *keep, const char *check, const char *form);
/* One line in the outbox that stands for a whole first evaluation. */
int keep_first(struct keep *keep, enum severity severity, enum status status, const char *ja, const char *en,
	       usec_t at);
