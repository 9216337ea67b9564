/* A pipeline and a store that only count, in the place of ours: what the ingest thread does with them, seen from the test. */
#pragma once

#include <errno.h>
#include <pthread.h>

#include "daemon/ingest.h"
#include "tests/table.h"

extern pthread_mutex_t lock;
extern pthread_cond_t moved;

/* What the threads tell the test. */
extern struct seen {
	unsigned put, committed, commits, changed, collects, opens, closes, rules;
	unsigned put_first, put_last; /* how many were put when the first and the last commit failed */
	int fail_commits, fail_puts, fail_opens, fail_collects; /* how many times */
	int open_error;
	char state[4][16], reason[4][512];
} seen;

#define WITH_LOCK(code)                         \
	do {                                    \
		pthread_mutex_lock(&lock);      \
		code;                           \
		pthread_cond_broadcast(&moved); \
		pthread_mutex_unlock(&lock);    \
	} while (0)

/* Waits until @condition holds, by a deadline; threads say when something moved. */
#define AWAIT(condition)                                                                                          \
	do {                                                                                                      \
		struct timespec until_;                                                                           \
		int r_ = 0;                                                                                       \
		clock_gettime(CLOCK_REALTIME, &until_);                                                           \
		until_.tv_sec += 20;                                                                              \
		pthread_mutex_lock(&lock);                                                                        \
		while (!(condition) && r_ == 0)                                                                   \
			r_ = pthread_cond_timedwait(&moved, &lock, &until_);                                      \
		pthread_mutex_unlock(&lock);                                                                      \
		if (r_ != 0)                                                                                      \
			fail_msg("not in time: %s (put %u, committed %u)", #condition, seen.put, seen.committed); \
	} while (0)
