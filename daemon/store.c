#include "daemon/store.h"
#include "daemon/statement.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "daemon/functions.h"
#include "daemon/store_parts.h"

#define WAL_PAGES 512      /* of 8 KiB: from here on a checkpoint is tried after each commit that grew it */
#define WAL_MAX (64 << 20) /* above this the file itself is made short again */

struct store {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *rollback;
	enum store_role role;
	int lock;
	char *wal; /* path */
	bool in_transaction;
	int wal_pages;       /* after the last commit */
	usec_t truncated_at; /* monotonic: last try */
	char warning[256];
};

const char *const store_tables[] = {
	"reg_people",
	"reg_accounts",
	"reg_devices",
	"reg_vendors",
	"reg_contracts",
	"reg_contacts",
	"reg_roles",
	"reg_systems",
	"reg_documents",
	"reg_calendar",
	"reg_log_sources",
	"reg_backups",
	"reg_backup_results",
	"reg_restore_tests",
	"reg_disclosures",
	"reg_certifications",
	"reg_remote_maintenance",
	"reg_work_plans",
	"reg_approvals",
	"reg_rights_matrix",
	"reg_media",
	"reg_endpoints",
	"reg_software_baseline",
	"reg_network_allow",
	"reg_advisories",
	"reg_log_reviews",
	"reg_regulations",
	"reg_drills",
	"reg_trainings",
	"reg_incidents",
	"account_seen",
	"account_stored",
	"device_seen",
	"source",
	"source_type",
	"source_hour",
	"event",
	"register",
	"register_row",
	"register_value",
	"register_history",
	"collector",
	"verdict",
	"verdict_history",
	"check_history",
	"item_history",
	"score_history",
	"answer",
	"not_applicable",
	"attestation",
	"waiver",
	"ack",
	"silence",
	"alert_outbox",
	"audit",
	"source_fields",
	"last_word",
	"account_origin",
	"login_refused",
	"record_hour",
	"own_fact",
	"rare_event",   /* those of `event` that v_rare_event has */
	"account_word", /* those of `last_word` that are about an account */
	NULL,
};

uint64_t store_table(const char *name)
{
	for (size_t i = 0; store_tables[i]; i++)
		if (!sqlite3_stricmp(store_tables[i], name))
			return UINT64_C(1) << i;
	return 0;
}

int store_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW: return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return -EAGAIN;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_NOMEM: return -ENOMEM;
	case SQLITE_READONLY: return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return -EBADMSG;
	case SQLITE_TOOBIG: return -EMSGSIZE;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH: return -EACCES;
	default: return -EIO;
	}
}

void store_process(void)
{
	/* Nobody asks how much memory SQLite has, and counting it takes a lock at each malloc. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* One arena, and what a batch frees stays for the next: else the heap grows and shrinks by single pages. */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
}

static int wal_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	((struct store *)arg)->wal_pages = pages;
	return SQLITE_OK;
}

/* Safe settings that every connection gets. */
static int connection_common(sqlite3 *db)
{
	int r = sqlite3_exec(db,
			     "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;"
			     "PRAGMA cell_size_check = ON",
			     NULL, NULL, NULL);

	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_extended_result_codes(db, 1);
	return r == SQLITE_OK ? functions_register(db) : store_errno(r);
}

static int connection_write(struct store *store, const char *path, struct diag *diag)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int r = sqlite3_open_v2(path, &store->db, flags, NULL);

	sqlite3_busy_timeout(store->db, 5000);
	if (r == SQLITE_OK)
		r = sqlite3_exec(store->db,
				 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192;"
				 "PRAGMA journal_size_limit = 67108864",
				 NULL, NULL, NULL);
	if (r != SQLITE_OK)
		return diag_set(diag, store_errno(r),
				"%s: cannot be opened for writing (%s); check its owner, rights and disk", path,
				sqlite3_errmsg(store->db));
	if (sqlite3_db_readonly(store->db, "main") == 1)
		return diag_set(diag, -EROFS, "%s: cannot be written (read-only); check its rights and file system",
				path);
	r = connection_common(store->db);
	return r < 0 ? diag_set(diag, r, "%s: cannot be set up", path) : 0;
}

