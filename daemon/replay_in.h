/* Inside replay.c and replay_sets.c: what a replay is made of. */
#pragma once

#include "daemon/pipeline.h"
#include "daemon/replay.h"
#include "daemon/touched.h"

struct replay {
	struct sink sink;   /* first: what callers put into */
	struct sink *inner; /* the pipeline's */
	struct store *ingest, *service;
	struct pipeline *pipeline;
	struct judge *judge;
	struct rules *rules;
	struct sqlite3 *db;
	char *path;
	usec_t now;
	char *folder;       /* of registers; NULL when none was told */
	usec_t folder_told; /* when it was told last */
};

/* Commits all that waits and tells the judge what changed. */
int replay_commit(struct replay *replay);
