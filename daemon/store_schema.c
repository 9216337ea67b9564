/*
 * The schema: migrations, each once in its own transaction and recorded by its name; then what follows from the program and
 * not from its history, made anew when it differs: tables of registers (reg_tables.c) and views.
 */

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "core/clock.h"
#include "core/embed.h"
#include "daemon/reg_tables.h"
#include "daemon/store.h"
#include "daemon/store_parts.h"

static bool migration_ours(const char *name)
{
	for (const struct embed *m = embed_migrations; m->name; m++)
		if (!strcmp(m->name, name))
			return true;
	return false;
}

int store_unknown_migration(sqlite3 *db, char *buf, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	buf[0] = '\0';
	if (sqlite3_prepare_v2(db, "SELECT name FROM migration ORDER BY name", -1, &stmt, NULL) != SQLITE_OK)
		return -EBADMSG;
	while ((r = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		if (name && !migration_ours(name))
			str_copy(buf, size, str_of(name));
	}
	sqlite3_finalize(stmt);
	return r == SQLITE_DONE ? 0 : -EBADMSG;
}

static int failed(sqlite3 *db, const char *path, const char *what, struct diag *diag)
{
	int r = store_errno(sqlite3_extended_errcode(db));

	diag_set(diag, r, "%s: %s cannot be applied (%s); the file holds what it held before", path, what,
		 sqlite3_errmsg(db));
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* 1 when it is recorded. */
static int migration_done(sqlite3 *db, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	if (sqlite3_prepare_v2(db, "SELECT 1 FROM migration WHERE name = ?", -1, &stmt, NULL) != SQLITE_OK)
		return store_errno(sqlite3_errcode(db));
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	r = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : store_errno(r);
}

static int migration_record(sqlite3 *db, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	if (sqlite3_prepare_v2(db, "INSERT INTO migration (name, at) VALUES (?, ?)", -1, &stmt, NULL) != SQLITE_OK)
		return SQLITE_ERROR;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, clock_now());
	r = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return r;
}

static int migrate(sqlite3 *db, const char *path, struct diag *diag)
{
	for (const struct embed *m = embed_migrations; m->name; m++) {
		int r = migration_done(db, m->name);

		if (r < 0)
			return failed(db, path, m->name, diag);
		if (r > 0)
			continue;
		if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
		    sqlite3_exec(db, m->text, NULL, NULL, NULL) != SQLITE_OK ||
		    migration_record(db, m->name) != SQLITE_DONE ||
		    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
			return failed(db, path, m->name, diag);
	}
	return 0;
}

/* Drops all views of ours; those of a former version may have other names. */
static int views_drop(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	char *names[256];
	size_t n = 0;
	int r = SQLITE_OK;

	if (sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'view'", -1, &stmt, NULL) != SQLITE_OK)
		return SQLITE_ERROR;
	while (n < COUNT(names) && sqlite3_step(stmt) == SQLITE_ROW)
		names[n++] = sqlite3_mprintf("DROP VIEW \"%w\"", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	for (size_t i = 0; i < n; i++) {
		if (r == SQLITE_OK)
			r = names[i] ? sqlite3_exec(db, names[i], NULL, NULL, NULL) : SQLITE_NOMEM;
		sqlite3_free(names[i]);
	}
	return r;
}

static uint64_t views_digest(void)
{
	uint64_t digest = reg_tables_digest();

	for (const struct embed *v = embed_views; v->name; v++)
		digest = digest * 31 + str_hash((struct str){ v->text, v->size }, false);
	return digest;
}

static int views_make(sqlite3 *db, const char *path, struct diag *diag)
{
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK || views_drop(db) != SQLITE_OK)
		return failed(db, path, "views", diag);
	for (const struct embed *v = embed_views; v->name; v++)
		if (sqlite3_exec(db, v->text, NULL, NULL, NULL) != SQLITE_OK)
			return failed(db, path, v->name, diag);
	if (reg_views_make(db) < 0 || store_meta_digest(db, "views_digest", views_digest()) < 0 ||
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return failed(db, path, "views", diag);
	return 0;
}

static int tables_make(sqlite3 *db, const char *path, struct diag *diag)
{
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return failed(db, path, "tables of registers", diag);
	/* A view of a former version may name columns that are no more, and then no table can be changed. */
	if (views_drop(db) != SQLITE_OK || reg_tables_make(db) < 0 || store_meta_digest(db, "views_digest", 0) < 0 ||
	    store_meta_digest(db, "registers_digest", reg_tables_digest()) < 0 ||
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return failed(db, path, "tables of registers", diag);
	return 0;
}

int store_migrate(sqlite3 *db, const char *path, struct diag *diag)
{
	char buf[32], now[32];
	int r = migrate(db, path, diag);

	if (r < 0)
		return r;
	snprintf(buf, sizeof(buf), "%016llx", (unsigned long long)reg_tables_digest());
	if (!store_meta_is(db, "registers_digest", buf))
		r = tables_make(db, path, diag);
	snprintf(buf, sizeof(buf), "%016llx", (unsigned long long)views_digest());
	if (r == 0 && !store_meta_is(db, "views_digest", buf))
		r = views_make(db, path, diag);
	if (r < 0)
		return r;
	if (!store_meta_is(db, "observing_since", NULL)) {
		snprintf(now, sizeof(now), "%lld", (long long)clock_now());
		r = store_meta_set(db, "observing_since", now);
	}
	return r < 0 ? failed(db, path, "observing_since", diag) : 0;
}
