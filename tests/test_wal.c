/* The log beside the database: it may grow while somebody reads, and is short again when that is over. */
#include <poll.h>
#include <sys/stat.h>

#include "daemon/store.h"
#include "tests/store_dir.h"
#include "tests/table.h"

#define MIB (1 << 20)

static int64_t wal_size(const struct dir *dir)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", dir->db);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static void write_mib(struct store *store, int n)
{
	for (int i = 0; i < n; i++) {
		assert_int_equal(store_begin(store), 0);
		assert_int_equal(
			sqlite3_exec(store_sqlite(store),
				     "INSERT INTO audit (at, who, what) VALUES (1, 'x', hex(zeroblob(524288)))", NULL,
				     NULL, NULL),
			SQLITE_OK);
		assert_int_equal(store_commit(store), 0);
	}
}

static void short_again(void **state)
{
	struct store *store = NULL;
	sqlite3 *reader = NULL;
	struct diag diag;
	struct dir dir;

	dir_make(&dir);
	assert_int_equal(store_open(dir.db, STORE_INGEST, &store, &diag), 0);
	assert_int_equal(store_reader(dir.db, &reader, &diag), 0);
	write_mib(store, 30);
	assert_true(wal_size(&dir) < 20 * MIB); /* with nobody in the way it is used again from its start */
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM audit", NULL, NULL, NULL), SQLITE_OK);
	write_mib(store, 70);
	assert_true(wal_size(&dir) > 64 * MIB);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 200 && wal_size(&dir) > 8 * MIB; i++) {
		write_mib(store, 1);
		poll(NULL, 0, 20);
	}
	assert_true(wal_size(&dir) <= 8 * MIB);
	sqlite3_close(reader);
	store_close(store);
	dir_drop(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(short_again) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
