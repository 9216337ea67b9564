/* Inside of pipeline.c, pipeline_event.c and pipeline_own.c. */
#pragma once

#include <stdatomic.h>

#include "daemon/batch.h"
#include "daemon/join.h"
#include "daemon/patient.h"
#include "daemon/pipeline.h"
#include "daemon/sets.h"
#include "daemon/shapes.h"
#include "daemon/state.h"
#include "daemon/touched.h"

#define TAPS 32

struct sqlite3_stmt;

struct tap { /* the sink of one collector */
	struct sink sink;
	struct pipeline *pipeline;
	char name[32];
	char *cursor; /* the last one; kept until a longer one comes */
	size_t n_cursor, cursor_size;
	bool moved; /* since the last commit */
	struct stage *stage;
	char state[16], reason[512]; /* what the collector says of itself */
	bool said;
};

struct pipeline {
	struct store *store;
	struct rules *rules;
	struct state *state;
	struct batch *batch;
	struct patients *patients;
	struct shapes *shapes;
	struct join_table *joins;
	struct systems *systems, *next_systems; /* the latter from a set, until its commit */
	struct tap *taps[TAPS];
	size_t n_taps;
	struct pipeline_stats stats;
	struct touched touched;          /* by sets, to be told by the next pipeline_commit() */
	bool urgent;                     /* an event waits, not only counters */
	usec_t waits_since, last_commit; /* monotonic; 0: nothing waits */
	usec_t failed_since;             /* wall clock: first of the commits that fail; 0: all is well */
	usec_t clock_apart;              /* wall clock less monotonic, when last looked at */
	int64_t retention_day;           /* whose round is done */
	int64_t retention_at;            /* id up to which this round came */
	char host[256];                  /* of this machine */
	struct sqlite3_stmt *position, *collector, *meta;
	struct {
		struct sqlite3_stmt *put;
		uint64_t told[FACTS], telling[FACTS]; /* of the counters: by the last commit, and by this one */
		int64_t value[FACTS];
		unsigned set; /* bits of what was looked at since */
		usec_t flushed;
		bool due;
	} facts;
	struct event event;
};

/* One thread counts, others read: no locked addition is needed. */
static inline void pipeline_count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

/* Marks that something waits since now. */
void pipeline_wait(struct pipeline *p, bool urgent);

/* What a decoded line does: state and event. */
int pipeline_event(struct pipeline *p, const struct record *rec, struct source *source, struct event *ev);

/*
 * Lines that belong together (pipeline_join.c).  @rec becomes what is to be read: itself, or with its parts in front (@whole).
 * 1: nothing is to be read now; -errno: come again.
 */
int pipeline_join(struct pipeline *p, const struct source *source, const struct record **rec, struct record *whole);
/* Together they said nothing: what was on hold is read by itself. */
int pipeline_join_apart(struct pipeline *p);
/* Reads what is on hold. */
int pipeline_join_rest(struct pipeline *p);

/* An event that Tenken itself says, decoder "tenkend". */
int pipeline_own(struct pipeline *p, enum event_type type, usec_t at, const char *reason, const char *object,
		 const char *text);
/* At start: was nobody listening since the last commit? */
int pipeline_own_gap(struct pipeline *p);
/* After a commit that went well: was the store away for long before? */
int pipeline_own_recovered(struct pipeline *p);
/* Before each commit: did the wall clock jump, or did we stand still? */
int pipeline_own_clock(struct pipeline *p);
/* An account came or went, by a set.  Added alone, so that batch_cut() can take it back. */
int pipeline_own_account(struct pipeline *p, struct str host, enum event_type type, struct str user);

int pipeline_facts_prepare(struct pipeline *p);
int pipeline_facts_flush(struct pipeline *p, usec_t now, uint64_t *tables);
void pipeline_facts_settle(struct pipeline *p, usec_t now);

struct applied { /* a set whose end was said, inside of the transaction */
	struct tap *tap;
	const struct set_end *end;
	struct str host; /* of an account set */
	struct sets_result result;
};

/* All that waits, and a set when there is one, in one transaction.  What fails changes nothing here or there. */
int pipeline_transaction(struct pipeline *p, struct applied *set, struct touched *ret);
