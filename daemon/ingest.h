/* The ingest thread: a loop of its own with all collectors, the pipeline and the group commit. */
#pragma once

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/pipeline.h"

struct collector_stats;
struct ingest;

/*
 * Opens the collectors (so that a port in use is an error at start), then starts the thread.  @changed is called in the
 * ingest thread after a commit with the changed tables.  A collector that cannot open stays off and its reason is kept;
 * only a port in use or no permission for it ends the start: -EADDRINUSE, -EACCES with @diag.
 */
int ingest_start(const struct config *config, struct rules *rules, const char *db_path,
		 void (*changed)(void *arg, uint64_t tables), void *arg, struct ingest **ret, struct diag *diag);
void ingest_stop(struct ingest *ingest);                       /* commits what was read, joins, frees */
void ingest_rules(struct ingest *ingest, struct rules *rules); /* from the service thread */
const struct pipeline_stats *ingest_stats(const struct ingest *ingest);
void ingest_collector_stats(const struct ingest *ingest, size_t i, struct collector_stats *ret);
