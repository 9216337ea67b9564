/* Who is told what and when: a real store, changes written as the judge writes them, and a clock that only moves when told. */
#include <errno.h>

#include "core/when.h"
#include "daemon/alerts/plan.h"
#include "tests/place.h"
#include "tests/table.h"

#define START (DAYS(20700) + HOURS(3)) /* Friday 2026-09-04 12:00 in Tokyo */

struct desk {
	struct place place;
	struct plan *plan;
	struct plan_policy policy;
	struct plan_route routes[4];
	size_t n_routes;
	struct rules *rules;
	usec_t now;
	int changes;
};

static const struct plan_policy usual = {
	.site_id = "demo",
	.site_name = "点検病院",
	.page = "http://127.0.0.1:8080",
	.recovery = true,
	.group_wait = SECONDS(10),
	.group_interval = MINUTES(5),
	.repeat = { [SEVERITY_HIGH] = HOURS(24), [SEVERITY_CRITICAL] = HOURS(1) },
	.flap_changes = 5,
	.flap_window = HOURS(1),
	.flap_settled = MINUTES(15),
	.ceiling = 30,
	.quiet = { -1, -1 },
	.office = { 8 * 60 + 30, 17 * 60 + 15 },
	.daily = -1,
	.weekly = -1,
	.rows_max = 20,
};

static void desk_settings(struct desk *desk)
{
	assert_int_equal(plan_configure(desk->plan, &desk->policy, desk->routes, desk->n_routes, desk->rules), 0);
}

static void desk_open(struct desk *desk)
{
	*desk = (struct desk){ .policy = usual, .now = START, .n_routes = 1 };
	desk->routes[0] = (struct plan_route){ .name = "ops", .digest = true };
	when_zone("Asia/Tokyo");
	place_open(&desk->place);
	/* The disk is not what is looked at here. */
	assert_int_equal(sqlite3_exec(store_sqlite(desk->place.service), "PRAGMA synchronous = OFF", NULL, NULL, NULL),
			 0);
	assert_int_equal(plan_new(desk->place.service, &desk->plan), 0);
	desk_settings(desk);
}

static void desk_close(struct desk *desk)
{
	plan_free(desk->plan);
	place_close(&desk->place);
}

static sqlite3 *desk_db(const struct desk *desk)
{
	return store_sqlite(desk->place.service);
}

