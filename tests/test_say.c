/* What people say: what is taken in, what is refused and of which field, what stands afterwards. */
#include <errno.h>

#include "daemon/say.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                      \
	"id: form\nedition: \"2026\"\nfiscal_year: 2026\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"        \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n"
#define TABLE                                                                          \
	"id: table\nedition: \"2024\"\ntitle.ja: 確認表\ntitle.en: table\nitems:\n" \
	"  - {id: \"P1\", text.ja: 一, text.en: one, text_state: verified, checks: [measured]}\n"

#define VENDORS                                                                                                            \
	"id: vendors\nedition: \"2026\"\nfiscal_year: 2026\nanswered_by: vendor\ntitle.ja: 事業者\ntitle.en: vendors\n" \
	"items:\n  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified}\n"

static struct site site;

static int open_site(void **state)
{
	site_open(&site);
	site_file(&site, "checklists", "form.yaml", LIST);
	site_file(&site, "checklists", "table.yaml", TABLE);
	site_file(&site, "checklists", "vendors.yaml", VENDORS);
	site_check(&site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n-- attest: 30", BY_USES);
	site_check(&site, "measured", "severity: high\n-- needs: register:people\n-- decides: yes", BY_USES);
	site_rules(&site);
	site_judge(&site);
	site_people(&site);
	site_account(&site, "ada", 10); /* unknown */
	site_account(&site, "bob", 0);  /* fail */
	place_sql(
		&site.place,
		"INSERT INTO reg_vendors (key, line, vendor_id, vendor_id_key, name) VALUES ('v1', 2, 'V1', 'v1', 'V')");
	site_settle(&site, "register account_seen");
	return 0;
}

static int close_site(void **state)
{
	site_close(&site);
	return 0;
}

/* Says it in a transaction of its own; nothing is kept when it is refused. */
static int say(int (*fn)(struct say *say, const void *what), const void *what, struct complaints *complaints)
{
	struct say said = {
		.db = store_sqlite(site.place.service), .rules = site.rules, .now = site.now, .complaints = complaints
	};
	int r;

	*complaints = (struct complaints){ .n = 0 };
	assert_int_equal(store_begin(site.place.service), 0);
	r = fn(&said, what);
	if (r < 0)
		store_rollback(site.place.service);
	else
		assert_int_equal(store_commit(site.place.service), 0);
	if (r == 0) {
		assert_int_equal(complaints->n, 0);
		assert_true(said.tables != 0 && said.id > 0);
		judge_changed(site.judge, said.tables);
		assert_int_equal(judge_settle(site.judge, site.reader), 0);
	}
	return r;
}

static int fn_answer(struct say *said, const void *what)
{
	return say_answer(said, what);
}

static int fn_attestation(struct say *said, const void *what)
{
	return say_attestation(said, what);
}

static int fn_waiver(struct say *said, const void *what)
{
	return say_waiver(said, what);
}

static int fn_na(struct say *said, const void *what)
{
	return say_na(said, what);
}

struct back {
	enum say_kind kind;
	int64_t id;
};

static int fn_revoke(struct say *said, const void *what)
{
	const struct back *back = what;

	return say_revoke(said, back->kind, back->id, "山田", "間違い");
}

/* As if nobody had said anything, for the next row of a table. */
static void forget(void)
{
	place_sql(&site.place,
		  "DELETE FROM answer; DELETE FROM attestation; DELETE FROM waiver; DELETE FROM not_applicable");
	site_settle(&site, "answer attestation waiver not_applicable");
}

/* Today is 2026-09-04, in fiscal year 2026. */
static const struct answer_row {
	const char *name;
	struct say_answer answer;
	const char *field; /* refused for it; NULL: taken */
} answer_rows[] = {
	{ "yes, today", { "form", "1", "", "", "yes", "", "", "w", "" } },
	{ "the first pack is meant where none is named", { NULL, "1", "", "", "yes", NULL, NULL, "w", NULL } },
	{ "yes, on a day of the last fiscal year", { "form", "1", "", "", "yes", "2026-03-31", "", "w", "" } },
	{ "yes, in the notation of the office", { "form", "1", "", "", "yes", "令和8年9月4日", "", "w", "" } },
	{ "yes, tomorrow", { "form", "1", "", "", "yes", "2026-09-05", "", "w", "" }, "answered_on" },
	{ "before there were forms", { "form", "1", "", "", "yes", "2023-03-31", "", "w", "" }, "answered_on" },
	{ "a day that is none", { "form", "1", "", "", "yes", "2026-02-30", "", "w", "" }, "answered_on" },
	{ "yes with a target", { "form", "1", "", "", "yes", "", "2026-12-01", "w", "" }, "target_on" },
	{ "no without a target", { "form", "1", "", "", "no", "", "", "w", "" }, "target_on" },
	{ "no with a target", { "form", "1", "", "", "no", "", "2026-12-28", "w", "" } },
	{ "no, by the last day of the year", { "form", "1", "", "", "no", "", "2027-03-31", "w", "" } },
	{ "no, a day late", { "form", "1", "", "", "no", "", "2027-04-01", "w", "" }, "target_on" },
	{ "no, by a day before the answer", { "form", "1", "", "", "no", "", "2026-09-03", "w", "" }, "target_on" },
	{ "no, by the day of the answer", { "form", "1", "", "", "no", "", "2026-09-04", "w", "" } },
	{ "no, of last year, by last year", { "form", "1", "", "", "no", "2026-03-01", "2026-03-31", "w", "" } },
	{ "no, of last year, by this year",
	  { "form", "1", "", "", "no", "2026-03-01", "2026-04-01", "w", "" },
	  "target_on" },
	{ "the table of the contract has no year, and needs no target",
	  { "table", "P1", "", "", "no", "", "", "w", "" } },
	{ "and a target of next year is one", { "table", "P1", "", "", "no", "", "2027-06-01", "w", "" } },
	{ "row 0", { "form", "0", "", "", "yes", "", "", "w", "" } },
	{ "row 0 that ends the form", { "form", "0", "", "", "no", "", "", "w", "" } },
	{ "row 0 with a target", { "form", "0", "", "", "no", "", "2026-12-01", "w", "" }, "target_on" },
	{ "perhaps", { "form", "1", "", "", "maybe", "", "", "w", "" }, "answer" },
	{ "nothing", { "form", "1", "", "", NULL, "", "", "w", "" }, "answer" },
	{ "an item of another form", { "form", "P1", "", "", "yes", "", "", "w", "" }, "item" },
	{ "no item", { "form", NULL, "", "", "yes", "", "", "w", "" }, "item" },
	{ "no such form", { "forms", "1", "", "", "yes", "", "", "w", "" }, "pack" },
	{ "nobody", { "form", "1", "", "", "yes", "", "", "", "" }, "who" },
	{ "somebody with an escape sequence", { "form", "1", "", "", "yes", "", "", "w\x1b[2J", "" }, "who" },
	{ "somebody of bytes", { "form", "1", "", "", "yes", "", "", "w\xff", "" }, "who" },
	{ "a vendor of the register", { "vendors", "1", "v1", "", "yes", "", "", "w", "" } },
	{ "a vendor's form without a vendor", { "vendors", "1", "", "", "yes", "", "", "w", "" }, "vendor_id" },
	{ "the institution's form with a vendor", { "form", "1", "V1", "", "yes", "", "", "w", "" }, "vendor_id" },
	{ "a vendor's answer in the table of the contract", { "table", "P1", "V1", "", "yes", "", "", "w", "" } },
	{ "a vendor nobody knows", { "vendors", "1", "V9", "", "yes", "", "", "w", "" }, "vendor_id" },
	{ "a system nobody knows", { "vendors", "1", "V1", "x", "yes", "", "", "w", "" }, "system_id" },
};

static void answered(void **state)
{
	const struct answer_row *row = *state;
	struct complaints complaints;

	if (row->field) {
		assert_int_equal(say(fn_answer, &row->answer, &complaints), -EINVAL);
		assert_string_equal(complaints.list[0].field, row->field);
		assert_true(complaints.list[0].ja[0] && complaints.list[0].en[0]);
		assert_null(strchr(complaints.list[0].ja, '{'));
		assert_null(strchr(complaints.list[0].en, '{'));
		assert_int_equal(site_number(&site, "SELECT count(*) FROM answer"), 0);
	} else {
		assert_int_equal(say(fn_answer, &row->answer, &complaints), 0);
		assert_int_equal(site_number(&site, "SELECT count(*) FROM answer WHERE length(answered_on) = 10"), 1);
	}
	forget();
}

/* Not answered, no with a target, yes; each entry stays; an earlier day is not put over a later one; what is taken back gives way. */
static void answers_follow_each_other(void **state)
{
	struct complaints complaints;
	const struct answer_word *word;

	assert_null(judge_answer(site.judge, "form", "1"));
	assert_int_equal(say(fn_answer,
			     &(struct say_answer){ "form", "1", "", "", "no", "2026-08-01", "2026-09-30", "w", "" },
			     &complaints),
			 0);
	word = judge_answer(site.judge, "form", "1");
	assert_false(word->yes);
	assert_string_equal(word->target_on, "2026-09-30");
	assert_int_equal(say(fn_answer, &(struct say_answer){ "form", "1", "", "", "yes", "2026-09-01", "", "w", "" },
			     &complaints),
			 0);
	assert_true(judge_answer(site.judge, "form", "1")->yes);
	assert_int_equal(say(fn_answer,
			     &(struct say_answer){ "form", "1", "", "", "no", "2026-08-31", "2026-12-01", "w", "" },
			     &complaints),
			 -EINVAL);
	assert_string_equal(complaints.list[0].field, "answered_on");
	/* A vendor's own answer is another one. */
	assert_int_equal(
		say(fn_answer,
		    &(struct say_answer){ "vendors", "1", "V1", "", "no", "2026-08-01", "2026-12-01", "w", "" },
		    &complaints),
		0);
	assert_true(judge_answer(site.judge, "form", "1")->yes);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM answer"), 3);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM v_answer"), 2);

	assert_int_equal(say(fn_revoke, &(struct back){ SAY_ANSWER, 2 }, &complaints), 0);
	assert_false(judge_answer(site.judge, "form", "1")->yes);
	assert_int_equal(say(fn_revoke, &(struct back){ SAY_ANSWER, 2 }, &complaints), -EEXIST);
	assert_int_equal(say(fn_revoke, &(struct back){ SAY_ANSWER, 99 }, &complaints), -ENOENT);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM answer WHERE revoked_by = '山田'"), 1);

	/* A new fiscal year begins without an answer; the table of the contract knows no years. */
	assert_int_equal(
		say(fn_answer, &(struct say_answer){ "table", "P1", "", "", "yes", "", "", "w", "" }, &complaints), 0);
	site_clock(&site, NOON + DAYS(240));
	site_settle(&site, "");
	assert_null(judge_answer(site.judge, "form", "1"));
	assert_true(judge_answer(site.judge, "table", "P1")->yes);
}

