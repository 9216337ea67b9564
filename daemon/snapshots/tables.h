/* The parts of a picture that stand in tables: rows as JSON, one a line, in the order of their keys. */
#pragma once

#include "daemon/snapshots/picture.h"

#define PICTURE_PART_MAX (256u << 20) /* of one part's text: more is no part of ours */

/* Adds a part; takes @body over, also when it fails. */
int picture_add(struct picture *picture, const char *name, char *body);
int tables_read(struct picture *picture, struct sqlite3 *db);
/* Goes on with a hash over the events with ids from @from to @to, and with their count. */
struct evp_md_ctx_st;
int tables_events(struct sqlite3 *db, struct evp_md_ctx_st *ctx, int64_t from, int64_t to, int64_t *count);
