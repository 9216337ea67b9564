/*
 * Changes of verdicts, from the outbox to what is open.  Each is looked at once, in the transaction that marks it as taken.
 * Here it is decided what is told at all; when, is decided by the room it goes to (rooms.c).
 */

#include <errno.h>
#include <string.h>

#include "daemon/alerts/plan_in.h"

#define BATCH 400
#define LATE DAYS(1) /* older than that it is history: a version that could not send has left it */
#define OFTEN MINUTES(10)
#define FLAPPING_MOST HOURS(6)

struct change {
	int64_t id;
	const char *alert_id, *check, *resource, *was, *status, *reason_ja, *reason_en;
	usec_t at;
	enum severity severity;
	bool bad;
};

struct row { /* of table alert */
	int64_t id, seq, silence, cause;
	enum severity severity;
	char status[16], told[16], room[160], place[256];
	usec_t since, flaps_since, first_told, reminded, escalated;
	int64_t flaps;
	bool bad, flapping;
};

static const char take_sql[] =
	"SELECT id, alert_id, at, check_id, resource, severity, was, status, reason_ja, reason_en"
	" FROM alert_outbox WHERE done_at IS NULL ORDER BY id LIMIT ?1";
static const char find_sql[] = "SELECT id, seq, severity, status, told, room, place, silence, cause, since, flaps,"
			       " flaps_since, flapping, first_told, reminded, escalated, bad FROM alert"
			       " WHERE check_id = ?1 AND resource = ?2";
static const char put_sql[] =
	"INSERT INTO alert (check_id, resource, alert_id, seq, severity, status, bad, told, reason_ja, reason_en, place,"
	" since, at, room, silence, cause, flaps, flaps_since, flapping, first_told, reminded, escalated)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"
	" ON CONFLICT (check_id, resource) DO UPDATE SET alert_id = ?3, seq = ?4, severity = ?5, status = ?6, bad = ?7,"
	" told = ?8, reason_ja = ?9, reason_en = ?10, place = ?11, since = ?12, at = ?13, room = ?14, silence = ?15,"
	" cause = ?16, flaps = ?17, flaps_since = ?18, flapping = ?19, first_told = ?20, reminded = ?21, escalated = ?22";
/* A room that spoke often of late waits until ?6 after it last spoke. */
#define HOLD "CASE WHEN spoke >= 3 THEN spoke_at + ?6 ELSE 0 END"
static const char room_sql[] =
	"INSERT INTO alert_room (name, pending, severity, first_at, due_at, told_seq, spoke_at, spoke)"
	" VALUES (?1, 1, ?2, ?3, ?4, 0, 0, 0) ON CONFLICT (name) DO UPDATE SET"
	" severity = CASE WHEN pending THEN max(severity, ?2) ELSE ?2 END,"
	" first_at = CASE WHEN pending THEN first_at ELSE ?3 END,"
	" due_at = CASE WHEN ?5 > 0 THEN CASE WHEN pending THEN min(?4, first_at + ?5) ELSE ?4 END"
	"          WHEN pending THEN min(due_at, max(?4, " HOLD ")) ELSE max(?4, " HOLD ") END, pending = 1";
static const char told_sql[] = "SELECT told_seq FROM alert_room WHERE name = ?1";

int intake_prepare(struct plan *plan)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = { { &plan->take, take_sql },
		    { &plan->find, find_sql },
		    { &plan->put, put_sql },
		    { &plan->room_put, room_sql },
		    { &plan->room_told, told_sql } };

	for (size_t i = 0; i < COUNT(all); i++) {
		int code = sqlite3_prepare_v3(plan->db, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT, all[i].stmt, NULL);

		if (code != SQLITE_OK)
			return store_errno(code);
	}
	return 0;
}

void intake_end(struct plan *plan)
{
	sqlite3_stmt *const all[] = { plan->take, plan->find, plan->put, plan->room_put, plan->room_told };

	for (size_t i = 0; i < COUNT(all); i++)
		sqlite3_finalize(all[i]);
}

static int step_done(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return store_errno(code);
}

