#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "tests/journal_export.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_journal;

#define AT 1790000000000000 /* 2026-09-21 */
#define NOW (AT + DAYS(30))

static char folder[64];

static int folder_open(void **state)
{
	clock_set(NOW);
	snprintf(folder, sizeof(folder), "/tmp/jnl.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_close(void **state)
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

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[3];
};

static int box_open(struct box *box, struct str cursor)
{
	struct settings set = { "journal", collector_journal.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[0] = folder;
	box->state = calloc(1, collector_journal.state_size);
	return collector_journal.open(box->state, &set, cursor, &box->diag);
}

static void box_close(struct box *box)
{
	collector_journal.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

/* Takes what there is now. */
static void box_drain(struct box *box)
{
	int r;

	do
		r = collector_journal.collect(box->state, &box->spy.sink, &box->diag);
	while (r == 1);
	assert_true(r == 0 || r == -EAGAIN || r == box->spy.fail);
}

/* Collects until @n records are there, at most 10 s. */
static void box_wait(struct box *box, size_t n)
{
	usec_t deadline = clock_monotonic() + SECONDS(10);

	while (box->spy.n < n && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_journal.fd(box->state), .events = POLLIN };

		poll(&p, 1, 100);
		box_drain(box);
	}
	assert_int_equal(box->spy.n, n);
}

static void make(const char *name, const struct journal_entry *entries, size_t n)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(journal_make(path, entries, n));
}

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
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
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

static const struct journal_entry five[] = {
	{ AT + 1, "SYSLOG_IDENTIFIER=a\n", STR("1") }, { AT + 2, "SYSLOG_IDENTIFIER=a\n", STR("2") },
	{ AT + 3, "SYSLOG_IDENTIFIER=a\n", STR("3") }, { AT + 4, "SYSLOG_IDENTIFIER=a\n", STR("4") },
	{ AT + 5, "SYSLOG_IDENTIFIER=a\n", STR("5") },
};

static void a_long_message_is_cut(void **state)
{
	const struct journal_entry entry = { AT, "SYSLOG_IDENTIFIER=a\n", { big, sizeof(big) } };
	struct box box;

	make("system.journal", &entry, 1);
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
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
	assert_int_equal(box_open(&first, (struct str){ 0 }), 0);
	box_drain(&first);
	assert_int_equal(first.spy.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(box_open(&second, first.spy.records[i].rec.cursor), 0);
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
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
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
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 2);
	str_copy(cursor, sizeof(cursor), box.spy.records[1].rec.cursor);
	box_close(&box);
	snprintf(path, sizeof(path), "%s/system.journal", folder);
	assert_int_equal(unlink(path), 0);
	make("system.journal", five + 2, 3);
	assert_int_equal(box_open(&box, str_of(cursor)), 0);
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
	assert_int_equal(box_open(&box, str_of(row->cursor)), 0);
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
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 1);
	assert_true(str_eq(box.spy.records[0].rec.text, STR("within")));
	box_close(&box);
}

/* Another file appears beside, as after a rotation. */
static void a_file_that_appears_is_followed(void **state)
{
	struct box box;

	make("system.journal", five, 2);
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
	box_drain(&box);
	assert_int_equal(box.spy.n, 2);
	make("system@1.journal", five + 2, 3);
	box_wait(&box, 5);
	assert_true(str_eq(box.spy.records[4].rec.text, STR("5")));
	box_close(&box);
}

/* Random bytes in a file, a file cut short, a file deleted while it is read: no crash, no endless work. */
static void broken_files(void **state)
{
	char path[128];
	struct box box;
	unsigned seed = 7;

	snprintf(path, sizeof(path), "%s/system.journal", folder);
	for (int round = 0; round < 20; round++) {
		int fd;

		make("system.journal", five, 5);
		fd = open(path, O_RDWR | O_CLOEXEC);
		for (int i = 0; i < 400; i++) {
			char byte = (char)(seed = seed * 1103515245u + 12345u);

			assert_int_equal(pwrite(fd, &byte, 1, 300 + (seed >> 8) % 8000), 1);
		}
		if (round % 2 == 0)
			assert_int_equal(ftruncate(fd, 4096 + (seed >> 8) % 60000), 0);
		close(fd);
		assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
		for (int i = 0; i < 10; i++)
			collector_journal.collect(box.state, &box.spy.sink, &box.diag);
		assert_true(box.spy.n <= 5 + 10);
		box_close(&box);
		unlink(path);
	}
}

static void a_file_deleted_while_it_is_read(void **state)
{
	char path[128];
	struct box box;

	make("a.journal", five, 2);
	assert_int_equal(box_open(&box, (struct str){ 0 }), 0);
	box_drain(&box);
	snprintf(path, sizeof(path), "%s/a.journal", folder);
	assert_int_equal(unlink(path), 0);
	box_drain(&box);
	make("b.journal", five + 2, 3);
	box_wait(&box, 5);
	assert_true(str_eq(box.spy.records[4].rec.text, STR("5")));
	box_close(&box);
}

static void a_folder_that_is_not_there(void **state)
{
	struct box box;

	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(box_open(&box, (struct str){ 0 }), -ENOENT);
	assert_non_null(strstr(box.diag.text, folder));
	box_close(&box);
	assert_int_equal(mkdir(folder, 0700), 0);
}

/* Only the journal of some user can be read: silence would look like order. */
static void system_journal_is_closed(void **state)
{
	char path[96];
	struct box box;
	int fd, r;

	snprintf(path, sizeof(path), "%s/system.journal", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod(folder, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	r = box_open(&box, STR(""));
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -EACCES);
	assert_non_null(strstr(box.diag.text, "system.journal"));
	box_close(&box);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_open, folder_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(system_journal_is_closed),        IN_FOLDER(a_long_message_is_cut),
		IN_FOLDER(a_cursor_resumes_at_the_next),    IN_FOLDER(what_the_sink_does_not_take_comes_again),
		IN_FOLDER(a_cursor_that_was_vacuumed),      IN_FOLDER(the_backlog_has_an_end),
		IN_FOLDER(a_file_that_appears_is_followed), IN_FOLDER(broken_files),
		IN_FOLDER(a_file_deleted_while_it_is_read), IN_FOLDER(a_folder_that_is_not_there),
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
