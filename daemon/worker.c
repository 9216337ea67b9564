/*
 * One ring of jobs with three marks: delivered up to head, run up to run, asked up to tail.  The worker moves `run`, the
 * service loop moves the others, all under one lock; a job itself is touched by one thread at a time.
 */
#include "daemon/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <time.h>

#include "daemon/store.h"

#define JOBS 256

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct loop_source *waker;
	sqlite3 *db;
	struct job ring[JOBS];
	size_t head, run, tail; /* only grow; index modulo JOBS */
	bool stop;
};

static void worker_run(struct worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	while (!worker->stop) {
		struct job job;

		if (worker->run == worker->tail) {
			pthread_cond_wait(&worker->more, &worker->lock);
			continue;
		}
		job = worker->ring[worker->run % JOBS];
		pthread_mutex_unlock(&worker->lock);
		job.run(worker->db, job.arg);
		pthread_mutex_lock(&worker->lock);
		worker->run++;
		loop_wake(worker->waker);
	}
	pthread_mutex_unlock(&worker->lock);
}

static void *worker_main(void *arg)
{
	worker_run(arg);
	return NULL;
}

/* In the service loop: hands back what was run, one after the other, without the lock. */
static void worker_deliver(void *arg)
{
	struct worker *worker = arg;

	for (;;) {
		struct job job;
		bool some;

		pthread_mutex_lock(&worker->lock);
		some = worker->head < worker->run;
		if (some)
			job = worker->ring[worker->head++ % JOBS];
		pthread_mutex_unlock(&worker->lock);
		if (!some)
			return;
		job.done(job.arg, false);
	}
}

static void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	loop_drop(worker->waker);
	sqlite3_close_v2(worker->db);
	pthread_cond_destroy(&worker->more);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}
DEFINE_CLEANUP(struct worker, worker_free)

int worker_start(struct loop *service, const char *db_path, struct worker **ret, struct diag *diag)
{
	_cleanup_(worker_freep) struct worker *worker = calloc(1, sizeof(*worker));
	sigset_t all, old;
	int r;

	if (!worker)
		return diag_set(diag, -ENOMEM, "out of memory");
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->more, NULL);

	r = store_reader(db_path, &worker->db, diag);
	if (r < 0)
		return r;
	/* Sorting 100,000 rows belongs into a file, not into memory. */
	sqlite3_exec(worker->db, "PRAGMA temp_store = FILE; PRAGMA cache_size = -2048", NULL, NULL, NULL);
	r = loop_waker(service, worker_deliver, worker, &worker->waker);
	if (r < 0)
		return diag_set(diag, r, "the worker cannot be woken");

	sigfillset(&all); /* signals belong to the service loop */
	pthread_sigmask(SIG_BLOCK, &all, &old);
	r = -pthread_create(&worker->thread, NULL, worker_main, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r < 0)
		return diag_set(diag, r, "the worker thread cannot be started");
	pthread_setname_np(worker->thread, "tenken-worker");
	*ret = TAKE(worker);
	return 0;
}

/* An interrupt between two statements of a job reaches neither, so it is repeated until the thread has ended. */
static void worker_join(struct worker *worker)
{
	struct timespec end;

	do {
		sqlite3_interrupt(worker->db);
		clock_gettime(CLOCK_REALTIME, &end);
		end.tv_nsec += 10 * 1000 * 1000;
		if (end.tv_nsec >= 1000 * 1000 * 1000) {
			end.tv_nsec -= 1000 * 1000 * 1000;
			end.tv_sec++;
		}
	} while (pthread_timedjoin_np(worker->thread, NULL, &end) == ETIMEDOUT);
}

void worker_stop(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->more);
	pthread_mutex_unlock(&worker->lock);
	worker_join(worker);
	for (; worker->head < worker->tail; worker->head++) {
		struct job *job = &worker->ring[worker->head % JOBS];

		job->done(job->arg, true);
	}
	worker_free(worker);
}

int worker_ask(struct worker *worker, const struct job *job)
{
	int r = 0;

	pthread_mutex_lock(&worker->lock);
	if (worker->stop || worker->tail - worker->head >= JOBS) {
		r = -EAGAIN;
	} else {
		worker->ring[worker->tail++ % JOBS] = *job;
		pthread_cond_signal(&worker->more);
	}
	pthread_mutex_unlock(&worker->lock);
	return r;
}

bool worker_waited(void *arg)
{
	struct worker *worker = arg;
	bool waited;

	pthread_mutex_lock(&worker->lock);
	waited = worker->stop || worker->tail - worker->run > 1;
	pthread_mutex_unlock(&worker->lock);
	return waited;
}
