#include "daemon/alerts/post.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "core/clock.h"
#include "daemon/alerts/post_in.h"

#define SOON SECONDS(5) /* states that changed are not told more often */
#define STATES_MOST 1000
#define STATES_LATELY MINUTES(15)
#define TIDY_EVERY MINUTES(5)

static void *carrier_run(void *arg)
{
	struct carrier *carrier = arg;

	pthread_mutex_lock(&carrier->lock);
	while (!carrier->sender.stop) {
		json_t *doc;

		if (carrier->step != CARRIER_ASKED) {
			pthread_cond_wait(&carrier->wake, &carrier->lock);
			continue;
		}
		pthread_mutex_unlock(&carrier->lock);
		carrier->outcome = (struct outcome){ .kind = OUTCOME_RETRY };
		doc = json_loads(carrier->doc, 0, NULL);
		if (doc)
			carrier->type->send(&carrier->sender, doc, &carrier->outcome);
		else
			outcome_set(&carrier->outcome, OUTCOME_REFUSED, "the stored message cannot be read");
		json_decref(doc);
		pthread_mutex_lock(&carrier->lock);
		carrier->step = CARRIER_DONE;
		loop_wake(carrier->post->waker);
	}
	pthread_mutex_unlock(&carrier->lock);
	return NULL;
}

static void waiting_count(struct post *post, struct carrier *carrier)
{
	const char *name = carrier->sender.name;
	int64_t waiting = 0, oldest = 0;

	if (sql_number(post->db, 0, &waiting,
		       "SELECT count(*) FROM alert_delivery WHERE channel = ?1 AND state = 'waiting'", "s", name) < 0 ||
	    sql_number(
		    post->db, 0, &oldest,
		    "SELECT at FROM alert_note WHERE id = (SELECT note FROM alert_delivery WHERE channel = ?1 AND state = 'waiting'"
		    " ORDER BY id LIMIT 1)",
		    "s", name) < 0)
		return;
	carrier->shown->waiting = waiting;
	carrier->shown->oldest = oldest;
}

static void carrier_ask(struct carrier *carrier, char *doc, int64_t delivery, int64_t attempts)
{
	pthread_mutex_lock(&carrier->lock);
	free(carrier->doc);
	carrier->doc = doc;
	carrier->delivery = delivery;
	carrier->attempts = attempts;
	carrier->step = CARRIER_ASKED;
	pthread_cond_signal(&carrier->wake);
	pthread_mutex_unlock(&carrier->lock);
}

