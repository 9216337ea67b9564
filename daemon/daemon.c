/*
 * Start order: configuration, rules, folders, ingest (database and ports), service connection, worker, judge, endpoint; only
 * then READY.  Stop order: what was read is committed first.  A start that fails says one line and has opened nothing for
 * good.
 */

#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>

#include "collectors/collector.h"
#include "collectors/registers.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/when.h"
#include "daemon/alerts/alerts.h"
#include "daemon/ingest.h"
#include "daemon/lint.h"
#include "daemon/snapshots/snapshots.h"
#include "dashboard/http.h"

#define USUAL_CONFIG "/etc/tenken/tenken.yaml"
#define TICK MSEC(500)
/* So long the first evaluation may take before what there is is shown. */
#define ANNOUNCE_AFTER SECONDS(30)
/* A thread that did not go round for so long hangs, and the watchdog is not fed. */
#define HANGS_AFTER SECONDS(15)

static void daemon_changed(void *arg, const struct touched *touched)
{
	struct daemon *daemon = arg;

	pthread_mutex_lock(&daemon->touched_lock);
	touched_add(&daemon->touched, touched);
	pthread_mutex_unlock(&daemon->touched_lock);
	loop_wake(daemon->changed);
}

static void daemon_tell_judge(void *arg)
{
	struct daemon *daemon = arg;
	struct touched touched;

	pthread_mutex_lock(&daemon->touched_lock);
	touched = daemon->touched;
	daemon->touched = (struct touched){ 0 };
	pthread_mutex_unlock(&daemon->touched_lock);
	if (touched.tables)
		judge_touched(daemon->judge, &touched);
}

static void daemon_status_line(struct daemon *daemon)
{
	const struct rules *rules = judge_rules_now(daemon->judge);
	const struct score *score;

	if (rules->n_lists == 0)
		return;
	score = &judge_list(daemon->judge, 0)->score;
	sd_notifyf(0, "STATUS=score %.0f%%, coverage %.0f%%, %u failing%s", score->percent, score->coverage_percent,
		   score->items[STATUS_FAIL], daemon->reload_failed ? "; the last reload failed, see the log" : "");
}

/* Twice a second: shows the first findings when they are there, and feeds the watchdog while both threads go round. */
static void daemon_tick(void *arg)
{
	struct daemon *daemon = arg;
	usec_t now = clock_monotonic();

	if (!daemon->announced && (judge_ready(daemon->judge) || clock_now() - daemon->started > ANNOUNCE_AFTER)) {
		daemon->announced = true;
		daemon_announce(daemon, stdout);
		daemon_status_line(daemon);
	}
	if (daemon->watchdog == 0 || now < daemon->next_ping)
		return;

	daemon->next_ping = now + daemon->watchdog / 2;
	if (now - ingest_alive(daemon->ingest) > HANGS_AFTER) {
		log_err("daemon", "the ingest thread does not answer: the watchdog is not fed");
		return;
	}
	daemon_status_line(daemon);
	sd_notify(0, "WATCHDOG=1");
}

static void daemon_terminate(void *arg)
{
	struct daemon *daemon = arg;

	loop_stop(daemon->loop);
}

static void daemon_hangup(void *arg)
{
	daemon_reload(arg);
}

/* -errno of mkdir(), also when what is there is no folder. */
static int folder_make(const char *path, mode_t mode, struct diag *diag)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) < 0 ? -errno : 0;
	if (errno != EEXIST)
		return diag_set(diag, -errno, "%s: cannot make this folder: %s", path, strerror(errno));
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return diag_set(diag, -ENOTDIR, "%s: expected a folder; move what is there away", path);
	return 0;
}

