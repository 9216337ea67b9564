/* What of the verdicts stays when checks break, rules are read again, the daemon restarts or the store is busy. */
#include <string.h>

#include "tests/uses.h"

static void survives_errors(void **state)
{
	struct site site;

	open_uses(&site, KEYS);
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 7);
	site_settle(&site, "register account_seen");
	site_check(&site, "uses", KEYS, "SELECT 'a' AS resource, 'pass' AS status, 'r' AS reason FROM v_gone");
	site_rules(&site);
	judge_rules(site.judge, site.rules);
	site_settle(&site, "");
	/* What was bad stays, the rest is in doubt, and the reason says why. */
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_FAIL);
	assert_string_equal(site_verdict(&site, "uses", "ada")->reason_en, "0 uses");
	assert_int_equal(site_verdict(&site, "uses", "bob")->status, STATUS_UNKNOWN);
	assert_non_null(strstr(site_verdict(&site, "uses", "bob")->reason_ja, "v_gone"));
	assert_non_null(judge_find(site.judge, STR("uses"))->error);
	/* And somebody is told, once: nobody is watching. */
	assert_int_equal(
		site_number(&site,
			    "SELECT count(*) FROM alert_outbox WHERE check_id = 'uses' AND reason_en LIKE '%v_gone%'"),
		1);
	site_clock(&site, NOON + HOURS(1));
	site_settle(&site, "");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox WHERE check_id = 'uses'"), 1);

	place_sql(&site.place, "DELETE FROM account_seen");
	site_check(&site, "uses", KEYS, BY_USES);
	site_rules(&site);
	judge_rules(site.judge, site.rules);
	site_settle(&site, "");
	assert_null(judge_find(site.judge, STR("uses"))->error);
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM alert_outbox WHERE reason_en LIKE '%can be run again%'"), 1);
	assert_int_equal(judge_find(site.judge, STR("uses"))->n_verdicts, 1);
	site_close(&site);
}

static void reloads(void **state)
{
	struct site site;
	char path[160];

	open_uses(&site, KEYS);
	site_account(&site, "ada", 0);
	site_check(&site, "other", "severity: low\n-- needs: register:people\n", BY_USES);
	site_rules(&site);
	judge_rules(site.judge, site.rules);
	site_settle(&site, "register account_seen");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 1);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict"), 2);

	/* A check that is gone takes its verdicts with it; one that asks anew is a first evaluation: one message. */
	snprintf(path, sizeof(path), "%s/checks/other.sql", site.place.dir.path);
	assert_int_equal(remove(path), 0);
	site_check(&site, "uses", KEYS, BY_USES " WHERE uses < 100");
	site_account(&site, "bob", 0);
	site_account(&site, "cid", 0);
	site_rules(&site);
	judge_rules(site.judge, site.rules);
	assert_false(judge_find(site.judge, STR("uses"))->ran);
	assert_non_null(site_verdict(&site, "uses", "ada")); /* the last word until the new one is there */
	site_settle(&site, "");
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict WHERE check_id = 'other'"), 0);
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM verdict_history WHERE check_id = 'other' AND status IS NULL"),
		1);
	assert_int_equal(
		site_number(&site, "SELECT count(*) FROM check_history WHERE check_id = 'other' AND status IS NULL"),
		1);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 2);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox WHERE check_id = ''"), 2);
	site_close(&site);
}

static void restarts(void **state)
{
	struct site site;
	const struct list_result *list;

	open_uses(&site, KEYS);
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 7);
	site_settle(&site, "register account_seen");
	judge_free(site.judge);
	site.judge = NULL;

	site_clock(&site, NOON + DAYS(2));
	site_judge(&site);
	/* Before anything has run the last word stands, with its times: that is enough to answer. */
	assert_true(judge_ready(site.judge));
	assert_false(judge_find(site.judge, STR("uses"))->ran);
	assert_int_equal(site_status(&site, "uses"), STATUS_FAIL);
	assert_int_equal(site_verdict(&site, "uses", "ada")->since, NOON);
	list = judge_list(site.judge, 0);
	assert_int_equal(list->items[1].status, STATUS_FAIL);
	assert_int_equal(list->items[1].since, NOON);
	site_settle(&site, "");
	assert_true(judge_find(site.judge, STR("uses"))->ran);
	assert_int_equal(site_verdict(&site, "uses", "ada")->since, NOON);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict_history"), 2);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM check_history"), 1);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM item_history"), 3);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM score_history"), 1);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox"), 1);
	site_close(&site);
}

static unsigned changes;

static void count_change(void *arg, const struct judge_change *change)
{
	changes++;
}

static void keeps_what_cannot_be_written(void **state)
{
	struct site site;

	open_uses(&site, KEYS);
	site_settle(&site, "register");
	judge_listen(site.judge, count_change, NULL);
	changes = 0;
	site_account(&site, "ada", 0);
	sqlite3_busy_timeout(store_sqlite(site.place.service), 0);
	place_sql(&site.place, "BEGIN IMMEDIATE");
	judge_changed(site.judge, store_table("account_seen"));
	assert_true(judge_settle(site.judge, site.reader) < 0);
	assert_null(site_verdict(&site, "uses", "ada")); /* nobody sees what is not kept */
	assert_int_equal(changes, 0);
	assert_true(judge_settle(site.judge, site.reader) < 0);

	place_sql(&site.place, "ROLLBACK");
	site_clock(&site, NOON + MINUTES(5));
	assert_int_equal(judge_settle(site.judge, site.reader), 0);
	assert_int_equal(site_verdict(&site, "uses", "ada")->since, NOON); /* when it was found */
	assert_true(changes > 0);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict_history WHERE resource = 'ada'"), 1);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_errors),
		cmocka_unit_test(reloads),
		cmocka_unit_test(restarts),
		cmocka_unit_test(keeps_what_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
