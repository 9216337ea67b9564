/*
 * Findings: verdicts that are warn or fail, and those that were.  Open ones go check by check, the gravest first, along the
 * table's key; closed ones back through the history.
 */
#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <string.h>

#include "core/clock.h"
#include "daemon/query_events.h"
#include "daemon/store.h"

#define TIME_MAX MSEC(500)
#define STRETCH 20000

enum {
	STATE,
	CHECK,
	SEVERITY,
	RESOURCE,
	STATUS,
	REASON_JA,
	REASON_EN,
	DIMS,
	SINCE,
	FIRST_SEEN,
	CLOSED_AT,
	FINDING_COLUMNS
};

static const struct listing_column columns[FINDING_COLUMNS] = {
	{ "state", CELL_TEXT },  { "check", CELL_TEXT },      { "severity", CELL_TEXT },  { "resource", CELL_TEXT },
	{ "status", CELL_TEXT }, { "reason_ja", CELL_TEXT },  { "reason_en", CELL_TEXT }, { "dims", CELL_JSON },
	{ "since", CELL_TIME },  { "first_seen", CELL_TIME }, { "closed_at", CELL_TIME },
};
static const char *names[FINDING_COLUMNS];

struct search {
	struct sqlite3 *db;
	const struct rules *rules;
	const struct finding_filter *filter;
	const struct check **checks; /* that the filter lets through, the gravest first */
	size_t n_checks;
	unsigned limit;
	struct listing *ret;
};

static bool item_has(const struct rules *rules, const char *wanted, const struct check *check)
{
	for (size_t l = 0; l < rules->n_lists; l++) {
		const struct checklist *list = rules->lists[l];
		size_t n = strlen(list->id);
		const char *id = !strncmp(wanted, list->id, n) && wanted[n] == '/' ? wanted + n + 1 : wanted;

		if (id == wanted && strchr(wanted, '/'))
			continue; /* of another pack */
		for (size_t i = 0; i < list->n_items; i++) {
			const struct item *item = &list->items[i];

			if (strcmp(item->id, id) != 0)
				continue;
			for (size_t c = 0; item->checks && item->checks[c]; c++)
				if (item->checks[c] == check)
					return true;
		}
	}
	return false;
}

static bool check_wanted(const struct search *search, const struct check *check)
{
	const struct finding_filter *f = search->filter;

	return (!f->check || !strcmp(f->check, check->id)) &&
	       (!f->severity || !strcmp(f->severity, severity_name(check->severity))) &&
	       (!f->item || item_has(search->rules, f->item, check));
}

static int search_checks(struct search *search)
{
	search->checks = calloc(search->rules->n_checks + 1, sizeof(*search->checks));
	if (!search->checks)
		return -ENOMEM;
	for (int severity = SEVERITIES - 1; severity >= 0; severity--)
		for (size_t i = 0; i < search->rules->n_checks; i++)
			if ((int)search->rules->checks[i]->severity == severity &&
			    check_wanted(search, search->rules->checks[i]))
				search->checks[search->n_checks++] = search->rules->checks[i];
	return 0;
}

static int finding_add(struct search *search, const struct check *check, sqlite3_stmt *stmt)
{
	int r = listing_add(search->ret, columns, stmt);

	return r < 0 ? r : listing_set(search->ret, SEVERITY, check ? severity_name(check->severity) : NULL);
}

/* The place after @resource among the sorted ones, cut to a cursor's length at a whole character. */
static void open_cursor(struct search *search, const char *check, const char *resource)
{
	char key[300];

	str_copy(key, sizeof(key), str_of(resource));
	snprintf(search->ret->cursor, sizeof(search->ret->cursor), "o:%s:%s%s", check, key,
		 strlen(resource) >= sizeof(key) - 4 ? "\xf4\x8f\xbf\xbf" : "");
}

