/*
 * From bytes to a request: a head, whether it is for us and allowed, and the body that a write has.  A body is read only for
 * who was admitted by the head, and ends where its length says.
 */

#include <stdlib.h>

#include <event2/buffer.h>

#include "core/clock.h"
#include "core/text.h"
#include "dashboard/server_parts.h"
#include "dashboard/tls.h"

void request_forget(struct connection *connection)
{
	struct exchange *exchange = &connection->exchange;

	if (connection->body)
		connection->listener->server->bodies -= exchange->head.size;
	free(connection->bytes);
	free(connection->body);
	connection->bytes = connection->body = NULL;
	exchange->head = (struct head){ 0 };
	exchange->body = (struct str){ 0 };
	exchange->allow = NULL;
}

/* An address is no name that somebody's DNS could lead here; a name is ours when the certificate says so. */
static bool host_known(const struct connection *connection, struct str host)
{
	const struct server *server = connection->listener->server;

	return (connection->tls && tls_serves(server->tls, host)) ||
	       str_ieq(host, str_of(connection->exchange.local)) || str_ieq(host, STR("127.0.0.1")) ||
	       str_ieq(host, STR("[::1]")) || str_ieq(host, STR("localhost")) ||
	       (server->host && str_ieq(host, str_of(server->host)));
}

/* Sent by a page that is not ours?  Programs say neither; a browser says at least one of them with every write. */
static bool from_elsewhere(const struct connection *connection)
{
	const struct head *head = &connection->exchange.head;
	struct str origin = head->origin, scheme = connection->tls ? STR("https://") : STR("http://");

	if (head->fetch_site.n > 0 && !str_ieq(head->fetch_site, STR("same-origin")))
		return true;
	if (!origin.p)
		return false;
	return !str_istarts(origin, scheme) || !str_ieq(str_from(origin, scheme.n), head->authority);
}

/* What was understood, but is not for us, or not for this peer.  0: go on. */
static int refusal(const struct connection *connection)
{
	const struct exchange *exchange = &connection->exchange;
	const struct head *head = &exchange->head;
	bool writes = head->method != HEAD_GET && head->method != HEAD_HEAD;
	bool foreign = str_ieq(head->fetch_site, STR("cross-site")) || str_ieq(head->fetch_site, STR("same-site"));

	/* Another site's name that leads here by its DNS (rebinding) would make our answers readable to its scripts. */
	if (exchange->kind == SERVER_TCP && !host_known(connection, head->host))
		return 421;
	if (exchange->role == ROLE_NONE && exchange->kind == SERVER_UNIX)
		return 403;
	/* A link on another page may open the page, and nothing else. */
	if (foreign && (writes || !(str_eq(head->path, STR("/")) && str_ieq(head->fetch_mode, STR("navigate")))))
		return 403;
	if (head->method == HEAD_OTHER || (writes && !connection->listener->server->user.admit))
		return 405;
	return writes && from_elsewhere(connection) ? 403 : 0;
}

static void request_handle(struct connection *connection)
{
	struct server *server = connection->listener->server;

	server->user.handle(server->user.arg, &connection->exchange);
}

/* The body is whole, or there is none: what comes behind it is the next request. */
void body_read(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->be);
	struct exchange *exchange = &connection->exchange;
	size_t wanted = exchange->head.size - exchange->body.n;
	int n = wanted > 0 ? evbuffer_remove(in, connection->body + exchange->body.n, wanted) : 0;

	exchange->body.p = connection->body;
	exchange->body.n += n > 0 ? (size_t)n : 0;
	if (exchange->body.n == exchange->head.size)
		request_handle(connection);
}

/* Makes room for the body of a write that was admitted. */
static void body_begin(struct connection *connection)
{
	struct server *server = connection->listener->server;
	size_t size = connection->exchange.head.size;

	if (server->bodies + size <= server->limits.bodies)
		connection->body = malloc(size + 1);
	if (!connection->body) {
		connection_refuse(connection, 503, NULL, NULL);
		return;
	}
	server->bodies += size;
	connection->keep = connection->exchange.head.keep;
	connection->state = CONNECTION_BODY;
	connection->deadline = clock_monotonic() + server->limits.body;
	if (connection->exchange.head.expects && size > 0)
		evbuffer_add_printf(bufferevent_get_output(connection->be), "HTTP/1.1 100 Continue\r\n\r\n");
	body_read(connection);
}

static void request_judge(struct connection *connection)
{
	struct server *server = connection->listener->server;
	struct exchange *exchange = &connection->exchange;
	bool body = exchange->head.size > 0;
	int r = refusal(connection);

	if (r == 0 && exchange->kind == SERVER_TCP && server->user.identify)
		r = server->user.identify(server->user.arg, exchange);
	/* Behind a body that nobody reads there is no next request. */
	connection->keep = exchange->head.keep && !body && r != 421;
	connection->head_only = exchange->head.method == HEAD_HEAD;
	if (r > 0) {
		connection_refuse(connection, r, r == 403 && body ? text_ja(TEXT_http_elsewhere) : NULL,
				  r == 403 && body ? text_en(TEXT_http_elsewhere) : NULL);
		return;
	}
	if (exchange->head.method == HEAD_GET || exchange->head.method == HEAD_HEAD)
		request_handle(connection);
	else if (server->user.admit(server->user.arg, exchange))
		body_begin(connection);
}

void request_read(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->be);
	struct server *server = connection->listener->server;
	size_t n = evbuffer_get_length(in);
	usec_t deadline;
	int r;

	request_forget(connection);
	n = n > HEAD_MAX + 1 ? HEAD_MAX + 1 : n;
	r = head_read((struct str){ (const char *)evbuffer_pullup(in, (ssize_t)n), n }, &connection->exchange.head);
	if (r == 0) {
		deadline = clock_monotonic() + server->limits.head;
		if (n > 0 && deadline < connection->deadline)
			connection->deadline = deadline;
		return;
	}

	server->stats.requests++;
	connection->keep = connection->head_only = false;
	if (r > 0)
		connection->bytes = malloc((size_t)r);
	if (!connection->bytes) {
		request_forget(connection);
		connection_refuse(connection, r < 0 ? -r : 503, NULL, NULL);
		return;
	}

	/* The copy is what the head borrows from, for as long as it is answered. */
	evbuffer_remove(in, connection->bytes, (size_t)r);
	head_read((struct str){ connection->bytes, (size_t)r }, &connection->exchange.head);
	request_judge(connection);
}
