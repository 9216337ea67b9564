/* What the syslog collector does when there is too much: connections, datagrams, descriptors, patience. */
#include <sys/resource.h>

#include "tests/jump.h"
#include "tests/syslog_box.h"

static void too_many_connections_are_refused(void **state)
{
	struct box box;
	int a, b, c;

	box_open(&box, NULL, "10", "2", NULL);
	a = dial(&box, SOCK_STREAM);
	b = dial(&box, SOCK_STREAM);
	c = dial(&box, SOCK_STREAM);
	assert_true(closed(&box, c));
	assert_int_equal(stats_of(&box).refused, 1);
	assert_non_null(strstr(box.notice, "refused"));
	say(&box, a, STR("<13>app: still here\n"));
	box_wait(&box, 1);
	/* One goes, another may come. */
	close(b);
	close(c);
	box_collect(&box);
	b = dial(&box, SOCK_STREAM);
	say(&box, b, STR("<13>app: new\n"));
	box_wait(&box, 2);
	close(a);
	close(b);
	box_close(&box);
}

static void tls_on_the_plain_port_is_explained(void **state)
{
	struct box box;
	int fd;

	box_open(&box, NULL, NULL, NULL, NULL);
	fd = dial(&box, SOCK_STREAM);
	say(&box, fd, STR("\x16\x03\x01\x00\xa5\x01\x00"));
	assert_true(closed(&box, fd));
	assert_non_null(strstr(box.notice, "TLS"));
	assert_int_equal(box.spy.n, 0);
	close(fd);
	box_close(&box);
}

static void half_a_message_does_not_wait_for_ever(void **state)
{
	struct box box;
	int fd;

	box_open(&box, NULL, NULL, NULL, "0s");
	fd = dial(&box, SOCK_STREAM);
	say(&box, fd, STR("<13>app: half"));
	box_collect(&box);
	jump_by += SECONDS(2);
	box_wait(&box, 1);
	assert_true(str_eq(box.spy.records[0].rec.text, STR("half")));
	assert_true(closed(&box, fd));
	close(fd);
	box_close(&box);
}

/* What the kernel throws away, because nobody reads, becomes a fact with its number. */
static void lost_datagrams_are_counted(void **state)
{
	const size_t sent = 1200;
	struct box box;
	char *data = malloc(65507);
	const struct record *rec = NULL;
	usec_t deadline;
	char expected[64];
	int fd;

	box_open(&box, NULL, NULL, NULL, NULL);
	fd = dial(&box, SOCK_DGRAM);
	memset(data, 'x', 65507);
	for (size_t i = 0; i < sent; i++)
		assert_int_equal(send(fd, data, 65507, 0), 65507);
	jump_by += SECONDS(2);
	deadline = clock_monotonic() + SECONDS(5);
	while (!rec && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_syslog.fd(box.state), .events = POLLIN };

		poll(&p, 1, 50);
		box_collect(&box);
		rec = spy_find(&box.spy, "dropped=");
	}
	assert_non_null(rec);
	assert_true(str_eq(rec->program, STR("@syslog")));
	assert_int_equal(stats_of(&box).received + stats_of(&box).dropped, sent);
	snprintf(expected, sizeof(expected), "dropped=%llu|transport=udp|listen=%s",
		 (unsigned long long)stats_of(&box).dropped, box.address);
	assert_true(str_eq(rec->text, str_of(expected)));
	free(data);
	close(fd);
	box_close(&box);
}

/* Without descriptors accepting rests instead of spinning, what is connected goes on, and later all come in. */
static void descriptors_run_out(void **state)
{
	struct rlimit before, few;
	struct pollfd p = { .events = POLLIN };
	struct box box;
	int fds[4];

	box_open(&box, NULL, NULL, NULL, NULL);
	p.fd = collector_syslog.fd(box.state);
	fds[0] = dial(&box, SOCK_STREAM);
	say(&box, fds[0], STR("<13>app: one\n"));
	box_wait(&box, 1);
	for (size_t i = 1; i < COUNT(fds); i++)
		fds[i] = dial(&box, SOCK_STREAM);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ (rlim_t)fds[3] + 1, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	box_collect(&box);
	assert_non_null(strstr(box.notice, "Too many open files"));
	/* Nothing is ready, so nobody is woken: no spinning. */
	assert_int_equal(poll(&p, 1, 0), 0);
	say(&box, fds[0], STR("<13>app: two\n"));
	box_wait(&box, 2);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	jump_by += SECONDS(2);
	for (size_t i = 1; i < COUNT(fds); i++)
		say(&box, fds[i], STR("<13>app: more\n"));
	box_wait(&box, 5);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_many_connections_are_refused),
		cmocka_unit_test(tls_on_the_plain_port_is_explained),
		cmocka_unit_test(half_a_message_does_not_wait_for_ever),
		cmocka_unit_test(lost_datagrams_are_counted),
		cmocka_unit_test(descriptors_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
