/*
 * Any text as the question of a check: refused with a sentence, or answered; nothing is ever written, and what stands in a
 * table that no view shows is never seen.
 */

#include <assert.h>
#include <sqlite3.h>
#include <stdint.h>

#include "daemon/ask.h"

static const char schema[] = "CREATE TABLE account_seen (id INTEGER PRIMARY KEY, user TEXT, uses INTEGER);"
			     "CREATE TABLE register_row (id INTEGER PRIMARY KEY, data TEXT);"
			     "CREATE VIEW v_account AS SELECT user, uses FROM account_seen;"
			     "CREATE VIEW v_busy AS SELECT user FROM v_account WHERE uses > 1;"
			     "INSERT INTO account_seen VALUES (1, 'ada', 1), (2, 'bob', 7);"
			     "INSERT INTO register_row VALUES (1, hex(char(7, 77, 31, 99, 5, 42, 88, 61)));";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The secret is made by SQL, and sought without memcmp(), which a fuzzer reads along with. */
static bool holds_secret(const char *text)
{
	static const unsigned char secret[] = { 7, 77, 31, 99, 5, 42, 88, 61 };
	size_t n = 0;

	for (; *text && n < 2 * sizeof(secret); text++) {
		unsigned digit = n % 2 ? secret[n / 2] & 15u : secret[n / 2] >> 4;

		n = *text == "0123456789ABCDEF"[digit] ? n + 1 : 0;
	}
	return n == 2 * sizeof(secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static sqlite3 *db;
	const struct ask_times times = { .now = DAYS(20000), .seen = DAYS(20000) };
	_free_ char *sql = str_dup((struct str){ (const char *)data, size });
	struct check check = { .id = (char *)"c", .stage = 1, .sql = sql, .sql_line = 1, .file = (char *)"c.sql" };
	struct answer answer;

	if (!db) {
		assert(sqlite3_open(":memory:", &db) == SQLITE_OK);
		assert(sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK);
	}
	ask_check(db, &check, NULL, &times, &answer);
	assert(!answer.error || (answer.n_rows == 0 && answer.error[0] != '\0'));
	for (size_t i = 0; i < answer.n_rows; i++) {
		const struct ask_row *row = &answer.rows[i];

		assert(row->resource && row->reason_ja && row->reason_en && row->dims);
		assert(!holds_secret(row->resource) && !holds_secret(row->reason_en) && !holds_secret(row->dims));
	}
	answer_free(&answer);
	assert(sqlite3_total_changes(db) == 3);
	return 0;
}
