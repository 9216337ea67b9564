/* The one thing tests replace.  Thread-safe. */
#pragma once

#include "core/base.h"

/* Now by the wall clock, or by the test's or the replay's. */
usec_t clock_now(void);

/* Monotonic microseconds, never replaced: for deadlines and for measuring how long things take. */
usec_t clock_monotonic(void);

/* Makes clock_now() say @now until it is set again; 0 gives the machine's clock back. */
void clock_set(usec_t now);
