/* A hospital of 1,000 beds for bench/judge: dates spread as people's registers have them, and 90 days of events. */
#pragma once

#include "daemon/config.h"
#include "daemon/judge.h"

/* Adds to the state that judge.c made.  In the caller's transaction. */
int hospital_make(struct sqlite3 *db, usec_t now, int64_t accounts, int64_t events);
/* All checks once, what one event makes due, and 90 days ahead; prints CPU time. */
int hospital_measure(const struct config *config, struct rules *rules, struct store *store, struct sqlite3 *reader);
