/* When and to whom: summaries, quiet hours, hours of work with their holidays, reminders, escalation, codes to be kept. */
#include "tests/desk.h"

static void medium_in_the_digest(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.daily = 8 * 60 + 30;
	desk_settings(&desk);
	desk_go(&desk, MINUTES(1));
	desk_change(&desk, "old", "a", "medium", "pass", "warn");
	desk_change(&desk, "small", "a", "low", "pass", "fail");
	desk_go(&desk, HOURS(20));
	assert_int_equal(desk_notes(&desk), 0);
	desk_go(&desk, HOURS(1)); /* 09:01 on the next day */
	assert_int_equal(desk_notes(&desk), 1);
	assert_true(desk_kind_is(&desk, "daily"));
	assert_int_equal(desk_number(&desk, "bad"), 1);
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'low'"), 1);
	desk_go(&desk, DAYS(1)); /* nothing new: no message */
	assert_int_equal(desk_notes(&desk), 1);
	desk_close(&desk);
}

static void the_week_is_opened_even_when_all_is_well(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.weekly_day = 0;
	desk.policy.weekly = 8 * 60 + 30;
	desk_settings(&desk);
	desk_go(&desk, DAYS(4));
	assert_int_equal(desk_notes(&desk), 1);
	assert_true(desk_kind_is(&desk, "weekly"));
	desk_close(&desk);
}

static void quiet_hours_hold_what_can_wait(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.quiet = (struct day_hours){ 22 * 60, 7 * 60 };
	desk.policy.quiet_mask = 1U << SEVERITY_HIGH;
	desk_settings(&desk);
	desk_go(&desk, HOURS(11)); /* 23:00 */
	desk_change(&desk, "one", "a", "high", "pass", "fail");
	desk_change(&desk, "two", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 1);
	assert_true(desk_says(&desk, "\"two\""));
	desk_change(&desk, "two", "a", "critical", "fail", "pass");
	desk_go(&desk, HOURS(7)); /* 06:01; reminders of the critical one do not come: it is well */
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_note WHERE doc LIKE '%\"one\"%'"), 0);
	desk_go(&desk, HOURS(1));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_note WHERE doc LIKE '%\"one\"%'"), 1);
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
	desk_change(&desk, "one", "a", "critical", "pass", "fail"); /* Friday noon */
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'office'"), 1);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'duty'"), 0);

	desk.policy.repeat[SEVERITY_CRITICAL] = 0;
	desk_settings(&desk);
	desk.now = when_day_start(when_days(2026, 9, 21)) + HOURS(12); /* Monday, 敬老の日 */
	desk_change(&desk, "two", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'duty'"), 1);
	/* Nobody has hours for a high one now: it goes to the office all the same. */
	desk_change(&desk, "three", "a", "high", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'office'"), 2);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery"), 3);
	desk_close(&desk);
}

