/* The worker thread, and the judge on top of it as it runs in the daemon: by a loop, by changes, with a deadline. */
#include <errno.h>
#include <pthread.h>

#include "tests/site.h"
#include "tests/table.h"

#define DEADLINE SECONDS(20)

struct live {
	struct site site;
	struct loop *loop;
	struct worker *worker;
	struct loop_source *deadline;
	bool late;
	/* of the jobs */
	unsigned ran, done, cancelled;
	pthread_t thread; /* that ran the last one */
	int64_t answer;
	unsigned until; /* stops the loop after so many are done */
};

static void too_late(void *arg)
{
	struct live *live = arg;

	live->late = true;
	loop_stop(live->loop);
}

static void live_open(struct live *live)
{
	struct diag diag = { { 0 } };

	*live = (struct live){ .until = 1 };
	site_open(&live->site);
	assert_int_equal(loop_new(&live->loop), 0);
	assert_int_equal(loop_timer(live->loop, DEADLINE, false, too_late, live, &live->deadline), 0);
	if (worker_start(live->loop, live->site.place.dir.db, &live->worker, &diag) < 0)
		fail_msg("%s", diag.text);
}

static void live_close(struct live *live)
{
	worker_stop(live->worker);
	judge_free(live->site.judge);
	live->site.judge = NULL;
	loop_drop(live->deadline);
	loop_free(live->loop);
	site_close(&live->site);
}

static void job_run(struct sqlite3 *db, void *arg)
{
	struct live *live = arg;

	live->ran++;
	live->thread = pthread_self();
	live->answer = sql_int(db, "SELECT count(*) FROM register");
}

static void job_done(void *arg, bool cancelled)
{
	struct live *live = arg;

	live->done++;
	live->cancelled += cancelled;
	if (live->done == live->until)
		loop_stop(live->loop);
}

static void hands_back(void **state)
{
	struct live live;
	struct job job = { .run = job_run, .done = job_done, .arg = &live };

	live_open(&live);
	site_people(&live.site);
	live.until = 3;
	for (int i = 0; i < 3; i++)
		assert_int_equal(worker_ask(live.worker, &job), 0);
	loop_run(live.loop);
	assert_false(live.late);
	assert_int_equal(live.ran, 3);
	assert_int_equal(live.cancelled, 0);
	assert_int_equal(live.answer, 1);
	assert_false(pthread_equal(live.thread, pthread_self()));
	live_close(&live);
}

/* It never ends by itself; the worker is stopped while it runs. */
static void endless_run(struct sqlite3 *db, void *arg)
{
	struct live *live = arg;

	loop_stop(live->loop);
	sql_int(db, "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) SELECT max(i) FROM x");
	live->ran++;
}

static void stops(void **state)
{
	struct live live;
	struct job endless = { .run = endless_run, .done = job_done, .arg = &live };
	struct job job = { .run = job_run, .done = job_done, .arg = &live };
	int asked = 1, r;

	live_open(&live);
	live.until = 0;
	assert_int_equal(worker_ask(live.worker, &endless), 0);
	while ((r = worker_ask(live.worker, &job)) == 0)
		asked++;
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(asked, 256);
	loop_run(live.loop); /* until the endless one has begun */
	assert_false(live.late);
	worker_stop(live.worker);
	live.worker = NULL;
	assert_int_equal(live.ran, 1);
	assert_int_equal(live.done, 256);
	assert_int_equal(live.cancelled, 256);
	live_close(&live);
}

static void see_verdict(void *arg, const struct judge_change *change)
{
	struct live *live = arg;

	if (change->kind != CHANGE_VERDICT)
		return;
	live->done++;
	if (live->done >= live->until)
		loop_stop(live->loop);
}

static void judges_live(void **state)
{
	struct live live;
	struct diag diag = { { 0 } };

	live_open(&live);
	clock_set(0);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n", BY_USES);
	site_check(
		&live.site, "second", "severity: high\n-- stage: 2\n",
		"SELECT 'x' AS resource, CASE WHEN count(*) > 0 THEN 'fail' ELSE 'pass' END AS status, 'r' AS reason FROM v_verdict"
		" WHERE check_id = 'uses' AND status = 'fail'");
	site_rules(&live.site);
	site_people(&live.site);
	site_account(&live.site, "ada", 7);
	if (judge_new(&live.site.config, live.site.rules, live.site.place.service, live.worker, live.loop,
		      &live.site.judge, &diag) < 0)
		fail_msg("%s", diag.text);
	judge_listen(live.site.judge, see_verdict, &live);

	live.until = 2; /* the first verdict of both */
	loop_run(live.loop);
	assert_false(live.late);
	assert_true(judge_ready(live.site.judge));
	assert_int_equal(site_verdict(&live.site, "uses", "ada")->status, STATUS_PASS);

	live.until = 4; /* the account and what follows from it */
	site_account(&live.site, "ada", 0);
	judge_changed(live.site.judge, store_table("account_seen"));
	loop_run(live.loop);
	assert_false(live.late);
	assert_int_equal(site_verdict(&live.site, "uses", "ada")->status, STATUS_FAIL);
	assert_int_equal(site_verdict(&live.site, "second", "x")->status, STATUS_FAIL);

	/* A reload while something may be in the worker. */
	judge_changed(live.site.judge, store_table("account_seen"));
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n",
		   "SELECT 'new' AS resource, 'pass' AS status, 'r' AS reason FROM v_account_seen");
	site_rules(&live.site);
	live.until = live.done + 3; /* ada is gone, new is there, and the second stage */
	judge_rules(live.site.judge, live.site.rules);
	loop_run(live.loop);
	assert_false(live.late);
	assert_non_null(site_verdict(&live.site, "uses", "new"));
	assert_null(site_verdict(&live.site, "uses", "ada"));
	live_close(&live);
}

/* The disk says no for a while: the verdict comes when it can be kept. */
static void try_again(void *arg)
{
	struct live *live = arg;

	place_sql(&live->site.place, "ROLLBACK");
}

static void retries_live(void **state)
{
	struct live live;
	struct loop_source *timer = NULL;
	struct diag diag;

	live_open(&live);
	clock_set(0);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n", BY_USES);
	site_rules(&live.site);
	site_people(&live.site);
	site_account(&live.site, "ada", 0);
	sqlite3_busy_timeout(store_sqlite(live.site.place.service), 0);
	assert_int_equal(judge_new(&live.site.config, live.site.rules, live.site.place.service, live.worker, live.loop,
				   &live.site.judge, &diag),
			 0);
	judge_listen(live.site.judge, see_verdict, &live);
	place_sql(&live.site.place, "BEGIN IMMEDIATE");
	assert_int_equal(loop_timer(live.loop, MSEC(200), false, try_again, &live, &timer), 0);
	loop_run(live.loop);
	assert_false(live.late);
	assert_int_equal(site_verdict(&live.site, "uses", "ada")->status, STATUS_FAIL);
	assert_int_equal(site_number(&live.site, "SELECT count(*) FROM verdict_history"), 1);
	loop_drop(timer);
	live_close(&live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_back),
		cmocka_unit_test(stops),
		cmocka_unit_test(judges_live),
		cmocka_unit_test(retries_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
