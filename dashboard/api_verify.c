/*
 * Who asks whether the chain is whole waits for it; who asks the same meanwhile waits for the same look.  It is made in the
 * worker, a step at a time behind what waits there.  What took longer than a client waits is kept a little: asked again, it
 * is there.
 */
#include <errno.h>

#include "core/clock.h"
#include "daemon/snapshots/verify.h"
#include "dashboard/json.h"
#include "dashboard/question.h"
#include "dashboard/verifying.h"

#define STEP MSEC(250)
#define LONG SECONDS(8) /* close to when the server gives up waiting */
#define KEPT SECONDS(15)
#define WAITERS 16
#define HEADS 8

struct verifying {
	struct http *http; /* a reference while a step is under way */
	struct verify verify;
	struct verify_run *run;         /* in the worker */
	char heads[CHAIN_CODE * HEADS]; /* asked for, as in the query */
	struct ticket *waiters[WAITERS];
	size_t n_waiters;
	usec_t began, kept_until;
	char *body; /* that is kept */
	int r;
};

static char *body_of(const struct verify *verify)
{
	return json_body(json_pack(
		"{s:b, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:s, s:I, s:I, s:I}", "ok", !verify->failed,
		"bad", (json_int_t)verify->bad, "why", json_both(verify->ja, verify->en), "links",
		(json_int_t)verify->links, "parts", (json_int_t)verify->parts, "events", (json_int_t)verify->events,
		"expired", (json_int_t)verify->expired, "first", (json_int_t)verify->first, "last",
		(json_int_t)verify->last, "first_at", json_time(verify->first_at), "last_at",
		json_time(verify->last_at), "code", verify->code, "heads", (json_int_t)verify->n_heads, "heads_met",
		(json_int_t)verify->heads_met, "strangers", (json_int_t)verify->strangers));
}

static void waiters_refuse(struct verifying *v, int status)
{
	for (size_t i = 0; i < v->n_waiters; i++)
		ticket_refuse(v->waiters[i], status, NULL, NULL);
	v->n_waiters = 0;
}

static void step_run(struct sqlite3 *db, void *arg)
{
	struct verifying *v = arg;

	v->r = verify_step(v->run, db, STEP, worker_waited, v->http->daemon->worker);
}

static void step_done(void *arg, bool cancelled);

static int step_ask(struct verifying *v)
{
	return worker_ask(v->http->daemon->worker, &(struct job){ .run = step_run, .done = step_done, .arg = v });
}

static void step_done(void *arg, bool cancelled)
{
	struct verifying *v = arg;
	struct http *http = v->http;

	if (!cancelled && v->r > 0 && step_ask(v) == 0)
		return;
	verify_run_free(TAKE(v->run));
	if (!cancelled && v->r == 0)
		v->body = body_of(&v->verify);
	if (!v->body)
		waiters_refuse(v, cancelled || v->r > 0 ? 503 : 500);
	for (size_t i = 0; i < v->n_waiters; i++)
		ticket_body(v->waiters[i], str_of(v->body), (struct str){ 0 }, NULL);
	v->n_waiters = 0;
	v->kept_until = clock_monotonic() - v->began > LONG ? clock_monotonic() + KEPT : 0;
	http_unref(http);
}

static int verifying_begin(struct verifying *v)
{
	struct str heads[HEADS], rest = str_of(v->heads);
	size_t n = 0;
	int r;

	while (rest.n > 0 && n < COUNT(heads))
		heads[n++] = str_cut(&rest, ',');
	free(TAKE(v->body));
	verify_init(&v->verify, heads, n);
	v->began = clock_monotonic();
	r = verify_begin(&v->verify, clock_now(), &v->run);
	if (r == 0)
		r = step_ask(v);
	if (r < 0) {
		verify_run_free(TAKE(v->run));
		return r;
	}
	http_ref(v->http);
	return 0;
}

void verifying_free(struct verifying *v)
{
	if (!v)
		return;
	verify_run_free(v->run);
	free(v->body);
	free(v);
}

void api_verify(struct http *http, struct exchange *exchange)
{
	struct verifying *v = http->verifying;
	char heads[sizeof(v->heads)] = "";
	struct str value = { 0 };
	struct ticket *ticket;

	if (head_query(exchange->head.query, "head", heads, sizeof(heads), &value) < 0) {
		query_refuse(exchange, "head", TEXT_query_value, NULL);
		return;
	}
	if (!v && (v = http->verifying = calloc(1, sizeof(*v))))
		v->http = http;
	/* One at a time: with other codes it has to be asked again. */
	if (!v || v->n_waiters == WAITERS || (v->run && strcmp(v->heads, heads) != 0)) {
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}
	if (!v->run && v->body && strcmp(v->heads, heads) == 0 && clock_monotonic() < v->kept_until) {
		reply_body(exchange, str_of(v->body));
		v->kept_until = 0;
		return;
	}
	ticket = exchange_defer(exchange);
	if (!ticket)
		return;
	v->waiters[v->n_waiters++] = ticket;
	if (v->run)
		return;
	memcpy(v->heads, heads, sizeof(heads));
	if (verifying_begin(v) < 0)
		waiters_refuse(v, 503);
}
