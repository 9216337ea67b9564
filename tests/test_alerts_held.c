/* What is held back, and what comes of it: silences, findings folded into their cause. */
#include "tests/desk.h"

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
		desk_change(&desk, i % 2 ? "flood" : "up", name, "high", "", "fail");
	}
	desk_change(&desk, "flood", "worse", "critical", "", "fail");
	desk_change(&desk, "upper", "r", "high", "", "fail"); /* anchored: not covered */
	desk_go(&desk, MINUTES(30));
	assert_int_equal(desk_notes(&desk), 2);
	desk_change(&desk, "up", "r0", "high", "fail", "pass"); /* nobody knew of it: nothing to say at the end */
	desk_go(&desk, MINUTES(40));
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'silenced'"), 500);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_note WHERE kind = 'alert'"), 3); /* all in one */
	assert_true(desk_says(&desk, "停止期間が終わりました"));
	assert_int_equal(desk_number(&desk, "bad"), 499);
	desk_go(&desk, HOURS(3));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_note WHERE kind = 'alert'"), 3);
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
	desk_change(&desk, "source-silent", "s1", "high", "pass", "fail");
	desk_change(&desk, "backup", "job1", "high", "pass", "fail");
	desk_change(&desk, "backup", "job2", "high", "pass", "fail");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 2);
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'folded'"), 1);

	/* The source is back, and the backup is still bad: now it is told. */
	desk_change(&desk, "source-silent", "s1", "high", "fail", "pass");
	desk_go(&desk, MINUTES(5));
	assert_int_equal(desk_count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 3);
	desk_close(&desk);
}

/* Registers as they are once they were read, and verdicts with what their rows name. */
static void hospital(struct desk *desk)
{
	desk_sql(
		desk,
		"INSERT INTO reg_systems (key, system_id, system_id_key, vendor_id_key, hosts, line) VALUES"
		" ('emr', 'EMR', 'emr', 'v1', 'emr01', 1), ('pacs', 'PACS', 'pacs', 'v2', 'pacs01', 2), ('lab', 'lab', 'lab', 'v1', 'lab01', 3);"
		"INSERT INTO register_value (kind, column_name, value, key) VALUES ('systems', 'hosts', 'emr01', 'emr'),"
		" ('systems', 'hosts', 'pacs01', 'pacs'), ('systems', 'hosts', 'lab01', 'lab'), ('devices', 'ip', '10.0.0.7', 'pc-7');"
		"INSERT INTO reg_devices (key, device_id, device_id_key, hostname, line) VALUES ('pc-7', 'PC-7', 'pc-7', 'Pc0007', 1);"
		"INSERT INTO verdict (check_id, resource, status, reason_ja, reason_en, dims, since, first_seen) VALUES"
		" ('silent', 's1', 'fail', '', '', '{\"host\":\"EMR01\"}', 1, 1),"
		" ('silent', 's2', 'fail', '', '', '{\"host\":\"pacs01\"}', 1, 1),"
		" ('silent', 's3', 'fail', '', '', '{\"place\":\"lab01\"}', 1, 1),"
		" ('update', 'x', 'fail', '', '', '{\"system_id\":\"emr\"}', 1, 1),"
		" ('seen', 'y', 'fail', '', '', '{\"ip\":\"10.0.0.7\"}', 1, 1),"
		" ('seen', 'z', 'fail', '', '', '{\"host\":\"PC0007\"}', 1, 1)");
}

/* A plan from 22:00 to 23:00 today; @columns and @values say the rest. */
static void work_plan(struct desk *desk, const char *columns, const char *values)
{
	char sql[600];

	snprintf(
		sql, sizeof(sql),
		"DELETE FROM reg_work_plans; INSERT INTO reg_work_plans (key, plan_id, plan_id_key, starts_at, ends_at, line, %s)"
		" VALUES ('w-1', 'W-1', 'w-1', '2026-09-04 22:00', '2026-09-04 23:00', 1, %s)",
		columns, values);
	desk_sql(desk, sql);
}

static int64_t about(const struct desk *desk, const char *resource)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM alert_note WHERE doc LIKE '%%\"resource\":\"%s\"%%'",
		 resource);
	return desk_count(desk, sql);
}

#define TEN_AT_NIGHT (START + HOURS(10))

static void planned_work_holds_back(void **state)
{
	struct desk desk;

	desk_open(&desk);
	hospital(&desk);
	work_plan(&desk, "system_id_key, approved_by", "'emr', '院長'");
	desk.now = TEN_AT_NIGHT - MINUTES(5);
	desk_change(&desk, "update", "x", "high", "pass", "warn"); /* before it begins */
	desk_go(&desk, MINUTES(6));
	assert_int_equal(about(&desk, "x"), 1);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM silence"), 1);

	desk_change(&desk, "silent", "s1", "high", "pass", "fail");
	desk_change(&desk, "silent", "s2", "high", "pass", "fail");
	desk_change(&desk, "unregistered", "emr/sato", "high", "", "fail");
	desk_change(&desk, "unregistered", "emr/kato", "high", "", "fail");
	desk_change(&desk, "wiped", "emr01", "critical", "pass", "fail");
	desk_go(&desk, MINUTES(40));
	/* Another system, and what is critical, are told; the findings are open and show why they wait. */
	assert_int_equal(about(&desk, "s2"), 1);
	assert_int_equal(about(&desk, "emr01"), 1);
	assert_int_equal(about(&desk, "s1") + about(&desk, "emr/sato") + about(&desk, "emr/kato"), 0);
	assert_int_equal(desk_count(&desk,
				    "SELECT count(*) FROM alert AS a JOIN alert_work AS w ON w.silence = a.silence"
				    " WHERE a.bad = 1 AND w.name = 'W-1'"),
			 3);
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'work'"), 3);

	/* One is over before the end; half an hour after it the others are one message that says so. */
	desk_change(&desk, "unregistered", "emr/kato", "high", "fail", "");
	desk_go(&desk, MINUTES(45));
	assert_int_equal(about(&desk, "s1"), 0);
	desk_go(&desk, MINUTES(10));
	assert_int_equal(about(&desk, "s1"), 1);
	assert_true(desk_says(&desk, "作業計画「W-1」の時間が終わりました"));
	assert_true(desk_says(&desk, "作業の間に起きて解消したものが 1 件"));
	assert_int_equal(desk_number(&desk, "bad"), 2);
	desk_go(&desk, HOURS(2));
	assert_int_equal(about(&desk, "s1"), 1);
	assert_int_equal(about(&desk, "emr/kato"), 0);
	desk_close(&desk);
}