/* 1 when the page is full and there is more. */
static int open_read(struct search *search, const struct check *check, struct str after)
{
	static const char sql[] =
		"SELECT 'open', check_id, NULL, resource, status, reason_ja, reason_en, dims, since, first_seen, NULL"
		" FROM verdict WHERE check_id = ?1 AND resource > ?2 AND status IN ('warn', 'fail')"
		" AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR resource = ?5) ORDER BY resource LIMIT ?3";
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(search->db, sql, -1, &stmt, NULL), r = 0;

	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, check->id, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, after.p ? after.p : "", (int)after.n, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 3, (int64_t)search->limit + 1 - (int64_t)search->ret->n_rows);
		sqlite3_bind_text(stmt, 4, search->filter->status, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 5, search->filter->resource, -1, SQLITE_STATIC);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
			if (search->ret->n_rows == search->limit)
				break;
			r = finding_add(search, check, stmt);
			open_cursor(search, check->id, (const char *)sqlite3_column_text(stmt, RESOURCE));
		}
	}
	sqlite3_finalize(stmt);
	return r < 0 ? r : code == SQLITE_DONE ? 0 : code == SQLITE_ROW ? 1 : store_errno(code);
}

static int all_open(struct search *search, struct str cursor)
{
	struct str check = str_cut(&cursor, ':');
	bool begun = check.n == 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < search->n_checks; i++) {
		bool here = !begun && str_eq(str_of(search->checks[i]->id), check);

		begun |= here;
		if (begun)
			r = open_read(search, search->checks[i], here ? cursor : (struct str){ NULL, 0 });
	}
	return r;
}

static const struct check *check_of(const struct search *search, const char *id)
{
	for (size_t i = 0; i < search->n_checks; i++)
		if (!strcmp(search->checks[i]->id, id))
			return search->checks[i];
	return NULL;
}

/* Of ?1 <= id < ?2.  The texts are those it had while it was bad, since is when it became so. */
static const char closed_sql[] =
	"SELECT 'closed', h.check_id, NULL, h.resource, h.was, p.reason_ja, p.reason_en, p.dims, p.at, p.at, h.at, h.id"
	" FROM verdict_history AS h LEFT JOIN verdict_history AS p ON p.id = (SELECT q.id FROM verdict_history AS q"
	" WHERE q.check_id = h.check_id AND q.resource = h.resource AND q.id < h.id AND q.status = h.was"
	" ORDER BY q.at DESC, q.id DESC LIMIT 1)"
	" WHERE h.id >= ?1 AND h.id < ?2 AND h.was IN ('warn', 'fail') AND (h.status IS NULL OR h.status NOT IN ('warn', 'fail'))"
	" AND (?3 IS NULL OR h.was = ?3) AND (?4 IS NULL OR h.resource = ?4) ORDER BY h.id DESC";

static int closed_read(struct search *search, sqlite3_stmt *stmt, int64_t from, int64_t *high)
{
	int code = SQLITE_DONE, r = 0;

	sqlite3_bind_int64(stmt, 1, from);
	sqlite3_bind_int64(stmt, 2, *high);
	sqlite3_bind_text(stmt, 3, search->filter->status, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, search->filter->resource, -1, SQLITE_STATIC);
	while (r == 0 && search->ret->n_rows < search->limit && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *id = (const char *)sqlite3_column_text(stmt, CHECK);
		const struct check *check = check_of(search, id);
		bool any = !search->filter->check && !search->filter->item && !search->filter->severity;

		if (!check && !any) /* of a check the rules no longer have: only when all are asked for */
			continue;
		r = finding_add(search, check, stmt);
		*high = sqlite3_column_int64(stmt, FINDING_COLUMNS);
	}
	sqlite3_reset(stmt);
	if (r == 0 && search->ret->n_rows < search->limit)
		*high = from;
	return r < 0 ? r : code == SQLITE_DONE || code == SQLITE_ROW ? 0 : store_errno(code);
}

