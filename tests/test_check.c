/* Check files: what is read, and what is refused with which place. */
#include "rules/check.h"

#include <errno.h>

#include "tests/table.h"

#define ID "-- id: x\n"
#define TITLE "-- title.ja: 題\n-- title.en: title\n"
#define REST "-- fix.ja: 直す\n-- fix.en: mend\n-- basis: proposed\n"
#define NEEDS "-- needs: register:people\n"
#define HEAD ID TITLE "-- severity: high\n" NEEDS REST
#define ASK "--\n-- Why.\n\nSELECT 1 AS resource;\n"

static const struct row {
	const char *name, *text;
	const char *error; /* NULL: it is read */
} rows[] = {
	{ "the least", HEAD ASK, NULL },
	{ "all keys",
	  HEAD
	  "-- ref: CL-2-05.a\n-- decides: yes\n-- needs: auth_success auth_failure within 24h\n-- applies: hospital clinic\n"
	  "-- attest: 180\n-- stage: 1\n-- param: warn_days = 90\n-- param: names = admin root\n"
	  "-- reason.ja: {a}が悪い\n-- reason.en: {a} is bad\n-- reason.ja.ok: 良い\n-- reason.en.ok: fine\n" ASK,
	  NULL },
	{ "without explanation", HEAD "SELECT 1", NULL },
	{ "CR LF", "-- id: x\r\n" TITLE "-- severity: low\r\n" NEEDS REST "SELECT 1\r\n", NULL },
	{ "stage 2 needs nothing", ID TITLE "-- severity: high\n-- stage: 2\n" REST ASK, NULL },
	{ "a question that begins with WITH", HEAD "WITH a AS (SELECT 1) SELECT * FROM a", NULL },

	{ "an id that is not the file's name", "-- id: y\n",
	  "x.sql:1:8: id \"y\" is not the name of its file; expected \"x\"" },
	{ "an id that is none", "-- id: X y\n", "x.sql:1:8: wrong id" },
	{ "an unknown key", ID "-- need: register:people\n", "x.sql:2:4: unknown key \"need\"" },
	{ "a key twice", ID ID, "x.sql:2:4: twice the key \"id\"" },
	{ "a key without a value", ID "-- ref:\n", "x.sql:2:8: nothing is said for \"ref\"" },
	{ "a line without a key", ID "-- hello\n", "x.sql:2:1: no key in \"-- hello\"" },
	{ "a sentence before the comment line", ID "-- Why this: because\n", "x.sql:2:1: no key in" },
	{ "a severity of its own", ID "-- severity: urgent\n",
	  "x.sql:2:14: wrong severity \"urgent\"; expected low, medium, high or critical" },
	{ "decides maybe", ID "-- decides: maybe\n", "x.sql:2:13: wrong value" },
	{ "stage 3", ID "-- stage: 3\n", "x.sql:2:11: wrong stage" },
	{ "by heart", ID "-- by: heart\n", "x.sql:2:8: wrong value \"heart\"; expected account, device or event" },
	{ "it waits for rain", ID "-- waits: rain\n", "x.sql:2:11: wrong value \"rain\"" },
	{ "attested for ever", ID "-- attest: 0\n", "x.sql:2:12: wrong attest" },
	{ "an unknown basis", ID "-- basis: hearsay\n", "x.sql:2:11: wrong basis" },
	{ "an unknown profile", ID "-- applies: hospital zoo\n", "x.sql:2:22: wrong profile \"zoo\"" },
	{ "a register that is none", ID "-- needs: register:people register:pets\n",
	  "x.sql:2:27: no such register \"register:pets\"" },
	{ "an event that is none", ID "-- needs: auth_sucess within 1d\n",
	  "x.sql:2:11: no such event type \"auth_sucess\"" },
	{ "an event of any age", ID "-- needs: auth_success\n", "x.sql:2:11: how young may the evidence be?" },
	{ "an age that is none", ID "-- needs: auth_success within soon\n", "x.sql:2:24: wrong age" },
	{ "an age of nothing", ID "-- needs: within 24h\n", "x.sql:2:11: nothing is needed" },
	{ "a param without a value", ID "-- param: days\n", "x.sql:2:11: wrong param" },
	{ "a param with a taken name", ID "-- param: now = 1\n", "x.sql:2:11: the name is taken" },
	{ "a param twice", ID "-- param: a = 1\n-- param: a = 2\n", "x.sql:3:11: twice the param \"a\"" },
	{ "a param for a profile", HEAD "-- param: a = 1\n-- param: a for pharmacy = 2\n-- param: a for 6.0 = 3\n" ASK,
	  NULL },
	{ "a param for a profile that is none", ID "-- param: a = 1\n-- param: a for zoo = 2\n",
	  "x.sql:3:11: wrong word after for: \"zoo\"" },
	{ "a param for an edition without its plain default", ID "-- param: a for 7.0 = 2\n",
	  "x.sql:2:11: no param above: \"a\"" },
	{ "a param for an edition of another kind", ID "-- param: a = 1\n-- param: a for 7.0 = many\n",
	  "x.sql:3:11: not of the kind of its plain default: \"many\"; expected 1" },
	{ "a param twice for an edition", ID "-- param: a = 1\n-- param: a for 7.0 = 2\n-- param: a for 7.0 = 3\n",
	  "x.sql:4:11: twice the param for \"7.0\"" },
	{ "a reason in another language", ID "-- reason.fr: non\n", "x.sql:2:4: unknown key reason." },
	{ "a reason twice", ID "-- reason.ja: a\n-- reason.ja: b\n", "x.sql:3:4: twice the key reason." },
	{ "a brace that stays open", ID "-- reason.ja: {a\n", "x.sql:2:15: a brace is left open" },
	{ "no needs", ID TITLE "-- severity: high\n" REST ASK, "x.sql:8:1: the front matter ends without \"needs\"" },
	{ "no fix", ID TITLE "-- severity: high\n" NEEDS "-- basis: seed\n" ASK,
	  "x.sql:7:1: the front matter ends without \"fix.ja\"" },
	{ "stage 2 that decides", ID TITLE "-- severity: high\n-- stage: 2\n-- decides: yes\n" REST ASK,
	  "x.sql:10:1: a check of stage 2" },
	{ "no question", HEAD "--\n-- Why.\n", "x.sql:11:1: the file ends without a question" },
	{ "another statement", HEAD "--\nDELETE FROM event;\n",
	  "x.sql:10:1: this is no question: \"DELETE FROM event;\"" },
	{ "nothing", "", "x.sql:1:1: the front matter ends without \"id\"" },
	{ "bytes that are no text", ID "-- ref: \x01\n", "x.sql:2:9: a control character" },
	{ "Shift_JIS", ID "-- title.ja: \x93\xfa\n", "x.sql:2:14: this is not UTF-8" },
};