/* The folder of folders that is ours: others are made by whoever names them. */
static int drop_make(const struct config *config, const char *lines, struct diag *diag)
{
	struct str rest = str_of(lines);
	char path[1024];

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n'), place = str_cut(&line, ' ');
		int r;

		if (!str_starts(place, str_of(config->state_dir)) || !str_ends(place, STR("/*")) ||
		    place.n >= sizeof(path))
			continue;
		str_copy(path, sizeof(path), str_first(place, place.n - 2));
		r = folder_make(path, 0700, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The state folder, that of the socket, those of files, and that of the registers with templates in it. */
static int folders_prepare(const struct config *config, struct diag *diag)
{
	char path[1024];
	char *slash;
	int r;

	r = folder_make(config->state_dir, 0700, diag);
	if (r < 0)
		return r;
	str_copy(path, sizeof(path), str_of(config->http_socket));
	slash = strrchr(path, '/');
	if (slash && slash > path) {
		*slash = '\0';
		r = folder_make(path, 0755, diag);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < config->n_collectors; i++) {
		const struct config_collector *own = &config->collectors[i];
		const char *folder;

		if (own->enabled && !strcmp(own->collector->name, "files")) {
			r = drop_make(config, setting(&own->settings, "directories"), diag);
			if (r < 0)
				return r;
		}
		if (!own->enabled || strcmp(own->collector->name, "registers") != 0)
			continue;
		folder = setting(&own->settings, "directory");
		r = folder_make(folder, 0700, diag);
		if (r == 0)
			r = registers_templates(folder, diag);
		if (r < 0)
			return r;
	}
	return 0;
}

int daemon_read(const char *path, bool demo, struct config **ret_config, struct rules **ret_rules, struct diag *diag)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	int r;

	if (!path && access(USUAL_CONFIG, F_OK) == 0)
		path = USUAL_CONFIG;
	r = config_load(path, &config, diag);
	if (r == 0 && demo)
		r = config_demo(config);
	if (r == 0)
		r = rules_load((const char *const *)config->rule_dirs, (const char *const *)config->packs, &rules,
			       diag);
	if (r == 0)
		r = judge_fits(config, rules, diag);
	if (r == 0)
		r = lint_prepare(rules, diag);
	if (r < 0)
		return r;
	*ret_config = TAKE(config);
	*ret_rules = TAKE(rules);
	return 0;
}

static int daemon_signals(struct daemon *daemon)
{
	static const struct {
		int signo;
		void (*fn)(void *arg);
	} signals[] = { { SIGTERM, daemon_terminate }, { SIGINT, daemon_terminate }, { SIGHUP, daemon_hangup } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(signals); i++)
		r = loop_signal(daemon->loop, signals[i].signo, signals[i].fn, daemon, &daemon->signals[i]);
	return r;
}

static int daemon_start(struct daemon *daemon, struct diag *diag)
{
	uint64_t usec = 0;
	int r;

	r = loop_new(&daemon->loop);
	if (r == 0)
		r = loop_waker(daemon->loop, daemon_tell_judge, daemon, &daemon->changed);
	if (r == 0)
		r = ingest_start(daemon->config, daemon->rules, daemon->db_path, daemon_changed, daemon,
				 &daemon->ingest, diag);
	if (r == 0)
		r = store_open(daemon->db_path, STORE_SERVICE, &daemon->store, diag);
	if (r == 0)
		r = worker_start(daemon->loop, daemon->db_path, &daemon->worker, diag);
	if (r == 0)
		r = judge_new(daemon->config, daemon->rules, daemon->store, daemon->worker, daemon->loop,
			      &daemon->judge, diag);
	if (r == 0)
		r = alerts_start(daemon->config, daemon->judge, daemon->store, daemon->loop, &daemon->alerts, diag);
	if (r == 0)
		r = snapshots_start(daemon->config, daemon->judge, daemon->store, daemon->worker, daemon->loop,
				    &daemon->snapshots, diag);
	if (r == 0)
		r = http_start(daemon, &daemon->http, diag);
	if (r == 0)
		r = daemon_signals(daemon);
	if (r == 0)
		r = loop_timer(daemon->loop, TICK, true, daemon_tick, daemon, &daemon->tick);
	if (r < 0)
		return r;

	if (sd_watchdog_enabled(0, &usec) > 0)
		daemon->watchdog = (usec_t)usec;
	return 0;
}

static void signals_hold(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* Negative errno: something could not be kept. */
static int daemon_stop(struct daemon *daemon)
{
	int r = ingest_stop(daemon->ingest);

	worker_stop(daemon->worker);
	http_stop(daemon->http);
	snapshots_stop(daemon->snapshots);
	alerts_stop(daemon->alerts);
	judge_free(daemon->judge);
	store_close(daemon->store);
	for (size_t i = 0; i < COUNT(daemon->signals); i++)
		loop_drop(daemon->signals[i]);
	loop_drop(daemon->tick);
	loop_drop(daemon->changed);
	loop_free(daemon->loop);
	rules_unref(daemon->rules);
	config_free(daemon->config);
	free(daemon->db_path);
	return r;
}

static int exit_code(int error)
{
	switch (-error) {
	case EBADMSG: return EX_CONFIG;
	case EACCES:
	case EPERM: return EX_NOPERM;
	case EADDRINUSE:
	case EBUSY: return EX_UNAVAILABLE;
	case EPROTO:
	case ENOTUNIQ: return EX_DATAERR;
	case ENOENT:
	case ENOTDIR:
	case EROFS: return EX_CANTCREAT;
	case EIO:
	case ENOSPC: return EX_IOERR;
	default: return EX_OSERR;
	}
}

static int refuse(const char *what, int error, const struct diag *diag)
{
	log_err(what, "%s", diag->text[0] ? diag->text : strerror(-error));
	return exit_code(error);
}

static int daemon_prepare(struct daemon *daemon, struct diag *diag)
{
	int r = when_zone(daemon->config->timezone);

	if (r < 0)
		return diag_set(diag, -EINVAL, "%s: site.timezone: there is no zone \"%s\"", daemon->config->file,
				daemon->config->timezone);
	r = folders_prepare(daemon->config, diag);
	if (r == 0 && daemon->config->demo)
		r = daemon_demo(daemon->config, daemon->rules, diag);
	if (r == 0 && asprintf(&daemon->db_path, "%s/tenken.db", daemon->config->state_dir) < 0)
		r = -ENOMEM;
	return r;
}

int daemon_run(const char *path, bool demo, bool first_token)
{
	struct daemon daemon = { .config_path = path, .started = clock_now(), .first_token = first_token };
	struct diag diag = { "" };
	int r, code;

	store_process();
	signals_hold(true);
	r = daemon_read(path, demo, &daemon.config, &daemon.rules, &diag);
	if (r < 0) {
		log_err("config", "%s", diag.text[0] ? diag.text : strerror(-r));
		return EX_CONFIG;
	}
	r = daemon_prepare(&daemon, &diag);
	if (r == 0)
		r = daemon_start(&daemon, &diag);
	if (r < 0) {
		code = refuse("start", r, &diag);
		daemon_stop(&daemon);
		return code;
	}

	log_info("start", "tenkend %s watches %s; state in %s, page at %s", TENKEN_VERSION, daemon.config->site_id,
		 daemon.config->state_dir, daemon.config->http_listen[0] ? daemon.config->http_listen : "(off)");
	signals_hold(false);
	sd_notify(0, "READY=1");
	r = loop_run(daemon.loop);
	sd_notify(0, "STOPPING=1");
	log_info("stop", "what was read is being committed");
	if (daemon_stop(&daemon) < 0)
		return EX_IOERR;
	return r < 0 ? EX_OSERR : EX_OK;
}

int daemon_check(const char *path)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { "" };
	int r = daemon_read(path, false, &config, &rules, &diag);

	if (r == 0)
		r = http_check(config, &diag);
	if (r < 0) {
		log_err("config", "%s", diag.text[0] ? diag.text : strerror(-r));
		return EX_CONFIG;
	}
	printf("%s: %zu checks, %zu checklists, %zu decoders: all is well\n", config->file, rules->n_checks,
	       rules->n_lists, decoders_count(rules->decoders));
	return EX_OK;
}
