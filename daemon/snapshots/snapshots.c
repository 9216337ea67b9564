#include "daemon/snapshots/snapshots.h"

#include <errno.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/snapshots/insert.h"
#include "daemon/snapshots/picture.h"

#define LOOK_EVERY SECONDS(30)
#define RETRY_AFTER MINUTES(10)
#define WAITING_MAX 16
#define YEAR_END "mar 31 23:50"

/* The most telling reason stands last: a day that is also the end of a month is that. */
static const char *const plans[] = { "daily", "weekly", "monthly", "year" };

struct waiting {
	char reason[SNAPSHOT_REASON], who[64];
	void (*done)(void *arg, const struct snapshot_result *result);
	void *arg;
};

struct snapshots {
	const struct config *config;
	struct judge *judge;
	struct store *store;
	struct worker *worker;
	struct loop_source *timer;
	char *key_path;
	struct chain_key *key;
	struct picture *picture; /* that is being made */
	int picture_error;
	bool more; /* events to hash */
	struct waiting waiting[WAITING_MAX];
	size_t n_waiting, n_served; /* the first of them are those the picture is for */
	usec_t due[COUNT(plans)];   /* of the last one of that kind */
	usec_t not_before;          /* after a failure */
	struct snapshots_state state;
	bool stopping;
};

static const char *plan_of(const struct config *config, size_t i)
{
	return i == 0 ? config->daily : i == 1 ? config->weekly : i == 2 ? config->monthly : YEAR_END;
}

static void finish(struct snapshots *snapshots, const struct snapshot_result *result)
{
	size_t n = snapshots->n_served;
	struct waiting served[WAITING_MAX];

	memcpy(served, snapshots->waiting, n * sizeof(served[0]));
	snapshots->n_waiting -= n;
	snapshots->n_served = 0;
	memmove(snapshots->waiting, snapshots->waiting + n, snapshots->n_waiting * sizeof(served[0]));
	picture_free(snapshots->picture);
	snapshots->picture = NULL;
	if (result->error < 0) {
		str_copy(snapshots->state.error, sizeof(snapshots->state.error), str_of(result->text));
		snapshots->not_before = clock_monotonic() + RETRY_AFTER;
		log_err("snapshot", "no snapshot could be taken: %s", result->text);
	}
	for (size_t i = 0; i < n; i++)
		if (served[i].done)
			served[i].done(served[i].arg, result);
}

static int key_ready(struct snapshots *snapshots, struct diag *diag)
{
	int r;

	if (snapshots->key)
		return 0;
	r = chain_key_load(snapshots->key_path, &snapshots->key, diag);
	if (r == -ENOENT)
		r = insert_any(snapshots->store)
			    ? diag_set(
				      diag, -ENOENT,
				      "%s: the key that signed the snapshots is gone; put it back, or make a new one with "
				      "'tenken snapshot rotate-key'",
				      snapshots->key_path)
			    : chain_key_make(snapshots->key_path, NULL, &snapshots->key, diag);
	if (r == 0)
		r = insert_key(snapshots->store, snapshots->key, NULL, clock_now());
	return r;
}

static void fail(struct snapshots *snapshots, int r, const char *text)
{
	struct snapshot_result result = { .error = r };

	str_copy(result.text, sizeof(result.text), str_of(text && *text ? text : strerror(-r)));
	finish(snapshots, &result);
}

static void ask(struct snapshots *snapshots);

/* In the service loop: the picture is made, now it becomes a link of the chain. */
static void picture_done(void *arg, bool cancelled)
{
	struct snapshots *snapshots = arg;
	struct snapshot_result result = { .error = 0 };
	const struct waiting *first = &snapshots->waiting[0];
	struct diag diag = { "" };

	if (cancelled || snapshots->stopping) {
		fail(snapshots, -ECANCELED, "the daemon is being stopped");
		return;
	}
	if (snapshots->picture_error < 0) {
		fail(snapshots, snapshots->picture_error, NULL);
		return;
	}
	if (snapshots->more) {
		ask(snapshots);
		return;
	}
	result.error = insert_snapshot(snapshots->store, snapshots->picture, snapshots->key, first->reason, first->who,
				       snapshots->config->site_id, clock_now(), &result, &diag);
	if (result.error < 0) {
		fail(snapshots, result.error, diag.text);
		return;
	}
	snapshots->state = (struct snapshots_state){ .number = result.number, .taken_at = result.taken_at };
	str_copy(snapshots->state.code, sizeof(snapshots->state.code), str_of(result.code));
	str_copy(snapshots->state.key_id, sizeof(snapshots->state.key_id), str_of(chain_key_id(snapshots->key)));
	log_info("snapshot", "%s (%s), %llu bytes, %llu of them new", result.code, first->reason,
		 (unsigned long long)result.bytes, (unsigned long long)result.new_bytes);
	finish(snapshots, &result);
}

static void picture_run(struct sqlite3 *db, void *arg)
{
	struct snapshots *snapshots = arg;
	int r = picture_events(snapshots->picture, db);

	snapshots->more = r > 0;
	snapshots->picture_error = r == 0 ? picture_read(snapshots->picture, db) : r < 0 ? r : 0;
}

static void ask(struct snapshots *snapshots)
{
	int r = worker_ask(snapshots->worker, &(struct job){ picture_run, picture_done, snapshots });

	if (r < 0)
		fail(snapshots, r, "the worker has too much to do");
}

