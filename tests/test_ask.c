/* Checks as questions: what an answer is made of, and everything a check must not do (it may be somebody else's code). */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "daemon/ask.h"
#include "daemon/guard.h"
#include "daemon/store.h"
#include "tests/jump.h"
#include "tests/table.h"

static const char schema[] =
	"CREATE TABLE account_seen (id INTEGER PRIMARY KEY, user TEXT, uses INTEGER, note);"
	"CREATE TABLE register_row (id INTEGER PRIMARY KEY, data TEXT);"
	"CREATE TABLE verdict (check_id TEXT, status TEXT);"
	"CREATE VIEW v_account AS SELECT user, uses, note FROM account_seen;"
	"CREATE VIEW v_busy AS SELECT user FROM v_account WHERE uses > 1;"
	"CREATE VIEW v_clock AS SELECT strftime('%Y', 0, 'unixepoch') AS year;"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, type TEXT);"
	"CREATE VIEW v_event AS SELECT id AS event_id, type FROM event;"
	"CREATE VIEW v_rare_event AS SELECT id AS event_id, type FROM event WHERE type <> 'auth_success';"
	"CREATE TABLE source (id INTEGER PRIMARY KEY, host TEXT);"
	"CREATE VIEW v_alive AS SELECT host AS user, id AS last FROM source;"
	"CREATE VIEW v_verdict AS SELECT check_id, status FROM verdict;"
	"INSERT INTO account_seen VALUES (1, 'ada', 1, 'x'), (2, 'bob', 7, NULL),"
	" (3, '''; DROP TABLE account_seen;--', 3, '%_'), (4, CAST(x'6100ff62' AS TEXT), 4, x'00ff');"
	"INSERT INTO register_row VALUES (1, 'secret');";

static sqlite3 *world(void)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, schema, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static const struct ask_times times = { .now = DAYS(20000) + HOURS(3), .seen = DAYS(20000) };

#define ROW "resource, 'pass' AS status, 'r' AS reason"

