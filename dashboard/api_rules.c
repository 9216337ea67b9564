/*
 * What the rules of the staged folder would say today.  It is a folder of the configuration, never one of the request.  Who asks
 * while it is being found out waits for the same answer; it is kept for a few seconds, as the folder may be written in.
 */
#include <errno.h>

#include "core/clock.h"
#include "daemon/whatif.h"
#include "dashboard/question.h"

#define STEP MSEC(250)
#define KEPT SECONDS(10)
#define WAITERS 32

struct staging {
	struct http *http;      /* a reference while a step is under way */
	struct whatif *running; /* in the worker */
	char *body;             /* of the last answer */
	usec_t at;              /* monotonic: when it was given */
	struct ticket *waiters[WAITERS];
	size_t n_waiters;
	int r;
	struct diag diag;
};

static void waiters_refuse(struct staging *s, int status)
{
	const char *pairs[] = { "why", s->diag.text, NULL };
	char ja[1024], en[1024];

	text_fill(ja, sizeof(ja), text_ja(TEXT_staged_wrong), pairs);
	text_fill(en, sizeof(en), text_en(TEXT_staged_wrong), pairs);
	for (size_t i = 0; i < s->n_waiters; i++)
		ticket_refuse(s->waiters[i], status, status == 409 ? ja : NULL, status == 409 ? en : NULL);
	s->n_waiters = 0;
}

static void waiters_answer(struct staging *s)
{
	free(s->body);
	s->body = json_body(whatif_json(s->running));
	s->at = clock_monotonic();
	if (!s->body) {
		waiters_refuse(s, 500);
		return;
	}
	for (size_t i = 0; i < s->n_waiters; i++)
		ticket_body(s->waiters[i], str_of(s->body), (struct str){ 0 }, NULL);
	s->n_waiters = 0;
}

static void step_run(struct sqlite3 *db, void *arg)
{
	struct staging *s = arg;

	s->r = whatif_step(s->running, db, STEP, &s->diag);
}

static void step_done(void *arg, bool cancelled);

static int step_ask(struct staging *s)
{
	return worker_ask(s->http->daemon->worker, &(struct job){ .run = step_run, .done = step_done, .arg = s });
}

static void step_done(void *arg, bool cancelled)
{
	struct staging *s = arg;
	struct http *http = s->http;

	if (!cancelled && s->r > 0 && step_ask(s) == 0)
		return;
	if (!cancelled && s->r == 0)
		waiters_answer(s);
	else
		waiters_refuse(s, cancelled || s->r > 0 ? 503 : s->r == -EBADMSG ? 409 : 500);
	whatif_free(TAKE(s->running));
	http_unref(http);
}

static void staging_begin(struct staging *s)
{
	const struct daemon *daemon = s->http->daemon;

	s->diag = (struct diag){ { 0 } };
	if (whatif_new(daemon->config, (struct rules *)judge_rules_now(daemon->judge), daemon->config->rules_staged,
		       clock_now(), &s->running) < 0 ||
	    step_ask(s) < 0) {
		whatif_free(TAKE(s->running));
		waiters_refuse(s, 503);
		return;
	}
	http_ref(s->http);
}

void staging_free(struct staging *s)
{
	if (!s)
		return;
	whatif_free(s->running);
	free(s->body);
	free(s);
}

void api_rules_diff(struct http *http, struct exchange *exchange, struct str name)
{
	const char *dir = http->daemon->config->rules_staged;
	struct staging *s = http->staging;
	struct ticket *ticket;

	if (!dir || !dir[0]) {
		exchange_refuse(exchange, 404, text_ja(TEXT_staged_none), text_en(TEXT_staged_none));
		return;
	}
	if (!s) {
		s = http->staging = calloc(1, sizeof(*s));
		if (s)
			s->http = http;
	}
	if (!s || s->n_waiters == WAITERS) {
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}
	if (s->body && clock_monotonic() - s->at < KEPT) {
		reply_body(exchange, str_of(s->body));
		return;
	}
	ticket = exchange_defer(exchange);
	if (!ticket)
		return;
	s->waiters[s->n_waiters++] = ticket;
	if (!s->running)
		staging_begin(s);
}
