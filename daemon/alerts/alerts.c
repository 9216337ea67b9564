#include "daemon/alerts/alerts.h"

#include <errno.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/when.h"
#include "daemon/alerts/channel.h"
#include "daemon/alerts/config_alerts.h"
#include "daemon/alerts/sql.h"
#include "daemon/judge.h"

#define TICK MSEC(500)
#define STEPS_AT_ONCE 8 /* of a storm; HTTP and verdicts come between */
#define ROUTES_MAX 32

struct alerts {
	const struct config *config;
	struct judge *judge;
	struct store *store;
	struct loop *loop;
	struct plan *plan;
	struct post *post;
	struct loop_source *tick;
	char page[600];
	bool failing, more;
};

static usec_t span_of(const char *text)
{
	usec_t span = 0;

	when_parse_span(str_of(text), &span);
	return span;
}

static unsigned number_of(const char *text)
{
	int64_t n = 0;

	str_int(str_of(text), &n);
	return n > 100000 ? 100000 : (unsigned)n;
}

static unsigned severities_of(char *const *names)
{
	enum severity severity;
	unsigned mask = 0;

	for (size_t i = 0; names[i]; i++)
		if (severity_parse(str_of(names[i]), &severity))
			mask |= 1U << (unsigned)severity;
	return mask;
}

static void page_set(struct alerts *alerts, const struct config *config)
{
	size_t n;

	if (config->alert_page[0])
		str_copy(alerts->page, sizeof(alerts->page), str_of(config->alert_page));
	else if (config->http_listen[0])
		snprintf(alerts->page, sizeof(alerts->page), "http%s://%.200s", config->http_tls_cert[0] ? "s" : "",
			 config->http_listen);
	else
		alerts->page[0] = '\0';
	for (n = strlen(alerts->page); n > 0 && alerts->page[n - 1] == '/'; n--)
		alerts->page[n - 1] = '\0';
}

static void policy_read(const struct alerts *alerts, const struct config *config, struct plan_policy *ret)
{
	*ret = (struct plan_policy){
		.site_id = config->site_id,
		.site_name = config->site_name,
		.page = alerts->page,
		.demo = config->demo,
		.recovery = !strcmp(config->alert_recovery, "true"),
		.group_wait = span_of(config->alert_group_wait),
		.group_interval = span_of(config->alert_group_interval),
		.repeat = { [SEVERITY_HIGH] = span_of(config->alert_repeat_high),
			    [SEVERITY_CRITICAL] = span_of(config->alert_repeat_critical) },
		.flap_changes = number_of(config->alert_flap_changes),
		.flap_window = span_of(config->alert_flap_window),
		.flap_settled = span_of(config->alert_flap_settled),
		.ceiling = number_of(config->alert_ceiling),
		.rows_max = number_of(config->alert_rows),
	};
	alerts_hours(config->alert_quiet, &ret->quiet);
	alerts_hours(config->alert_office, &ret->office);
	alerts_minute(config->alert_daily, &ret->daily);
	alerts_weekly(config->alert_weekly, &ret->weekly_day, &ret->weekly);
	ret->quiet_closed = !strcmp(config->alert_quiet_closed, "true");
	ret->quiet_mask = severities_of(config->alert_quiet_severities);
	ret->work_mask = severities_of(config->alert_work);
}

static bool heads_wanted(const struct config *config, const char *channel)
{
	for (size_t i = 0; config->heads && config->heads[i]; i++)
		if (!strcmp(config->heads[i], channel))
			return true;
	return false;
}

static int configure(struct alerts *alerts, const struct config *config)
{
	struct plan_route routes[ROUTES_MAX];
	struct plan_policy policy;
	size_t n = 0;

	page_set(alerts, config);
	policy_read(alerts, config, &policy);
	for (size_t i = 0; i < config->n_channels && n < ROUTES_MAX; i++) {
		const struct config_channel *c = &config->channels[i];
		const char *hours = setting(&c->common, "hours");

		if (c->type->states) {
			policy.told_states = true;
			continue;
		}
		routes[n] = (struct plan_route){ .name = c->name,
						 .hours = !strcmp(hours, "office")      ? ROUTE_OFFICE
							  : !strcmp(hours, "off_hours") ? ROUTE_OFF_HOURS
											: ROUTE_ALWAYS,
						 .after = setting_span(&c->common, "after"),
						 .digest = setting_bool(&c->common, "digest"),
						 .heads = heads_wanted(config, c->name) };
		severity_parse(str_of(setting(&c->common, "severity")), &routes[n++].least);
	}
	return plan_configure(alerts->plan, &policy, routes, n, (struct rules *)judge_rules_now(alerts->judge));
}

