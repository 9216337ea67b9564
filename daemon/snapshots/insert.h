/* The tables of snapshots, on the service connection. */
#pragma once

#include "daemon/snapshots/picture.h"
#include "daemon/snapshots/snapshots.h"

#define SNAPSHOT_DAYS 2557 /* seven years: then a link loses its picture, and stays a link */

/*
 * Makes @picture the next link, signed, in one transaction, with its parts and what they were read up to.  -EAGAIN: something
 * it counts on is gone, or the database is busy: to be made anew.
 */
int insert_snapshot(struct store *store, const struct picture *picture, const struct chain_key *key, const char *reason,
		    const char *who, const char *site, usec_t now, struct snapshot_result *ret, struct diag *diag);
/* Writes a public key down, introduced by @old (NULL: by none); nothing when it is there. */
int insert_key(struct store *store, const struct chain_key *key, const struct chain_key *old, usec_t now);
/* The newest one; number 0 when there is none. */
int insert_last(struct store *store, struct snapshots_state *ret);
bool insert_any(struct store *store);
/* When a plan was served last; 0: never. */
void insert_plan_read(struct store *store, const char *plan, usec_t *ret);
void insert_plan_write(struct store *store, const char *plan, usec_t due);
