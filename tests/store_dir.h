/* A folder of its own for each test of the store, and short ways to ask what is in a database. */
#pragma once

#include <ftw.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/str.h"

struct dir {
	char path[64], db[96];
};

static inline int dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline void dir_make(struct dir *dir)
{
	/* In memory where there is room: every commit of a store is synced. */
	snprintf(dir->path, sizeof(dir->path), "%s/tkXXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir->path))
		abort();
	snprintf(dir->db, sizeof(dir->db), "%s/tenken.db", dir->path);
}

static inline void dir_drop(struct dir *dir)
{
	nftw(dir->path, dir_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The first column of the first row as text in @buf; "" for NULL or no row. */
static inline const char *sql_text(sqlite3 *db, const char *sql, char *buf, size_t size)
{
	sqlite3_stmt *stmt = NULL;

	buf[0] = '\0';
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		snprintf(buf, size, "error: %s", sqlite3_errmsg(db));
	else if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
		str_copy(buf, size, str_of((const char *)sqlite3_column_text(stmt, 0)));
	sqlite3_finalize(stmt);
	return buf;
}

static inline int64_t sql_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* The same over a connection made for this one question, as another program would ask. */
static inline int64_t file_int(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	int64_t value = -1;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
		value = sql_int(db, sql);
	sqlite3_close(db);
	return value;
}