static int all_closed(struct search *search, struct str cursor)
{
	usec_t end = clock_monotonic() + TIME_MAX;
	sqlite3_stmt *stmt = NULL;
	int64_t high = 0;
	int code, r = 0;

	if (!str_int(cursor, &high)) {
		code = sqlite3_prepare_v2(search->db, "SELECT ifnull(max(id), 0) + 1 FROM verdict_history", -1, &stmt,
					  NULL);
		if (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
			high = sqlite3_column_int64(stmt, 0);
		sqlite3_finalize(stmt);
		stmt = NULL;
	}
	r = store_errno(sqlite3_prepare_v2(search->db, closed_sql, -1, &stmt, NULL));
	while (r == 0 && high > 1 && search->ret->n_rows < search->limit && clock_monotonic() < end)
		r = closed_read(search, stmt, high > STRETCH ? high - STRETCH : 1, &high);
	sqlite3_finalize(stmt);
	if (high > 1)
		snprintf(search->ret->cursor, sizeof(search->ret->cursor), "c:%lld", (long long)high);
	else
		search->ret->cursor[0] = '\0';
	return r;
}

static int filter_check(const struct search *search, struct diag *diag)
{
	const struct finding_filter *f = search->filter;
	enum severity severity;

	if (f->severity && !severity_parse(str_of(f->severity), &severity))
		return DIAG_FIELD(diag, "severity", TEXT_query_choice, "choices", "critical high medium low");
	if (f->status && strcmp(f->status, "warn") != 0 && strcmp(f->status, "fail") != 0)
		return DIAG_FIELD(diag, "status", TEXT_query_choice, "choices", "warn fail");
	if (f->state && strcmp(f->state, "open") != 0 && strcmp(f->state, "closed") != 0)
		return DIAG_FIELD(diag, "state", TEXT_query_choice, "choices", "open closed");
	return 0;
}

static int findings_read(struct search *search, struct str cursor)
{
	const char *state = search->filter->state;
	struct str rest = { NULL, 0 };
	bool closed = cursor_of(cursor, 'c', &rest);
	int r = 0;

	if (!closed && (!state || !strcmp(state, "open"))) {
		cursor_of(cursor, 'o', &rest);
		r = all_open(search, rest);
		rest = (struct str){ NULL, 0 };
	}
	if (r == 0 && state && !strcmp(state, "open"))
		search->ret->cursor[0] = '\0';
	if (r != 0 || (state && !strcmp(state, "open")))
		return r;
	return all_closed(search, rest);
}

int query_findings(struct sqlite3 *db, const struct rules *rules, const struct finding_filter *filter,
		   const struct page *page, struct listing *ret, struct diag *diag)
{
	struct search search = { .db = db, .rules = rules, .filter = filter, .ret = ret };
	struct str cursor = page_cursor(page), rest;
	int r = page_limit(page, &search.limit, diag);

	if (r == 0)
		r = filter_check(&search, diag);
	if (r < 0)
		return r;
	if (cursor.n > 0 && !cursor_of(cursor, 'o', &rest) && !cursor_of(cursor, 'c', &rest))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	listing_begin(ret, columns, names, FINDING_COLUMNS);
	r = search_checks(&search);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	if (r == 0)
		r = findings_read(&search, cursor);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	free(search.checks);
	if (r < 0) {
		listing_free(ret);
		return diag_set(diag, r, "the findings cannot be read: %s", sqlite3_errmsg(db));
	}
	return 0;
}

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
		size_t n = event_ids(listing_cell(&ret->verdicts, i, DIMS)->text, ids);

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
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), r = 0;

	listing_begin(&ret->verdicts, columns, names, FINDING_COLUMNS);
	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, check->id, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, resource, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 3, (int64_t)max_rows + 1);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
			ret->cut = ret->verdicts.n_rows == max_rows;
			if (ret->cut)
				break;
			r = listing_add(&ret->verdicts, columns, stmt);
			if (r == 0)
				r = listing_set(&ret->verdicts, SEVERITY, severity_name(check->severity));
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
