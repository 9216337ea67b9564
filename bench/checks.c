/*
 * checks RULES_DIR [CHECK...]: how long each check takes over a large hospital: 100,000 accounts in 5 systems of 30,000
 * people, 50,000 devices, half a million events.  Median of 5, on the connection and behind the guard that the daemon uses.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/ask.h"
#include "daemon/store.h"
#include "rules/rules.h"

#define ROUNDS 5
#define NUMBERS(n) "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " #n " - 1) "
#define DAY "86400000000"

/* ?1 is now.  One account in 50 is never used, one person in 1,000 has left, one device in 100 is never seen, 300 are strangers. */
static const char *const fill[] = {
	"INSERT INTO reg_systems (key, system_id, system_id_key, name, line) VALUES ('emr','emr','emr','EMR',2),"
	" ('pacs','pacs','pacs','PACS',3), ('vpn','vpn','vpn','VPN',4), ('files','files','files','files',5),"
	" ('lab','lab','lab','lab',6)",
	NUMBERS(30000) "INSERT INTO reg_people (key, person_id, person_id_key, name, left_at, line)"
		       " SELECT 'e' || i, 'E' || i, 'e' || i, '氏名' || i, CASE i % 1000 WHEN 0 THEN day(?1 - 200 * " DAY
		       ") ELSE '' END, i FROM n",
	NUMBERS(100000) "INSERT INTO reg_accounts (key, account_id, account_id_key, system_id, system_id_key, person_id,"
			" person_id_key, kind, issued_at, line)"
			" SELECT s || char(31) || 'u' || i, 'u' || i, 'u' || i, s, s, 'E' || (i % 30000), 'e' || (i % 30000), 'human',"
			" '2020-04-01', i FROM (SELECT i, substr('emr  pacs vpn  fileslab  ', 1 + i % 5 * 5, 5) AS t,"
			" trim(substr('emr  pacs vpn  fileslab  ', 1 + i % 5 * 5, 5)) AS s FROM n)",
	"INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host, first_event, last_event)"
	" SELECT system_id_key || '01', account_id_key, system_id_key, ?1 - 300 * " DAY
	", ?1 - abs(random() % 80) * " DAY
	", 50, '10.0.0.1', 'pc', line + 1, line + 1 FROM reg_accounts WHERE line % 50 <> 0",
	NUMBERS(50000) "INSERT INTO reg_devices (key, device_id, device_id_key, mac, ip, hostname, class, last_inventory, line)"
		       " SELECT 'pc-' || i, 'PC-' || i, 'pc-' || i, CASE i % 50 WHEN 49 THEN '' ELSE printf('00155d%06x', i) END,"
		       " printf('10.%d.%d.%d', i / 65536, i / 256 % 256, i % 256), 'pc' || i, 'terminal', day(?1 - 50 * " DAY
		       "), i FROM n",
	"INSERT INTO register_value SELECT 'devices', 'mac', mac, key FROM reg_devices WHERE mac <> ''",
	"INSERT INTO register_value SELECT 'devices', 'ip', ip, key FROM reg_devices",
	"INSERT INTO register_value SELECT 'devices', 'hostname', hostname, key FROM reg_devices",
	"INSERT INTO device_seen (mac, ip, host, randomised, segment, first_seen, last_seen, sightings, source_id, first_event,"
	" last_event) SELECT printf('00155d%06x', line), ip, hostname, 0, printf('10.0.%d', line / 256 % 256), ?1 - 300 * " DAY
	", ?1 - abs(random() % 20) * " DAY ", 9, 1, 1, 2 FROM reg_devices WHERE line % 100 <> 0",
	NUMBERS(300) "INSERT INTO device_seen (mac, ip, host, randomised, segment, first_seen, last_seen, sightings, source_id,"
		     " first_event, last_event) SELECT printf('3423ba%06x', i), '10.9.0.' || (i % 250), '', 0, '10.9.0', ?1 - 3 * " DAY
		     ", ?1, 9, 1, 1, 2 FROM n",
	"INSERT INTO source (collector, peer, identity, host, system, first_received, last_received, last_at, lines, events,"
	" unknown, cut, skew) SELECT 'syslog', key, '', key || '01', key, ?1 - 300 * " DAY
	", ?1 - 1000000, ?1 - 1000000, 1000000,"
	" 1000, 0, 0, 0 FROM reg_systems",
	"INSERT INTO source_type SELECT s.id, t.column1, ?1 - 300 * " DAY ", ?1 - 1000000, 1000 FROM source AS s,"
	" (VALUES ('auth_success'), ('device_seen'), ('auth_failure')) AS t",
	NUMBERS(500000) "INSERT INTO event (received, at, type, source_id, decoder, system, count, user, src_ip, host, raw)"
			" SELECT ?1 - (500000 - i) * 1000000, ?1 - (500000 - i) * 1000000, 'auth_success', 1 + i % 5, 'sshd', 'emr', 1,"
			" 'u' || (i % 100000), '10.0.0.1', 'emr01', CAST('Accepted password for u' || (i % 100000) || ' from 10.0.0.1' AS BLOB)"
			" FROM n",
};

