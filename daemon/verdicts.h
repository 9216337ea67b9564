/* What a new answer changes: the verdicts of one check before and after.  Pure, no database; times come with the answer. */
#pragma once

#include "daemon/judge.h"
#include "daemon/words.h"

struct verdict_change {
	const struct verdict *verdict; /* in diff->next; NULL: it is gone */
	const struct verdict *before;  /* in the result it was compared with; NULL: it is new */
};

struct verdict_diff {
	struct check_result next;
	struct verdict_change *changes; /* of status; new and gone ones too */
	size_t n_changes;
	usec_t at;
	bool texts; /* newer numbers in reasons are written too; the caller's */
};

/*
 * Takes the texts of @answer's rows over.  An answer with an error keeps warn and fail and doubts the rest.  @na: the check
 * does not apply, the answer has no rows.
 */
int verdicts_compare(const struct check_result *before, struct answer *answer, const struct words *words,
		     const struct ask_times *times, bool na, struct verdict_diff *ret);
void verdict_diff_free(struct verdict_diff *diff); /* what is in it, not itself */

void verdict_free(struct verdict *verdict); /* what is in it */
void check_result_free(struct check_result *result);
/* Worst first, then by resource; counts and status of the check's state follow. */
void check_result_settle(struct check_result *result, bool na);
