/*
 * Who asks for a forecast waits for it; who asks meanwhile waits for the same one.  It is made in the worker, a step at a
 * time behind what waits there, and kept.  A ticket whose time is over leads nowhere, the forecast goes on: asked again, it
 * is there.
 */
#include <errno.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/forecast.h"
#include "dashboard/forecast.h"
#include "dashboard/question.h"

#define DAYS_USUAL 90
#define STEP MSEC(250)
#define KEPT HOURS(1) /* what no version counts (a login, a device seen) moves it little */
#define WAITERS 32

struct foretelling {
	struct http *http;          /* a reference while a step is under way */
	struct forecast *ready;     /* done */
	struct forecast *running;   /* in the worker */
	uint64_t version, begun_as; /* of the judge: of the one that is ready, that is running */
	struct {
		struct ticket *ticket;
		unsigned days;
	} waiters[WAITERS];
	size_t n_waiters;
	int r;
};

static bool fresh(const struct foretelling *f, unsigned days)
{
	const struct forecast_result *result = f->ready ? forecast_result(f->ready) : NULL;
	usec_t now = clock_now();

	return result && result->days >= days && result->today == when_day_of(now) && now - result->now < KEPT &&
	       f->version == judge_version(f->http->daemon->judge);
}

static void waiters_refuse(struct foretelling *f, int status)
{
	for (size_t i = 0; i < f->n_waiters; i++)
		ticket_refuse(f->waiters[i].ticket, status, NULL, NULL);
	f->n_waiters = 0;
}

/* Those for whom it reaches far enough. */
static void waiters_answer(struct foretelling *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n_waiters; i++) {
		unsigned days = f->waiters[i].days;
		_free_ char *body = NULL;

		if (forecast_result(f->ready)->days < days) {
			f->waiters[kept++] = f->waiters[i];
			continue;
		}
		body = json_body(forecast_json(f->ready, days));
		if (body)
			ticket_body(f->waiters[i].ticket, str_of(body), (struct str){ 0 }, NULL);
		else
			ticket_refuse(f->waiters[i].ticket, 500, NULL, NULL);
	}
	f->n_waiters = kept;
}

static void foretelling_begin(struct foretelling *f);

static void step_run(struct sqlite3 *db, void *arg)
{
	struct foretelling *f = arg;

	f->r = forecast_step(f->running, db, STEP, worker_waited, f->http->daemon->worker);
}

static void step_done(void *arg, bool cancelled);

static int step_ask(struct foretelling *f)
{
	return worker_ask(f->http->daemon->worker, &(struct job){ .run = step_run, .done = step_done, .arg = f });
}

static void step_done(void *arg, bool cancelled)
{
	struct foretelling *f = arg;
	struct http *http = f->http;

	if (!cancelled && f->r > 0 && step_ask(f) == 0)
		return;
	if (cancelled || f->r != 0) {
		forecast_free(TAKE(f->running));
		waiters_refuse(f, cancelled || f->r > 0 ? 503 : 500);
	} else {
		forecast_free(f->ready);
		f->ready = TAKE(f->running);
		f->version = f->begun_as;
		waiters_answer(f);
		if (f->n_waiters > 0 && !http->stopped)
			foretelling_begin(f);
	}
	http_unref(http);
}

static void foretelling_begin(struct foretelling *f)
{
	const struct daemon *daemon = f->http->daemon;
	unsigned days = DAYS_USUAL;

	for (size_t i = 0; i < f->n_waiters; i++)
		days = f->waiters[i].days > days ? f->waiters[i].days : days;
	f->begun_as = judge_version(daemon->judge);
	if (forecast_new(daemon->config, (struct rules *)judge_rules_now(daemon->judge), days, clock_now(),
			 &f->running) < 0 ||
	    step_ask(f) < 0) {
		forecast_free(TAKE(f->running));
		waiters_refuse(f, 503);
		return;
	}
	http_ref(f->http);
}

void foretelling_free(struct foretelling *f)
{
	if (!f)
		return;
	forecast_free(f->ready);
	forecast_free(f->running);
	free(f);
}

void api_forecast(struct http *http, struct exchange *exchange, struct str name)
{
	struct foretelling *f = http->foretelling;
	struct str value = { 0 };
	int64_t days = DAYS_USUAL;
	struct ticket *ticket;
	char buf[16];
	int r = head_query(exchange->head.query, "days", buf, sizeof(buf), &value);

	if (r < 0 || (r > 0 && (!str_int(value, &days) || days < 1 || days > FORECAST_DAYS_MAX))) {
		query_refuse(exchange, "days", TEXT_query_days, NULL);
		return;
	}
	if (!f) {
		f = http->foretelling = calloc(1, sizeof(*f));
		if (f)
			f->http = http;
	}
	if (!f || f->n_waiters == WAITERS) {
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}
	if (fresh(f, (unsigned)days)) {
		reply_json(exchange, forecast_json(f->ready, (unsigned)days));
		return;
	}
	ticket = exchange_defer(exchange);
	if (!ticket)
		return;
	f->waiters[f->n_waiters].ticket = ticket;
	f->waiters[f->n_waiters++].days = (unsigned)days;
	if (!f->running)
		foretelling_begin(f);
}
