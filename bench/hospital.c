/*
 * Dates as registers have them: supports end by model (80), inventories were taken by ward (40 days), accounts looked through by
 * department (20 days); contacts, contracts, documents and temporary accounts each on a day of their own.
 */
#include "bench/hospital.h"

#include <errno.h>
#include <sqlite3.h>
#include <time.h>

#include "core/clock.h"
#include "daemon/forecast.h"
#include "daemon/statement.h"
#include "daemon/touched.h"

#define DAY(expression) "date(?1 / 1000000, 'unixepoch', '+9 hours', (" expression ") || ' days')"
#define NUMBERS(n) "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " n ") "

static const char *const state[] = {
	/* ?1 now, ?2 accounts, ?3 events */
	"UPDATE reg_accounts SET last_review = " DAY(
		"-(line % 20 * 18)") ", issued_at = '2020-04-01',"
				     " valid_to = CASE WHEN line % 50 = 0 THEN " DAY("line % 120") " ELSE '' END",
	"UPDATE reg_people SET left_at = CASE WHEN line % 100 = 5 THEN " DAY("line % 90") " ELSE left_at END",
	"UPDATE reg_devices SET eos_date = " DAY("line % 80 * 25 - 30") ", last_inventory = " DAY("-(line % 40 * 9)"),
	"INSERT OR IGNORE INTO reg_systems (key, line, system_id, system_id_key, name, vendor_id, vendor_id_key) " NUMBERS(
		"20") "SELECT 'sys' || i, i, 'sys' || i, 'sys' || i, 'システム', 'V' || i, 'v' || i FROM n",
	"INSERT OR IGNORE INTO reg_vendors (key, line, vendor_id, vendor_id_key, name, evaluated_at) " NUMBERS(
		"200") "SELECT 'v' || i, i, 'V' || i, 'v' || i, '事業者', " DAY("-(i * 13 % 400)") " FROM n",
	"INSERT OR IGNORE INTO reg_contracts (key, line, contract_id, contract_id_key, vendor_id, vendor_id_key, system_id,"
	" system_id_key, starts_at, ends_at) " NUMBERS(
		"200") "SELECT 'c' || i, i, 'C' || i, 'c' || i, 'V' || i, 'v' || i, 'sys' || (i % 20 + 1), 'sys' || (i % 20 + 1), '2024-04-01',"
		       " " DAY("i * 5") " FROM n",
	"INSERT OR IGNORE INTO reg_contacts (key, line, kind, kind_key, organisation, organisation_key, vendor_id, vendor_id_key,"
	" phone, verified_at) " NUMBERS("200") "SELECT 'k' || i, i, 'vendor', 'vendor', '組織' || i, '組織' || i, 'V' || i, 'v' || i, '03-0000-0000', " DAY(
		"-(i * 3 % 380)") " FROM n",
	"INSERT OR IGNORE INTO reg_documents (key, line, kind, kind_key, title, title_key, approved_at, reviewed_at, valid_to) " NUMBERS(
		"60") "SELECT 'd' || i, i, 'regulation', 'regulation', '規程' || i, '規程' || i, '2024-04-01', " DAY("-(i * 6)") ", " DAY("i * 3") " FROM n",
	"INSERT INTO event (received, at, type, source_id, decoder, system, count, user, src_ip, host, method, raw) " NUMBERS(
		"?3") "SELECT ?1 - (?3 - i) * (7776000000000 / ?3), ?1 - (?3 - i) * (7776000000000 / ?3),"
		      " CASE WHEN i % 100 < 82 THEN 'auth_success' WHEN i % 100 < 88 THEN 'auth_failure' WHEN i % 100 < 98 THEN 'device_seen'"
		      " WHEN i % 1000 < 990 THEN 'record_access' ELSE 'service_change' END, i % 20 + 1, 'sshd', 'sys' || (i % 20 + 1), 1,"
		      " 'u' || (i % ?2 + 1), '10.1.' || (i % 200) || '.' || (i % 250), 'h' || (i % 500), 'password',"
		      " CAST('<38>1 2026-11-24T18:15:20+09:00 sys sshd - - - Accepted password for u' || (i % ?2 + 1) || ' from 10.1.0.9 port 50022 ssh2' AS BLOB) FROM n",
	"UPDATE account_seen SET first_event = id, last_event = ?3 - id WHERE ?3 > 2 * id",
	/* From where each account is used: 25 addresses and 5 machines; 31 days of bursts; a nurse's hours of records. */
	"INSERT INTO account_origin SELECT a.id, 'source', '10.1.' || (i * 7 % 200) || '.' || (a.id % 250), 'password',"
	" ?1 - 86400000000 * (40 + i), ?1 - 3600000000 * i, 20, 10, 0, 1, 2, 0 FROM account_seen AS a, (" NUMBERS(
		"25") "SELECT i FROM n) WHERE a.id <= ?2",
	"INSERT INTO account_origin SELECT a.id, 'host', 'h' || (i * 31 % 500), '', ?1 - 86400000000 * (40 + i), ?1 - 3600000000 * i,"
	" 20, 10, 0, 1, 2, 0 FROM account_seen AS a, (" NUMBERS("5") "SELECT i FROM n) WHERE a.id <= ?2",
	"INSERT INTO login_refused (at, kind, place, name, count, names, first_received, last_received, first_event, last_event) " NUMBERS(
		"50000") "SELECT (?1 / 300000000 - i % 8900) * 300000000, 'source', '', '10.2.' || (i / 8900) || '.9', 3 + (i % 40 = 0) * 5, 1,"
			 " ?1, ?1, 1, 2 FROM n",
	"INSERT INTO record_hour (at, place, user, count, patients, first_event, last_event) " NUMBERS(
		"400000") "SELECT (?1 / 3600000000 - i % 740) * 3600000000, 'sys1', 'u' || (i / 740), 90, 30 + (i % 500 = 0) * 90, 1, 2 FROM n",
};

