/*
 * The events that wait for the next commit, and those of the commit before: equal ones within a second become one row with
 * a count, the first raw line stays.  Memory is bounded: batch_full() asks for a commit.
 */
#pragma once

#include "core/event.h"
#include "daemon/pool.h"

#define BATCH_EVENTS 20000
#define BATCH_BYTES (8u << 20)

struct sqlite3;
struct batch;
struct touched;

struct batch_event {
	const struct event *event; /* received and count are read from it; its time is @at */
	usec_t at;                 /* the time that counts (design.md section 5) */
	int64_t source;
	struct str system, raw;
	bool alone; /* never made one with another */
};

int batch_new(struct sqlite3 *db, struct batch **ret);
void batch_free(struct batch *batch);
DEFINE_CLEANUP(struct batch, batch_free)

/* 1 when it was made one with an event that was there, 0 when it is new; its id in @ret_id.  -EAGAIN: full. */
int batch_add(struct batch *batch, const struct batch_event *event, int64_t *ret_id);
/* Where texts of state.c live until the commit. */
struct pool *batch_pool(struct batch *batch);

/* Those that v_rare_event leaves out. */
#define BATCH_FREQUENT \
	(1u << EVENT_auth_success | 1u << EVENT_auth_failure | 1u << EVENT_device_seen | 1u << EVENT_record_access)
bool batch_dirty(const struct batch *batch);
void batch_touched(const struct batch *batch, struct touched *to); /* adds what that which waits will change */
bool batch_full(const struct batch *batch);
size_t batch_count(const struct batch *batch);
/* Takes back what was added since batch_count() answered @n; only events that were added alone. */
void batch_cut(struct batch *batch, size_t n);

/* Within the caller's transaction; batch_settle() after its commit. */
int batch_flush(struct batch *batch);
void batch_settle(struct batch *batch);
uint64_t batch_rows(const struct batch *batch); /* rows that the last flush wrote */
