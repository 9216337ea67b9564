#include <errno.h>
#include <lastlog.h>
#include <poll.h>
#include <sys/stat.h>
#include <utmp.h>

#include "collectors/collector.h"
#include "tests/jump.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_accounts;

#define NOW 1795000000000000 /* 2026-11-18 */

static char folder[64], paths[5][96];
static const char *const names[] = { "passwd", "shadow", "group", "lastlog", "wtmp" };

static int folder_open(void **state)
{
	clock_set(NOW);
	snprintf(folder, sizeof(folder), "/tmp/acc.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < COUNT(names); i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i]);
	return 0;
}

static int folder_close(void **state)
{
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(paths[i]);
	clock_set(0);
	return rmdir(folder);
}

/* Replaces the file, as useradd does. */
static void put(size_t which, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s+", paths[which]);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(rename(path, paths[which]), 0);
}

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[8];
};

static int box_open(struct box *box)
{
	struct settings set = { "accounts", collector_accounts.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	for (size_t i = 0; i < COUNT(names); i++)
		box->values[i] = paths[i];
	box->values[5] = "emr01";
	box->state = calloc(1, collector_accounts.state_size);
	return collector_accounts.open(box->state, &set, (struct str){ 0 }, &box->diag);
}

static void box_close(struct box *box)
{
	collector_accounts.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

static void box_until(struct box *box, size_t ends)
{
	struct pollfd p = { .fd = collector_accounts.fd(box->state), .events = POLLIN };

	/* A change is noticed at once. */
	if (box->spy.n_ends > 0)
		assert_int_equal(poll(&p, 1, 5000), 1);
	for (int looks = 0; box->spy.n_ends < ends && looks < 10; looks++) {
		jump_by += SECONDS(1);
		collector_accounts.collect(box->state, &box->spy.sink, &box->diag);
	}
	assert_int_equal(box->spy.n_ends, ends);
}

/* One account: its lines, and what is said of it. */
static const struct row {
	const char *name;
	const char *passwd, *shadow, *group, *out;
} rows[] = {
	{ "a person", "suzuki:x:1001:1001:鈴木 花子,,,:/home/suzuki:/bin/bash", "suzuki:$6$x$y:20000:0:99999:7:::", "",
	  "user=suzuki|uid=1001|name=鈴木 花子,,,|shell=/bin/bash|password=set|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "root", "root:x:0:0:root:/root:/bin/bash", "root:*:20000:0:99999:7:::", "",
	  "user=root|uid=0|name=root|shell=/bin/bash|password=none|enabled=1|login=1|admin=1|expires=|last_login=0" },
	{ "locked", "old:x:1002:1002::/home/old:/bin/sh", "old:!$6$x$y:20000:0:99999:7:::", "",
	  "user=old|uid=1002|name=|shell=/bin/sh|password=locked|enabled=0|login=1|admin=0|expires=|last_login=0" },
	{ "no password", "guest:x:1003:1003::/:/bin/sh", "guest::20000:0:99999:7:::", "",
	  "user=guest|uid=1003|name=|shell=/bin/sh|password=empty|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "no password, without shadow", "guest::1003:1003::/:/bin/sh", "", "",
	  "user=guest|uid=1003|name=|shell=/bin/sh|password=empty|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "not in shadow", "lost:x:1004:1004::/:/bin/sh", "", "",
	  "user=lost|uid=1004|name=|shell=/bin/sh|password=none|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "expired", "temp:x:1005:1005::/:/bin/sh", "temp:$6$x$y:20000:0:99999:7::20775:", "",
	  "user=temp|uid=1005|name=|shell=/bin/sh|password=set|enabled=0|login=1|admin=0|expires=2026-11-18|last_login=0" },
	{ "expires tomorrow", "temp:x:1005:1005::/:/bin/sh", "temp:$6$x$y:20000:0:99999:7::20776:", "",
	  "user=temp|uid=1005|name=|shell=/bin/sh|password=set|enabled=1|login=1|admin=0|expires=2026-11-19|last_login=0" },
	{ "a daemon", "sshd:x:105:65534::/run/sshd:/usr/sbin/nologin", "sshd:!*:20000::::::", "",
	  "user=sshd|uid=105|name=|shell=/usr/sbin/nologin|password=locked|enabled=0|login=0|admin=0|expires=|last_login=0" },
	{ "a daemon with a shell", "backup:x:34:34::/:/bin/sh", "backup:*:20000::::::", "",
	  "user=backup|uid=34|name=|shell=/bin/sh|password=none|enabled=1|login=0|admin=0|expires=|last_login=0" },
	{ "an empty shell is one", "a:x:1001:1001::/:", "a:$6$:1::::::", "",
	  "user=a|uid=1001|name=|shell=|password=set|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "sudo makes an administrator", "a:x:1001:1001::/:/bin/sh", "a:$6$:1::::::", "sudo:x:27:b,a\n",
	  "user=a|uid=1001|name=|shell=/bin/sh|password=set|enabled=1|login=1|admin=1|expires=|last_login=0" },
	{ "so does the main group", "a:x:1001:27::/:/bin/sh", "a:$6$:1::::::", "wheel:x:27:\n",
	  "user=a|uid=1001|name=|shell=/bin/sh|password=set|enabled=1|login=1|admin=1|expires=|last_login=0" },
	{ "a part of a name does not", "a:x:1001:1001::/:/bin/sh", "a:$6$:1::::::", "sudo:x:27:aa,ba\nstaff:x:50:a\n",
	  "user=a|uid=1001|name=|shell=/bin/sh|password=set|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "a full name cannot make fields", "a:x:1001:1001:x|admin=1:/:/bin/sh", "a:$6$:1::::::", "",
	  "user=a|uid=1001|name=x\\padmin=1|shell=/bin/sh|password=set|enabled=1|login=1|admin=0|expires=|last_login=0" },
	{ "a directory service is no account", "+::::::", "", "", NULL },
};

static void accounts(void **state)
{
	const struct row *row = *state;
	struct box box;
	char line[512];

	folder_open(NULL);
	snprintf(line, sizeof(line), "%s\n", row->passwd);
	put(0, line);
	snprintf(line, sizeof(line), "%s\n", row->shadow);
	put(1, line);
	put(2, row->group);
	assert_int_equal(box_open(&box), 0);
	box_until(&box, 1);
	assert_int_equal(spy_set(&box.spy, "accounts:emr01")->state, SET_OK);
	assert_int_equal(box.spy.n, row->out ? 1 : 0);
	if (row->out) {
		if (!str_eq(box.spy.records[0].rec.text, str_of(row->out)))
			fail_msg(STR_FMT, STR_ARG(box.spy.records[0].rec.text));
		assert_true(str_eq(box.spy.records[0].rec.program, STR("@accounts:emr01")));
		assert_true(str_eq(box.spy.records[0].rec.host, STR("emr01")));
	}
	box_close(&box);
	assert_int_equal(folder_close(NULL), 0);
}

static bool says(const struct box *box, const char *user, const char *part)
{
	char start[64];

	snprintf(start, sizeof(start), "user=%s|", user);
	for (size_t i = box->spy.n; i-- > 0;)
		if (str_starts(box->spy.records[i].rec.text, str_of(start)))
			return str_find(box->spy.records[i].rec.text, str_of(part)) >= 0;
	return false;
}

static void a_new_account_is_told_at_once(void **state)
{
	struct box box;

	put(0, "a:x:1001:1001::/:/bin/sh\n");
	put(1, "a:$6$:1::::::\n");
	put(2, "");
	assert_int_equal(box_open(&box), 0);
	box_until(&box, 1);
	assert_false(says(&box, "b", ""));
	put(0, "a:x:1001:1001::/:/bin/sh\nb:x:1002:1002::/:/bin/sh\n");
	put(1, "a:$6$:1::::::\nb:!:1::::::\n");
	box_until(&box, 2);
	assert_true(says(&box, "b", "password=locked"));
	assert_int_equal(spy_set(&box.spy, "accounts:emr01")->records, 2);
	/* Nothing changed: nothing is said. */
	for (int i = 0; i < 20; i++)
		collector_accounts.collect(box.state, &box.spy.sink, &box.diag);
	assert_int_equal(box.spy.n_ends, 2);
	box_close(&box);
}

static void a_shadow_file_out_of_reach_is_no_answer(void **state)
{
	struct box box;

	put(0, "a:x:1001:1001::/:/bin/sh\n");
	put(2, "");
	assert_int_equal(box_open(&box), 0);
	box_until(&box, 1);
	assert_true(says(&box, "a", "password=unknown|enabled=1"));
	assert_non_null(strstr(box.diag.text, "shadow"));
	/* It comes: then it is known. */
	put(1, "a:!:1::::::\n");
	box_until(&box, 2);
	assert_true(says(&box, "a", "password=locked|enabled=0"));
	box_close(&box);
}

static void last_logins(void **state)
{
	struct utmp entries[] = {
		{ .ut_type = USER_PROCESS, .ut_user = "a", .ut_tv.tv_sec = 1790000000 },
		{ .ut_type = DEAD_PROCESS, .ut_user = "a", .ut_tv.tv_sec = 1790000500 },
		{ .ut_type = USER_PROCESS, .ut_user = "b", .ut_tv.tv_sec = 1790000100 },
	};
	struct lastlog last = { .ll_time = 1790000200 };
	struct box box;
	FILE *file;

	put(0, "a:x:1001:1001::/:/bin/sh\nb:x:1002:1002::/:/bin/sh\nc:x:1003:1003::/:/bin/sh\n");
	put(1, "");
	put(2, "");
	file = fopen(paths[4], "we");
	assert_int_equal(fwrite(entries, sizeof(entries[0]), COUNT(entries), file), COUNT(entries));
	fclose(file);
	file = fopen(paths[3], "we");
	assert_int_equal(fseek(file, 1002L * (long)sizeof(last), SEEK_SET), 0);
	assert_int_equal(fwrite(&last, sizeof(last), 1, file), 1);
	fclose(file);
	assert_int_equal(box_open(&box), 0);
	box_until(&box, 1);
	assert_true(says(&box, "a", "last_login=1790000000000000"));
	assert_true(says(&box, "b", "last_login=1790000200000000"));
	assert_true(says(&box, "c", "last_login=0"));
	/* More of it, read from where it stopped. */
	file = fopen(paths[4], "ae");
	entries[0].ut_tv.tv_sec = 1790001000;
	assert_int_equal(fwrite(entries, sizeof(entries[0]), 1, file), 1);
	fclose(file);
	put(2, "x:x:1:\n");
	box_until(&box, 2);
	assert_true(says(&box, "a", "last_login=1790001000000000"));
	box_close(&box);
}

static void passwd_that_is_gone(void **state)
{
	struct box box;

	assert_int_equal(box_open(&box), -ENOENT);
	assert_non_null(strstr(box.diag.text, paths[0]));
	box_close(&box);

	put(0, "a:x:1001:1001::/:/bin/sh\n");
	assert_int_equal(box_open(&box), 0);
	box_until(&box, 1);
	unlink(paths[0]);
	box_until(&box, 2);
	assert_int_equal(spy_set(&box.spy, "accounts:emr01")->state, SET_REFUSED);
	assert_non_null(strstr(spy_set(&box.spy, "accounts:emr01")->error_ja, "読み取れません"));
	box_close(&box);
}

static void what_the_sink_does_not_take_comes_again(void **state)
{
	struct box box;

	put(0, "a:x:1001:1001::/:/bin/sh\nb:x:1002:1002::/:/bin/sh\n");
	put(1, "");
	put(2, "");
	assert_int_equal(box_open(&box), 0);
	box.spy.fail_at = 1;
	box_until(&box, 1);
	assert_int_equal(box.spy.begins, 2);
	assert_int_equal(spy_set(&box.spy, "accounts:emr01")->records, 2);
	box_close(&box);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_open, folder_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_new_account_is_told_at_once),
		IN_FOLDER(a_shadow_file_out_of_reach_is_no_answer),
		IN_FOLDER(last_logins),
		IN_FOLDER(passwd_that_is_gone),
		IN_FOLDER(what_the_sink_does_not_take_comes_again),
	};
	int failed = RUN_TABLE(rows, accounts);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