static void desk_sql(const struct desk *desk, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(desk_db(desk), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* The verdict of (@check, @resource) went from @was to @status; "" is none. */
static void change(struct desk *desk, const char *check, const char *resource, const char *severity, const char *was,
		   const char *status)
{
	char *sql;

	desk->changes++;
	sql = sqlite3_mprintf(
		"INSERT INTO alert_outbox (alert_id, at, check_id, resource, severity, was, status, reason_ja,"
		" reason_en) VALUES ('demo/%d', %lld, %Q, %Q, %Q, nullif(%Q, ''), nullif(%Q, ''), '理由', 'why')",
		desk->changes, (long long)desk->now, check, resource, severity, was, status);
	desk_sql(desk, sql);
	sqlite3_free(sql);
}

static void settle(struct desk *desk)
{
	int r;

	while ((r = plan_step(desk->plan, desk->now)) == 1)
		;
	assert_true(r >= 0);
}

/* The clock goes on, by steps no longer than a reminder would notice. */
static void go(struct desk *desk, usec_t span)
{
	usec_t end = desk->now + span;

	settle(desk);
	while (desk->now < end) {
		usec_t step = span > HOURS(8) ? MINUTES(10) : span > MINUTES(12) ? MINUTES(1) : SECONDS(10);

		desk->now += end - desk->now < step ? end - desk->now : step;
		settle(desk);
	}
}

static int64_t count(const struct desk *desk, const char *sql)
{
	return sql_int(desk_db(desk), sql);
}

#define NOTES(desk) count(desk, "SELECT count(*) FROM alert_note")

/* The newest message, as JSON; the caller's. */
static json_t *last_note(const struct desk *desk)
{
	sqlite3_stmt *stmt = NULL;
	json_t *json;

	assert_int_equal(sqlite3_prepare_v2(desk_db(desk), "SELECT doc FROM alert_note ORDER BY id DESC LIMIT 1", -1,
					    &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	json = json_loads((const char *)sqlite3_column_text(stmt, 0), 0, NULL);
	assert_non_null(json);
	sqlite3_finalize(stmt);
	return json;
}

static int64_t number_in(const struct desk *desk, const char *key)
{
	json_t *note = last_note(desk);
	int64_t n = json_integer_value(json_object_get(note, key));

	json_decref(note);
	return n;
}

static bool kind_is(const struct desk *desk, const char *kind)
{
	json_t *note = last_note(desk);
	bool is = !strcmp(json_string_value(json_object_get(note, "kind")), kind);

	json_decref(note);
	return is;
}

static bool says(const struct desk *desk, const char *words)
{
	char buf[32768];

	return strstr(sql_text(desk_db(desk), "SELECT doc FROM alert_note ORDER BY id DESC LIMIT 1", buf, sizeof(buf)),
		      words) != NULL;
}

static void waits_and_groups(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "leaver", "a", "critical", "pass", "fail");
	go(&desk, SECONDS(6));
	change(&desk, "leaver", "b", "critical", "pass", "fail");
	assert_int_equal(NOTES(&desk), 0);
	go(&desk, SECONDS(5));
	assert_int_equal(NOTES(&desk), 1); /* ten seconds after the first, both */
	assert_int_equal(number_in(&desk, "bad"), 2);
	assert_true(kind_is(&desk, "alert"));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE state = 'waiting'"), 1);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_outbox WHERE done_at IS NULL"), 0);

	/* Another check is another message; nothing is said twice. */
	change(&desk, "other", "x", "high", "", "warn");
	go(&desk, MINUTES(5));
	assert_int_equal(NOTES(&desk), 2);
	assert_int_equal(number_in(&desk, "bad"), 1);
	desk_close(&desk);
}

static void tells_recovery(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "leaver", "a", "high", "pass", "fail");
	go(&desk, SECONDS(11));
	change(&desk, "leaver", "a", "high", "fail", "pass");
	go(&desk, SECONDS(11));
	assert_int_equal(NOTES(&desk), 2);
	assert_true(kind_is(&desk, "recovered"));
	assert_int_equal(number_in(&desk, "good"), 1);
	go(&desk, DAYS(2));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert"), 0);
	assert_int_equal(NOTES(&desk), 2);

	/* It came and went before anybody was told: there is nothing to say, but it is counted. */
	change(&desk, "leaver", "b", "high", "pass", "fail");
	go(&desk, SECONDS(3));
	change(&desk, "leaver", "b", "high", "fail", "");
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 2);
	assert_int_equal(count(&desk, "SELECT n FROM alert_count WHERE reason = 'settled'"), 1);

	/* A finding that was told with the first look is well again. */
	change(&desk, "leaver", "c", "high", "fail", "pass");
	go(&desk, SECONDS(11));
	assert_int_equal(NOTES(&desk), 3);
	assert_true(kind_is(&desk, "recovered"));
	desk_close(&desk);
}

static void first_is_one_at_once(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "", "", "critical", "", "fail");
	settle(&desk);
	assert_int_equal(NOTES(&desk), 1);
	assert_true(kind_is(&desk, "first"));
	assert_true(says(&desk, "理由"));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert"), 0);
	desk_close(&desk);
}

