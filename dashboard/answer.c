/* Writes answers: heads with everything that a browser needs to be told, bodies, problems, event streams. */

#include <string.h>
#include <time.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "core/clock.h"
#include "core/text.h"
#include "dashboard/gzip.h"
#include "dashboard/server_parts.h"

/* No inline script or style, nothing from elsewhere, no frames, no forms. */
#define HEAD_ALWAYS                                                                                              \
	"X-Content-Type-Options: nosniff\r\n"                                                                    \
	"X-Frame-Options: DENY\r\n"                                                                              \
	"Referrer-Policy: no-referrer\r\n"                                                                       \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                                                            \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                                          \
	"Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"                                       \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
	"img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"

static const struct problem {
	int status;
	const char *phrase;
	enum text text;
} problems[] = {
	{ 400, "Bad Request", TEXT_http_bad_request },
	{ 401, "Unauthorized", TEXT_http_token },
	{ 403, "Forbidden", TEXT_http_forbidden },
	{ 404, "Not Found", TEXT_http_not_found },
	{ 405, "Method Not Allowed", TEXT_http_method },
	{ 408, "Request Timeout", TEXT_http_slow },
	{ 409, "Conflict", TEXT_http_conflict },
	{ 411, "Length Required", TEXT_http_length },
	{ 412, "Precondition Failed", TEXT_http_changed },
	{ 413, "Content Too Large", TEXT_http_too_large },
	{ 414, "URI Too Long", TEXT_http_too_large },
	{ 415, "Unsupported Media Type", TEXT_http_type },
	{ 417, "Expectation Failed", TEXT_http_bad_request },
	{ 421, "Misdirected Request", TEXT_http_host },
	{ 422, "Unprocessable Content", TEXT_http_unprocessable },
	{ 429, "Too Many Requests", TEXT_http_often },
	{ 431, "Request Header Fields Too Large", TEXT_http_too_large },
	{ 500, "Internal Server Error", TEXT_http_internal },
	{ 501, "Not Implemented", TEXT_http_bad_request },
	{ 503, "Service Unavailable", TEXT_http_busy },
	{ 504, "Gateway Timeout", TEXT_http_late },
	{ 505, "HTTP Version Not Supported", TEXT_http_bad_request },
};

static const struct problem *problem_of(int status)
{
	for (size_t i = 0; i < COUNT(problems); i++)
		if (problems[i].status == status)
			return &problems[i];
	return problem_of(500);
}

static const char *phrase_of(int status)
{
	return status == 200   ? "OK"
	       : status == 201 ? "Created"
	       : status == 304 ? "Not Modified"
			       : problem_of(status)->phrase;
}

/* What is sent of an answer: its bytes, their coding and their tag. */
struct sent {
	struct str body;
	bool varies, gzip;
	char etag[80];
};

/* Two codings of one answer are two representations, and so have two strong tags (RFC 9110 8.8.3.3). */
static void etag_write(const char *etag, bool gzip, char ret[static 80])
{
	size_t n = etag ? strlen(etag) : 0;

	ret[0] = '\0';
	if (n > 1)
		snprintf(ret, 80, "%.*s%s\"", (int)n - 1, etag, gzip ? "-g" : "");
}

/* The opaque tags of If-None-Match are compared weakly (RFC 9110 13.1.2).  @ret: the tag that is confirmed. */
static bool etag_matches(struct str wanted, const char *etag, char ret[static 80])
{
	while (etag && wanted.n > 0) {
		struct str one = str_trim(str_cut(&wanted, ','));

		if (str_starts(one, STR("W/")))
			one = str_from(one, 2);
		if (str_eq(one, STR("*")))
			return true;
		for (int gzip = 0; gzip < 2; gzip++) {
			char tag[80];

			etag_write(etag, gzip, tag);
			if (!str_eq(one, str_of(tag)))
				continue;
			memcpy(ret, tag, sizeof(tag));
			return true;
		}
	}
	return false;
}

