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

struct place {
	char dir[32], db[64];
	struct store *ingest, *service;
};

static inline void place_open(struct place *place)
{
	struct diag diag = { { 0 } };

	snprintf(place->dir, sizeof(place->dir), "/tmp/tk.XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->db, sizeof(place->db), "%s/tenken.db", place->dir);
	if (store_open(place->db, STORE_INGEST, &place->ingest, &diag) < 0)
		fail_msg("%s", diag.text);
	if (store_open(place->db, STORE_SERVICE, &place->service, &diag) < 0)
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

/* The first value of a question as a number; -1 when there is none. */
static inline int64_t place_number(const struct place *place, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(place_db(place), sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(place_db(place)));
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

static inline void place_close(struct place *place)
{
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };

	store_close(place->service);
	store_close(place->ingest);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		char path[80];

		snprintf(path, sizeof(path), "%s%s", place->db, endings[i]);
		unlink(path);
	}
	rmdir(place->dir);
}
