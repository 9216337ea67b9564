/* Items and scores of all checklists from the states of checks and what people say.  Pure: now, a forecast and a what-if. */
#pragma once

#include "daemon/judge.h"

int lists_new(const struct rules *rules, struct list_result **ret);
void lists_free(const struct rules *rules, struct list_result *lists);

/*
 * @states: one for each of rules->checks.  Items that have the same status in @before (NULL: none) keep its since, others
 * get @now.
 */
int lists_judge(const struct rules *rules, const struct check_state *const *states, const struct words *words,
		const struct list_result *before, struct list_result *ret, usec_t now);

bool score_equal(const struct score *a, const struct score *b);

/* Index of a check in rules->checks by its id; -1 where there is none. */
int judge_slot(const struct rules *rules, const char *id);
