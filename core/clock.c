#include "core/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic usec_t replaced;

static usec_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (usec_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

usec_t clock_now(void)
{
	usec_t now = atomic_load_explicit(&replaced, memory_order_relaxed);

	return now ? now : read_clock(CLOCK_REALTIME);
}

usec_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_set(usec_t now)
{
	atomic_store_explicit(&replaced, now, memory_order_relaxed);
}
