/* What became of messages, in the database: written in the service loop, in one short transaction each. */

#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "daemon/alerts/post_in.h"

#define BACK_OFF_FIRST SECONDS(5)
#define BACK_OFF_MOST MINUTES(10)
#define GIVEN_UP DAYS(7)

/* With jitter of a fifth, so that many sites do not come back at one moment. */
usec_t back_off(int64_t failures)
{
	usec_t span = BACK_OFF_FIRST, jitter;

	for (int64_t i = 1; i < failures && span < BACK_OFF_MOST; i++)
		span *= 2;
	jitter = (usec_t)((uint64_t)clock_monotonic() * 2654435761U % (uint64_t)(span / 5 * 2 + 1));
	span = span - span / 5 + jitter;
	return span < BACK_OFF_MOST ? span : BACK_OFF_MOST;
}

int channel_load(struct post *post, struct carrier *carrier)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	struct post_channel *c = carrier->shown;
	int r = sql_open(
		post->db, &stmt,
		"SELECT failures, retry_at, last_sent, last_failed, error, sent, failed, retried FROM alert_channel"
		" WHERE name = ?1",
		"s", carrier->sender.name);

	if (r < 0 || sqlite3_step(stmt) != SQLITE_ROW)
		return r;
	c->failures = sqlite3_column_int64(stmt, 0);
	c->retry_at = sqlite3_column_int64(stmt, 1);
	c->last_sent = sqlite3_column_int64(stmt, 2);
	c->last_failed = sqlite3_column_int64(stmt, 3);
	str_copy(c->error, sizeof(c->error), str_of(sql_text_at(stmt, 4)));
	c->sent = sqlite3_column_int64(stmt, 5);
	c->failed = sqlite3_column_int64(stmt, 6);
	c->retried = sqlite3_column_int64(stmt, 7);
	c->state = c->failures > 0 ? POST_FAILING : POST_OK;
	return 0;
}

/* Within a transaction. */
static int channel_save(struct post *post, const struct post_channel *c)
{
	return sql_run(
		post->db,
		"INSERT OR REPLACE INTO alert_channel (name, failures, retry_at, last_sent, last_failed, error, sent, failed,"
		" retried) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		"siiiisiii", c->name, c->failures, (int64_t)c->retry_at, (int64_t)c->last_sent, (int64_t)c->last_failed,
		c->error, c->sent, c->failed, c->retried);
}

static int delivery_save(struct post *post, struct carrier *carrier, usec_t now)
{
	const struct outcome *outcome = &carrier->outcome;
	const char *state = outcome->kind == OUTCOME_SENT      ? "sent"
			    : outcome->kind == OUTCOME_REFUSED ? "failed"
							       : "waiting";
	usec_t next = now;
	int r;

	if (carrier->delivery == 0)
		return 0;
	if (outcome->kind == OUTCOME_LATER)
		next += outcome->retry_after > 0 ? outcome->retry_after : back_off(carrier->attempts + 1);
	r = sql_run(
		post->db,
		"UPDATE alert_delivery SET state = ?2, attempts = attempts + 1, next_at = max(next_at, ?3), error = ?4, done_at ="
		" CASE WHEN ?2 = 'waiting' THEN NULL ELSE ?5 END WHERE id = ?1",
		"isisi", carrier->delivery, state, (int64_t)next, outcome->error, (int64_t)now);
	if (r == 0 && outcome->kind == OUTCOME_REFUSED)
		r = sql_run(
			post->db,
			"INSERT INTO alert_count (reason, n) VALUES ('failed', 1) ON CONFLICT (reason) DO UPDATE SET n = n + 1",
			"");
	return r;
}

static void channel_learns(struct post_channel *c, const struct outcome *outcome, usec_t now)
{
	switch (outcome->kind) {
	case OUTCOME_SENT:
		c->sent++;
		c->last_sent = now;
		c->failures = 0;
		c->retry_at = 0;
		c->error[0] = '\0';
		break;
	case OUTCOME_RETRY:
		c->failures++;
		c->retried++;
		c->retry_at = now + (outcome->retry_after > 0 ? outcome->retry_after : back_off(c->failures));
		break;
	case OUTCOME_LATER: c->retried++; break;
	case OUTCOME_REFUSED: c->failed++; break;
	case OUTCOME_STOPPED: return;
	}
	if (outcome->kind != OUTCOME_SENT) {
		c->last_failed = now;
		str_copy(c->error, sizeof(c->error), str_of(outcome->error));
	}
	c->state = c->failures > 0 ? POST_FAILING : POST_OK;
}

int carrier_settle(struct post *post, struct carrier *carrier, usec_t now)
{
	struct post_channel then = *carrier->shown;
	int r;

	channel_learns(&then, &carrier->outcome, now);
	r = store_begin(post->store);
	if (r < 0)
		return r;
	r = delivery_save(post, carrier, now);
	if (r == 0)
		r = channel_save(post, &then);
	if (r == 0)
		r = store_commit(post->store);
	if (r < 0) {
		store_rollback(post->store);
		return r;
	}
	if (carrier->outcome.kind == OUTCOME_RETRY && carrier->shown->failures == 0)
		log_warn("alerts", "channel %s does not work: %s; it is tried again", then.name, then.error);
	else if (carrier->outcome.kind == OUTCOME_REFUSED)
		log_warn("alerts", "channel %s does not take a message: %s", then.name, then.error);
	else if (carrier->outcome.kind == OUTCOME_SENT && carrier->shown->failures > 0)
		log_info("alerts", "channel %s works again", then.name);
	*carrier->shown = then;
	return 0;
}

int post_tidy(struct post *post, usec_t now)
{
	char *names = NULL, *sql = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&names, &n);
	int64_t before = sqlite3_total_changes64(post->db);
	int r = out ? store_begin(post->store) : -ENOMEM;

	if (r < 0) {
		if (out)
			fclose(out);
		free(names);
		return r;
	}
	/* Names are of a closed alphabet (config_alerts.c). */
	fputs("''", out);
	for (size_t i = 0; i < post->n; i++)
		fprintf(out, ", '%s'", post->carriers[i].sender.name);
	fclose(out);
	if (!names ||
	    asprintf(
		    &sql,
		    "UPDATE alert_delivery SET state = 'expired', done_at = ?1 WHERE state = 'waiting' AND (channel NOT IN"
		    " (%s) OR note IN (SELECT id FROM alert_note WHERE at < ?2))",
		    names) < 0)
		sql = NULL;
	r = sql ? sql_run(post->db, sql, "ii", (int64_t)now, (int64_t)(now - GIVEN_UP)) : -ENOMEM;
	if (r == 0 && sqlite3_total_changes64(post->db) > before)
		r = sql_run(
			post->db,
			"INSERT INTO alert_count (reason, n) VALUES ('expired', ?1) ON CONFLICT (reason) DO UPDATE SET n = n + ?1",
			"i", (int64_t)sqlite3_total_changes64(post->db) - before);
	if (r == 0)
		r = store_commit(post->store);
	if (r < 0)
		store_rollback(post->store);
	free(names);
	free(sql);
	return r;
}