/* Begins the next picture, for all who wait for one now. */
static void begin(struct snapshots *snapshots)
{
	struct diag diag = { "" };
	int r;

	if (snapshots->picture || snapshots->n_waiting == 0 || snapshots->n_served > 0)
		return;
	snapshots->n_served = snapshots->n_waiting;
	snapshots->state.error[0] = '\0';
	r = key_ready(snapshots, &diag);
	if (r == 0)
		r = picture_rules(snapshots->config, snapshots->judge, &snapshots->picture);
	if (r < 0)
		fail(snapshots, r, diag.text);
	else
		ask(snapshots);
}

int snapshots_take(struct snapshots *snapshots, const char *reason, const char *who,
		   void (*done)(void *arg, const struct snapshot_result *result), void *arg)
{
	struct waiting *waiting = &snapshots->waiting[snapshots->n_waiting];

	if (snapshots->n_waiting == WAITING_MAX || snapshots->stopping)
		return -EAGAIN;
	*waiting = (struct waiting){ .done = done, .arg = arg };
	str_copy(waiting->reason, sizeof(waiting->reason), str_of(reason));
	str_copy(waiting->who, sizeof(waiting->who), str_of(who));
	snapshots->n_waiting++;
	begin(snapshots);
	return 0;
}

static void planned_done(void *arg, const struct snapshot_result *result)
{
	struct snapshots *snapshots = arg;

	/* What failed is due again; what was taken is remembered over a restart. */
	for (size_t i = 0; i < COUNT(plans); i++)
		if (result->error < 0)
			insert_plan_read(snapshots->store, plans[i], &snapshots->due[i]);
		else
			insert_plan_write(snapshots->store, plans[i], snapshots->due[i]);
}

static void look(void *arg)
{
	struct snapshots *snapshots = arg;
	const char *reason = NULL;
	usec_t now = clock_now();

	begin(snapshots);
	if (snapshots->n_waiting > 0 || !judge_ready(snapshots->judge) || clock_monotonic() < snapshots->not_before)
		return;
	for (size_t i = 0; i < COUNT(plans); i++) {
		usec_t due = snapshots_due(plan_of(snapshots->config, i), now);

		/* A new site begins with the plans' next times, not with all of them at once. */
		if (snapshots->due[i] == 0 || due == 0) {
			snapshots->due[i] = due ? due : 1;
			insert_plan_write(snapshots->store, plans[i], snapshots->due[i]);
		} else if (due > snapshots->due[i]) {
			reason = plans[i];
			snapshots->due[i] = due;
		}
	}
	if (reason)
		snapshots_take(snapshots, reason, "tenkend", planned_done, snapshots);
}

int snapshots_start(const struct config *config, struct judge *judge, struct store *store, struct worker *worker,
		    struct loop *loop, struct snapshots **ret, struct diag *diag)
{
	_cleanup_(snapshots_stopp) struct snapshots *snapshots = calloc(1, sizeof(*snapshots));
	int r = 0;

	if (!snapshots || asprintf(&snapshots->key_path, "%s/snapshot.key", config->state_dir) < 0)
		return -ENOMEM;
	snapshots->config = config;
	snapshots->judge = judge;
	snapshots->store = store;
	snapshots->worker = worker;
	for (size_t i = 0; i < COUNT(plans); i++)
		insert_plan_read(store, plans[i], &snapshots->due[i]);
	r = insert_last(store, &snapshots->state);
	if (r == 0)
		r = loop_timer(loop, LOOK_EVERY, true, look, snapshots, &snapshots->timer);
	if (r < 0)
		return diag_set(diag, r, "snapshots cannot be read: %s", strerror(-r));
	*ret = TAKE(snapshots);
	return 0;
}

void snapshots_stop(struct snapshots *snapshots)
{
	if (!snapshots)
		return;
	snapshots->stopping = true;
	if (snapshots->n_waiting > 0) {
		snapshots->n_served = snapshots->n_waiting;
		fail(snapshots, -ECANCELED, "the daemon is being stopped");
	}
	loop_drop(snapshots->timer);
	picture_free(snapshots->picture);
	chain_key_free(snapshots->key);
	free(snapshots->key_path);
	free(snapshots);
}

int snapshots_rotate(struct snapshots *snapshots, struct diag *diag)
{
	struct chain_key *old = NULL, *next = NULL;
	int r;

	if (snapshots->picture)
		return diag_set(diag, -EAGAIN, "a snapshot is being taken; try again in a moment");
	if (!snapshots->key)
		chain_key_load(snapshots->key_path, &snapshots->key, diag);
	old = snapshots->key;
	r = chain_key_make(snapshots->key_path, old, &next, diag);
	if (r == 0)
		r = insert_key(snapshots->store, next, old, clock_now());
	if (r < 0) {
		chain_key_free(next);
		return r;
	}
	chain_key_free(old);
	snapshots->key = next;
	str_copy(snapshots->state.key_id, sizeof(snapshots->state.key_id), str_of(chain_key_id(next)));
	snapshots->not_before = 0;
	return 0;
}

void snapshots_state(const struct snapshots *snapshots, struct snapshots_state *ret)
{
	*ret = snapshots->state;
}
