#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_neighbours;
extern char **environ;

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[2];
};

/* Runs ip(8) or bridge(8) in our namespace; true when it says 0. */
static bool run(const char *command)
{
	char text[256], *argv[24], *rest = text, *word;
	posix_spawn_file_actions_t actions;
	int status = -1, n = 0;
	pid_t pid;

	snprintf(text, sizeof(text), "%s", command);
	while ((word = strsep(&rest, " ")) && n < 23)
		argv[n++] = word;
	argv[n] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		return false;
	posix_spawn_file_actions_destroy(&actions);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool file_write(const char *path, const char *text)
{
	_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* A network of our own with the pair ve0/ve1, as any user. */
static bool namespace_enter(void)
{
	char map[64];

	snprintf(map, sizeof(map), "0 %u 1", getuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
		file_write("/proc/self/setgroups", "deny");
		if (!file_write("/proc/self/uid_map", map))
			return false;
	} else if (unshare(CLONE_NEWNET) < 0) {
		return false;
	}
	return run("ip link add ve0 type veth peer name ve1") && run("ip addr add 10.1.1.1/24 dev ve0") &&
	       run("ip link set ve0 up") && run("ip link set ve1 up");
}

static int box_open(struct box *box)
{
	struct settings set = { "neighbours", collector_neighbours.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[0] = "0s"; /* a look at the table at every collect() */
	box->state = calloc(1, collector_neighbours.state_size);
	return collector_neighbours.open(box->state, &set, (struct str){ 0 }, &box->diag);
}

static void box_close(struct box *box)
{
	collector_neighbours.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

/* Collects until the table was looked through @looks times more. */
static void box_look(struct box *box, int looks)
{
	usec_t deadline = clock_monotonic() + SECONDS(5);

	while (looks > 0 && clock_monotonic() < deadline) {
		struct pollfd p = { .fd = collector_neighbours.fd(box->state), .events = POLLIN };
		int r = collector_neighbours.collect(box->state, &box->spy.sink, &box->diag);

		assert_true(r == 1 || r == -EAGAIN);
		looks -= r == -EAGAIN && poll(&p, 1, 0) == 0;
	}
	assert_true(looks <= 0);
}

static size_t times(const struct box *box, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < box->spy.n; i++)
		n += str_find(box->spy.records[i].rec.text, str_of(part)) >= 0;
	return n;
}

#define ADD "ip neigh replace 10.1.1.9 lladdr "

/* One entry of the table, made while we listen (or before), and whether it shows a device. */
static const struct row {
	const char *name, *command;
	bool before;
	const char *record; /* NULL: none */
} rows[] = {
	{ "reachable", ADD "0e:00:00:00:00:09 dev ve0 nud reachable", false,
	  "mac=0e0000000009|ip=10.1.1.9|interface=ve0|state=reachable" },
	{ "heard without having been asked", ADD "0e:00:00:00:00:09 dev ve0 nud stale", false,
	  "mac=0e0000000009|ip=10.1.1.9|interface=ve0|state=stale" },
	{ "IPv6", "ip neigh replace fd00::9 lladdr 0e:00:00:00:00:09 dev ve0 nud reachable", false,
	  "mac=0e0000000009|ip=fd00::9|interface=ve0|state=reachable" },
	{ "there before we came", ADD "0e:00:00:00:00:09 dev ve0 nud reachable", true,
	  "mac=0e0000000009|ip=10.1.1.9|interface=ve0|state=reachable" },
	{ "there before we came, and stale", ADD "0e:00:00:00:00:09 dev ve0 nud stale", true,
	  "mac=0e0000000009|ip=10.1.1.9|interface=ve0|state=stale" },
	{ "written by hand", ADD "0e:00:00:00:00:09 dev ve0 nud permanent", false, NULL },
	{ "without ARP", ADD "0e:00:00:00:00:09 dev ve0 nud noarp", true, NULL },
	{ "failed", ADD "0e:00:00:00:00:09 dev ve0 nud failed", false, NULL },
	{ "a group address", ADD "01:00:5e:00:00:09 dev ve0 nud reachable", false, NULL },
	{ "all zeros", ADD "00:00:00:00:00:00 dev ve0 nud reachable", false, NULL },
};

static void entries(void **state)
{
	const struct row *row = *state;
	struct box box;

	if (row->before)
		assert_true(run(row->command));
	assert_int_equal(box_open(&box), 0);
	box_look(&box, 1);
	if (!row->before) {
		assert_int_equal(times(&box, "10.1.1.9"), 0);
		assert_true(run(row->command));
		box_look(&box, 1);
	}
	if (row->record) {
		const struct record *rec = spy_find(&box.spy, row->record);

		assert_non_null(rec);
		assert_true(str_eq(rec->program, STR("@neighbours")));
		assert_true(rec->at > 0 && rec->at <= clock_now() && rec->at == rec->received);
	} else {
		assert_int_equal(times(&box, "|ip=10.1.1.9|"), 0);
	}
	box_close(&box);
	run("ip neigh flush dev ve0");
	run("ip neigh del 10.1.1.9 dev ve0");
	run("ip neigh del fd00::9 dev ve0");
}

static void a_stale_entry_is_told_once(void **state)
{
	struct box box;

	assert_true(run(ADD "0e:00:00:00:00:09 dev ve0 nud stale"));
	assert_true(run("ip neigh replace 10.1.1.8 lladdr 0e:00:00:00:00:08 dev ve0 nud reachable"));
	assert_int_equal(box_open(&box), 0);
	box_look(&box, 4);
	assert_int_equal(times(&box, "mac=0e0000000009"), 1);
	assert_true(times(&box, "mac=0e0000000008") >= 2);
	box_close(&box);
	run("ip neigh flush dev ve0");
}

static void bridges_tell_of_devices_without_an_address(void **state)
{
	struct box box;

	if (!run("ip link add br0 type bridge") || !run("ip link set br0 up") || !run("ip link set ve1 master br0")) {
		puts("no bridges in this kernel");
		return;
	}
	assert_true(run("bridge fdb add 0e:00:00:00:00:71 dev ve1 master dynamic"));
	assert_int_equal(box_open(&box), 0);
	box_look(&box, 1);
	assert_non_null(spy_find(&box.spy, "mac=0e0000000071|interface=ve1"));
	assert_true(run("bridge fdb add 0e:00:00:00:00:72 dev ve1 master dynamic"));
	box_look(&box, 1);
	assert_non_null(spy_find(&box.spy, "mac=0e0000000072|interface=ve1"));
	/* The bridge's own addresses are no devices. */
	assert_int_equal(times(&box, "state=permanent"), 0);
	box_close(&box);
	run("ip link del br0");
}

static void what_the_sink_does_not_take_comes_again(void **state)
{
	struct box box;
	char command[128];

	assert_int_equal(box_open(&box), 0);
	box_look(&box, 1);
	for (int i = 1; i <= 20; i++) {
		snprintf(command, sizeof(command),
			 "ip neigh replace 10.1.1.%d lladdr 0e:00:00:00:00:%02x dev ve0 nud stale", 100 + i, i);
		assert_true(run(command));
	}
	for (size_t n = 0; n < 20; n++) {
		box.spy.fail_at = n ? n : 0;
		for (int i = 0; i < 50 && box.spy.n <= n; i++)
			collector_neighbours.collect(box.state, &box.spy.sink, &box.diag);
		assert_true(box.spy.n > n);
	}
	for (int i = 1; i <= 20; i++) {
		snprintf(command, sizeof(command), "mac=0e00000000%02x|", i);
		assert_int_equal(times(&box, command), 1);
	}
	box_close(&box);
}

/* What the kernel tells is lost when nobody reads in time: then the table is looked through again. */
static void lost_messages_are_made_up_for(void **state)
{
	struct box box;
	usec_t deadline = clock_monotonic() + SECONDS(10);
	struct collector_stats stats;
	int small = 1;

	assert_int_equal(box_open(&box), 0);
	box_look(&box, 1);
	assert_int_equal(setsockopt(collector_neighbours.fd(box.state), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)),
			 0);
	for (int i = 1; i <= 60; i++) {
		char command[128];

		snprintf(command, sizeof(command),
			 "ip neigh replace 10.1.1.%d lladdr 0e:00:00:00:01:%02x dev ve0 nud reachable", 100 + i, i);
		assert_true(run(command));
	}
	small = 1 << 20;
	setsockopt(collector_neighbours.fd(box.state), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	while (clock_monotonic() < deadline && !spy_find(&box.spy, "mac=0e000000013c|")) {
		struct pollfd p = { .fd = collector_neighbours.fd(box.state), .events = POLLIN };

		collector_neighbours.collect(box.state, &box.spy.sink, &box.diag);
		poll(&p, 1, 20);
	}
	for (int i = 1; i <= 60; i++) {
		char mac[32];

		snprintf(mac, sizeof(mac), "mac=0e00000001%02x|", i);
		assert_non_null(spy_find(&box.spy, mac));
	}
	collector_neighbours.stats(box.state, &stats);
	assert_true(stats.dropped > 0);
	box_close(&box);
	run("ip neigh flush dev ve0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stale_entry_is_told_once),
		cmocka_unit_test(bridges_tell_of_devices_without_an_address),
		cmocka_unit_test(what_the_sink_does_not_take_comes_again),
		cmocka_unit_test(lost_messages_are_made_up_for),
	};
	int failed;

	if (!namespace_enter()) {
		puts("SKIP: no network namespace here, or no ip(8)");
		return 77;
	}
	failed = RUN_TABLE(rows, entries);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
