/* The file of the database: made once, refused when it is not ours, never touched when refused. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/when.h"
#include "daemon/reg_tables.h"
#include "daemon/store.h"
#include "tests/store_dir.h"
#include "tests/table.h"

static int setup(void **state)
{
	struct dir *dir = calloc(1, sizeof(*dir));

	dir_make(dir);
	*state = dir;
	return when_zone("Asia/Tokyo");
}

static int teardown(void **state)
{
	dir_drop(*state);
	free(*state);
	return 0;
}

static struct store *opened(const struct dir *dir, enum store_role role)
{
	struct store *store = NULL;
	struct diag diag = { "" };

	if (store_open(dir->db, role, &store, &diag) < 0)
		fail_msg("%s", diag.text);
	return store;
}

static void made_once(void **state)
{
	struct dir *dir = *state;
	struct store *store = opened(dir, STORE_INGEST);
	char first[64], again[64], since[64];
	struct stat st;

	assert_int_equal(stat(dir->db, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	sql_text(store_sqlite(store), "SELECT at FROM migration", first, sizeof(first));
	sql_text(store_sqlite(store), "SELECT value FROM meta WHERE name = 'observing_since'", since, sizeof(since));
	assert_string_not_equal(first, "");
	assert_string_not_equal(since, "");
	assert_string_equal(sql_text(store_sqlite(store), "PRAGMA journal_mode", again, sizeof(again)), "wal");
	assert_int_equal(sql_int(store_sqlite(store), "PRAGMA synchronous"), 2);
	assert_int_equal(sql_int(store_sqlite(store), "SELECT count(*) FROM v_account"), 0);
	store_close(store);

	store = opened(dir, STORE_INGEST);
	assert_string_equal(sql_text(store_sqlite(store), "SELECT at FROM migration", again, sizeof(again)), first);
	assert_string_equal(sql_text(store_sqlite(store), "SELECT value FROM meta WHERE name = 'observing_since'",
				     again, sizeof(again)),
			    since);
	store_close(store);
}

/* What may lie there instead of our database, each made from a good one. */
static const struct bad {
	const char *name;
	const char *sql;   /* run on the file with plain SQLite */
	const char *bytes; /* written over @at */
	off_t at;
	off_t cut;  /* new length; -1 as it is */
	int result; /* what store_open() answers */
	const char *why;
} bads[] = {
	{ "empty file", NULL, NULL, 0, 0, -EBADMSG, "empty" },
	{ "truncated", NULL, NULL, 0, 9000, -EBADMSG, "missing" },
	{ "shorter than a header", NULL, NULL, 0, 50, -EBADMSG, "not an SQLite" },
	{ "other bytes", NULL, "PK\003\004 a spreadsheet", 0, -1, -EBADMSG, "not an SQLite" },
	{ "of another program", "PRAGMA application_id = 252006674", NULL, 0, -1, -EBADMSG, "another program" },
	{ "of no program", "PRAGMA application_id = 0", NULL, 0, -1, -EBADMSG, "another program" },
	{ "newer", "INSERT INTO migration VALUES ('2099-01-01-wonders.sql', 1)", NULL, 0, -1, -EPROTO, "2099-01-01" },
	{ "no list of migrations", "DROP TABLE migration", NULL, 0, -1, -EBADMSG, "migrations" },
	{ "a page of other bytes", NULL, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 4096 * 2, -1, -EBADMSG,
	  "damaged" },
	{ "the schema's page", NULL, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 100, -1, -EBADMSG, "" },
};

static char *content(const char *path, size_t *ret_n)
{
	_fclose_ FILE *f = fopen(path, "re");
	char *text = calloc(1, 8 << 20);

	assert_non_null(f);
	*ret_n = fread(text, 1, 8 << 20, f);
	return text;
}

