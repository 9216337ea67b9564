/*
 * judge RULES DIR [ACCOUNTS DEVICES [EVENTS]]: how long each check takes over a large hospital, how long a start with that state
 * takes until it answers, and what memory the whole needs.  DIR is made and left empty again.  The state is written into the
 * store's own tables: all but one in a hundred accounts and devices are as they should be.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/chain.h"
#include "bench/hospital.h"
#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge.h"
#include "daemon/needs.h"

#define ROUNDS 3

static const char *const state[] = {
	/* ?1 now, ?2 accounts, ?3 devices */
	"INSERT OR REPLACE INTO register (kind, state, rows, updated_at, loaded_at) SELECT value, 'ok', 9, ?1, ?1 FROM json_each("
	"'[\"people\",\"accounts\",\"devices\",\"vendors\",\"contracts\",\"contacts\",\"roles\",\"systems\",\"documents\","
	"\"log_sources\",\"backups\",\"calendar\",\"remote_maintenance\",\"work_plans\",\"approvals\",\"network_allow\",\"incidents\",\"endpoints\",\"backup_results\",\"advisories\",\"media\"]')",
	"INSERT INTO source (id, collector, peer, identity, host, system, first_received, last_received, last_at, lines, events,"
	" unknown, cut, skew) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
	" SELECT i, 'syslog', '10.0.0.' || i, '', 'sys' || i, 'sys' || i, ?1 - 34560000000000, ?1, ?1, 9, 9, 0, 0, 0 FROM n",
	"INSERT INTO source_type SELECT s.id, t.value, ?1 - 34560000000000, ?1, 9 FROM source AS s, json_each("
	"'[\"auth_success\",\"auth_failure\",\"device_seen\",\"account_create\",\"remote_session\",\"privilege_change\",\"service_change\",\"backup_finished\",\"protection_updated\",\"account_enable\"]') AS t",
	"INSERT INTO reg_people (key, line, person_id, person_id_key, name, left_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
	" SELECT i + 1 FROM n WHERE i < ?2) SELECT 'e' || i, i, 'E' || i, 'e' || i, '職員', iif(i % 100 = 0, '2026-01-31', '') FROM n",
	"INSERT INTO reg_accounts (key, line, account_id, account_id_key, system_id, system_id_key, person_id, person_id_key, kind)"
	" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
	" SELECT 'sys' || (i % 20 + 1) || char(31) || 'u' || i, i, 'u' || i, 'u' || i, 'sys' || (i % 20 + 1), 'sys' || (i % 20 + 1),"
	" 'E' || i, 'e' || i, 'human' FROM n",
	"INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host, first_event, last_event)"
	" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
	" SELECT 'sys' || (i % 20 + 1), 'u' || i, 'sys' || (i % 20 + 1), ?1 - 30000000000000,"
	" ?1 - iif(i % 100 = 1, 20000000000000, 3600000000), 9, '10.1.0.9', 'pc', 0, 0 FROM n",
	"INSERT INTO reg_devices (key, line, device_id, device_id_key, mac, class, location, user, last_inventory)"
	" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)"
	" SELECT 'pc-' || i, i, 'PC-' || i, 'pc-' || i, printf('%012x', i), 'terminal', '1F', 'ward', '2026-10-01' FROM n"
	" WHERE i % 100 <> 2",
	"INSERT INTO register_value SELECT 'devices', 'mac', mac, key FROM reg_devices",
	"INSERT INTO device_seen (mac, ip, host, randomised, segment, first_seen, last_seen, sightings, source_id, first_event,"
	" last_event) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)"
	" SELECT printf('%012x', i), '10.2.' || (i / 250) || '.' || (i % 250), 'pc' || i, 0, '10.2.' || (i / 2500),"
	" ?1 - 30000000000000, ?1 - iif(i % 100 = 3, 9000000000000, 3600000000), 9, i % 20 + 1, 0, 0 FROM n",
	/* 200 vendors' links, a plan of work for four sessions in five, 300 sessions a day, and a quarter of rare changes */
	"INSERT INTO reg_remote_maintenance (key, line, link_id, link_id_key, vendor_id, vendor_id_key, accounts, src_networks, hours)"
	" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT 'rm' || i, i, 'RM' || i, 'rm' || i,"
	" 'V' || i, 'v' || i, 'w' || i, '203.0.' || i || '.0/24', '00:00-24:00' FROM n",
	"INSERT INTO register_value SELECT 'remote_maintenance', 'accounts', accounts, key FROM reg_remote_maintenance",
	"INSERT INTO reg_work_plans (key, line, plan_id, plan_id_key, accounts, starts_at, ends_at) WITH RECURSIVE n(i) AS (SELECT 1"
	" UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT 'w' || i, i, 'W' || i, 'w' || i, 'w' || (i % 160 + 1),"
	" strftime('%Y-%m-%d 00:00', ?1 / 1000000 - i / 66 * 86400, 'unixepoch', '+9 hours'),"
	" strftime('%Y-%m-%d 23:59', ?1 / 1000000 - i / 66 * 86400, 'unixepoch', '+9 hours') FROM n",
	"INSERT INTO register_value SELECT 'work_plans', 'accounts', accounts, key FROM reg_work_plans",
	"INSERT INTO event (received, at, type, source_id, decoder, system, count, user, target_user, \"group\", src_ip, host, method, object,"
	" raw) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 16000)"
	" SELECT ?1 - (16000 - i) * 288000000, ?1 - (16000 - i) * 288000000,"
	" CASE WHEN i % 16 < 9 THEN 'remote_session' WHEN i % 16 < 11 THEN 'privilege_change' ELSE 'service_change' END, i % 20 + 1, 'x',"
	" 'sys' || (i % 20 + 1), 1, 'w' || (i % 200 + 1), 'u' || i, 'staff', '203.0.' || (i % 200 + 1) || '.9', 'h' || (i % 500), 'vpn',"
	" 'Service ' || i, x'00' FROM n",
	/* Host names, an export of the console, what machines said last, accounts that were disabled, a job a system */
	"UPDATE reg_devices SET hostname = 'pc' || line, antimalware = 'yes'",
	"INSERT INTO register_value SELECT 'devices', 'hostname', hostname, key FROM reg_devices",
	"INSERT INTO reg_endpoints (key, line, host, host_key, antimalware, pattern_at, patched_at, reported_at) SELECT hostname, line, hostname,"
	" hostname, 'running', date(?1 / 1000000, 'unixepoch'), date(?1 / 1000000 - 864000, 'unixepoch'),"
	" strftime('%Y-%m-%d 00:00', ?1 / 1000000, 'unixepoch') FROM reg_devices WHERE line % 2",
	"INSERT INTO last_word (type, host, subject, system, first_at, last_at, last_received, count, first_event, last_event, last_reason,"
	" last_outcome) SELECT t.value, d.hostname, '', d.hostname, ?1 - 30000000000000, ?1 - 3600000000 * (1 + d.line % 100), ?1, 9, 0, 0, '', ''"
	" FROM json_each('[\"patch_installed\",\"protection_updated\"]') AS t, reg_devices AS d",
	"INSERT INTO last_word (type, host, subject, system, first_at, last_at, last_received, count, first_event, last_event, last_reason,"
	" last_outcome) SELECT 'account_disable', system_id_key, account_id_key, system_id_key, ?1 - 9000000000000, ?1 - 9000000000000, ?1, 1, 0, 0,"
	" '', '' FROM reg_accounts WHERE line % 20 = 0",
	"INSERT INTO reg_systems (key, line, system_id, system_id_key, name, critical, hosts) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	" FROM n WHERE i < 20) SELECT 'sys' || i, i, 'sys' || i, 'sys' || i, 'System', 'yes', 'sys' || i FROM n",
	"INSERT INTO reg_backups (key, line, job, job_key, system_id, system_id_key, target_class) SELECT key || 'd', line, key || 'd', key || 'd',"
	" key, key, 'offline' FROM reg_systems",
	"INSERT INTO reg_backup_results (key, line, job, job_key, finished_at, result, bytes) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1"
	" FROM n WHERE i < 364) SELECT b.key || i, i, b.job, b.job_key, strftime('%Y-%m-%d 02:00', ?1 / 1000000 - i * 86400, 'unixepoch'), 'success',"
	" 1000 + i FROM reg_backups AS b, n",
};

