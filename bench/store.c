/*
 * What the ingest side costs without network and without decoding: state and batch a line, a durable commit, memory with a
 * hospital's worth of accounts and devices, and an import of 100,000 accounts.  bench/store [FOLDER]; one figure a line.
 */

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/batch.h"
#include "daemon/pipeline.h"
#include "daemon/state.h"
#include "daemon/touched.h"

#define ACCOUNTS 100000u
#define DEVICES 50000u

struct bench {
	char db_path[256];
	struct store *store;
	struct state *state;
	struct systems *systems;
	struct batch *batch;
	uint64_t rows;
	usec_t committing; /* by the wall: waiting for the disk counts */
	usec_t committing_cpu;
};

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "store: %s: %s\n", what, strerror(-r));
	exit(1);
}

static long rss_kib(void)
{
	_fclose_ FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld kB", &kib) == 1)
			break;
	return kib;
}

/* Of this thread: others may share the machine. */
static usec_t cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return SECONDS(t.tv_sec) + t.tv_nsec / 1000;
}

static void commit(struct bench *b)
{
	usec_t start = clock_monotonic(), cpu = cpu_time();
	struct touched touched;

	must(store_begin(b->store), "begin");
	must(state_flush(b->state, batch_pool(b->batch), b->systems, &touched), "state");
	must(batch_flush(b->batch), "batch");
	must(store_commit(b->store), "commit");
	b->rows += state_rows(b->state) + batch_rows(b->batch);
	state_settle(b->state);
	batch_settle(b->batch);
	b->committing += clock_monotonic() - start;
	b->committing_cpu += cpu_time() - cpu;
}