/* What is read is coded when that is asked for and gains something; see gzip.c for what is not.  @packed: owned by the caller. */
static void sent_choose(const struct connection *connection, const struct reply *reply, int status, char **packed,
			struct sent *ret)
{
	const struct head *head = &connection->exchange.head;
	bool reads = head->method == HEAD_GET || head->method == HEAD_HEAD;
	size_t n = 0;

	*ret = (struct sent){ .body = reply->body };
	ret->varies = reads && reply->status == 200 && reply->body.n > GZIP_MIN && gzip_type(reply->type);
	if (ret->varies && status == 200 && gzip_wanted(head->accept_encoding)) {
		if (reply->gzip.n > 0) {
			ret->body = reply->gzip;
			ret->gzip = true;
		} else if (gzip_pack(reply->body, packed, &n) == 0) {
			ret->body = (struct str){ *packed, n };
			ret->gzip = true;
		}
	}
	etag_write(reply->etag, ret->gzip, ret->etag);
}

static void sent_head(struct evbuffer *out, const struct sent *sent, int status)
{
	if (sent->etag[0])
		evbuffer_add_printf(out, "ETag: %s\r\n", sent->etag);
	if (sent->varies)
		evbuffer_add_printf(out, "Vary: Accept-Encoding\r\n");
	if (sent->gzip)
		evbuffer_add_printf(out, "Content-Encoding: gzip\r\n");
}

static void head_write(struct connection *connection, const struct reply *reply, const struct sent *sent, int status,
		       const char *framing)
{
	struct evbuffer *out = bufferevent_get_output(connection->be);
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n%s" HEAD_ALWAYS "Cache-Control: %s\r\n", status,
			    phrase_of(status), date, framing, reply->cache ? reply->cache : "no-store");
	if (status != 304)
		evbuffer_add_printf(out, "Content-Type: %s\r\n", reply->type);
	if (reply->file && status == 200)
		evbuffer_add_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", reply->file);
	if (sent)
		sent_head(out, sent, status);
	if (status == 401)
		evbuffer_add_printf(out, "WWW-Authenticate: Bearer realm=\"tenken\"\r\n");
	if (status == 429)
		evbuffer_add_printf(out, "Retry-After: 60\r\n");
	if (reply->allow)
		evbuffer_add_printf(out, "Allow: %s\r\n", reply->allow);
	evbuffer_add_printf(out, "Connection: %s\r\n\r\n", connection->keep ? "keep-alive" : "close");
}

void connection_answer(struct connection *connection, const struct reply *reply)
{
	int status = reply->status;
	char framing[64] = "", tag[80] = "";
	_free_ char *packed = NULL;
	struct sent sent;

	if (status == 200 && etag_matches(connection->exchange.head.if_none_match, reply->etag, tag))
		status = 304;
	sent_choose(connection, reply, status, &packed, &sent);
	if (tag[0])
		memcpy(sent.etag, tag, sizeof(tag));
	if (status != 304)
		snprintf(framing, sizeof(framing), "Content-Length: %zu\r\n", sent.body.n);
	head_write(connection, reply, &sent, status, framing);
	if (status != 304 && !connection->head_only)
		evbuffer_add(bufferevent_get_output(connection->be), sent.body.p, sent.body.n);

	connection->state = CONNECTION_WRITING;
	connection->deadline = clock_monotonic() + connection->listener->server->limits.answer;
}

static void connection_refuse_errors(struct connection *connection, int status, const char *detail_ja,
				     const char *detail_en, json_t *errors)
{
	const struct problem *problem = problem_of(status);
	struct reply reply = { .status = status, .type = "application/problem+json" };
	_free_ char *body = NULL;
	json_t *json;

	/* RFC 9457 wants one string as title; both languages stand beside it. */
	json = json_pack("{s:s, s:i, s:s, s:{s:s, s:s}}", "type", "about:blank", "status", status, "title",
			 text_ja(problem->text), "text", "ja", detail_ja ? detail_ja : text_ja(problem->text), "en",
			 detail_en ? detail_en : text_en(problem->text));
	if (json && errors)
		json_object_set(json, "errors", errors);
	json_decref(errors);
	body = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	reply.body = body ? str_of(body) : STR("{}");
	if (status == 405)
		reply.allow = connection->exchange.allow ? connection->exchange.allow : "GET, HEAD";
	connection->listener->server->stats.refused++;
	connection_answer(connection, &reply);
}

