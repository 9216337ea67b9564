/* Checklist files: what is read, and what is refused with which place. */
#include "rules/checklist.h"

#include <errno.h>

#include "tests/table.h"

#define HEAD "id: x\nedition: \"2025\"\ntitle.ja: 題\ntitle.en: title\n"
#define ITEM "items:\n  - id: \"1\"\n    text.ja: 文\n    text.en: text\n    text_state: partial\n"

static const struct row {
	const char *name, *text;
	const char *error; /* NULL: it is read */
} rows[] = {
	{ "the least", HEAD ITEM, NULL },
	{ "all keys",
	  HEAD
	  "fiscal_year: 2025\n" ITEM
	  "    section.ja: 一\n    section.en: one\n    scope: 全般\n    attest: 文書\n    attest.en: papers\n    refs: [企画13, 運用14]\n"
	  "    weight: 2.5\n    scored: no\n    checks: [a, b]\n",
	  NULL },
	{ "a slot", HEAD "items:\n  - {id: \"1\", text_state: slot}\n", NULL },

	{ "a row like another", HEAD "items:\n  - {id: \"1\", text_state: partial, like: a/1}\n", NULL },
	{ "a note", HEAD "note.ja: 注\nnote.en: note\n" ITEM, NULL },
	{ "a note in one language", HEAD "note.ja: 注\n" ITEM, "x.yaml:1:1: a note in one language" },

	{ "an id that is not the file's name", "id: y\nedition: a\ntitle.ja: a\ntitle.en: a\n" ITEM,
	  "x.yaml:1:5: id \"y\" is not the name" },
	{ "an unknown key", HEAD "pages: 3\n" ITEM, "x.yaml:5:1: unknown key \"pages\"" },
	{ "an unknown key in an item", HEAD ITEM "    test.ja: x\n", "x.yaml:10:5: unknown key \"test.ja\"" },
	{ "no items", HEAD, "x.yaml:1:1: expected items" },
	{ "items that are none", HEAD "items: []\n", "x.yaml:5:8: expected items" },
	{ "an item that is none", HEAD "items: [a]\n", "x.yaml:5:9: expected a map" },
	{ "no text", HEAD "items:\n  - id: \"1\"\n    text_state: verified\n", "x.yaml:6:5: \"text.ja\" is missing" },
	{ "no text state", HEAD "items:\n  - id: \"1\"\n", "x.yaml:6:5: expected text_state" },
	{ "a text state of its own", HEAD "items:\n  - {id: \"1\", text_state: good}\n",
	  "x.yaml:6:27: expected text_state" },
	{ "a slot with a text", HEAD "items:\n  - {id: \"1\", text_state: slot, text.ja: a}\n",
	  "x.yaml:6:5: a slot has no text" },
	{ "an id twice", HEAD ITEM "  - {id: \"1\", text_state: slot}\n", "x.yaml:10:5: item \"1\" stands here again" },
	{ "a weight of nothing", HEAD ITEM "    weight: 0\n", "x.yaml:10:13: wrong weight" },
	{ "a weight that is none", HEAD ITEM "    weight: nan\n", "x.yaml:10:13: wrong weight" },
	{ "checks that are no list", HEAD ITEM "    checks: a\n", "x.yaml:10:13: \"checks\" is no list" },
	{ "a list in a list", HEAD ITEM "    checks: [[a]]\n", "x.yaml:10:14: expected a text" },
	{ "a year that is none", HEAD "fiscal_year: R7\n" ITEM, "x.yaml:5:14: wrong fiscal_year" },
	{ "answered by nobody that is known", HEAD "answered_by: patients\n" ITEM, "x.yaml:5:14: wrong answered_by" },
	{ "broken YAML", HEAD "items: [\n", "x.yaml:6:1: " },
};

