/* A snapshot as one JSON value that stands by itself: keys, all links up to the newest, and the parts of one. */
#pragma once

#include <jansson.h>

#include "core/diag.h"

struct sqlite3;

#define BUNDLE_MAX (64 << 20) /* bytes of all its parts: more is not read into memory */

/*
 * docs/snapshots.md describes it.  -ENOENT: there is no such snapshot; -ENODATA: its picture is no longer kept; -EFBIG: it is
 * above BUNDLE_MAX.
 */
int bundle_read(struct sqlite3 *db, int64_t number, json_t **ret, struct diag *diag);
/* The text of one part of it, NULL when it has none of that name. */
const char *bundle_part(const json_t *bundle, const char *name);

/*
 * What is different in @b, seen from @a: parts by name, statuses of rows and items, scores, thresholds, registers.  Both are
 * bundles.
 */
json_t *bundle_diff(const json_t *a, const json_t *b);