/* What must be refused, or stopped.  .why is a part of the reason; .line the line of the file it must name. */
static const struct bad {
	const char *name, *sql, *why;
	int line;
	bool late;    /* it compiles, and fails when it runs */
	bool endless; /* nothing but the time limit ends it */
} bad[] = {
	{ "ATTACH", "ATTACH 'x.db' AS x", "one SELECT", 10 },
	{ "PRAGMA", "PRAGMA writable_schema = 1", "one SELECT", 10 },
	{ "INSERT", "INSERT INTO account_seen DEFAULT VALUES", "one SELECT", 10 },
	{ "UPDATE", "UPDATE account_seen SET uses = 0", "one SELECT", 10 },
	{ "DELETE", "DELETE FROM account_seen", "one SELECT", 10 },
	{ "DROP", "DROP TABLE account_seen", "one SELECT", 10 },
	{ "VACUUM INTO", "VACUUM INTO 'x.db'", "one SELECT", 10 },
	{ "CREATE", "CREATE TABLE x (a)", "one SELECT", 10 },
	{ "EXPLAIN", "EXPLAIN SELECT 1", "one SELECT", 10 },
	{ "VALUES", "VALUES (1)", "one SELECT", 10 },
	{ "WITH and INSERT", "WITH x AS (SELECT 1)\nINSERT INTO account_seen (id) SELECT * FROM x", "not a question",
	  0 },
	{ "WITH and DELETE", "WITH x AS (SELECT 1) DELETE FROM account_seen", "not a question", 0 },
	{ "nothing at all", "", "no SELECT", 10 },
	{ "only a comment", "-- SELECT\n/* SELECT 1", "no SELECT", 10 },
	{ "two statements", "SELECT user AS " ROW " FROM v_account;\nDELETE FROM account_seen", "second statement",
	  11 },
	{ "a second one behind a comment", "SELECT user AS " ROW " FROM v_account; -- x\n/* */ SELECT 1",
	  "second statement", 11 },
	{ "a table", "SELECT user AS " ROW "\n FROM account_seen", "account_seen is a table", 11 },
	{ "a table by count only", "SELECT count(*) AS " ROW "\n\n FROM register_row", "register_row is a table", 12 },
	{ "a quoted table", "SELECT count(*) AS " ROW " FROM \"register_row\"", "is a table", 10 },
	{ "a table in quotes of text", "SELECT count(*) AS " ROW " FROM 'register_row'", "is a table", 10 },
	{ "a table in brackets", "SELECT count(*) AS " ROW " FROM [register_row]", "is a table", 10 },
	{ "a table in a subquery", "SELECT (SELECT data FROM register_row) AS " ROW, "is a table", 10 },
	{ "a table behind WITH", "WITH x AS (SELECT data FROM register_row) SELECT data AS " ROW " FROM x",
	  "is a table", 10 },
	{ "WITH that passes for a view",
	  "WITH v_account AS (SELECT data FROM register_row)\nSELECT data AS " ROW " FROM v_account", "name of its own",
	  10 },
	{ "the same with columns, quoted",
	  "WITH \"V_ACCOUNT\"(data) AS (SELECT data FROM register_row) SELECT data AS " ROW " FROM v_account",
	  "name of its own", 10 },
	{ "the same, materialized", "WITH v_account AS /**/ NOT MATERIALIZED (SELECT data FROM register_row) SELECT 1",
	  "name of its own", 10 },
	{ "WITH that takes the name of a table",
	  "WITH register_row AS (SELECT 1) SELECT count(*) AS " ROW " FROM main.register_row", "name of its own", 10 },
	{ "a pragma by count", "WITH x AS (SELECT 1) SELECT count(*) AS " ROW " FROM pragma_table_list", "", 10 },
	{ "the schema", "SELECT sql AS " ROW " FROM sqlite_schema", "sqlite_master", 0 },
	{ "the schema by count", "SELECT count(*) AS " ROW " FROM sqlite_schema", "sqlite_", 0 },
	{ "pragma as a table", "SELECT name AS " ROW " FROM pragma_table_info('account_seen')", "", 0 },
	{ "answers of checks", "SELECT check_id AS " ROW " FROM v_verdict", "stage: 2", 0 },
	{ "load_extension", "SELECT load_extension('x') AS " ROW, "load_extension", 10 },
	{ "readfile", "SELECT readfile('/etc/passwd') AS " ROW, "readfile", 10 },
	{ "writefile", "SELECT writefile('x', 'y') AS " ROW, "writefile", 10 },
	{ "fts3_tokenizer", "SELECT fts3_tokenizer('simple') AS " ROW, "fts3_tokenizer", 10 },
	{ "zeroblob", "SELECT zeroblob(1000000000) AS " ROW, "zeroblob", 10 },
	{ "randomblob", "SELECT randomblob(10) AS " ROW, "randomblob", 10 },
	{ "random", "SELECT random() AS " ROW, "random", 10 },
	{ "date()", "SELECT date('now') AS " ROW, "date", 10 },
	{ "CURRENT_TIMESTAMP", "SELECT CURRENT_TIMESTAMP AS " ROW, "current_timestamp", 10 },
	{ "strftime", "SELECT\nstrftime('%s') AS " ROW, "strftime", 11 },
	{ "sqlite_version", "SELECT sqlite_version() AS " ROW, "sqlite_version", 10 },
	{ "a column that is not there", "SELECT user AS " ROW ",\n nobody FROM v_account", "nobody", 11 },
	{ "bad syntax", "SELECT user AS " ROW " FORM v_account", "", 10 },
	{ "no status", "SELECT user AS resource, 'r' AS reason FROM v_account", "no column status", 10 },
	{ "no resource", "SELECT 'pass' AS status, 'r' AS reason", "no column resource", 10 },
	{ "an unknown variable", "SELECT :yesterday AS " ROW, ":yesterday", 10 },
	{ "a variable without a name", "SELECT ? AS " ROW, ":name", 10 },
	{ "a variable of another kind", "SELECT @now AS " ROW, ":name", 10 },
	{ "too many terms", NULL, "", 0 }, /* made below: 2000 times "1+" */
	{ "without end",
	  "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT max(i) AS " ROW " FROM x", "2 s", 10,
	  true, true },
	{ "a cross join without end",
	  "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 3000)"
	  " SELECT count(*) AS " ROW " FROM x a, x b, x c, x d",
	  "2 s", 10, true, true },
	{ "rows without end",
	  "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT i AS " ROW " FROM x",
	  "more than 50000 rows", 10, true },
	{ "printf", "SELECT printf('%.*c', 1000000000, 'x') AS " ROW, "printf", 10 },
	{ "replace that grows",
	  "SELECT replace(replace(:much, 'x', 'yyyyyyyyyyyyyyyyyyyy'), 'y', 'zzzzzzzzzzzzzzzzzzzz') AS " ROW, "200 kB",
	  10, true },
	{ "rows that take too much memory",
	  "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 9999)"
	  " SELECT i AS " ROW ", replace(replace(:much, 'x', 'yyyyyyyyyyyyyyy'), 'y', 'zzzzzzzzzzz') AS much FROM x",
	  "memory", 10, true },
	{ "a row without resource", "SELECT note AS " ROW " FROM v_account WHERE user = 'bob'", "no resource", 10,
	  true },
	{ "an empty resource", "SELECT '' AS " ROW, "no resource", 10, true },
	{ "an invented status", "SELECT 'a' AS resource, 'good' AS status, 'r' AS reason", "no status of a row", 10,
	  true },
	{ "a status that people say", "SELECT 'a' AS resource, 'attested' AS status, 'r' AS reason",
	  "no status of a row", 10, true },
	{ "no status in a row", "SELECT 'a' AS resource, NULL AS status, 'r' AS reason", "no status of a row", 10,
	  true },
};

