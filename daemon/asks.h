/*
 * The checks of a rule set, compiled: SQLite takes longer to read most of them than to answer.  Of one connection at a time;
 * with another one, or other rules, all are compiled anew.  Used by the thread that owns the connection.
 */
#pragma once

#include "daemon/ask.h"
#include "rules/rules.h"

struct asks;

struct asks *asks_new(void);       /* NULL: no memory */
void asks_free(struct asks *asks); /* once nobody else uses the connection */
DEFINE_CLEANUP(struct asks, asks_free)

/* As ask_check(), for check @i of @rules. */
void asks_check(struct asks *asks, struct sqlite3 *db, struct rules *rules, size_t i, const char *const *params,
		const struct ask_times *times, struct answer *ret);