static void account_use(struct bench *b, unsigned i, usec_t at, int64_t event)
{
	char user[16], ip[24];
	struct account_use use = { .place = STR("emr"), .host = STR("emr01"), .at = at, .uses = 1, .event = event };

	use.user = (struct str){ user, (size_t)snprintf(user, sizeof(user), "u%06u", i) };
	use.src_ip = (struct str){ ip,
				   (size_t)snprintf(ip, sizeof(ip), "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255) };
	must(state_account(b->state, batch_pool(b->batch), &use), "account");
}

static void device_sight(struct bench *b, unsigned i, usec_t at)
{
	char mac[16], ip[24], host[16];
	struct device_sight sight = { .segment = STR("10.1.2"), .at = at, .count = 1, .source = 1 };
	struct device *device;
	bool news;

	sight.mac = (struct str){ mac, (size_t)snprintf(mac, sizeof(mac), "3423ba%06x", i) };
	sight.ip = (struct str){ ip,
				 (size_t)snprintf(ip, sizeof(ip), "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255) };
	sight.host = (struct str){ host, (size_t)snprintf(host, sizeof(host), "pc%06u", i) };
	must(state_device(b->state, batch_pool(b->batch), &sight, &device, &news), "device");
}

static void fill(struct bench *b, usec_t now)
{
	long before = rss_kib();

	for (unsigned i = 0; i < ACCOUNTS; i++) {
		if (state_full(b->state))
			commit(b);
		account_use(b, i, now, i);
	}
	for (unsigned i = 0; i < DEVICES; i++) {
		if (state_full(b->state))
			commit(b);
		device_sight(b, i, now);
	}
	commit(b);
	printf("rss_kib_before %ld\nrss_kib_with_%u_accounts_%u_devices %ld\n", before, ACCOUNTS, DEVICES, rss_kib());
	printf("new_entity_rows_per_second %.0f\n", (double)b->rows / ((double)b->committing / 1e6));
}

/* Logins of accounts all over the table, one event each, commits of @per lines. */
static void lines(struct bench *b, usec_t now, unsigned n, unsigned per)
{
	struct record rec = {
		.collector = STR("syslog"),
		.peer = STR("192.0.2.7"),
		.host = STR("emr01"),
		.program = STR("sshd"),
		.raw = STR(
			"Nov 30 05:53:20 emr01 sshd[4711]: Accepted password for u012345 from 10.0.0.1 port 50022 ssh2")
	};
	struct event *ev = calloc(1, sizeof(*ev));
	struct source *source;
	usec_t start = cpu_time();
	char user[16];

	b->rows = 0;
	b->committing = b->committing_cpu = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned who = (i * 7919u) % ACCOUNTS;
		int64_t id;

		if (batch_full(b->batch) || state_full(b->state) || i % per == 0)
			commit(b);
		rec.received = now + (usec_t)i * 50;
		ev->type = EVENT_auth_success;
		ev->decoder = "sshd";
		ev->received = rec.received;
		ev->count = 1;
		ev->field[FIELD_user] = (struct str){ user, (size_t)snprintf(user, sizeof(user), "u%06u", who) };
		ev->field[FIELD_src_ip] = STR("10.0.0.1");
		ev->field[FIELD_host] = rec.host;
		ev->field[FIELD_program] = rec.program;
		ev->field[FIELD_method] = STR("password");
		must(state_source(b->state, &rec, b->systems, &source), "source");
		must(state_line(b->state, source, &rec, false), "line");
		must(batch_add(b->batch,
			       &(struct batch_event){ .event = ev,
						      .at = rec.received,
						      .source = source_id(source),
						      .system = source_system(source),
						      .raw = rec.raw },
			       &id),
		     "event");
		must(state_type(b->state, source, ev->type, rec.received, 1, 0), "type");
		account_use(b, who, rec.received, id);
	}
	commit(b);
	start = cpu_time() - start - b->committing_cpu;
	printf("lines_%u_per_commit: state_and_batch_ns_per_event %.0f\n", per, (double)start * 1000 / n);
	printf("lines_%u_per_commit: commit_cpu_ns_per_event %.0f\n", per, (double)b->committing_cpu * 1000 / n);
	printf("lines_%u_per_commit: durable_rows_per_second %.0f (%.0f events/s)\n", per,
	       (double)b->rows / ((double)b->committing / 1e6), n / ((double)b->committing / 1e6));
	free(ev);
}

/* A line that means nothing: only counted. */
static void noise(struct bench *b, usec_t now, unsigned n)
{
	struct record rec = {
		.collector = STR("syslog"), .peer = STR("192.0.2.7"), .host = STR("emr01"), .received = now
	};
	struct source *source;
	usec_t start = cpu_time();

	for (unsigned i = 0; i < n; i++) {
		must(state_source(b->state, &rec, b->systems, &source), "source");
		must(state_line(b->state, source, &rec, true), "line");
	}
	printf("noise_ns_per_line %.0f\n", (double)(cpu_time() - start) * 1000 / n);
	commit(b);
}

static void tell(struct sink *sink, const char *digest, unsigned change)
{
	struct set_end end = { .state = SET_OK, .origin = STR("/r/accounts.csv"), .digest = str_of(digest) };
	usec_t start = clock_monotonic();

	must(sink_begin(sink, STR("register:accounts")), "begin");
	for (unsigned i = 0; i < ACCOUNTS; i++) {
		char text[256];
		struct record rec = { .program = STR("@register:accounts"), .received = clock_now() };

		rec.text = (struct str){
			text, (size_t)snprintf(text, sizeof(text),
					       "account_id=u%06u|system_id=emr|person_id=E%06u|kind=human|admin=no|"
					       "department=dep%u|issued_at=2020-04-01|line=%u",
					       i, i, i % change, i + 2)
		};
		must(sink_put(sink, &rec), "row");
	}
	must(sink_end(sink, STR("register:accounts"), &end), "end");
	printf("import_%u_rows_ms %.0f (%s)\n", ACCOUNTS, (double)(clock_monotonic() - start) / 1000, digest);
}

static void import(struct bench *b)
{
	struct rules rules = { .refs = 1000 };
	struct pipeline *pipeline = NULL;
	struct diag diag = { "" };
	struct sink *sink;

	must(pipeline_new(b->store, &rules, &pipeline, &diag), diag.text);
	sink = pipeline_sink(pipeline, "registers");
	tell(sink, "first", 50);
	tell(sink, "the same again", 50);
	tell(sink, "most rows changed", 49);
	printf("rss_kib_after_imports %ld\n", rss_kib());
	pipeline_free(pipeline);
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct diag diag = { "" };
	usec_t now = clock_now();
	char folder[128] = "/var/tmp/tkbenchXXXXXX";

	if (argc < 2 && !mkdtemp(folder))
		return 1;
	snprintf(b.db_path, sizeof(b.db_path), "%s/tenken.db", argc > 1 ? argv[1] : folder);
	when_zone("Asia/Tokyo");
	must(store_open(b.db_path, STORE_INGEST, &b.store, &diag), diag.text);
	must(systems_load(store_sqlite(b.store), &b.systems), "systems");
	must(state_new(store_sqlite(b.store), NULL, &b.state), "state");
	must(batch_new(store_sqlite(b.store), &b.batch), "batch");
	fill(&b, now);
	noise(&b, now, 2000000);
	lines(&b, now + SECONDS(10), 300000, 10000);
	lines(&b, now + SECONDS(60), 100000, 1000);
	lines(&b, now + SECONDS(90), 20000, 100);
	state_free(b.state);
	batch_free(b.batch);
	import(&b);
	systems_free(b.systems);
	store_close(b.store);
	if (argc < 2) {
		char lock[300];

		snprintf(lock, sizeof(lock), "%s.lock", b.db_path);
		unlink(lock);
		unlink(b.db_path);
		rmdir(folder);
	}
	return 0;
}
