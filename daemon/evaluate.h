/*
 * All checks of a rule set over the state as it is, without a judge: nothing is written, nobody is told.  What another rule
 * pack would say today (design.md section 1, sentence 8).
 */
#pragma once

#include "daemon/lists.h"

struct sqlite3;

struct evaluation {
	struct rules *rules;          /* referenced */
	struct check_result *results; /* beside rules->checks */
	struct list_result *lists;
	struct words *words; /* what the waivers in the verdicts live in */
	usec_t now;
};

/* Checks of `stage: 2` see what the daemon in force said last. */
int evaluate(struct sqlite3 *db, const struct config *config, struct rules *rules, usec_t now, struct evaluation *ret);
/* The same in parts: every check once between these two.  Each check wants a read transaction around it. */
int evaluation_begin(struct sqlite3 *db, struct rules *rules, usec_t now, struct evaluation *ret);
int evaluation_check(struct sqlite3 *db, const struct config *config, struct evaluation *evaluation, size_t i);
int evaluation_end(struct evaluation *evaluation);
void evaluation_free(struct evaluation *evaluation); /* what is in it, not itself */

/* A verdict that the one set gives and the other does not, or otherwise. */
struct evaluation_change {
	const char *check, *resource;
	int was, status;               /* enum status, -1: there is none */
	const struct verdict *verdict; /* of the second, else of the first */
};

/* By check, then resource.  @ret owned by the caller, what is in it by the evaluations. */
int evaluation_compare(const struct evaluation *a, const struct evaluation *b, struct evaluation_change **ret,
		       size_t *ret_n);
