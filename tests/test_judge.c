/* From rows to verdicts, with a real store: what is kept, what is told, what comes of parameters and of time. */
#include <errno.h>
#include <math.h>

#include "tests/uses.h"

static void keeps_what_changes(void **state)
{
	struct site site;
	const struct verdict *v;

	open_uses(&site, KEYS);
	assert_false(judge_ready(site.judge));
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 3);
	site_settle(&site, "register account_seen");
	assert_true(judge_ready(site.judge));
	assert_int_equal(site_status(&site, "uses"), STATUS_FAIL);
	assert_string_equal(judge_find(site.judge, STR("uses"))->verdicts[0].resource, "ada");

	/* A number in a reason is no change; a status is. */
	site_clock(&site, NOON + HOURS(1));
	site_account(&site, "bob", 4);
	site_settle(&site, "account_seen");
	v = site_verdict(&site, "uses", "bob");
	assert_string_equal(v->reason_en, "4 uses");
	assert_int_equal(v->since, NOON);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict_history"), 2);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict WHERE reason_en = '4 uses'"), 1);

	site_clock(&site, NOON + HOURS(2));
	site_account(&site, "bob", 7);
	site_settle(&site, "account_seen");
	v = site_verdict(&site, "uses", "bob");
	assert_int_equal(v->since, NOON + HOURS(2));
	assert_int_equal(v->first_seen, NOON);
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM verdict_history WHERE was = 'warn' AND status = 'pass'"), 1);

	/* What is no longer said is closed. */
	place_sql(&site.place, "DELETE FROM account_seen WHERE user = 'ada'");
	site_settle(&site, "account_seen");
	assert_null(site_verdict(&site, "uses", "ada"));
	assert_int_equal(site_status(&site, "uses"), STATUS_PASS);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict"), 1);
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM verdict_history WHERE was = 'fail' AND status IS NULL"), 1);

	/* And nothing at all is not good. */
	place_sql(&site.place, "DELETE FROM account_seen");
	site_settle(&site, "account_seen");
	assert_int_equal(site_status(&site, "uses"), STATUS_UNKNOWN);
	assert_non_null(site_verdict(&site, "uses", "*"));
	assert_int_equal(site_number(&site, "SELECT count(*) FROM check_history"), 3);
	site_close(&site);
}

static void items_and_score(void **state)
{
	struct site site;
	const struct list_result *list;

	open_uses(&site, KEYS);
	site_account(&site, "ada", 7);
	site_settle(&site, "register account_seen");
	list = judge_list(site.judge, 0);
	assert_int_equal(list->items[1].status, STATUS_PASS);
	assert_int_equal(list->items[1].since, NOON);
	assert_int_equal(list->items[2].status, STATUS_UNKNOWN);
	assert_true(fabs(list->score.percent - 50) < 1e-9);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM item_history"), 3);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM score_history WHERE percent = 50"), 1);

	site_clock(&site, NOON + HOURS(1));
	site_account(&site, "ada", 2);
	site_settle(&site, "account_seen");
	list = judge_list(site.judge, 0);
	assert_int_equal(list->items[1].status, STATUS_WARN);
	assert_int_equal(list->items[1].since, NOON + HOURS(1));
	assert_true(fabs(list->score.percent - 25) < 1e-9);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM item_history WHERE was = 'pass' AND earned = 0.5"),
			 1);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM score_history"), 2);

	/* Nothing changed: nothing is written. */
	site_clock(&site, NOON + HOURS(3));
	site_settle(&site, "");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM item_history"), 4);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM score_history"), 2);
	site_close(&site);
}

