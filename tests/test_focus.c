/* Asking about a few: what of it makes the whole question due, what the judge does with it, and that few means few. */
#include "daemon/focus.h"

#include "daemon/touched.h"
#include "tests/site.h"
#include "tests/table.h"

/* "f emr/ada" fails, w warns, ? is unknown, p passes, a is attested; one a line. */
static const struct row {
	const char *name, *before, *answer, *names;
	bool differs;
} rows[] = {
	{ "nothing about it", "", "", "ada", false },
	{ "all is well as before", "p emr\n", "p emr\n", "ada", false },
	{ "it fails", "p emr\n", "f emr/ada\np emr\n", "ada", true },
	{ "it fails as before", "f emr/ada\np emr\n", "f emr/ada\np emr\n", "ada", false },
	{ "it fails no more", "f emr/ada\np emr\n", "p emr\n", "ada", true },
	{ "it passes, and did not", "f emr/ada\n", "p emr/ada\n", "ada", true },
	{ "it warns where it failed", "f emr/ada\n", "w emr/ada\n", "ada", true },
	{ "another one fails as before", "f emr/bob\np emr\n", "p emr\n", "ada", false },
	{ "one whose name begins like it", "f emr/ada2\nf emr/b-ada\nf emr/ada.x\n", "", "ada", false },
	{ "its name with an address", "f emr/ADA@10.0.0.1\n", "", "ada", true },
	{ "the second of two names", "f emr/bob\n", "", "ada\nbob", true },
	{ "all of a system fails because of it", "p emr\n", "f emr\n", "ada", true },
	{ "a system is better for it, which can wait", "f emr\n", "p emr\n", "ada", false },
	{ "of a system only a part is asked", "f emr\n", "w emr\n", "ada", false },
	{ "a system is not known any more", "p emr\n", "? emr\n", "ada", true },
	{ "a system that was not known", "? emr\n", "p emr\n", "ada", false },
	{ "somebody vouches for it", "a emr\n", "? emr\n", "ada", false },
	{ "a new system", "p emr\n", "p lab\n", "ada", true },
	{ "nothing is called nothing", "f \n", "", "", false },
};

static enum status status_of(char letter)
{
	return letter == 'f'   ? STATUS_FAIL
	       : letter == 'w' ? STATUS_WARN
	       : letter == 'p' ? STATUS_PASS
	       : letter == 'a' ? STATUS_ATTESTED
			       : STATUS_UNKNOWN;
}

static void differs(void **state)
{
	const struct row *row = *state;
	struct verdict verdicts[4] = { 0 };
	struct ask_row asked[4] = { 0 };
	struct check_result before = { .verdicts = verdicts };
	struct answer answer = { .rows = asked };
	char text[2][256];
	struct str rest;

	for (rest = str_of(row->before); rest.n > 0; before.n_verdicts++) {
		struct str line = str_cut(&rest, '\n');

		verdicts[before.n_verdicts].status = status_of(line.p[0]);
		verdicts[before.n_verdicts].resource = str_copy(text[0] + 64 * before.n_verdicts, 64,
								str_from(line, 2));
	}
	for (rest = str_of(row->answer); rest.n > 0; answer.n_rows++) {
		struct str line = str_cut(&rest, '\n');

		asked[answer.n_rows].status = status_of(line.p[0]);
		asked[answer.n_rows].resource = str_copy(text[1] + 64 * answer.n_rows, 64, str_from(line, 2));
	}
	assert_int_equal(focus_differs(&before, &answer, row->names), row->differs);
}

static int64_t id_of(const struct site *site, const char *user)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT id FROM account_seen WHERE user = '%s'", user);
	return site_number(site, sql);
}

/* Reads numbers of the verdict that only a run of the whole question makes newer. */
static const char *reason_of(const struct site *site, const char *user)
{
	const struct verdict *verdict = site_verdict(site, "uses", user);

	return verdict ? verdict->reason_en : "";
}

