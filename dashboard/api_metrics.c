/* Prometheus text format 0.0.4 (standards.md 3.7).  Never by account, address or MAC: what a label can be is known before. */

#include <inttypes.h>
#include <math.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "daemon/alerts/alerts.h"
#include "dashboard/api.h"

static void metric(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void scores(FILE *out, const struct judge *judge)
{
	const struct rules *rules = judge_rules_now(judge);

	metric(out, "tenken_score_ratio", "gauge", "Score of a checklist, 0 to 1.");
	for (size_t i = 0; i < rules->n_lists; i++)
		fprintf(out, "tenken_score_ratio{scope=\"%s\"} %.4f\n", rules->lists[i]->id,
			judge_list(judge, i)->score.percent / 100);
	metric(out, "tenken_coverage_ratio", "gauge", "Share of the score about which anything is known, 0 to 1.");
	for (size_t i = 0; i < rules->n_lists; i++)
		fprintf(out, "tenken_coverage_ratio{scope=\"%s\"} %.4f\n", rules->lists[i]->id,
			judge_list(judge, i)->score.coverage_percent / 100);
	metric(out, "tenken_items", "gauge", "Scored items of a checklist by status.");
	for (size_t i = 0; i < rules->n_lists; i++)
		for (int s = 0; s < STATUSES; s++)
			fprintf(out, "tenken_items{scope=\"%s\",status=\"%s\"} %u\n", rules->lists[i]->id,
				status_name((enum status)s), judge_list(judge, i)->score.items[s]);
}

static void checks(FILE *out, const struct judge *judge)
{
	const struct rules *rules = judge_rules_now(judge);
	unsigned counts[STATUSES] = { 0 };

	metric(out, "tenken_check_verdict", "gauge", "1 for the status that a check has now.");
	for (size_t i = 0; i < rules->n_checks; i++) {
		const struct check_result *result = judge_check(judge, i);

		counts[result->state.status]++;
		for (int s = 0; s < STATUSES; s++)
			fprintf(out, "tenken_check_verdict{check=\"%s\",verdict=\"%s\"} %d\n", rules->checks[i]->id,
				status_name((enum status)s), result->state.status == (enum status)s);
	}
	metric(out, "tenken_checks", "gauge", "Checks by status.");
	for (int s = 0; s < STATUSES; s++)
		fprintf(out, "tenken_checks{verdict=\"%s\"} %u\n", status_name((enum status)s), counts[s]);
	metric(out, "tenken_check_errors", "gauge", "Checks that could not run.");
	counts[0] = 0;
	for (size_t i = 0; i < rules->n_checks; i++)
		counts[0] += judge_check(judge, i)->error != NULL;
	fprintf(out, "tenken_check_errors %u\n", counts[0]);
}

static void ingest(FILE *out, const struct pipeline_stats *stats)
{
	const struct {
		const char *name, *help;
		uint64_t value;
	} counters[] = {
		{ "tenken_lines_total", "Lines that were read.", stats->lines },
		{ "tenken_events_total", "Events that were made of them.", stats->events },
		{ "tenken_lines_unknown_total", "Lines of programs that no decoder speaks for.", stats->unknown },
		{ "tenken_lines_cut_total", "Lines that were longer than the limit.", stats->cut },
		{ "tenken_joins_dropped_total", "Things of several lines that made room before they were whole.",
		  stats->unjoined },
		{ "tenken_lines_refused_total", "Lines of sources over the bound, counted only.", stats->refused },
		{ "tenken_commits_total", "Transactions that were committed.", stats->commits },
		{ "tenken_rows_total", "Rows that were written.", stats->rows },
	};

	for (size_t i = 0; i < COUNT(counters); i++) {
		metric(out, counters[i].name, "counter", counters[i].help);
		fprintf(out, "%s %" PRIu64 "\n", counters[i].name, counters[i].value);
	}
	metric(out, "tenken_last_commit_timestamp_seconds", "gauge", "When the last transaction was committed.");
	fprintf(out, "tenken_last_commit_timestamp_seconds %.3f\n", (double)stats->last_commit / 1e6);
	metric(out, "tenken_commit_failing", "gauge", "1 while commits fail.");
	fprintf(out, "tenken_commit_failing %d\n", stats->failing != 0);
}

static void inputs(FILE *out, const struct daemon *daemon)
{
	static const struct {
		const char *name, *help;
		size_t at;
	} counters[] = {
		{ "tenken_input_received_total", "Lines that a collector received.",
		  offsetof(struct collector_stats, received) },
		{ "tenken_input_malformed_total", "Lines without a header that could be read.",
		  offsetof(struct collector_stats, malformed) },
		{ "tenken_input_dropped_total", "Lines that the kernel or a limit threw away.",
		  offsetof(struct collector_stats, dropped) },
		{ "tenken_input_connections_total", "Connections that were accepted.",
		  offsetof(struct collector_stats, connections) },
		{ "tenken_input_refused_total", "Connections that were refused.",
		  offsetof(struct collector_stats, refused) },
	};

	for (size_t i = 0; i < COUNT(counters); i++) {
		metric(out, counters[i].name, "counter", counters[i].help);
		for (size_t j = 0; collectors[j]; j++) {
			struct collector_stats stats = { 0 };
			uint64_t value;

			daemon_collector_stats(daemon, j, &stats);
			memcpy(&value, (const char *)&stats + counters[i].at, sizeof(value));
			fprintf(out, "%s{input=\"%s\"} %" PRIu64 "\n", counters[i].name, collectors[j]->name, value);
		}
	}
}

static void endpoint(FILE *out, const struct http *http)
{
	struct server_stats stats;
	const char *states[] = { "alive", "silent" };

	metric(out, "tenken_sources", "gauge", "Sources of lines by state.");
	for (size_t i = 0; i < COUNT(states); i++)
		fprintf(out, "tenken_sources{state=\"%s\"} %lld\n", states[i],
			(long long)json_integer_value(json_object_get(http->summary.sources, states[i])));
	server_stats(http->server, &stats);
	metric(out, "tenken_http_requests_total", "counter", "Requests that came.");
	fprintf(out, "tenken_http_requests_total %" PRIu64 "\n", stats.requests);
	metric(out, "tenken_http_refused_total", "counter", "Requests that were answered with an error.");
	fprintf(out, "tenken_http_refused_total %" PRIu64 "\n", stats.refused);
	metric(out, "tenken_http_streams", "gauge", "Open event streams.");
	fprintf(out, "tenken_http_streams %zu\n", stats.streams);
}

static void suppressed(void *arg, const char *reason, int64_t n)
{
	fprintf(arg, "tenken_alerts_suppressed_total{reason=\"%s\"} %" PRIi64 "\n", reason, n);
}

static void channels(FILE *out, const struct alerts *alerts)
{
	static const struct {
		const char *name, *type, *help;
		size_t at;
		bool time;
	} metrics[] = {
		{ "tenken_channel_sent_total", "counter", "Messages that a channel took.",
		  offsetof(struct post_channel, sent) },
		{ "tenken_channel_failed_total", "counter", "Messages that a channel refused for good.",
		  offsetof(struct post_channel, failed) },
		{ "tenken_channel_retried_total", "counter", "Attempts that failed and are made again.",
		  offsetof(struct post_channel, retried) },
		{ "tenken_channel_waiting", "gauge", "Messages that wait for a channel.",
		  offsetof(struct post_channel, waiting) },
		{ "tenken_channel_last_sent_timestamp_seconds", "gauge",
		  "When a channel last took a message; 0 is never.", offsetof(struct post_channel, last_sent), true },
	};
	const struct post_channel *all;
	size_t n = alerts_channels(alerts, &all);

	metric(out, "tenken_channel_up", "gauge", "0 while a channel of alerts does not work.");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "tenken_channel_up{channel=\"%s\"} %d\n", all[i].name, all[i].state == POST_OK);
	for (size_t k = 0; k < COUNT(metrics); k++) {
		metric(out, metrics[k].name, metrics[k].type, metrics[k].help);
		for (size_t i = 0; i < n; i++) {
			int64_t value;

			memcpy(&value, (const char *)&all[i] + metrics[k].at, sizeof(value));
			if (metrics[k].time)
				fprintf(out, "%s{channel=\"%s\"} %.3f\n", metrics[k].name, all[i].name,
					(double)value / 1e6);
			else
				fprintf(out, "%s{channel=\"%s\"} %" PRIi64 "\n", metrics[k].name, all[i].name, value);
		}
	}
	metric(out, "tenken_alerts_suppressed_total", "counter", "What was not told, by the reason.");
	alerts_counts(alerts, suppressed, out);
}

