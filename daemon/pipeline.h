/*
 * The sink of all collectors: decode, update state, keep the event, one transaction a batch with the read positions in it.
 * Lives in the ingest thread; no SQL and no allocation a line in steady state (state.c is a bounded write-behind cache).
 */
#pragma once

#include "core/record.h"
#include "daemon/store.h"
#include "rules/rules.h"

struct pipeline;

struct pipeline_stats { /* since start; read by other threads without a lock */
	_Atomic uint64_t lines, events, unknown, cut, refused, commits, rows;
	_Atomic uint64_t folded;     /* lines of senders beyond the bound of sources (state.h) */
	_Atomic uint64_t unjoined;   /* things of several lines that made room for others (join.h) */
	_Atomic int64_t last_commit; /* usec */
	_Atomic int failing;         /* errno of the last commit that failed, 0 when all is well */
};

int pipeline_new(struct store *store, struct rules *rules, struct pipeline **ret, struct diag *diag);
void pipeline_free(struct pipeline *pipeline);
DEFINE_CLEANUP(struct pipeline, pipeline_free)

/* The sink; @position names the collector whose cursor the records carry. */
struct sink *pipeline_sink(struct pipeline *pipeline, const char *collector);

/* Takes over a new rule set between two batches. */
void pipeline_rules(struct pipeline *pipeline, struct rules *rules);

/*
 * True when something waits for a commit; by when it has to be done (monotonic usec).  Also true once nothing was committed
 * for 30 s: that commit says that we are alive.
 */
bool pipeline_dirty(const struct pipeline *pipeline, usec_t *ret_deadline);

/*
 * Commits what waits.  1 and what changed in @ret, 0 when nothing waited, negative errno: nothing is lost, call again.
 */
struct touched;
int pipeline_commit(struct pipeline *pipeline, struct touched *ret);

/* What a collector says of itself: kept in table collector.  @reason NULL: it is well. */
void pipeline_collector(struct pipeline *pipeline, const char *collector, const char *state, const char *reason);

/* Facts of Tenken about itself (pipeline_facts.c): as they are now, written with the next commit. */
enum pipeline_fact { FACT_LINES, FACT_CUT, FACT_FOLDED, FACT_DISK_FREE, FACT_STORE_MODE, FACTS };
void pipeline_fact(struct pipeline *pipeline, enum pipeline_fact fact, int64_t value);
bool pipeline_fact_parse(struct str name, enum pipeline_fact *ret);
/* Looks at the disk and at the file. */
void pipeline_look(struct pipeline *pipeline);

/* Deletes what is older than its type's days, at most some thousand rows a call.  1 when there is more. */
int pipeline_retention(struct pipeline *pipeline, usec_t now);

const struct pipeline_stats *pipeline_stats(const struct pipeline *pipeline);
