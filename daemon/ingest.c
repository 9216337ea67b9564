/*
 * Everything but ingest_start() and what is marked so below runs in the ingest thread.  While the database cannot take more
 * nothing is read: the kernel's buffers fill and TCP senders wait, which is how nothing gets lost.
 */

#include "daemon/ingest.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/feed.h"

#define TICK SECONDS(1)
#define RETRY_FIRST MSEC(50)
#define RETRY_LAST SECONDS(5)
/* At the end: how long a busy database is waited for.  The whole stop has five seconds. */
#define LAST_COMMIT SECONDS(3)
#define RETENTION_STEP MSEC(200)
#define RETENTION_REST MINUTES(10)

struct ingest {
	struct feed_host host; /* first: feeds hand it back */
	pthread_t thread;
	bool started;
	struct feed *feeds;
	size_t n_feeds;
	struct loop_source *commit, *retry, *tick, *retention, *rules_waker;
	usec_t retry_wait;
	bool stalled;
	int result; /* of the last commit */
	void (*changed)(void *arg, const struct touched *touched);
	void *arg;
	_Atomic int64_t alive;

	pthread_mutex_t lock; /* of what follows */
	struct rules *rules;  /* to be taken over, or NULL */
	struct collector_stats *stats;
	char (*reasons)[512];
};

static void ingest_stall(struct ingest *ingest, int error)
{
	if (!ingest->stalled)
		log_warn("ingest", "the database does not take more (%s): nothing is read until it does",
			 strerror(-error));
	for (size_t i = 0; !ingest->stalled && i < ingest->n_feeds; i++)
		feed_pause(&ingest->feeds[i]);
	ingest->stalled = true;

	ingest->retry_wait = ingest->retry_wait > 0 ? ingest->retry_wait * 2 : RETRY_FIRST;
	if (ingest->retry_wait > RETRY_LAST)
		ingest->retry_wait = RETRY_LAST;
	loop_rearm(ingest->retry, ingest->retry_wait);
}

static void ingest_flow(struct ingest *ingest)
{
	log_info("ingest", "the database is tried with new records again");
	ingest->stalled = false;
	for (size_t i = 0; i < ingest->n_feeds; i++)
		feed_resume(&ingest->feeds[i]);
}

/* Answers pipeline_commit(). */
static int ingest_commit_now(struct ingest *ingest)
{
	struct touched touched = { 0 };
	int r = pipeline_commit(ingest->host.pipeline, &touched);

	if (r > 0)
		ingest->retry_wait = 0;
	if (r > 0 && touched.tables && ingest->changed)
		ingest->changed(ingest->arg, &touched);
	return r;
}

static void ingest_commit(void *arg)
{
	struct ingest *ingest = arg;
	int r = ingest_commit_now(ingest);

	if (r < 0)
		ingest_stall(ingest, r);
	else if (ingest->stalled)
		ingest_flow(ingest);
}

/* A batch that is full is committed at once.  When that fails, or nothing waited, the reason lies deeper: reading stops. */
static void ingest_full(struct feed_host *host, int error)
{
	struct ingest *ingest = (struct ingest *)host;
	int r = ingest_commit_now(ingest);

	if (r <= 0)
		ingest_stall(ingest, r < 0 ? r : error);
}

static void ingest_said(struct feed_host *host)
{
	struct ingest *ingest = (struct ingest *)host;
	usec_t deadline, now;

	if (ingest->stalled || !pipeline_dirty(host->pipeline, &deadline))
		return;

	now = clock_monotonic();
	if (deadline <= now)
		ingest_commit(ingest);
	else
		loop_rearm(ingest->commit, deadline - now);
}

/* What other threads may ask of the collectors. */
static void ingest_publish(struct ingest *ingest)
{
	pthread_mutex_lock(&ingest->lock);
	for (size_t i = 0; i < ingest->n_feeds; i++) {
		feed_stats(&ingest->feeds[i], &ingest->stats[i]);
		str_copy(ingest->reasons[i], sizeof(ingest->reasons[i]), str_of(ingest->feeds[i].reason));
	}
	pthread_mutex_unlock(&ingest->lock);
}

static void ingest_tick(void *arg)
{
	struct ingest *ingest = arg;

	ingest->alive = clock_monotonic();
	ingest_publish(ingest);
	ingest_said(&ingest->host);
}

static void ingest_retention(void *arg)
{
	struct ingest *ingest = arg;
	usec_t deadline;
	int r = 0;

	pipeline_look(ingest->host.pipeline);
	/* Only while nothing waits: events that come are worth more than room. */
	if (!ingest->stalled && !pipeline_dirty(ingest->host.pipeline, &deadline))
		r = pipeline_retention(ingest->host.pipeline, clock_now());
	else
		r = 1;
	if (r < 0 && r != -EAGAIN)
		log_warn("ingest", "old events could not be deleted (%s); tried again later", strerror(-r));
	loop_rearm(ingest->retention, r > 0 ? RETENTION_STEP : RETENTION_REST);
}

static void ingest_take_rules(void *arg)
{
	struct ingest *ingest = arg;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;

	pthread_mutex_lock(&ingest->lock);
	rules = TAKE(ingest->rules);
	pthread_mutex_unlock(&ingest->lock);
	if (rules)
		pipeline_rules(ingest->host.pipeline, rules);
}

/* What was read is committed, whatever else the end is about. */
static int ingest_commit_last(struct ingest *ingest)
{
	usec_t until = clock_monotonic() + LAST_COMMIT;
	struct touched touched;
	int r;

	do {
		r = pipeline_commit(ingest->host.pipeline, &touched);
	} while (r < 0 && clock_monotonic() < until && usleep(20000) == 0);
	if (r < 0)
		log_err("ingest", "what was read last could not be committed: %s", strerror(-r));
	return r < 0 ? r : 0;
}

