/*
 * A small HTTP/1.1 server over bufferevents.  evhttp is not used: it takes what head.c must refuse, and hides the bytes by
 * which one would notice (tests/test_guard.c has the list).  Knows nothing of Tenken: one handler gets every request that was
 * understood.  Every wait has a deadline of its own, every number of things a cap.
 */
#pragma once

#include "core/base.h"
#include "dashboard/head.h"

struct event_base;
struct evconnlistener;
struct server;

/* Each may what the one before it may; metrics are the counters alone. */
enum role { ROLE_NONE, ROLE_METRICS, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };
enum server_kind { SERVER_TCP, SERVER_UNIX, SERVER_KINDS };

struct server_limits {
	size_t connections[SERVER_KINDS];
	size_t streams;
	size_t output;                         /* bytes that a stream may lag behind */
	size_t bodies;                         /* bytes of all bodies that are being read */
	usec_t head, body, idle, wait, answer; /* until a head, then its body is whole; between requests; for a deferred
						  answer; to send it */
	usec_t sweep;                          /* how often deadlines are looked at */
};
extern const struct server_limits server_limits_usual;

/* One request.  Valid until its answer; @head and @body borrow from it. */
struct exchange {
	struct head head;
	struct str body;
	const char *allow; /* for 405: which methods there are; NULL: those that read */
	enum role role;
	enum server_kind kind;
	char who[64];   /* "uid 0", "loopback", "token 3 (name)": for the audit trail */
	char peer[48];  /* address of the other side, "" on the UNIX socket */
	bool loopback;  /* it is this machine */
	char local[48]; /* address of this side, as in a Host field */
	usec_t expires; /* wall clock: until then the role holds; 0: as long as the connection */
};

struct reply {
	int status;
	const char *type;  /* media type */
	struct str body;   /* borrowed */
	struct str gzip;   /* the same coded, borrowed; empty: it is coded when that is asked for */
	const char *etag;  /* with its quotes; NULL: none.  Coded, it has "-g" behind */
	const char *cache; /* NULL: no-store */
	const char *allow; /* for 405 */
	const char *file;  /* to be kept under this name: letters, digits, dots and dashes only; NULL: to be shown */
};

/* An answer that is given later; exactly one ticket_reply() must follow, also when nobody waits for it any more. */
struct ticket;

struct server_stats {
	uint64_t accepted, requests, refused, timeouts, dropped_streams, accept_errors;
	size_t open, streams;
};

/* Who understands the requests. */
struct server_user {
	/* Answers with exchange_reply(), exchange_refuse(), exchange_defer() or exchange_stream(), exactly one, before it returns. */
	void (*handle)(void *arg, struct exchange *exchange);
	/*
	 * Sets role and who of a request over TCP from its head: 0, or the status to refuse with.  NULL: all are viewers.
	 */
	int (*identify)(void *arg, struct exchange *exchange);
	/*
	 * A head of POST, PUT or DELETE, before its body: true has the body read, then it is handled; otherwise it was
	 * refused with exchange_refuse() here.  NULL: nothing can be written, 405.
	 */
	bool (*admit)(void *arg, struct exchange *exchange);
	void *arg;
};

/* @operators: the group whose members are that on the UNIX socket; (gid_t)-1: there is none. */
int server_new(struct event_base *base, const struct server_limits *limits, gid_t operators,
	       const struct server_user *user, struct server **ret);
/* Closes everything; tickets stay valid and lead nowhere. */
void server_free(struct server *server);
DEFINE_CLEANUP(struct server, server_free)

/* Takes over the listening descriptor @fd, also on failure.  @host: a further name that requests may be for, or NULL. */
int server_listen(struct server *server, int fd, enum server_kind kind, const char *host);

/*
 * Connections over TCP that begin from now on speak TLS with @ctx (takes a reference); those that are open go on with what they
 * have.  Before server_listen(), then whenever there is another certificate.
 */
struct ssl_ctx_st;
void server_tls(struct server *server, struct ssl_ctx_st *ctx);

void exchange_reply(struct exchange *exchange, const struct reply *reply);
/* application/problem+json for @status, in both languages; @detail_ja and @detail_en may be NULL. */
void exchange_refuse(struct exchange *exchange, int status, const char *detail_ja, const char *detail_en);
/* The same with more members beside: @errors is a JSON array [{"field","text"}], which it takes over. */
struct json_t;
void exchange_refuse_errors(struct exchange *exchange, int status, const char *detail_ja, const char *detail_en,
			    struct json_t *errors);
struct ticket *exchange_defer(struct exchange *exchange); /* NULL: memory is out, the exchange is answered */
void ticket_reply(struct ticket *ticket, const struct reply *reply);
void ticket_refuse(struct ticket *ticket, int status, const char *detail_ja, const char *detail_en);
void ticket_refuse_errors(struct ticket *ticket, int status, const char *detail_ja, const char *detail_en,
			  struct json_t *errors);
/* Starts an event stream with @first.  Later text comes by server_broadcast(). */
void exchange_stream(struct exchange *exchange, struct str first);
void server_broadcast(struct server *server, struct str text);
/* Ends all streams over TCP: whoever may still listen comes back. */
void server_streams_end(struct server *server);

void server_stats(const struct server *server, struct server_stats *ret);
