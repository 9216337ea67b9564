/*
 * A message as a document: who, where, since when, which item, what to do first, and the rows behind it.  It is made once and
 * kept; what a channel makes of it (letter.c) depends on nothing else.
 */

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/plan_in.h"

#define ROWS_MOST 60   /* of one message */
#define CHECKS_MOST 40 /* of one message */
#define ROWS_SHOWN 5   /* of a check that has more than fit */
#define FIRST_MOST 10  /* checks of the first look */
#define FOUND_MOST 512

/* Others chose it: bytes that are no UTF-8 come out as \xNN. */
static json_t *text_json(const char *text)
{
	struct str s = str_of(text);
	json_t *json;
	char *buf;
	size_t n = 0;

	if (str_utf8(s))
		return json_stringn_nocheck(s.p ? s.p : "", s.n);
	buf = malloc(s.n * 4 + 1);
	if (!buf)
		return NULL;
	for (size_t i = 0; i < s.n; i++)
		n += (size_t)snprintf(buf + n, 5, (unsigned char)s.p[i] < 0x80 ? "%c" : "\\x%02x",
				      (unsigned char)s.p[i]);
	json = json_stringn(buf, n);
	free(buf);
	return json ? json : json_string("");
}

static json_t *both_json(const char *ja, const char *en)
{
	return json_pack("{s:o, s:o}", "ja", text_json(ja), "en", text_json(en));
}

json_t *note_new(const struct plan *plan, const char *kind, usec_t now)
{
	const struct plan_policy *policy = &plan->policy;

	return json_pack("{s:s, s:s, s:s, s:I, s:{s:o, s:o, s:b}, s:s, s:I, s:I, s:I, s:[], s:[]}", "kind", kind,
			 "severity", severity_name(SEVERITY_LOW), "status", "", "at", (json_int_t)now, "site", "id",
			 text_json(policy->site_id ? policy->site_id : ""), "name",
			 text_json(policy->site_name ? policy->site_name : ""), "demo", policy->demo, "page",
			 policy->page ? policy->page : "", "bad", (json_int_t)0, "good", (json_int_t)0, "more",
			 (json_int_t)0, "checks", "say");
}

void note_say(json_t *note, const char *ja, const char *en)
{
	json_array_append_new(json_object_get(note, "say"), both_json(ja, en));
}

bool note_empty(const json_t *note)
{
	return json_array_size(json_object_get(note, "checks")) == 0;
}

static void grow(json_t *object, const char *key, int64_t by)
{
	json_t *number = json_object_get(object, key);

	json_integer_set(number, json_integer_value(number) + by);
}

/* The first item that the check speaks for, as the form has it. */
static json_t *item_json(const struct plan *plan, const char *check)
{
	for (size_t l = 0; plan->rules && l < plan->rules->n_lists; l++) {
		const struct checklist *list = plan->rules->lists[l];

		for (size_t i = 0; i < list->n_items; i++)
			for (size_t c = 0; list->items[i].checks && list->items[i].checks[c]; c++) {
				const struct item *item = &list->items[i];
				bool slot = item->text_state == TEXT_STATE_SLOT;

				if (strcmp(item->checks[c]->id, check) != 0)
					continue;
				return json_pack("{s:o, s:o, s:o, s:o, s:s}", "pack", text_json(list->id), "list",
						 both_json(list->title_ja, list->title_en), "id", text_json(item->id),
						 "text",
						 slot ? both_json(text_ja(TEXT_slot), text_en(TEXT_slot))
						      : both_json(item->text_ja, item->text_en),
						 "text_state", text_state_name(item->text_state));
			}
	}
	return json_null();
}

static json_t *check_json(const struct plan *plan, const char *id, enum severity severity)
{
	const struct check *check = plan->rules ? rules_check(plan->rules, str_of(id)) : NULL;

	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:[]}", "id", text_json(id), "ref",
			 text_json(check && check->ref ? check->ref : ""), "severity", severity_name(severity), "title",
			 check ? both_json(check->title_ja, check->title_en) : both_json(id, id), "fix",
			 check ? both_json(check->fix_ja, check->fix_en) : both_json("", ""), "item",
			 item_json(plan, id), "bad", (json_int_t)0, "good", (json_int_t)0, "rows");
}

