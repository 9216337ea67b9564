/* What must be true of every data file: decoders, checks, checklists; and that each check is shown by a story. */
#include "rules/rules.h"

#include <errno.h>
#include <sys/stat.h>

#include "daemon/lint.h"
#include "tests/table.h"

static const char *source_path(char *buf, size_t size, const char *name)
{
	const char *root = getenv("TENKEN_SOURCE");

	snprintf(buf, size, "%s/%s", root ? root : ".", name);
	return buf;
}

static int load(struct rules **ret, struct diag *diag)
{
	char dir[512];
	const char *const dirs[] = { source_path(dir, sizeof(dir), "rules"), NULL };

	return rules_load(dirs, NULL, ret, diag);
}

static void say(void *arg, const char *text)
{
	print_error("%s\n", text);
}

static void every_file_holds(void **state)
{
	char dir[512];
	const char *const dirs[] = { source_path(dir, sizeof(dir), "rules"), NULL };
	struct lint_report report;
	struct diag diag = { "" };
	int r = lint_rules(dirs, say, NULL, &report, &diag);

	if (r < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(report.problems, 0);
	assert_true(report.decoders > 0 && report.checks > 0 && report.lists > 0 && report.examples > 0);
}

/* What a site relies on by name. */
static void the_fixed_names_are_there(void **state)
{
	static const char *const checks[] = { "account-unused",  "account-leaver",      "account-unregistered",
					      "contact-missing", "device-unregistered", "device-unseen",
					      "contact-stale",   "source-silent" };
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { "" };

	if (load(&rules, &diag) < 0)
		fail_msg("%s", diag.text);
	for (size_t i = 0; i < COUNT(checks); i++)
		if (!rules_check(rules, str_of(checks[i])))
			fail_msg("there is no check %s", checks[i]);
	assert_non_null(rules_list(rules, STR("mhlw-hospital-r7")));
	assert_int_equal(rules_list(rules, STR("mhlw-hospital-r7"))->n_items, 19);
	assert_int_equal(rules_list(rules, STR("kakunin-part1"))->n_items, 8);
	assert_false(rules_list(rules, STR("mhlw-hospital-r7"))->items[0].scored);
}

/* A summary of ours must never pass for the Ministry's wording: every row says which it is, and the table of role sharing,
 * whose text nobody could compare, has no verified one. */
static void no_summary_passes_for_official_wording(void **state)
{
	static const char *const partial[] = { "1-1", "2-3", "2-4", "2-5", "2-10", "2-11", "3-1", "3-3", "4-1" };
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { "" };
	const struct checklist *form, *table;

	if (load(&rules, &diag) < 0)
		fail_msg("%s", diag.text);
	form = rules_list(rules, STR("mhlw-hospital-r7"));
	table = rules_list(rules, STR("kakunin-part1"));
	for (size_t i = 0; i < table->n_items; i++)
		assert_int_equal(table->items[i].text_state, TEXT_STATE_PARTIAL);
	for (size_t i = 0; i < form->n_items; i++)
		for (size_t k = 0; k < COUNT(partial); k++)
			if (!strcmp(form->items[i].id, partial[k]))
				assert_int_equal(form->items[i].text_state, TEXT_STATE_PARTIAL);
}

/* Both languages, and what to do, in every check: a row that says nothing helps nobody. */
static void every_check_speaks(void **state)
{
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { "" };

	if (load(&rules, &diag) < 0)
		fail_msg("%s", diag.text);
	for (size_t i = 0; i < rules->n_checks; i++) {
		const struct check *check = rules->checks[i];

		if (check->n_reasons == 0)
			fail_msg("%s: it has no reason.ja and reason.en", check->file);
		for (size_t k = 0; k < check->n_reasons; k++)
			if (!strcmp(check->reasons[k].ja, "{reason}") || !strcmp(check->reasons[k].en, "{reason}"))
				fail_msg("%s: reason \"%s\" is there in one language only", check->file,
					 check->reasons[k].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_holds),
		cmocka_unit_test(the_fixed_names_are_there),
		cmocka_unit_test(no_summary_passes_for_official_wording),
		cmocka_unit_test(every_check_speaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
