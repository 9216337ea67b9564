/*
 * Planned work (work_plans.csv): while it goes on, what it may well disturb is held back, and told afterwards if it still holds.
 * It is done by silences, so that everybody sees what is held back and why, and may end it; the findings stay what they are.
 * Critical ones are told all the same: nobody may wipe traces in the shelter of a plan.
 */

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "daemon/alerts/plan_in.h"

#define SLACK "1800000000"     /* 30 min: machines take their time to come back */
#define LONGEST "261000000000" /* 3 days and that: what stands open for weeks is no work, but a hole */
#define KEPT DAYS(90)

/*
 * Approved plans that go on at ?1, with what they concern: the system; else the device; else the systems of the vendor; an
 * outage that names none of them, the site.
 */
#define ACTIVE                                                                                                                    \
	"WITH p AS MATERIALIZED (SELECT plan_id_key AS plan, plan_id AS name, system_id_key AS system, device_id_key AS device,"  \
	" vendor_id_key AS vendor, kind, approved_by, instant(starts_at) AS starts, instant(ends_at) + CASE WHEN length(ends_at)" \
	" = 10 THEN 86400000000 ELSE 0 END + " SLACK " AS ends FROM reg_work_plans WHERE approved_by <> ''"                       \
	" AND ends_at >= day(?1 - 172800000000) AND starts_at <= day(?1) || 'x'), w (plan, target, name, approved_by, starts,"    \
	" ends) AS MATERIALIZED (SELECT plan, CASE WHEN system <> '' THEN 'system/' || system WHEN device <> '' THEN 'device/'"   \
	" || device ELSE 'site' END, name, approved_by, starts, ends FROM p WHERE system <> '' OR device <> ''"                   \
	" OR (vendor = '' AND kind = 'outage') UNION SELECT p.plan, 'system/' || y.system_id_key, p.name, p.approved_by,"         \
	" p.starts, p.ends FROM p JOIN reg_systems AS y ON y.vendor_id_key = p.vendor WHERE p.system = '' AND p.device = ''"      \
	" AND p.vendor <> '') "
#define GOES_ON "w.starts <= ?1 AND w.ends > ?1 AND w.ends - w.starts <= " LONGEST

struct window {
	char plan[128], target[160], name[128], who[128];
	usec_t starts, ends;
};

/* What the silence matches: the target, and the severities that wait. */
static char *matchers_text(const struct plan *plan, const char *target)
{
	struct str rest = str_of(target), kind = str_cut(&rest, '/');
	char severities[64] = "", name[16];
	json_t *list = json_array();
	size_t n = 0;
	char *text;

	for (int s = 0; s < SEVERITIES; s++)
		if (plan->policy.work_mask & (1U << s))
			n += (size_t)snprintf(severities + n, sizeof(severities) - n, "%s%s", n > 0 ? "|" : "",
					      severity_name((enum severity)s));
	if (rest.n > 0)
		json_array_append_new(list,
				      json_pack("{s:s, s:s%, s:b, s:b}", "name", str_copy(name, sizeof(name), kind),
						"value", rest.p, rest.n, "isRegex", 0, "isEqual", 1));
	json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b}", "name", "severity", "value", severities,
					      "isRegex", 1, "isEqual", 1));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

static int window_begins(struct plan *plan, const struct window *window, usec_t now)
{
	const char *const pairs[] = { "plan", window->name, "who", window->who, NULL };
	_free_ char *matchers = matchers_text(plan, window->target);
	char by[300], comment[600];
	int r;

	if (!matchers)
		return -ENOMEM;
	text_fill(by, sizeof(by), text_ja(TEXT_work_by), pairs);
	text_fill(comment, sizeof(comment), text_ja(TEXT_work_comment), pairs);
	r = sql_run(
		plan->db,
		"INSERT INTO silence (at, matchers, starts_at, ends_at, created_by, comment) VALUES (?1, ?2, ?3, ?4,"
		" ?5, ?6)",
		"isiiss", (int64_t)now, matchers, (int64_t)window->starts, (int64_t)window->ends, by, comment);
	return r < 0 ? r
		     : sql_run(plan->db,
			       "INSERT OR REPLACE INTO alert_work (plan, target, name, starts_at, ends_at, silence) VALUES"
			       " (?1, ?2, ?3, ?4, ?5, last_insert_rowid())",
			       "sssii", window->plan, window->target, window->name, (int64_t)window->starts,
			       (int64_t)window->ends);
}

