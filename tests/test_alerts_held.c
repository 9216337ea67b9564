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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silences_and_their_end),
		cmocka_unit_test(a_silent_source_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
