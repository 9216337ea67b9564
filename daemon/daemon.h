/*
 * Owns all the rest: start order, stop order, reload.  Three threads: ingest (ingest.c), service (this one), worker.  What
 * dashboard/ needs of it is here.
 */
#pragma once

#include <pthread.h>

#include "daemon/config.h"
#include "daemon/judge.h"
#include "daemon/pipeline.h"
#include "daemon/touched.h"
#include "daemon/worker.h"

#define TENKEN_VERSION "0.1.0"

struct daemon {
	struct config *config;
	struct rules *rules;
	struct store *store; /* service connection */
	struct loop *loop;   /* service loop */
	struct worker *worker;
	struct judge *judge;
	struct alerts *alerts;
	struct snapshots *snapshots;
	struct ingest *ingest;
	struct http *http;
	char *db_path;
	usec_t started; /* clock_now() at start */
	bool reload_failed;
	char reload_error[512];
	char tls_fingerprint[96];  /* of the page's certificate; "" without TLS */
	usec_t tls_expires;        /* 0 without TLS */
	bool first_token;          /* make one where there is none */
	char first_token_text[64]; /* "" or the one that was made, to be told once */

	/* Of daemon/ alone. */
	const char *config_path;      /* as given; NULL: the usual place, or the embedded defaults */
	pthread_mutex_t touched_lock; /* of what follows */
	struct touched touched;       /* by ingest, not yet told to the judge */
	struct loop_source *changed, *tick, *signals[4];
	usec_t watchdog, next_ping; /* how often to ping; 0: nobody asks */
	bool announced;
};

/* Runs until SIGTERM or SIGINT.  @path NULL: the usual place if it is there.  Returns the exit code (sysexits). */
int daemon_run(const char *path, bool demo, bool first_token);

/* Reads configuration and rules and says what is wrong with them; nothing is opened.  Returns the exit code. */
int daemon_check(const char *path);

/* Reads all again and takes it over, or keeps all and remembers why. */
void daemon_reload(struct daemon *daemon);

/* The files of the configuration in force, and the rules that fit them.  -EBADMSG etc. and @diag. */
int daemon_read(const char *path, bool demo, struct config **ret_config, struct rules **ret_rules, struct diag *diag);

/* Makes the state of a demonstration anew: the simulated hospital's history, played through a whole Tenken. */
int daemon_demo(const struct config *config, struct rules *rules, struct diag *diag);

/* Prints where the page is and what is wrong, worst first, at most ten: what scripts/run.sh shows. */
void daemon_announce(const struct daemon *daemon, FILE *out);

/* Counters of the ingest thread; safe from any thread. */
const struct pipeline_stats *daemon_ingest_stats(const struct daemon *daemon);
struct collector_stats;
/* Copies the counters of collector @i (beside collectors[]). */
void daemon_collector_stats(const struct daemon *daemon, size_t i, struct collector_stats *ret);