static void *ingest_run(void *arg)
{
	struct ingest *ingest = arg;

	loop_run(ingest->host.loop);
	for (size_t i = 0; i < ingest->n_feeds; i++)
		feed_stop(&ingest->feeds[i]);
	ingest->result = ingest_commit_last(ingest);
	return NULL;
}

static int ingest_timers(struct ingest *ingest)
{
	struct loop *loop = ingest->host.loop;
	int r;

	r = loop_timer(loop, HOURS(1), false, ingest_commit, ingest, &ingest->commit);
	if (r == 0)
		r = loop_timer(loop, HOURS(1), false, ingest_commit, ingest, &ingest->retry);
	if (r == 0)
		r = loop_timer(loop, TICK, true, ingest_tick, ingest, &ingest->tick);
	if (r == 0)
		r = loop_timer(loop, MINUTES(1), false, ingest_retention, ingest, &ingest->retention);
	if (r == 0)
		r = loop_waker(loop, ingest_take_rules, ingest, &ingest->rules_waker);
	return r;
}

static int ingest_open(struct ingest *ingest, const struct config *config, struct rules *rules, const char *db_path,
		       struct diag *diag)
{
	int r;

	r = store_open(db_path, STORE_INGEST, &ingest->host.store, diag);
	if (r == 0)
		r = pipeline_new(ingest->host.store, rules, &ingest->host.pipeline, diag);
	if (r == 0)
		r = loop_new(&ingest->host.loop);
	if (r == 0)
		r = ingest_timers(ingest);
	if (r < 0)
		return r;

	ingest->feeds = calloc(config->n_collectors + 1, sizeof(*ingest->feeds));
	ingest->stats = calloc(config->n_collectors + 1, sizeof(*ingest->stats));
	ingest->reasons = calloc(config->n_collectors + 1, sizeof(*ingest->reasons));
	if (!ingest->feeds || !ingest->stats || !ingest->reasons)
		return -ENOMEM;
	ingest->n_feeds = config->n_collectors;
	for (size_t i = 0; i < ingest->n_feeds; i++) {
		r = feed_start(&ingest->feeds[i], &ingest->host, &config->collectors[i], diag);
		if (r < 0)
			return r;
	}
	ingest_publish(ingest); /* the first findings are printed before the first tick */
	return 0;
}

/* Without a signal: they are the service thread's. */
static int ingest_thread(struct ingest *ingest)
{
	sigset_t all, was;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	r = pthread_create(&ingest->thread, NULL, ingest_run, ingest);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (r != 0)
		return -r;
	pthread_setname_np(ingest->thread, "ingest");
	ingest->started = true;
	return 0;
}

static void ingest_free(struct ingest *ingest)
{
	if (!ingest)
		return;

	for (size_t i = 0; i < ingest->n_feeds; i++)
		feed_stop(&ingest->feeds[i]);
	loop_drop(ingest->commit);
	loop_drop(ingest->retry);
	loop_drop(ingest->tick);
	loop_drop(ingest->retention);
	loop_drop(ingest->rules_waker);
	loop_free(ingest->host.loop);
	pipeline_free(ingest->host.pipeline);
	store_close(ingest->host.store);
	rules_unref(ingest->rules);
	pthread_mutex_destroy(&ingest->lock);
	free(ingest->feeds);
	free(ingest->stats);
	free(ingest->reasons);
	free(ingest);
}
DEFINE_CLEANUP(struct ingest, ingest_free)

int ingest_start(const struct config *config, struct rules *rules, const char *db_path,
		 void (*changed)(void *arg, const struct touched *touched), void *arg, struct ingest **ret,
		 struct diag *diag)
{
	_cleanup_(ingest_freep) struct ingest *ingest = calloc(1, sizeof(*ingest));
	int r;

	if (!ingest)
		return -ENOMEM;
	pthread_mutex_init(&ingest->lock, NULL);
	ingest->host.said = ingest_said;
	ingest->host.full = ingest_full;
	ingest->changed = changed;
	ingest->arg = arg;
	ingest->alive = clock_monotonic();

	r = ingest_open(ingest, config, rules, db_path, diag);
	if (r == 0)
		r = ingest_thread(ingest);
	if (r < 0)
		return r;
	*ret = TAKE(ingest);
	return 0;
}

int ingest_stop(struct ingest *ingest)
{
	int result;

	if (!ingest)
		return 0;

	loop_stop(ingest->host.loop);
	if (ingest->started)
		pthread_join(ingest->thread, NULL);
	result = ingest->result;
	ingest_free(ingest);
	return result;
}

void ingest_rules(struct ingest *ingest, struct rules *rules)
{
	struct rules *was;

	pthread_mutex_lock(&ingest->lock);
	was = ingest->rules;
	ingest->rules = rules_ref(rules);
	pthread_mutex_unlock(&ingest->lock);
	rules_unref(was);
	loop_wake(ingest->rules_waker);
}

const struct pipeline_stats *ingest_stats(const struct ingest *ingest)
{
	return pipeline_stats(ingest->host.pipeline);
}

void ingest_collector_stats(const struct ingest *ingest, size_t i, struct collector_stats *ret)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&ingest->lock;

	pthread_mutex_lock(lock);
	*ret = ingest->stats[i];
	pthread_mutex_unlock(lock);
}

usec_t ingest_alive(const struct ingest *ingest)
{
	return ingest->alive;
}

void ingest_collector_reason(const struct ingest *ingest, size_t i, char *ret, size_t size)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&ingest->lock;

	pthread_mutex_lock(lock);
	str_copy(ret, size, str_of(ingest->reasons[i]));
	pthread_mutex_unlock(lock);
}
