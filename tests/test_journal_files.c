/* Files of a journal that come, go, break or are closed to us. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "tests/journal_folder.h"

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

/* Another file appears beside, as after a rotation. */
static void a_file_that_appears_is_followed(void **state)
{
	struct box box;

	make("system.journal", five, 2);
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
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
		assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
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
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), 0);
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
	assert_int_equal(box_open(&box, folder, (struct str){ 0 }), -ENOENT);
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
	r = box_open(&box, folder, STR(""));
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -EACCES);
	assert_non_null(strstr(box.diag.text, "system.journal"));
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(system_journal_is_closed),
		IN_FOLDER(a_file_that_appears_is_followed),
		IN_FOLDER(broken_files),
		IN_FOLDER(a_file_deleted_while_it_is_read),
		IN_FOLDER(a_folder_that_is_not_there),
	};

	if (access(JOURNAL_REMOTE, X_OK) != 0) {
		puts("SKIP: systemd-journal-remote is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
