/* Entries of a journal become records, and a cursor says where to go on. */
#include "tests/journal_folder.h"

static const char big[70000] = { [0 ... 69999] = 'x' };

/* An entry and the record that comes of it. */
static const struct row {
	const char *name;
	struct journal_entry entry;
	const char *program; /* NULL: no record */
	struct str text;
	const char *raw;
	usec_t at;
	unsigned flags;
} rows[] = {
	{ "identifier and process",
	  { AT, "SYSLOG_IDENTIFIER=sshd\n_PID=77\n_COMM=other\n", STR("hello") },
	  "sshd",
	  STR("hello"),
	  "mri01 sshd[77]: hello",
	  AT,
	  RECORD_TRUSTED },
	{ "the command where there is no identifier",
	  { AT, "_COMM=cron\n", STR("hello") },
	  "cron",
	  STR("hello"),
	  "mri01 cron: hello",
	  AT,
	  RECORD_TRUSTED },
	{ "the kernel",
	  { AT, "_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=sshd\n", STR("usb 1-1: new") },
	  "kernel",
	  STR("usb 1-1: new"),
	  "mri01 kernel: usb 1-1: new",
	  AT,
	  RECORD_TRUSTED },
	{ "the time of the source",
	  { AT, "SYSLOG_IDENTIFIER=a\n_SOURCE_REALTIME_TIMESTAMP=1789999999000000\n", STR("x") },
	  "a",
	  STR("x"),
	  "mri01 a: x",
	  AT - SECONDS(1),
	  RECORD_TRUSTED },
	{ "nobody can claim to be one of us",
	  { AT, "SYSLOG_IDENTIFIER=@@syslog\n", STR("dropped=1") },
	  "syslog",
	  STR("dropped=1"),
	  "mri01 syslog: dropped=1",
	  AT,
	  RECORD_TRUSTED },
	{ "several lines",
	  { AT, "SYSLOG_IDENTIFIER=a\n", STR("one\ntwo") },
	  "a",
	  STR("one\ntwo"),
	  "mri01 a: one\ntwo",
	  AT,
	  RECORD_TRUSTED },
	{ "NUL", { AT, "SYSLOG_IDENTIFIER=a\n", STR("one\0two") }, "a", STR("one\0two"), NULL, AT, RECORD_TRUSTED },
	{ "two messages",
	  { AT, "SYSLOG_IDENTIFIER=a\nMESSAGE=first\n", STR("second") },
	  "a",
	  STR("first"),
	  "mri01 a: first",
	  AT,
	  RECORD_TRUSTED },
	{ "what the journal dropped",
	  { AT, "SYSLOG_IDENTIFIER=systemd-journald\nN_DROPPED=14675\n",
	    STR("Suppressed 14675 messages from blast.service") },
	  "systemd-journald",
	  STR("Suppressed 14675 messages from blast.service"),
	  NULL,
	  AT,
	  RECORD_TRUSTED },
	{ "no message", { AT, "SYSLOG_IDENTIFIER=a\n", { NULL, 0 } }, NULL },
	{ "our own", { AT, "SYSLOG_IDENTIFIER=tenkend\n_COMM=tenkend\n", STR("x") }, NULL },
	{ "our name in another's mouth",
	  { AT, "SYSLOG_IDENTIFIER=tenkend\n_COMM=logger\n", STR("x") },
	  "tenkend",
	  STR("x"),
	  NULL,
	  AT,
	  RECORD_TRUSTED },
};

static void entries(void **state)
{
	const struct row *row = *state;
	const struct journal_entry both[] = { row->entry, { AT + 1, "SYSLOG_IDENTIFIER=end\n", STR("end") } };
	const struct record *rec;
	struct box box;

	folder_open(NULL);
	make("system.journal", both, 2);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, row->program ? 2 : 1);
	rec = &box.spy.records[0].rec;
	if (row->program) {
		assert_true(str_eq(rec->program, str_of(row->program)));
		assert_true(str_eq(rec->text, row->text));
		assert_true(!row->raw || str_eq(rec->raw, str_of(row->raw)));
		assert_int_equal(rec->at, row->at);
		assert_int_equal(rec->received, AT);
		assert_int_equal(rec->flags, row->flags);
		assert_true(str_eq(rec->host, STR("mri01")));
		assert_true(str_eq(rec->identity, STR("2ead6a1071d74516b1b39d7fb144e7f3")));
		assert_true(rec->cursor.n > 0);
	} else {
		assert_true(str_eq(rec->text, STR("end")));
	}
	box_close(&box);
	assert_int_equal(folder_close(NULL), 0);
}

