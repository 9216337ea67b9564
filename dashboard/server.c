#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "core/clock.h"
#include "core/log.h"
#include "dashboard/server_parts.h"

const struct server_limits server_limits_usual = {
	.connections = { [SERVER_TCP] = 200, [SERVER_UNIX] = 64 },
	.streams = 64,
	.output = 262144,
	.bodies = 32 << 20,
	.head = SECONDS(10),
	.body = SECONDS(30),
	.idle = SECONDS(30),
	.wait = SECONDS(10),
	.answer = SECONDS(30),
	.sweep = MSEC(500),
};

#define LINGER_BYTES 1048576

void connection_free(struct connection *connection)
{
	struct listener *listener = connection->listener;

	if (connection->state == CONNECTION_STREAMING)
		listener->server->stats.streams--;
	if (connection->ticket)
		connection->ticket->connection = NULL;
	if (connection->next)
		connection->next->at = connection->at;
	*connection->at = connection->next;
	bufferevent_free(connection->be);
	request_forget(connection);
	free(connection);

	listener->open--;
	listener->server->stats.open--;
	if (listener->paused && listener->listener) {
		listener->paused = false;
		evconnlistener_enable(listener->listener);
	}
}

static void on_read(struct bufferevent *be, void *arg)
{
	struct connection *connection = arg;
	struct evbuffer *in = bufferevent_get_input(be);

	if (connection->state == CONNECTION_READING) {
		request_read(connection);
	} else if (connection->state == CONNECTION_BODY) {
		body_read(connection);
	} else if (connection->state == CONNECTION_STREAMING || connection->state == CONNECTION_CLOSING) {
		connection->discarded += evbuffer_get_length(in);
		evbuffer_drain(in, evbuffer_get_length(in));
		if (connection->discarded > LINGER_BYTES)
			connection_free(connection);
	}
}

/* The answer is out. */
static void on_written(struct bufferevent *be, void *arg)
{
	struct connection *connection = arg;
	struct server *server = connection->listener->server;

	if (connection->state != CONNECTION_WRITING)
		return;

	if (connection->keep) {
		connection->state = CONNECTION_READING;
		connection->deadline = clock_monotonic() + server->limits.idle;
		request_read(connection);
		if (connection->state == CONNECTION_READING && connection->eof)
			connection_free(connection);
		return;
	}
	if (connection->eof) {
		connection_free(connection);
		return;
	}
	if (connection->tls)
		SSL_shutdown(bufferevent_openssl_get_ssl(be));
	shutdown(bufferevent_getfd(be), SHUT_WR);
	connection->state = CONNECTION_CLOSING;
	connection->deadline = clock_monotonic() + SECONDS(2);
	on_read(be, connection);
}

static void on_event(struct bufferevent *be, short what, void *arg)
{
	struct connection *connection = arg;

	if (what & BEV_EVENT_CONNECTED)
		return; /* a handshake is done */
	/* Who has only closed his side still gets his answer. */
	if (what & BEV_EVENT_EOF &&
	    (connection->state == CONNECTION_WAITING || connection->state == CONNECTION_WRITING)) {
		connection->eof = true;
		return;
	}
	connection_free(connection);
}

/* The handshake falls into the time that a head has. */
static struct bufferevent *tls_bufferevent(struct server *server, int fd)
{
	SSL *ssl = SSL_new(server->tls);
	struct bufferevent *be;

	if (!ssl)
		return NULL;
	be = bufferevent_openssl_socket_new(server->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (!be) {
		SSL_free(ssl);
		return NULL;
	}
	/* Browsers leave without saying goodbye; every answer says how long it is, so none can be cut short unnoticed. */
	bufferevent_openssl_set_allow_dirty_shutdown(be, 1);
	return be;
}

static struct connection *connection_new(struct listener *listener, int fd)
{
	struct server *server = listener->server;
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return NULL;
	connection->tls = listener->kind == SERVER_TCP && server->tls;
	connection->be = connection->tls ? tls_bufferevent(server, fd)
					 : bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!connection->be) {
		free(connection);
		return NULL;
	}

	connection->listener = listener;
	connection->exchange.kind = listener->kind;
	connection->deadline = clock_monotonic() + server->limits.head;
	connection->at = &server->connections;
	connection->next = server->connections;
	if (connection->next)
		connection->next->at = &connection->next;
	server->connections = connection;
	return connection;
}

static void pause_listener(struct listener *listener)
{
	listener->paused = true;
	evconnlistener_disable(listener->listener);
}

