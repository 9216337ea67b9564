/*
 * What changed between two times, and what did it: verdicts from their history, each with the event, register, word or date
 * that stands behind it.  A cause is what was recorded just before the change by something the check reads; where there is
 * none, time passed.
 */
#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/ask.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

#define CHANGES_USUAL 200
#define JUST_BEFORE MINUTES(5) /* a commit is judged within seconds; a long first read of registers takes longer */

struct window {
	usec_t since, until;
	int64_t before, limit; /* id of the history; rows */
	const char *text;
};

static void window_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct window *w = arg;
	const int64_t numbers[] = { w->since, w->until, w->before, w->limit };

	for (size_t i = 0; i < COUNT(numbers); i++)
		sqlite3_bind_int64(stmt, (int)i + 1, numbers[i]);
	sqlite3_bind_text(stmt, 5, w->text, -1, SQLITE_STATIC);
}

/* The first row of @sql as an object; NULL when there is none. */
static json_t *first_row(struct sqlite3 *db, const char *sql, const struct window *window)
{
	struct window copy = *window;
	json_t *rows = NULL, *row;

	if (table_rows(db, sql, window_bind, &copy, &rows) < 0)
		return NULL;
	row = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return row;
}

static json_t *cause(const char *kind, enum text text, json_t *what)
{
	json_t *json = json_pack("{s:s, s:o}", "kind", kind, "text", json_catalogue(text));

	if (json && what)
		json_object_set_new(json, "what", what);
	return json;
}