static void spoil(const struct dir *dir, const struct bad *bad)
{
	sqlite3 *db = NULL;
	int fd;

	assert_int_equal(sqlite3_open(dir->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL), SQLITE_OK);
	if (bad->sql)
		assert_int_equal(sqlite3_exec(db, bad->sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fd = open(dir->db, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	if (bad->bytes)
		assert_true(pwrite(fd, bad->bytes, strlen(bad->bytes), bad->at) > 0);
	if (bad->cut >= 0)
		assert_int_equal(ftruncate(fd, bad->cut), 0);
	close(fd);
}

static void refused(void **state)
{
	const struct bad *bad = *state;
	struct store *store = NULL;
	struct diag diag = { "" };
	char *before, *after;
	size_t n_before, n_after;
	struct dir dir;

	dir_make(&dir);
	store_close(opened(&dir, STORE_INGEST));
	spoil(&dir, bad);
	before = content(dir.db, &n_before);
	assert_int_equal(store_open(dir.db, STORE_INGEST, &store, &diag), bad->result);
	assert_null(store);
	assert_non_null(strstr(diag.text, "tenken.db: "));
	assert_non_null(strstr(diag.text, bad->why));
	assert_null(strchr(diag.text, '\n'));
	after = content(dir.db, &n_after);
	assert_int_equal(n_before, n_after);
	assert_memory_equal(before, after, n_after);
	free(before);
	free(after);
	dir_drop(&dir);
}

/* A child that opens the database, says so, and waits to be killed. */
static pid_t holder(const struct dir *dir)
{
	int said[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(said), 0);
	pid = fork();
	if (pid == 0) {
		struct store *store = NULL;
		struct diag diag;

		if (store_open(dir->db, STORE_INGEST, &store, &diag) == 0)
			(void)!write(said[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(said[0], &c, 1), 1);
	close(said[0]);
	close(said[1]);
	return pid;
}

static void one_daemon(void **state)
{
	struct dir *dir = *state;
	struct store *store = NULL;
	struct diag diag = { "" };
	char link[96], other[128], number[32];
	pid_t pid = holder(dir);

	snprintf(number, sizeof(number), "pid %ld", (long)pid);
	assert_int_equal(store_open(dir->db, STORE_INGEST, &store, &diag), -EBUSY);
	assert_non_null(strstr(diag.text, number));

	snprintf(link, sizeof(link), "%s/way", dir->path);
	snprintf(other, sizeof(other), "%s/other.db", dir->path);
	assert_int_equal(symlink(dir->path, link), 0);
	assert_int_equal(symlink(dir->db, other), 0);
	assert_int_equal(store_open(other, STORE_INGEST, &store, &diag), -EBUSY);
	snprintf(other, sizeof(other), "%s/tenken.db", link);
	assert_int_equal(store_open(other, STORE_INGEST, &store, &diag), -EBUSY);

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	store_close(opened(dir, STORE_INGEST)); /* the lock file is still there, and nobody holds it */
}

static void started_halfway(void **state)
{
	struct dir *dir = *state;
	char name[128];
	int fd;

	snprintf(name, sizeof(name), "%s.new", dir->db);
	fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	store_close(opened(dir, STORE_INGEST));
	assert_int_equal(access(name, F_OK), -1);
}

static void no_folder(void **state)
{
	struct store *store = NULL;
	struct diag diag = { "" };

	assert_true(store_open("/nonexistent/x/tenken.db", STORE_INGEST, &store, &diag) < 0);
	assert_non_null(strstr(diag.text, "/nonexistent/x"));
}

static void readers_read(void **state)
{
	struct dir *dir = *state;
	struct store *store = opened(dir, STORE_INGEST), *service = opened(dir, STORE_SERVICE);
	sqlite3 *reader = NULL;
	struct diag diag;

	assert_int_equal(store_reader(dir->db, &reader, &diag), 0);
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_meta_set(store_sqlite(store), "x", "1"), 0);
	assert_int_equal(sql_int(reader, "SELECT count(*) FROM meta WHERE name = 'x'"), 0);
	assert_int_equal(store_commit(store), 0);
	assert_int_equal(sql_int(reader, "SELECT count(*) FROM meta WHERE name = 'x'"), 1);
	assert_int_not_equal(sqlite3_exec(reader, "DELETE FROM meta", NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(
		sqlite3_exec(reader, "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(store_begin(service), 0);
	assert_int_equal(store_meta_set(store_sqlite(service), "y", "1"), 0);
	store_rollback(service);
	assert_int_equal(sql_int(reader, "SELECT count(*) FROM meta WHERE name = 'y'"), 0);
	sqlite3_close(reader);
	store_close(service);
	store_close(store);
}

/* What checks ask after every commit must not read all events. */
static void gaps_have_an_index(void **state)
{
	struct dir *dir = *state;
	struct store *store = opened(dir, STORE_INGEST);
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(
		sqlite3_prepare_v2(store_sqlite(store),
				   "EXPLAIN QUERY PLAN SELECT max(e.received), sum(e.count) FROM v_rare_event AS e"
				   " WHERE e.type = 'log_gap' AND e.received > ?1",
				   -1, &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_non_null(strstr((const char *)sqlite3_column_text(stmt, 3), "event_rare"));
	sqlite3_finalize(stmt);
	store_close(store);
}

/* Another column in core/register.h is another digest: the tables are made anew and keep what the register said. */
static void tables_anew(void **state)
{
	struct dir *dir = *state;
	struct store *store = opened(dir, STORE_INGEST);
	char text[256];

	assert_int_equal(
		sqlite3_exec(
			store_sqlite(store),
			"INSERT INTO register_row (kind, key, line, data, since) VALUES ('devices', 'pc-1', 2,"
			" '{\"device_id\":\"PC-1\",\"mac\":\"3423ba1126b8 aabbccddeeff\",\"extra\":{\"x\":\"y\"}}', 1);"
			"UPDATE meta SET value = '0' WHERE name = 'registers_digest';"
			"CREATE VIEW v_former AS SELECT 1; DROP TABLE reg_devices",
			NULL, NULL, NULL),
		SQLITE_OK);
	store_close(store);
	store = opened(dir, STORE_INGEST);
	sql_text(store_sqlite(store),
		 "SELECT device_id || device_id_key || class || line || extra || (SELECT group_concat(value) FROM "
		 "register_value WHERE kind = 'devices' AND column_name = 'mac' AND key = d.key) FROM reg_devices AS d",
		 text, sizeof(text));
	assert_string_equal(text, "PC-1pc-12{\"x\":\"y\"}3423ba1126b8,aabbccddeeff");
	assert_int_equal(sql_int(store_sqlite(store), "SELECT count(*) FROM sqlite_schema WHERE name = 'v_former'"), 0);
	assert_int_equal(sql_int(store_sqlite(store), "SELECT count(*) FROM v_device"), 1);
	store_close(store);
}

static void table_bits(void **state)
{
	struct dir *dir = *state;
	struct store *store = opened(dir, STORE_INGEST);
	uint64_t all = 0;
	size_t n = 0;

	for (size_t i = 0; i < n_registers; i++) {
		assert_int_equal(strncmp(store_tables[i], "reg_", 4), 0);
		assert_string_equal(store_tables[i] + 4, registers[i].kind);
	}
	for (; store_tables[n]; n++) {
		char sql[128];

		assert_int_equal(all & store_table(store_tables[n]), 0);
		all |= store_table(store_tables[n]);
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '%s'",
			 store_tables[n]);
		/* Parts of `event` and `last_word` that have a bit of their own. */
		assert_int_equal(sql_int(store_sqlite(store), sql),
				 strcmp(store_tables[n], "rare_event") != 0 &&
					 strcmp(store_tables[n], "account_word") != 0);
	}
	assert_true(n <= 64);
	assert_int_equal(store_table("meta"), 0);
	store_close(store);
}

#define FILE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(made_once),   FILE_TEST(one_daemon),         FILE_TEST(started_halfway),
		FILE_TEST(no_folder),   FILE_TEST(gaps_have_an_index), FILE_TEST(readers_read),
		FILE_TEST(tables_anew), FILE_TEST(table_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(bads, refused);
}