int room_wake_at(struct plan *plan, const char *room, int severity, usec_t now, usec_t due, usec_t last)
{
	sql_bind(plan->room_put, "siiiii", room, (int64_t)severity, (int64_t)now, (int64_t)due, (int64_t)last,
		 (int64_t)plan->policy.group_interval);
	return step_done(plan->room_put);
}

int room_wake(struct plan *plan, const char *room, int severity, usec_t now)
{
	return room_wake_at(plan, room, severity, now, now + plan->policy.group_wait, 0);
}

/* What is told together: the first item that the check speaks for, else the check. */
const char *room_of(const struct plan *plan, const char *check, char *buf, size_t size)
{
	for (size_t l = 0; plan->rules && l < plan->rules->n_lists; l++) {
		const struct checklist *list = plan->rules->lists[l];

		for (size_t i = 0; i < list->n_items; i++)
			for (size_t c = 0; list->items[i].checks && list->items[i].checks[c]; c++) {
				if (strcmp(list->items[i].checks[c]->id, check) != 0)
					continue;
				snprintf(buf, size, "item/%s/%s", list->id, list->items[i].id);
				return buf;
			}
	}
	snprintf(buf, size, "check/%s", check);
	return buf;
}

static int64_t told_seq(struct plan *plan, const char *room)
{
	int64_t seq = 0;

	sql_bind(plan->room_told, "s", room);
	if (sqlite3_step(plan->room_told) == SQLITE_ROW)
		seq = sqlite3_column_int64(plan->room_told, 0);
	sqlite3_reset(plan->room_told);
	return seq;
}

/* 1 when there is one. */
static int row_find(struct plan *plan, const struct change *change, struct row *ret)
{
	sqlite3_stmt *s = plan->find;
	int code;

	*ret = (struct row){ 0 };
	sql_bind(s, "ss", change->check, change->resource);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW) {
		*ret = (struct row){
			.id = sqlite3_column_int64(s, 0),
			.seq = sqlite3_column_int64(s, 1),
			.severity = (enum severity)sqlite3_column_int(s, 2),
			.silence = sqlite3_column_int64(s, 7),
			.cause = sqlite3_column_int64(s, 8),
			.since = sqlite3_column_int64(s, 9),
			.flaps = sqlite3_column_int64(s, 10),
			.flaps_since = sqlite3_column_int64(s, 11),
			.flapping = sqlite3_column_int(s, 12),
			.first_told = sqlite3_column_int64(s, 13),
			.reminded = sqlite3_column_int64(s, 14),
			.escalated = sqlite3_column_int64(s, 15),
			.bad = sqlite3_column_int(s, 16),
		};
		str_copy(ret->status, sizeof(ret->status), str_of(sql_text_at(s, 3)));
		str_copy(ret->told, sizeof(ret->told), str_of(sql_text_at(s, 4)));
		str_copy(ret->room, sizeof(ret->room), str_of(sql_text_at(s, 5)));
		str_copy(ret->place, sizeof(ret->place), str_of(sql_text_at(s, 6)));
	}
	sqlite3_reset(s);
	return code == SQLITE_ROW ? 1 : store_errno(code);
}

static bool is_bad(const char *status)
{
	return status && (!strcmp(status, "warn") || !strcmp(status, "fail"));
}

/* The host that a verdict speaks of, by its dimensions: what ties a finding to a source that went silent. */
static int place_find(struct plan *plan, const struct change *change, char *buf, size_t size)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int r = sql_open(plan->db, &stmt,
			 "SELECT lower(coalesce(dims ->> '$.host', dims ->> '$.place', dims ->> '$.system_id', ''))"
			 " FROM verdict WHERE check_id = ?1 AND resource = ?2 AND json_valid(dims)",
			 "ss", change->check, change->resource);

	buf[0] = '\0';
	if (r == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		str_copy(buf, size, str_of(sql_text_at(stmt, 0)));
	return r;
}

