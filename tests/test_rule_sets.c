/* Folders of rules: what a site adds, overrides and gets wrong; all or nothing. */
#include "rules/rules.h"

#include <errno.h>
#include <sys/stat.h>

#include "tests/table.h"

#define CHECK(id, severity, stage)                                                                    \
	"-- id: " id "\n-- title.ja: 題\n-- title.en: t\n-- severity: " severity "\n-- stage: " stage \
	"\n-- needs: register:people\n-- fix.ja: 直す\n-- fix.en: f\n-- basis: proposed\nSELECT 1 AS resource\n"
#define LIST(id, checks)                                                                                \
	"id: " id "\nedition: a\ntitle.ja: 題\ntitle.en: t\nitems:\n  - id: \"1\"\n    text.ja: 文\n" \
	"    text.en: t\n    text_state: partial\n    checks: [" checks "]\n"

struct file {
	const char *name, *text;
};

static const struct row {
	const char *name;
	struct file files[6];
	const char *packs[3]; /* none: all */
	const char *error;    /* NULL: it loads; else how the message ends behind the folder */
	const char *severity; /* of check "a" */
} rows[] = {
	{ "one folder",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "one/checklists/l.yaml", LIST("l", "a") } },
	  { NULL },
	  NULL,
	  "low" },
	{ "a site overrides by id",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") },
	    { "one/checklists/l.yaml", LIST("l", "a") },
	    { "two/checks/a.sql", CHECK("a", "high", "1") } },
	  { NULL },
	  NULL,
	  "high" },
	{ "a site adds a checklist for a check that is installed",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "two/checklists/m.yaml", LIST("m", "a") } },
	  { "m" },
	  NULL,
	  "low" },
	{ "what is no rule is left alone",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") },
	    { "one/checks/a.sql~", "rubbish" },
	    { "one/checks/.b.sql", "rubbish" },
	    { "one/checks/README", "words" } },
	  { NULL },
	  NULL,
	  "low" },

	{ "no folder at all", { { NULL } }, { NULL }, "one: there is no such folder of rules", NULL },
	{ "a checklist that is not there",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "one/checklists/l.yaml", LIST("l", "a") } },
	  { "l", "x" },
	  "there is no checklist \"x\"",
	  NULL },
	{ "a checklist twice",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "one/checklists/l.yaml", LIST("l", "a") } },
	  { "l", "l" },
	  "there is no checklist \"l\"",
	  NULL },
	{ "a check that is not there",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "one/checklists/l.yaml", LIST("l", "a, b") } },
	  { NULL },
	  "one/checklists/l.yaml:10: item 1 names the check \"b\"",
	  NULL },
	{ "a check twice",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "one/checklists/l.yaml", LIST("l", "a, a") } },
	  { NULL },
	  "one/checklists/l.yaml:10: item 1 names \"a\" twice",
	  NULL },
	{ "a check of stage 2 speaks for no item",
	  { { "one/checks/a.sql", CHECK("a", "low", "2") }, { "one/checklists/l.yaml", LIST("l", "a") } },
	  { NULL },
	  "one/checklists/l.yaml:10: item 1 names \"a\", which is of stage 2",
	  NULL },
	{ "one wrong file refuses all",
	  { { "one/checks/a.sql", CHECK("a", "low", "1") }, { "two/checks/b.sql", "-- id: b\n-- wrong: x\n" } },
	  { NULL },
	  "two/checks/b.sql:2:4: unknown key \"wrong\"",
	  NULL },
	{ "an id that is not the file's name",
	  { { "one/checks/b.sql", CHECK("a", "low", "1") } },
	  { NULL },
	  "one/checks/b.sql:1:8: id \"a\" is not the name of its file",
	  NULL },
};

static void write_file(const char *root, const struct file *file)
{
	char path[300];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", root, file->name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	out = fopen(path, "we");
	assert_non_null(out);
	fputs(file->text, out);
	assert_int_equal(fclose(out), 0);
}

static void remove_files(const char *root, const struct file *files)
{
	static const char *const folders[] = { "one/checks", "one/checklists", "one",
					       "two/checks", "two/checklists", "two" };
	char path[300];

	for (const struct file *file = files; file->name; file++) {
		snprintf(path, sizeof(path), "%s/%s", root, file->name);
		unlink(path);
	}
	for (size_t i = 0; i < COUNT(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		rmdir(path);
	}
	assert_int_equal(rmdir(root), 0);
}

static void loads(void **state)
{
	const struct row *row = *state;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	char root[] = "/tmp/tenken-rules-XXXXXX", one[64], two[64];
	const char *const dirs[] = { one, two, NULL };
	struct diag diag = { "" };
	int r;

	assert_non_null(mkdtemp(root));
	snprintf(one, sizeof(one), "%s/one", root);
	snprintf(two, sizeof(two), "%s/two", root);
	for (const struct file *file = row->files; file->name; file++)
		write_file(root, file);
	r = rules_load(dirs, row->packs[0] ? row->packs : NULL, &rules, &diag);
	remove_files(root, row->files);
	if (row->error) {
		assert_int_equal(r, -EBADMSG);
		assert_null(rules);
		if (str_find(str_of(diag.text), str_of(row->error)) < 0)
			fail_msg("%s", diag.text);
		assert_true(str_find(str_of(diag.text), STR("expected")) > 0);
		return;
	}
	assert_string_equal(diag.text, "");
	assert_int_equal(r, 0);
	assert_int_equal(rules->n_checks, 1);
	assert_string_equal(severity_name(rules_check(rules, STR("a"))->severity), row->severity);
	for (size_t i = 0; i < rules->n_lists; i++)
		assert_ptr_equal(rules->lists[i]->items[0].checks[0], rules_check(rules, STR("a")));
	assert_null(rules_check(rules, STR("b")));
}

int main(void)
{
	return RUN_TABLE(rows, loads);
}