void connection_refuse(struct connection *connection, int status, const char *detail_ja, const char *detail_en)
{
	connection_refuse_errors(connection, status, detail_ja, detail_en, NULL);
}

void exchange_refuse_errors(struct exchange *exchange, int status, const char *detail_ja, const char *detail_en,
			    json_t *errors)
{
	connection_refuse_errors((struct connection *)exchange, status, detail_ja, detail_en, errors);
}

void exchange_reply(struct exchange *exchange, const struct reply *reply)
{
	connection_answer((struct connection *)exchange, reply);
}

void exchange_refuse(struct exchange *exchange, int status, const char *detail_ja, const char *detail_en)
{
	connection_refuse((struct connection *)exchange, status, detail_ja, detail_en);
}

struct ticket *exchange_defer(struct exchange *exchange)
{
	struct connection *connection = (struct connection *)exchange;
	struct ticket *ticket = calloc(1, sizeof(*ticket));

	if (!ticket) {
		connection_refuse(connection, 503, NULL, NULL);
		return NULL;
	}

	ticket->connection = connection;
	connection->ticket = ticket;
	connection->state = CONNECTION_WAITING;
	connection->deadline = clock_monotonic() + connection->listener->server->limits.wait;
	return ticket;
}

/* Takes the connection off the ticket, which ends here; NULL when it is gone. */
static struct connection *ticket_take(struct ticket *ticket)
{
	struct connection *connection = ticket->connection;

	free(ticket);
	if (connection)
		connection->ticket = NULL;
	return connection;
}

void ticket_reply(struct ticket *ticket, const struct reply *reply)
{
	struct connection *connection = ticket_take(ticket);

	if (connection)
		connection_answer(connection, reply);
}

void ticket_refuse_errors(struct ticket *ticket, int status, const char *detail_ja, const char *detail_en,
			  json_t *errors)
{
	struct connection *connection = ticket_take(ticket);

	if (connection)
		connection_refuse_errors(connection, status, detail_ja, detail_en, errors);
	else
		json_decref(errors);
}

void ticket_refuse(struct ticket *ticket, int status, const char *detail_ja, const char *detail_en)
{
	ticket_refuse_errors(ticket, status, detail_ja, detail_en, NULL);
}

void exchange_stream(struct exchange *exchange, struct str first)
{
	struct connection *connection = (struct connection *)exchange;
	struct server *server = connection->listener->server;
	struct reply reply = { .status = 200, .type = "text/event-stream; charset=utf-8" };

	if (server->stats.streams >= server->limits.streams) {
		connection_refuse(connection, 503, NULL, NULL);
		return;
	}

	/* No length: the stream ends with the connection. */
	connection->keep = false;
	if (connection->head_only) {
		connection_answer(connection, &reply);
		return;
	}
	head_write(connection, &reply, NULL, 200, "");
	evbuffer_add(bufferevent_get_output(connection->be), first.p, first.n);
	connection->state = CONNECTION_STREAMING;
	server->stats.streams++;
}

void server_broadcast(struct server *server, struct str text)
{
	struct connection *next;

	for (struct connection *connection = server->connections; connection; connection = next) {
		struct evbuffer *out = bufferevent_get_output(connection->be);

		next = connection->next;
		if (connection->state != CONNECTION_STREAMING)
			continue;
		if (evbuffer_get_length(out) + text.n > server->limits.output) {
			server->stats.dropped_streams++;
			connection_free(connection);
			continue;
		}
		evbuffer_add(out, text.p, text.n);
	}
}

void server_streams_end(struct server *server)
{
	struct connection *next;

	for (struct connection *connection = server->connections; connection; connection = next) {
		next = connection->next;
		if (connection->state == CONNECTION_STREAMING && connection->exchange.kind == SERVER_TCP)
			connection_free(connection);
	}
}