static void many_become_one(void **state)
{
	struct desk desk;
	char name[16];
	json_t *note, *check;

	desk_open(&desk);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		change(&desk, "flood", name, "high", "", "fail");
	}
	go(&desk, SECONDS(30));
	assert_int_equal(NOTES(&desk), 1);
	note = last_note(&desk);
	check = json_array_get(json_object_get(note, "checks"), 0);
	assert_int_equal(json_integer_value(json_object_get(check, "bad")), 1000);
	assert_int_equal(json_array_size(json_object_get(check, "rows")), 5);
	assert_int_equal(json_integer_value(json_object_get(note, "more")), 995);
	json_decref(note);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert WHERE bad = 1"), 1000);

	/* Channels that are told states get the worst, and how many there are besides. */
	note = plan_state(desk.plan, desk.now, MINUTES(15), 100);
	assert_int_equal(json_array_size(json_object_get(note, "alerts")), 100);
	assert_int_equal(json_integer_value(json_object_get(note, "more")), 900);
	json_decref(note);

	/* Twenty are all listed. */
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		change(&desk, "few", name, "high", "", "fail");
	}
	go(&desk, SECONDS(30));
	assert_int_equal(NOTES(&desk), 2);
	assert_int_equal(number_in(&desk, "more"), 0);
	desk_close(&desk);
}

static void a_talkative_room_waits(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	desk.policy.flap_changes = 0;
	desk_settings(&desk);
	for (int i = 0; i < 60; i++) { /* a new one every ten seconds, for ten minutes */
		snprintf(name, sizeof(name), "r%d", i);
		change(&desk, "drip", name, "high", "", "fail");
		go(&desk, SECONDS(10));
	}
	go(&desk, MINUTES(6));
	assert_in_range(NOTES(&desk), 4, 6);
	assert_int_equal(count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 60);
	desk_close(&desk);
}

static void medium_in_the_digest(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.daily = 8 * 60 + 30;
	desk_settings(&desk);
	go(&desk, MINUTES(1));
	change(&desk, "old", "a", "medium", "pass", "warn");
	change(&desk, "small", "a", "low", "pass", "fail");
	go(&desk, HOURS(20));
	assert_int_equal(NOTES(&desk), 0);
	go(&desk, HOURS(1)); /* 09:01 on the next day */
	assert_int_equal(NOTES(&desk), 1);
	assert_true(kind_is(&desk, "daily"));
	assert_int_equal(number_in(&desk, "bad"), 1);
	assert_int_equal(count(&desk, "SELECT n FROM alert_count WHERE reason = 'low'"), 1);
	go(&desk, DAYS(1)); /* nothing new: no message */
	assert_int_equal(NOTES(&desk), 1);
	desk_close(&desk);
}

static void the_week_is_opened_even_when_all_is_well(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.weekly_day = 0;
	desk.policy.weekly = 8 * 60 + 30;
	desk_settings(&desk);
	go(&desk, DAYS(4));
	assert_int_equal(NOTES(&desk), 1);
	assert_true(kind_is(&desk, "weekly"));
	desk_close(&desk);
}

/* As the writer of snapshots leaves it; only what is told matters here. */
static void snapshot_put(const struct desk *desk, int number)
{
	char *sql = sqlite3_mprintf(
		"INSERT INTO snapshot (number, taken_at, reason, who, site, previous, manifest, manifest_sha256, head,"
		" key_id, signature, percent, coverage_percent, bytes, new_bytes) VALUES (%d, %lld, 'daily', 'tenkend',"
		" 'demo', x'', x'', zeroblob(32), zeroblob(32), '', x'', 0, 0, 0, 0)",
		number, (long long)desk->now);

	desk_sql(desk, sql);
	sqlite3_free(sql);
}