static usec_t cpu_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (usec_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int hospital_make(struct sqlite3 *db, usec_t now, int64_t accounts, int64_t events)
{
	for (size_t i = 0; i < COUNT(state); i++) {
		const int64_t values[] = { now, accounts, events };
		sqlite3_stmt *stmt = NULL;
		int code = sqlite3_prepare_v2(db, state[i], -1, &stmt, NULL);

		for (int v = 0; v < (int)COUNT(values); v++)
			sqlite3_bind_int64(stmt, v + 1, values[v]);
		if (code == SQLITE_OK)
			code = sqlite3_step(stmt);
		sqlite3_finalize(stmt);
		if (code != SQLITE_DONE) {
			fprintf(stderr, "hospital %zu: %s\n", i, sqlite3_errmsg(db));
			return -EIO;
		}
	}
	return 0;
}

static int forecast_measure(const struct config *config, struct rules *rules, struct sqlite3 *reader)
{
	_cleanup_(forecast_freep) struct forecast *forecast = NULL;
	const struct forecast_result *result;
	usec_t longest = 0;
	int steps = 0;
	int r = forecast_new(config, rules, 90, clock_now(), &forecast);

	if (r < 0)
		return r;
	do {
		usec_t begin = cpu_now(), took;

		r = forecast_step(forecast, reader, MSEC(250), NULL, NULL);
		took = cpu_now() - begin;
		longest = took > longest ? took : longest;
		steps++;
	} while (r > 0);
	if (r < 0)
		return r;
	result = forecast_result(forecast);
	printf("forecast of 90 days          %7.1f ms  %zu changes, %u questions: %u checks without dates, %u for each day, %u by"
	       " strides; %d steps, the longest %.1f ms\n",
	       (double)result->cpu / 1000, result->n_changes, result->n_asked, result->n_still, result->n_daily,
	       result->n_strided, steps, (double)longest / 1000);
	for (size_t i = 0; i < rules->n_checks; i++)
		if (forecast_spent(forecast, i) >= MSEC(100))
			printf("  %-26s %7.1f ms  every %u days\n", rules->checks[i]->id,
			       (double)forecast_spent(forecast, i) / 1000, forecast_stride(forecast, i));
	for (size_t i = 0; i < result->n_failures; i++)
		printf("  not forecast: %s: %s\n", result->failures[i].check->id, result->failures[i].error);
	return 0;
}

static int settle_measure(struct judge *judge, struct sqlite3 *reader, const char *what)
{
	usec_t begin = cpu_now();
	int r = judge_settle(judge, reader);

	printf("%-28s %7.1f ms\n", what, (double)(cpu_now() - begin) / 1000);
	return r;
}

/* Makes the change. */
static int change(struct store *store, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int r = store_begin(store);

	if (r == 0)
		r = statement_prepare(store_sqlite(store), sql, &stmt);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, clock_now());
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	if (r == 0)
		r = store_commit(store);
	return r;
}

/* With TENKEN_BENCH_CHECKS in the environment: what each of the checks that read these tables took when it was asked whole last. */
static void spent_print(const struct rules *rules, const struct judge *judge, uint64_t tables)
{
	for (size_t i = 0; getenv("TENKEN_BENCH_CHECKS") && i < rules->n_checks; i++) {
		const struct check_result *result = judge_check(judge, i);

		if (!(result->tables & tables))
			continue;
		printf("  %-26s %7.1f ms %s ", rules->checks[i]->id, (double)result->took / 1000,
		       rules->checks[i]->by == BY_ALL ? "" : "by");
		for (size_t t = 0; store_tables[t]; t++)
			if (result->tables & tables & store_table(store_tables[t]))
				printf(" %s", store_tables[t]);
		printf("\n");
	}
}

