/*
 * One collector in the ingest thread: opened, called when it has something or when its time has come, closed and tried again
 * with back-off when it fails.
 */
#pragma once

#include "collectors/collector.h"
#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/pipeline.h"

struct feed;

/* What stands around the feeds. */
struct feed_host {
	struct loop *loop;
	struct store *store;
	struct pipeline *pipeline;
	/* Called after a collector said something: commits what is due. */
	void (*said)(struct feed_host *host);
	/* Called when the pipeline did not take a record: nothing is read until feed_resume(). */
	void (*full)(struct feed_host *host, int error);
};

struct feed_sink {
	struct sink sink; /* first: what the collector gets */
	struct sink *inner;
	int error; /* of the pipeline, which is not the collector's fault */
};

struct feed {
	struct feed_host *host;
	const struct config_collector *own;
	struct feed_sink sink;
	void *state; /* the collector's; NULL while it is closed */
	struct loop_source *fd, *tick, *again, *retry;
	bool paused, well;
	usec_t back_off, failed_at;
	char reason[512]; /* why it does not run; "" when it does */
};

/* @feed is zeroed; -EADDRINUSE and -EACCES of a collector with an address, and -ENOMEM, are answers of the start. */
int feed_start(struct feed *feed, struct feed_host *host, const struct config_collector *own, struct diag *diag);
/* Closes the collector: no record comes after this. */
void feed_stop(struct feed *feed);
void feed_pause(struct feed *feed);
void feed_resume(struct feed *feed);
void feed_stats(const struct feed *feed, struct collector_stats *ret);