static char *terms(void)
{
	char *sql = malloc(8192);
	int n = snprintf(sql, 8192, "SELECT ");

	for (int i = 0; i < 2000; i++)
		n += snprintf(sql + n, 8192 - (size_t)n, "1+");
	snprintf(sql + n, 8192 - (size_t)n, "1 AS " ROW);
	return sql;
}

static size_t sql_uses_much(const struct bad *row)
{
	return row->sql && strstr(row->sql, ":much") ? 1 : 0;
}

static void refuses(void **state)
{
	static struct param much[] = { { (char *)"much", NULL } };
	char text[1001];
	const struct bad *row = *state;
	_free_ char *made = row->sql ? NULL : terms();
	struct check check = { .id = (char *)"c",
			       .stage = 1,
			       .sql = row->sql ? (char *)row->sql : made,
			       .sql_line = 10,
			       .file = (char *)"checks/c.sql",
			       .params = much,
			       .n_params = sql_uses_much(row) };
	sqlite3 *db = world();
	struct answer answer;
	struct diag diag = { { 0 } };
	char place[64];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	much[0].value = text;
	/* What has no end meets its two seconds after a hundred looks at the clock; nothing else does, however slow. */
	jump_only = true;
	jump_each = row->endless ? MSEC(20) : 0;
	ask_check(db, &check, NULL, &times, &answer);
	jump_each = 0;
	assert_non_null(answer.error);
	assert_int_equal(answer.n_rows, 0);
	if (!strstr(answer.error, row->why))
		fail_msg("\"%s\" does not say \"%s\"", answer.error, row->why);
	snprintf(place, sizeof(place), "checks/c.sql:%d:", row->line);
	if (row->line && !strstr(answer.error, place))
		fail_msg("\"%s\" does not name %s", answer.error, place);
	assert_int_equal(ask_lint(db, &check, NULL, &diag), row->late ? 0 : -EBADMSG);
	answer_free(&answer);

	/* Nothing was done, and the connection is as it was. */
	assert_int_equal(sqlite3_exec(db, "SELECT random(), data FROM register_row", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1), 1000000000);
	assert_int_equal(sqlite3_total_changes(db), 5);
	sqlite3_close(db);
}

