/* What store.c is made of: the file (store_file.c), the schema (store_schema.c).  Nobody else includes it. */
#pragma once

#include "core/diag.h"

struct sqlite3;

/* The real path of @path, which need not exist yet; owned by the caller.  NULL and @diag when its folder does not exist. */
char *store_path(const char *path, struct diag *diag);
/* Locks PATH.lock for this process; the descriptor, or -EBUSY and @diag naming who holds it.  A stale file is no lock. */
int store_lock(const char *path, struct diag *diag);
/* Makes an empty database of ours, whole or not at all. */
int store_create(const char *path, struct diag *diag);
/* Refuses what is not ours, newer or damaged, without writing to it.  -EPROTO, -EBADMSG and @diag. */
int store_check(const char *path, struct diag *diag);
/* True when @path lies on a file system of another machine, where locks and WAL cannot be trusted. */
bool store_remote(const char *path);

/* Migrations, tables of registers, views. */
int store_migrate(struct sqlite3 *db, const char *path, struct diag *diag);
/* Name of a migration in @db that this program does not have; "" when there is none; -EBADMSG when it cannot be read. */
int store_unknown_migration(struct sqlite3 *db, char *buf, size_t size);
