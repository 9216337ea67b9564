/*
 * `tenkend --demo`: its state is made anew at every start, so that every date is near today.  It lies in a folder of its own
 * and never touches the site's.
 */

#include <errno.h>
#include <signal.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/when.h"
#include "daemon/daemon.h"
#include "daemon/demo.h"
#include "daemon/replay.h"

/* Removes the last demonstration's database, unless a daemon is at it. */
static int demo_clear(const char *dir, struct diag *diag)
{
	static const char *const files[] = { "tenken.db", "tenken.db-wal", "tenken.db-shm" };
	char path[1024];
	int r;

	snprintf(path, sizeof(path), "%s/tenken.db", dir);
	if (access(path, F_OK) == 0) {
		struct store *store = NULL;

		r = store_open(path, STORE_INGEST, &store, diag);
		if (r == -EBUSY)
			return r;
		if (r == 0)
			store_close(store);
	}
	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		if (unlink(path) < 0 && errno != ENOENT)
			return diag_set(diag, -errno, "%s: cannot be removed: %s", path, strerror(errno));
	}
	return 0;
}

static bool asked_to_stop(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

/* Every midnight is judged, so that there is a history to look back at. */
static int demo_days(struct replay *replay, int64_t *day, usec_t until, struct diag *diag)
{
	int r = 0;

	for (; r == 0 && *day < when_day_of(until); ++*day) {
		replay_clock(replay, when_day_start(*day + 1));
		r = replay_settle(replay, diag);
	}
	return r;
}

static int demo_play(struct replay *replay, usec_t now, struct diag *diag)
{
	int64_t day = when_day_of(now - DAYS(DEMO_DAYS));
	_cleanup_(demo_freep) struct demo *demo = NULL;
	struct record rec;
	int r;

	r = demo_open(now, &demo, diag);
	if (r < 0)
		return r;
	while ((r = demo_next(demo, &rec)) > 0) {
		if (asked_to_stop())
			return diag_set(diag, -EINTR, "stopped while the demonstration was being made");
		r = demo_days(replay, &day, rec.received, diag);
		if (r < 0)
			return r;
		replay_clock(replay, rec.received);
		r = sink_put(replay_sink(replay), &rec);
		if (r < 0)
			return diag_set(diag, r, "the demonstration cannot be stored: %s", strerror(-r));
	}
	if (r == 0)
		r = demo_days(replay, &day, now, diag);
	if (r == 0)
		replay_clock(replay, now);
	return r;
}

int daemon_demo(const struct config *config, struct rules *rules, struct diag *diag)
{
	_cleanup_(replay_freep) struct replay *replay = NULL;
	usec_t now = clock_now();
	char folder[1024];
	int r;

	snprintf(folder, sizeof(folder), "%s/registers", config->state_dir);
	log_info("demo", "the simulated hospital's last %d days are being played", DEMO_DAYS);
	r = demo_clear(config->state_dir, diag);
	if (r == 0)
		r = demo_registers(folder, now, diag);
	if (r == 0)
		r = replay_new(config, rules, config->state_dir, now - DAYS(DEMO_DAYS), &replay, diag);
	if (r == 0)
		r = replay_registers(replay, folder, diag);
	if (r == 0)
		r = demo_play(replay, now, diag);
	if (r == 0)
		r = replay_settle(replay, diag);
	if (r == 0)
		r = demo_words(replay, rules, now, diag);
	return r < 0 ? r : replay_settle(replay, diag);
}