/* A source that is silent is one alert: what else is found at its host is folded into it. */
static int cause_find(struct plan *plan, const struct change *change, struct row *row)
{
	int64_t some = 0;
	int r;

	row->cause = 0;
	if (!strcmp(change->check, "source-silent"))
		return place_find(plan, change, row->place, sizeof(row->place));
	r = sql_number(plan->db, 0, &some,
		       "SELECT 1 FROM alert INDEXED BY alert_place WHERE bad = 1 AND place <> '' LIMIT 1", "");
	if (r < 0 || !some)
		return r;
	r = place_find(plan, change, row->place, sizeof(row->place));
	if (r == 0 && row->place[0])
		r = sql_number(
			plan->db, 0, &row->cause,
			"SELECT id FROM alert INDEXED BY alert_place WHERE bad = 1 AND place <> '' AND place = ?1", "s",
			row->place);
	row->place[0] = '\0';
	return r;
}

/* How often it changed of late; true while that is too often for each to be told. */
static bool flaps(const struct plan *plan, struct row *row, usec_t now)
{
	if (now - row->flaps_since > plan->policy.flap_window && !row->flapping) {
		row->flaps = 0;
		row->flaps_since = now;
	}
	row->flaps++;
	if (plan->policy.flap_changes > 0 && row->flaps >= plan->policy.flap_changes)
		row->flapping = true;
	return row->flapping && row->flaps > plan->policy.flap_changes;
}

/* Which room, or none: sets room and seq of @row, and counts what is not told. */
static int route(struct plan *plan, const struct change *change, struct row *row, const struct row *before, usec_t now)
{
	bool same = row->told[0] ? change->status && !strcmp(row->told, change->status) : !change->bad;
	bool damped = flaps(plan, row, now);
	const char *reason = NULL;

	row->seq = change->id;
	row->room[0] = '\0';
	if (now - change->at > LATE)
		reason = "late";
	else if (change->severity == SEVERITY_LOW)
		reason = "low";
	else if (!change->bad && !plan->policy.recovery)
		reason = "recovery";
	if (reason) {
		row->seq = 0;
		return count_add(plan, reason, 1);
	}
	if (damped) {
		snprintf(row->room, sizeof(row->room), "%s", ROOM_FLAPPING);
		if (row->silence || row->cause)
			return 0;
		return count_add(plan, "flapping", 1) < 0
			       ? -EIO
			       : room_wake_at(plan, ROOM_FLAPPING, (int)change->severity, now,
					      now + plan->policy.flap_settled, FLAPPING_MOST);
	}
	if (same) {
		/* It came and went, or is again what people know: there is nothing to say. */
		row->seq = 0;
		snprintf(row->room, sizeof(row->room), "%s", before->room);
		return count_add(plan, "settled", 1);
	}
	if (change->severity == SEVERITY_MEDIUM)
		snprintf(row->room, sizeof(row->room), "%s", ROOM_DIGEST);
	else
		room_of(plan, change->check, row->room, sizeof(row->room));
	if (row->silence)
		return count_add(plan, silence_is_work(plan, row->silence) ? "work" : "silenced", 1);
	if (row->cause)
		return count_add(plan, "folded", 1);
	return change->severity == SEVERITY_MEDIUM ? 0 : room_wake(plan, row->room, (int)change->severity, now);
}

static int row_put(struct plan *plan, const struct change *change, const struct row *row)
{
	sql_bind(plan->put, "sssiisissssiisiiiiiiii", change->check, change->resource, change->alert_id, row->seq,
		 (int64_t)change->severity, change->status, (int64_t)change->bad, row->told[0] ? row->told : NULL,
		 change->reason_ja, change->reason_en, row->place, (int64_t)row->since, (int64_t)change->at, row->room,
		 row->silence, row->cause, row->flaps, (int64_t)row->flaps_since, (int64_t)row->flapping,
		 (int64_t)row->first_told, (int64_t)row->reminded, (int64_t)row->escalated);
	return step_done(plan->put);
}

/* What was folded into @cause stands for itself again, unless it went away with it. */
static int unfold(struct plan *plan, int64_t cause, int64_t seq, usec_t now)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int r = sql_open(plan->db, &stmt, "SELECT DISTINCT room, severity FROM alert WHERE cause = ?1 AND seq > 0", "i",
			 cause);

	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		if (strcmp(sql_text_at(stmt, 0), ROOM_DIGEST) != 0)
			/* Time for what the source tells to cure it. */
			r = room_wake_at(plan, sql_text_at(stmt, 0), sqlite3_column_int(stmt, 1), now, now + MINUTES(2),
					 DAYS(1));
	if (r == 0)
		r = sql_run(plan->db,
			    "UPDATE alert SET cause = 0, seq = CASE WHEN seq > 0 THEN ?2 ELSE 0 END WHERE cause = ?1",
			    "ii", cause, seq);
	return r;
}