/* Plans that are new, or have other times than those that were taken up. */
static int windows_begin(struct plan *plan, usec_t now)
{
	struct window windows[16];
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	int r = sql_open(
		plan->db, &stmt,
		ACTIVE
		"SELECT w.plan, w.target, w.name, w.approved_by, w.starts, w.ends FROM w WHERE " GOES_ON
		" AND NOT EXISTS (SELECT 1 FROM alert_work AS a WHERE a.plan = w.plan AND a.target = w.target AND"
		" a.starts_at = w.starts AND a.ends_at = w.ends) LIMIT 16",
		"i", (int64_t)now);

	while (r == 0 && n < COUNT(windows) && sqlite3_step(stmt) == SQLITE_ROW) {
		struct window *w = &windows[n++];

		str_copy(w->plan, sizeof(w->plan), str_of(sql_text_at(stmt, 0)));
		str_copy(w->target, sizeof(w->target), str_of(sql_text_at(stmt, 1)));
		str_copy(w->name, sizeof(w->name), str_of(sql_text_at(stmt, 2)));
		str_copy(w->who, sizeof(w->who), str_of(sql_text_at(stmt, 3)));
		w->starts = sqlite3_column_int64(stmt, 4);
		w->ends = sqlite3_column_int64(stmt, 5);
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		r = window_begins(plan, &windows[i], now);
	return r;
}

int work_sync(struct plan *plan, usec_t now)
{
	/* Taken back, no longer approved, with other times, or switched off: what was made of it ends. */
	int r = sql_run(
		plan->db,
		ACTIVE "UPDATE silence SET ends_at = ?1 WHERE ends_at > ?1 AND id IN (SELECT a.silence FROM alert_work"
		       " AS a WHERE a.ends_at > ?1 AND (?2 = 0 OR NOT EXISTS (SELECT 1 FROM w WHERE w.plan = a.plan AND"
		       " w.target = a.target AND w.starts = a.starts_at AND w.ends = a.ends_at AND " GOES_ON ")))",
		"ii", (int64_t)now, (int64_t)plan->policy.work_mask);

	if (r == 0 && plan->policy.work_mask)
		r = windows_begin(plan, now);
	return r < 0 ? r : sql_run(plan->db, "DELETE FROM alert_work WHERE ends_at < ?1", "i", (int64_t)(now - KEPT));
}

int work_passed(struct plan *plan, int64_t silence)
{
	return sql_run(plan->db, "UPDATE alert_work SET passed = passed + 1 WHERE silence = ?1", "i", silence);
}

int work_say(struct plan *plan, json_t *note, int64_t silence)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	char ja[600], en[600], n[24];
	const char *pairs[] = { "plan", "", "n", n, NULL };
	int r = sql_open(plan->db, &stmt, "SELECT name, passed FROM alert_work WHERE silence = ?1", "i", silence);

	if (r < 0 || sqlite3_step(stmt) != SQLITE_ROW)
		return r;
	pairs[1] = sql_text_at(stmt, 0);
	snprintf(n, sizeof(n), "%lld", (long long)sqlite3_column_int64(stmt, 1));
	note_say(note, text_fill(ja, sizeof(ja), text_ja(TEXT_work_over), pairs),
		 text_fill(en, sizeof(en), text_en(TEXT_work_over), pairs));
	if (sqlite3_column_int64(stmt, 1) > 0)
		note_say(note, text_fill(ja, sizeof(ja), text_ja(TEXT_work_passed), pairs),
			 text_fill(en, sizeof(en), text_en(TEXT_work_passed), pairs));
	return 1;
}
