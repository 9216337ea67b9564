/*
 * Alerts over HTTP: what is open, the channels and how they do, acknowledgements, and silences in Alertmanager's shape.  What is
 * said here is looked at by the alerts at once.
 */

#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/alerts/alerts.h"
#include "daemon/statement.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"
#include "dashboard/write.h"

#define LONG_BYTES 2000
#define LONGEST DAYS(366)

static json_t *channel_json(const struct post_channel *c)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "name", c->name, "type",
			 c->type, "state", c->state == POST_FAILING ? "failing" : "ok", "waiting",
			 (json_int_t)c->waiting, "sent", (json_int_t)c->sent, "failed", (json_int_t)c->failed,
			 "retried", (json_int_t)c->retried, "last_sent", json_time(c->last_sent), "last_failed",
			 json_time(c->last_failed), "next_try", json_time(c->retry_at), "oldest_waiting",
			 json_time(c->oldest), "error", c->error[0] ? json_text(c->error) : json_null());
}

json_t *channels_json(const struct http *http)
{
	const struct post_channel *channels;
	size_t n = alerts_channels(http->daemon->alerts, &channels);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, channel_json(&channels[i]));
	return list;
}

static void count_json(void *arg, const char *reason, int64_t n)
{
	json_object_set_new(arg, reason, json_integer(n));
}

void api_channels(struct http *http, struct exchange *exchange, struct str name)
{
	json_t *counts = json_object();

	if (http->daemon->alerts)
		alerts_counts(http->daemon->alerts, count_json, counts);
	reply_json(exchange, json_pack("{s:o, s:o, s:n}", "items", channels_json(http), "not_told", counts, "next"));
}

/* A list of at most 1000 rows, the newest first. */
static int list_ask(struct sqlite3 *db, const char *sql, json_t **ret)
{
	json_t *rows;
	int r = table_rows(db, sql, NULL, NULL, &rows);

	if (r == 0)
		*ret = json_pack("{s:o, s:n}", "items", rows, "next");
	return r;
}

static int alerts_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	return list_ask(
		db,
		"SELECT alert_id AS id, check_id AS \"check\", resource, CASE severity WHEN 3 THEN 'critical' WHEN 2 THEN 'high'"
		" WHEN 1 THEN 'medium' ELSE 'low' END AS severity, status, since AS since_time, at AS at_time,"
		" nullif(first_told, 0) AS told_time, reason_ja, reason_en, nullif(silence, 0) AS silence,"
		" (SELECT name FROM alert_work AS w WHERE w.silence = alert.silence LIMIT 1) AS work,"
		" cause > 0 AS folded, flapping > 0 AS flapping, (SELECT json_object('who', who, 'why', why) FROM ack WHERE"
		" ack.check_id = alert.check_id AND ack.resource IN (alert.resource, '*') AND ack.at >= alert.since AND"
		" (ack.until IS NULL OR ack.until > CAST(unixepoch() AS INTEGER) * 1000000) ORDER BY id DESC LIMIT 1)"
		" AS ack_json FROM alert WHERE bad = 1 ORDER BY alert.severity DESC, at DESC LIMIT 1000",
		ret);
}

#define SILENCE                                                                                                                  \
	"SELECT id, at AS at_time, matchers AS matchers_json, starts_at AS \"startsAt_time\", ends_at AS \"endsAt_time\","       \
	" created_by AS \"createdBy\", comment, json_object('state', CASE WHEN ends_at <= ?1 THEN 'expired' WHEN starts_at > ?1" \
	" THEN 'pending' ELSE 'active' END) AS status_json FROM silence"

struct silence_asked {
	usec_t now;
	int64_t id;
};

static void silence_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct silence_asked *asked = arg;

	sqlite3_bind_int64(stmt, 1, asked->now);
	if (asked->id > 0)
		sqlite3_bind_int64(stmt, 2, asked->id);
}

static int silences_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct silence_asked asked = { .now = clock_now() };
	json_t *rows;
	int r = table_rows(db, SILENCE " ORDER BY ends_at > ?1 DESC, id DESC LIMIT 1000", silence_bind, &asked, &rows);

	if (r == 0)
		*ret = json_pack("{s:o, s:n}", "items", rows, "next");
	return r;
}

void api_alerts(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, alerts_ask);
}

void api_silences(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, silences_ask);
}

/* How a test of a channel went. */
static int test_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	sqlite3_stmt *stmt = NULL;
	int64_t id;
	int r = str_int(str_of(question->name), &id) ? 0 : -ENOENT;

	if (r == 0)
		r = statement_prepare(db, "SELECT channel, state, attempts, error FROM alert_delivery WHERE id = ?1",
				      &stmt);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, id);
		r = sqlite3_step(stmt) == SQLITE_ROW ? 0 : -ENOENT;
	}
	if (r == 0)
		*ret = json_pack("{s:I, s:o, s:o, s:I, s:o}", "id", (json_int_t)id, "channel",
				 json_text((const char *)sqlite3_column_text(stmt, 0)), "state",
				 json_text((const char *)sqlite3_column_text(stmt, 1)), "attempts",
				 (json_int_t)sqlite3_column_int64(stmt, 2), "error",
				 json_text((const char *)sqlite3_column_text(stmt, 3)));
	sqlite3_finalize(stmt);
	return r;
}

void api_channel_test(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, test_ask);
}

