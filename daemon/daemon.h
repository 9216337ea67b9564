/*
 * Owns all the rest: start order, stop order, reload.  Three threads: ingest (ingest.c), service (this one), worker.  What
 * dashboard/ needs of it is here.
 */
#pragma once

#include "daemon/config.h"
#include "daemon/judge.h"
#include "daemon/pipeline.h"
#include "daemon/worker.h"

#define TENKEN_VERSION "0.1.0"

struct daemon {
	struct config *config;
	struct rules *rules;
	struct store *store; /* service connection */
	struct loop *loop;   /* service loop */
	struct worker *worker;
	struct judge *judge;
	struct ingest *ingest;
	struct http *http;
	char *db_path;
	usec_t started; /* clock_now() at start */
	bool reload_failed;
	char reload_error[512];
};

/* Runs until SIGTERM or SIGINT.  Returns the exit code (sysexits). */
int daemon_run(const char *config_path, bool demo);

/* Counters of the ingest thread; safe from any thread. */
const struct pipeline_stats *daemon_ingest_stats(const struct daemon *daemon);
struct collector_stats;
/* Copies the counters of collector @i (beside collectors[]). */
void daemon_collector_stats(const struct daemon *daemon, size_t i, struct collector_stats *ret);
