/* A channel's thread and the message it has: the service loop touches them only while the thread does not (step). */
#pragma once

#include <pthread.h>

#include "daemon/alerts/post.h"
#include "daemon/alerts/sql.h"
#include "daemon/alerts/transfer.h"

enum carrier_step { CARRIER_IDLE, CARRIER_ASKED, CARRIER_DONE };

struct carrier {
	struct post *post;
	const struct channel_type *type;
	struct sender sender;
	struct post_channel *shown; /* of the service loop */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of step */
	pthread_cond_t wake;
	enum carrier_step step;
	char *doc;
	int64_t delivery, attempts; /* delivery 0: states */
	struct outcome outcome;
	bool changed;       /* states: there is news */
	usec_t told_states; /* monotonic */
};

struct post {
	struct store *store;
	struct sqlite3 *db;
	struct plan *plan;
	struct loop_source *waker;
	struct carrier *carriers;
	struct post_channel *shown;
	size_t n;
	usec_t counted, tidied; /* monotonic */
};

/* How long a way that failed so often is left alone. */
usec_t back_off(int64_t failures);

/* post_save.c */
int channel_load(struct post *post, struct carrier *carrier);
/* Writes what became of a message.  When that fails it is kept, and nothing else is sent meanwhile. */
int carrier_settle(struct post *post, struct carrier *carrier, usec_t now);
/* Gives up messages that waited for a week, and those for channels that are no more. */
int post_tidy(struct post *post, usec_t now);