static json_t *row_json(sqlite3_stmt *stmt)
{
	const char *status = (const char *)sqlite3_column_text(stmt, 2),
		   *was = (const char *)sqlite3_column_text(stmt, 3);

	return json_pack("{s:o, s:o, s:s?, s:s?, s:b, s:I, s:I, s:b, s:o}", "alert_id", text_json(sql_text_at(stmt, 0)),
			 "resource", text_json(sql_text_at(stmt, 1)), "status", status, "was", was, "bad",
			 sqlite3_column_int(stmt, 4), "since", (json_int_t)sqlite3_column_int64(stmt, 5), "at",
			 (json_int_t)sqlite3_column_int64(stmt, 6), "flapping", sqlite3_column_int(stmt, 7), "reason",
			 both_json(sql_text_at(stmt, 8), sql_text_at(stmt, 9)));
}

static size_t rows_listed(const json_t *note)
{
	const json_t *check;
	size_t i, n = 0;

	json_array_foreach(json_object_get(note, "checks"), i, check)
	{
		n += json_array_size(json_object_get(check, "rows"));
	}
	return n;
}

/* Rows of one check; what does not fit is counted. */
static int check_rows(struct plan *plan, json_t *note, json_t *check, const char *where, int64_t n, const char *types,
		      va_list args)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	json_t *rows = json_object_get(check, "rows");
	size_t room = n > (int64_t)plan->policy.rows_max ? ROWS_SHOWN : plan->policy.rows_max;
	char sql[1024];
	int r;

	snprintf(
		sql, sizeof(sql),
		"SELECT alert_id, resource, status, told, bad, since, at, flapping, reason_ja, reason_en FROM alert WHERE %s"
		" AND check_id = ?9 ORDER BY bad DESC, at, id LIMIT ?8",
		where);
	if (rows_listed(note) + room > ROWS_MOST)
		room = ROWS_MOST - rows_listed(note);
	r = sql_open_list(plan->db, &stmt, sql, types, args);
	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 9, json_string_value(json_object_get(check, "id")), -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(stmt, 8, (int64_t)room);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		json_array_append_new(rows, row_json(stmt));
	grow(note, "more", n - (int64_t)json_array_size(rows));
	return 0;
}

static void worst_keep(json_t *note, enum severity severity, bool bad)
{
	enum severity now = SEVERITY_LOW;

	severity_parse(str_of(json_string_value(json_object_get(note, "severity"))), &now);
	if (severity > now)
		json_object_set_new(note, "severity", json_string(severity_name(severity)));
}

int note_rows(struct plan *plan, json_t *note, const char *where, const char *types, ...)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	char sql[1024];
	va_list args;
	int r;

	snprintf(sql, sizeof(sql),
		 "SELECT check_id, max(severity), sum(bad), count(*) FROM alert WHERE %s GROUP BY check_id"
		 " ORDER BY 2 DESC, 3 DESC, 1",
		 where);
	va_start(args, types);
	r = sql_open_list(plan->db, &stmt, sql, types, args);
	va_end(args);
	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		enum severity severity = (enum severity)sqlite3_column_int(stmt, 1);
		int64_t bad = sqlite3_column_int64(stmt, 2), n = sqlite3_column_int64(stmt, 3);
		json_t *check;

		grow(note, "bad", bad);
		grow(note, "good", n - bad);
		worst_keep(note, severity, bad > 0);
		if (json_array_size(json_object_get(note, "checks")) >= CHECKS_MOST) {
			grow(note, "more", n);
			continue;
		}
		check = check_json(plan, sql_text_at(stmt, 0), severity);
		if (!check)
			return -ENOMEM;
		json_array_append_new(json_object_get(note, "checks"), check);
		grow(check, "bad", bad);
		grow(check, "good", n - bad);
		va_start(args, types);
		r = check_rows(plan, note, check, where, n, types, args);
		va_end(args);
	}
	return r;
}

