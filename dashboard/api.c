/* The table of addresses. */

#include "core/clock.h"
#include "daemon/ingest.h"
#include "dashboard/access.h"
#include "dashboard/write.h"

#define NAME_MAX_BYTES 512
#define HANGS_AFTER SECONDS(60) /* the ingest loop goes round every second or so */

static const struct route {
	const char *path; /* ending in '/': one more part follows, the name */
	void (*answer)(struct http *http, struct exchange *exchange, struct str name);
	enum role role;   /* the least that may; 0: viewer */
	bool open;        /* to everybody, without a token too */
	const char *tail; /* what follows the name */
} routes[] = {
	{ "/healthz", api_healthz, .open = true },
	{ "/readyz", api_readyz, .open = true },
	{ "/metrics", api_metrics, ROLE_METRICS },
	{ "/api/v1/status", api_status },
	{ "/api/v1/checklists/", api_checklist },
	{ "/api/v1/checks", api_checks },
	{ "/api/v1/checks/", api_check },
	{ "/api/v1/findings", api_findings },
	{ "/api/v1/events", api_events },
	{ "/api/v1/sources", api_sources },
	{ "/api/v1/accounts", api_accounts },
	{ "/api/v1/devices", api_devices },
	{ "/api/v1/compare/", api_compare },
	{ "/api/v1/connects", api_connects },
	{ "/api/v1/makers/", api_maker },
	{ "/api/v1/registers", api_register_list },
	{ "/api/v1/registers/", api_register_file, .tail = "/file" },
	{ "/api/v1/registers/", api_register_template, .tail = "/template" },
	{ "/api/v1/registers/", api_register },
	{ "/api/v1/history", api_history },
	{ "/api/v1/status-history", api_course },
	{ "/api/v1/at", api_at },
	{ "/api/v1/forecast", api_forecast },
	{ "/api/v1/rules/diff", api_rules_diff },
	{ "/api/v1/changes", api_changes },
	{ "/api/v1/needs/", api_needs },
	{ "/api/v1/setup", api_setup },
	{ "/api/v1/next", api_next },
	{ "/api/v1/stream", api_stream },
	{ "/api/v1/answers", api_answers },
	{ "/api/v1/attestations", api_attestations },
	{ "/api/v1/waivers", api_waivers },
	{ "/api/v1/not-applicable", api_not_applicable },
	{ "/api/v1/alerts", api_alerts },
	{ "/api/v1/channels", api_channels },
	{ "/api/v1/channel-tests/", api_channel_test },
	{ "/api/v1/acks", api_acks },
	{ "/api/v1/silences", api_silences },
	{ "/api/v1/vendor-sheets", api_sheets },
	{ "/api/v1/vendor-sheets/file", api_sheet_file },
	{ "/api/v1/snapshots", api_snapshots },
	{ "/api/v1/snapshots/", api_snapshot_export, .tail = "/export" },
	{ "/api/v1/snapshots/", api_snapshot },
	{ "/api/v1/tokens", api_tokens, ROLE_ADMIN },
	{ "/api/v1/me", api_me },
	{ "/api/v1/openapi.json", api_openapi },
};

bool api_path(size_t i, char *buf, size_t size)
{
	if (i >= COUNT(routes))
		return false;
	snprintf(buf, size, "%s%s%s", routes[i].path, str_ends(str_of(routes[i].path), STR("/")) ? "{}" : "",
		 routes[i].tail ? routes[i].tail : "");
	return true;
}

static bool route_allowed(struct http *http, const struct route *route, struct exchange *exchange)
{
	return route->open || access_allowed(http, exchange, route->role != ROLE_NONE ? route->role : ROLE_VIEWER);
}

void api_handle(void *arg, struct exchange *exchange)
{
	struct str path = exchange->head.path, name = { 0 };
	char buf[NAME_MAX_BYTES];

	if (exchange->head.method != HEAD_GET && exchange->head.method != HEAD_HEAD) {
		write_handle(arg, exchange);
		return;
	}
	for (size_t i = 0; i < COUNT(routes); i++) {
		struct str route = str_of(routes[i].path), rest = path, tail = str_of(routes[i].tail);

		if (!str_ends(route, STR("/"))) {
			if (!str_eq(path, route))
				continue;
			if (route_allowed(arg, &routes[i], exchange))
				routes[i].answer(arg, exchange, name);
			return;
		}
		if (!str_starts(path, route) || !str_ends(path, tail))
			continue;
		rest = str_from(str_first(path, path.n - tail.n), route.n);
		if (rest.n == 0 || str_index(rest, '/') >= 0)
			continue;
		if (!head_unescape(rest, buf, sizeof(buf), &name))
			exchange_refuse(exchange, 400, NULL, NULL);
		else if (route_allowed(arg, &routes[i], exchange))
			routes[i].answer(arg, exchange, name);
		return;
	}
	/* No file system behind it: files are those of the program, by their whole name. */
	page_reply(arg, exchange, str_from(path, 1));
}

void api_healthz(struct http *http, struct exchange *exchange, struct str name)
{
	struct reply reply = { .status = 200, .type = "text/plain; charset=utf-8", .body = STR("ok\n") };

	if (http->daemon->ingest && clock_monotonic() - ingest_alive(http->daemon->ingest) > HANGS_AFTER) {
		reply.status = 503;
		reply.body = STR("not ok\n");
	}
	exchange_reply(exchange, &reply);
}

void api_readyz(struct http *http, struct exchange *exchange, struct str name)
{
	struct reply reply = { .status = 200, .type = "text/plain; charset=utf-8", .body = STR("ready\n") };
	const struct pipeline_stats *ingest = daemon_ingest_stats(http->daemon);

	/* After a reload checks run again, but there is an answer all the time. */
	http->was_ready = http->was_ready || judge_ready(http->daemon->judge);
	if (!http->was_ready || (ingest && ingest->failing != 0)) {
		reply.status = 503;
		reply.body = STR("not ready\n");
	}
	exchange_reply(exchange, &reply);
}