usec_t alerts_until(struct write *write, const char *field, const char *text)
{
	struct str s = str_of(text);
	int64_t day;
	usec_t t;

	if (when_parse_iso(s, &t) == s.n && s.n > 10)
		return t;
	if ((str_index(s, '-') > 0 || str_index(s, '/') > 0) && when_parse_date(s, &day))
		return when_day_start(day + 1) - 1;
	if (when_parse_span(s, &t) && t > 0 && t <= LONGEST)
		return write->now + t;
	COMPLAIN(&write->complaints, field, TEXT_alert_until, "value", text);
	return 0;
}

bool alerts_until_good(struct write *write, const char *field, usec_t until)
{
	if (until > 0 && until <= write->now)
		COMPLAIN(&write->complaints, field, TEXT_say_past, NULL);
	else if (until > write->now + LONGEST)
		COMPLAIN(&write->complaints, field, TEXT_alert_long, NULL);
	else
		return until > 0;
	return false;
}

static int silence_row(struct write *write, int64_t id, json_t **ret)
{
	struct silence_asked asked = { .now = write->now, .id = id };
	json_t *rows = NULL;
	int r = table_rows(write->db, SILENCE " WHERE id = ?2", silence_bind, &asked, &rows);

	if (r == 0)
		*ret = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return r == 0 && !*ret ? -ENOENT : r;
}

static int silence_insert(struct write *write, const char *matchers, usec_t starts, usec_t ends, const char *who,
			  const char *comment)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		write->db,
		"INSERT INTO silence (at, matchers, starts_at, ends_at, created_by, comment) VALUES (?1, ?2, ?3, ?4, ?5,"
		" ?6)",
		&stmt);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, write->now);
		statement_bind(stmt, 2, str_of(matchers));
		sqlite3_bind_int64(stmt, 3, starts);
		sqlite3_bind_int64(stmt, 4, ends);
		statement_bind(stmt, 5, str_of(who));
		statement_bind(stmt, 6, str_of(comment));
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

int alerts_post_silence(struct write *write)
{
	struct silence {
		const json_t *matchers;
		const char *starts, *ends, *who, *comment;
	} silence = { 0 };
	static const struct write_field fields[] = {
		{ "matchers", WRITE_JSON, true, 0, offsetof(struct silence, matchers) },
		{ "startsAt", WRITE_TEXT, false, 0, offsetof(struct silence, starts) },
		{ "endsAt", WRITE_TEXT, true, 0, offsetof(struct silence, ends) },
		{ "createdBy", WRITE_TEXT, true, 0, offsetof(struct silence, who) },
		{ "comment", WRITE_TEXT, true, LONG_BYTES, offsetof(struct silence, comment) },
	};
	usec_t starts, ends;
	_free_ char *matchers = NULL;
	struct diag diag;
	int r = write_fields(write, fields, COUNT(fields), &silence);

	if (r < 0)
		return r;
	matchers = json_dumps(silence.matchers, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!matchers)
		return -ENOMEM;
	if (silence_check(matchers, &diag) < 0)
		COMPLAIN(&write->complaints, "matchers", TEXT_alert_matchers, "why", diag.text);
	starts = silence.starts ? alerts_until(write, "startsAt", silence.starts) : write->now;
	ends = alerts_until(write, "endsAt", silence.ends);
	if (ends > 0 && alerts_until_good(write, "endsAt", ends) && starts >= ends)
		COMPLAIN(&write->complaints, "startsAt", TEXT_say_until_start, NULL);
	if (write->complaints.n > 0)
		return -EINVAL;
	r = silence_insert(write, matchers, starts, ends, silence.who, silence.comment);
	if (r == 0)
		r = silence_row(write, sqlite3_last_insert_rowid(write->db), &write->answer);
	if (r < 0)
		return r;
	write->after = json_incref(write->answer);
	write->tables |= store_table("silence");
	alerts_look(write->http->daemon->alerts);
	return 0;
}

/* Ends it now; that it was stays. */
int alerts_expire_silence(struct write *write)
{
	sqlite3_stmt *stmt = NULL;
	int64_t id;
	int r = str_int(write->name, &id) && id > 0 ? silence_row(write, id, &write->before) : -ENOENT;

	if (r == 0)
		r = statement_prepare(
			write->db,
			"UPDATE silence SET ends_at = ?1, starts_at = min(starts_at, ?1) WHERE id = ?2 AND ends_at > ?1",
			&stmt);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, write->now);
		sqlite3_bind_int64(stmt, 2, id);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	if (r == 0)
		r = silence_row(write, id, &write->answer);
	if (r < 0)
		return r;
	write->after = json_incref(write->answer);
	write->tables |= store_table("silence");
	alerts_look(write->http->daemon->alerts);
	return 0;
}

int alerts_post_test(struct write *write)
{
	struct test {
		const char *channel;
	} test = { 0 };
	static const struct write_field fields[] = { { "channel", WRITE_TEXT, true, 0,
						       offsetof(struct test, channel) } };
	int64_t delivery = 0;
	int r = write_fields(write, fields, COUNT(fields), &test);

	if (r < 0)
		return r;
	r = alerts_test(write->http->daemon->alerts, test.channel, &delivery);
	if (r == -ENOENT)
		return COMPLAIN(&write->complaints, "channel", TEXT_alert_no_channel, "value", test.channel);
	if (r < 0)
		return r;
	write->answer = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)delivery, "channel", test.channel, "state",
				  "waiting");
	write->after = json_incref(write->answer);
	return 0;
}
