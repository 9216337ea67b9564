#include "dashboard/write.h"

#include <errno.h>

#include "core/clock.h"
#include "daemon/statement.h"
#include "dashboard/access.h"
#include "dashboard/idempotency.h"

#define NAME_BYTES 512
#define JSON_LIMIT 65536
#define ACKS_LIMIT (1 << 20) /* a thousand names */
#define REGISTER_LIMIT (4 << 20)
#define SHEET_LIMIT (1 << 20)
#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define LISTED "GET, HEAD, POST"

static const struct write_route routes[] = {
	{ HEAD_POST, "/api/v1/answers", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_answer },
	{ HEAD_POST, "/api/v1/answers/import", NULL, "POST", ROLE_OPERATOR, SHEET_LIMIT, sheets_import, .csv = true },
	{ HEAD_POST, "/api/v1/attestations", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_attestation },
	{ HEAD_POST, "/api/v1/waivers", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_waiver },
	{ HEAD_POST, "/api/v1/not-applicable", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, say_post_na },
	{ HEAD_POST, "/api/v1/acks", NULL, LISTED, ROLE_OPERATOR, ACKS_LIMIT, acks_post },
	{ HEAD_POST, "/api/v1/silences", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, alerts_post_silence },
	{ HEAD_POST, "/api/v1/channel-tests", NULL, "POST", ROLE_OPERATOR, JSON_LIMIT, alerts_post_test },
	{ HEAD_DELETE, "/api/v1/silences/", NULL, "DELETE", ROLE_OPERATOR, JSON_LIMIT, alerts_expire_silence },
	{ HEAD_DELETE, "/api/v1/answers/", NULL, "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_answer },
	{ HEAD_DELETE, "/api/v1/attestations/", NULL, "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_attestation },
	{ HEAD_DELETE, "/api/v1/waivers/", NULL, "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_waiver },
	{ HEAD_DELETE, "/api/v1/not-applicable/", NULL, "DELETE", ROLE_OPERATOR, JSON_LIMIT, say_revoke_na },
	{ HEAD_POST, "/api/v1/snapshots", NULL, LISTED, ROLE_OPERATOR, JSON_LIMIT, snapshots_post },
	{ HEAD_POST, "/api/v1/snapshot-keys", NULL, "POST", ROLE_ADMIN, JSON_LIMIT, snapshots_post_key },
	{ HEAD_POST, "/api/v1/tokens", NULL, LISTED, ROLE_ADMIN, JSON_LIMIT, token_post, .secret = true },
	{ HEAD_DELETE, "/api/v1/tokens/", NULL, "DELETE", ROLE_ADMIN, JSON_LIMIT, token_delete },
	{ HEAD_PUT, "/api/v1/registers/", NULL, "GET, HEAD, PUT", ROLE_OPERATOR, REGISTER_LIMIT, registers_put,
	  .csv = true },
	{ HEAD_POST, "/api/v1/registers/", "/rows", "DELETE, POST", ROLE_OPERATOR, JSON_LIMIT, registers_post_row },
	{ HEAD_DELETE, "/api/v1/registers/", "/rows", "DELETE, POST", ROLE_OPERATOR, JSON_LIMIT, registers_delete_row },
};

static struct str method_name(enum head_method method)
{
	return method == HEAD_PUT ? STR("PUT") : method == HEAD_DELETE ? STR("DELETE") : STR("POST");
}

bool write_path(size_t i, char *buf, size_t size)
{
	if (i >= COUNT(routes))
		return false;
	snprintf(buf, size, STR_FMT " %s%s%s", STR_ARG(method_name(routes[i].method)), routes[i].path,
		 str_ends(str_of(routes[i].path), STR("/")) ? "{}" : "", routes[i].tail ? routes[i].tail : "");
	return true;
}

/* The part of @path that is the route's name, "" where it has none; false when it is another route's. */
static bool route_is(const struct write_route *route, struct str path, struct str *ret_name)
{
	struct str own = str_of(route->path), tail = str_of(route->tail);

	*ret_name = (struct str){ 0 };
	if (!str_ends(own, STR("/")))
		return str_eq(path, own);
	if (!str_starts(path, own) || path.n <= own.n + tail.n || !str_ends(path, tail))
		return false;
	*ret_name = (struct str){ path.p + own.n, path.n - own.n - tail.n };
	return str_index(*ret_name, '/') < 0;
}

/* NULL: nothing can be written there in this way; @ret_allow: what can be done with the path, NULL when it is not ours. */
static const struct write_route *route_find(const struct head *head, const char **ret_allow, struct str *ret_name)
{
	*ret_allow = NULL;
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!route_is(&routes[i], head->path, ret_name))
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

static bool type_taken(const struct write_route *route, const struct head *head)
{
	return str_ieq(head->type, STR("application/json")) ||
	       (route->csv && (str_ieq(head->type, STR("text/csv")) || str_ieq(head->type, STR(WORKBOOK)))) ||
	       (head->size == 0 && head->method == HEAD_DELETE);
}

bool write_admit(void *arg, struct exchange *exchange)
{
	struct http *http = arg;
	const struct head *head = &exchange->head;
	struct str name;
	const struct write_route *route = route_find(head, &exchange->allow, &name);

	if (!route)
		exchange_refuse(exchange, 405, NULL, NULL);
	else if (exchange->role == ROLE_VIEWER && exchange->kind == SERVER_TCP && http->tokens.n == 0)
		refuse_text(exchange, 403, TEXT_write_loopback, NULL);
	else if (!access_allowed(http, exchange, route->role))
		return false;
	else if (!type_taken(route, head))
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
	json_error_t error = { .line = 0 };
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

	for (size_t i = 0; i < complaints->n; i++) {
		const struct complaint *complaint = &complaints->list[i];
		json_t *error = json_pack("{s:o, s:o}", "field", json_text(complaint->field), "text",
					  json_both(complaint->ja, complaint->en));

		if (complaint->line > 0)
			json_object_set_new(error, "line", json_integer(complaint->line));
		if (complaint->column[0])
			json_object_set_new(error, "column", json_text(complaint->column));
		if (complaint->sheet[0])
			json_object_set_new(error, "sheet", json_text(complaint->sheet));
		json_array_append_new(errors, error);
	}
	if (complaints->left_out > 0) {
		char n[24], ja[200], en[200];

		snprintf(n, sizeof(n), "%zu", complaints->left_out);
		json_array_append_new(errors,
				      json_pack("{s:s, s:o}", "field", "", "text",
						json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_complaints_more),
								    (const char *[]){ "n", n, NULL }),
							  text_fill(en, sizeof(en), text_en(TEXT_complaints_more),
								    (const char *[]){ "n", n, NULL }))));
	}
	exchange_refuse_errors(exchange, status, complaints->n > 0 ? complaints->list[0].ja : NULL,
			       complaints->n > 0 ? complaints->list[0].en : NULL, errors);
}

