/*
 * Everything that is data, read from the installed folder and then the site's, as one immutable set.  A file of a later
 * folder with the same id takes the place of an earlier one.  Shared between threads: the last rules_unref() frees it.
 */
#pragma once

#include "rules/check.h"
#include "rules/checklist.h"
#include "rules/decoder.h"

struct rules {
	struct decoders *decoders;
	struct check **checks; /* by id, sorted */
	size_t n_checks;
	struct checklist **lists; /* the packs that were asked for, in that order */
	size_t n_lists;
	int refs; /* atomic */
};

/*
 * @dirs: folders with decoders/, checks/, checklists/ inside, ends with NULL; one that does not exist is skipped unless
 * none does.  @packs: ids of the checklists in force, ends with NULL; NULL takes all.  All or nothing: -EBADMSG, @diag.
 */
int rules_load(const char *const *dirs, const char *const *packs, struct rules **ret, struct diag *diag);
struct rules *rules_ref(struct rules *rules);
void rules_unref(struct rules *rules);
DEFINE_CLEANUP(struct rules, rules_unref)

const struct check *rules_check(const struct rules *rules, struct str id);
const struct checklist *rules_list(const struct rules *rules, struct str id);
