/*
 * Rooms whose time has come speak: one message each, while the ceiling allows it.  Above it all that waits becomes one message
 * that says so; nothing is left out without a number.
 */

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/plan_in.h"

#define ROOMS_MAX 64
#define HELD_EVERY MINUTES(10) /* above the ceiling */
#define WAITS " room = ?1 AND seq > (SELECT told_seq FROM alert_room WHERE name = ?1) AND silence = 0 AND cause = 0"

struct room {
	char name[160];
	enum severity severity;
	usec_t first_at;
	bool first;
};

static int rooms_due(struct plan *plan, usec_t now, struct room *rooms, size_t *ret_n)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int r = sql_open(plan->db, &stmt,
			 "SELECT name, severity, first_at FROM alert_room WHERE pending = 1 AND due_at <= ?1"
			 " ORDER BY severity DESC, due_at, name LIMIT ?2",
			 "ii", (int64_t)now, (int64_t)ROOMS_MAX);

	*ret_n = 0;
	while (r == 0 && *ret_n < ROOMS_MAX && sqlite3_step(stmt) == SQLITE_ROW) {
		struct room *room = &rooms[(*ret_n)++];

		str_copy(room->name, sizeof(room->name), str_of(sql_text_at(stmt, 0)));
		room->severity = (enum severity)sqlite3_column_int(stmt, 1);
		room->first_at = sqlite3_column_int64(stmt, 2);
	}
	return r;
}

/* All that waits in the room is told: rows need not be touched for it. */
static int room_spoke(struct plan *plan, const char *name, bool spoke, usec_t now)
{
	return sql_run(plan->db,
		       "UPDATE alert_room SET pending = 0,"
		       " told_seq = max(told_seq, ifnull((SELECT max(seq) FROM alert WHERE room = ?1), 0)),"
		       " spoke = spoke + ?2, spoke_at = CASE WHEN ?2 THEN ?3 ELSE spoke_at END WHERE name = ?1",
		       "sii", name, (int64_t)spoke, (int64_t)now);
}

/* Rows of the room that will be reminded of, and what else their being told changes. */
static int rows_told(struct plan *plan, const char *name, usec_t now)
{
	int r = sql_run(
		plan->db,
		"UPDATE alert SET first_told = ?2 WHERE id IN (SELECT id FROM alert WHERE bad = 1 AND first_told = 0"
		" AND " WAITS " LIMIT 2000)",
		"si", name, (int64_t)now);

	if (r == 0 && !strcmp(name, ROOM_FLAPPING))
		r = sql_run(plan->db, "UPDATE alert SET flapping = 0, flaps = 0, flaps_since = ?2 WHERE " WAITS, "si",
			    name, (int64_t)now);
	return r;
}

/* Why what waited is told now, when @room is that of a silence. */
static int silence_over_say(struct plan *plan, json_t *note, const char *room)
{
	struct str rest = str_of(room);
	int64_t id;
	int r;

	if (!str_starts(rest, STR("~silence/")) || !str_int(str_from(rest, strlen("~silence/")), &id))
		return 0;
	r = work_say(plan, note, id);
	if (r == 0)
		note_say(note, text_ja(TEXT_alert_silence_over), text_en(TEXT_alert_silence_over));
	return r < 0 ? r : 0;
}

static int rooms_tell(struct plan *plan, const struct room *rooms, size_t n, bool held, usec_t now)
{
	json_t *note = note_new(plan, "alert", now);
	int r = note ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = note_rows(plan, note, WAITS, "s", rooms[i].name);
	if (r == 0 && n == 1 && !strcmp(rooms[0].name, ROOM_FLAPPING))
		note_say(note, text_ja(TEXT_alert_settled), text_en(TEXT_alert_settled));
	if (r == 0 && n == 1)
		r = silence_over_say(plan, note, rooms[0].name);
	if (r == 0 && held) {
		char number[24], ja[512], en[512];

		snprintf(number, sizeof(number), "%zu", n - 1);
		note_say(note,
			 text_fill(ja, sizeof(ja), text_ja(TEXT_alert_held), (const char *[]){ "n", number, NULL }),
			 text_fill(en, sizeof(en), text_en(TEXT_alert_held), (const char *[]){ "n", number, NULL }));
		r = count_add(plan, "ceiling", (int64_t)n - 1);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = rows_told(plan, rooms[i].name, now);
		if (r == 0)
			r = room_spoke(plan, rooms[i].name, !note_empty(note), now);
	}
	if (r == 0 && !note_empty(note))
		return note_put(plan, note, now, NULL, NULL);
	json_decref(note);
	return r;
}