static void failure_reply(struct exchange *exchange, const struct write *write, int r)
{
	if (write->complaints.n > 0)
		complaints_reply(exchange,
				 write->shapeless ? 400
				 : r == -EEXIST   ? 409
				 : r == -ESTALE   ? 412
						  : 422,
				 &write->complaints);
	else
		exchange_refuse(exchange,
				r == -ENOENT                   ? 404
				: r == -EEXIST                 ? 409
				: r == -EAGAIN || r == -ENOSPC ? 503
							       : 500,
				NULL, NULL);
}

static int trail_put(const struct write *write, const char *what)
{
	const json_t *row;
	size_t i;
	int r = 0;

	if (!write->rows)
		return audit_put(write->db, write->now, write->who, what, write->before, write->after);
	json_array_foreach(write->rows, i, row)
	{
		r = audit_put(write->db, write->now, write->who, what, NULL, row);
		if (r < 0)
			break;
	}
	return r;
}

/* Within the transaction: the write, its row in the audit trail, and its answer under its key. */
static int write_do(struct write *write, const struct write_route *route, const struct exchange *exchange,
		    const char *digest, int status, char **ret_body)
{
	struct str method = method_name(exchange->head.method);
	char what[600];
	int r = route->fn(write);

	if (r == 0 && write->preview) {
		*ret_body = json_body(json_incref(write->answer));
		return *ret_body ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	snprintf(what, sizeof(what), STR_FMT " " STR_FMT, STR_ARG(method), STR_ARG(exchange->head.path));
	r = trail_put(write, what);
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
	return r == 0 && write->land ? write->land(write) : r;
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
	const struct head *head = &exchange->head;
	int status = head->method == HEAD_POST ? 201 : 200, r;
	bool keyed = head->idempotency_key.n > 0 && !route->secret;
	_free_ char *body = NULL;
	char digest[65];

	if (keyed) {
		/* What is asked for with the query is another request. */
		struct str target = head->path;

		target.n = head->query.n > 0 ? (size_t)(head->query.p + head->query.n - target.p) : target.n;
		r = idempotency_digest(method_name(head->method), target, exchange->body, digest);
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
	if (write->drop)
		write->drop(write, r == 0);
	if (r < 0) {
		failure_reply(exchange, write, r);
		return;
	}
	if (write->tokens) {
		tokens_load(write->db, &write->http->tokens);
		server_streams_end(write->http->server);
	}
	body_reply(exchange, write->preview ? 200 : status, body);
	judge_changed(write->http->daemon->judge, write->tables);
}

void write_handle(struct http *http, struct exchange *exchange)
{
	const char *allow;
	struct str part;
	const struct write_route *route = route_find(&exchange->head, &allow, &part);
	_cleanup_(json_decrefp) json_t *json = NULL;
	struct write write = { .http = http,
			       .db = store_sqlite(http->daemon->store),
			       .query = exchange->head.query,
			       .if_match = exchange->head.if_match,
			       .body = exchange->body,
			       .csv = !str_ieq(exchange->head.type, STR("application/json")) &&
				      exchange->head.type.n > 0,
			       .workbook = str_ieq(exchange->head.type, STR(WORKBOOK)),
			       .who = exchange->who,
			       .now = clock_now() };
	char name[NAME_BYTES];

	if (!route || !head_unescape(part, name, sizeof(name), &write.name)) {
		exchange_refuse(exchange, 404, NULL, NULL);
		return;
	}
	if (!write.csv) {
		json = body_parse(exchange);
		if (!json)
			return;
	}
	write.json = json;
	write_run(&write, route, exchange);
	json_decref(write.answer);
	json_decref(write.before);
	json_decref(write.after);
	json_decref(write.rows);
}