static int first_rows(struct plan *plan, json_t *note, json_t *check, usec_t at)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	const char *id = json_string_value(json_object_get(check, "id"));
	json_t *rows = json_object_get(check, "rows");
	int r = sql_open(
		plan->db, &stmt,
		"SELECT ?2 || '/' || check_id || '/' || resource || '/first', resource, status, NULL, 1, since, since, 0,"
		" reason_ja, reason_en FROM verdict WHERE check_id = ?1 AND status IN ('fail', 'warn') AND since <= ?3"
		" ORDER BY status, since, resource LIMIT 3",
		"ssi", id, plan->policy.site_id ? plan->policy.site_id : "", (int64_t)at);

	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		json_array_append_new(rows, row_json(stmt));
	grow(note, "more", json_integer_value(json_object_get(check, "bad")) - (int64_t)json_array_size(rows));
	return r;
}

/* Checks with findings: severity, then how many. */
struct found {
	enum severity severity;
	int64_t n;
	char id[128];
};

static int found_compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	return x->n != y->n ? (x->n > y->n ? -1 : 1) : strcmp(x->id, y->id);
}

int note_first(struct plan *plan, json_t *note, usec_t at)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	_free_ struct found *found = calloc(FOUND_MOST, sizeof(*found));
	size_t n = 0;
	int r = !found ? -ENOMEM
		       : sql_open(
				 plan->db, &stmt,
				 "SELECT check_id, count(*) FROM verdict WHERE status IN ('fail', 'warn') AND since <= ?1 GROUP BY 1",
				 "i", (int64_t)at);

	while (r == 0 && n < FOUND_MOST && sqlite3_step(stmt) == SQLITE_ROW) {
		const struct check *check = plan->rules ? rules_check(plan->rules, str_of(sql_text_at(stmt, 0))) : NULL;

		found[n].severity = check ? check->severity : SEVERITY_LOW;
		found[n].n = sqlite3_column_int64(stmt, 1);
		str_copy(found[n].id, sizeof(found[n].id), str_of(sql_text_at(stmt, 0)));
		grow(note, "bad", found[n++].n);
	}
	if (n > 0)
		qsort(found, n, sizeof(*found), found_compare);
	for (size_t i = 0; r == 0 && i < n; i++) {
		json_t *check = i < FIRST_MOST ? check_json(plan, found[i].id, found[i].severity) : NULL;

		if (!check) {
			grow(note, "more", found[i].n);
			continue;
		}
		grow(check, "bad", found[i].n);
		json_array_append_new(json_object_get(note, "checks"), check);
		r = first_rows(plan, note, check, at);
	}
	return r;
}

/* Whether a channel is meant by this kind of message, its hours aside. */
static bool route_meant(const struct plan_route *route, const json_t *note, enum severity severity)
{
	const char *kind = json_string_value(json_object_get(note, "kind"));
	int64_t after = json_integer_value(json_object_get(note, "after"));

	if (!strcmp(kind, "daily") || !strcmp(kind, "weekly"))
		return route->digest && route->after == 0;
	/* To be kept, not to be acted upon: for whom it is wanted, at any hour. */
	if (!strcmp(kind, "snapshot"))
		return route->heads;
	/* The first look is for everybody; what can wait comes to those who get the summaries. */
	if (!strcmp(kind, "first"))
		return route->after == 0;
	if (severity <= SEVERITY_MEDIUM && severity < route->least)
		return route->digest && route->least <= SEVERITY_HIGH && route->after == after;
	return severity >= route->least && route->after == after;
}

static bool route_open(const struct plan *plan, const struct plan_route *route, usec_t now)
{
	return route->hours == ROUTE_ALWAYS ||
	       office_open(plan->policy.office, plan->db, now) == (route->hours == ROUTE_OFFICE);
}

