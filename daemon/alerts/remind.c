/* What time alone brings: reminders, escalation, ends of silences, and forgetting. */

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/plan_in.h"

#define STEP 400
#define KEPT DAYS(90) /* messages and changes that are done with */

/* Open, told, and nobody said anything to it.  ?1 is now. */
#define NOBODY                                                                                                       \
	"bad = 1 AND first_told > 0 AND silence = 0 AND cause = 0 AND NOT EXISTS (SELECT 1 FROM ack WHERE"           \
	" ack.check_id = alert.check_id AND ack.resource IN (alert.resource, '*') AND ack.at >= alert.since AND"     \
	" (ack.until IS NULL OR ack.until > ?1)) AND NOT EXISTS (SELECT 1 FROM waiver AS w WHERE w.check_id ="       \
	" alert.check_id AND alert.resource GLOB w.resource_pattern AND w.revoked_at IS NULL AND w.start <= day(?1)" \
	" AND w.until >= day(?1))"
/* Hourly on the first day, then daily: ?2 how often, ?3 the severity. */
#define REMINDED                                                                                                         \
	NOBODY " AND severity = ?3 AND max(first_told, reminded) + CASE WHEN first_told > ?1 - 86400000000 THEN ?2 ELSE" \
	       " max(?2, 86400000000) END <= ?1"
#define ESCALATED NOBODY " AND first_told + ?2 <= ?1 AND escalated < ?2 AND severity >= ?3"

static int tell(struct plan *plan, json_t *note, enum text text, usec_t now)
{
	note_say(note, text_ja(text), text_en(text));
	return note_put(plan, note, now, NULL, NULL);
}

static int severity_remind(struct plan *plan, enum severity severity, usec_t now)
{
	const int64_t every = plan->policy.repeat[severity];
	json_t *note;
	int r;

	if (every == 0 || ((plan->policy.quiet_mask & (1U << (unsigned)severity)) && quiet_end(plan, now) > now))
		return 0;
	note = note_new(plan, "reminder", now);
	r = note ? note_rows(plan, note, REMINDED, "iii", (int64_t)now, every, (int64_t)severity) : -ENOMEM;
	if (r < 0 || note_empty(note)) {
		json_decref(note);
		return r;
	}
	r = sql_run(plan->db, "UPDATE alert SET reminded = ?1 WHERE " REMINDED, "iii", (int64_t)now, every,
		    (int64_t)severity);
	if (r < 0) {
		json_decref(note);
		return r;
	}
	return tell(plan, note, TEXT_alert_reminder, now);
}

/* To those who are told only what nobody took up within their time; all routes with that time at once. */
static int escalate(struct plan *plan, size_t route, usec_t now)
{
	const int64_t after = plan->routes[route].after;
	enum severity least = plan->routes[route].least;
	json_t *note;
	int r;

	for (size_t i = 0; i < plan->n_routes; i++) {
		if (plan->routes[i].after != after)
			continue;
		if (i < route)
			return 0;
		least = plan->routes[i].least < least ? plan->routes[i].least : least;
	}
	note = note_new(plan, "escalation", now);
	r = note ? note_rows(plan, note, ESCALATED, "iii", (int64_t)now, after, (int64_t)least) : -ENOMEM;
	if (r == 0 && !note_empty(note)) {
		json_object_set_new(note, "after", json_integer(after));
		r = sql_run(plan->db, "UPDATE alert SET escalated = ?2 WHERE " ESCALATED, "iii", (int64_t)now, after,
			    (int64_t)least);
		if (r == 0)
			return tell(plan, note, TEXT_alert_escalation, now);
	}
	json_decref(note);
	return r;
}

/* When a room speaks of very many, they are marked as told step by step (rooms.c marks the first). */
static int told_mark(struct plan *plan, usec_t now)
{
	return sql_run(
		plan->db,
		"UPDATE alert SET first_told = ?1 WHERE id IN (SELECT a.id FROM alert AS a JOIN alert_room AS r ON r.name = a.room"
		" WHERE a.bad = 1 AND a.severity IN (1, 2, 3) AND a.first_told = 0 AND a.seq > 0 AND a.seq <= r.told_seq AND"
		" a.silence = 0 AND a.cause = 0 LIMIT 2000)",
		"i", (int64_t)now);
}

int remind_run(struct plan *plan, usec_t now)
{
	int r = told_mark(plan, now);

	for (int severity = SEVERITIES - 1; r == 0 && severity >= 0; severity--)
		r = severity_remind(plan, (enum severity)severity, now);
	for (size_t i = 0; r == 0 && i < plan->n_routes; i++)
		if (plan->routes[i].after > 0)
			r = escalate(plan, i, now);
	return r;
}

