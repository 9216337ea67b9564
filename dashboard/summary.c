/* Keeps what the database says of sources, collectors and registers at hand, so that no request waits for it. */

#include "core/clock.h"
#include "dashboard/api.h"
#include "dashboard/tables.h"

#define SUMMARY_EVERY SECONDS(30) /* silence is a matter of time alone */

struct summary_job {
	struct http *http; /* a reference */
	struct summary summary;
	int r;
};

void summary_free(struct summary *summary)
{
	json_decref(summary->sources);
	json_decref(summary->collectors);
	json_decref(summary->registers);
	*summary = (struct summary){ 0 };
}

static void summary_run(struct sqlite3 *db, void *arg)
{
	struct summary_job *job = arg;

	job->r = table_source_counts(db, clock_now(), &job->summary.sources);
	if (job->r == 0)
		job->r = table_collectors(db, &job->summary.collectors);
	if (job->r == 0)
		job->r = table_registers(db, &job->summary.registers);
}

static bool summary_same(const struct summary *a, const struct summary *b)
{
	return json_equal(a->sources, b->sources) && json_equal(a->collectors, b->collectors) &&
	       json_equal(a->registers, b->registers);
}

static void summary_done(void *arg, bool cancelled)
{
	struct summary_job *job = arg;
	struct http *http = job->http;
	struct summary old = http->summary;

	http->summary_asked = false;
	if (cancelled || job->r < 0 || http->stopped) {
		summary_free(&job->summary);
	} else {
		http->summary = job->summary;
		if (!summary_same(&old, &job->summary)) {
			status_stale(http);
			stream_say(http, "source",
				   json_pack("{s:O, s:O, s:O}", "sources", http->summary.sources, "collectors",
					     http->summary.collectors, "registers", http->summary.registers));
		}
		summary_free(&old);
	}
	http_unref(http);
	free(job);
}

/* When tokens were last used: in memory at once, in the database within a moment. */
static void tokens_tick(struct http *http)
{
	struct store *store = http->daemon->store;

	if (!tokens_unsaved(&http->tokens) || store_begin(store) < 0)
		return;
	if (tokens_save(store_sqlite(store), &http->tokens) < 0 || store_commit(store) < 0)
		store_rollback(store);
}

void summary_tick(void *arg)
{
	struct http *http = arg;
	const struct pipeline_stats *ingest = daemon_ingest_stats(http->daemon);
	uint64_t commits = ingest ? ingest->commits : 0;
	usec_t now = clock_monotonic();
	struct summary_job *job;
	struct job ask = { .run = summary_run, .done = summary_done };

	stream_tick(http);
	tokens_tick(http);
	if (!http->summary.sources) {
		http->summary.sources = json_pack("{s:i, s:i}", "alive", 0, "silent", 0);
		http->summary.collectors = json_array();
		http->summary.registers = json_array();
	} else if (http->summary_asked ||
		   (commits == http->summary_commits && now - http->summary_at < SUMMARY_EVERY)) {
		return;
	}

	job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->http = http_ref(http);
	ask.arg = job;
	http->summary_asked = true;
	http->summary_commits = commits;
	http->summary_at = now;
	if (worker_ask(http->daemon->worker, &ask) < 0)
		summary_done(job, true);
}