/* Quiet hours: the room waits until they end. */
static int rooms_quiet(struct plan *plan, struct room *rooms, size_t *n, usec_t now)
{
	usec_t end = quiet_end(plan, now);
	size_t kept = 0;

	if (end <= now)
		return 0;
	for (size_t i = 0; i < *n; i++) {
		int r;

		if (!(plan->policy.quiet_mask & (1U << rooms[i].severity))) {
			rooms[kept++] = rooms[i];
			continue;
		}
		r = sql_run(plan->db, "UPDATE alert_room SET due_at = ?2 WHERE name = ?1", "si", rooms[i].name,
			    (int64_t)end);
		if (r == 0)
			r = count_add(plan, "quiet", 1);
		if (r < 0)
			return r;
	}
	*n = kept;
	return 0;
}

int rooms_run(struct plan *plan, usec_t now)
{
	struct room rooms[ROOMS_MAX];
	int64_t said = 0, last = 0;
	size_t n = 0, alone;
	int r = rooms_due(plan, now, rooms, &n);

	if (r == 0)
		r = rooms_quiet(plan, rooms, &n, now);
	if (r == 0 && n > 0)
		r = sql_number(plan->db, 0, &said,
			       "SELECT count(*) FROM alert_note WHERE at > ?1 AND kind IN ('alert', 'recovered')", "i",
			       (int64_t)(now - HOURS(1)));
	if (r == 0 && n > 0)
		r = sql_number(plan->db, 0, &last,
			       "SELECT max(at) FROM alert_note WHERE at > ?1 AND kind IN ('alert', 'recovered')", "i",
			       (int64_t)(now - HOURS(1)));
	if (r < 0 || n == 0)
		return r;
	if (said >= plan->policy.ceiling && last > now - HELD_EVERY) {
		for (size_t i = 0; r == 0 && i < n; i++)
			r = sql_run(plan->db, "UPDATE alert_room SET due_at = ?2 WHERE name = ?1", "si", rooms[i].name,
				    last + (int64_t)HELD_EVERY);
		return r;
	}
	alone = said >= plan->policy.ceiling ? 0 : (size_t)(plan->policy.ceiling - said);
	if (n > alone && alone > 0)
		alone--; /* the last one is for all the others */
	for (size_t i = 0; r == 0 && i < n && i < alone; i++)
		r = rooms_tell(plan, &rooms[i], 1, false, now);
	if (r == 0 && n > alone)
		r = rooms_tell(plan, &rooms[alone], n - alone, n - alone > 1, now);
	return r < 0 ? r : n == ROOMS_MAX;
}

/* True once for each time the schedule names; the first look only remembers. */
static int digest_due(struct plan *plan, const char *name, usec_t at)
{
	char value[32], meta[48];

	snprintf(meta, sizeof(meta), "alerts:%s", name);
	snprintf(value, sizeof(value), "%lld", (long long)at);
	if (store_meta_is(plan->db, meta, value))
		return 0;
	return store_meta_is(plan->db, meta, NULL) ? 1 : 2;
}

static int digest_done(struct plan *plan, const char *name, usec_t at)
{
	char value[32], meta[48];

	snprintf(meta, sizeof(meta), "alerts:%s", name);
	snprintf(value, sizeof(value), "%lld", (long long)at);
	return store_meta_set(plan->db, meta, value);
}

/* What was not told for a reason, since the last time it was said. */
static int counts_say(struct plan *plan, json_t *note, bool *ret_some)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int r = sql_open(
		plan->db, &stmt,
		"SELECT reason, n - said FROM alert_count WHERE n > said AND reason NOT IN ('low', 'settled', 'late',"
		" 'recovery') ORDER BY reason",
		"");

	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		static const struct {
			const char *reason;
			enum text text;
		} texts[] = {
			{ "silenced", TEXT_alert_n_silenced },
			{ "flapping", TEXT_alert_n_flapping },
			{ "work", TEXT_alert_n_work },
			{ "ceiling", TEXT_alert_n_ceiling },
			{ "folded", TEXT_alert_n_folded },
			{ "failed", TEXT_alert_n_failed },
			{ "expired", TEXT_alert_n_expired },
			{ "quiet", TEXT_alert_n_quiet },
			{ "no_channel", TEXT_alert_n_no_channel },
		};
		char ja[512], en[512], number[24];

		snprintf(number, sizeof(number), "%lld", (long long)sqlite3_column_int64(stmt, 1));
		for (size_t i = 0; i < COUNT(texts); i++) {
			const char *const pairs[] = { "n", number, NULL };

			if (strcmp(texts[i].reason, sql_text_at(stmt, 0)) != 0)
				continue;
			*ret_some = true;
			note_say(note, text_fill(ja, sizeof(ja), text_ja(texts[i].text), pairs),
				 text_fill(en, sizeof(en), text_en(texts[i].text), pairs));
		}
	}
	return r == 0 ? sql_run(plan->db, "UPDATE alert_count SET said = n WHERE n > said", "") : r;
}

