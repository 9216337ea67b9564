/*
 * The store: one SQLite file (WAL, synchronous=FULL).  It alone speaks SQLite for writing.  Two write connections are opened
 * here, one for each thread that writes: ingest (events, state, registers, positions) and service (all else); readers get
 * read-only ones.  BEGIN IMMEDIATE, busy_timeout 5 s.
 */
#pragma once

#include "core/diag.h"
#include "core/str.h"

/* Tables that checks can depend on; the names are those of SQLite.  store_table() maps them to bits. */
struct store;
struct sqlite3;

enum store_role {
	STORE_INGEST,  /* creates, migrates, locks the file against a second daemon */
	STORE_SERVICE, /* opened after ingest */
};

/* Once in a daemon, before anything else of the store and before there are threads: what SQLite and malloc do not count or give back. */
void store_process(void);

/*
 * Opens @path ("...tenken.db"); STORE_INGEST creates it (0600), applies migrations and makes the views and reg_* tables.
 * -EBUSY: another daemon has it (pid in @diag); -EPROTO: made by a newer version; -EBADMSG: damaged or no database of ours.
 * Each fills @diag with file, reason and what to do; a file that is refused is not touched.
 */
int store_open(const char *path, enum store_role role, struct store **ret, struct diag *diag);
void store_close(struct store *store);
DEFINE_CLEANUP(struct store, store_close)

/* The connection, for daemon/ files that prepare statements of their own (state.c, registers in sets.c, verdicts.c). */
struct sqlite3 *store_sqlite(struct store *store);

/* Nested calls are a mistake.  Commit may answer -EAGAIN (busy): the caller keeps what it has and tries again. */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/*
 * A read-only connection with our functions (day, days, business_days, folds) and no authorizer.  Owned by the caller,
 * sqlite3_close_v2().
 */
int store_reader(const char *path, struct sqlite3 **ret, struct diag *diag);

/* Bit of a table by its SQLite name; 0 for one that no check can depend on.  Bits follow store_tables[]. */
extern const char *const store_tables[]; /* ends with NULL; at most 64; reg_* first, in the order of registers[] */
uint64_t store_table(const char *name);

/* Why SQLite failed, as negative errno: -EAGAIN busy, -ENOSPC disk full, -EBADMSG damaged, -EROFS, -ENOMEM, -EIO. */
int store_errno(int sqlite_code);

/* "" or one English sentence that store_open() found worth saying although it went well (network file system). */
const char *store_warning(const struct store *store);

/* Table meta: names and texts of the store itself.  Within the caller's transaction, if there is one. */
int store_meta_set(struct sqlite3 *db, const char *name, const char *value);
int store_meta_digest(struct sqlite3 *db, const char *name, uint64_t digest);
/* Copies the value to @buf; false when there is none. */
bool store_meta_get(struct sqlite3 *db, const char *name, char *buf, size_t size);
/* True when it stands there with @value, or with any when @value is NULL. */
bool store_meta_is(struct sqlite3 *db, const char *name, const char *value);