/* Events that the row names: the newest is the cause when it came just before, else both are what it rests on. */
static json_t *event_cause(struct sqlite3 *db, struct question *question, const json_t *dims, usec_t at)
{
	json_int_t last = json_integer_value(json_object_get(dims, "last_event"));
	sqlite3_stmt *stmt = NULL;
	bool just = false;

	if (last <= 0 || sqlite3_prepare_v2(db, "SELECT received BETWEEN ?2 AND ?3 FROM event WHERE id = ?1", -1, &stmt,
					    NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(stmt, 1, last);
	sqlite3_bind_int64(stmt, 2, at - JUST_BEFORE);
	sqlite3_bind_int64(stmt, 3, at);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		just = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return just ? cause("event", TEXT_cause_event, json_event_of(db, question, last)) : NULL;
}

/* A register that the check reads, taken over just before. */
static json_t *register_cause(struct sqlite3 *db, uint64_t tables, usec_t at)
{
	struct window window = { .since = at - JUST_BEFORE, .until = at };
	json_t *rows = NULL, *row, *found = NULL;
	size_t i;

	if (table_rows(db,
		       "SELECT at AS time_time, kind, state, rows, added, changed, removed FROM register_history"
		       " WHERE at BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 50",
		       window_bind, &window, &rows) < 0)
		return NULL;
	json_array_foreach(rows, i, row)
	{
		const char *kind = json_string_value(json_object_get(row, "kind"));
		const struct register_def *def = register_find(str_of(kind));
		char table[80];

		snprintf(table, sizeof(table), "reg_%s", kind ? kind : "");
		if (found || !(tables & store_table(table)))
			continue;
		if (def)
			json_object_set_new(row, "title", json_both(def->ja, def->en));
		found = json_incref(row);
	}
	json_decref(rows);
	return found ? cause("register", TEXT_cause_register, found) : NULL;
}

static json_t *word_cause(struct sqlite3 *db, const char *check, usec_t at)
{
	static const char sql[] =
		"SELECT 'attestation' AS word, at AS time_time, who, resource FROM attestation WHERE check_id = ?5"
		" AND (at BETWEEN ?1 AND ?2 OR revoked_at BETWEEN ?1 AND ?2)"
		" UNION ALL SELECT 'not_applicable', at, who, '' FROM not_applicable WHERE check_id = ?5"
		" AND (at BETWEEN ?1 AND ?2 OR revoked_at BETWEEN ?1 AND ?2) ORDER BY 2 DESC LIMIT 1";
	struct window window = { .since = at - JUST_BEFORE, .until = at, .text = check };
	json_t *row = first_row(db, sql, &window);

	return row ? cause("word", TEXT_cause_word, row) : NULL;
}

static bool is_first(struct sqlite3 *db, const char *check, usec_t at)
{
	struct window window = { .until = at, .text = check };
	json_t *row = first_row(
		db, "SELECT 1 FROM check_history WHERE check_id = ?5 GROUP BY check_id HAVING min(at) >= ?2 LIMIT 1",
		&window);
	bool first = row != NULL;

	json_decref(row);
	return first;
}

static json_t *cause_of(struct sqlite3 *db, struct question *question, const struct check *check, const json_t *row,
			usec_t at)
{
	const char *id = json_string_value(json_object_get(row, "check"));
	const char *was = json_string_value(json_object_get(row, "from"));
	const char *is = json_string_value(json_object_get(row, "to"));
	struct diag diag = { { 0 } };
	uint64_t tables = 0;
	json_t *found;

	if (is_first(db, id, at))
		return cause("first", TEXT_cause_first, NULL);
	found = event_cause(db, question, json_object_get(row, "dims"), at);
	if (!found && check && ask_lint(db, check, &tables, &diag) == 0)
		found = register_cause(db, tables, at);
	if (!found)
		found = word_cause(db, id, at);
	if (!found && ((was && !strcmp(was, "unknown")) || (is && !strcmp(is, "unknown"))))
		found = cause("evidence", TEXT_cause_evidence, NULL);
	if (found)
		return found;
	/* A row comes and goes with its thing as well as with a date: which of the two is not recorded. */
	return !was  ? cause("new", TEXT_cause_new, NULL)
	       : !is ? cause("gone", TEXT_cause_gone, NULL)
		     : cause("time", TEXT_cause_time, NULL);
}

/* Words, causes and lines of a row; counts the lines for the audit trail. */
static void change_finish(struct sqlite3 *db, struct question *question, json_t *row)
{
	const char *id = json_string_value(json_object_get(row, "check"));
	const struct check *check = rules_check(question->rules, str_of(id));
	json_t *ja = json_object_get(row, "reason_ja"), *en = json_object_get(row, "reason_en"), *why;

	why = cause_of(db, question, check, row, (usec_t)json_integer_value(json_object_get(row, "at")));
	question->raw_lines += json_object_get(json_object_get(why, "what"), "raw") != NULL;
	json_object_set_new(row, "cause", why);
	json_object_set_new(row, "reason", json_pack("{s:O, s:O}", "ja", ja, "en", en));
	json_object_set_new(row, "title", check ? json_both(check->title_ja, check->title_en) : json_null());
	json_object_set_new(row, "severity", json_text(check ? severity_name(check->severity) : NULL));
	json_object_set_new(row, "items", check ? json_items_of(question->rules, check) : json_array());
	json_object_del(row, "reason_ja");
	json_object_del(row, "reason_en");
	json_object_del(row, "at");
}

static int verdicts_ask(struct sqlite3 *db, struct question *question, struct window *window, json_t **ret,
			int64_t *ret_next)
{
	json_t *row;
	size_t i;
	int r = table_rows(db,
			   "SELECT id, at, at AS time_time, check_id AS \"check\", resource, was AS \"from\", status AS"
			   " \"to\", reason_ja, reason_en, dims AS dims_json FROM verdict_history"
			   " WHERE at BETWEEN ?1 AND ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
			   window_bind, window, ret);

	if (r < 0)
		return r;
	*ret_next = 0;
	json_array_foreach(*ret, i, row)
	{
		if ((int64_t)i + 1 == window->limit)
			*ret_next = json_integer_value(json_object_get(row, "id"));
		change_finish(db, question, row);
	}
	return 0;
}

static json_t *item_words(const struct rules *rules, json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const struct checklist *list = rules_list(rules,
							  str_of(json_string_value(json_object_get(row, "pack"))));
		const char *id = json_string_value(json_object_get(row, "item"));

		for (size_t j = 0; list && id && j < list->n_items; j++)
			if (!strcmp(list->items[j].id, id))
				json_object_set_new(row, "text",
						    json_both(list->items[j].text_ja, list->items[j].text_en));
	}
	return rows;
}

/* Of the first list: as it stood at the beginning and at the end; null: nothing was known yet. */
static json_t *score_at(struct sqlite3 *db, const struct rules *rules, usec_t at)
{
	struct window window = { .until = at, .text = rules->n_lists > 0 ? rules->lists[0]->id : "" };
	json_t *row = first_row(
		db,
		"SELECT at AS time_time, pack, percent, coverage_percent, attested_percent, measured_percent,"
		" yes, total FROM score_history WHERE pack = ?5 AND at <= ?2 ORDER BY id DESC LIMIT 1",
		&window);

	return row ? row : json_null();
}

static int changes_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct window window = { .before = INT64_MAX };
	json_t *verdicts = NULL, *items = NULL;
	int64_t cursor = 0, next = 0;
	int r;

	if (question_time(question, "since", false, &window.since, diag) < 0 ||
	    question_time(question, "until", true, &window.until, diag) < 0 ||
	    question_number(question, "limit", &window.limit, diag) < 0 ||
	    question_number(question, "cursor", &cursor, diag) < 0)
		return -EINVAL;
	if (window.since == 0)
		return diag_field(diag, "since", TEXT_query_needed, NULL);
	if (window.limit > 1000)
		return diag_field(diag, "limit", TEXT_query_limit, NULL);
	window.limit = window.limit ? window.limit : CHANGES_USUAL;
	window.until = window.until ? window.until : clock_now();
	window.before = cursor ? cursor : INT64_MAX;
	r = verdicts_ask(db, question, &window, &verdicts, &next);
	if (r == 0)
		r = table_rows(db,
			       "SELECT at AS time_time, pack, item, was AS \"from\", status AS \"to\" FROM item_history"
			       " WHERE at BETWEEN ?1 AND ?2 AND was IS NOT status ORDER BY id DESC LIMIT 1000",
			       window_bind, &window, &items);
	if (r < 0) {
		json_decref(verdicts);
		return r;
	}
	*ret = json_pack("{s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o}", "since", json_time(window.since), "until",
			 json_time(window.until), "score", "from", score_at(db, question->rules, window.since - 1),
			 "to", score_at(db, question->rules, window.until), "items", item_words(question->rules, items),
			 "changes", verdicts, "next", next ? json_integer(next) : json_null());
	return 0;
}

void api_changes(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, changes_ask);
}