/* Since when it has been "no", through entries that only move the target. */
static void since_is_the_first_of_its_kind(void **state)
{
	static const struct say_answer answers[] = {
		{ "form", "1", "", "", "no", "2026-05-01", "2026-06-30", "w", "" },
		{ "form", "1", "", "", "yes", "2026-06-01", "", "w", "" },
		{ "form", "1", "", "", "no", "2026-07-01", "2026-08-31", "w", "" },
		{ "form", "1", "", "", "no", "2026-08-20", "2026-10-31", "w", "" },
	};
	struct complaints complaints;

	for (size_t i = 0; i < COUNT(answers); i++)
		assert_int_equal(say(fn_answer, &answers[i], &complaints), 0);
	assert_int_equal(site_number(&site, "SELECT count(*) FROM v_answer WHERE answer = 'no' AND since = '2026-07-01'"
					    " AND target_on = '2026-10-31' AND fiscal_year = 2026"),
			 1);
}

/* Row 0 answered no makes the others na. */
static void row0_speaks_for_all(void **state)
{
	struct complaints complaints;

	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_FAIL);
	assert_int_equal(
		say(fn_answer, &(struct say_answer){ "form", "0", "", "", "no", "", "", "w", "" }, &complaints), 0);
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_NA);
	assert_int_equal(say(fn_revoke, &(struct back){ SAY_ANSWER, 1 }, &complaints), 0);
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_FAIL);
}

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct attest_row {
	const char *name;
	struct say_attestation attestation;
	const char *field;
} attest_rows[] = {
	{ "a row that is not known", { "uses", "ada", "w", "r", "y", "", "", "" } },
	{ "as long as the check allows", { "uses", "ada", "w", "r", "y", "2026-10-04", "", "" } },
	{ "a day longer", { "uses", "ada", "w", "r", "y", "2026-10-05", "", "" }, "until" },
	{ "for a day", { "uses", "ada", "w", "r", "y", "2026-09-04", "", "" } },
	{ "until yesterday", { "uses", "ada", "w", "r", "y", "2026-09-03", "", "" }, "until" },
	{ "what is measured as bad", { "uses", "bob", "w", "r", "y", "", "", "" }, "resource" },
	{ "what is not there", { "uses", "adda", "w", "r", "y", "", "", "" }, "resource" },
	{ "a check that nobody may vouch for", { "measured", "ada", "w", "r", "y", "", "", "" }, "check" },
	{ "no such check", { "use", "ada", "w", "r", "y", "", "", "" }, "check" },
	{ "without a word of why", { "uses", "ada", "w", "r", "", "", "", "" }, "why" },
	{ "nobody", { "uses", "ada", "", "r", "y", "", "", "" }, "who" },
	{ "with a file", { "uses", "ada", "w", "r", "y", "", "photo.jpg", SHA } },
	{ "with a file without its hash", { "uses", "ada", "w", "r", "y", "", "photo.jpg", "" }, "evidence_sha256" },
	{ "with a hash of no file", { "uses", "ada", "w", "r", "y", "", "", SHA }, "evidence_name" },
	{ "with half a hash", { "uses", "ada", "w", "r", "y", "", "photo.jpg", "0123" }, "evidence_sha256" },
	{ "with a file in a folder", { "uses", "ada", "w", "r", "y", "", "../photo.jpg", SHA }, "evidence_name" },
};