static int fill_store(struct store *store, usec_t now)
{
	sqlite3 *db = store_sqlite(store);

	for (size_t i = 0; i < COUNT(fill); i++) {
		sqlite3_stmt *stmt = NULL;
		int code = sqlite3_prepare_v2(db, fill[i], -1, &stmt, NULL);

		if (code == SQLITE_OK) {
			if (sqlite3_bind_parameter_count(stmt) > 0)
				sqlite3_bind_int64(stmt, 1, now);
			code = sqlite3_step(stmt);
		}
		sqlite3_finalize(stmt);
		if (code != SQLITE_DONE) {
			fprintf(stderr, "step %zu: %s\n", i, sqlite3_errmsg(db));
			return -EIO;
		}
	}
	for (size_t i = 0; i < n_registers; i++) {
		char sql[256];

		snprintf(
			sql, sizeof(sql),
			"INSERT INTO register (kind, state, rows, updated_at, loaded_at) VALUES ('%s', 'ok', 1, %lld, %lld)",
			registers[i].kind, (long long)now, (long long)now);
		if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			return -EIO;
	}
	return 0;
}

static int usec_compare(const void *a, const void *b)
{
	usec_t x = *(const usec_t *)a, y = *(const usec_t *)b;

	return x < y ? -1 : x > y;
}

static usec_t check_time(struct sqlite3 *db, const struct check *check, usec_t now, size_t *ret_rows)
{
	const struct ask_times times = { now, now };
	usec_t took[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		struct answer answer = { 0 };
		usec_t start = clock_monotonic();

		ask_check(db, check, NULL, &times, &answer);
		took[i] = clock_monotonic() - start;
		*ret_rows = answer.n_rows;
		if (answer.error)
			fprintf(stderr, "%s: %s\n", check->id, answer.error);
		answer_free(&answer);
	}
	qsort(took, ROUNDS, sizeof(*took), usec_compare);
	return took[ROUNDS / 2];
}

static int measure(const struct rules *rules, const char *path, char **wanted)
{
	_cleanup_(store_closep) struct store *store = NULL;
	struct sqlite3 *db = NULL;
	struct diag diag = { "" };
	usec_t now = clock_now();
	int r = store_open(path, STORE_INGEST, &store, &diag);

	if (r == 0)
		r = fill_store(store, now);
	if (r == 0)
		r = store_reader(path, &db, &diag);
	if (r < 0) {
		fprintf(stderr, "%s\n", diag.text);
		return r;
	}
	for (size_t i = 0; i < rules->n_checks; i++) {
		bool chosen = !wanted[0];
		size_t rows = 0;

		for (size_t k = 0; wanted[k]; k++)
			chosen |= !strcmp(wanted[k], rules->checks[i]->id);
		if (chosen)
			printf("%-24s %6.1f ms", rules->checks[i]->id,
			       (double)check_time(db, rules->checks[i], now, &rows) / 1000);
		if (chosen)
			printf("  %zu rows\n", rows);
	}
	sqlite3_close_v2(db);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "tenken.db", "tenken.db-wal", "tenken.db-shm", "tenken.db.lock" };
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	const char *const dirs[] = { argc > 1 ? argv[1] : "rules", NULL };
	char dir[] = "/tmp/tenken-bench-XXXXXX", path[64];
	struct diag diag = { "" };
	int r;

	if (when_zone("Asia/Tokyo") < 0 || rules_load(dirs, NULL, &rules, &diag) < 0 || !mkdtemp(dir)) {
		fprintf(stderr, "%s\n", diag.text);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/tenken.db", dir);
	r = measure(rules, path, argv + (argc > 1 ? 2 : argc));
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	return r < 0;
}