static void reads(void **state)
{
	const struct row *row = *state;
	_cleanup_(check_freep) struct check *check = NULL;
	struct diag diag = { "" };
	int r = check_parse("x.sql", str_of(row->text), &check, &diag);

	if (!row->error) {
		assert_string_equal(diag.text, "");
		assert_int_equal(r, 0);
		assert_non_null(check->sql);
		return;
	}
	assert_int_equal(r, -EBADMSG);
	assert_null(check);
	if (!str_starts(str_of(diag.text), str_of(row->error)))
		fail_msg("%s", diag.text);
	assert_true(str_find(str_of(diag.text), STR("expected")) > 0);
}

static void everything_that_is_said_is_kept(void **state)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct diag diag = { "" };

	assert_int_equal(check_parse("a/b/x.sql", str_of(rows[1].text), &check, &diag), 0);
	assert_string_equal(check->id, "x");
	assert_string_equal(check->ref, "CL-2-05.a");
	assert_string_equal(check->title_ja, "題");
	assert_int_equal(check->severity, SEVERITY_HIGH);
	assert_true(check->decides);
	assert_int_equal(check->n_needs, 3);
	assert_string_equal(check->needs[0].reg->kind, "people");
	assert_true(check->needs[0].within == 0);
	assert_int_equal(check->needs[2].event, EVENT_auth_failure);
	assert_true(check->needs[2].within == HOURS(24));
	assert_string_equal(check->applies[1], "clinic");
	assert_null(check->applies[2]);
	assert_int_equal(check->attest_days, 180);
	assert_string_equal(check->params[1].name, "names");
	assert_string_equal(check->params[1].value, "admin root");
	assert_string_equal(check_reason(check, STR("ok"))->ja, "良い");
	assert_string_equal(check_reason(check, STR("other"))->en, "{a} is bad");
	assert_int_equal(check->sql_line, 24);
	assert_true(str_starts(str_of(check->sql), STR("SELECT")));
}

static void a_reason_in_one_language_falls_back_to_the_row(void **state)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct diag diag = { "" };

	assert_int_equal(check_parse("x.sql", STR(HEAD "-- reason.ja: 悪い\n" ASK), &check, &diag), 0);
	assert_string_equal(check_reason(check, STR(""))->en, "{reason}");
}

static void a_limit_differs_by_edition_and_profile(void **state)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct diag diag = { "" };
	const char *text = HEAD
		"-- param: days = 90\n-- param: days for 6.0 = 60\n-- param: days for hospital = 30\n" ASK;

	assert_int_equal(check_parse("x.sql", str_of(text), &check, &diag), 0);
	assert_string_equal(check_param_for(&check->params[0], "7.0", "clinic"), "90");
	assert_string_equal(check_param_for(&check->params[0], "6.0", "clinic"), "60");
	assert_string_equal(check_param_for(&check->params[0], "6.0", "hospital"), "30");
	assert_string_equal(check_param_for(&check->params[0], "7.0", "hospital_200"), "30");
	assert_string_equal(check_param_for(&check->params[0], NULL, NULL), "90");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_is_said_is_kept),
		cmocka_unit_test(a_reason_in_one_language_falls_back_to_the_row),
		cmocka_unit_test(a_limit_differs_by_edition_and_profile),
	};

	return RUN_TABLE(rows, reads) + cmocka_run_group_tests(tests, NULL, NULL);
}
