/*
 * Snapshots: dated pictures of everything, chained and signed (design.md sections 2 and 7).  Lives in the service loop; what a
 * picture shows is read in the worker, and stored in one transaction.
 */
#pragma once

#include "daemon/judge.h"
#include "daemon/snapshots/chain.h"

struct snapshots;

#define SNAPSHOT_REASON 16

struct snapshot_result {
	int error; /* 0, or negative errno with @text */
	char text[256];
	int64_t number;
	usec_t taken_at;
	char code[CHAIN_CODE];
	uint64_t bytes, new_bytes;
};

struct snapshots_state {
	int64_t number; /* of the newest; 0: none */
	usec_t taken_at;
	char code[CHAIN_CODE];
	char key_id[CHAIN_KEY_ID];
	char error[256]; /* why the last one could not be taken; "" */
};

/* Loads the key of @state_dir, or makes it.  A key that cannot be used does not stop the daemon: snapshots then fail, and say so. */
int snapshots_start(const struct config *config, struct judge *judge, struct store *store, struct worker *worker,
		    struct loop *loop, struct snapshots **ret, struct diag *diag);
/* After worker_stop(). */
void snapshots_stop(struct snapshots *snapshots);
DEFINE_CLEANUP(struct snapshots, snapshots_stop)

/*
 * Takes one now, or as soon as the one that is being taken is there.  @done is called once, in the service loop.  -EAGAIN: too
 * many are asked for.
 */
int snapshots_take(struct snapshots *snapshots, const char *reason, const char *who,
		   void (*done)(void *arg, const struct snapshot_result *result), void *arg);
/* A new key from the next snapshot on, introduced by the old one. */
int snapshots_rotate(struct snapshots *snapshots, struct diag *diag);
void snapshots_state(const struct snapshots *snapshots, struct snapshots_state *ret);

/*
 * When @plan ("02:00", "mon 03:00", "1 04:00", "mar 31 23:50") was last due at or before @now, in the site's zone; 0 for an empty
 * or wrong one.
 */
usec_t snapshots_due(const char *plan, usec_t now);
