/* The ingest thread between collectors and a pipeline that are both the test's own. */
#include <fcntl.h>

#include "collectors/collector.h"
#include "daemon/touched.h"
#include "tests/ingest_fakes.h"

/* A collector that says one record for each byte of a pipe. */
static int pipe_fds[2];

static int piped_open(void *state, const struct settings *set, struct str cursor, struct diag *diag)
{
	int r = 0;

	WITH_LOCK(seen.opens++; if (seen.fail_opens > 0) {
		seen.fail_opens--;
		r = seen.open_error;
	});
	return r < 0 ? diag_set(diag, r, "%s: there is no such source here", set->section) : 0;
}

static int piped_fd(void *state)
{
	return pipe_fds[0];
}

static int piped_collect(void *state, struct sink *out, struct diag *diag)
{
	char *byte = state; /* read and not yet taken */
	int failing = 0, r;

	WITH_LOCK(seen.collects++; if (seen.fail_collects > 0) {
		seen.fail_collects--;
		failing = 1;
	});
	if (failing)
		return diag_set(diag, -EIO, "it broke");
	if (!*byte && read(pipe_fds[0], byte, 1) != 1)
		return -EAGAIN;
	r = sink_put(out, &(struct record){ .program = STR("x"), .text = STR("y") });
	if (r < 0)
		return r;
	*byte = '\0';
	return 1;
}

static void piped_close(void *state)
{
	WITH_LOCK(seen.closes++);
}

static void piped_stats(void *state, struct collector_stats *ret)
{
	ret->received = 7;
}

static const struct setting_def no_settings[] = { { NULL } };
static const struct setting_def with_address[] = { { "tcp", SETTING_ADDRESS, "127.0.0.1:1", "" }, { NULL } };
static const struct collector piped = { "piped0",   "",       no_settings,   1,           0,
					piped_open, piped_fd, piped_collect, piped_close, piped_stats };
static const struct collector bound = { "bound1",   "",       with_address,  1,           0,
					piped_open, piped_fd, piped_collect, piped_close, NULL };

static struct config_collector own[2];
static struct config config;
static struct ingest *ingest;

static void changed(void *arg, const struct touched *touched)
{
	assert_int_equal(touched->tables, 6);
	WITH_LOCK(seen.changed++);
}

static int start(const struct collector *first, const struct collector *second, struct diag *diag)
{
	own[0] = (struct config_collector){ first, true, { first->name, first->settings, NULL } };
	if (second)
		own[1] = (struct config_collector){ second, false, { second->name, second->settings, NULL } };
	config = (struct config){ .collectors = own, .n_collectors = second ? 2 : 1 };
	return ingest_start(&config, NULL, "unused", changed, NULL, &ingest, diag);
}

static void start_well(void)
{
	struct diag diag = { "" };

	assert_int_equal(start(&piped, &bound, &diag), 0);
}

static int begin(void **state)
{
	memset(&seen, 0, sizeof(seen));
	ingest = NULL;
	return pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK);
}

static int end(void **state)
{
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return 0;
}

static void say(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(write(pipe_fds[1], "x", 1), 1);
}

static void lines_are_committed_and_told(void **state)
{
	struct collector_stats stats = { 0 };
	char reason[16] = "x";

	start_well();
	say(100);
	AWAIT(seen.committed == 100 && seen.changed > 0);
	AWAIT(!strcmp(seen.state[0], "ok"));
	assert_string_equal(seen.state[1], "off");
	do /* by its own tick */
		ingest_collector_stats(ingest, 0, &stats);
	while (stats.received != 7);
	ingest_collector_reason(ingest, 0, reason, sizeof(reason));
	assert_string_equal(reason, "");
	assert_true(ingest_alive(ingest) > 0);
	assert_int_equal(ingest_stop(ingest), 0);
	assert_int_equal(seen.put, 100);
	assert_int_equal(seen.opens, seen.closes);
}