/* Answers, one row a line: "resource status reason_ja/reason_en dims system". */
static const struct good {
	const char *name, *sql, *rows;
	usec_t next;
	bool templates; /* with those below */
} good[] = {
	{ "rows by resource",
	  "SELECT user AS resource, 'pass' AS status, uses || ' uses' AS reason FROM v_account WHERE uses IN (1, 7)",
	  "ada pass 1 uses/1 uses {} -\nbob pass 7 uses/7 uses {} -\n" },
	{ "no rows", "SELECT user AS " ROW " FROM v_account WHERE uses > 99", "" },
	{ "a trailing semicolon and a comment", "SELECT 'a' AS " ROW "; -- done\n", "a pass r/r {} -\n" },
	{ "other columns are dimensions",
	  "SELECT 'a' AS " ROW ", 7 AS n, 1.5 AS x, NULL AS none, 'te\"xt' AS t, 3 AS first_event",
	  "a pass r/r {\"n\":7,\"x\":1.5,\"none\":null,\"t\":\"te\\\"xt\",\"first_event\":3} -\n" },
	{ "the earliest next",
	  "SELECT 'a' AS " ROW
	  ", 30 AS next UNION ALL SELECT 'b', 'pass', 'r', 20 UNION ALL SELECT 'c', 'pass', 'r', NULL",
	  "a pass r/r {} -\nb pass r/r {} -\nc pass r/r {} -\n", 20 },
	{ "whose evidence", "SELECT 'a' AS " ROW ", 'emr' AS system_id UNION ALL SELECT 'b', 'pass', 'r', NULL",
	  "a pass r/r {\"system_id\":\"emr\"} emr\nb pass r/r {\"system_id\":null} -\n" },
	{ "or by segment", "SELECT 'a' AS " ROW ", '10.0.0' AS segment",
	  "a pass r/r {\"segment\":\"10.0.0\"} 10.0.0\n" },
	{ "of equal resources the worst stays",
	  "SELECT 'a' AS resource, 'pass' AS status, '1' AS reason UNION ALL SELECT 'a', 'fail', '2' UNION ALL SELECT 'a', 'unknown', '3'",
	  "a fail 2/2 {} -\n" },
	{ "the template without an id", "SELECT 'a' AS " ROW ", 5 AS n", "a pass 5 件/5 of them {\"n\":5} -\n",
	  .templates = true },
	{ "the template by its id", "SELECT 'a' AS " ROW ", 5 AS n, 'late' AS reason_id",
	  "a pass 遅れ 5/late 5 {\"n\":5} -\n", .templates = true },
	{ "an id without template takes the one without an id", "SELECT 'a' AS " ROW ", 5 AS n, 'other' AS reason_id",
	  "a pass 5 件/5 of them {\"n\":5} -\n", .templates = true },
	{ "a value in a template is no template", "SELECT 'a' AS " ROW ", '{n}{status}' AS n",
	  "a pass {n}{status} 件/{n}{status} of them {\"n\":\"{n}{status}\"} -\n", .templates = true },
	{ "variables", "SELECT :now || ' ' || :seen || ' ' || :today AS " ROW,
	  "1728010800000000 1728000000000000 2024-10-04 pass r/r {} -\n" },
	{ "params: a number, a span, a decimal, text",
	  "SELECT 'a' AS " ROW ", typeof(:count) || :count AS c, :window AS w, typeof(:share) AS s, :word AS t",
	  "a pass r/r {\"c\":\"integer12\",\"w\":86400000000,\"s\":\"real\",\"t\":\"x y\"} -\n" },
	{ "hostile values stay values", "SELECT user AS " ROW " FROM v_account WHERE user LIKE '%DROP%'",
	  "'; DROP TABLE account_seen;-- pass r/r {} -\n" },
	{ "bytes that are no text", "SELECT user AS " ROW ", note FROM v_account WHERE uses = 4",
	  "a\xef\xbf\xbd\xef\xbf\xbd"
	  "b pass r/r {\"note\":\"\xef\xbf\xbd\xef\xbf\xbd\"} -\n" },
	{ "a view over a view, counted", "SELECT count(*) AS " ROW " FROM v_busy", "3 pass r/r {} -\n" },
	{ "a view may use what a check may not", "SELECT year AS " ROW " FROM v_clock", "1970 pass r/r {} -\n" },
	{ "WITH over a view", "WITH busy AS (SELECT user FROM v_busy) SELECT max(user) AS " ROW " FROM busy",
	  "bob pass r/r {} -\n" },
	{ "an alias before a parenthesis",
	  "SELECT v_busy.user AS " ROW
	  " FROM v_busy WHERE (user) IN (SELECT user FROM v_account AS v) AND user = 'bob'",
	  "bob pass r/r {} -\n" },
	{ "WITH of which no value is read",
	  "WITH x(a) AS (SELECT 1), y AS MATERIALIZED (SELECT 2) SELECT count(*) AS " ROW " FROM x, y",
	  "1 pass r/r {} -\n" },
	{ "json_each", "SELECT value AS " ROW " FROM json_each('[\"x\"]')", "x pass r/r {} -\n" },
	{ "window functions",
	  "SELECT user AS " ROW ", row_number() OVER (ORDER BY uses) AS n FROM v_account WHERE uses = 1",
	  "ada pass r/r {\"n\":1} -\n" },
	{ "words in comments and texts", "/* DROP */ SELECT 'DELETE; account_seen' AS " ROW " -- ; INSERT",
	  "DELETE; account_seen pass r/r {} -\n" },
};