/* One row that was held back by a silence that is over: another may cover it, or it waits to be told, or all is well. */
static int released(struct plan *plan, sqlite3_stmt *s, const char *room)
{
	const char *status = (const char *)sqlite3_column_text(s, 4), *told = (const char *)sqlite3_column_text(s, 5);
	enum severity severity = (enum severity)sqlite3_column_int(s, 3);
	int64_t other = silence_match(plan, sql_text_at(s, 1), sql_text_at(s, 2), severity, status);
	bool bad = sqlite3_column_int(s, 6), same = told ? status && !strcmp(told, status) : !bad;

	if (other > 0)
		return sql_run(plan->db, "UPDATE alert SET silence = ?2 WHERE id = ?1", "ii",
			       sqlite3_column_int64(s, 0), other);
	return sql_run(plan->db,
		       "UPDATE alert SET silence = 0, room = ?2, seq = CASE WHEN ?3 THEN 0 ELSE seq END WHERE id = ?1",
		       "isi", sqlite3_column_int64(s, 0), room, (int64_t)same);
}

/* 1 when there is more: all of one silence become one message, however many they are. */
static int silence_ended(struct plan *plan, int64_t id, usec_t now)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int64_t worst = SEVERITY_LOW;
	char room[64];
	int n = 0, r;

	snprintf(room, sizeof(room), "~silence/%lld", (long long)id);
	r = sql_open(
		plan->db, &stmt,
		"SELECT id, check_id, resource, severity, status, told, bad FROM alert WHERE silence = ?1 LIMIT ?2",
		"ii", id, (int64_t)STEP);
	while (r == 0 && n < STEP && sqlite3_step(stmt) == SQLITE_ROW) {
		r = released(plan, stmt, room);
		n++;
	}
	if (r < 0 || n == STEP)
		return r < 0 ? r : 1;
	r = sql_number(plan->db, SEVERITY_LOW, &worst, "SELECT max(severity) FROM alert WHERE room = ?1 AND seq > 0",
		       "s", room);
	return r < 0 ? r : room_wake(plan, room, (int)worst, now);
}

int silences_ended(struct plan *plan, usec_t now)
{
	int64_t ids[16];
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	int more = 0;
	int r = sql_open(
		plan->db, &stmt,
		"SELECT DISTINCT silence FROM alert WHERE silence > 0 AND NOT EXISTS (SELECT 1 FROM silence AS s"
		" WHERE s.id = alert.silence AND s.starts_at <= ?1 AND s.ends_at > ?1) LIMIT 16",
		"i", (int64_t)now);

	while (r == 0 && n < COUNT(ids) && sqlite3_step(stmt) == SQLITE_ROW)
		ids[n++] = sqlite3_column_int64(stmt, 0);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = silence_ended(plan, ids[i], now);
		more |= r > 0;
	}
	return r < 0 ? r : more;
}

int closed_forget(struct plan *plan, usec_t now)
{
	static const char *const steps[] = {
		/* What is well again and was told, or needs no telling. */
		"DELETE FROM alert WHERE id IN (SELECT a.id FROM alert AS a WHERE a.bad = 0 AND a.at < ?1 AND a.silence = 0 AND"
		" (a.seq = 0 OR a.seq <= (SELECT told_seq FROM alert_room WHERE name = a.room)) LIMIT ?2)",
		"DELETE FROM alert_room WHERE name GLOB '~silence/*' AND pending = 0 AND NOT EXISTS (SELECT 1 FROM alert"
		" WHERE room = alert_room.name)",
	};
	static const char *const old[] = {
		"DELETE FROM alert_delivery WHERE id IN (SELECT d.id FROM alert_note AS n JOIN alert_delivery AS d"
		" ON d.note = n.id WHERE n.at < ?1 AND d.state <> 'waiting' ORDER BY n.at LIMIT ?2)",
		"DELETE FROM alert_note WHERE id IN (SELECT id FROM alert_note AS n WHERE at < ?1 AND NOT EXISTS (SELECT 1 FROM"
		" alert_delivery WHERE note = n.id) AND id < (SELECT max(id) FROM alert_note) ORDER BY at LIMIT ?2)",
		"DELETE FROM alert_outbox WHERE id IN (SELECT id FROM alert_outbox WHERE done_at < ?1 ORDER BY id LIMIT ?2)"
		" AND id < (SELECT max(id) FROM alert_outbox)",
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(steps); i++)
		r = sql_run(plan->db, steps[i], i == 0 ? "ii" : "", (int64_t)(now - DAYS(1)), (int64_t)STEP);
	for (size_t i = 0; r == 0 && i < COUNT(old); i++)
		r = sql_run(plan->db, old[i], "ii", (int64_t)(now - KEPT), (int64_t)STEP);
	return r;
}