static void a_busy_database_stops_reading_and_loses_nothing(void **state)
{
	seen.fail_commits = 4;
	start_well();
	say(50);
	AWAIT(seen.committed == 50);
	assert_int_equal(ingest_stop(ingest), 0);
	/* While it was tried again nothing more was read than what was already being said. */
	assert_true(seen.put_first > 0 && seen.put_first < 50);
	assert_true(seen.put_last <= seen.put_first + 1);
	assert_string_equal(seen.reason[0], "");
	assert_int_equal(seen.opens, 1);
}

static void a_record_not_taken_comes_again(void **state)
{
	seen.fail_puts = 3;
	start_well();
	say(20);
	AWAIT(seen.committed == 20);
	assert_int_equal(ingest_stop(ingest), 0);
	assert_string_equal(seen.state[0], "ok");
	assert_int_equal(seen.opens, 1);
}

static void a_source_that_is_missing_is_failed_and_tried_again(void **state)
{
	seen.fail_opens = 1;
	seen.open_error = -ENOENT;
	start_well();
	assert_string_equal(seen.state[0], "failed");
	assert_string_equal(seen.reason[0], "piped0: there is no such source here");
	say(1);
	AWAIT(seen.committed == 1 && !strcmp(seen.state[0], "ok"));
	assert_int_equal(ingest_stop(ingest), 0);
	assert_int_equal(seen.opens, 2);
	assert_int_equal(seen.closes, 2);
}

static void a_source_that_breaks_is_opened_again(void **state)
{
	start_well();
	say(1);
	AWAIT(seen.committed == 1);
	WITH_LOCK(seen.fail_collects = 1);
	say(2);
	AWAIT(!strcmp(seen.state[0], "failed"));
	AWAIT(seen.committed == 3 && !strcmp(seen.state[0], "ok"));
	assert_int_equal(ingest_stop(ingest), 0);
	assert_int_equal(seen.opens, 2);
}

static const struct {
	const struct collector *collector;
	int error, result;
} ports[] = {
	{ &bound, -EADDRINUSE, -EADDRINUSE },
	{ &bound, -EACCES, -EACCES },
	{ &bound, -EADDRNOTAVAIL, 0 },
	{ &piped, -EACCES, 0 }, /* a file it may not read is no reason not to start */
};

static void a_port_in_use_ends_the_start(void **state)
{
	for (size_t i = 0; i < COUNT(ports); i++) {
		struct diag diag = { "" };

		memset(&seen, 0, sizeof(seen));
		seen.fail_opens = 1;
		seen.open_error = ports[i].error;
		assert_int_equal(start(ports[i].collector, NULL, &diag), ports[i].result);
		if (ports[i].result < 0)
			assert_non_null(strstr(diag.text, "no such source"));
		else
			assert_int_equal(ingest_stop(ingest), 0);
		assert_int_equal(seen.opens, seen.closes);
	}
}

static void what_was_read_is_committed_at_the_end(void **state)
{
	seen.fail_commits = 1000;
	start_well();
	say(3);
	AWAIT(seen.put > 0);
	WITH_LOCK(seen.fail_commits = 2);
	assert_int_equal(ingest_stop(ingest), 0);
	assert_int_equal(seen.committed, seen.put);
}

static void rules_are_handed_over(void **state)
{
	struct rules rules = { .refs = 1 };

	start_well();
	ingest_rules(ingest, &rules);
	AWAIT(seen.rules == 1);
	assert_int_equal(ingest_stop(ingest), 0);
	assert_int_equal(rules.refs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_committed_and_told, begin, end),
		cmocka_unit_test_setup_teardown(a_busy_database_stops_reading_and_loses_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_record_not_taken_comes_again, begin, end),
		cmocka_unit_test_setup_teardown(a_source_that_is_missing_is_failed_and_tried_again, begin, end),
		cmocka_unit_test_setup_teardown(a_source_that_breaks_is_opened_again, begin, end),
		cmocka_unit_test_setup_teardown(a_port_in_use_ends_the_start, begin, end),
		cmocka_unit_test_setup_teardown(what_was_read_is_committed_at_the_end, begin, end),
		cmocka_unit_test_setup_teardown(rules_are_handed_over, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