static void on_accept(struct evconnlistener *evl, evutil_socket_t fd, struct sockaddr *address, int length, void *arg)
{
	struct listener *listener = arg;
	struct server *server = listener->server;
	struct connection *connection = NULL;
	int on = 1;

	if (listener->open < server->limits.connections[listener->kind])
		connection = connection_new(listener, fd);
	if (!connection) {
		close(fd);
		return;
	}

	server->stats.accepted++;
	server->stats.open++;
	if (++listener->open >= server->limits.connections[listener->kind])
		pause_listener(listener);
	if (listener->kind == SERVER_TCP)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	peer_read(connection, fd);
	bufferevent_setcb(connection->be, on_read, on_written, on_event, connection);
	bufferevent_setwatermark(connection->be, EV_READ, 0, HEAD_MAX + 1);
	bufferevent_enable(connection->be, EV_READ | EV_WRITE);
}

/* No descriptor left: a listener that stays on would spin.  The sweep tries again. */
static void on_accept_error(struct evconnlistener *evl, void *arg)
{
	struct listener *listener = arg;
	static usec_t said;

	listener->server->stats.accept_errors++;
	pause_listener(listener);
	if (said == 0 || clock_monotonic() - said > SECONDS(60)) {
		said = clock_monotonic();
		log_warn("http", "cannot accept connections: %s; trying again", strerror(errno));
	}
}

static void late(struct connection *connection)
{
	struct server *server = connection->listener->server;

	server->stats.timeouts++;
	if (connection->state == CONNECTION_WAITING) {
		connection->ticket->connection = NULL;
		connection->ticket = NULL;
		connection->keep = false;
		connection_refuse(connection, 504, NULL, NULL);
	} else if (connection->state == CONNECTION_BODY ||
		   (connection->state == CONNECTION_READING &&
		    evbuffer_get_length(bufferevent_get_input(connection->be)) > 0)) {
		connection->keep = connection->head_only = false;
		request_forget(connection);
		connection_refuse(connection, 408, NULL, NULL);
	} else {
		connection_free(connection);
	}
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct server *server = arg;
	usec_t now = clock_monotonic();
	struct connection *next;

	for (struct connection *connection = server->connections; connection; connection = next) {
		next = connection->next;
		if (connection->state != CONNECTION_STREAMING && now > connection->deadline)
			late(connection);
		else if (connection->state == CONNECTION_STREAMING && connection->exchange.expires > 0 &&
			 clock_now() >= connection->exchange.expires)
			connection_free(connection);
	}
	for (int i = 0; i < SERVER_KINDS; i++) {
		struct listener *listener = &server->listeners[i];

		if (listener->paused && listener->open < server->limits.connections[i]) {
			listener->paused = false;
			evconnlistener_enable(listener->listener);
		}
	}
}

int server_new(struct event_base *base, const struct server_limits *limits, gid_t operators,
	       const struct server_user *user, struct server **ret)
{
	_cleanup_(server_freep) struct server *server = calloc(1, sizeof(*server));
	struct timeval tv = { limits->sweep / 1000000, limits->sweep % 1000000 };

	if (!server)
		return -ENOMEM;

	server->base = base;
	server->limits = *limits;
	server->operators = operators;
	server->user = *user;
	server->sweep = event_new(base, -1, EV_PERSIST, on_sweep, server);
	if (!server->sweep || event_add(server->sweep, &tv) < 0)
		return -ENOMEM;

	*ret = TAKE(server);
	return 0;
}

void server_free(struct server *server)
{
	if (!server)
		return;

	for (int i = 0; i < SERVER_KINDS; i++)
		if (server->listeners[i].listener) {
			evconnlistener_free(server->listeners[i].listener);
			server->listeners[i].listener = NULL;
		}
	while (server->connections)
		connection_free(server->connections);
	if (server->sweep)
		event_free(server->sweep);
	SSL_CTX_free(server->tls);
	free(server->host);
	free(server);
}

int server_listen(struct server *server, int fd, enum server_kind kind, const char *host)
{
	struct listener *listener = &server->listeners[kind];

	if (host) {
		server->host = strdup(host);
		if (!server->host) {
			close(fd);
			return -ENOMEM;
		}
	}
	evutil_make_socket_nonblocking(fd);
	listener->server = server;
	listener->kind = kind;
	listener->listener = evconnlistener_new(server->base, on_accept, listener,
						LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1, fd);
	if (!listener->listener) {
		close(fd);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(listener->listener, on_accept_error);
	return 0;
}

void server_tls(struct server *server, SSL_CTX *ctx)
{
	SSL_CTX_up_ref(ctx);
	SSL_CTX_free(server->tls);
	server->tls = ctx;
}

void server_stats(const struct server *server, struct server_stats *ret)
{
	*ret = server->stats;
}
