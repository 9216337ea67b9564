/* What the pipeline holds through: kills, a busy store, floods, hostile bytes, clocks that jump, and years. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "daemon/pipeline_in.h"
#include "tests/pipe.h"
#include "tests/table.h"

/* A child that says lines with positions and is killed while it does, at what TENKEN_FAULT names. */
static void killed_at(struct pipe *pipe, const char *point)
{
	pid_t pid;
	int status;

	pipe_close(pipe);
	pid = fork();
	if (pid == 0) {
		pipe_open(pipe);
		for (int i = 1; i <= 1000; i++) {
			char text[32], cursor[32];
			struct record rec;

			snprintf(text, sizeof(text), "in u%d", i);
			snprintf(cursor, sizeof(cursor), "c%d", i);
			rec = pipe_record("a", "doord", text);
			rec.cursor = str_of(cursor);
			sink_put(pipe->sink, &rec);
			if (i == 600)
				setenv("TENKEN_FAULT", point, 1);
			if (i % 100 == 0)
				pipe_commit(pipe);
		}
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	clock_set(T0 + SECONDS(60));
	pipe_open(pipe);
}

static void killed_before_commit(void **state)
{
	struct pipe *pipe = *state;

	killed_at(pipe, "before-commit");
#ifdef TENKEN_FAULTS
	assert_string_equal(pipe_text(pipe, "SELECT cursor FROM position WHERE collector = 'syslog'"), "c500");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 500);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source"), 500);
#endif
	assert_string_equal(pipe_text(pipe, "PRAGMA integrity_check"), "ok");
}

static void killed_after_commit(void **state)
{
	struct pipe *pipe = *state;

	killed_at(pipe, "after-commit");
#ifdef TENKEN_FAULTS
	assert_string_equal(pipe_text(pipe, "SELECT cursor FROM position WHERE collector = 'syslog'"), "c600");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 600);
#endif
	/* The time between is a gap in the log, from the last commit to now. */
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT reason || decoder || program FROM event WHERE type = 'log_gap'"),
			    "receiver_downtenkend@tenkend");
	assert_int_equal(pipe_int(pipe, "SELECT at FROM event WHERE type = 'log_gap'"), T0);
}

static void killed_by_signal(void **state)
{
	struct pipe *pipe = *state;
	char expect[32];

	killed_at(pipe, "nowhere");
	snprintf(expect, sizeof(expect), "c%lld", (long long)pipe_int(pipe, "SELECT count(*) FROM event"));
	assert_string_equal(pipe_text(pipe, "SELECT cursor FROM position WHERE collector = 'syslog'"), expect);
	assert_string_equal(expect, "c1000");
}

static void busy_loses_nothing(void **state)
{
	struct pipe *pipe = *state;
	sqlite3 *other = NULL;
	struct touched touched;

	sqlite3_busy_timeout(store_sqlite(pipe->store), 20);
	assert_int_equal(sqlite3_open(pipe->dir.db, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	pipe_say(pipe, "a", "in ada");
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), -EAGAIN);
	assert_int_equal(pipeline_stats(pipe->pipeline)->failing, EAGAIN);
	assert_int_equal(pipe_tell(pipe, "register:vendors", "vendor_id=v1|name=x|line=2", SET_OK, "d"), -EAGAIN);
	clock_set(T0 + SECONDS(10));
	pipe_say(pipe, "a", "in ada");
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), -EAGAIN);
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), 1);
	assert_int_equal(pipeline_stats(pipe->pipeline)->failing, 0);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'auth_success'"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT uses FROM account_seen"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source WHERE collector = 'syslog'"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM register"), 0);

	/* How long the store was away is told with the next commit. */
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT reason FROM event WHERE type = 'log_gap'"), "store_failed");
}

static void memory_is_bounded(void **state)
{
	struct pipe *pipe = *state;
	char text[1100], pad[1000];
	int r = 0, n = 0;

	memset(pad, 'x', sizeof(pad) - 1);
	pad[sizeof(pad) - 1] = '\0';
	for (; r == 0 && n < 200000; n++) {
		snprintf(text, sizeof(text), "no u%d%s", n, pad);
		r = pipe_say(pipe, "a", text);
	}
	assert_int_equal(r, -EAGAIN);
	assert_true(n < 20002);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), n - 1);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source"), n - 1);
	assert_int_equal(pipe_say(pipe, "a", text), 0);
}

#define TEN "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void hostile_bytes(void **state)
{
	struct pipe *pipe = *state;
	struct record rec = pipe_record("a", "doord", "");

	rec.text = (struct str){ "in \xff\xfe"
				 "a\0b from 192.0.2.9",
				 24 };
	rec.raw = rec.text;
	assert_int_equal(sink_put(pipe->sink, &rec), 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE instr(CAST(user AS BLOB), x'ff') > 0"), 0);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE json_valid(json_object('u', user))"), 1);
	assert_int_equal(pipe_int(pipe, "SELECT instr(raw, x'fffe') FROM event"), 4);
	assert_string_equal(pipe_text(pipe, "SELECT user FROM account_seen"), "??a");

	/* A name cut in the middle of a character, and a host that is none. */
	rec = pipe_record("h\xc3\x28", "doord", "in " LONG_NAME);
	assert_int_equal(sink_put(pipe->sink, &rec), 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT max(length(CAST(user AS BLOB))) FROM account_seen"), 254);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM source WHERE host = 'h?('"), 1);
}