/* The next message for @carrier: in order, but a test first, and one that the receiver wants later lets others pass. */
static void message_next(struct post *post, struct carrier *carrier, usec_t now)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	char *doc;

	if (sql_open(
		    post->db, &stmt,
		    "SELECT d.id, d.attempts, n.doc FROM alert_delivery AS d JOIN alert_note AS n ON n.id = d.note WHERE d.channel = ?1"
		    " AND d.state = 'waiting' AND (d.next_at <= ?2 OR d.next_at > ?2 + 3600000000) ORDER BY n.kind = 'test' DESC, d.id LIMIT 1",
		    "si", carrier->sender.name, (int64_t)now) < 0 ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		return;
	doc = strdup(sql_text_at(stmt, 2));
	if (doc)
		carrier_ask(carrier, doc, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
}

static void states_next(struct post *post, struct carrier *carrier, usec_t now)
{
	usec_t clock = clock_monotonic();
	json_t *state;
	char *doc;

	if (carrier->changed && clock - carrier->told_states < SOON)
		return;
	if (!carrier->changed && carrier->told_states > 0 &&
	    clock - carrier->told_states < setting_span(carrier->sender.own, "every"))
		return;
	state = plan_state(post->plan, now, STATES_LATELY, STATES_MOST);
	carrier->told_states = clock;
	carrier->changed = false;
	doc = json_array_size(json_object_get(state, "alerts")) > 0 ? json_dumps(state, JSON_COMPACT) : NULL;
	json_decref(state);
	if (doc)
		carrier_ask(carrier, doc, 0, 0);
}

void post_look(struct post *post, usec_t now, bool changed)
{
	usec_t clock = clock_monotonic();

	for (size_t i = 0; i < post->n; i++) {
		struct carrier *carrier = &post->carriers[i];
		enum carrier_step step;

		carrier->changed = carrier->changed || (changed && carrier->type->states);
		pthread_mutex_lock(&carrier->lock);
		step = carrier->step;
		pthread_mutex_unlock(&carrier->lock);
		if (step == CARRIER_DONE) {
			if (carrier_settle(post, carrier, now) < 0)
				continue;
			carrier->step = step = CARRIER_IDLE;
			post->counted = 0;
		}
		/* A clock that was set back must not silence a channel. */
		if (step != CARRIER_IDLE ||
		    (carrier->shown->retry_at > now && carrier->shown->retry_at < now + HOURS(2)))
			continue;
		message_next(post, carrier, now);
		if (carrier->type->states && carrier->step == CARRIER_IDLE)
			states_next(post, carrier, now);
	}
	if (changed || post->counted == 0 || clock - post->counted > SECONDS(5)) {
		for (size_t i = 0; i < post->n; i++)
			waiting_count(post, &post->carriers[i]);
		post->counted = clock;
	}
	if (post->tidied == 0 || clock - post->tidied > TIDY_EVERY) {
		post->tidied = clock;
		post_tidy(post, now);
	}
}

static void post_done(void *arg)
{
	post_look(arg, clock_now(), false);
}

static int carrier_start(struct post *post, struct carrier *carrier, const struct config_channel *channel)
{
	sigset_t all, old;
	int r;

	carrier->post = post;
	carrier->type = channel->type;
	carrier->sender = (struct sender){ .name = channel->name, .common = &channel->common, .own = &channel->own };
	carrier->shown->name = channel->name;
	carrier->shown->type = channel->type->name;
	pthread_mutex_init(&carrier->lock, NULL);
	pthread_cond_init(&carrier->wake, NULL);
	r = transfer_sender(&carrier->sender);
	if (r == 0)
		r = channel_load(post, carrier);
	if (r < 0)
		return r;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = -pthread_create(&carrier->thread, NULL, carrier_run, carrier);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	carrier->started = r == 0;
	return r;
}

int post_start(struct store *store, struct plan *plan, struct loop *loop, const struct config *config,
	       struct post **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct post *post = calloc(1, sizeof(*post));
	int r = post ? 0 : -ENOMEM;

	pthread_once(&once, transfer_process);
	if (r < 0)
		return r;
	post->store = store;
	post->db = store_sqlite(store);
	post->plan = plan;
	post->carriers = calloc(config->n_channels + 1, sizeof(*post->carriers));
	post->shown = calloc(config->n_channels + 1, sizeof(*post->shown));
	if (!post->carriers || !post->shown)
		r = -ENOMEM;
	if (r == 0)
		r = loop_waker(loop, post_done, post, &post->waker);
	for (size_t i = 0; r == 0 && i < config->n_channels; i++) {
		post->carriers[i].shown = &post->shown[i];
		post->n++;
		r = carrier_start(post, &post->carriers[i], &config->channels[i]);
	}
	if (r < 0) {
		post_stop(post);
		return r;
	}
	*ret = post;
	return 0;
}

void post_stop(struct post *post)
{
	if (!post)
		return;
	for (size_t i = 0; i < post->n; i++) {
		struct carrier *carrier = &post->carriers[i];

		pthread_mutex_lock(&carrier->lock);
		carrier->sender.stop = true;
		pthread_cond_signal(&carrier->wake);
		pthread_mutex_unlock(&carrier->lock);
		transfer_wake(&carrier->sender);
	}
	for (size_t i = 0; i < post->n; i++) {
		struct carrier *carrier = &post->carriers[i];

		if (carrier->started)
			pthread_join(carrier->thread, NULL);
		/* What was sent at the last moment is written: else it would be sent twice. */
		if (carrier->step == CARRIER_DONE && carrier->outcome.kind != OUTCOME_STOPPED)
			carrier_settle(post, carrier, clock_now());
		transfer_sender_end(&carrier->sender);
		free(carrier->doc);
		pthread_cond_destroy(&carrier->wake);
		pthread_mutex_destroy(&carrier->lock);
	}
	loop_drop(post->waker);
	free(post->carriers);
	free(post->shown);
	free(post);
}

void post_nudge(struct post *post, size_t i)
{
	post->shown[i].retry_at = 0;
}

size_t post_channels(const struct post *post, const struct post_channel **ret)
{
	*ret = post ? post->shown : NULL;
	return post ? post->n : 0;
}