/* What the pipeline tells of: nearly every login; the first of an account's day; the first of an account ... */
static const struct {
	const char *what, *tables[6], *change;
	enum check_by by;
	const char *key;
	int64_t row; /* without a key, which one is changed */
} events[] = {
	{ "after a login, CPU", { "event" }, NULL, BY_ALL },
	{ "after a day's first, CPU",
	  { "event", "account_seen", "account_origin" },
	  "UPDATE account_seen SET last_used = ?1, uses = uses + 1 WHERE id = 4711",
	  BY_ACCOUNT,
	  NULL,
	  4711 },
	{ "after an account's first, CPU",
	  { "event", "account_seen", "account_origin" },
	  "INSERT INTO account_seen SELECT 1000000, 'sys3', 'stranger', 'sys3', ?1, ?1, 1, '10.1.0.9', 'pc', 0, 0",
	  BY_ACCOUNT,
	  NULL,
	  1000000 },
	{ "after a device's day, CPU",
	  { "event", "device_seen" },
	  "UPDATE device_seen SET last_seen = ?1 WHERE id = 4711",
	  BY_DEVICE,
	  NULL,
	  4711 },
	{ "after a new device, CPU",
	  { "event", "device_seen" },
	  "INSERT INTO device_seen SELECT 1000000, 'b827eb000066', '10.2.0.9', 'pi', 0, '10.2.0', ?1, ?1, 1, 1, 0, 0",
	  BY_DEVICE,
	  NULL,
	  1000000 },
	{ "after a remote session, CPU",
	  { "event", "rare_event" },
	  "INSERT INTO event (id, received, at, type, source_id, decoder, system, count, user, src_ip, host, method, raw) SELECT 100000000, ?1, ?1,"
	  " 'remote_session', 4, 'x', 'sys3', 1, 'w3', '203.0.3.9', 'h3', 'vpn', x'00'",
	  BY_EVENT,
	  NULL,
	  100000000 },
	{ "after a word of a machine, CPU",
	  { "event", "rare_event", "last_word" },
	  "INSERT INTO event (id, received, at, type, source_id, decoder, system, count, user, src_ip, host, method, raw) SELECT 100000001, ?1, ?1,"
	  " 'protection_updated', 4, 'x', 'sys3', 1, 'w3', '203.0.3.9', 'h3', 'vpn', x'00'",
	  BY_EVENT,
	  NULL,
	  100000001 },
	{ "after a word of an account, CPU",
	  { "event", "rare_event", "last_word", "account_word" },
	  "INSERT INTO event (id, received, at, type, source_id, decoder, system, count, user, src_ip, host, method, raw) SELECT 100000002, ?1, ?1,"
	  " 'account_disable', 4, 'x', 'sys3', 1, 'w3', '203.0.3.9', 'h3', 'vpn', x'00'",
	  BY_EVENT,
	  NULL,
	  100000002 },
	{ "after a new source, CPU", { "source", "source_type", "source_hour" }, NULL, BY_ALL },
	{ "after a row of accounts, CPU",
	  { "reg_accounts", "register_row" },
	  "UPDATE reg_accounts SET department = '1F' WHERE key = 'sys3' || char(31) || 'u2' AND ?1",
	  BY_ACCOUNT,
	  "sys3\037u2" },
	{ "after a row of devices, CPU", { "reg_devices", "register_row", "register_value" }, NULL, BY_ALL, NULL },
};

static struct touched_rows *rows_of(struct touched *touched, enum check_by by)
{
	return by == BY_ACCOUNT ? &touched->accounts : by == BY_DEVICE ? &touched->devices : &touched->events;
}

int hospital_measure(const struct config *config, struct rules *rules, struct store *store, struct sqlite3 *reader)
{
	_cleanup_(judge_freep) struct judge *judge = NULL;
	struct diag diag = { { 0 } };
	int r = judge_new(config, rules, store, NULL, NULL, &judge, &diag);

	if (r < 0) {
		fprintf(stderr, "%s\n", diag.text);
		return r;
	}
	r = settle_measure(judge, reader, "full run, CPU");
	for (size_t i = 0; r == 0 && i < COUNT(events); i++) {
		struct touched touched = { 0 };

		for (size_t t = 0; events[i].tables[t]; t++)
			touched.tables |= store_table(events[i].tables[t]);
		r = events[i].change ? change(store, events[i].change) : 0;
		if (events[i].key)
			touched_key(rows_of(&touched, events[i].by), str_of(events[i].key));
		else if (events[i].row)
			touched_row(rows_of(&touched, events[i].by), events[i].row);
		for (int round = 0; r == 0 && round < 2; round++) { /* the first compiles what it asks */
			judge_touched(judge, &touched);
			r = settle_measure(judge, reader, round == 0 ? "  (the first time)" : events[i].what);
		}
		spent_print(rules, judge, touched.tables);
	}
	return r == 0 ? forecast_measure(config, rules, reader) : r;
}
