/*
 * A source of records.  It does I/O and nothing else: no decoding, no store, no event loop.  The daemon allocates
 * @state_size zeroed bytes as its state, calls open() once, collect() whenever fd() is readable (or, where fd is NULL or
 * says -1, every @interval), and close() in the end, also when open() failed.
 *
 * Errors are negative errno and fill @diag with a sentence for people (English; file, reason, what to do).  -EAGAIN from
 * collect() means "nothing more now".  A collector takes at most some thousand records per collect(), so that others get
 * their turn, and returns 1 when it has more.  A @diag that was filled although nothing failed is a notice, worth a line in
 * the log: the collector sees to it that it does not come too often.  A negative answer of the sink is handed back; what the
 * sink did not take comes again with the next collect(); a set that broke off begins anew, with begin().
 */
#pragma once

#include "core/diag.h"
#include "core/record.h"
#include "core/settings.h"

struct collector_stats {
	uint64_t received, cut, malformed, dropped; /* lines; dropped is what the kernel or a limit threw away */
	uint64_t connections, refused;
};

struct collector {
	const char *name;                   /* also the section of the configuration and the file name */
	const char *summary;                /* one line, for --list and the manual */
	const struct setting_def *settings; /* its keys; ends with a NULL name */
	size_t state_size;
	usec_t interval; /* how often to collect() where there is no fd; also with an fd, as a tick, when not 0 */

	/* @cursor: where it stopped, empty the first time.  -ENOENT etc.: the source is not on this machine. */
	int (*open)(void *state, const struct settings *set, struct str cursor, struct diag *diag);
	int (*fd)(void *state); /* may be an epoll descriptor that holds many */
	int (*collect)(void *state, struct sink *out, struct diag *diag);
	void (*close)(void *state);
	/* Counters for /metrics and sources, filled into key=value pairs of @ret; may be NULL. */
	void (*stats)(void *state, struct collector_stats *ret);
};

extern const struct collector *const collectors[]; /* ends with NULL; made of collectors.def */
