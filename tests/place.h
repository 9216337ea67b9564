/* A real store in a folder of its own, for tests of what stands on it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/store.h"
#include "tests/store_dir.h"

struct place {
	struct dir dir;
	struct store *ingest, *service;
};

static inline void place_open(struct place *place)
{
	struct diag diag = { { 0 } };

	dir_make(&place->dir);
	if (store_open(place->dir.db, STORE_INGEST, &place->ingest, &diag) < 0)
		fail_msg("%s", diag.text);
	if (store_open(place->dir.db, STORE_SERVICE, &place->service, &diag) < 0)
		fail_msg("%s", diag.text);
}

/* The connection that writes what collectors would. */
static inline sqlite3 *place_db(const struct place *place)
{
	return store_sqlite(place->ingest);
}

static inline void place_sql(const struct place *place, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(place_db(place), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

static inline void place_close(struct place *place)
{
	store_close(place->service);
	store_close(place->ingest);
	dir_drop(&place->dir);
}
