/*
 * Connections.  All share one block to read into: what a connection leaves unfinished is put back before it next time, so ten
 * thousand quiet ones cost no buffer.  Limits: connections, connections of one address, bytes left unfinished in all.
 */

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "collectors/syslog_parts.h"
#include "core/clock.h"

#define HEADROOM (SYSLOG_LINE_MAX + 64) /* the most that is held of one message, with its count */
#define ACCEPTS 64                      /* at a time */

int syslog_tcp_open(struct syslog *sys, const char *where, struct diag *diag)
{
	sys->block = malloc(HEADROOM + SYSLOG_READ);
	sys->conns = calloc(sys->max_conns, sizeof(*sys->conns));
	if (!sys->block || !sys->conns)
		return diag_set(diag, -ENOMEM, "syslog: no memory for connections");
	sys->tcp = syslog_listen(sys, where, SOCK_STREAM, &sys->tcp, diag);
	return sys->tcp < 0 ? sys->tcp : 0;
}

static void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	if (conn->fd >= 0)
		close(conn->fd);
	free(conn->held);
	free(conn);
}

static void conn_close(struct syslog *sys, struct conn *conn)
{
	for (size_t i = 0; i < sys->n_conns; i++) {
		if (sys->conns[i] == conn) {
			sys->conns[i] = sys->conns[--sys->n_conns];
			break;
		}
	}
	sys->held -= conn->size;
	if (sys->stalled == conn)
		sys->stalled = NULL;
	conn_free(conn);
}

static void conn_release(struct syslog *sys, struct conn *conn)
{
	free(conn->held);
	sys->held -= conn->size;
	conn->held = NULL;
	conn->n = conn->size = 0;
}

/* Keeps @data, which may lie in what is held already, for the next read. */
static int conn_hold(struct syslog *sys, struct conn *conn, struct str data)
{
	size_t size = conn->size ? conn->size : 256;
	char *held;

	if (data.n == 0) {
		conn->n = 0;
		if (conn->size > 4096)
			conn_release(sys, conn);
		return 0;
	}
	while (size < data.n)
		size *= 2;
	if (size > conn->size) {
		if (sys->held + size - conn->size > SYSLOG_HELD)
			return -ENOBUFS;
		held = malloc(size);
		if (!held)
			return -ENOMEM;
		memcpy(held, data.p, data.n);
		free(conn->held);
		sys->held += size - conn->size;
		conn->held = held;
		conn->size = size;
	} else {
		memmove(conn->held, data.p, data.n);
	}
	conn->n = data.n;
	return 0;
}

/* What keeps the connection from going on: it is closed, and somebody should know why. */
static void conn_lost(struct syslog *sys, struct conn *conn, enum frame_answer answer, struct diag *diag)
{
	conn->ended = true;
	sys->stats.malformed++;
	if (answer == FRAME_TLS)
		diag_set(diag, 0,
			 "syslog: %s speaks TLS to the plain port and was disconnected; set it to plain TCP, or put a "
			 "TLS receiver (such as rsyslog) in front",
			 conn->peer);
	else
		diag_set(diag, 0, "syslog: %s sent a message length that is none and was disconnected", conn->peer);
}

/* Hands on all whole messages of @data and holds the rest.  Records taken; negative when the sink took no more. */
static int conn_take(struct syslog *sys, struct conn *conn, struct str data, struct sink *out, struct diag *diag)
{
	struct str peer = str_of(conn->peer);
	usec_t received = clock_now();
	int taken = 0;

	while (!conn->stalled) {
		struct frame before = conn->frame;
		struct frame_message message;
		struct str rest = data;
		enum frame_answer answer = frame_next(&conn->frame, &data, conn->ended, &message);
		int r = 0;

		if (answer == FRAME_MESSAGE) {
			r = syslog_speak(sys, out, message.text, peer, received, message.cut);
			taken++;
		} else if (answer == FRAME_EMPTY) {
			sys->stats.malformed++;
		} else if (answer == FRAME_MORE) {
			break;
		} else {
			conn_lost(sys, conn, answer, diag);
			return taken;
		}
		if (r < 0) {
			conn->frame = before;
			conn->stalled = true;
			sys->stalled = conn;
			return conn_hold(sys, conn, rest) < 0 ? -ENOMEM : r;
		}
	}
	if (conn_hold(sys, conn, data) < 0) {
		conn->ended = true;
		sys->stats.dropped++;
		diag_set(diag, 0, "syslog: too much unfinished text is held; %s was disconnected", conn->peer);
	}
	return taken;
}

int syslog_tcp_retry(struct syslog *sys, struct sink *out, struct diag *diag)
{
	struct conn *conn = sys->stalled;
	int r;

	if (!conn)
		return 0;
	conn->stalled = false;
	sys->stalled = NULL;
	r = conn_take(sys, conn, (struct str){ conn->held, conn->n }, out, diag);
	if (r >= 0 && conn->ended)
		conn_close(sys, conn);
	return r;
}

