/* The chain of snapshots: whole as it is, and every way of changing one that must be found. */
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/when.h"
#include "daemon/replay.h"
#include "daemon/snapshots/bundle.h"
#include "daemon/snapshots/insert.h"
#include "daemon/snapshots/verify.h"
#include "tests/table.h"

#define NOW SECONDS(1796000000)

/* A hospital with three snapshots; what is done to it is taken back after each case. */
struct house {
	char dir[64];
	struct config *config;
	struct rules *rules;
	struct replay *replay;
	struct store *store;
	struct chain_key *key;
	struct verify verify;
	char codes[4][CHAIN_CODE];
};
static struct house house;

static void snapshot_take(const char *reason, usec_t at)
{
	_cleanup_(picture_freep) struct picture *picture = NULL;
	struct snapshot_result result;
	struct diag diag = { "" };
	int r;

	assert_int_equal(replay_settle(house.replay, &diag), 0);
	assert_int_equal(picture_rules(house.config, replay_judge(house.replay), &picture), 0);
	while ((r = picture_events(picture, replay_db(house.replay))) > 0)
		;
	assert_int_equal(r, 0);
	assert_int_equal(picture_read(picture, replay_db(house.replay)), 0);
	r = insert_snapshot(house.store, picture, house.key, reason, "test", "demo", at, &result, &diag);
	if (r < 0)
		fail_msg("%s", diag.text);
	assert_in_range(result.number, 1, 3);
	str_copy(house.codes[result.number], CHAIN_CODE, str_of(result.code));
}

static int house_build(void **state)
{
	static const char people[] = "person_id,name\nE1,山田\n";
	char path[600], key[80];
	const char *root = getenv("TENKEN_SOURCE"), *dirs[] = { path, NULL };
	struct diag diag = { "" };

	snprintf(path, sizeof(path), "%s/rules", root ? root : ".");
	snprintf(house.dir, sizeof(house.dir), "%s/tenken-snap-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (when_zone("Asia/Tokyo") < 0 || !mkdtemp(house.dir) || config_load(NULL, &house.config, &diag) < 0 ||
	    rules_load(dirs, NULL, &house.rules, &diag) < 0 ||
	    replay_new(house.config, house.rules, house.dir, NOW, &house.replay, &diag) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/tenken.db", house.dir);
	snprintf(key, sizeof(key), "%s/snapshot.key", house.dir);
	if (store_open(path, STORE_SERVICE, &house.store, &diag) < 0 ||
	    chain_key_make(key, NULL, &house.key, &diag) < 0 || insert_key(house.store, house.key, NULL, NOW) < 0)
		return -1;
	replay_say(house.replay, STR("emr01"), STR("sshd"),
		   STR("Accepted password for yamada from 10.0.0.2 port 22 ssh2"));
	snapshot_take("daily", NOW);
	replay_set(house.replay, STR("register:people"), STR(people), &diag);
	replay_say(house.replay, STR("emr01"), STR("sshd"),
		   STR("Accepted password for sato from 10.0.0.3 port 22 ssh2"));
	snapshot_take("daily", NOW);
	/* M06: a clock that was set back: the number rises all the same, and the chain holds. */
	snapshot_take("monthly", NOW - DAYS(1));
	return 0;
}

static int house_drop(void **state)
{
	char path[128];
	static const char *const files[] = { "tenken.db",      "tenken.db-wal", "tenken.db-shm",
					     "tenken.db.lock", "snapshot.key",  "patients.key" };

	store_close(house.store);
	replay_free(house.replay);
	chain_key_free(house.key);
	rules_unref(house.rules);
	config_free(house.config);
	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", house.dir, files[i]);
		unlink(path);
	}
	rmdir(house.dir);
	return 0;
}

static const struct verify *verified(const struct str *heads, size_t n)
{
	verify_init(&house.verify, heads, n);
	assert_int_equal(verify_database(store_sqlite(house.store), &house.verify, NOW), 0);
	return &house.verify;
}

static void whole(void **state)
{
	struct str heads[] = { str_of(house.codes[1]), str_of(house.codes[3]) };
	const struct verify *verify = verified(heads, 2);

	assert_string_equal(verify->en, "");
	assert_false(verify->failed);
	assert_int_equal(verify->links, 3);
	assert_int_equal(verify->events, 2);
	assert_int_equal(verify->heads_met, 2);
	assert_true(verify->parts > 50);
	assert_string_equal(verify->code, house.codes[3]);
}

static bool always(void *arg)
{
	return true;
}

/* A step that ends at once goes on where it was: the same is counted, and every cut is found. */
static void in_steps(void **state)
{
	struct str heads[] = { str_of(house.codes[1]), str_of(house.codes[3]) };
	struct verify whole_one = *verified(heads, 2);
	struct verify_run *run = NULL;
	int r, steps = 0;

	verify_init(&house.verify, heads, 2);
	assert_int_equal(verify_begin(&house.verify, NOW, &run), 0);
	while ((r = verify_step(run, store_sqlite(house.store), 0, always, NULL)) > 0)
		steps++;
	verify_run_free(run);
	assert_int_equal(r, 0);
	assert_true(steps > 50);
	assert_false(house.verify.failed);
	assert_int_equal(house.verify.links, whole_one.links);
	assert_int_equal(house.verify.parts, whole_one.parts);
	assert_int_equal(house.verify.events, whole_one.events);
	assert_int_equal(house.verify.heads_met, 2);
}

