/* From rows to verdicts, with a real store: what is kept, what is told, what people say, what a restart leaves. */
#include <errno.h>
#include <math.h>

#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                  \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"                \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"    \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified}\n"

static void open_uses(struct site *site, const char *keys)
{
	site_open(site);
	site_file(site, "checklists", "form.yaml", LIST);
	site_check(site, "uses", keys, BY_USES);
	site_rules(site);
	site_judge(site);
	site_people(site);
}

#define KEYS "severity: high\n-- needs: register:people\n-- decides: yes\n"

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

static void attests(void **state)
{
	struct site site;

	open_uses(&site, KEYS "-- attest: 30\n");
	site_account(&site, "ada", 10);
	site_account(&site, "bob", 0);
	site_account(&site, "eve", 10);
	place_sql(&site.place, "INSERT INTO attestation (at, check_id, resource, who, why, until) VALUES"
			       " (1788480000000000, 'uses', 'ada', 'w', 'y', '2026-09-05'),"
			       " (1788480000000000, 'uses', 'eve', 'w', 'y', '2026-12-31'),"
			       " (1788480000000000, 'uses', 'bob', 'w', 'y', '2026-12-31')");
	site_settle(&site, "register account_seen attestation");
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_ATTESTED);
	assert_int_equal(site_verdict(&site, "uses", "bob")->status, STATUS_FAIL); /* never covers a fail */

	site_clock(&site, NOON + HOURS(35)); /* the day it names is still in */
	site_settle(&site, "");
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_ATTESTED);
	site_clock(&site, NOON + HOURS(37));
	site_settle(&site, "");
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_UNKNOWN);

	/* What was measured as bad since then is not attested when the evidence is gone: somebody has to look again. */
	site_account(&site, "bob", 10);
	site_settle(&site, "account_seen");
	assert_int_equal(site_verdict(&site, "uses", "bob")->status, STATUS_UNKNOWN);

	/* No longer than the check allows, whatever the paper says. */
	assert_int_equal(site_verdict(&site, "uses", "eve")->status, STATUS_ATTESTED);
	site_clock(&site, NOON + DAYS(31));
	site_settle(&site, "");
	assert_int_equal(site_verdict(&site, "uses", "eve")->status, STATUS_UNKNOWN);
	site_close(&site);
}

static void attests_only_where_allowed(void **state)
{
	struct site site;

	open_uses(&site, KEYS);
	site_account(&site, "ada", 10);
	place_sql(&site.place, "INSERT INTO attestation (at, check_id, resource, who, why, until) VALUES"
			       " (1788480000000000, 'uses', 'ada', 'w', 'y', '2026-12-31')");
	site_settle(&site, "register account_seen attestation");
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_UNKNOWN);
	site_close(&site);
}

static void waives(void **state)
{
	struct site site;
	const struct verdict *v;

	open_uses(&site, KEYS);
	site_settle(&site, "register account_seen");
	place_sql(&site.place,
		  "INSERT INTO waiver (at, check_id, resource_pattern, who, approver, why, start, until) VALUES"
		  " (1, 'uses', 'a*', 'w', '院長', 'y', '2026-09-01', '2026-09-04')");
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 0);
	site_settle(&site, "account_seen waiver");
	v = site_verdict(&site, "uses", "ada");
	assert_int_equal(v->status, STATUS_FAIL);
	assert_string_equal(v->waiver, "{\"who\":\"w\",\"approver\":\"院長\",\"why\":\"y\",\"until\":\"2026-09-04\"}");
	assert_null(site_verdict(&site, "uses", "bob")->waiver);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox WHERE resource = 'ada'"), 0);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM alert_outbox WHERE resource = 'bob'"), 1);
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_FAIL);

	site_clock(&site, NOON + DAYS(1));
	site_settle(&site, "");
	assert_null(site_verdict(&site, "uses", "ada")->waiver);
	site_close(&site);
}

static void does_not_apply(void **state)
{
	struct site site;
	const struct list_result *list;

	site_open(&site);
	site_file(&site, "checklists", "form.yaml", LIST);
	site_check(&site, "uses", KEYS, BY_USES);
	site_check(&site, "clinic", "severity: high\n-- needs: register:people\n-- applies: clinic\n", BY_USES);
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_account(&site, "ada", 0);
	site_settle(&site, "register account_seen");
	assert_int_equal(site_status(&site, "clinic"), STATUS_NA);
	assert_int_equal(judge_find(site.judge, STR("clinic"))->n_verdicts, 0);

	place_sql(
		&site.place,
		"INSERT INTO not_applicable (at, check_id, who, why, until) VALUES (1, 'uses', 'w', 'y', '2026-09-04')");
	site_settle(&site, "not_applicable");
	assert_int_equal(site_status(&site, "uses"), STATUS_NA);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict"), 0);
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_NA);

	site_clock(&site, NOON + DAYS(1)); /* lapsed */
	site_settle(&site, "");
	assert_int_equal(site_status(&site, "uses"), STATUS_FAIL);

	place_sql(
		&site.place,
		"INSERT INTO not_applicable (at, item, who, why, until) VALUES (1, 'form/2', 'w', 'y', '2026-12-31')");
	site_settle(&site, "not_applicable");
	list = judge_list(site.judge, 0);
	assert_int_equal(list->items[2].status, STATUS_NA);
	assert_int_equal(list->score.total, 1);
	site_close(&site);
}

static void counts_the_form(void **state)
{
	struct site site;

	open_uses(&site, KEYS);
	place_sql(&site.place,
		  "INSERT INTO answer (at, pack, item, fiscal_year, answer, answered_on, who) VALUES"
		  " (1, 'form', '1', 2026, 'no', '2026-05-01', 'w'), (2, 'form', '1', 2026, 'yes', '2026-06-01', 'w'),"
		  " (3, 'form', '2', 2025, 'yes', '2026-03-31', 'w')");
	site_settle(&site, "register answer");
	assert_int_equal(judge_list(site.judge, 0)->score.yes, 1);
	assert_int_equal(judge_list(site.judge, 0)->score.total, 2);
	assert_string_equal(judge_answer(site.judge, "form", "1")->answered_on, "2026-06-01");
	assert_null(judge_answer(site.judge, "form", "2"));

	/* Row 0 answered no: no medical information system, the rest does not apply. */
	place_sql(&site.place, "INSERT INTO answer (at, pack, item, fiscal_year, answer, answered_on, who) VALUES"
			       " (4, 'form', '0', 2026, 'no', '2026-06-01', 'w')");
	site_settle(&site, "answer");
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_NA);
	assert_int_equal(judge_list(site.judge, 0)->score.total, 0);
	site_close(&site);
}

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
		cmocka_unit_test(keeps_what_changes),
		cmocka_unit_test(items_and_score),
		cmocka_unit_test(tells_once),
		cmocka_unit_test(attests),
		cmocka_unit_test(attests_only_where_allowed),
		cmocka_unit_test(waives),
		cmocka_unit_test(does_not_apply),
		cmocka_unit_test(counts_the_form),
		cmocka_unit_test(survives_errors),
		cmocka_unit_test(reloads),
		cmocka_unit_test(restarts),
		cmocka_unit_test(keeps_what_cannot_be_written),
		cmocka_unit_test(second_stage),
		cmocka_unit_test(overrides),
		cmocka_unit_test(runs_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