static void attested(void **state)
{
	const struct attest_row *row = *state;
	struct complaints complaints;

	assert_int_equal(say(fn_attestation, &row->attestation, &complaints), row->field ? -EINVAL : 0);
	if (row->field)
		assert_string_equal(complaints.list[0].field, row->field);
	assert_int_equal(site_verdict(&site, "uses", "ada")->status, row->field ? STATUS_UNKNOWN : STATUS_ATTESTED);
	assert_int_equal(site_verdict(&site, "uses", "bob")->status, STATUS_FAIL);
	forget();
}

static const struct waive_row {
	const char *name;
	struct say_waiver waiver;
	const char *field;
} waive_rows[] = {
	{ "one resource", { "uses", "bob", "w", "院長", "y", "m", "", "2026-12-31" } },
	{ "a pattern", { "uses", "b*", "w", "院長", "y", "m", "", "2026-12-31" } },
	{ "a year", { "uses", "b*", "w", "院長", "y", "m", "", "2027-09-03" } },
	{ "a year and a day", { "uses", "b*", "w", "院長", "y", "m", "", "2027-09-04" }, "until" },
	{ "until yesterday", { "uses", "b*", "w", "院長", "y", "m", "", "2026-09-03" }, "until" },
	{ "since yesterday", { "uses", "b*", "w", "院長", "y", "m", "2026-09-03", "2026-12-31" }, "start" },
	{ "ends before it begins", { "uses", "b*", "w", "院長", "y", "m", "2026-12-01", "2026-11-30" }, "until" },
	{ "without an end", { "uses", "b*", "w", "院長", "y", "m", "", "" }, "until" },
	{ "approved by who asks for it",
	  { "uses", "b*", "山田 太郎", "山田　太郎", "y", "m", "", "2026-12-31" },
	  "approver" },
	{ "approved by who asks for it, louder",
	  { "uses", "b*", "Yamada", " YAMADA", "y", "m", "", "2026-12-31" },
	  "approver" },
	{ "approved by a namesake of the family", { "uses", "b*", "山田 太郎", "山田", "y", "m", "", "2026-12-31" } },
	{ "approved by nobody", { "uses", "b*", "w", "", "y", "m", "", "2026-12-31" }, "approver" },
	{ "without a reason", { "uses", "b*", "w", "院長", "", "m", "", "2026-12-31" }, "why" },
	{ "without anything done instead", { "uses", "b*", "w", "院長", "y", " ", "", "2026-12-31" }, "measure" },
	{ "for nothing", { "uses", "", "w", "院長", "y", "m", "", "2026-12-31" }, "resource" },
	{ "no such check", { "use", "b*", "w", "院長", "y", "m", "", "2026-12-31" }, "check" },
};

