/*
 * A channel: one way by which people are told.  It runs in a thread of its own and may block there, but never longer than its
 * time-out, and not once it is told to stop.  It gets a document (note.c) and says what became of it; it keeps no state.
 */
#pragma once

#include <jansson.h>
#include <stdatomic.h>

#include "core/diag.h"
#include "core/settings.h"

#define ANSWER_MAX (64 * 1024) /* of what a receiver may say back, in bytes */

enum outcome_kind {
	OUTCOME_SENT,
	OUTCOME_RETRY,   /* the way does not work now: nothing else is tried by it until then */
	OUTCOME_LATER,   /* the receiver does not want this one now; others may go */
	OUTCOME_REFUSED, /* nor ever: it is not tried again, and that is shown */
	OUTCOME_STOPPED, /* Tenken is ending; it is as if nothing had been tried */
};

struct outcome {
	enum outcome_kind kind;
	char error[200];    /* English, one clean line; never a secret, never the whole URL */
	usec_t retry_after; /* what the receiver asked for; 0: it did not */
};

struct sender {
	const char *name;
	const struct settings *common, *own;
	void *multi; /* CURLM */
	_Atomic bool stop;
};

struct channel_type {
	const char *name, *summary;
	const struct setting_def *settings; /* ends with a NULL name */
	const char *needs;                  /* names of those that must be there, by a space */
	bool states;                        /* is told what is open, again and again, not messages */
	/* What types alone do not show.  The name of the setting that is wrong, with @diag; NULL when all is well. */
	const char *(*check)(const struct settings *own, struct diag *diag);
	/* @doc: a message, or for @states an array of alerts (or a message of kind "test"). */
	void (*send)(struct sender *sender, const json_t *doc, struct outcome *ret);
};

/* channels.def as a table; ends with NULL. */
extern const struct channel_type *const channel_types[];
const struct channel_type *channel_type_find(const char *name);

/* Settings that every channel has. */
extern const struct setting_def channel_common[];

/*
 * A secret from the file that setting @name names: a path, or without a slash a systemd credential.  Read at each use, so that
 * it may be changed.  0 and "" when the setting is empty; negative errno and @ret filled when it cannot be read.
 */
int sender_secret(const struct sender *sender, const char *name, char *buf, size_t size, struct outcome *ret);

void outcome_set(struct outcome *ret, enum outcome_kind kind, const char *fmt, ...) _printf_(3, 4);
