/* A folder of journal files that the test makes, and the collector that reads it. */
#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/journal_box.h"
#include "tests/journal_export.h"

#define AT 1790000000000000 /* 2026-09-21 */
#define NOW (AT + DAYS(30))
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_open, folder_close)

static char folder[64];

static inline int folder_open(void **state)
{
	clock_set(NOW);
	snprintf(folder, sizeof(folder), "/tmp/jnl.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_close(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	clock_set(0);
	return rmdir(folder);
}

/* Takes what there is now. */
static inline void box_drain(struct box *box)
{
	int r;

	do
		r = collector_journal.collect(box->state, &box->spy.sink, &box->diag);
	while (r == 1);
	assert_true(r == 0 || r == -EAGAIN || r == box->spy.fail);
}

static inline void make(const char *name, const struct journal_entry *entries, size_t n)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(journal_make(path, entries, n));
}

static const struct journal_entry five[] = {
	{ AT + 1, "SYSLOG_IDENTIFIER=a\n", STR("1") }, { AT + 2, "SYSLOG_IDENTIFIER=a\n", STR("2") },
	{ AT + 3, "SYSLOG_IDENTIFIER=a\n", STR("3") }, { AT + 4, "SYSLOG_IDENTIFIER=a\n", STR("4") },
	{ AT + 5, "SYSLOG_IDENTIFIER=a\n", STR("5") },
};
