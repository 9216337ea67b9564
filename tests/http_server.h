/* A server of dashboard/server.h in a thread of its own on a free port, and raw sockets that talk to it. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/clock.h"
#include "daemon/loop.h"
#include "dashboard/server.h"

/* No answer takes this long: it ends a test that would hang. */
#define PATIENCE_MSEC 10000

struct http_server {
	struct loop *loop;
	struct server *server;
	struct loop_source *waker;
	pthread_t thread;
	int port;
	void (*task)(struct http_server *server); /* done in the loop's thread, then NULL */
	_Atomic int done;
};

static inline int port_listen(int *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return -1;
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static inline int port_connect(int port, int receive_buffer)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons((uint16_t)port);
	if (receive_buffer > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : fd;
}

static inline void say(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t r = send(fd, p, n, MSG_NOSIGNAL);

		if (r <= 0)
			return;
		p += r;
		n -= (size_t)r;
	}
}

/* Reads until the other side closes, @wanted shows up, or patience ends.  Bytes read; -1: it never closed. */
static inline ssize_t hear(int fd, char *buf, size_t size, const char *wanted)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	buf[0] = '\0';
	while (n + 1 < size) {
		ssize_t r;

		if (poll(&p, 1, PATIENCE_MSEC) <= 0)
			return -1;
		r = recv(fd, buf + n, size - n - 1, 0);
		if (r <= 0)
			return (ssize_t)n;
		n += (size_t)r;
		buf[n] = '\0';
		if (wanted && memmem(buf, n, wanted, strlen(wanted)))
			return (ssize_t)n;
	}
	return (ssize_t)n;
}

static inline void *http_server_thread(void *arg)
{
	loop_run(((struct http_server *)arg)->loop);
	return NULL;
}

static inline void http_server_task(void *arg)
{
	struct http_server *server = arg;

	if (server->task)
		server->task(server);
	server->task = NULL;
	server->done = 1;
}

/* Has @task done in the server's thread, and waits for it. */
static inline void http_server_do(struct http_server *server, void (*task)(struct http_server *server))
{
	server->done = 0;
	server->task = task;
	loop_wake(server->waker);
	while (!server->done)
		poll(NULL, 0, 1);
}

static inline int http_server_start(struct http_server *server, const struct server_limits *limits, gid_t operators,
				    const struct server_user *user)
{
	int fd;

	if (loop_new(&server->loop) < 0 || loop_waker(server->loop, http_server_task, server, &server->waker) < 0 ||
	    server_new(loop_base(server->loop), limits, operators, user, &server->server) < 0)
		return -1;
	fd = port_listen(&server->port);
	if (fd < 0 || server_listen(server->server, fd, SERVER_TCP, "tenken.example") < 0)
		return -1;
	return pthread_create(&server->thread, NULL, http_server_thread, server);
}

static inline void http_server_stop(struct http_server *server)
{
	loop_stop(server->loop);
	pthread_join(server->thread, NULL);
	server_free(server->server);
	loop_drop(server->waker);
	loop_free(server->loop);
}