static int store_prepare(struct store *store, const char *path, struct diag *diag)
{
	const unsigned flags = SQLITE_PREPARE_PERSISTENT;

	if (sqlite3_prepare_v3(store->db, "BEGIN IMMEDIATE", -1, flags, &store->begin, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(store->db, "COMMIT", -1, flags, &store->commit, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(store->db, "ROLLBACK", -1, flags, &store->rollback, NULL) != SQLITE_OK)
		return diag_set(diag, -EIO, "%s: %s", path, sqlite3_errmsg(store->db));
	return 0;
}

/* What the first connection does before any other may: the lock, the look at the file, the schema. */
static int ingest_open(struct store *store, const char *path, struct diag *diag)
{
	struct stat st;
	int r = store_lock(path, diag);

	if (r < 0)
		return r;
	store->lock = r;
	r = lstat(path, &st) == 0 ? store_check(path, diag) : store_create(path, diag);
	if (r == 0)
		r = connection_write(store, path, diag);
	if (r == 0)
		r = store_migrate(store->db, path, diag);
	if (r < 0)
		return r;
	sqlite3_wal_hook(store->db, wal_grew, store); /* takes the place of SQLite's own checkpoints */
	if (store_remote(path))
		snprintf(
			store->warning, sizeof(store->warning),
			"%.150s lies on a network file system: a lost connection can damage it; set state_dir to a local disk",
			path);
	return 0;
}

int store_open(const char *path, enum store_role role, struct store **ret, struct diag *diag)
{
	_cleanup_(store_closep) struct store *store = calloc(1, sizeof(*store));
	_free_ char *real = store_path(path, diag);
	int r;

	if (!store)
		return -ENOMEM;
	store->lock = -1;
	store->role = role;
	if (!real)
		return -ENOENT;
	if (asprintf(&store->wal, "%s-wal", real) < 0) {
		store->wal = NULL;
		return -ENOMEM;
	}
	r = role == STORE_INGEST ? ingest_open(store, real, diag) : connection_write(store, real, diag);
	/* What the service writes is small, and it hardly reads. */
	if (r == 0 && role == STORE_SERVICE)
		r = store_errno(sqlite3_exec(store->db, "PRAGMA cache_size = -1024", NULL, NULL, NULL));
	if (r == 0)
		r = store_prepare(store, real, diag);
	if (r < 0)
		return r;
	*ret = TAKE(store);
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	sqlite3_finalize(store->begin);
	sqlite3_finalize(store->commit);
	sqlite3_finalize(store->rollback);
	sqlite3_close_v2(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store->wal);
	free(store);
}

sqlite3 *store_sqlite(struct store *store)
{
	return store->db;
}

const char *store_warning(const struct store *store)
{
	return store->warning;
}

int store_begin(struct store *store)
{
	int r;

	assert(!store->in_transaction);
	/* Reads of state.c that stood together until now. */
	if (!sqlite3_get_autocommit(store->db))
		statement_run(store->commit);
	r = statement_run(store->begin);
	store->in_transaction = r == 0;
	return r;
}

/* Makes the WAL short again: what readers still need stays, and is tried again a second later. */
static void wal_shorten(struct store *store)
{
	usec_t now = clock_monotonic();
	struct stat st;

	if (store->wal_pages < WAL_PAGES)
		return;
	if (stat(store->wal, &st) < 0 || st.st_size < WAL_MAX) {
		sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		return;
	}
	if (store->truncated_at && now - store->truncated_at < SECONDS(1))
		return;
	store->truncated_at = now;
	sqlite3_busy_timeout(store->db, 200);
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(store->db, 5000);
}

int store_commit(struct store *store)
{
	int r;

	assert(store->in_transaction);
	store->wal_pages = 0;
	r = statement_run(store->commit);
	if (r < 0)
		return r;
	store->in_transaction = false;
	if (store->role == STORE_INGEST)
		wal_shorten(store);
	return 0;
}

void store_rollback(struct store *store)
{
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		statement_run(store->rollback);
	store->in_transaction = false;
}

int store_reader(const char *path, sqlite3 **ret, struct diag *diag)
{
	sqlite3 *db = NULL;
	int r = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	sqlite3_busy_timeout(db, 5000);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db, "PRAGMA query_only = ON; PRAGMA cache_size = -8192", NULL, NULL, NULL);
	r = r == SQLITE_OK ? connection_common(db) : store_errno(r);
	if (r < 0) {
		diag_set(diag, r, "%s: cannot be read (%s)", path, sqlite3_errmsg(db));
		sqlite3_close_v2(db);
		return r;
	}
	*ret = db;
	return 0;
}

int store_meta_set(sqlite3 *db, const char *name, const char *value)
{
	sqlite3_stmt *stmt = NULL;
	int r = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", -1, &stmt, NULL);

	if (r == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
		r = sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return store_errno(r);
}

int store_meta_digest(sqlite3 *db, const char *name, uint64_t digest)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%016llx", (unsigned long long)digest);
	return store_meta_set(db, name, buf);
}

bool store_meta_get(sqlite3 *db, const char *name, char *buf, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	bool found = false;

	if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE name = ?", -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
		found = sqlite3_step(stmt) == SQLITE_ROW;
		if (found)
			str_copy(buf, size, str_of((const char *)sqlite3_column_text(stmt, 0)));
	}
	sqlite3_finalize(stmt);
	return found;
}

bool store_meta_is(sqlite3 *db, const char *name, const char *value)
{
	char buf[256];

	return store_meta_get(db, name, buf, sizeof(buf)) && (!value || str_eq(str_of(buf), str_of(value)));
}
