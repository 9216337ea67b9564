/* The functions of our SQL: days, business days, networks, versions, folded names. */
#include "core/when.h"
#include "daemon/store.h"
#include "tests/store_dir.h"
#include "tests/table.h"

/* SQL functions; calendar.csv closes 2026-11-25 and opens Saturday the 28th. */
static const struct question {
	const char *name, *answer;
} questions[] = {
	{ "day(1796011199999999)", "2026-11-30" },
	{ "day(1795964400000000)", "2026-11-30" },
	{ "day(1795964399999999)", "2026-11-29" },
	{ "day('2026/4/1')", "2026-04-01" },
	{ "ifnull(day(NULL), 'null')", "null" },
	{ "ifnull(day('soon'), 'null')", "null" },
	{ "days('2026-11-01', '2026-11-30')", "29" },
	{ "days('2026-11-30', 1795964399999999)", "-1" },
	{ "ifnull(days('', '2026-11-30'), 'null')", "null" },
	{ "business_days('2026-11-20', '2026-11-24')", "1" }, /* Labour Thanksgiving is Monday the 23rd */
	{ "business_days('2026-11-24', '2026-11-25')", "0" },
	{ "business_days('2026-11-25', '2026-11-30')", "4" },
	{ "business_days('2026-11-24', '2026-11-20')", "-1" },
	{ "business_days('2026-11-24', '2026-11-24')", "0" },
	{ "ifnull(business_days(NULL, 1), 'null')", "null" },
	{ "business_days(0, 99999999999999999) > 20000", "1" },
	{ "instant('2026-11-30')", "1795964400000000" },
	{ "instant('2026-11-30 00:01')", "1795964460000000" },
	{ "ifnull(instant('soon'), 'null')", "null" },
	{ "ifnull(instant(NULL), 'null')", "null" },
	{ "in_network('10.1.2.3', '192.168.0.0/16 10.0.0.0/8')", "1" },
	{ "in_network('11.1.2.3', '192.168.0.0/16 10.0.0.0/8')", "0" },
	{ "in_network('10.1.2.3', NULL)", "0" },
	{ "ifnull(in_network('emr01', '10.0.0.0/8'), 'null')", "null" },
	{ "ifnull(in_network(NULL, '10.0.0.0/8'), 'null')", "null" },
	{ "version_compare('7.4.8', '7.4.10')", "-1" },
	{ "version_compare('v7.4.8 build2795', '7.4.8')", "1" },
	{ "version_compare('FortiOS 7.4', '7.4.0')", "0" },
	{ "version_compare('15.2(4)E10', '15.2(4)E7')", "1" },
	{ "version_compare('10.1.6-h3', '10.1.6')", "1" },
	{ "version_compare('1.0.2k', '1.0.2u')", "-1" },
	{ "version_compare('1.0.2k', '1.0.2')", "1" },
	{ "version_compare('9.0-rc2', '9.0')", "-1" },
	{ "version_compare('9.0-rc2', '9.0-rc10')", "-1" },
	{ "version_compare('Rev.15.04.05', 'Rev.15.4.5')", "0" },
	{ "version_compare('99999999999999999999998', '99999999999999999999999')", "-1" },
	{ "ifnull(version_compare('latest', '1.0'), 'null')", "null" },
	{ "ifnull(version_compare(NULL, '1.0'), 'null')", "null" },
	{ "version_safe('7.2.12', '7.0.17 7.2.11 7.4.8')", "1" },
	{ "version_safe('7.2.10', '7.0.17 7.2.11 7.4.8')", "0" },
	{ "version_safe('7.6.0', '7.0.17 7.2.11 7.4.8')", "1" },
	{ "version_safe('6.4.15', '7.0.17 7.2.11 7.4.8')", "0" },
	{ "version_safe('9.4', '9.3')", "1" },
	{ "ifnull(version_safe('7.2.12', 'see vendor'), 'null')", "null" },
	{ "ifnull(version_safe('', '1.0'), 'null')", "null" },
	{ "fold('HOSP\\Yamada')", "hosp\\yamada" },
	{ "fold('山田ABC')", "山田abc" },
	{ "ifnull(fold(NULL), 'null')", "null" },
};

static struct dir asked;
static sqlite3 *asker;

static void answers(void **state)
{
	const struct question *q = *state;
	char sql[256], buf[256];

	snprintf(sql, sizeof(sql), "SELECT %s", q->name);
	assert_string_equal(sql_text(asker, sql, buf, sizeof(buf)), q->answer);
}

/* A connection that saw one calendar counts by the next as soon as it is there. */
static void calendar_changes(void **state)
{
	struct store *store = NULL;
	sqlite3 *reader = NULL;
	struct diag diag;
	struct dir dir;

	dir_make(&dir);
	assert_int_equal(store_open(dir.db, STORE_INGEST, &store, &diag), 0);
	assert_int_equal(store_reader(dir.db, &reader, &diag), 0);
	assert_int_equal(sql_int(reader, "SELECT business_days('2026-11-24', '2026-11-25')"), 1);
	sqlite3_exec(store_sqlite(store),
		     "INSERT INTO register (kind, state, loaded_at) VALUES ('calendar', 'ok', 5);"
		     "INSERT INTO reg_calendar (key, date, kind, line) VALUES ('a', '2026-11-25', 'closed', 1)",
		     NULL, NULL, NULL);
	sql_int(reader, "SELECT count(*) FROM meta");
	assert_int_equal(sql_int(reader, "SELECT business_days('2026-11-24', '2026-11-25') FROM register"), 0);
	sqlite3_close(reader);
	store_close(store);
	dir_drop(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(calendar_changes) };
	struct store *store;
	struct diag diag;
	int failed;

	when_zone("Asia/Tokyo");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	dir_make(&asked);
	if (store_open(asked.db, STORE_INGEST, &store, &diag) < 0 || store_reader(asked.db, &asker, &diag) < 0)
		return 1;
	sqlite3_exec(store_sqlite(store),
		     "INSERT INTO register (kind, state, loaded_at) VALUES ('calendar', 'ok', 1);"
		     "INSERT INTO reg_calendar (key, date, kind, line) VALUES ('a', '2026-11-25', 'closed', 1),"
		     " ('b', '2026-11-28', 'open', 2), ('c', '2026-11-30', 'maintenance', 3)",
		     NULL, NULL, NULL);
	failed += RUN_TABLE(questions, answers);
	sqlite3_close(asker);
	store_close(store);
	dir_drop(&asked);
	return failed;
}