static struct reason reasons[] = {
	{ (char *)"", (char *)"{n} 件", (char *)"{n} of them" },
	{ (char *)"late", (char *)"遅れ {n}", (char *)"late {n}" },
};

static struct param params[] = {
	{ (char *)"count", (char *)"3" },
	{ (char *)"window", (char *)"24h" },
	{ (char *)"share", (char *)"99.5" },
	{ (char *)"word", (char *)"x y" },
};

static void answers(void **state)
{
	const struct good *row = *state;
	struct check check = { .id = (char *)"c",
			       .stage = 1,
			       .sql = (char *)row->sql,
			       .sql_line = 10,
			       .file = (char *)"c.sql",
			       .params = params,
			       .n_params = COUNT(params) };
	const char *const values[] = { "12", NULL, NULL, NULL };
	sqlite3 *db = world();
	char text[2048] = "";
	struct answer answer;
	int n = 0;

	if (row->templates) {
		check.reasons = reasons;
		check.n_reasons = COUNT(reasons);
	}
	ask_check(db, &check, values, &times, &answer);
	if (answer.error)
		fail_msg("%s", answer.error);
	for (size_t i = 0; i < answer.n_rows; i++) {
		const struct ask_row *r = &answer.rows[i];

		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s %s %s/%s %s %s\n", r->resource,
			      status_name(r->status), r->reason_ja, r->reason_en, r->dims, r->system ? r->system : "-");
	}
	assert_string_equal(text, row->rows);
	assert_int_equal(answer.next, row->next);
	assert_true(answer.took >= 0);
	answer_free(&answer);
	sqlite3_close(db);
}

