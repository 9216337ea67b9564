/* What server.c and answer.c share: the state of one connection.  Nobody else includes it. */
#pragma once

#include <event2/bufferevent.h>

#include "dashboard/server.h"

enum connection_state {
	CONNECTION_READING,   /* waits for a whole head */
	CONNECTION_BODY,      /* waits for the rest of a body */
	CONNECTION_WAITING,   /* its answer is deferred: ticket */
	CONNECTION_WRITING,   /* its answer is on the way */
	CONNECTION_STREAMING, /* an event stream */
	CONNECTION_CLOSING,   /* said all; reads on for a moment, so that the answer is not lost by a reset */
};

struct listener {
	struct server *server;
	struct evconnlistener *listener;
	enum server_kind kind;
	size_t open;
	bool paused;
};

struct connection {
	struct exchange exchange; /* first: what handlers get */
	struct connection *next, **at;
	struct listener *listener;
	struct bufferevent *be;
	enum connection_state state;
	struct ticket *ticket;
	char *bytes; /* the head that is answered, owned */
	char *body;  /* exchange.head.size bytes, exchange.body.n of them are there; owned */
	usec_t deadline;
	bool keep, eof, head_only, tls;
	size_t discarded;
};

struct ticket {
	struct connection *connection; /* NULL: nobody waits any more */
};

struct server {
	struct event_base *base;
	struct server_limits limits;
	gid_t operators;
	struct server_user user;
	struct ssl_ctx_st *tls; /* for connections over TCP that begin from now on; NULL: plain */
	size_t bodies;          /* bytes held for bodies */
	struct listener listeners[SERVER_KINDS];
	char *host;
	struct event *sweep;
	struct connection *connections;
	struct server_stats stats;
};

void connection_free(struct connection *connection);
/* Writes @reply; the connection is WRITING afterwards. */
void connection_answer(struct connection *connection, const struct reply *reply);
void connection_refuse(struct connection *connection, int status, const char *detail_ja, const char *detail_en);

/* peer.c: role, who and addresses of a connection on @fd. */
void peer_read(struct connection *connection, int fd);

/* request.c: reads heads and bodies and has them answered. */
void request_read(struct connection *connection);
/* More of a body came. */
void body_read(struct connection *connection);
/* Forgets head and body of the request before. */
void request_forget(struct connection *connection);
