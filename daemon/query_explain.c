/* What stands behind a check: its verdicts, and the events that they name. */
#include <errno.h>
#include <jansson.h>

#include "daemon/query_events.h"
#include "daemon/query_findings.h"
#include "daemon/store.h"

/* The ids of events that @dims (JSON) names. */
static size_t event_ids(const char *dims, int64_t ids[static 2])
{
	json_t *json = json_loads(dims ? dims : "{}", 0, NULL);
	json_int_t first = json_integer_value(json_object_get(json, "first_event"));
	json_int_t last = json_integer_value(json_object_get(json, "last_event"));
	size_t n = 0;

	if (first > 0)
		ids[n++] = first;
	if (last > 0 && last != first)
		ids[n++] = last;
	json_decref(json);
	return n;
}

static bool event_there(const struct listing *events, int64_t id)
{
	for (size_t i = 0; i < events->n_rows; i++)
		if (listing_cell(events, i, 0)->number == id)
			return true;
	return false;
}

static int explain_events(struct sqlite3 *db, unsigned max_rows, struct explanation *ret)
{
	static const char *event_names[EVENT_COLUMNS];
	int r = 0;

	listing_begin(&ret->events, event_columns, event_names, EVENT_COLUMNS);
	for (size_t i = 0; r >= 0 && i < ret->verdicts.n_rows; i++) {
		int64_t ids[2];
		size_t n = event_ids(listing_cell(&ret->verdicts, i, FINDING_DIMS)->text, ids);

		for (size_t k = 0; r >= 0 && k < n && ret->events.n_rows < max_rows; k++)
			if (!event_there(&ret->events, ids[k]))
				r = listing_event(db, ids[k], &ret->events);
	}
	return r < 0 ? r : 0;
}

static int explain_verdicts(struct sqlite3 *db, const struct check *check, const char *resource, unsigned max_rows,
			    struct explanation *ret)
{
	static const char sql[] =
		"SELECT CASE WHEN status IN ('warn', 'fail') THEN 'open' END, check_id, NULL, resource, status,"
		" reason_ja, reason_en, dims, since, first_seen, NULL FROM verdict"
		" WHERE check_id = ?1 AND (?2 IS NULL OR resource = ?2) ORDER BY CASE status WHEN 'fail' THEN 0"
		" WHEN 'unknown' THEN 1 WHEN 'warn' THEN 2 WHEN 'attested' THEN 3 ELSE 4 END, resource LIMIT ?3";
	static const char *names[FINDING_COLUMNS];
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), r = 0;

	listing_begin(&ret->verdicts, finding_columns, names, FINDING_COLUMNS);
	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, check->id, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, resource, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 3, (int64_t)max_rows + 1);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
			ret->cut = ret->verdicts.n_rows == max_rows;
			if (ret->cut)
				break;
			r = listing_add(&ret->verdicts, finding_columns, stmt);
			if (r == 0)
				r = listing_set(&ret->verdicts, FINDING_SEVERITY, severity_name(check->severity));
		}
	}
	sqlite3_finalize(stmt);
	return r < 0 ? r : code == SQLITE_DONE || code == SQLITE_ROW ? 0 : store_errno(code);
}

int query_explain(struct sqlite3 *db, const struct rules *rules, const char *check_id, const char *resource,
		  unsigned max_rows, struct explanation *ret, struct diag *diag)
{
	const struct check *check = rules_check(rules, str_of(check_id));
	int r;

	if (!check)
		return DIAG_FIELD(diag, "check", TEXT_say_check, "value", check_id);
	*ret = (struct explanation){ 0 };
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = explain_verdicts(db, check, resource, max_rows, ret);
	if (r == 0)
		r = explain_events(db, max_rows, ret);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0) {
		explanation_free(ret);
		return diag_set(diag, r, "the rows behind it cannot be read: %s", sqlite3_errmsg(db));
	}
	return 0;
}

void explanation_free(struct explanation *explanation)
{
	listing_free(&explanation->verdicts);
	listing_free(&explanation->events);
}
