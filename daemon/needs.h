/*
 * Silence is not proof: turns an answer whose evidence is not there into `unknown` (design.md section 4).  Runs in the
 * worker, on the connection and in the read transaction of the question, so both see one state.
 */
#pragma once

#include "daemon/ask.h"

/* The resource of the one verdict that a check without rows has. */
#define RESOURCE_ALL "*"

/*
 * Without what the check needs, `pass` becomes `unknown` with a reason that names what is missing; `warn` and `fail` stay.
 * No rows at all become one unknown row of resource RESOURCE_ALL.  Adds to answer->tables what could bring the evidence
 * back.  An answer with an error is left as it is.
 */
int needs_apply(struct sqlite3 *db, const struct ask_times *times, struct answer *answer);