static void a_code_goes_out_once(void **state)
{
	struct desk desk;
	json_t *note;

	desk_open(&desk);
	for (int i = 1; i <= 3; i++)
		snapshot_put(&desk, i);
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 0); /* nobody wants it */
	desk.routes[1] = (struct plan_route){ .name = "keeper", .hours = ROUTE_OFF_HOURS, .heads = true };
	desk.n_routes = 2;
	desk_settings(&desk);
	go(&desk, MINUTES(10));
	/* The newest speaks for those before it; only its keeper gets it, at any hour. */
	assert_int_equal(NOTES(&desk), 1);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'keeper'"), 1);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery"), 1);
	assert_true(kind_is(&desk, "snapshot"));
	note = last_note(&desk);
	assert_string_equal(json_string_value(json_object_get(note, "code")), "3-AAAA-AAAA-AAAA-AAAA-AAAA");
	json_decref(note);
	snapshot_put(&desk, 4);
	snapshot_put(&desk, 5);
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 3);
	plan_free(desk.plan); /* a restart */
	assert_int_equal(plan_new(desk.place.service, &desk.plan), 0);
	desk_settings(&desk);
	go(&desk, HOURS(1));
	assert_int_equal(NOTES(&desk), 3);
	for (int i = 6; i <= 30; i++) /* a long pause: the newest eight are told */
		snapshot_put(&desk, i);
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 11);
	desk_close(&desk);
}

static void flapping_is_damped(void **state)
{
	struct desk desk;

	desk_open(&desk);
	for (int i = 0; i < 100; i++) { /* a hundred changes in ten minutes, failing at the end */
		change(&desk, "wobble", "a", "high", i % 2 ? "pass" : "fail", i % 2 ? "fail" : "pass");
		go(&desk, SECONDS(6));
	}
	go(&desk, HOURS(2));
	assert_in_range(NOTES(&desk), 1, 6);
	assert_int_equal(count(&desk, "SELECT bad FROM alert WHERE check_id = 'wobble'"), 1);
	assert_int_equal(count(&desk, "SELECT flapping FROM alert WHERE check_id = 'wobble'"), 0);
	assert_true(says(&desk, "落ち着きました"));
	assert_int_equal(number_in(&desk, "bad"), 1);
	assert_true(count(&desk, "SELECT n FROM alert_count WHERE reason = 'flapping'") >= 90);
	desk_close(&desk);
}

static void quiet_hours_hold_what_can_wait(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.quiet = (struct day_hours){ 22 * 60, 7 * 60 };
	desk.policy.quiet_mask = 1U << SEVERITY_HIGH;
	desk_settings(&desk);
	go(&desk, HOURS(11)); /* 23:00 */
	change(&desk, "one", "a", "high", "pass", "fail");
	change(&desk, "two", "a", "critical", "pass", "fail");
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 1);
	assert_true(says(&desk, "\"two\""));
	change(&desk, "two", "a", "critical", "fail", "pass");
	go(&desk, HOURS(7)); /* 06:01; reminders of the critical one do not come: it is well */
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_note WHERE doc LIKE '%\"one\"%'"), 0);
	go(&desk, HOURS(1));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_note WHERE doc LIKE '%\"one\"%'"), 1);
	desk_close(&desk);
}

static void reminds_until_somebody_acknowledges(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "leaver", "a", "critical", "pass", "fail");
	go(&desk, MINUTES(150));
	assert_int_equal(NOTES(&desk), 3);
	assert_true(kind_is(&desk, "reminder"));
	desk_sql(&desk,
		 "INSERT INTO ack (at, check_id, resource, who) SELECT max(at) + 1, 'leaver', 'a', '佐藤' FROM alert");
	go(&desk, HOURS(5));
	assert_int_equal(NOTES(&desk), 3);

	/* The next time it fails it needs another acknowledgement. */
	change(&desk, "leaver", "a", "critical", "fail", "pass");
	go(&desk, MINUTES(1));
	change(&desk, "leaver", "a", "critical", "pass", "fail");
	go(&desk, MINUTES(62));
	assert_int_equal(NOTES(&desk), 6);
	assert_true(kind_is(&desk, "reminder"));

	/* A waiver silences too. */
	desk_sql(&desk, "INSERT INTO waiver (at, check_id, resource_pattern, who, approver, why, start, until)"
			" VALUES (1, 'leaver', 'a*', 'x', 'y', 'z', '2026-01-01', '2027-01-01')");
	go(&desk, HOURS(5));
	assert_int_equal(NOTES(&desk), 6);
	desk_close(&desk);
}