static void alerts_tick(void *arg)
{
	struct alerts *alerts = arg;
	usec_t now = clock_now();
	bool changed = false;
	int r = 1;

	for (int i = 0; r == 1 && i < STEPS_AT_ONCE; i++) {
		r = plan_step(alerts->plan, now);
		changed = changed || r > 0;
	}
	if (r < 0 && r != -EAGAIN && !alerts->failing)
		log_err("alerts", "what is to be told cannot be written: %s; it is tried again", strerror(-r));
	alerts->failing = r < 0 && r != -EAGAIN;
	if (alerts->post)
		post_look(alerts->post, now, changed);
	loop_rearm(alerts->tick, r == 1 ? MSEC(10) : TICK);
}

int alerts_start(const struct config *config, struct judge *judge, struct store *store, struct loop *loop,
		 struct alerts **ret, struct diag *diag)
{
	struct alerts *alerts = calloc(1, sizeof(*alerts));
	int r = alerts ? 0 : -ENOMEM;

	if (r < 0)
		return r;
	alerts->config = config;
	alerts->judge = judge;
	alerts->store = store;
	alerts->loop = loop;
	r = plan_new(store, &alerts->plan);
	if (r == 0)
		r = configure(alerts, config);
	if (r == 0)
		r = post_start(store, alerts->plan, loop, config, &alerts->post);
	if (r == 0)
		r = loop_timer(loop, TICK, false, alerts_tick, alerts, &alerts->tick);
	if (r < 0) {
		alerts_stop(alerts);
		return diag_set(diag, r, "alerts cannot be started: %s", strerror(-r));
	}
	*ret = alerts;
	return 0;
}

void alerts_stop(struct alerts *alerts)
{
	if (!alerts)
		return;
	loop_drop(alerts->tick);
	post_stop(alerts->post);
	plan_free(alerts->plan);
	free(alerts);
}

void alerts_pause(struct alerts *alerts)
{
	post_stop(alerts->post);
	alerts->post = NULL;
}

int alerts_resume(struct alerts *alerts, const struct config *config)
{
	int r = configure(alerts, config);

	if (r == 0)
		r = post_start(alerts->store, alerts->plan, alerts->loop, config, &alerts->post);
	/* Somebody has just mended something: no channel waits for its next try. */
	for (size_t i = 0; r == 0 && i < config->n_channels; i++)
		post_nudge(alerts->post, i);
	return r;
}

size_t alerts_channels(const struct alerts *alerts, const struct post_channel **ret)
{
	return post_channels(alerts ? alerts->post : NULL, ret);
}

void alerts_counts(const struct alerts *alerts, void (*fn)(void *arg, const char *reason, int64_t n), void *arg)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;

	if (sql_open(store_sqlite(alerts->store), &stmt, "SELECT reason, n FROM alert_count ORDER BY reason", "") < 0)
		return;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		fn(arg, sql_text_at(stmt, 0), sqlite3_column_int64(stmt, 1));
}

int alerts_test(struct alerts *alerts, const char *channel, int64_t *ret_delivery)
{
	const struct post_channel *channels;
	size_t n = alerts_channels(alerts, &channels);

	for (size_t i = 0; i < n; i++) {
		int r;

		if (strcmp(channels[i].name, channel) != 0)
			continue;
		r = plan_test(alerts->plan, channel, clock_now(), ret_delivery);
		post_nudge(alerts->post, i);
		alerts_look(alerts);
		return r;
	}
	return -ENOENT;
}

void alerts_look(struct alerts *alerts)
{
	if (alerts)
		loop_rearm(alerts->tick, 0);
}
