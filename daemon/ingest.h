/* The ingest thread: a loop of its own with all collectors, the pipeline and the group commit. */
#pragma once

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/pipeline.h"
#include "daemon/touched.h"

struct collector_stats;
struct ingest;

/*
 * Opens the store and the collectors (so that a port in use is an error at start), then starts the thread.  @changed is
 * called in the ingest thread after a commit with what it changed.  A collector that cannot open is `failed`, its reason
 * is kept and it is tried again; only a port in use or no permission for it ends the start: -EADDRINUSE, -EACCES with @diag.
 * @config->collectors is borrowed until ingest_stop().
 */
int ingest_start(const struct config *config, struct rules *rules, const char *db_path,
		 void (*changed)(void *arg, const struct touched *touched), void *arg, struct ingest **ret,
		 struct diag *diag);
/* Commits what was read, joins, frees.  Negative errno: what was read last could not be committed. */
int ingest_stop(struct ingest *ingest);
void ingest_rules(struct ingest *ingest, struct rules *rules); /* from the service thread */
const struct pipeline_stats *ingest_stats(const struct ingest *ingest);
void ingest_collector_stats(const struct ingest *ingest, size_t i, struct collector_stats *ret);

/* When its loop last went round (clock_monotonic()): a thread that hangs does not move it. */
usec_t ingest_alive(const struct ingest *ingest);

/* Why collector @i does not run, copied to @ret ("" when it does or is switched off); @ret at least 1 byte. */
void ingest_collector_reason(const struct ingest *ingest, size_t i, char *ret, size_t size);
