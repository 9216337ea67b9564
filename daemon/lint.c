/* A look at rules before they are in force.  Checks are prepared against a database of our own schema, empty and thrown away. */

#include "daemon/lint.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/ask.h"
#include "daemon/store.h"

struct lint {
	const struct rules *rules;
	void (*say)(void *arg, const char *text);
	void *arg;
	struct lint_report *report;
};

static void problem(struct lint *lint, const char *text)
{
	lint->report->problems++;
	lint->say(lint->arg, text);
}

/* Event types that some decoder, or a collector of ours, makes. */
static uint64_t types_made(const struct rules *rules)
{
	uint64_t types = 0;

	for (size_t i = 0; i < decoders_count(rules->decoders); i++)
		types |= decoders_types(rules->decoders, i);
	return types;
}

static void lint_needs(struct lint *lint, const struct check *check, uint64_t types)
{
	struct diag diag = { "" };

	for (size_t i = 0; i < check->n_needs; i++) {
		const struct need *need = &check->needs[i];

		if (need->reg || types & (uint64_t)1 << need->event)
			continue;
		diag_at(&diag, check->file, 0, 0, "needs %s, but no decoder makes it: the check could never say pass",
			event_type_name(need->event));
		problem(lint, diag.text);
	}
}

static void lint_items(struct lint *lint, const struct checklist *list)
{
	for (size_t i = 0; i < list->n_items; i++) {
		const struct item *item = &list->items[i];
		struct diag diag = { "" };
		bool decides = !item->checks || !item->checks[0];

		for (size_t j = 0; item->checks && item->checks[j] && !decides; j++)
			decides = item->checks[j]->decides;
		if (decides)
			continue;
		diag_at(&diag, list->file, 0, 0, "item %s has checks, but none of them decides it (decides: yes)",
			item->id);
		problem(lint, diag.text);
	}
}

static void lint_checks(struct lint *lint, struct sqlite3 *db)
{
	uint64_t types = types_made(lint->rules);

	for (size_t i = 0; i < lint->rules->n_checks; i++) {
		struct diag diag = { "" };
		uint64_t tables = 0;

		if (ask_lint(db, lint->rules->checks[i], &tables, &diag) < 0)
			problem(lint, diag.text);
		lint_needs(lint, lint->rules->checks[i], types);
	}
}

/* The first check that does not prepare. */
static int checks_prepare(const struct rules *rules, struct sqlite3 *db, struct diag *diag)
{
	int r = 0;

	for (size_t i = 0; i < rules->n_checks && r == 0; i++) {
		uint64_t tables = 0;

		r = ask_lint(db, rules->checks[i], &tables, diag);
	}
	return r;
}

/* Runs @lint's checks, or with NULL only prepares those of @rules, against a fresh schema in the folder @dir. */
static int lint_in(struct lint *lint, const struct rules *rules, const char *dir, struct diag *diag)
{
	_cleanup_(store_closep) struct store *store = NULL;
	struct sqlite3 *db = NULL;
	char path[4096];
	int r;

	snprintf(path, sizeof(path), "%s/tenken.db", dir);
	r = store_open(path, STORE_INGEST, &store, diag);
	if (r == 0)
		r = store_reader(path, &db, diag);
	if (r == 0 && lint)
		lint_checks(lint, db);
	else if (r == 0)
		r = checks_prepare(rules, db, diag);
	sqlite3_close_v2(db);
	return r;
}

/* Removes the database and what lies beside it. */
static void remove_folder(const char *dir)
{
	static const char *const names[] = { "tenken.db", "tenken.db-wal", "tenken.db-shm", "tenken.db.lock" };
	char path[4096];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int lint_rules(const char *const *dirs, void (*say)(void *arg, const char *text), void *arg, struct lint_report *ret,
	       struct diag *diag)
{
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct lint lint = { .say = say, .arg = arg, .report = ret };
	char dir[] = "/tmp/tenken-lint-XXXXXX";
	struct diag found = { "" };
	int r;

	*ret = (struct lint_report){ 0 };
	if (rules_load(dirs, NULL, &rules, &found) < 0) {
		problem(&lint, found.text);
		return 1;
	}
	lint.rules = rules;
	ret->decoders = (unsigned)decoders_count(rules->decoders);
	ret->checks = (unsigned)rules->n_checks;
	ret->lists = (unsigned)rules->n_lists;
	if (decoders_test(rules->decoders, &ret->examples, &found) > 0)
		problem(&lint, found.text);
	for (size_t i = 0; i < rules->n_lists; i++)
		lint_items(&lint, rules->lists[i]);
	if (!mkdtemp(dir))
		return diag_set(diag, -errno, "%s: %s", dir, strerror(errno));
	r = lint_in(&lint, rules, dir, diag);
	remove_folder(dir);
	return r < 0 ? r : ret->problems > 0;
}

int lint_prepare(const struct rules *rules, struct diag *diag)
{
	char dir[] = "/tmp/tenken-lint-XXXXXX";
	int r;

	if (!mkdtemp(dir))
		return diag_set(diag, -errno, "%s: %s", dir, strerror(errno));
	r = lint_in(NULL, rules, dir, diag);
	remove_folder(dir);
	return r;
}
