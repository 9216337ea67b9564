/*
 * Pauses of the product, over at once: clock_monotonic() as the tested code sees it goes ahead of the machine's by as much as
 * the test says.  For tests that are linked with it wrapped (see `wrapped` in meson.build).  One thread only.
 */
#pragma once

#include "core/clock.h"

static usec_t jump_by;   /* so much ahead */
static usec_t jump_each; /* and by so much more each time it is looked at */

usec_t __real_clock_monotonic(void);
usec_t __wrap_clock_monotonic(void);

usec_t __wrap_clock_monotonic(void)
{
	jump_by += jump_each;
	return __real_clock_monotonic() + jump_by;
}
