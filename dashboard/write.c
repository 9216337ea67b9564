#include "dashboard/write.h"

#include <errno.h>

#include "core/clock.h"
#include "daemon/statement.h"
#include "dashboard/access.h"
#include "dashboard/idempotency.h"

#define NAME_BYTES 512
#define JSON_LIMIT 65536
#define LISTED "GET, HEAD, POST"

static const struct write_route routes[] = {
	{ HEAD_POST, "/api/v1/answers", LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_answer },
	{ HEAD_POST, "/api/v1/attestations", LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_attestation },
	{ HEAD_POST, "/api/v1/waivers", LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_waiver },
	{ HEAD_POST, "/api/v1/not-applicable", LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_na },
	{ HEAD_POST, "/api/v1/acks", LISTED, ROLE_OPERATOR, JSON_LIMIT, alerts_post_ack },
	{ HEAD_POST, "/api/v1/silences", LISTED, ROLE_OPERATOR, JSON_LIMIT, alerts_post_silence },
	{ HEAD_POST, "/api/v1/channel-tests", "POST", ROLE_OPERATOR, JSON_LIMIT, alerts_post_test },
	{ HEAD_DELETE, "/api/v1/silences/", "DELETE", ROLE_OPERATOR, JSON_LIMIT, alerts_expire_silence },
	{ HEAD_DELETE, "/api/v1/answers/", "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_answer },
	{ HEAD_DELETE, "/api/v1/attestations/", "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_attestation },
	{ HEAD_DELETE, "/api/v1/waivers/", "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_waiver },
	{ HEAD_DELETE, "/api/v1/not-applicable/", "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_na },
	{ HEAD_POST, "/api/v1/snapshots", LISTED, ROLE_OPERATOR, JSON_LIMIT, snapshots_post },
	{ HEAD_POST, "/api/v1/snapshot-keys", "POST", ROLE_ADMIN, JSON_LIMIT, snapshots_post_key },
	{ HEAD_POST, "/api/v1/tokens", LISTED, ROLE_ADMIN, JSON_LIMIT, token_post, .secret = true },
	{ HEAD_DELETE, "/api/v1/tokens/", "DELETE", ROLE_ADMIN, JSON_LIMIT, token_delete },
};

static bool route_is(const struct write_route *route, struct str path)
{
	struct str own = str_of(route->path);

	if (!str_ends(own, STR("/")))
		return str_eq(path, own);
	return str_starts(path, own) && path.n > own.n && str_index(str_from(path, own.n), '/') < 0;
}

/* NULL: nothing can be written there in this way; @ret_allow: what can be done with the path, NULL when it is not ours. */
static const struct write_route *route_find(const struct head *head, const char **ret_allow)
{
	*ret_allow = NULL;
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!route_is(&routes[i], head->path))
			continue;
		*ret_allow = routes[i].allow;
		if (routes[i].method == head->method)
			return &routes[i];
	}
	return NULL;
}

static void refuse_text(struct exchange *exchange, int status, enum text text, const char *const *pairs)
{
	char ja[600], en[600];

	text_fill(ja, sizeof(ja), text_ja(text), pairs);
	text_fill(en, sizeof(en), text_en(text), pairs);
	exchange_refuse(exchange, status, ja, en);
}

bool write_admit(void *arg, struct exchange *exchange)
{
	struct http *http = arg;
	const struct head *head = &exchange->head;
	const struct write_route *route = route_find(head, &exchange->allow);

	if (!route)
		exchange_refuse(exchange, 405, NULL, NULL);
	else if (exchange->role == ROLE_VIEWER && exchange->kind == SERVER_TCP && http->tokens.n == 0)
		refuse_text(exchange, 403, TEXT_write_loopback, NULL);
	else if (!access_allowed(http, exchange, route->role))
		return false;
	else if (!str_ieq(head->type, STR("application/json")) && (head->size > 0 || head->method != HEAD_DELETE))
		exchange_refuse(exchange, 415, NULL, NULL);
	else if (head->size > route->limit)
		exchange_refuse(exchange, 413, NULL, NULL);
	else if (head->idempotency_key.p && !idempotency_key_ok(head->idempotency_key))
		refuse_text(exchange, 400, TEXT_http_key_bad, NULL);
	else
		return true;
	return false;
}

/* The object that was sent, owned; NULL: refused. */
static json_t *body_parse(struct exchange *exchange)
{
	json_error_t error;
	bool nothing = exchange->head.method == HEAD_DELETE && exchange->body.n == 0;
	json_t *json = nothing ? json_object()
			       : json_loadb(exchange->body.p, exchange->body.n, JSON_REJECT_DUPLICATES, &error);
	char line[16], column[16];

	if (json_is_object(json))
		return json;
	if (json) {
		json_decref(json);
		refuse_text(exchange, 400, TEXT_http_json_object, NULL);
		return NULL;
	}
	snprintf(line, sizeof(line), "%d", error.line > 0 ? error.line : 1);
	snprintf(column, sizeof(column), "%d", error.column > 0 ? error.column : 1);
	refuse_text(exchange, 400, TEXT_http_json, (const char *[]){ "line", line, "column", column, NULL });
	return NULL;
}

static void complaints_reply(struct exchange *exchange, int status, const struct complaints *complaints)
{
	json_t *errors = json_array();

	for (size_t i = 0; i < complaints->n; i++)
		json_array_append_new(errors,
				      json_pack("{s:o, s:o}", "field", json_text(complaints->list[i].field), "text",
						json_both(complaints->list[i].ja, complaints->list[i].en)));
	exchange_refuse_errors(exchange, status, complaints->n > 0 ? complaints->list[0].ja : NULL,
			       complaints->n > 0 ? complaints->list[0].en : NULL, errors);
}

static void failure_reply(struct exchange *exchange, const struct write *write, int r)
{
	if (write->complaints.n > 0)
		complaints_reply(exchange, write->shapeless ? 400 : r == -EEXIST ? 409 : 422, &write->complaints);
	else
		exchange_refuse(exchange,
				r == -ENOENT                   ? 404
				: r == -EEXIST                 ? 409
				: r == -EAGAIN || r == -ENOSPC ? 503
							       : 500,
				NULL, NULL);
}

static struct str method_name(enum head_method method)
{
	return method == HEAD_PUT ? STR("PUT") : method == HEAD_DELETE ? STR("DELETE") : STR("POST");
}

/* Within the transaction: the write, its row in the audit trail, and its answer under its key. */
static int write_do(struct write *write, const struct write_route *route, const struct exchange *exchange,
		    const char *digest, int status, char **ret_body)
{
	struct str method = method_name(exchange->head.method);
	char what[600];
	int r = route->fn(write);

	if (r < 0)
		return r;
	snprintf(what, sizeof(what), STR_FMT " " STR_FMT, STR_ARG(method), STR_ARG(exchange->head.path));
	r = audit_put(write->db, write->now, write->who, what, write->before, write->after);
	/* They are read again afterwards. */
	if (r == 0 && write->tokens)
		r = tokens_save(write->db, &write->http->tokens);
	if (r < 0)
		return r;
	*ret_body = json_body(write->answer ? json_incref(write->answer) : json_object());
	if (!*ret_body)
		return -ENOMEM;
	if (digest)
		r = idempotency_keep(write->db, exchange->head.idempotency_key, write->who, digest, write->now, status,
				     *ret_body);
	return r;
}

static void body_reply(struct exchange *exchange, int status, const char *body)
{
	struct reply reply = { .status = status, .type = "application/json", .body = str_of(body) };

	exchange_reply(exchange, &reply);
}

/* Done before under the same key?  True: answered. */
static bool write_again(struct write *write, struct exchange *exchange, const char *digest)
{
	_free_ char *body = NULL;
	int status, r;

	r = idempotency_find(write->db, exchange->head.idempotency_key, write->who, digest, write->now, &status, &body);
	if (r == 0)
		return false;
	if (r == 1)
		body_reply(exchange, status, body);
	else if (r == -EEXIST)
		refuse_text(exchange, 422, TEXT_http_key_other, NULL);
	else
		failure_reply(exchange, write, r);
	return true;
}

static void write_run(struct write *write, const struct write_route *route, struct exchange *exchange)
{
	struct store *store = write->http->daemon->store;
	int status = exchange->head.method == HEAD_POST ? 201 : 200, r;
	bool keyed = exchange->head.idempotency_key.n > 0 && !route->secret;
	_free_ char *body = NULL;
	char digest[65];

	if (keyed) {
		r = idempotency_digest(method_name(exchange->head.method), exchange->head.path, exchange->body, digest);
		if (r < 0) {
			failure_reply(exchange, write, r);
			return;
		}
		if (write_again(write, exchange, digest))
			return;
	}
	r = store_begin(store);
	if (r == 0) {
		r = write_do(write, route, exchange, keyed ? digest : NULL, status, &body);
		if (r == 0)
			r = store_commit(store);
		if (r < 0)
			store_rollback(store);
	}
	if (r < 0) {
		failure_reply(exchange, write, r);
		return;
	}
	if (write->tokens) {
		tokens_load(write->db, &write->http->tokens);
		server_streams_end(write->http->server);
	}
	body_reply(exchange, status, body);
	judge_changed(write->http->daemon->judge, write->tables);
}

void write_handle(struct http *http, struct exchange *exchange)
{
	const char *allow;
	const struct write_route *route = route_find(&exchange->head, &allow);
	_cleanup_(json_decrefp) json_t *json = NULL;
	struct write write = {
		.http = http, .db = store_sqlite(http->daemon->store), .who = exchange->who, .now = clock_now()
	};
	char name[NAME_BYTES];
	struct str path = route ? str_from(exchange->head.path, strlen(route->path)) : (struct str){ 0 };

	if (!route || !head_unescape(path, name, sizeof(name), &write.name)) {
		exchange_refuse(exchange, 404, NULL, NULL);
		return;
	}
	json = body_parse(exchange);
	if (!json)
		return;
	write.json = json;
	write_run(&write, route, exchange);
	json_decref(write.answer);
	json_decref(write.before);
	json_decref(write.after);
}
