/*
 * SIGHUP: everything is read and checked before anything changes, so that after it either all of the new files hold or all of
 * the old ones.
 */

#include <inttypes.h>
#include <systemd/sd-daemon.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/alerts/alerts.h"
#include "daemon/daemon.h"
#include "daemon/ingest.h"
#include "dashboard/http.h"

static void reload_refused(struct daemon *daemon, int error, const struct diag *diag)
{
	daemon->reload_failed = true;
	str_copy(daemon->reload_error, sizeof(daemon->reload_error),
		 str_of(diag->text[0] ? diag->text : strerror(-error)));
	log_err("reload", "%s; all stays as it was", daemon->reload_error);
}

static void reload_take(struct daemon *daemon, struct config *config, struct rules *rules)
{
	const char *restart = config_needs_restart(daemon->config, config);

	if (restart)
		log_warn("reload", "%s differs: that needs a restart, until then the old value holds", restart);
	alerts_pause(daemon->alerts);
	config_take(daemon->config, config);
	rules_unref(daemon->rules);
	daemon->rules = rules_ref(rules);
	ingest_rules(daemon->ingest, rules);
	judge_reload(daemon->judge, daemon->config, rules);
	http_take(daemon->http);
	if (alerts_resume(daemon->alerts, daemon->config) < 0)
		log_err("reload", "the channels of alerts cannot be started: nobody is told until the next reload");

	daemon->reload_failed = false;
	daemon->reload_error[0] = '\0';
	log_info("reload", "%zu checks, %zu checklists, %zu decoders in force", rules->n_checks, rules->n_lists,
		 decoders_count(rules->decoders));
}

void daemon_reload(struct daemon *daemon)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	struct diag diag = { "" };
	int r;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIi64, clock_monotonic());
	r = daemon_read(daemon->config_path, daemon->config->demo, &config, &rules, &diag);
	if (r == 0)
		r = http_prepare(daemon->http, config, &diag);
	if (r < 0)
		reload_refused(daemon, r, &diag);
	else
		reload_take(daemon, config, rules);
	sd_notify(0, "READY=1");
}
