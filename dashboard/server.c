#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "core/clock.h"
#include "core/log.h"
#include "dashboard/server_parts.h"

const struct server_limits server_limits_usual = {
	.connections = { [SERVER_TCP] = 200, [SERVER_UNIX] = 64 },
	.streams = 64,
	.output = 262144,
	.head = SECONDS(10),
	.idle = SECONDS(30),
	.wait = SECONDS(10),
	.answer = SECONDS(30),
	.sweep = MSEC(500),
};

#define LINGER_BYTES 1048576
#define GROUPS_MAX 1024

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
	free(connection->bytes);
	free(connection);

	listener->open--;
	listener->server->stats.open--;
	if (listener->paused && listener->listener) {
		listener->paused = false;
		evconnlistener_enable(listener->listener);
	}
}

static bool host_known(const struct server *server, struct str host)
{
	return str_ieq(host, STR("127.0.0.1")) || str_ieq(host, STR("[::1]")) || str_ieq(host, STR("localhost")) ||
	       (server->host && str_ieq(host, str_of(server->host)));
}

/* What was understood, but is not for us, or not for this peer.  0: go on. */
static int refusal(const struct connection *connection)
{
	const struct exchange *exchange = &connection->exchange;
	const struct head *head = &exchange->head;
	bool foreign = str_ieq(head->fetch_site, STR("cross-site")) || str_ieq(head->fetch_site, STR("same-site"));

	/* Another site's name that leads here by its DNS (rebinding) would make our answers readable to its scripts. */
	if (exchange->kind == SERVER_TCP && !host_known(connection->listener->server, head->host))
		return 421;
	if (exchange->role == ROLE_NONE)
		return 403;
	/* A link on another page may open the page, and nothing else. */
	if (foreign && !(str_eq(head->path, STR("/")) && str_ieq(head->fetch_mode, STR("navigate"))))
		return 403;
	if (head->method == HEAD_OTHER)
		return 405;
	return 0;
}

/* Reads one head, when it is whole, and has it answered. */
static void request_read(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->be);
	struct server *server = connection->listener->server;
	size_t n = evbuffer_get_length(in);
	usec_t deadline;
	int r;

	n = n > HEAD_MAX + 1 ? HEAD_MAX + 1 : n;
	r = head_read((struct str){ (const char *)evbuffer_pullup(in, (ssize_t)n), n }, &connection->exchange.head);
	if (r == 0) {
		deadline = clock_monotonic() + server->limits.head;
		if (n > 0 && deadline < connection->deadline)
			connection->deadline = deadline;
		return;
	}

	server->stats.requests++;
	free(connection->bytes);
	connection->bytes = NULL;
	connection->keep = connection->head_only = false;
	if (r > 0)
		connection->bytes = malloc((size_t)r);
	if (!connection->bytes) {
		connection->exchange.head = (struct head){ 0 };
		connection_refuse(connection, r < 0 ? -r : 503, NULL, NULL);
		return;
	}

	/* The copy is what the head borrows from, for as long as it is answered. */
	evbuffer_remove(in, connection->bytes, (size_t)r);
	head_read((struct str){ connection->bytes, (size_t)r }, &connection->exchange.head);
	connection->keep = connection->exchange.head.keep;
	connection->head_only = connection->exchange.head.method == HEAD_HEAD;
	r = refusal(connection);
	if (r > 0) {
		connection->keep = connection->keep && r != 421;
		connection_refuse(connection, r, NULL, NULL);
		return;
	}
	server->handle(server->arg, &connection->exchange);
}

static void on_read(struct bufferevent *be, void *arg)
{
	struct connection *connection = arg;
	struct evbuffer *in = bufferevent_get_input(be);

	if (connection->state == CONNECTION_READING) {
		request_read(connection);
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
	shutdown(bufferevent_getfd(be), SHUT_WR);
	connection->state = CONNECTION_CLOSING;
	connection->deadline = clock_monotonic() + SECONDS(2);
	on_read(be, connection);
}

static void on_event(struct bufferevent *be, short what, void *arg)
{
	struct connection *connection = arg;

	/* Who has only closed his side still gets his answer. */
	if (what & BEV_EVENT_EOF &&
	    (connection->state == CONNECTION_WAITING || connection->state == CONNECTION_WRITING)) {
		connection->eof = true;
		return;
	}
	connection_free(connection);
}

static bool in_group(int fd, gid_t primary, gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (wanted == (gid_t)-1)
		return false;
	if (primary == wanted)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

static void peer_read(struct connection *connection, int fd)
{
	struct exchange *exchange = &connection->exchange;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	exchange->role = ROLE_NONE;
	if (exchange->kind == SERVER_TCP) {
		exchange->role = ROLE_VIEWER;
		snprintf(exchange->who, sizeof(exchange->who), "loopback");
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return;
	snprintf(exchange->who, sizeof(exchange->who), "uid %u", (unsigned)peer.uid);
	if (peer.uid == 0 || peer.uid == geteuid())
		exchange->role = ROLE_ADMIN;
	else if (in_group(fd, peer.gid, connection->listener->server->operators))
		exchange->role = ROLE_OPERATOR;
}

static struct connection *connection_new(struct listener *listener, int fd)
{
	struct server *server = listener->server;
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return NULL;
	connection->be = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
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
	} else if (connection->state == CONNECTION_READING &&
		   evbuffer_get_length(bufferevent_get_input(connection->be)) > 0) {
		connection->keep = connection->head_only = false;
		connection->exchange.head = (struct head){ 0 };
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
	       void (*handle)(void *arg, struct exchange *exchange), void *arg, struct server **ret)
{
	_cleanup_(server_freep) struct server *server = calloc(1, sizeof(*server));
	struct timeval tv = { limits->sweep / 1000000, limits->sweep % 1000000 };

	if (!server)
		return -ENOMEM;

	server->base = base;
	server->limits = *limits;
	server->operators = operators;
	server->handle = handle;
	server->arg = arg;
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

void server_stats(const struct server *server, struct server_stats *ret)
{
	*ret = server->stats;
}