static void a_long_message_is_cut(void **state)
{
	const struct journal_entry entry = { AT, "SYSLOG_IDENTIFIER=a\n", { big, sizeof(big) } };
	struct box box;

	make("system.journal", &entry, 1);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 1);
	assert_int_equal(box.spy.records[0].rec.text.n, 65536);
	assert_int_equal(box.spy.records[0].rec.flags & RECORD_CUT, RECORD_CUT);
	box_close(&box);
}

static void a_cursor_resumes_at_the_next(void **state)
{
	struct box first, second;

	make("system.journal", five, 5);
	assert_int_equal(box_open(&first, folder, (struct str){ 0 }), 0);
	box_drain(&first);
	assert_int_equal(first.spy.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(box_open(&second, folder, first.spy.records[i].rec.cursor), 0);
		box_drain(&second);
		assert_int_equal(second.spy.n, 4 - i);
		if (i < 4)
			assert_true(str_eq(second.spy.records[0].rec.text, five[i + 1].message));
		box_close(&second);
	}
	box_close(&first);
}

static void what_the_sink_does_not_take_comes_again(void **state)
{
	struct box box;

	make("system.journal", five, 5);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
	box.spy.fail_at = 2;
	collector_journal.collect(box.state, &box.spy.sink, &box.diag);
	assert_int_equal(box.spy.n, 2);
	box_drain(&box);
	assert_int_equal(box.spy.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_true(str_eq(box.spy.records[i].rec.text, five[i].message));
	box_close(&box);
}

/* The entry of the cursor is in no file any more: what stands there now was not read yet, and a gap is said. */
static void a_cursor_that_was_vacuumed(void **state)
{
	char path[128], cursor[512];
	struct box box;

	make("system.journal", five, 2);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 2);
	str_copy(cursor, sizeof(cursor), box.spy.records[1].rec.cursor);
	box_close(&box);
	snprintf(path, sizeof(path), "%s/system.journal", folder);
	assert_int_equal(unlink(path), 0);
	make("system.journal", five + 2, 3);
	assert_int_equal(box_open(&box, folder, str_of(cursor)), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 4);
	assert_true(str_eq(box.spy.records[0].rec.program, STR("@journal")));
	assert_true(str_find(box.spy.records[0].rec.text, STR("reason=cursor_gone")) > 0);
	assert_true(str_eq(box.spy.records[1].rec.text, STR("3")));
	assert_non_null(strstr(box.diag.text, "missing"));
	box_close(&box);
}

static const struct bad_cursor {
	const char *name, *cursor, *reason;
} bad_cursors[] = {
	{ "garbage", "garbage", "cursor_invalid" },
	{ "only a sign", ";;;=", "cursor_invalid" },
	{ "of another machine", "s=00000000000000000000000000000001;i=1;b=00000000000000000000000000000002;m=1;t=1;x=1",
	  "cursor_gone" },
};

static void bad(void **state)
{
	const struct bad_cursor *row = *state;
	struct box box;

	folder_open(NULL);
	make("system.journal", five, 5);
	assert_int_equal(box_open(&box, folder, str_of(row->cursor)), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 6);
	assert_true(str_find(box.spy.records[0].rec.text, str_of(row->reason)) > 0);
	assert_true(str_eq(box.spy.records[1].rec.text, STR("1")));
	box_close(&box);
	assert_int_equal(folder_close(NULL), 0);
}

static void the_backlog_has_an_end(void **state)
{
	const struct journal_entry old[] = { { AT - DAYS(500), "SYSLOG_IDENTIFIER=a\n", STR("too old") },
					     { AT, "SYSLOG_IDENTIFIER=a\n", STR("within") } };
	struct box box;

	make("system.journal", old, 2);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 1);
	assert_true(str_eq(box.spy.records[0].rec.text, STR("within")));
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_long_message_is_cut),
		IN_FOLDER(a_cursor_resumes_at_the_next),
		IN_FOLDER(what_the_sink_does_not_take_comes_again),
		IN_FOLDER(a_cursor_that_was_vacuumed),
		IN_FOLDER(the_backlog_has_an_end),
	};
	int failed;

	if (access(JOURNAL_REMOTE, X_OK) != 0) {
		puts("SKIP: systemd-journal-remote is not installed");
		return 77;
	}
	failed = RUN_TABLE(rows, entries);
	failed += RUN_TABLE(bad_cursors, bad);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