static int deliver(struct plan *plan, int64_t note, const char *channel, usec_t now, int64_t *ret)
{
	int r = sql_run(plan->db,
			"INSERT INTO alert_delivery (note, channel, state, next_at) VALUES (?1, ?2, 'waiting', ?3)",
			"isi", note, channel, (int64_t)now);

	if (r == 0 && ret)
		*ret = sqlite3_last_insert_rowid(plan->db);
	return r;
}

/* By hours first; when nobody has hours now, to everybody: better at the wrong time than to nobody. */
static int routes_deliver(struct plan *plan, const json_t *note, int64_t id, enum severity severity, usec_t now)
{
	bool keeps = !strcmp(json_string_value(json_object_get(note, "kind")), "snapshot");
	size_t n = 0;
	int r = 0;

	for (int pass = 0; r == 0 && n == 0 && pass < 2; pass++) {
		for (size_t i = 0; r == 0 && i < plan->n_routes; i++) {
			const struct plan_route *route = &plan->routes[i];

			if (!route_meant(route, note, severity) ||
			    (pass == 0 && !keeps && !route_open(plan, route, now)))
				continue;
			r = deliver(plan, id, route->name, now, NULL);
			n++;
		}
	}
	return r == 0 && n == 0 && !plan->policy.told_states ? count_add(plan, "no_channel", 1) : r;
}

int note_put(struct plan *plan, json_t *note, usec_t now, const char *only, int64_t *ret_delivery)
{
	enum severity severity = SEVERITY_LOW;
	int64_t id = 0;
	char note_id[300];
	char *doc = NULL;
	int r = sql_number(plan->db, 1, &id, "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'alert_note'", "");

	if (!strcmp(json_string_value(json_object_get(note, "kind")), "alert") && !note_empty(note) &&
	    json_integer_value(json_object_get(note, "bad")) == 0)
		json_object_set_new(note, "kind", json_string("recovered"));
	severity_parse(str_of(json_string_value(json_object_get(note, "severity"))), &severity);
	/* With its time: after a restore from a backup the numbers come again, for other messages. */
	snprintf(note_id, sizeof(note_id), "%.200s/n/%lld-%llx", plan->policy.site_id ? plan->policy.site_id : "",
		 (long long)id, (unsigned long long)now);
	json_object_set_new(note, "id", text_json(note_id));
	doc = json_dumps(note, JSON_COMPACT);
	if (r == 0 && !doc)
		r = -ENOMEM;
	if (r == 0)
		r = sql_run(
			plan->db,
			"INSERT INTO alert_note (id, note_id, at, kind, severity, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			"isisis", id, note_id, (int64_t)now, json_string_value(json_object_get(note, "kind")),
			(int64_t)severity, doc);
	if (r == 0)
		r = only ? deliver(plan, id, only, now, ret_delivery) : routes_deliver(plan, note, id, severity, now);
	plan->made = true;
	free(doc);
	json_decref(note);
	return r;
}

#define STATES "silence = 0 AND cause = 0 AND severity >= 1 AND (bad = 1 OR at > ?1)"

json_t *plan_state(struct plan *plan, usec_t now, usec_t lately, unsigned max)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	json_t *doc = note_new(plan, "state", now), *list = json_array();
	int64_t since = now - lately, all = 0;
	int r = sql_open(
		plan->db, &stmt,
		"SELECT alert_id, resource, status, told, bad, since, at, flapping, reason_ja, reason_en, check_id,"
		" severity FROM alert WHERE " STATES " ORDER BY bad DESC, severity DESC, at LIMIT ?2",
		"ii", since, (int64_t)max);

	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		json_t *row = row_json(stmt);

		json_object_set_new(
			row, "check",
			check_json(plan, sql_text_at(stmt, 10), (enum severity)sqlite3_column_int(stmt, 11)));
		json_array_append_new(list, row);
	}
	if (json_array_size(list) == max &&
	    sql_number(plan->db, 0, &all, "SELECT count(*) FROM alert WHERE " STATES, "i", since) == 0)
		grow(doc, "more", all - (int64_t)max);
	json_object_set_new(doc, "alerts", list);
	return doc;
}