/* The score of the first list, and how many are open: what a week is opened with. */
static int standing_say(struct plan *plan, json_t *note)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	const char *pack = plan->rules && plan->rules->n_lists > 0 ? plan->rules->lists[0]->id : "";
	char score[24], coverage[24], open[24], ja[512], en[512];
	int64_t n = 0;
	int r = sql_open(
		plan->db, &stmt,
		"SELECT percent, coverage_percent FROM score_history WHERE pack = ?1 ORDER BY at DESC, id DESC LIMIT 1",
		"s", pack);

	if (r == 0)
		r = sql_number(plan->db, 0, &n, "SELECT count(*) FROM alert WHERE bad = 1", "");
	if (r < 0)
		return r;
	snprintf(score, sizeof(score), "-");
	snprintf(coverage, sizeof(coverage), "-");
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		snprintf(score, sizeof(score), "%d%%", (int)sqlite3_column_double(stmt, 0));
		snprintf(coverage, sizeof(coverage), "%d%%", (int)sqlite3_column_double(stmt, 1));
	}
	snprintf(open, sizeof(open), "%lld", (long long)n);
	note_say(note,
		 text_fill(ja, sizeof(ja), text_ja(TEXT_alert_standing),
			   (const char *[]){ "score", score, "coverage", coverage, "n", open, NULL }),
		 text_fill(en, sizeof(en), text_en(TEXT_alert_standing),
			   (const char *[]){ "score", score, "coverage", coverage, "n", open, NULL }));
	return 0;
}

static int daily_tell(struct plan *plan, usec_t now)
{
	struct room digest = { .name = ROOM_DIGEST };
	json_t *note = note_new(plan, "daily", now);
	bool some = false;
	int r = note ? 0 : -ENOMEM;

	/* The room need not be awake: its rows wait for the time of day. */
	if (r == 0)
		r = sql_run(
			plan->db,
			"INSERT OR IGNORE INTO alert_room (name, pending, severity, first_at, due_at, told_seq, spoke_at,"
			" spoke) VALUES (?1, 0, 1, 0, 0, 0, 0, 0)",
			"s", digest.name);
	if (r == 0)
		r = note_rows(plan, note, WAITS, "s", digest.name);
	if (r == 0)
		r = counts_say(plan, note, &some);
	if (r == 0)
		r = rows_told(plan, digest.name, now);
	if (r == 0)
		r = room_spoke(plan, digest.name, false, now);
	if (r == 0 && (some || !note_empty(note)))
		return note_put(plan, note, now, NULL, NULL);
	json_decref(note);
	return r;
}

/* Also when all is well: a message that does not come on Monday is the sign that something is wrong with Tenken. */
static int weekly_tell(struct plan *plan, usec_t now)
{
	json_t *note = note_new(plan, "weekly", now);
	int r = note ? standing_say(plan, note) : -ENOMEM;

	if (r == 0)
		r = note_rows(plan, note, "bad = 1 AND silence = 0 AND cause = 0 AND severity >= 1", "");
	if (r == 0)
		return note_put(plan, note, now, NULL, NULL);
	json_decref(note);
	return r;
}

int digest_run(struct plan *plan, usec_t now)
{
	const struct {
		const char *name;
		int weekday, minute;
		int (*tell)(struct plan *plan, usec_t now);
	} all[] = { { "daily", -1, plan->policy.daily, daily_tell },
		    { "weekly", plan->policy.weekly_day, plan->policy.weekly, weekly_tell } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(all); i++) {
		usec_t at;
		int due;

		if (all[i].minute < 0)
			continue;
		at = schedule_last(all[i].weekday, all[i].minute, now);
		due = digest_due(plan, all[i].name, at);
		if (due == 1)
			r = all[i].tell(plan, now);
		if (r == 0 && due > 0)
			r = digest_done(plan, all[i].name, at);
	}
	return r;
}