static void clock_is_watched(void **state)
{
	struct pipe *pipe = *state;

	/* A clock that is replaced, as here, may jump as it likes. */
	clock_set(T0 + DAYS(3));
	pipe_say(pipe, "a", "in ada");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'time_change'"), 0);

	/* The machine's own: as if it had been set back by an hour since we last looked. */
	clock_set(0);
	pipe->pipeline->clock_apart += HOURS(1);
	pipe_say(pipe, "a", "in ada");
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT reason || decoder FROM event WHERE type = 'time_change'"),
			    "clock_jumptenkend");
	/* The two clocks are read one after the other, and whole seconds are told. */
	assert_string_equal(
		pipe_text(pipe, "SELECT ltrim(object, '-0123456789') FROM event WHERE type = 'time_change'"), " s");
	assert_in_range(-pipe_int(pipe, "SELECT CAST(object AS INTEGER) FROM event WHERE type = 'time_change'"), 3599,
			3600);
	pipe_say(pipe, "a", "in bob");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'time_change'"), 1);

	/* We stood still for two minutes. */
	pipe->pipeline->last_commit -= MINUTES(2);
	pipe_say(pipe, "a", "in carol");
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT reason FROM event WHERE type = 'log_gap'"), "receiver_paused");
}

/* A quiet pipeline says every half minute that it is alive, so that a gap is known that exactly. */
static void heartbeat(void **state)
{
	struct pipe *pipe = *state;
	usec_t deadline;

	pipe_say(pipe, "a", "in ada");
	pipe_commit(pipe);
	assert_false(pipeline_dirty(pipe->pipeline, &deadline));
	pipe->pipeline->last_commit -= SECONDS(31);
	clock_set(T0 + SECONDS(31));
	assert_true(pipeline_dirty(pipe->pipeline, &deadline));
	pipe_commit(pipe);
	assert_false(pipeline_dirty(pipe->pipeline, &deadline));
	assert_int_equal(pipe_int(pipe, "SELECT value FROM meta WHERE name = 'last_commit'"), T0 + SECONDS(31));
}

static void retention(void **state)
{
	struct pipe *pipe = *state;
	int64_t last;

	for (int i = 0; i < 6000; i++) {
		char text[32];

		snprintf(text, sizeof(text), i % 100 ? "in u%d" : "new u%d", i);
		pipe_say(pipe, "a", text);
	}
	pipe_commit(pipe);
	last = pipe_int(pipe, "SELECT max(id) FROM event");
	clock_set(T0 + DAYS(399));
	assert_int_equal(pipeline_retention(pipe->pipeline, clock_now()), 0);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 6000);
	clock_set(T0 + DAYS(401));
	assert_int_equal(pipeline_retention(pipe->pipeline, clock_now()), 1);
	assert_true(pipe_int(pipe, "SELECT count(*) FROM event") > 60);
	while (pipeline_retention(pipe->pipeline, clock_now()) > 0)
		;
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 60);
	clock_set(T0 + DAYS(2601));
	while (pipeline_retention(pipe->pipeline, clock_now()) > 0)
		;
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 0);

	/* The ids of what is gone are never given again, also after a restart. */
	pipe_close(pipe);
	pipe_open(pipe);
	pipe_say(pipe, "a", "in ada");
	pipe_commit(pipe);
	assert_true(pipe_int(pipe, "SELECT min(id) FROM event") > last);
}

/* Phones that hide their address, and senders nobody knows, are not remembered for ever; what they say later still counts. */
static void strangers_go(void **state)
{
	struct pipe *pipe = *state;
	char sql[512];

	pipe_say(pipe, "dhcp", "seen d6:23:ba:11:26:b8 at 192.0.2.90 as phone");
	pipe_say(pipe, "dhcp", "seen 34:23:ba:11:26:b8 at 192.0.2.91 as pc");
	pipe_say(pipe, "stranger", "hello");
	pipe_commit(pipe);
	snprintf(
		sql, sizeof(sql),
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO source SELECT"
		" 100 + i, 'syslog', '192.0.2.7', '', 'h' || i, 'h', %lld, %lld, 0, 1, 0, 0, 0, 0 FROM n",
		(long long)T0, (long long)T0);
	assert_int_equal(sqlite3_exec(store_sqlite(pipe->store), sql, NULL, NULL, NULL), SQLITE_OK);
	clock_set(T0 + DAYS(6));
	assert_int_equal(pipeline_retention(pipe->pipeline, clock_now()), 0);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM source"), 3002);
	clock_set(T0 + DAYS(91));
	assert_int_equal(pipeline_retention(pipe->pipeline, clock_now()), 0);
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(host) FROM source"), "dhcp");
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(mac) FROM device_seen"), "3423ba1126b8");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM source_hour"), 1);
	pipe_say(pipe, "dhcp", "seen d6:23:ba:11:26:b8 at 192.0.2.90 as phone");
	pipe_say(pipe, "stranger", "hello");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM device_seen"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source WHERE host = 'stranger'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPE_TEST(killed_before_commit), PIPE_TEST(killed_after_commit), PIPE_TEST(killed_by_signal),
		PIPE_TEST(busy_loses_nothing),   PIPE_TEST(memory_is_bounded),   PIPE_TEST(hostile_bytes),
		PIPE_TEST(clock_is_watched),     PIPE_TEST(heartbeat),           PIPE_TEST(retention),
		PIPE_TEST(strangers_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