static void waived(void **state)
{
	const struct waive_row *row = *state;
	struct complaints complaints;

	assert_int_equal(say(fn_waiver, &row->waiver, &complaints), row->field ? -EINVAL : 0);
	if (row->field)
		assert_string_equal(complaints.list[0].field, row->field);
	/* It stands beside the status and never changes it. */
	assert_int_equal(site_verdict(&site, "uses", "bob")->status, STATUS_FAIL);
	assert_true((site_verdict(&site, "uses", "bob")->waiver != NULL) == !row->field);
	forget();
}

static const struct na_row {
	const char *name;
	struct say_na na;
	const char *field;
} na_rows[] = {
	{ "an item", { "1", "w", "y", "2027-03-31" } },
	{ "an item of one form", { "form/1", "w", "y", "2027-03-31" } },
	{ "a check", { "uses", "w", "y", "2027-03-31" } },
	{ "an item of another form", { "table/1", "w", "y", "2027-03-31" }, "what" },
	{ "row 0 is answered", { "0", "w", "y", "2027-03-31" }, "what" },
	{ "what nobody knows", { "9-9", "w", "y", "2027-03-31" }, "what" },
	{ "without an end", { "1", "w", "y", "" }, "until" },
	{ "for ever", { "1", "w", "y", "2099-12-31" }, "until" },
	{ "without a reason", { "1", "w", "", "2027-03-31" }, "why" },
};

static void not_applicable(void **state)
{
	const struct na_row *row = *state;
	struct complaints complaints;

	assert_int_equal(say(fn_na, &row->na, &complaints), row->field ? -EINVAL : 0);
	if (row->field)
		assert_string_equal(complaints.list[0].field, row->field);
	assert_int_equal(judge_list(site.judge, 0)->items[1].status, row->field ? STATUS_FAIL : STATUS_NA);
	if (!row->field) {
		assert_int_equal(say(fn_revoke, &(struct back){ SAY_NA, 1 }, &complaints), 0);
		assert_int_equal(judge_list(site.judge, 0)->items[1].status, STATUS_FAIL);
	}
	forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_follow_each_other, open_site, close_site),
		cmocka_unit_test_setup_teardown(since_is_the_first_of_its_kind, open_site, close_site),
		cmocka_unit_test_setup_teardown(row0_speaks_for_all, open_site, close_site),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	open_site(NULL);
	failed += RUN_TABLE(answer_rows, answered);
	failed += RUN_TABLE(attest_rows, attested);
	failed += RUN_TABLE(waive_rows, waived);
	failed += RUN_TABLE(na_rows, not_applicable);
	close_site(NULL);
	return failed;
}
