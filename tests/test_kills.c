/*
 * kill -9 at moments nobody chose, thirty times: the position and the events stay together.  The child goes on from the
 * position, as a collector of a file or the journal does; in the end each number is there once, and none is missing.
 */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/pipe.h"
#include "tests/table.h"

#define KILLS 30

static int64_t position(struct pipe *pipe)
{
	return sql_int(pipe->db, "SELECT ifnull(CAST(substr((SELECT cursor FROM position), 2) AS INTEGER), 0)");
}

static void speak_until_killed(struct pipe *pipe)
{
	pipe_open(pipe);
	clock_set(0);
	for (int64_t i = position(pipe) + 1;; i++) {
		char text[32], cursor[32];
		usec_t deadline;
		struct record rec;

		snprintf(text, sizeof(text), "in u%lld", (long long)i);
		snprintf(cursor, sizeof(cursor), "c%lld", (long long)i);
		rec = pipe_record("a", "doord", text);
		rec.cursor = str_of(cursor);
		if (sink_put(pipe->sink, &rec) < 0)
			i--;
		if (pipeline_dirty(pipe->pipeline, &deadline) && deadline <= clock_monotonic())
			pipe_commit(pipe);
	}
}

static void nothing_lost_nothing_twice(void **state)
{
	struct pipe *pipe = pipe_new();
	unsigned seed = 20261130;
	int64_t last = 0;

	pipe_close(pipe);
	for (int i = 0; i < KILLS; i++) {
		int64_t now;
		pid_t pid = fork();

		if (pid == 0)
			speak_until_killed(pipe);
		poll(NULL, 0, 20 + rand_r(&seed) % 300);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pipe_open(pipe);
		now = position(pipe);
		assert_true(now >= last);
		assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'auth_success'"), now);
		assert_int_equal(pipe_int(pipe, "SELECT count(DISTINCT user) FROM event WHERE type = 'auth_success'"),
				 now);
		assert_int_equal(pipe_int(pipe, "SELECT ifnull(sum(lines), 0) FROM source WHERE collector = 'syslog'"),
				 now);
		assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM account_seen WHERE uses = 1"), now);
		assert_string_equal(pipe_text(pipe, "PRAGMA quick_check"), "ok");
		last = now;
		pipe_close(pipe);
	}
	assert_true(last > 1000);
	pipe_open(pipe);
	pipe_free(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_lost_nothing_twice) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
