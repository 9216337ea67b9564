/* libevent, and nobody else includes it (but dashboard/, for its HTTP server).  One loop belongs to one thread. */
#pragma once

#include "core/base.h"

struct loop;
struct loop_source;

int loop_new(struct loop **ret);
void loop_free(struct loop *loop);
DEFINE_CLEANUP(struct loop, loop_free)

/* Runs until loop_stop(), which any thread may call. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Calls @fn whenever @fd is readable.  The descriptor stays the caller's. */
int loop_fd(struct loop *loop, int fd, void (*fn)(void *arg), void *arg, struct loop_source **ret);
/* Calls @fn after @delay by the monotonic clock, once or every @delay; loop_rearm() moves it, also from inside @fn. */
int loop_timer(struct loop *loop, usec_t delay, bool repeat, void (*fn)(void *arg), void *arg,
	       struct loop_source **ret);
void loop_rearm(struct loop_source *source, usec_t delay);
/* Stops looking at a descriptor, and looks again. */
void loop_pause(struct loop_source *source);
void loop_resume(struct loop_source *source);
int loop_signal(struct loop *loop, int signo, void (*fn)(void *arg), void *arg, struct loop_source **ret);
/* Calls @fn in the loop's thread soon after any thread called loop_wake(); several wakes may become one call. */
int loop_waker(struct loop *loop, void (*fn)(void *arg), void *arg, struct loop_source **ret);
void loop_wake(struct loop_source *waker);
/* Takes a source out of its loop and frees it; NULL is fine. */
void loop_drop(struct loop_source *source);

/* The event_base, for dashboard/ only. */
struct event_base;
struct event_base *loop_base(struct loop *loop);
