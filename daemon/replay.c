/*
 * The daemon's own parts, wired without threads: what is put is committed and judged when the caller settles.  The clock
 * moves forwards only, so that a replay of the same input gives the same verdicts.
 */
#include "daemon/replay.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/line.h"
#include "core/syslog.h"
#include "core/when.h"
#include "daemon/replay_in.h"

#define GAP_DAYS 40

static int replay_put(struct sink *sink, const struct record *rec)
{
	struct replay *replay = (struct replay *)sink;
	struct record copy = *rec;

	if (copy.received == 0)
		copy.received = replay->now;
	for (;;) {
		int r = sink_put(replay->inner, &copy);

		if (r != -EAGAIN) /* too much waits: a replay has the time to commit first */
			return r;
		r = replay_commit(replay);
		if (r < 0)
			return r;
	}
}

static int replay_begin(struct sink *sink, struct str set)
{
	return sink_begin(((struct replay *)sink)->inner, set);
}

static int replay_end(struct sink *sink, struct str set, const struct set_end *end)
{
	return sink_end(((struct replay *)sink)->inner, set, end);
}

int replay_commit(struct replay *replay)
{
	struct touched touched = { 0 };
	int r;

	do
		r = pipeline_commit(replay->pipeline, &touched);
	while (r == -EAGAIN);
	if (r > 0)
		judge_touched(replay->judge, &touched);
	return r < 0 ? r : 0;
}

static int parts_open(struct replay *replay, const struct config *config, struct rules *rules, struct diag *diag)
{
	int r = store_open(replay->path, STORE_INGEST, &replay->ingest, diag);

	if (r == 0)
		r = store_open(replay->path, STORE_SERVICE, &replay->service, diag);
	if (r == 0)
		r = store_reader(replay->path, &replay->db, diag);
	if (r == 0)
		r = pipeline_new(replay->ingest, rules, &replay->pipeline, diag);
	if (r == 0)
		r = judge_new(config, rules, replay->service, NULL, NULL, &replay->judge, diag);
	if (r < 0)
		return r;
	replay->inner = pipeline_sink(replay->pipeline, "replay");
	return replay->inner ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

int replay_new(const struct config *config, struct rules *rules, const char *dir, usec_t now, struct replay **ret,
	       struct diag *diag)
{
	_cleanup_(replay_freep) struct replay *replay = calloc(1, sizeof(*replay));
	struct stat st;
	int r;

	if (!replay || asprintf(&replay->path, "%s/tenken.db", dir) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	if (stat(replay->path, &st) == 0)
		return diag_set(diag, -EEXIST, "%s: it is there already; a replay begins with an empty folder",
				replay->path);
	replay->sink = (struct sink){ .put = replay_put, .begin = replay_begin, .end = replay_end };
	replay->rules = rules_ref(rules);
	replay_clock(replay, now);
	r = parts_open(replay, config, rules, diag);
	if (r < 0)
		return r;
	*ret = TAKE(replay);
	return 0;
}

void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	judge_free(replay->judge);
	pipeline_free(replay->pipeline);
	sqlite3_close_v2(replay->db);
	store_close(replay->service);
	store_close(replay->ingest);
	rules_unref(replay->rules);
	free(replay->folder);
	free(replay->path);
	free(replay);
	clock_set(0);
}

void replay_clock(struct replay *replay, usec_t now)
{
	if (now > replay->now)
		replay->now = now;
	clock_set(replay->now);
}

struct sink *replay_sink(struct replay *replay)
{
	return &replay->sink;
}

int replay_say(struct replay *replay, struct str host, struct str program, struct str text)
{
	_free_ char *raw = NULL;
	struct record rec = { .at = replay->now,
			      .collector = STR("replay"),
			      .peer = host,
			      .host = host,
			      .program = program,
			      .text = text,
			      .priority = -1 };
	int n = asprintf(&raw, STR_FMT "%s" STR_FMT, STR_ARG(program), program.n > 0 ? ": " : "", STR_ARG(text));

	if (n < 0) {
		raw = NULL;
		return -ENOMEM;
	}
	rec.raw = (struct str){ raw, (size_t)n };
	return sink_put(&replay->sink, &rec);
}

/*
 * The registers of a folder are as somebody keeps them now: told again before they look as if nobody had touched them since
 * the first line of an old log.
 */
static int registers_again(struct replay *replay, usec_t age, struct diag *diag)
{
	_free_ char *folder = NULL;

	if (!replay->folder || replay->now - replay->folder_told < age)
		return 0;
	folder = strdup(replay->folder);
	return folder ? replay_registers(replay, folder, diag) : -ENOMEM;
}

/* Judges every midnight up to the day of @at; what lapses in a long gap lapses at its end. */
static int midnights(struct replay *replay, usec_t at, struct diag *diag)
{
	int64_t day = when_day_of(replay->now), last = when_day_of(at);

	if (last - day > GAP_DAYS)
		day = last - 1;
	for (; day < last; day++) {
		int r = replay_commit(replay);

		if (r < 0)
			return r;
		replay_clock(replay, when_day_start(day + 1));
		r = registers_again(replay, DAYS(30), diag);
		if (r == 0)
			r = replay_settle(replay, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

int replay_line(struct replay *replay, struct str line, struct diag *diag)
{
	struct record rec = { .collector = STR("replay"), .priority = -1 };
	int r;

	syslog_parse(line, replay->now, &rec);
	if (rec.at > replay->now) {
		r = midnights(replay, rec.at, diag);
		if (r < 0)
			return r;
		replay_clock(replay, rec.at);
	}
	rec.peer = rec.host;
	rec.received = replay->now;
	return sink_put(&replay->sink, &rec);
}

int replay_file(struct replay *replay, FILE *file, uint64_t *ret_lines, struct diag *diag)
{
	_free_ char *line = NULL;
	size_t size = 0;
	uint64_t lines = 0;
	ssize_t n;
	int r = 0;

	while (r >= 0 && (n = getline(&line, &size, file)) >= 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		if (n == 0)
			continue;
		lines++;
		r = replay_line(replay, str_first((struct str){ line, (size_t)n }, SYSLOG_LINE_MAX), diag);
	}
	if (r >= 0 && ferror(file))
		r = diag_set(diag, -EIO, "reading failed after line %llu", (unsigned long long)lines);
	*ret_lines = lines;
	return r < 0 ? r : registers_again(replay, 1, diag);
}

void replay_fact(struct replay *replay, enum pipeline_fact fact, int64_t value)
{
	pipeline_fact(replay->pipeline, fact, value);
}

int replay_settle(struct replay *replay, struct diag *diag)
{
	int r = replay_commit(replay);

	if (r == 0)
		r = judge_settle(replay->judge, replay->db);
	return r < 0 ? diag_set(diag, r, "the checks could not be run: %s", strerror(-r)) : 0;
}

struct judge *replay_judge(struct replay *replay)
{
	return replay->judge;
}

struct store *replay_service(struct replay *replay)
{
	return replay->service;
}

struct sqlite3 *replay_db(struct replay *replay)
{
	return replay->db;
}

const struct pipeline_stats *replay_stats(const struct replay *replay)
{
	return pipeline_stats(replay->pipeline);
}
