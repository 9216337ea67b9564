/* What people say of verdicts: attestations, waivers, what does not apply, answers of the form. */
#include <string.h>

#include "tests/uses.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attests),         cmocka_unit_test(attests_only_where_allowed),
		cmocka_unit_test(waives),          cmocka_unit_test(does_not_apply),
		cmocka_unit_test(counts_the_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
