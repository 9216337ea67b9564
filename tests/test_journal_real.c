/*
 * A real journald in a mount namespace of our own: thirty rotations and a vacuum while a program logs and the collector
 * reads, stops and starts again.  Nothing is lost and nothing comes twice.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tests/journal_box.h"

#define JOURNALD "/lib/systemd/systemd-journald"
#define ENTRIES 9000
#define ROTATIONS 30

static pid_t journald;
static char journal_dir[128];

static bool file_write(const char *path, const char *text)
{
	_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Binds @from over a new file at @to. */
static bool bind_file(const char *from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	close(fd);
	return mount(from, to, NULL, MS_BIND, NULL) == 0;
}

static bool namespace_enter(void)
{
	static const char *const nodes[] = { "null", "zero", "full", "random", "urandom" };
	char map[64], from[64], to[64];

	if (getuid() == 0) {
		if (unshare(CLONE_NEWNS) < 0)
			return false;
	} else {
		snprintf(map, sizeof(map), "0 %u 1", getuid());
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || !file_write("/proc/self/uid_map", map))
			return false;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0)
		return false;
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	mkdir("/run/log", 0755);
	mkdir("/run/log/journal", 0755);
	mkdir("/run/dev", 0755);
	mkdir("/run/dev/shm", 0755);
	for (size_t i = 0; i < COUNT(nodes); i++) {
		snprintf(from, sizeof(from), "/dev/%s", nodes[i]);
		snprintf(to, sizeof(to), "/run/dev/%s", nodes[i]);
		if (!bind_file(from, to))
			return false;
	}
	/* Not the ring buffer of the machine. */
	return bind_file("/dev/null", "/run/dev/kmsg") && symlink("/proc/self/fd", "/run/dev/fd") == 0 &&
	       symlink("/run/systemd/journal/dev-log", "/run/dev/log") == 0 &&
	       mount("/run/dev", "/dev", NULL, MS_BIND | MS_REC, NULL) == 0;
}

static bool journald_start(void)
{
	usec_t deadline = clock_monotonic() + SECONDS(10);
	char id[64] = "";
	_close_ int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, id, 32) != 32)
		return false;
	snprintf(journal_dir, sizeof(journal_dir), "/run/log/journal/%s", id);
	journald = fork();
	if (journald == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* whatever becomes of us */
		dup2(open("/dev/null", O_WRONLY), 2);
		execl(JOURNALD, JOURNALD, (char *)NULL);
		_exit(127);
	}
	while (access("/run/systemd/journal/socket", F_OK) < 0 || access(journal_dir, F_OK) < 0) {
		if (clock_monotonic() > deadline || waitpid(journald, NULL, WNOHANG) == journald)
			return false;
		poll(NULL, 0, 20);
	}
	return true;
}

/* Logs the numbers it is told.  Another process, since the collector leaves out what its own says. */
static int speaker_start(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
	unsigned number;
	int fds[2], fd;

	assert_int_equal(pipe(fds), 0);
	if (fork() == 0) {
		close(fds[1]);
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			_exit(1);
		while (read(fds[0], &number, sizeof(number)) == sizeof(number)) {
			char text[96];
			int n = snprintf(text, sizeof(text), "SYSLOG_IDENTIFIER=story\nMESSAGE=%u\n", number);

			if (write(fd, text, (size_t)n) != n)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[0]);
	return fds[1];
}

static void say(int fd, unsigned number)
{
	assert_int_equal(write(fd, &number, sizeof(number)), sizeof(number));
}

/* Marks what was said in @seen; the cursor of the last record in @cursor. */
static size_t box_take(struct box *box, unsigned char *seen, char *cursor, size_t size)
{
	size_t n = 0;

	while (collector_journal.collect(box->state, &box->spy.sink, &box->diag) == 1)
		;
	for (size_t i = 0; i < box->spy.n; i++) {
		const struct record *rec = &box->spy.records[i].rec;
		int64_t number;

		str_copy(cursor, size, rec->cursor);
		if (!str_eq(rec->program, STR("story")) || !str_int(rec->text, &number))
			continue;
		seen[number]++;
		n++;
	}
	spy_clear(&box->spy);
	return n;
}

static void nothing_is_lost_over_rotations(void **state)
{
	static unsigned char seen[ENTRIES + 1];
	_close_ int fd = speaker_start();
	char cursor[512] = "";
	usec_t deadline;
	struct box box;
	size_t n = 0;

	assert_int_equal(box_open(&box, journal_dir, (struct str){ 0 }), 0);
	for (unsigned i = 0; i < ENTRIES; i++) {
		say(fd, i);
		if (i % (ENTRIES / ROTATIONS) == ENTRIES / ROTATIONS / 2)
			kill(journald, SIGUSR2);
		if (i % 50 == 0)
			n += box_take(&box, seen, cursor, sizeof(cursor));
		/* The collector stops and starts from its cursor, now and then. */
		if (i % 2000 == 1999) {
			box_close(&box);
			assert_int_equal(box_open(&box, journal_dir, str_of(cursor)), 0);
		}
	}
	deadline = clock_monotonic() + SECONDS(20);
	while (n < ENTRIES && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_journal.fd(box.state), .events = POLLIN };

		poll(&p, 1, 100);
		n += box_take(&box, seen, cursor, sizeof(cursor));
	}
	for (unsigned i = 0; i < ENTRIES; i++)
		if (seen[i] != 1)
			fail_msg("entry %u came %u times", i, seen[i]);
	box_close(&box);
}

/* All archived files are deleted under the reader: it goes on with what is said afterwards. */
static void a_vacuum_does_not_stop_it(void **state)
{
	static unsigned char seen[ENTRIES + 1];
	_close_ int fd = speaker_start();
	usec_t deadline = clock_monotonic() + SECONDS(20);
	char cursor[512] = "";
	struct dirent *entry;
	struct box box;
	DIR *dir;

	assert_int_equal(box_open(&box, journal_dir, (struct str){ 0 }), 0);
	assert_int_equal(collector_journal.collect(box.state, &box.spy.sink, &box.diag), 1);
	dir = opendir(journal_dir);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (strchr(entry->d_name, '@'))
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	say(fd, ENTRIES);
	while (!seen[ENTRIES] && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_journal.fd(box.state), .events = POLLIN };

		poll(&p, 1, 100);
		box_take(&box, seen, cursor, sizeof(cursor));
	}
	assert_int_equal(seen[ENTRIES], 1);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_over_rotations),
		cmocka_unit_test(a_vacuum_does_not_stop_it),
	};
	int failed;

	if (access(JOURNALD, X_OK) < 0 || !namespace_enter() || !journald_start()) {
		puts("SKIP: no journald of our own here (needs systemd, /etc/machine-id and a mount namespace)");
		if (journald > 0)
			kill(journald, SIGTERM);
		return 77;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	kill(journald, SIGTERM);
	waitpid(journald, NULL, 0);
	return failed;
}
