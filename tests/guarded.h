/* A server with a handler that only echoes, for tests of what guards it: strict limits, and statistics that can be awaited. */
#pragma once

#include "tests/http_server.h"
#include "tests/table.h"

#define H "Host: localhost\r\n"
#define NEXT "GET /next HTTP/1.1\r\n" H "Connection: close\r\n\r\n"

#define OPERATORS 54321

static struct http_server server;
static struct server_stats stats;
static struct ticket *tickets[64];
static size_t n_tickets;

static inline void guarded_handle(void *arg, struct exchange *exchange)
{
	struct reply reply = { .status = 200, .type = "text/plain", .etag = "\"v1\"" };
	struct str path = exchange->head.path;

	reply.body = exchange->head.method == HEAD_GET || exchange->head.method == HEAD_HEAD ? path : exchange->body;
	if (str_eq(path, STR("/who")))
		reply.body = exchange->role == ROLE_ADMIN      ? STR("admin")
			     : exchange->role == ROLE_OPERATOR ? STR("operator")
							       : STR("viewer");
	if (str_eq(path, STR("/slow"))) {
		tickets[n_tickets] = exchange_defer(exchange);
		n_tickets += n_tickets + 1 < COUNT(tickets);
	} else if (str_eq(path, STR("/stream"))) {
		exchange_stream(exchange, STR(": hello\n\n"));
	} else if (str_eq(path, STR("/nothing"))) {
		exchange_refuse(exchange, 404, NULL, NULL);
	} else {
		exchange_reply(exchange, &reply);
	}
}

/* As a table of routes would: /take has a body of at most 64 KiB, /never is refused. */
static inline bool guarded_admit(void *arg, struct exchange *exchange)
{
	if (str_eq(exchange->head.path, STR("/never")))
		exchange_refuse(exchange, 403, NULL, NULL);
	else if (!str_eq(exchange->head.path, STR("/take")))
		exchange_refuse(exchange, 405, NULL, NULL);
	else if (exchange->head.size > 65536)
		exchange_refuse(exchange, 413, NULL, NULL);
	else
		return true;
	return false;
}

static inline void stats_task(struct http_server *s)
{
	server_stats(s->server, &stats);
}

/* Asks again and again until @field of the statistics is @value. */
static inline void await_stat(size_t offset, size_t value)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	size_t now = (size_t)-1;

	while (now != value && clock_monotonic() < end) {
		http_server_do(&server, stats_task);
		memcpy(&now, (char *)&stats + offset, sizeof(now));
	}
	assert_int_equal(now, value);
}
#define AWAIT(field, value) await_stat(offsetof(struct server_stats, field), (value))

static inline int count_of(const char *p, size_t n, const char *needle)
{
	int count = 0;

	for (const char *at = p; (at = memmem(at, n - (size_t)(at - p), needle, strlen(needle))); at++)
		count++;
	return count;
}

static const struct server_user guarded_user = { .handle = guarded_handle, .admit = guarded_admit };

/* Strict: whoever waits for a deadline waits a moment. */
static inline int guarded_start(void)
{
	static const struct server_limits limits = {
		.connections = { [SERVER_TCP] = 20, [SERVER_UNIX] = 20 },
		.streams = 16,
		.output = 262144,
		.bodies = 100000,
		.head = MSEC(300),
		.body = MSEC(300),
		.idle = MSEC(300),
		.wait = MSEC(300),
		.answer = SECONDS(5),
		.sweep = MSEC(10),
	};

	return http_server_start(&server, &limits, OPERATORS, &guarded_user);
}
