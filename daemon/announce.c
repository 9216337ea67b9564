/* The first thing people read of Tenken, on the terminal that started it.  What others chose is made harmless first. */

#include <math.h>

#include "collectors/collector.h"
#include "core/text.h"
#include "daemon/daemon.h"
#include "daemon/ingest.h"

#define FINDINGS_SHOWN 10

/* Control characters, also those of two bytes, could move the cursor or forge a line. */
static void put_clean(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			fprintf(out, "\\x%02x", *p);
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			fprintf(out, "\\x%02x", *++p);
		else
			fputc(*p, out);
	}
}

static enum text severity_text(enum severity severity)
{
	static const enum text texts[] = {
		[SEVERITY_LOW] = TEXT_severity_low,
		[SEVERITY_MEDIUM] = TEXT_severity_medium,
		[SEVERITY_HIGH] = TEXT_severity_high,
		[SEVERITY_CRITICAL] = TEXT_severity_critical,
	};

	return texts[severity];
}

static void put_finding(FILE *out, const struct check *check, const struct verdict *verdict)
{
	fprintf(out, "  [%s] %s ", text_ja(severity_text(check->severity)),
		text_ja(verdict->status == STATUS_FAIL ? TEXT_status_fail : TEXT_status_warn));
	/* Whose it is, unless the sentence says it. */
	if (!strstr(verdict->reason_ja, verdict->resource)) {
		put_clean(out, verdict->resource);
		fputs(": ", out);
	}
	put_clean(out, verdict->reason_ja);
	fprintf(out, "\n         %s %s  (tenken explain %s)\n", text_ja(TEXT_to_do), check->fix_ja, check->id);
}

/* All findings, worst first; returns how many there are. */
static size_t put_findings(const struct judge *judge, FILE *out)
{
	const struct rules *rules = judge_rules_now(judge);
	static const enum status statuses[] = { STATUS_FAIL, STATUS_WARN };
	size_t n = 0;

	for (int severity = SEVERITIES - 1; severity >= 0; severity--) {
		for (size_t s = 0; s < COUNT(statuses); s++) {
			for (size_t i = 0; i < rules->n_checks; i++) {
				const struct check_result *result = judge_check(judge, i);

				if ((int)rules->checks[i]->severity != severity)
					continue;
				for (size_t v = 0; v < result->n_verdicts; v++)
					if (result->verdicts[v].status == statuses[s] && n++ < FINDINGS_SHOWN)
						put_finding(out, rules->checks[i], &result->verdicts[v]);
			}
		}
	}
	return n;
}

/* Rounded down, as on the page: never better than it is. */
static void put_score(const struct list_result *list, FILE *out)
{
	const struct score *score = &list->score;
	char measured[32] = "-";

	if (!isnan(score->measured_percent))
		snprintf(measured, sizeof(measured), "%.0f%%", floor(score->measured_percent));
	fprintf(out, "%s\n  %s %.0f%%  %s %.0f%%  %s %s\n  ", list->list->title_ja, text_ja(TEXT_score),
		floor(score->percent), text_ja(TEXT_coverage), floor(score->coverage_percent), text_ja(TEXT_measured),
		measured);
	fprintf(out, "%s %u  %s %u  %s %u  %s %u\n", text_ja(TEXT_status_fail), score->items[STATUS_FAIL],
		text_ja(TEXT_status_warn), score->items[STATUS_WARN], text_ja(TEXT_status_unknown),
		score->items[STATUS_UNKNOWN], text_ja(TEXT_status_pass), score->items[STATUS_PASS]);
}

/* Collectors that do not run, and why: their facts are unknown, and silence would look like order. */
static void put_failed(const struct daemon *daemon, FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < daemon->config->n_collectors; i++) {
		char reason[512];

		ingest_collector_reason(daemon->ingest, i, reason, sizeof(reason));
		if (!reason[0])
			continue;
		if (first)
			fprintf(out, "\n%s\n", text_ja(TEXT_collectors_failed));
		first = false;
		/* Most reasons begin with the collector's name. */
		fputs("  ", out);
		if (!str_starts(str_of(reason), str_of(daemon->config->collectors[i].collector->name)))
			fprintf(out, "%s: ", daemon->config->collectors[i].collector->name);
		put_clean(out, reason);
		fputc('\n', out);
	}
}

static void put_more(FILE *out, size_t n)
{
	char number[24], words[64];

	snprintf(number, sizeof(number), "%zu", n);
	text_fill(words, sizeof(words), text_ja(TEXT_and_more), (const char *[]){ "n", number, NULL });
	fprintf(out, "  %s (tenken findings)\n", words);
}

void daemon_announce(const struct daemon *daemon, FILE *out)
{
	const struct rules *rules = judge_rules_now(daemon->judge);
	size_t n;

	fputc('\n', out);
	if (daemon->config->demo)
		fprintf(out, "%s\n", text_ja(TEXT_demo_banner));
	if (daemon->config->http_listen[0])
		fprintf(out, "%s %s://%s/\n", text_ja(TEXT_page_at), daemon->tls_fingerprint[0] ? "https" : "http",
			daemon->config->http_listen);
	if (daemon->tls_fingerprint[0])
		fprintf(out, "%s\n  %s\n", text_ja(TEXT_fingerprint), daemon->tls_fingerprint);
	if (daemon->first_token_text[0])
		fprintf(out, "%s\n  %s\n", text_ja(TEXT_first_token), daemon->first_token_text);
	if (rules->n_lists > 0)
		put_score(judge_list(daemon->judge, 0), out);

	fprintf(out, "\n%s\n", text_ja(TEXT_first_findings));
	n = put_findings(daemon->judge, out);
	if (n == 0)
		fprintf(out, "  %s\n", text_ja(TEXT_no_findings));
	if (n > FINDINGS_SHOWN)
		put_more(out, n - FINDINGS_SHOWN);
	put_failed(daemon, out);
	fputc('\n', out);
	fflush(out);
}
