/*
 * Messages on their way: for each channel a thread that sends one at a time, in order, and what is known of it in the database.
 * Everything but the sending itself happens in the service loop; a kill between sending and writing repeats one message, with
 * the same id.
 */
#pragma once

#include "daemon/alerts/plan.h"
#include "daemon/config.h"
#include "daemon/loop.h"

struct post;

/* Starts a thread for each channel of @config, whose settings must live as long as it. */
int post_start(struct store *store, struct plan *plan, struct loop *loop, const struct config *config,
	       struct post **ret);
/* Ends what is being sent, joins. */
void post_stop(struct post *post);

/* Hands out what is due at @now; @changed: what is open may have changed.  Cheap when nothing is. */
void post_look(struct post *post, usec_t now, bool changed);

/* Channel @i is tried at once, however often it failed. */
void post_nudge(struct post *post, size_t i);

struct post_channel {
	const char *name, *type;
	enum { POST_OK, POST_FAILING } state;
	int64_t waiting, sent, failed, retried, failures;
	usec_t last_sent, last_failed, retry_at, oldest; /* oldest: when the message was made that waits longest */
	char error[200];
};

/* What is known of the channels, in the order of the configuration; as of the last change or second. */
size_t post_channels(const struct post *post, const struct post_channel **ret);