static void tables(void **state)
{
	struct check check = { .id = (char *)"c",
			       .stage = 2,
			       .sql_line = 1,
			       .file = (char *)"c.sql",
			       .sql = (char *)"SELECT count(*) AS " ROW " FROM v_busy, v_verdict" };
	sqlite3 *db = world();
	uint64_t read = 0;
	struct diag diag;

	assert_int_equal(ask_lint(db, &check, &read, &diag), 0);
	assert_int_equal(read, store_table("account_seen") | store_table("verdict"));

	/* Who reads rare events only, or who is alive, is not asked again for each login. */
	check.sql = (char *)"SELECT max(type) AS " ROW " FROM v_rare_event WHERE event_id > 1 GROUP BY type";
	assert_int_equal(ask_lint(db, &check, &read, &diag), 0);
	assert_int_equal(read, store_table("rare_event"));
	check.sql = (char *)"SELECT max(last) AS " ROW " FROM v_alive GROUP BY user";
	assert_int_equal(ask_lint(db, &check, &read, &diag), 0);
	assert_int_equal(read, store_table("source_type"));
	check.sql = (char *)"SELECT max(a.user) AS " ROW " FROM v_alive AS a, v_event AS e";
	assert_int_equal(ask_lint(db, &check, &read, &diag), 0);
	assert_int_equal(read, store_table("source_type") | store_table("event"));

	/* Of accounts the columns decide: who does not ask for their use is not asked again for it. */
	check.sql = (char *)"SELECT max(c.uses) AS " ROW " FROM v_account AS c";
	assert_int_equal(ask_lint(db, &check, &read, &diag), 0);
	assert_int_equal(read, store_table("account_seen"));
	sqlite3_close(db);
}

static void lint_templates(void **state)
{
	static struct reason wrong[] = { { (char *)"", (char *)"{gone} 件", (char *)"{n}" } };
	struct check check = { .id = (char *)"c",
			       .stage = 1,
			       .sql_line = 1,
			       .file = (char *)"c.sql",
			       .sql = (char *)"SELECT 'a' AS " ROW ", 1 AS n",
			       .reasons = wrong,
			       .n_reasons = 1 };
	sqlite3 *db = world();
	struct diag diag;

	assert_int_equal(ask_lint(db, &check, NULL, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, "{gone}"));
	wrong[0].ja = (char *)"{n";
	assert_int_equal(ask_lint(db, &check, NULL, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, "{ without }"));
	wrong[0].ja = (char *)"{n}";
	assert_int_equal(ask_lint(db, &check, NULL, &diag), 0);
	check.params = params;
	check.n_params = 1;
	assert_int_equal(ask_lint(db, &check, NULL, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, "not used"));
	sqlite3_close(db);
}

/* Two on one connection: neither makes SQLite compile the other again; a new schema does, and then it is looked at again. */
static void compiled_once(void **state)
{
	struct check check = { .id = (char *)"c", .stage = 1, .sql_line = 1, .file = (char *)"c.sql" };
	struct guard *guards[2] = { 0 };
	sqlite3 *db = world();
	struct diag diag;

	check.sql = (char *)"SELECT count(*) AS " ROW " FROM v_busy";
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(guard_open(db, &check, NULL, &guards[i], &diag), 0);
	for (int run = 0; run < 4; run++) {
		struct guard *guard = guards[run % 2];

		guard_enter(guard);
		assert_int_equal(sqlite3_step(guard_stmt(guard)), SQLITE_ROW);
		sqlite3_reset(guard_stmt(guard));
		guard_leave(guard);
		assert_int_equal(sqlite3_stmt_status(guard_stmt(guard), SQLITE_STMTSTATUS_REPREPARE, 0), 0);
	}
	assert_int_equal(sqlite3_exec(db, "SELECT data FROM register_row", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "DROP VIEW v_busy;"
				      "CREATE VIEW v_busy AS SELECT status AS user FROM verdict",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	guard_enter(guards[0]);
	assert_int_equal(sqlite3_step(guard_stmt(guards[0])), SQLITE_AUTH);
	guard_leave(guards[0]);
	guard_close(TAKE(guards[0]));
	guard_close(TAKE(guards[1]));
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest others[] = { cmocka_unit_test(tables), cmocka_unit_test(lint_templates),
					     cmocka_unit_test(compiled_once) };

	return RUN_TABLE(bad, refuses) + RUN_TABLE(good, answers) + cmocka_run_group_tests(others, NULL, NULL);
}
