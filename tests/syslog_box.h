/* The syslog collector on a port of its own, what it said, and senders that talk to it. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_syslog;

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	char notice[512];
	uint16_t port;
	const char *values[8];
	char address[32];
};

/* A port that is free for both: bound, read, and given back. */
static inline uint16_t free_port(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(any);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&any, &size), 0);
	close(fd);
	return ntohs(any.sin_port);
}

static inline void box_open(struct box *box, const char *encoding, const char *connections, const char *per_peer,
			    const char *idle)
{
	struct settings set = { "syslog", collector_syslog.settings, box->values };
	int r = -EADDRINUSE;

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[2] = encoding;
	box->values[3] = connections;
	box->values[4] = per_peer;
	box->values[5] = idle;
	for (int tries = 0; r == -EADDRINUSE && tries < 20; tries++) {
		box->port = free_port();
		snprintf(box->address, sizeof(box->address), "127.0.0.1:%u", box->port);
		box->values[0] = box->values[1] = box->address;
		box->state = calloc(1, collector_syslog.state_size);
		r = collector_syslog.open(box->state, &set, (struct str){ 0 }, &box->diag);
		if (r < 0) {
			collector_syslog.close(box->state);
			free(box->state);
		}
	}
	assert_int_equal(r, 0);
}

static inline void box_close(struct box *box)
{
	collector_syslog.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

static inline int box_collect(struct box *box)
{
	int r;

	box->diag.text[0] = '\0';
	r = collector_syslog.collect(box->state, &box->spy.sink, &box->diag);
	if (box->diag.text[0])
		snprintf(box->notice, sizeof(box->notice), "%s", box->diag.text);
	return r;
}

/* Collects until @n records are there, at most 5 s. */
static inline void box_wait(struct box *box, size_t n)
{
	usec_t deadline = clock_monotonic() + SECONDS(5);

	while (box->spy.n < n && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_syslog.fd(box->state), .events = POLLIN };

		poll(&p, 1, 50);
		box_collect(box);
	}
	assert_int_equal(box->spy.n, n);
}

static inline struct collector_stats stats_of(struct box *box)
{
	struct collector_stats stats;

	collector_syslog.stats(box->state, &stats);
	return stats;
}

static inline int dial(struct box *box, int type)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(box->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* Writes all of @s, collecting where the other side must read first. */
static inline void say(struct box *box, int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0)
			s = str_from(s, (size_t)n);
		else
			box_collect(box);
	}
}

static inline bool closed(struct box *box, int fd)
{
	usec_t deadline = clock_monotonic() + SECONDS(5);
	char c;

	while (clock_monotonic() < deadline) {
		ssize_t n = recv(fd, &c, 1, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			return true;
		box_collect(box);
	}
	return false;
}