static void reads(void **state)
{
	const struct row *row = *state;
	_cleanup_(checklist_freep) struct checklist *list = NULL;
	struct diag diag = { "" };
	int r = checklist_parse("x.yaml", str_of(row->text), &list, &diag);

	if (!row->error) {
		assert_string_equal(diag.text, "");
		assert_int_equal(r, 0);
		assert_int_equal(list->n_items, 1);
		return;
	}
	assert_int_equal(r, -EBADMSG);
	assert_null(list);
	if (!str_starts(str_of(diag.text), str_of(row->error)))
		fail_msg("%s", diag.text);
	assert_true(str_find(str_of(diag.text), STR("expected")) > 0 ||
		    str_find(str_of(diag.text), STR("missing")) > 0);
}

static void everything_that_is_said_is_kept(void **state)
{
	_cleanup_(checklist_freep) struct checklist *list = NULL;
	struct diag diag = { "" };
	const struct item *item;

	assert_int_equal(checklist_parse("x.yaml", str_of(rows[1].text), &list, &diag), 0);
	assert_string_equal(list->fiscal_year, "2025");
	item = &list->items[0];
	assert_string_equal(item->text_ja, "文");
	assert_string_equal(item->section_en, "one");
	assert_string_equal(item->attest, "文書");
	assert_string_equal(item->attest_en, "papers");
	assert_string_equal(item->refs[1], "運用14");
	assert_string_equal(item->check_ids[1], "b");
	assert_null(item->check_ids[2]);
	assert_true(item->weight == 2.5);
	assert_false(item->scored);
}

static void a_slot_is_never_scored(void **state)
{
	_cleanup_(checklist_freep) struct checklist *list = NULL;
	struct diag diag = { "" };
	const char *text = HEAD "items:\n  - {id: \"1\", text_state: slot, scored: yes}\n";

	assert_int_equal(checklist_parse("x.yaml", str_of(text), &list, &diag), 0);
	assert_int_equal(list->items[0].text_state, TEXT_STATE_SLOT);
	assert_false(list->items[0].scored);
}

static struct checklist *parsed(const char *text)
{
	struct checklist *list = NULL;
	struct diag diag = { "" };

	assert_int_equal(checklist_parse("x.yaml", str_of(text), &list, &diag), 0);
	return list;
}

static void what_a_row_does_not_say_is_as_in_the_row_it_is_like(void **state)
{
	_cleanup_(checklist_freep) struct checklist *from = parsed(rows[1].text);
	_cleanup_(checklist_freep) struct checklist *list = parsed(
		HEAD "items:\n  - {id: \"9\", text_state: partial, like: x/1, text.ja: 別, checks: [c]}\n");
	struct diag diag = { "" };

	assert_int_equal(checklist_like(list, &list->items[0], &from->items[0], &diag), 0);
	assert_string_equal(list->items[0].text_ja, "別");
	assert_string_equal(list->items[0].text_en, "text");
	assert_string_equal(list->items[0].scope, "全般");
	assert_string_equal(list->items[0].refs[1], "運用14");
	assert_string_equal(list->items[0].check_ids[0], "c");
	assert_null(list->items[0].check_ids[1]);
	assert_true(list->items[0].weight == 2.5);
	assert_false(list->items[0].scored);
}

static void a_summary_does_not_become_official_elsewhere(void **state)
{
	_cleanup_(checklist_freep) struct checklist *from = parsed(rows[0].text);
	_cleanup_(checklist_freep) struct checklist *list = parsed(
		HEAD "items:\n  - {id: \"1\", text_state: verified, like: x/1}\n");
	struct diag diag = { "" };

	assert_int_equal(checklist_like(list, &list->items[0], &from->items[0], &diag), -EBADMSG);
	assert_true(str_find(str_of(diag.text), STR("not verified; expected text_state: partial")) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_is_said_is_kept),
		cmocka_unit_test(a_slot_is_never_scored),
		cmocka_unit_test(what_a_row_does_not_say_is_as_in_the_row_it_is_like),
		cmocka_unit_test(a_summary_does_not_become_official_elsewhere),
	};

	return RUN_TABLE(rows, reads) + cmocka_run_group_tests(tests, NULL, NULL);
}
