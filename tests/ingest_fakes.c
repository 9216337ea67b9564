#include "tests/ingest_fakes.h"
#include "daemon/touched.h"

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
struct seen seen;

/* The pauses of the thread, twenty times shorter. */
#define QUICKER 20
typedef void timer_fn(void *arg);
int __real_loop_timer(struct loop *loop, usec_t delay, bool repeat, timer_fn *fn, void *arg, struct loop_source **ret);
int __wrap_loop_timer(struct loop *loop, usec_t delay, bool repeat, timer_fn *fn, void *arg, struct loop_source **ret);
void __real_loop_rearm(struct loop_source *source, usec_t delay);
void __wrap_loop_rearm(struct loop_source *source, usec_t delay);

int __wrap_loop_timer(struct loop *loop, usec_t delay, bool repeat, timer_fn *fn, void *arg, struct loop_source **ret)
{
	return __real_loop_timer(loop, delay / QUICKER, repeat, fn, arg, ret);
}

void __wrap_loop_rearm(struct loop_source *source, usec_t delay)
{
	__real_loop_rearm(source, delay / QUICKER);
}

struct pipeline {
	struct sink sink;
	unsigned waiting;
	struct pipeline_stats stats;
};

static int fake_put(struct sink *sink, const struct record *rec)
{
	struct pipeline *pipeline = (struct pipeline *)sink;
	int r = 0;

	WITH_LOCK(
		if (seen.fail_puts > 0) {
			seen.fail_puts--;
			r = -ENOBUFS;
		} else {
			seen.put++;
			pipeline->waiting++;
		});
	return r;
}

static int fake_set(struct sink *sink, struct str set)
{
	return 0;
}

static int fake_end(struct sink *sink, struct str set, const struct set_end *end)
{
	return 0;
}

int pipeline_new(struct store *store, struct rules *rules, struct pipeline **ret, struct diag *diag)
{
	*ret = calloc(1, sizeof(**ret));
	(*ret)->sink = (struct sink){ fake_put, fake_set, fake_end };
	return 0;
}

void pipeline_free(struct pipeline *pipeline)
{
	free(pipeline);
}

struct sink *pipeline_sink(struct pipeline *pipeline, const char *collector)
{
	return &pipeline->sink;
}

void pipeline_rules(struct pipeline *pipeline, struct rules *rules)
{
	WITH_LOCK(seen.rules++);
}

bool pipeline_dirty(const struct pipeline *pipeline, usec_t *ret_deadline)
{
	*ret_deadline = 1; /* long ago */
	return pipeline->waiting > 0;
}

int pipeline_commit(struct pipeline *pipeline, struct touched *ret)
{
	int r;

	*ret = (struct touched){ .tables = 6 };
	WITH_LOCK(
		r = pipeline->waiting > 0; if (seen.fail_commits > 0) {
			seen.fail_commits--;
			seen.put_first = seen.put_first ? seen.put_first : seen.put;
			seen.put_last = seen.put;
			r = -EAGAIN;
		} else {
			seen.committed += pipeline->waiting;
			seen.commits++;
			pipeline->waiting = 0;
		});
	return r;
}

void pipeline_collector(struct pipeline *pipeline, const char *collector, const char *state, const char *reason)
{
	size_t i = (size_t)(collector[strlen(collector) - 1] - '0');

	WITH_LOCK(snprintf(seen.state[i], sizeof(seen.state[i]), "%s", state);
		  snprintf(seen.reason[i], sizeof(seen.reason[i]), "%s", reason ? reason : ""));
}

void pipeline_look(struct pipeline *p)
{
	(void)p;
}

int pipeline_retention(struct pipeline *pipeline, usec_t now)
{
	return 0;
}

const struct pipeline_stats *pipeline_stats(const struct pipeline *pipeline)
{
	return &pipeline->stats;
}

/* The store: nothing of it is asked but a position, which is never there. */
int store_open(const char *path, enum store_role role, struct store **ret, struct diag *diag)
{
	*ret = NULL;
	return 0;
}

void store_close(struct store *store)
{
}

struct sqlite3 *store_sqlite(struct store *store)
{
	return NULL;
}