static void asks_the_whole_when_it_turns(void **state)
{
	struct touched touched = { .tables = store_table("account_seen") };
	struct site site;

	site_open(&site);
	site_check(&site, "uses", "severity: high\n-- needs: register:people\n-- by: account", BY_USES);
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_account(&site, "ada", 6);
	site_account(&site, "bob", 2);
	site_settle(&site, "register account_seen");
	assert_string_equal(reason_of(&site, "bob"), "2 uses");

	/* Nothing turns: what was said stands, numbers too. */
	site_account(&site, "bob", 3);
	touched_row(&touched.accounts, id_of(&site, "bob"));
	judge_touched(site.judge, &touched);
	assert_int_equal(judge_settle(site.judge, site.reader), 0);
	assert_string_equal(reason_of(&site, "bob"), "2 uses");

	/* One turns, and all is asked. */
	site_account(&site, "ada", 0);
	touched.accounts.n = 0;
	touched_row(&touched.accounts, id_of(&site, "ada"));
	judge_touched(site.judge, &touched);
	assert_int_equal(judge_settle(site.judge, site.reader), 0);
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, STATUS_FAIL);
	assert_string_equal(reason_of(&site, "bob"), "3 uses");

	/* Whom it is about is not known, or another table changed as well. */
	site_account(&site, "bob", 4);
	site_settle(&site, "account_seen");
	assert_string_equal(reason_of(&site, "bob"), "4 uses");
	site_account(&site, "bob", 1);
	touched.tables |= store_table("register") | store_table("reg_people");
	judge_touched(site.judge, &touched);
	assert_int_equal(judge_settle(site.judge, site.reader), 0);
	assert_string_equal(reason_of(&site, "bob"), "1 uses");

	/* The minute makes all newer. */
	site_account(&site, "bob", 2);
	site_clock(&site, NOON + MINUTES(2));
	assert_int_equal(judge_settle(site.judge, site.reader), 0);
	assert_string_equal(reason_of(&site, "bob"), "2 uses");
	site_close(&site);
}

static void event(struct site *site, int64_t id, const char *user)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO event (id, received, at, type, source_id, decoder, system, count, user, raw)"
		 " VALUES (%lld, %lld, 1, 'usb_attached', 1, 'x', 'emr', 1, '%s', x'00')",
		 (long long)id, (long long)site->now, user);
	place_sql(&site->place, sql);
}

static void session(struct site *site, int64_t id, const char *user)
{
	struct touched touched = { .tables = store_table("rare_event") };

	event(site, id, user);
	touched_row(&touched.events, id);
	judge_touched(site->judge, &touched);
	assert_int_equal(judge_settle(site->judge, site->reader), 0);
}

/* What many there are say "all", so that it shows who was asked. */
static void asks_of_a_rare_event_alone(void **state)
{
	struct site site;

	site_open(&site);
	site_check(&site, "sticks", "severity: high\n-- needs: register:people\n-- by: event",
		   "SELECT user AS resource, CASE user WHEN 'eve' THEN 'fail' ELSE 'pass' END AS status,"
		   " (SELECT count(*) FROM v_rare_event) || ' all' AS reason FROM v_rare_event"
		   " WHERE type = 'usb_attached' AND received > 1 GROUP BY user");
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	event(&site, 1, "ada");
	site_settle(&site, "register rare_event");
	assert_string_equal(site_verdict(&site, "sticks", "ada")->reason_en, "1 all");

	/* One more of what is known turns nothing; one that fails turns all. */
	session(&site, 2, "ada");
	assert_string_equal(site_verdict(&site, "sticks", "ada")->reason_en, "1 all");
	session(&site, 3, "eve");
	assert_int_equal(site_verdict(&site, "sticks", "eve")->status, STATUS_FAIL);
	assert_string_equal(site_verdict(&site, "sticks", "ada")->reason_en, "3 all");
	session(&site, 4, "eve");
	assert_string_equal(site_verdict(&site, "sticks", "ada")->reason_en, "3 all");

	/* Which ones came is not known. */
	site_settle(&site, "rare_event");
	assert_string_equal(site_verdict(&site, "sticks", "ada")->reason_en, "4 all");
	site_close(&site);
}

static void few_are_few(void **state)
{
	struct touched touched = { .tables = store_table("account_seen") }, all = { 0 };

	for (int64_t i = 1; i <= TOUCHED_MAX; i++)
		touched_row(&touched.accounts, i);
	touched_row(&touched.accounts, 7);
	assert_int_equal(touched.accounts.n, TOUCHED_MAX);
	touched_add(&all, &touched);
	assert_int_equal(all.accounts.n, TOUCHED_MAX);
	touched_row(&touched.accounts, TOUCHED_MAX + 1);
	assert_true(touched.accounts.n > TOUCHED_MAX);
	touched_add(&all, &touched);
	assert_true(all.accounts.n > TOUCHED_MAX);

	/* A change of rows that nobody names makes them all of them. */
	all = (struct touched){ 0 };
	touched_add(&all, &(struct touched){ .tables = store_table("account_seen") });
	assert_true(all.accounts.n > TOUCHED_MAX);
	assert_int_equal(all.devices.n, 0);
	touched_add(&all, &(struct touched){ .tables = store_table("rare_event") });
	assert_true(all.events.n > TOUCHED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(asks_the_whole_when_it_turns),
					    cmocka_unit_test(asks_of_a_rare_event_alone),
					    cmocka_unit_test(few_are_few) };

	return RUN_TABLE(rows, differs) + cmocka_run_group_tests(tests, NULL, NULL);
}
