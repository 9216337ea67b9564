/*
 * What `tenken rules lint` and `test` find in folders of rules: they load, each check prepares against the schema, each need
 * can be met by some decoder, each item with checks has one that decides it, each example of a decoder holds.
 */
#pragma once

#include "core/diag.h"
#include "rules/rules.h"

struct lint_report {
	unsigned decoders, checks, lists, examples;
	unsigned problems;
};

/*
 * @dirs as for rules_load().  @say is called with one line for each problem ("file:line: what; what to do"), in English.
 * 0 when there is none, 1 when there is; negative errno when the looking itself failed (temporary folder, memory) and @diag.
 */
int lint_rules(const char *const *dirs, void (*say)(void *arg, const char *text), void *arg, struct lint_report *ret,
	       struct diag *diag);

/* Every check of @rules prepares against the schema.  -EBADMSG and @diag with file and line of the first that does not. */
int lint_prepare(const struct rules *rules, struct diag *diag);
