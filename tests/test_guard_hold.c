/* Every way to hold on to the server: slowness, size, number, silence, and answers that nobody takes. */
#include <sys/resource.h>

#include "tests/guarded.h"

/* Sends @n bytes of @fill behind @before and gives the first line of the answer. */
static void flooded(const char *before, const char *fill, size_t times, const char *status)
{
	char buf[8192];
	int fd = port_connect(server.port, 0);

	say(fd, before, strlen(before));
	for (size_t i = 0; i < times; i++)
		say(fd, fill, strlen(fill));
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, status, strlen(status));
	close(fd);
}

static void sizes_are_capped(void **state)
{
	static char long_target[9000];

	memset(long_target, 'a', sizeof(long_target) - 1);
	flooded("GET / HTTP/1.1\r\n" H "X: ", "0123456789", 7000, "HTTP/1.1 431");
	flooded("GET / HTTP/1.1\r\n" H, "X: y\r\n", 10000, "HTTP/1.1 431");
	flooded("GET /", long_target, 1, "HTTP/1.1 414");
	flooded("POST /take HTTP/1.1\r\n" H "Content-Length: 200000\r\n\r\n", "0123456789", 20000, "HTTP/1.1 413");
}

static void head_has_no_body(void **state)
{
	char buf[8192];
	int fd = port_connect(server.port, 0);
	ssize_t n;

	say(fd, "HEAD /abc HTTP/1.1\r\n" H "\r\n" NEXT, strlen("HEAD /abc HTTP/1.1\r\n" H "\r\n" NEXT));
	n = hear(fd, buf, sizeof(buf), NULL);
	assert_true(n > 0);
	assert_non_null(strstr(buf, "Content-Length: 4\r\n"));
	assert_int_equal(count_of(buf, (size_t)n, "/abc"), 0);
	assert_int_equal(count_of(buf, (size_t)n, "HTTP/1.1 200"), 2);
	close(fd);
}