/* What each plan holds back of: s1 (emr), s3 (lab), both of V1, s2 (pacs), y and z (PC-7). */
static void plans_hold_what_they_concern(void **state)
{
	static const struct {
		const char *columns, *values, *told;
	} rows[] = {
		{ "system_id_key, approved_by", "'emr', 'x'", "s2 s3 y z" },
		{ "device_id_key, approved_by", "'pc-7', 'x'", "s1 s2 s3" },
		{ "vendor_id_key, approved_by", "'v1', 'x'", "s2 y z" },
		{ "kind, approved_by", "'outage', 'x'", "" },
		{ "kind, approved_by", "'update', 'x'", "s1 s2 s3 y z" },      /* names nothing */
		{ "system_id_key, approved_by", "'emr', ''", "s1 s2 s3 y z" }, /* nobody approved it */
		{ "system_id_key, approved_by, note", "'other', 'x', ''",
		  "s1 s2 s3 y z" }, /* of a system without hosts */
	};
	static const char *const all[][2] = {
		{ "silent", "s1" }, { "silent", "s2" }, { "silent", "s3" }, { "seen", "y" }, { "seen", "z" }
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char told[64] = "";
		struct desk desk;

		desk_open(&desk);
		hospital(&desk);
		work_plan(&desk, rows[i].columns, rows[i].values);
		desk.now = TEN_AT_NIGHT + MINUTES(1);
		for (size_t k = 0; k < COUNT(all); k++)
			desk_change(&desk, all[k][0], all[k][1], "high", "pass", "fail");
		desk_go(&desk, MINUTES(2));
		for (size_t k = 0; k < COUNT(all); k++)
			if (about(&desk, all[k][1]))
				snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s", told[0] ? " " : "",
					 all[k][1]);
		assert_string_equal(told, rows[i].told);
		desk_close(&desk);
	}
}

static void a_plan_that_changes(void **state)
{
	struct desk desk;

	desk_open(&desk);
	hospital(&desk);
	work_plan(&desk, "system_id_key, approved_by", "'emr', 'x'");
	desk.now = TEN_AT_NIGHT;
	desk_change(&desk, "silent", "s1", "high", "pass", "fail");
	desk_go(&desk, MINUTES(2));
	assert_int_equal(about(&desk, "s1"), 0);
	/* Somebody ends it early: it is not made again, also not after a restart. */
	desk_sql(&desk, "UPDATE silence SET ends_at = 1");
	desk_go(&desk, MINUTES(2));
	assert_int_equal(about(&desk, "s1"), 1);
	desk_restart(&desk);
	desk_go(&desk, MINUTES(5));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM silence"), 1);
	/* It takes longer than planned: with new times it holds again, until it is taken back. */
	desk_sql(&desk, "UPDATE reg_work_plans SET ends_at = '2026-09-05 01:00'");
	desk_go(&desk, MINUTES(1));
	desk_change(&desk, "unregistered", "emr/sato", "high", "", "fail");
	desk_go(&desk, MINUTES(2));
	assert_int_equal(about(&desk, "emr/sato"), 0);
	desk_sql(&desk, "DELETE FROM reg_work_plans");
	desk_go(&desk, MINUTES(2));
	assert_int_equal(about(&desk, "emr/sato"), 1);
	/* Weeks are no work; and it can be switched off. */
	work_plan(&desk, "system_id_key, approved_by", "'emr', 'x'");
	desk_sql(&desk, "UPDATE reg_work_plans SET ends_at = '2026-09-30'");
	desk_change(&desk, "unregistered", "emr/goto", "high", "", "fail");
	desk_go(&desk, MINUTES(6));
	assert_int_equal(about(&desk, "emr/goto"), 1);
	desk_sql(&desk, "UPDATE reg_work_plans SET ends_at = '2026-09-05'"); /* the whole day */
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM silence"), 3);
	desk.policy.work_mask = 0;
	desk_settings(&desk);
	desk_change(&desk, "unregistered", "emr/ito", "high", "", "fail");
	desk_go(&desk, MINUTES(6));
	assert_int_equal(about(&desk, "emr/ito"), 1);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silences_and_their_end),  cmocka_unit_test(a_silent_source_is_one),
		cmocka_unit_test(planned_work_holds_back), cmocka_unit_test(plans_hold_what_they_concern),
		cmocka_unit_test(a_plan_that_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