int syslog_tcp_read(struct syslog *sys, struct conn *conn, struct sink *out, struct diag *diag)
{
	char *start = sys->block + HEADROOM - conn->n;
	ssize_t n;
	int r;

	n = recv(conn->fd, sys->block + HEADROOM, sys->n_conns > 4 ? SYSLOG_READ / 4 : SYSLOG_READ, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* Reset or closed: both are an end, and what came before it counts. */
	conn->ended = n <= 0;
	conn->read_at = clock_monotonic();
	if (conn->n > 0)
		memcpy(start, conn->held, conn->n);
	r = conn_take(sys, conn, (struct str){ start, conn->n + (n > 0 ? (size_t)n : 0) }, out, diag);
	if (r >= 0 && conn->ended)
		conn_close(sys, conn);
	return r;
}

/* Half-open peers are found within ten minutes. */
static void keep_alive(int fd)
{
	int on = 1, idle = 300, every = 60, count = 5;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof(every));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

static void refuse(struct syslog *sys, const char *peer, const char *why, struct diag *diag)
{
	usec_t now = clock_monotonic();

	sys->stats.refused++;
	sys->refused_since++;
	if (sys->refused_told && now - sys->refused_told < MINUTES(1))
		return;
	diag_set(diag, 0, "syslog: a connection of %s was refused: %s; %llu since this was last said", peer, why,
		 (unsigned long long)sys->refused_since);
	sys->refused_told = now;
	sys->refused_since = 0;
}

static int conn_open(struct syslog *sys, int accepted, const union address *from, struct diag *diag)
{
	_cleanup_(base_closep) int fd = accepted;
	struct epoll_event event = { .events = EPOLLIN };
	char peer[PEER_MAX];
	struct conn *conn;
	size_t same = 0;

	syslog_peer(from, peer);
	for (size_t i = 0; i < sys->n_conns; i++)
		same += !strcmp(sys->conns[i]->peer, peer);
	if (sys->n_conns >= sys->max_conns || same >= sys->max_per_peer) {
		refuse(sys, peer,
		       same >= sys->max_per_peer ? "it has too many already (per_peer)"
						 : "there are too many (connections)",
		       diag);
		return 0;
	}
	conn = calloc(1, sizeof(*conn));
	if (!conn)
		return -ENOMEM;
	memcpy(conn->peer, peer, sizeof(peer));
	conn->read_at = clock_monotonic();
	conn->fd = fd;
	event.data.ptr = conn;
	keep_alive(fd);
	if (epoll_ctl(sys->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		free(conn);
		return -errno;
	}
	fd = -1;
	sys->conns[sys->n_conns++] = conn;
	sys->stats.connections++;
	return 0;
}

/* Descriptors or memory are used up: trying at once would only burn the processor. */
static void accept_pause(struct syslog *sys, bool pause)
{
	struct epoll_event event = { .events = pause ? 0 : EPOLLIN, .data.ptr = &sys->tcp };

	sys->accept_at = pause ? clock_monotonic() + SECONDS(1) : 0;
	epoll_ctl(sys->epoll, EPOLL_CTL_MOD, sys->tcp, &event);
}

int syslog_tcp_accept(struct syslog *sys, struct diag *diag)
{
	for (int i = 0; i < ACCEPTS; i++) {
		union address from;
		socklen_t size = sizeof(from);
		int fd = accept4(sys->tcp, &from.sa, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			refuse(sys, "somebody", strerror(errno), diag);
			accept_pause(sys, true);
			return 0;
		}
		if (fd < 0 && errno == EAGAIN)
			return 0;
		if (fd < 0) /* the peer has gone again */
			continue;
		if (conn_open(sys, fd, &from, diag) < 0)
			accept_pause(sys, true);
	}
	return 0;
}

int syslog_tcp_tick(struct syslog *sys, struct sink *out, usec_t now, struct diag *diag)
{
	if (sys->accept_at && now >= sys->accept_at)
		accept_pause(sys, false);
	for (size_t i = sys->n_conns; i-- > 0;) {
		struct conn *conn = sys->conns[i];
		int r;

		if (conn->n == 0 && conn->size > 0 && now - conn->read_at > SECONDS(10))
			conn_release(sys, conn);
		if (conn->n == 0 || now - conn->read_at < sys->idle)
			continue;
		conn->ended = true;
		r = conn_take(sys, conn, (struct str){ conn->held, conn->n }, out, diag);
		if (r < 0)
			return r;
		conn_close(sys, conn);
	}
	return 0;
}

void syslog_tcp_close(struct syslog *sys)
{
	while (sys->n_conns > 0)
		conn_close(sys, sys->conns[sys->n_conns - 1]);
	if (sys->tcp >= 0)
		close(sys->tcp);
	sys->tcp = -1;
	free(sys->conns);
	free(sys->block);
	sys->conns = NULL;
	sys->block = NULL;
}