static void escalates_when_nobody_does(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.repeat[SEVERITY_CRITICAL] = 0;
	desk.routes[1] = (struct plan_route){ .name = "boss", .least = SEVERITY_CRITICAL, .after = MINUTES(30) };
	desk.n_routes = 2;
	desk_settings(&desk);
	change(&desk, "leaver", "a", "critical", "pass", "fail");
	change(&desk, "other", "a", "high", "pass", "fail");
	go(&desk, MINUTES(29));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 0);
	go(&desk, MINUTES(3));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 1);
	assert_true(kind_is(&desk, "escalation"));
	assert_int_equal(number_in(&desk, "bad"), 1);
	go(&desk, HOURS(3));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 1);
	desk_close(&desk);
}

static void silences_and_their_end(void **state)
{
	struct desk desk;
	char name[16];
	char *sql;

	desk_open(&desk);
	desk.policy.repeat[SEVERITY_CRITICAL] = 0;
	desk_settings(&desk);
	sql = sqlite3_mprintf(
		"INSERT INTO silence (at, matchers, starts_at, ends_at, created_by, comment) VALUES (1, %Q, 1, %lld,"
		" 'x', 'y')",
		"[{\"name\":\"check\",\"value\":\"fl.*|up\",\"isRegex\":true,\"isEqual\":true},"
		"{\"name\":\"severity\",\"value\":\"critical\",\"isRegex\":false,\"isEqual\":false}]",
		(long long)(START + HOURS(1)));
	desk_sql(&desk, sql);
	sqlite3_free(sql);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		change(&desk, i % 2 ? "flood" : "up", name, "high", "", "fail");
	}
	change(&desk, "flood", "worse", "critical", "", "fail");
	change(&desk, "upper", "r", "high", "", "fail"); /* anchored: not covered */
	go(&desk, MINUTES(30));
	assert_int_equal(NOTES(&desk), 2);
	change(&desk, "up", "r0", "high", "fail", "pass"); /* nobody knew of it: nothing to say at the end */
	go(&desk, MINUTES(40));
	assert_int_equal(count(&desk, "SELECT n FROM alert_count WHERE reason = 'silenced'"), 500);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_note WHERE kind = 'alert'"), 3); /* all in one */
	assert_true(says(&desk, "停止期間が終わりました"));
	assert_int_equal(number_in(&desk, "bad"), 499);
	go(&desk, HOURS(3));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_note WHERE kind = 'alert'"), 3);
	desk_close(&desk);
}

static void a_ceiling_that_is_said(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	desk.policy.ceiling = 5;
	desk_settings(&desk);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "check%02d", i);
		change(&desk, name, "a", "high", "", "fail");
	}
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 5);
	assert_true(says(&desk, "ほか 35 件は送信を控えました"));
	assert_int_equal(count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 40);
	change(&desk, "late", "a", "critical", "", "fail");
	go(&desk, MINUTES(11)); /* above the ceiling: one in ten minutes, not none */
	assert_int_equal(NOTES(&desk), 6);
	assert_int_equal(number_in(&desk, "bad"), 1);
	desk_close(&desk);
}

static void a_silent_source_is_one(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_sql(
		&desk,
		"INSERT INTO verdict (check_id, resource, status, reason_ja, reason_en, dims, since, first_seen) VALUES"
		" ('source-silent', 's1', 'fail', '', '', '{\"host\":\"EMR01\"}', 1, 1),"
		" ('backup', 'job1', 'fail', '', '', '{\"host\":\"emr01\"}', 1, 1),"
		" ('backup', 'job2', 'fail', '', '', '{\"host\":\"pacs\"}', 1, 1)");
	change(&desk, "source-silent", "s1", "high", "pass", "fail");
	change(&desk, "backup", "job1", "high", "pass", "fail");
	change(&desk, "backup", "job2", "high", "pass", "fail");
	go(&desk, MINUTES(1));
	assert_int_equal(count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 2);
	assert_int_equal(count(&desk, "SELECT n FROM alert_count WHERE reason = 'folded'"), 1);

	/* The source is back, and the backup is still bad: now it is told. */
	change(&desk, "source-silent", "s1", "high", "fail", "pass");
	go(&desk, MINUTES(5));
	assert_int_equal(count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 3);
	desk_close(&desk);
}

