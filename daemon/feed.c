#include "daemon/feed.h"

#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "core/log.h"

#define BACK_OFF_FIRST SECONDS(1)
#define BACK_OFF_LAST MINUTES(5)
/* A collector that ran this long and fails again begins anew with a short wait. */
#define BACK_OFF_FORGET MINUTES(1)

static int sink_result(struct feed_sink *sink, int r)
{
	if (r < 0)
		sink->error = r;
	return r;
}

static int feed_put(struct sink *sink, const struct record *rec)
{
	struct feed_sink *own = (struct feed_sink *)sink;

	return sink_result(own, sink_put(own->inner, rec));
}

static int feed_begin(struct sink *sink, struct str set)
{
	struct feed_sink *own = (struct feed_sink *)sink;

	return sink_result(own, sink_begin(own->inner, set));
}

static int feed_end(struct sink *sink, struct str set, const struct set_end *end)
{
	struct feed_sink *own = (struct feed_sink *)sink;

	return sink_result(own, sink_end(own->inner, set, end));
}

/* Where it stopped the last time, owned by the caller; NULL when it never ran. */
static char *position_get(struct store *store, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	char *cursor = NULL;

	if (sqlite3_prepare_v2(store_sqlite(store), "SELECT cursor FROM position WHERE collector = ?1", -1, &stmt,
			       NULL))
		return NULL;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		cursor = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return cursor;
}

static void feed_close(struct feed *feed)
{
	loop_drop(TAKE(feed->fd));
	loop_drop(TAKE(feed->tick));
	loop_drop(TAKE(feed->again));
	if (feed->state)
		feed->own->collector->close(feed->state);
	free(feed->state);
	feed->state = NULL;
}

static void feed_well(struct feed *feed)
{
	const char *name = feed->own->collector->name;

	if (feed->back_off > 0 && clock_monotonic() - feed->failed_at > BACK_OFF_FORGET)
		feed->back_off = 0;
	if (feed->well)
		return;

	if (feed->reason[0])
		log_info("ingest", "%s: works again", name);
	feed->well = true;
	feed->reason[0] = '\0';
	pipeline_collector(feed->host->pipeline, name, "ok", NULL);
}

static void feed_failed(struct feed *feed, int error, const struct diag *diag)
{
	const char *name = feed->own->collector->name;
	char reason[sizeof(feed->reason)];
	bool named;

	str_copy(reason, sizeof(reason), str_of(diag->text[0] ? diag->text : strerror(-error)));
	feed_close(feed);

	feed->back_off = feed->back_off > 0 ? feed->back_off * 2 : BACK_OFF_FIRST;
	if (feed->back_off > BACK_OFF_LAST)
		feed->back_off = BACK_OFF_LAST;
	feed->failed_at = clock_monotonic();
	loop_rearm(feed->retry, feed->back_off);

	/* The same reason again is no news.  Most reasons begin with the collector's name. */
	if (strcmp(reason, feed->reason) == 0)
		return;
	named = str_starts(str_of(reason), str_of(name));
	log_warn("ingest", "%s%s%s (tried again later; until then its facts are unknown)", named ? "" : name,
		 named ? "" : ": ", reason);
	str_copy(feed->reason, sizeof(feed->reason), str_of(reason));
	feed->well = false;
	pipeline_collector(feed->host->pipeline, name, "failed", reason);
}

static void feed_collect(void *arg)
{
	struct feed *feed = arg;
	struct diag diag = { "" };
	int r;

	if (feed->paused || !feed->state)
		return;

	feed->sink.error = 0;
	r = feed->own->collector->collect(feed->state, &feed->sink.sink, &diag);
	if (feed->sink.error < 0) {
		feed->host->full(feed->host, feed->sink.error);
		if (!feed->paused)
			loop_rearm(feed->again, 0);
		return;
	}
	if (r < 0 && r != -EAGAIN) {
		feed_failed(feed, r, &diag);
	} else {
		feed_well(feed);
		if (diag.text[0]) /* a notice (collector.h) */
			log_warn("ingest", "%s", diag.text);
	}
	if (r > 0)
		loop_rearm(feed->again, 0);
	feed->host->said(feed->host);
}

/* Opens the collector and arms what calls it.  What was opened stays in @feed for feed_close(). */
static int feed_open(struct feed *feed, struct diag *diag)
{
	const struct collector *collector = feed->own->collector;
	_free_ char *cursor = position_get(feed->host->store, collector->name);
	int fd, r;

	feed->state = calloc(1, collector->state_size);
	if (!feed->state)
		return -ENOMEM;
	r = collector->open(feed->state, &feed->own->settings, str_of(cursor), diag);
	if (r < 0)
		return r;

	fd = collector->fd ? collector->fd(feed->state) : -1;
	if (fd >= 0)
		r = loop_fd(feed->host->loop, fd, feed_collect, feed, &feed->fd);
	if (r >= 0 && collector->interval > 0)
		r = loop_timer(feed->host->loop, collector->interval, true, feed_collect, feed, &feed->tick);
	if (r >= 0)
		r = loop_timer(feed->host->loop, 0, false, feed_collect, feed, &feed->again);
	if (r >= 0 && feed->paused && feed->fd)
		loop_pause(feed->fd);
	return r < 0 ? r : 0;
}

static void feed_retry(void *arg)
{
	struct feed *feed = arg;
	struct diag diag = { "" };
	int r;

	/* While nothing is committed its position is not known. */
	if (feed->paused) {
		loop_rearm(feed->retry, BACK_OFF_FIRST);
		return;
	}
	if (feed->state)
		return;

	r = feed_open(feed, &diag);
	if (r < 0) {
		feed_failed(feed, r, &diag);
		feed->host->said(feed->host);
	}
}

static bool has_address(const struct collector *collector)
{
	for (const struct setting_def *def = collector->settings; def && def->name; def++)
		if (def->type == SETTING_ADDRESS)
			return true;
	return false;
}

int feed_start(struct feed *feed, struct feed_host *host, const struct config_collector *own, struct diag *diag)
{
	const struct collector *collector = own->collector;
	struct diag why = { "" };
	int r;

	feed->host = host;
	feed->own = own;
	feed->sink = (struct feed_sink){ { feed_put, feed_begin, feed_end },
					 pipeline_sink(host->pipeline, collector->name) };
	if (!own->enabled) {
		feed->well = true;
		pipeline_collector(host->pipeline, collector->name, "off", "switched off in the configuration");
		return 0;
	}

	r = loop_timer(host->loop, HOURS(1), false, feed_retry, feed, &feed->retry);
	if (r < 0)
		return r;
	r = feed_open(feed, &why);
	if (r == -ENOMEM || ((r == -EADDRINUSE || r == -EACCES) && has_address(collector))) {
		*diag = why;
		return r;
	}
	if (r < 0)
		feed_failed(feed, r, &why);
	return 0;
}

void feed_stop(struct feed *feed)
{
	if (!feed->host)
		return;
	feed_close(feed);
	loop_drop(TAKE(feed->retry));
}

void feed_pause(struct feed *feed)
{
	feed->paused = true;
	if (feed->fd)
		loop_pause(feed->fd);
}

void feed_resume(struct feed *feed)
{
	feed->paused = false;
	if (feed->fd)
		loop_resume(feed->fd);
	if (feed->again)
		loop_rearm(feed->again, 0);
}

void feed_stats(const struct feed *feed, struct collector_stats *ret)
{
	if (feed->state && feed->own->collector->stats)
		feed->own->collector->stats(feed->state, ret);
}