static void tells_once(void **state)
{
	struct site site;

	site_open(&site);
	site_check(&site, "uses", KEYS, BY_USES);
	site_check(&site, "grave", "severity: critical\n-- needs: register:people\n",
		   "SELECT 'x' AS resource, 'fail' AS status, 'r' AS reason");
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	for (int i = 0; i < 30; i++) {
		char user[8];

		snprintf(user, sizeof(user), "u%d", i);
		site_account(&site, user, 0);
	}
	site_settle(&site, "register account_seen");
	/* The first evaluation is one message, critical first, with counts. */
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 1);
	assert_int_equal(
		site_number(&site,
			    "SELECT count(*) FROM alert_outbox WHERE severity = 'critical' AND status = 'fail' AND"
			    " check_id = '' AND reason_en LIKE '%grave (1), uses (30)%'"),
		1);

	/* Then each edge is one. */
	site_account(&site, "u1", 7);
	site_account(&site, "new", 0);
	site_settle(&site, "account_seen");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 3);
	assert_int_equal(
		site_number(
			&site,
			"SELECT count(*) FROM alert_outbox WHERE resource = 'u1' AND was = 'fail' AND status = 'pass'"),
		1);
	site_settle(&site, "account_seen");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 3);

	/* Unknown says nothing of its own; what comes after it is told against what was known. */
	site_account(&site, "new", 10);
	site_settle(&site, "account_seen");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 3);
	site_account(&site, "new", 0);
	site_settle(&site, "account_seen");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 3);
	site_account(&site, "new", 10);
	site_settle(&site, "account_seen");
	site_account(&site, "new", 7);
	site_settle(&site, "account_seen");
	assert_int_equal(
		site_number(
			&site,
			"SELECT count(*) FROM alert_outbox WHERE resource = 'new' AND was = 'fail' AND status = 'pass'"),
		1);
	place_sql(&site.place, "DELETE FROM account_seen WHERE user = 'u2'");
	site_settle(&site, "account_seen");
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM alert_outbox WHERE resource = 'u2' AND status IS NULL"), 1);
	assert_int_equal(site_number(&site, "SELECT count(*) = count(DISTINCT alert_id) FROM alert_outbox"), 1);
	site_close(&site);
}

static void second_stage(void **state)
{
	struct site site;

	site_open(&site);
	site_file(&site, "checklists", "form.yaml", LIST);
	site_check(&site, "uses", KEYS, BY_USES);
	site_check(&site, "second", "severity: high\n-- stage: 2\n",
		   "SELECT item AS resource, 'fail' AS status, 'r' AS reason FROM v_item WHERE status = 'fail'");
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_account(&site, "ada", 0);
	site_settle(&site, "register account_seen");
	assert_non_null(site_verdict(&site, "second", "1"));
	site_account(&site, "ada", 7);
	site_settle(&site, "account_seen");
	assert_null(site_verdict(&site, "second", "1"));
	site_close(&site);
}

static void overrides(void **state)
{
	struct config_override o[] = { { (char *)"uses", (char *)"days", (char *)"30", 7, 3 } };
	struct site site;
	struct diag diag;

	site_open(&site);
	site_check(&site, "uses", KEYS "-- param: days = 90\n-- param: window = 24h\n",
		   "SELECT :days || ' ' || :window AS resource, 'pass' AS status, 'r' AS reason");
	site_rules(&site);
	site.config.overrides = o;
	site.config.n_overrides = 1;
	site_judge(&site);
	site_people(&site);
	site_settle(&site, "register");
	assert_non_null(site_verdict(&site, "uses", "30 86400000000"));
	assert_string_equal(judge_param(site.judge, judge_find(site.judge, STR("uses"))->state.check, 0), "30");

	o[0].check = (char *)"user";
	assert_int_equal(judge_fits(&site.config, site.rules, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, "tenken.yaml:7:3: checks: there is no check \"user\""));
	o[0].check = (char *)"uses";
	o[0].param = (char *)"dayz";
	assert_int_equal(judge_fits(&site.config, site.rules, &diag), -EBADMSG);
	assert_non_null(strstr(diag.text, "no parameter \"dayz\""));
	o[0].param = (char *)"days";
	o[0].value = (char *)"soon";
	assert_int_equal(judge_fits(&site.config, site.rules, &diag), -EBADMSG);
	o[0].param = (char *)"window";
	o[0].value = (char *)"5";
	assert_int_equal(judge_fits(&site.config, site.rules, &diag), -EBADMSG);
	o[0].value = (char *)"12h";
	assert_int_equal(judge_fits(&site.config, site.rules, &diag), 0);
	site_close(&site);
}

static void runs_by_time(void **state)
{
	struct site site;

	site_open(&site);
	site_check(&site, "clock", KEYS,
		   "SELECT 'x' AS resource, CASE WHEN :now < 1788491400000000 THEN 'pass' ELSE 'fail' END AS status,"
		   " 'r' AS reason, 1788491400000000 AS next");
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_clock(&site, 1788491400000000 - SECONDS(30));
	site_settle(&site, "register");
	assert_int_equal(site_status(&site, "clock"), STATUS_PASS);
	site_clock(&site, 1788491400000000 - SECONDS(1));
	site_settle(&site, "");
	assert_int_equal(judge_find(site.judge, STR("clock"))->ran_at, 1788491400000000 - SECONDS(30));
	site_clock(&site, 1788491400000000);
	site_settle(&site, "");
	assert_int_equal(site_status(&site, "clock"), STATUS_FAIL);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_changes), cmocka_unit_test(items_and_score), cmocka_unit_test(tells_once),
		cmocka_unit_test(second_stage),       cmocka_unit_test(overrides),       cmocka_unit_test(runs_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