/* M01: every column, rows away, rows swapped, the evidence behind them. */
static const struct tamper {
	const char *name, *sql;
	int bad;
	const char *says;
} tampers[] = {
	{ "number", "UPDATE snapshot SET number = 4 WHERE number = 3", 3, "missing" },
	{ "taken_at", "UPDATE snapshot SET taken_at = taken_at + 1 WHERE number = 2", 2, "header" },
	{ "reason", "UPDATE snapshot SET reason = 'asked' WHERE number = 2", 2, "header" },
	{ "who", "UPDATE snapshot SET who = 'tesu' WHERE number = 2", 2, "header" },
	{ "site", "UPDATE snapshot SET site = 'dem' WHERE number = 1", 1, "header" },
	{ "previous", "UPDATE snapshot SET previous = zeroblob(32) WHERE number = 2", 2, "does not follow" },
	{ "previous of the first", "UPDATE snapshot SET previous = zeroblob(32) WHERE number = 1", 1,
	  "does not follow" },
	{ "manifest",
	  "UPDATE snapshot SET manifest = (SELECT manifest FROM snapshot WHERE number = 1) WHERE number = 2", 2,
	  "manifest" },
	{ "manifest's hash", "UPDATE snapshot SET manifest_sha256 = zeroblob(32) WHERE number = 2", 2, "header" },
	{ "head", "UPDATE snapshot SET head = zeroblob(32) WHERE number = 2", 2, "header" },
	{ "key", "UPDATE snapshot SET key_id = '0000000000000000' WHERE number = 2", 2, "header" },
	{ "signature", "UPDATE snapshot SET signature = zeroblob(64) WHERE number = 3", 3, "signature" },
	{ "percent", "UPDATE snapshot SET percent = percent + 0.001 WHERE number = 2", 2, "header" },
	{ "coverage", "UPDATE snapshot SET coverage_percent = 99 WHERE number = 2", 2, "header" },
	{ "bytes", "UPDATE snapshot SET bytes = bytes + 1 WHERE number = 2", 2, "header" },
	{ "new bytes", "UPDATE snapshot SET new_bytes = 0 WHERE number = 2", 2, "header" },
	{ "a middle one is gone", "DELETE FROM snapshot WHERE number = 2", 2, "missing" },
	{ "two are swapped",
	  "UPDATE snapshot SET number = -1 WHERE number = 2; UPDATE snapshot SET number = 2 WHERE number = 3;"
	  "UPDATE snapshot SET number = 3 WHERE number = -1",
	  2, "does not follow" },
	{ "a part's name", "UPDATE snapshot_part SET name = 'x' WHERE name = 'answers'", 3,
	  "answers\" of snapshot|\"x\"" },
	{ "a part's size", "UPDATE snapshot_part SET size = size + 1 WHERE name = 'site'", 3, "site" },
	{ "a part's text",
	  "UPDATE snapshot_part SET body = (SELECT body FROM snapshot_part WHERE name = 'site') WHERE name = 'sources'",
	  -1, "sources" },
	{ "a part is gone", "DELETE FROM snapshot_part WHERE name = 'site'", 1, "missing" },
	{ "an event", "UPDATE event SET user = 'suzuki' WHERE user = 'yamada'", 1, "events" },
	{ "an event's line", "UPDATE event SET raw = x'00' WHERE user = 'sato'", 2, "events" },
	{ "an event is gone", "DELETE FROM event WHERE user = 'sato'", 2, "events" },
	{ "an event is put between", "UPDATE event SET id = id + 1 WHERE user = 'sato'", 2, "events" },
	{ "the key's text", "UPDATE snapshot_key SET public = replace(public, 'A', 'B')", 0, "key" },
	{ "the key's name", "UPDATE snapshot_key SET id = '0000000000000000'", 0, "key" },
	{ "the key is gone", "DELETE FROM snapshot_key", 1, "no record" },
};

static void tampered(void **state)
{
	const struct tamper *tamper = *state;
	sqlite3 *db = store_sqlite(house.store);
	const struct verify *verify;

	assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, tamper->sql, NULL, NULL, NULL), SQLITE_OK);
	assert_true(sqlite3_changes(db) > 0);
	verify = verified(NULL, 0);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	assert_true(verify->failed);
	if (tamper->bad >= 0)
		assert_int_equal(verify->bad, tamper->bad);
	if (!strchr(tamper->says, '|') && !strstr(verify->en, tamper->says))
		fail_msg("it says \"%s\"", verify->en);
	assert_true(strlen(verify->ja) > 0);
}

