/*
 * What a snapshot shows: everything that stands, as named texts of JSON.  Rules and thresholds are told by the service thread,
 * all else is read in the worker, in one read transaction.  A part that has not changed is the same text, and stored once.
 */
#pragma once

#include "daemon/judge.h"
#include "daemon/snapshots/chain.h"

#define SNAPSHOT_VERSION "0.1.0"

struct part {
	char *name;
	char *body;
	size_t size;
	unsigned char digest[CHAIN_DIGEST];
	unsigned char *packed; /* compressed; NULL: it is stored already */
	size_t packed_size;
};

struct picture {
	struct part *parts; /* by name */
	size_t n, room;
	char *manifest; /* JSON: name, digest and size of every part */
	unsigned char manifest_digest[CHAIN_DIGEST];
	double percent, coverage_percent; /* of the first pack */
	uint64_t bytes, new_bytes;
	int64_t first_event, last_event, next_event, n_events; /* those that are hashed */
	struct evp_md_ctx_st *ctx;
};

void picture_free(struct picture *picture); /* what is in it and itself */
DEFINE_CLEANUP(struct picture, picture_free)

/* In the service thread: the site, checks with their thresholds in force, checklists. */
int picture_rules(const struct config *config, const struct judge *judge, struct picture **ret);
/* In the worker: hashes a part of the events since the last snapshot.  1: there are more, call again. */
int picture_events(struct picture *picture, struct sqlite3 *db);
/* In the worker, after that: the rest, then digests, the manifest, and compression of what is new. */
int picture_read(struct picture *picture, struct sqlite3 *db);

/* zlib; the result is the caller's. */
int picture_pack(const void *bytes, size_t n, unsigned char **ret, size_t *ret_n);
/* @size is what it must become; -EBADMSG when it does not. */
int picture_unpack(const void *bytes, size_t n, size_t size, char **ret);
/* The text of a manifest, owned; NULL: it is damaged. */
char *picture_manifest(const void *bytes, size_t n);
