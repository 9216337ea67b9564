/*
 * Asks a check about a few accounts, devices or events alone: what a login, a sighting or a session can turn is found for a hundredth of what the
 * whole question costs.  Only for checks that say `by: account`, `by: device` or `by: event`: what they say about one rests on
 * the state of that one.  Of a row about many (a system's "all is well") only what makes it worse counts, and that it is new; the rest is
 * for the minute.
 */
#pragma once

#include "daemon/asks.h"
#include "daemon/judge.h"
#include "daemon/touched.h"

/* A connection of its own, on which views of the same names show those few only.  Used by the thread that asks. */
struct focus;
struct focus *focus_new(enum check_by by); /* NULL: no memory */
void focus_free(struct focus *focus);
DEFINE_CLEANUP(struct focus, focus_free)

/*
 * Check @i of @rules, about @rows, in the database that @db is open on.  *@ret_names: what their resources are called, one a
 * line, owned by the caller.  Negative errno: the whole must be asked.
 */
int focus_check(struct focus *focus, struct sqlite3 *db, struct rules *rules, size_t i, const char *const *params,
		const struct ask_times *times, const struct touched_rows *rows, struct answer *ret, char **ret_names);

/* Whether the whole question could be answered otherwise than it stands in @before.  Pure. */
bool focus_differs(const struct check_result *before, const struct answer *answer, const char *names);