/* M02: what no chain can show by itself, and a head that was kept outside does. */
static void cut(void **state)
{
	struct str heads[] = { str_of(house.codes[3]) };
	sqlite3 *db = store_sqlite(house.store);

	assert_int_equal(sqlite3_exec(db, "BEGIN; DELETE FROM snapshot WHERE number = 3", NULL, NULL, NULL), SQLITE_OK);
	assert_false(verified(NULL, 0)->failed);
	assert_true(verified(heads, 1)->failed);
	assert_int_equal(house.verify.bad, 3);
	assert_non_null(strstr(house.verify.en, "is not there"));
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

static void made_anew(void **state)
{
	char other[CHAIN_CODE];
	struct str heads[] = { { other, 0 } };

	str_copy(other, sizeof(other), str_of(house.codes[2]));
	other[strlen(other) - 1] = other[strlen(other) - 1] == 'A' ? 'B' : 'A';
	heads[0].n = strlen(other);
	assert_true(verified(heads, 1)->failed);
	assert_int_equal(house.verify.bad, 2);
	assert_non_null(strstr(house.verify.en, "made anew"));
}

/* M04: a key introduced by the one before it, one that is not, and files that are no keys. */
static void keys(void **state)
{
	_cleanup_(chain_key_freep) struct chain_key *next = NULL, *loaded = NULL;
	sqlite3 *db = store_sqlite(house.store);
	struct diag diag = { "" };
	char path[96];

	snprintf(path, sizeof(path), "%s/other.key", house.dir);
	assert_int_equal(chain_key_load(path, &loaded, &diag), -ENOENT);
	assert_int_equal(chain_key_make(path, NULL, &next, &diag), 0);
	assert_int_equal(chain_key_load(path, &loaded, &diag), 0);
	assert_string_equal(chain_key_id(loaded), chain_key_id(next));
	assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(insert_key(house.store, next, house.key, NOW + 1), 0);
	assert_false(verified(NULL, 0)->failed);
	assert_int_equal(house.verify.strangers, 0);
	assert_int_equal(sqlite3_exec(db, "UPDATE snapshot_key SET signature = zeroblob(64) WHERE introduced_by <> ''",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_true(verified(NULL, 0)->failed);
	assert_non_null(strstr(house.verify.en, "introduced"));
	assert_int_equal(sqlite3_exec(db, "UPDATE snapshot_key SET introduced_by = ''", NULL, NULL, NULL), SQLITE_OK);
	assert_false(verified(NULL, 0)->failed);
	assert_int_equal(house.verify.strangers, 1);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);

	assert_int_equal(chmod(path, 0640), 0);
	chain_key_free(loaded);
	loaded = NULL;
	assert_int_equal(chain_key_load(path, &loaded, &diag), -EPERM);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 20), 0);
	assert_int_equal(chain_key_load(path, &loaded, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, path));
	unlink(path);
}

/* The exported file stands by itself: whole as it is, and not after any change of its text. */
static void exported(void **state)
{
	json_t *bundle = NULL, *parts;
	struct diag diag = { "" };
	char path[96];

	assert_int_equal(bundle_read(store_sqlite(house.store), 9, &bundle, &diag), -ENOENT);
	assert_int_equal(bundle_read(store_sqlite(house.store), 2, &bundle, &diag), 0);
	snprintf(path, sizeof(path), "%s/2.json", house.dir);
	for (int i = 0; i < 4; i++) {
		json_t *copy = json_deep_copy(bundle);

		parts = json_object_get(copy, "parts");
		if (i == 1)
			json_object_set_new(parts, "answers", json_string("[1]"));
		if (i == 2)
			json_object_set_new(parts, "more", json_string("[]"));
		if (i == 3)
			json_array_remove(json_object_get(copy, "links"), 1);
		assert_int_equal(json_dump_file(copy, path, 0), 0);
		json_decref(copy);
		verify_init(&house.verify, NULL, 0);
		assert_int_equal(verify_file(path, &house.verify, &diag), 0);
		assert_int_equal(house.verify.failed, i > 0);
	}
	json_decref(bundle);
	unlink(path);
}

/* Parts that did not change are stored once, and what did change is told. */
static void differs(void **state)
{
	json_t *a = NULL, *b = NULL, *diff;
	struct diag diag = { "" };

	assert_int_equal(bundle_read(store_sqlite(house.store), 1, &a, &diag), 0);
	assert_int_equal(bundle_read(store_sqlite(house.store), 2, &b, &diag), 0);
	diff = bundle_diff(a, b);
	assert_non_null(diff);
	assert_true(json_array_size(json_object_get(diff, "registers")) > 0);
	assert_int_equal(json_array_size(json_object_get(diff, "thresholds")), 0);
	json_decref(diff);
	diff = bundle_diff(b, b);
	assert_int_equal(json_array_size(json_object_get(diff, "rows")), 0);
	assert_int_equal(json_array_size(json_object_get(json_object_get(diff, "parts"), "changed")), 0);
	json_decref(diff);
	json_decref(a);
	json_decref(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),     cmocka_unit_test(in_steps), cmocka_unit_test(cut),
		cmocka_unit_test(made_anew), cmocka_unit_test(keys),     cmocka_unit_test(exported),
		cmocka_unit_test(differs),
	};
	int failed;

	if (house_build(NULL) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(tampers, tampered);
	house_drop(NULL);
	return failed;
}