void api_metrics(struct http *http, struct exchange *exchange, struct str name)
{
	struct reply reply = { .status = 200, .type = "text/plain; version=0.0.4; charset=utf-8" };
	const struct pipeline_stats *stats = daemon_ingest_stats(http->daemon);
	_free_ char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	if (!out) {
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}

	metric(out, "tenken_build_info", "gauge", "Always 1; the version is a label.");
	fprintf(out, "tenken_build_info{version=\"%s\"} 1\n", TENKEN_VERSION);
	metric(out, "tenken_start_time_seconds", "gauge", "When the daemon was started.");
	fprintf(out, "tenken_start_time_seconds %.3f\n", (double)http->daemon->started / 1e6);
	metric(out, "tenken_config_last_reload_successful", "gauge", "0 when the last reload was refused.");
	fprintf(out, "tenken_config_last_reload_successful %d\n", !http->daemon->reload_failed);
	if (http->daemon->tls_expires > 0) {
		metric(out, "tenken_certificate_expiry_timestamp_seconds", "gauge",
		       "When the page's certificate ends.");
		fprintf(out, "tenken_certificate_expiry_timestamp_seconds %.0f\n",
			(double)http->daemon->tls_expires / 1e6);
	}
	scores(out, http->daemon->judge);
	checks(out, http->daemon->judge);
	if (stats) {
		ingest(out, stats);
		inputs(out, http->daemon);
	}
	endpoint(out, http);
	if (http->daemon->alerts)
		channels(out, http->daemon->alerts);
	fclose(out);
	reply.body = (struct str){ text, n };
	exchange_reply(exchange, &reply);
}