static void a_check_that_cannot_run(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "broken", "*", "high", "", "unknown");
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 1);
	assert_int_equal(number_in(&desk, "bad"), 1);
	change(&desk, "broken", "*", "high", "unknown", "");
	go(&desk, MINUTES(1));
	assert_int_equal(NOTES(&desk), 2);
	assert_true(kind_is(&desk, "recovered"));
	desk_close(&desk);
}

static void what_is_old_is_history(void **state)
{
	struct desk desk;

	desk_open(&desk);
	change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk.now += DAYS(3);
	go(&desk, HOURS(3));
	assert_int_equal(NOTES(&desk), 0);
	assert_int_equal(count(&desk, "SELECT n FROM alert_count WHERE reason = 'late'"), 1);
	desk_close(&desk);
}

static void a_restart_loses_and_doubles_nothing(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		change(&desk, "flood", name, "high", "", "fail");
		plan_step(desk.plan, desk.now);
		plan_free(desk.plan);
		assert_int_equal(plan_new(desk.place.service, &desk.plan), 0);
		desk_settings(&desk);
	}
	go(&desk, MINUTES(10));
	assert_int_equal(NOTES(&desk), 1);
	assert_int_equal(number_in(&desk, "bad"), 30);
	desk_close(&desk);
}

static void hours_decide_who(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.routes[0] = (struct plan_route){ .name = "office", .hours = ROUTE_OFFICE };
	desk.routes[1] = (struct plan_route){ .name = "duty", .hours = ROUTE_OFF_HOURS, .least = SEVERITY_CRITICAL };
	desk.n_routes = 2;
	desk_settings(&desk);
	change(&desk, "one", "a", "critical", "pass", "fail"); /* Friday noon */
	go(&desk, MINUTES(1));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'office'"), 1);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'duty'"), 0);

	desk.policy.repeat[SEVERITY_CRITICAL] = 0;
	desk_settings(&desk);
	desk.now = when_day_start(when_days(2026, 9, 21)) + HOURS(12); /* Monday, 敬老の日 */
	change(&desk, "two", "a", "critical", "pass", "fail");
	go(&desk, MINUTES(1));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'duty'"), 1);
	/* Nobody has hours for a high one now: it goes to the office all the same. */
	change(&desk, "three", "a", "high", "pass", "fail");
	go(&desk, MINUTES(1));
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'office'"), 2);
	assert_int_equal(count(&desk, "SELECT count(*) FROM alert_delivery"), 3);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_and_groups),
		cmocka_unit_test(tells_recovery),
		cmocka_unit_test(first_is_one_at_once),
		cmocka_unit_test(many_become_one),
		cmocka_unit_test(a_talkative_room_waits),
		cmocka_unit_test(medium_in_the_digest),
		cmocka_unit_test(the_week_is_opened_even_when_all_is_well),
		cmocka_unit_test(a_code_goes_out_once),
		cmocka_unit_test(flapping_is_damped),
		cmocka_unit_test(quiet_hours_hold_what_can_wait),
		cmocka_unit_test(reminds_until_somebody_acknowledges),
		cmocka_unit_test(escalates_when_nobody_does),
		cmocka_unit_test(silences_and_their_end),
		cmocka_unit_test(a_ceiling_that_is_said),
		cmocka_unit_test(a_silent_source_is_one),
		cmocka_unit_test(a_check_that_cannot_run),
		cmocka_unit_test(what_is_old_is_history),
		cmocka_unit_test(a_restart_loses_and_doubles_nothing),
		cmocka_unit_test(hours_decide_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