static int change_take(struct plan *plan, const struct change *change, usec_t now)
{
	struct row row, before;
	int r = row_find(plan, change, &before);

	if (r < 0)
		return r;
	row = before;
	if (r == 0) {
		/* The first that is known of it: what was wrong before was told when all was looked at first. */
		str_copy(row.told, sizeof(row.told), str_of(is_bad(change->was) ? change->was : ""));
		row.since = change->at;
	} else if (before.seq > 0 && before.seq <= told_seq(plan, before.room) && !before.silence && !before.cause) {
		str_copy(row.told, sizeof(row.told), str_of(before.bad ? before.status : ""));
		row.first_told = row.first_told ? row.first_told : now;
	}
	if (change->bad && !before.bad) {
		row.since = change->at;
		row.first_told = row.reminded = row.escalated = 0;
	}
	row.silence = silence_match(plan, change->check, change->resource, change->severity, change->status);
	r = cause_find(plan, change, &row);
	if (r == 0)
		r = route(plan, change, &row, &before, now);
	if (r == 0)
		r = row_put(plan, change, &row);
	if (r == 0 && before.bad && !change->bad && before.silence)
		r = work_passed(plan, before.silence);
	if (r == 0 && before.bad && !change->bad)
		r = unfold(plan, before.id, change->id, now);
	return r;
}

/* The first look at a site, or at a new pack: one message, at once. */
static int first_take(struct plan *plan, const struct change *change, usec_t now)
{
	json_t *note;
	int r;

	if (now - change->at > LATE)
		return count_add(plan, "late", 1);
	note = note_new(plan, "first", now);
	r = note ? note_first(plan, note, change->at) : -ENOMEM;
	if (r < 0) {
		json_decref(note);
		return r;
	}
	json_object_set_new(note, "severity", json_string(severity_name(change->severity)));
	json_object_set_new(note, "status", json_string(change->status ? change->status : ""));
	note_say(note, change->reason_ja, change->reason_en);
	return note_put(plan, note, now, NULL, NULL);
}

static int take(struct plan *plan, sqlite3_stmt *s, usec_t now)
{
	struct change change = {
		.id = sqlite3_column_int64(s, 0),
		.alert_id = sql_text_at(s, 1),
		.at = sqlite3_column_int64(s, 2),
		.check = sql_text_at(s, 3),
		.resource = sql_text_at(s, 4),
		.was = (const char *)sqlite3_column_text(s, 6),
		.status = (const char *)sqlite3_column_text(s, 7),
		.reason_ja = sql_text_at(s, 8),
		.reason_en = sql_text_at(s, 9),
	};

	severity_parse(str_of(sql_text_at(s, 5)), &change.severity);
	/* That a check cannot run is told with it, and has no other status than unknown. */
	change.bad = is_bad(change.status) || (!strcmp(change.resource, RESOURCE_OF_CHECK) && change.status &&
					       !strcmp(change.status, "unknown"));
	return change.check[0] ? change_take(plan, &change, now) : first_take(plan, &change, now);
}

int intake_run(struct plan *plan, usec_t now)
{
	int64_t last = 0;
	int n = 0, r;

	/* A room that spoke rarely of late may speak at once again. */
	r = sql_run(plan->db, "UPDATE alert_room SET spoke = 0 WHERE spoke > 0 AND spoke_at < ?1", "i",
		    (int64_t)(now - OFTEN));
	sqlite3_bind_int(plan->take, 1, BATCH);
	while (r == 0 && sqlite3_step(plan->take) == SQLITE_ROW) {
		last = sqlite3_column_int64(plan->take, 0);
		r = take(plan, plan->take, now);
		n++;
	}
	sqlite3_reset(plan->take);
	if (r == 0 && n > 0)
		r = sql_run(plan->db, "UPDATE alert_outbox SET done_at = ?1 WHERE done_at IS NULL AND id <= ?2", "ii",
			    (int64_t)now, last);
	return r < 0 ? r : n == BATCH;
}
