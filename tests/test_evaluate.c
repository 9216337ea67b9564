/* Another rule set over the same state: what it says is what a judge with it would say, and nothing is written. */
#include <math.h>

#include "daemon/evaluate.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                   \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n"
#define KEYS "severity: high\n-- needs: register:people\n-- decides: yes\n"

static void compares_today(void **state)
{
	struct site site;
	struct evaluation a, b;
	_cleanup_(rules_unrefp) struct rules *before = NULL;
	_free_ struct evaluation_change *changes = NULL;
	size_t n = 0;

	site_open(&site);
	site_file(&site, "checklists", "form.yaml", LIST);
	site_check(&site, "uses", KEYS, BY_USES);
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 7);
	site_account(&site, "cleo", 7);
	site_settle(&site, "register account_seen");
	before = rules_ref(site.rules);

	/* Stricter for bob and cleo, silent about ada; and a check that was not there. */
	site_check(&site, "uses", KEYS,
		   "SELECT account AS resource, iif(account = 'bob', 'fail', 'pass') AS status, 'r' AS reason"
		   " FROM v_account_seen WHERE account <> 'ada'");
	site_check(&site, "newer", KEYS, "SELECT 'x' AS resource, 'warn' AS status, 'r' AS reason");
	site_rules(&site);
	assert_int_equal(evaluate(site.reader, &site.config, before, site.now, &a), 0);
	assert_int_equal(evaluate(site.reader, &site.config, site.rules, site.now, &b), 0);
	assert_true(fabs(a.lists[0].score.percent - judge_list(site.judge, 0)->score.percent) < 1e-9);
	assert_int_equal(a.results[0].state.status, site_status(&site, "uses"));
	assert_int_equal(evaluation_compare(&a, &b, &changes, &n), 0);
	assert_int_equal(n, 3);
	assert_string_equal(changes[0].check, "newer");
	assert_int_equal(changes[0].was, -1);
	assert_string_equal(changes[1].resource, "ada");
	assert_int_equal(changes[1].was, STATUS_FAIL);
	assert_int_equal(changes[1].status, -1);
	assert_string_equal(changes[2].resource, "bob");
	assert_int_equal(changes[2].was, STATUS_PASS);
	assert_int_equal(changes[2].status, STATUS_FAIL);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM verdict WHERE check_id = 'newer'"), 0);
	evaluation_free(&a);
	evaluation_free(&b);
	site_close(&site);
}

/* People's words and silence count for the other rules too. */
static void words_and_needs_hold(void **state)
{
	struct site site;
	struct evaluation e;

	site_open(&site);
	site_check(&site, "uses", KEYS "-- needs: auth_success within 7d\n-- attest: 30\n", BY_USES);
	site_check(&site, "left", KEYS, BY_USES);
	site_rules(&site);
	site_people(&site);
	site_account(&site, "ada", 7);
	place_sql(
		&site.place,
		"INSERT INTO attestation (at, check_id, resource, who, why, until) VALUES"
		" (1788480000000000, 'uses', 'ada', 'w', 'y', '2026-09-20');"
		"INSERT INTO not_applicable (at, check_id, who, why, until) VALUES (1, 'left', 'w', 'y', '2026-12-31')");
	assert_int_equal(evaluate(site.reader, &site.config, site.rules, site.now, &e), 0);
	assert_int_equal(e.results[0].state.status, STATUS_NA);
	assert_int_equal(e.results[1].verdicts[0].status, STATUS_ATTESTED);
	evaluation_free(&e);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_today),
		cmocka_unit_test(words_and_needs_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
