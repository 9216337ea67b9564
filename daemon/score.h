/* Items and score (design.md section 4).  Pure: states of checks in, states of items and the numbers out. */
#pragma once

#include "core/status.h"
#include "rules/checklist.h"

struct check_state {
	const struct check *check;
	enum status
		status; /* the worst of its verdicts; STATUS_UNKNOWN when there is none; STATUS_NA when it does not apply */
	usec_t since;
	unsigned counts[STATUSES]; /* verdicts by status */
};

struct item_state {
	const struct item *item;
	enum status status;
	usec_t since; /* kept by the caller over changes of status */
	bool na;      /* said by a person */
	/* shares 0..1 of the checks that apply, by weight */
	double earned, covered, attested;
	bool counted;                           /* in the mean: scored, not na, text no slot */
	bool measured;                          /* something of it is known, attested left out */
	double measured_earned, measured_known; /* weights: earned among known, attested left out of both */
};

struct score {
	double percent, coverage_percent, attested_percent;
	double measured_percent; /* measured_earned over measured_known, both summed by item weight; NAN: nothing is known */
	unsigned items[STATUSES]; /* scored items, na ones too; row 0 and slots are in no count */
	unsigned yes, total;      /* the form's own count: answered yes, and rows to answer */
};

/* @states: one for each of item->checks, in order.  Leaves since to the caller. */
void score_item(const struct item *item, const struct check_state *const *states, bool na, struct item_state *ret);
/* @items: one for each item of the list. @yes from the answers. */
void score_list(const struct checklist *list, const struct item_state *items, unsigned yes, struct score *ret);