/* Says @begin and then a byte now and then, until the other side has had enough of it. */
static void dribble(const char *begin)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	struct pollfd p = { .events = POLLIN };
	char buf[4096];

	p.fd = port_connect(server.port, 0);
	say(p.fd, begin, strlen(begin));
	while (poll(&p, 1, 20) == 0 && clock_monotonic() < end)
		say(p.fd, "a", 1);
	assert_true(clock_monotonic() < end);
	assert_true(hear(p.fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 408", 12);
	close(p.fd);
}

/* That does not hold a connection: the deadline is of the whole head. */
static void slow_loris_is_cut(void **state)
{
	dribble("GET /slow HTTP/1.1\r\n" H "X-A: ");
}

static void slow_bodies_are_cut(void **state)
{
	dribble("POST /take HTTP/1.1\r\n" H "Content-Length: 65536\r\n\r\n");
}

/* All bodies that are on their way have room for so much together, and give it back. */
static void bodies_are_bounded_together(void **state)
{
	static const char head[] = "POST /take HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n";
	int first = port_connect(server.port, 0), second = port_connect(server.port, 0);
	char buf[4096];

	say(first, head, sizeof(head) - 1);
	assert_true(hear(first, buf, sizeof(buf), "100 Continue\r\n\r\n") > 0);
	say(second, head, sizeof(head) - 1);
	assert_true(hear(second, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 503", 12);
	close(first);
	close(second);
	AWAIT(open, 0);
	first = port_connect(server.port, 0);
	say(first, head, sizeof(head) - 1);
	assert_true(hear(first, buf, sizeof(buf), "100 Continue\r\n\r\n") > 0);
	close(first);
	AWAIT(open, 0);
}

static void body_is_asked_for(void **state)
{
	static const char head[] = "POST /take HTTP/1.1\r\n" H
				   "Expect: 100-Continue\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
	int fd = port_connect(server.port, 0);
	char buf[4096];

	say(fd, head, sizeof(head) - 1);
	assert_true(hear(fd, buf, sizeof(buf), "\r\n\r\n") > 0);
	assert_string_equal(buf, "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "hello", 5);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	assert_non_null(strstr(buf, "\r\n\r\nhello"));
	close(fd);
}

static void idle_connections_end(void **state)
{
	char buf[64];
	int fd = port_connect(server.port, 0);

	assert_int_equal(hear(fd, buf, sizeof(buf), NULL), 0);
	close(fd);
}

static void late_task(struct http_server *s)
{
	for (size_t i = 0; i < n_tickets; i++)
		ticket_refuse(tickets[i], 500, NULL, NULL);
	n_tickets = 0;
}

/* An answer that does not come is not waited for, and one that comes too late goes nowhere. */
static void deferred_answers_end(void **state)
{
	char buf[4096];
	int fd = port_connect(server.port, 0), gone = port_connect(server.port, 0);

	say(fd, "GET /slow HTTP/1.1\r\n" H "\r\n", strlen("GET /slow HTTP/1.1\r\n" H "\r\n"));
	say(gone, "GET /slow HTTP/1.1\r\n" H "\r\n", strlen("GET /slow HTTP/1.1\r\n" H "\r\n"));
	close(gone);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 504", 12);
	close(fd);
	AWAIT(open, 0);
	http_server_do(&server, late_task);
}

static void connections_are_capped(void **state)
{
	char buf[4096];
	int fds[80];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = port_connect(server.port, 0);
	AWAIT(open, 20);
	/* The one behind them all is served as soon as the idle ones are gone. */
	say(fds[79], NEXT, strlen(NEXT));
	assert_true(hear(fds[79], buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	AWAIT(open, 0);
}

static int stream_open(int receive_buffer)
{
	char buf[4096];
	int fd = port_connect(server.port, receive_buffer);

	say(fd, "GET /stream HTTP/1.1\r\n" H "\r\n", strlen("GET /stream HTTP/1.1\r\n" H "\r\n"));
	assert_true(hear(fd, buf, sizeof(buf), ": hello") > 0);
	assert_non_null(strstr(buf, "text/event-stream"));
	return fd;
}

static void broadcast_task(struct http_server *s)
{
	static char text[32768];

	memset(text, 'x', sizeof(text));
	text[0] = ':';
	text[sizeof(text) - 2] = text[sizeof(text) - 1] = '\n';
	server_broadcast(s->server, (struct str){ text, sizeof(text) });
}

static void streams_end_however_they_end(void **state)
{
	struct linger reset = { 1, 0 };
	int fds[10];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = stream_open(0);
	AWAIT(streams, 10);
	for (size_t i = 0; i < COUNT(fds); i++) {
		if (i % 2)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fds[i]);
	}
	AWAIT(streams, 0);
	AWAIT(open, 0);
}

static void who_never_reads_is_dropped(void **state)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	int fd = stream_open(2048);

	do
		http_server_do(&server, broadcast_task);
	while (http_server_do(&server, stats_task), stats.streams > 0 && clock_monotonic() < end);
	assert_int_equal(stats.streams, 0);
	assert_int_equal(stats.dropped_streams, 1);
	close(fd);
	AWAIT(open, 0);
}

/* Without descriptors the server waits and goes on later; it does not spin. */
static void no_descriptor_left(void **state)
{
	struct rlimit old, low;
	uint64_t errors;
	char buf[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){ (rlim_t)fd + 1, old.rlim_max };
	address.sin_port = htons((uint16_t)server.port);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	say(fd, NEXT, strlen(NEXT));
	do
		http_server_do(&server, stats_task);
	while (stats.accept_errors < 2);
	errors = stats.accept_errors;
	setrlimit(RLIMIT_NOFILE, &old);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	/* Some more tries at most: one a sweep, not one a turn of the loop. */
	http_server_do(&server, stats_task);
	assert_true(stats.accept_errors < errors + 1000);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_capped),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(slow_loris_is_cut),
		cmocka_unit_test(slow_bodies_are_cut),
		cmocka_unit_test(bodies_are_bounded_together),
		cmocka_unit_test(body_is_asked_for),
		cmocka_unit_test(idle_connections_end),
		cmocka_unit_test(deferred_answers_end),
		cmocka_unit_test(connections_are_capped),
		cmocka_unit_test(streams_end_however_they_end),
		cmocka_unit_test(who_never_reads_is_dropped),
		cmocka_unit_test(no_descriptor_left),
	};
	int failed;

	if (guarded_start() != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_server_stop(&server);
	return failed;
}
