/* Lines by UDP and TCP become records: charsets, framing, nothing lost, addresses. */
#include "tests/syslog_box.h"

static const struct row {
	const char *name;
	int type;
	struct str bytes;
	const char *encoding;
	size_t records;
	const char *program, *text; /* of the last record */
	size_t malformed;
	unsigned flags;
} rows[] = {
	{ "a datagram", SOCK_DGRAM, STR("<38>Sep  1 18:42:20 emr01 sshd[7]: hello"), "auto", 1, "sshd", "hello" },
	{ "a datagram with a line end", SOCK_DGRAM, STR("<38>Sep  1 18:42:20 emr01 sshd[7]: hello\n"), "auto", 1,
	  "sshd", "hello" },
	{ "an empty datagram", SOCK_DGRAM, STR("\n"), "auto", 0, NULL, NULL, 1 },
	{ "two lines by TCP", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: 1\n<38>Sep  1 18:42:20 h b: 2\n"), "auto", 2,
	  "b", "2" },
	{ "no end at the close", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: 1\n<38>Sep  1 18:42:20 h b: 2"), "auto", 2,
	  "b", "2" },
	{ "counted", SOCK_STREAM, STR("26 <38>Sep  1 18:42:20 h a: 1"), "auto", 1, "a", "1" },
	{ "nobody can claim to be one of us", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h @syslog: dropped=1\n"), "auto", 1,
	  "syslog", "dropped=1" },
	{ "CP932", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: \x93\x64\x8e\x71\x83\x4a\x83\x8b\x83\x65\n"), "auto", 1,
	  "a", "電子カルテ" },
	{ "CP932 with a backslash as second byte", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: \x95\x5c\x83\x5c\n"),
	  "auto", 1, "a", "表ソ" },
	{ "half-width kana", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: \xb6\xd9\xc3\n"), "auto", 1, "a", "ｶﾙﾃ" },
	{ "EUC-JP", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: \xc5\xc5\xbb\xd2\xa5\xab\xa5\xeb\xa5\xc6\n"), "auto", 1,
	  "a", "電子カルテ" },
	{ "EUC-JP said so", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: \xb0\xa1\n"), "euc-jp", 1, "a", "亜" },
	{ "UTF-8", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: 電子カルテ\n"), "cp932", 1, "a", "電子カルテ" },
	{ "of no charset", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: x\xff\xfe\xfdy\nz\n"), "auto", 2, "", "z" },
	{ "of no charset keeps its bytes", SOCK_STREAM, STR("<38>Sep  1 18:42:20 h a: x\xff\xfe\xfdy\n"), "auto", 1,
	  "a", "x\xff\xfe\xfdy" },
	{ "empty lines", SOCK_STREAM, STR("\n\r\n<13>x: y\n"), "auto", 1, "x", "y", 2 },
	{ "sync lost", SOCK_STREAM, STR("3 a: 9999999 x"), "auto", 1, "", "a:", 1 },
};

static void lines(void **state)
{
	const struct row *row = *state;
	struct box box;
	int fd;

	box_open(&box, row->encoding, NULL, NULL, NULL);
	fd = dial(&box, row->type);
	say(&box, fd, row->bytes);
	if (row->type == SOCK_STREAM)
		shutdown(fd, SHUT_WR);
	box_wait(&box, row->records);
	for (usec_t end = clock_monotonic() + SECONDS(5);
	     stats_of(&box).malformed < row->malformed && clock_monotonic() < end;)
		box_collect(&box);
	assert_int_equal(stats_of(&box).malformed, row->malformed);
	assert_int_equal(stats_of(&box).received, row->records);
	if (row->records > 0) {
		const struct record *rec = &box.spy.records[row->records - 1].rec;

		assert_true(str_eq(rec->program, str_of(row->program)));
		assert_true(str_eq(rec->text, str_of(row->text)));
		assert_true(str_eq(rec->peer, STR("127.0.0.1")));
		assert_true(str_eq(rec->collector, STR("syslog")));
		assert_true(rec->received > 0);
		assert_int_equal(rec->flags, row->flags);
		/* Raw is the bytes as they came, whatever the text became. */
		assert_true(str_find(row->bytes, rec->raw) >= 0);
	}
	close(fd);
	box_close(&box);
}

/* Whole lines only, in order, however the sink behaves. */
static void nothing_is_lost_when_the_sink_is_busy(void **state)
{
	struct box box;
	char line[64];
	int fd;

	box_open(&box, NULL, NULL, NULL, NULL);
	fd = dial(&box, SOCK_STREAM);
	for (int i = 0; i < 500; i++) {
		int n = snprintf(line, sizeof(line), "<13>app: %d\n", i);

		say(&box, fd, (struct str){ line, (size_t)n });
	}
	close(fd);
	fd = dial(&box, SOCK_DGRAM);
	for (int i = 500; i < 520; i++) {
		int n = snprintf(line, sizeof(line), "<13>app: %d\n", i);

		say(&box, fd, (struct str){ line, (size_t)n });
	}
	close(fd);
	for (size_t taken = 0; taken < 520; taken++) {
		usec_t deadline = clock_monotonic() + SECONDS(5);

		box.spy.fail_at = taken ? taken : 0;
		while (box.spy.n <= taken && clock_monotonic() < deadline)
			box_collect(&box);
	}
	assert_int_equal(box.spy.n, 520);
	for (int i = 0, tcp = 0, udp = 500; i < 520; i++) {
		int64_t number = -1;

		assert_true(str_int(box.spy.records[i].rec.text, &number));
		assert_int_equal(number, number < 500 ? tcp : udp);
		tcp += number < 500;
		udp += number >= 500;
	}
	box_close(&box);
}

static void a_long_line_is_cut_and_the_next_is_whole(void **state)
{
	size_t n = 5 << 20;
	struct box box;
	char *line = malloc(n);
	int fd;

	box_open(&box, NULL, NULL, NULL, NULL);
	fd = dial(&box, SOCK_STREAM);
	memset(line, 'x', n);
	line[n - 1] = '\n';
	say(&box, fd, (struct str){ line, n });
	say(&box, fd, STR("<13>app: after\n"));
	box_wait(&box, 2);
	assert_int_equal(box.spy.records[0].rec.flags & RECORD_CUT, RECORD_CUT);
	assert_int_equal(box.spy.records[0].rec.raw.n, 65536);
	assert_true(str_eq(box.spy.records[1].rec.text, STR("after")));
	assert_int_equal(stats_of(&box).cut, 1);
	free(line);
	close(fd);
	box_close(&box);
}

static void the_largest_datagram(void **state)
{
	struct box box;
	char *data = malloc(65507);
	int fd;

	box_open(&box, NULL, NULL, NULL, NULL);
	fd = dial(&box, SOCK_DGRAM);
	memset(data, 'x', 65507);
	say(&box, fd, (struct str){ data, 65507 });
	box_wait(&box, 1);
	assert_int_equal(box.spy.records[0].rec.raw.n, 65507);
	free(data);
	close(fd);
	box_close(&box);
}

static void ipv6_takes_both(void **state)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct settings set = { "syslog", collector_syslog.settings, NULL };
	struct box box = { .spy = SPY };
	int fd;

	box.port = free_port();
	snprintf(box.address, sizeof(box.address), "[::]:%u", box.port);
	box.values[0] = box.values[1] = box.address;
	set.values = box.values;
	box.state = calloc(1, collector_syslog.state_size);
	if (collector_syslog.open(box.state, &set, (struct str){ 0 }, &box.diag) < 0) {
		puts("no IPv6 here");
		box_close(&box);
		return;
	}
	fd = dial(&box, SOCK_DGRAM);
	say(&box, fd, STR("<13>app: four"));
	box_wait(&box, 1);
	assert_true(str_eq(box.spy.records[0].rec.peer, STR("127.0.0.1")));
	close(fd);
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	to.sin6_port = htons(box.port);
	assert_int_equal(sendto(fd, "<13>app: six", 12, 0, (struct sockaddr *)&to, sizeof(to)), 12);
	box_wait(&box, 2);
	assert_true(str_eq(box.spy.records[1].rec.peer, STR("::1")));
	close(fd);
	box_close(&box);
}

static void a_port_in_use_is_said(void **state)
{
	struct box box;
	struct settings set = { "syslog", collector_syslog.settings, box.values };
	void *second = calloc(1, collector_syslog.state_size);
	struct diag diag = { 0 };

	box_open(&box, NULL, NULL, NULL, NULL);
	assert_int_equal(collector_syslog.open(second, &set, (struct str){ 0 }, &diag), -EADDRINUSE);
	assert_non_null(strstr(diag.text, box.address));
	collector_syslog.close(second);
	free(second);
	box_close(&box);
}

static void an_address_that_is_none(void **state)
{
	static const char *const wrong[] = { "5514", "localhost:5514", "[::1]", "0.0.0.0:99999999", ":", "1.2.3.4:x" };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *values[8] = { wrong[i] };
		struct settings set = { "syslog", collector_syslog.settings, values };
		void *mine = calloc(1, collector_syslog.state_size);
		struct diag diag = { 0 };

		assert_int_equal(collector_syslog.open(mine, &set, (struct str){ 0 }, &diag), -EINVAL);
		assert_non_null(strstr(diag.text, "collectors.syslog.udp"));
		collector_syslog.close(mine);
		free(mine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_when_the_sink_is_busy),
		cmocka_unit_test(a_long_line_is_cut_and_the_next_is_whole),
		cmocka_unit_test(the_largest_datagram),
		cmocka_unit_test(ipv6_takes_both),
		cmocka_unit_test(a_port_in_use_is_said),
		cmocka_unit_test(an_address_that_is_none),
	};
	int failed = RUN_TABLE(rows, lines);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