static int state_make(struct store *store, int64_t accounts, int64_t devices, int64_t events)
{
	sqlite3 *db = store_sqlite(store);
	int r = store_begin(store);

	for (size_t i = 0; r == 0 && i < COUNT(state); i++) {
		sqlite3_stmt *stmt = NULL;
		int code = sqlite3_prepare_v2(db, state[i], -1, &stmt, NULL);

		if (code == SQLITE_OK) {
			const int64_t values[] = { clock_now(), accounts, devices };

			for (size_t v = 0; v < COUNT(values); v++)
				sqlite3_bind_int64(stmt, (int)v + 1, values[v]);
			code = sqlite3_step(stmt);
		}
		sqlite3_finalize(stmt);
		if (code != SQLITE_DONE) {
			fprintf(stderr, "state %zu: %s\n", i, sqlite3_errmsg(db));
			r = -EIO;
		}
	}
	if (r == 0 && events > 0)
		r = hospital_make(db, clock_now(), accounts, events);
	if (r < 0)
		return r;
	r = store_commit(store);
	sqlite3_exec(db, "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	return r;
}

/* Of this thread: the machine may do other things. */
static usec_t cpu_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (usec_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	usec_t x = *(const usec_t *)a, y = *(const usec_t *)b;

	return x < y ? -1 : x > y;
}

static usec_t checks_measure(sqlite3 *db, const struct rules *rules)
{
	struct ask_times times = { .now = clock_now(), .seen = clock_now() };
	usec_t worst = 0;

	for (size_t i = 0; i < rules->n_checks; i++) {
		usec_t took[ROUNDS];
		struct answer answer = { 0 };

		for (int round = 0; round < ROUNDS; round++) {
			usec_t begin = cpu_now();

			answer_free(&answer);
			ask_check(db, rules->checks[i], NULL, &times, &answer);
			needs_apply(db, &times, &answer);
			took[round] = cpu_now() - begin;
		}
		qsort(took, ROUNDS, sizeof(took[0]), by_size);
		worst = took[ROUNDS / 2] > worst ? took[ROUNDS / 2] : worst;
		printf("%-28s %7.1f ms  %6zu rows%s%s\n", rules->checks[i]->id, (double)took[ROUNDS / 2] / 1000,
		       answer.n_rows, answer.error ? "  " : "", answer.error ? answer.error : "");
		answer_free(&answer);
	}
	return worst;
}

static long memory_peak(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss / 1024;
}

static int start_measure(const char *dir, const struct config *config, struct rules *rules, struct store *store,
			 sqlite3 *reader)
{
	struct diag diag = { { 0 } };
	usec_t begin;

	for (int run = 0; run < 2; run++) {
		_cleanup_(judge_freep) struct judge *judge = NULL;

		begin = clock_monotonic();
		if (judge_new(config, rules, store, NULL, NULL, &judge, &diag) < 0) {
			fprintf(stderr, "%s\n", diag.text);
			return -EIO;
		}
		printf("%-28s %7.1f ms\n", run == 0 ? "start without verdicts" : "start with verdicts",
		       (double)(clock_monotonic() - begin) / 1000);
		begin = clock_monotonic();
		if (judge_settle(judge, reader) < 0)
			return -EIO;
		if (run == 1 && chain_measure(dir, config, judge, store, reader, 2) < 0)
			return -EIO;
		printf("%-28s %7.1f ms\n", run == 0 ? "all checks, first time" : "all checks, again",
		       (double)(clock_monotonic() - begin) / 1000);
	}
	return 0;
}

static int measure(const char *rules_dir, const char *dir, const char *path, int64_t accounts, int64_t devices,
		   int64_t events)
{
	const char *const dirs[] = { rules_dir, NULL };
	struct config config = { .file = (char *)"bench", .site_id = (char *)"bench", .profile = (char *)"hospital" };
	_cleanup_(store_closep) struct store *ingest = NULL, *service = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { { 0 } };
	sqlite3 *reader = NULL;
	usec_t begin, worst;
	int r;

	r = rules_load(dirs, NULL, &rules, &diag);
	if (r == 0)
		r = store_open(path, STORE_INGEST, &ingest, &diag);
	if (r == 0)
		r = state_make(ingest, accounts, devices, events);
	store_close(TAKE(ingest));
	begin = clock_monotonic();
	if (r == 0)
		r = store_open(path, STORE_INGEST, &ingest, &diag);
	if (r == 0)
		r = store_open(path, STORE_SERVICE, &service, &diag);
	if (r == 0)
		r = store_reader(path, &reader, &diag);
	if (r < 0) {
		fprintf(stderr, "%s\n", diag.text);
		return r;
	}
	printf("%-28s %7.1f ms\n", "open the store again", (double)(clock_monotonic() - begin) / 1000);
	worst = checks_measure(reader, rules);
	r = start_measure(dir, &config, rules, service, reader);
	if (r == 0 && events > 0)
		r = hospital_measure(&config, rules, service, reader);
	sqlite3_close_v2(reader);
	printf("slowest check %.1f ms of CPU (goal 200); peak memory %ld MiB\n", (double)worst / 1000, memory_peak());
	return r;
}

int main(int argc, char **argv)
{
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
	int64_t accounts = argc > 3 ? strtoll(argv[3], NULL, 10) : 100000;
	int64_t devices = argc > 4 ? strtoll(argv[4], NULL, 10) : 50000;
	int64_t events = argc > 5 ? strtoll(argv[5], NULL, 10) : 0;
	char path[4096];
	int r;

	if (argc < 3) {
		fprintf(stderr, "usage: judge RULES DIR [ACCOUNTS DEVICES [EVENTS]]\n");
		return 64;
	}
	when_zone("Asia/Tokyo");
	mkdir(argv[2], 0700);
	snprintf(path, sizeof(path), "%s/tenken.db", argv[2]);
	r = measure(argv[1], argv[2], path, accounts, devices, events);
	for (size_t i = 0; i < COUNT(endings); i++) {
		char name[4200];

		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		unlink(name);
	}
	rmdir(argv[2]);
	return r < 0 ? 1 : 0;
}
