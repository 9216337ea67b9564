/*
 * Pauses of the product, over at once: clock_monotonic() as the tested code sees it goes ahead of the machine's by as much as
 * the test says.  For tests that are linked with it wrapped (see `wrapped` in meson.build).  One thread only.
 */
#pragma once

#include "core/clock.h"

static usec_t jump_by;   /* so much ahead */
static usec_t jump_each; /* and by so much more each time it is looked at */
static bool jump_only;   /* the machine's own does not count: time goes by as the test says and not else */

usec_t __real_clock_monotonic(void);
usec_t __wrap_clock_monotonic(void);

usec_t __wrap_clock_monotonic(void)
{
	jump_by += jump_each;
	return (jump_only ? DAYS(1) : __real_clock_monotonic()) + jump_by;
}