/* Friday evening before five days off: what can wait comes when work begins again. */
static void quiet_days_hold_too(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.policy.quiet = (struct day_hours){ 22 * 60, 7 * 60 };
	desk.policy.quiet_closed = true;
	desk.policy.quiet_mask = 1U << SEVERITY_HIGH;
	desk_settings(&desk);
	desk.now = when_day_start(when_days(2026, 9, 18)) + HOURS(23);
	desk_change(&desk, "one", "a", "high", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	desk.now = when_day_start(when_days(2026, 9, 19)) + HOURS(12); /* Saturday noon */
	desk_change(&desk, "two", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 1);
	assert_true(desk_says(&desk, "\"two\""));
	desk_change(&desk, "two", "a", "critical", "fail", "pass");
	desk_go(&desk, MINUTES(1));
	/* 21 to 23 September 2026: 敬老の日, 国民の休日, 秋分の日. */
	desk.now = when_day_start(when_days(2026, 9, 24)) + HOURS(6) + MINUTES(59);
	desk_settle(&desk);
	assert_int_equal(desk_notes(&desk), 2);
	desk_go(&desk, MINUTES(2));
	assert_int_equal(desk_notes(&desk), 3);
	assert_true(desk_says(&desk, "\"one\""));
	desk_close(&desk);
}

static void reminds_until_somebody_acknowledges(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(150));
	assert_int_equal(desk_notes(&desk), 3);
	assert_true(desk_kind_is(&desk, "reminder"));
	desk_sql(&desk,
		 "INSERT INTO ack (at, check_id, resource, who) SELECT max(at) + 1, 'leaver', 'a', '佐藤' FROM alert");
	desk_go(&desk, HOURS(5));
	assert_int_equal(desk_notes(&desk), 3);

	/* The next time it fails it needs another acknowledgement. */
	desk_change(&desk, "leaver", "a", "critical", "fail", "pass");
	desk_go(&desk, MINUTES(1));
	desk_change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(62));
	assert_int_equal(desk_notes(&desk), 6);
	assert_true(desk_kind_is(&desk, "reminder"));

	/* A waiver silences too. */
	desk_sql(&desk, "INSERT INTO waiver (at, check_id, resource_pattern, who, approver, why, start, until)"
			" VALUES (1, 'leaver', 'a*', 'x', 'y', 'z', '2026-01-01', '2027-01-01')");
	desk_go(&desk, HOURS(5));
	assert_int_equal(desk_notes(&desk), 6);
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
	desk_change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk_change(&desk, "other", "a", "high", "pass", "fail");
	desk_change(&desk, "taken-up", "a", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	desk_sql(
		&desk,
		"INSERT INTO ack (at, check_id, resource, who) SELECT max(at) + 1, 'taken-up', '*', '佐藤' FROM alert");
	desk_go(&desk, MINUTES(28));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 0);
	desk_go(&desk, MINUTES(3));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 1);
	assert_true(desk_kind_is(&desk, "escalation"));
	assert_int_equal(desk_number(&desk, "bad"), 1);
	desk_go(&desk, HOURS(3));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'boss'"), 1);
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
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 0); /* nobody wants it */
	desk.routes[1] = (struct plan_route){ .name = "keeper", .hours = ROUTE_OFF_HOURS, .heads = true };
	desk.n_routes = 2;
	desk_settings(&desk);
	desk_go(&desk, MINUTES(10));
	/* The newest speaks for those before it; only its keeper gets it, at any hour. */
	assert_int_equal(desk_notes(&desk), 1);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE channel = 'keeper'"), 1);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery"), 1);
	assert_true(desk_kind_is(&desk, "snapshot"));
	note = desk_note(&desk);
	assert_string_equal(json_string_value(json_object_get(note, "code")), "3-AAAA-AAAA-AAAA-AAAA-AAAA");
	json_decref(note);
	snapshot_put(&desk, 4);
	snapshot_put(&desk, 5);
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 3);
	desk_restart(&desk);
	desk_go(&desk, HOURS(1));
	assert_int_equal(desk_notes(&desk), 3);
	for (int i = 6; i <= 30; i++) /* a long pause: the newest eight are told */
		snapshot_put(&desk, i);
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 11);
	desk_close(&desk);
}

static void codes_from_the_first_one_on(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk.routes[0].heads = true;
	desk_settings(&desk);
	desk_settle(&desk); /* there is no snapshot yet */
	for (int i = 1; i <= 3; i++)
		snapshot_put(&desk, i);
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 3);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(medium_in_the_digest),
		cmocka_unit_test(the_week_is_opened_even_when_all_is_well),
		cmocka_unit_test(quiet_hours_hold_what_can_wait),
		cmocka_unit_test(quiet_days_hold_too),
		cmocka_unit_test(hours_decide_who),
		cmocka_unit_test(reminds_until_somebody_acknowledges),
		cmocka_unit_test(escalates_when_nobody_does),
		cmocka_unit_test(a_code_goes_out_once),
		cmocka_unit_test(codes_from_the_first_one_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
