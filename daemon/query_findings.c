/*
 * Findings: verdicts that are warn or fail, and those that were.  Open ones are sorted as it was asked for and go on behind
 * the last row's key, so that a page does not shift when rows come and go; closed ones go back through the history.
 */
#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "daemon/query_findings.h"
#include "daemon/store.h"

#define TIME_MAX MSEC(500)
#define STRETCH 20000
#define KEY_MAX 200
#define RESOURCE_MAX 500

/* A number for all but owner, system and check, so that a cursor says what it is. */
#define KEY                                                                                            \
	"CASE :sort WHEN 'worst' THEN (f.rank * 2 + (f.status = 'warn')) * 100000 + f.place"           \
	" WHEN 'status' THEN f.status = 'warn' WHEN 'since' THEN f.since WHEN 'check' THEN f.check_id" \
	" WHEN 'owner' THEN ifnull(substr(f.owner, 1, 60), char(1114111)) WHEN 'system' THEN"          \
	" ifnull(substr(f.system, 1, 60), char(1114111)) ELSE 0 END"
#define OPEN                                                                                                    \
	"f AS (SELECT v.check_id, c.severity, v.resource, v.status, v.reason_ja, v.reason_en, v.dims, v.since," \
	" v.first_seen, c.rank, c.place, c.title, c.role, " FINDING_OWNER_SQL " AS owner, " FINDING_SYSTEM_SQL  \
	" AS system FROM c CROSS JOIN verdict AS v ON v.check_id = c.id WHERE v.status IN ('warn', 'fail')"     \
	" AND (:status IS NULL OR v.status = :status) AND (:resource IS NULL OR v.resource = :resource)"        \
	" AND v.since >= :since),"                                                                              \
	" g AS (SELECT f.*, " KEY " AS k FROM f WHERE " FINDING_WANTED_SQL " AND (:acked IS NULL OR"            \
	" (" FINDING_ACK_SQL " IS NOT NULL) = (:acked = 'yes')))"

static const char *names[FINDING_COLUMNS];

static bool key_is_text(const struct finding_search *search)
{
	return !strcmp(search->sort, "owner") || !strcmp(search->sort, "system") || !strcmp(search->sort, "check");
}

/* "SORT:CHECK:LENGTH:KEY" and the resource, cut to a cursor's length at a whole character. */
static void open_cursor(const struct finding_search *search, sqlite3_stmt *stmt, struct listing *ret)
{
	const char *resource = (const char *)sqlite3_column_text(stmt, FINDING_RESOURCE);
	const char *key = (const char *)sqlite3_column_text(stmt, FINDING_COLUMNS);
	char cut[RESOURCE_MAX], text[sizeof(ret->cursor) / 2];

	str_copy(cut, sizeof(cut), str_of(resource));
	snprintf(text, sizeof(text), "%s%s:%s:%zu:%s%s%s", search->down ? "-" : "", search->sort,
		 (const char *)sqlite3_column_text(stmt, FINDING_CHECK), strlen(key), key, cut,
		 strlen(resource) >= sizeof(cut) - 4 ? "\xf4\x8f\xbf\xbf" : "");
	cursor_put(ret, 'o', text);
}

struct place {
	struct str check, key, resource;
	char buf[1024];
};

/* 1: goes on from @ret; 0: from the beginning; -EINVAL: of another list. */
static int place_read(const struct finding_search *search, struct str cursor, struct place *ret)
{
	struct str sort;
	int64_t length;

	if (cursor.n == 0)
		return 0;
	if (!cursor_key(cursor, ret->buf, sizeof(ret->buf), &cursor))
		return -EINVAL;
	sort = str_cut(&cursor, ':');
	ret->check = str_cut(&cursor, ':');
	if (search->down != str_starts(sort, STR("-")) || !str_eq(str_from(sort, search->down), str_of(search->sort)) ||
	    !str_int(str_cut(&cursor, ':'), &length) || length < 0 || length > KEY_MAX * 4 || (size_t)length > cursor.n)
		return -EINVAL;
	ret->key = str_first(cursor, (size_t)length);
	ret->resource = str_from(cursor, (size_t)length);
	return key_is_text(search) || str_int(ret->key, &length) ? 1 : -EINVAL;
}

static void place_bind(const struct finding_search *search, const struct place *place, sqlite3_stmt *stmt)
{
	int key = sqlite3_bind_parameter_index(stmt, ":key");
	int64_t number;

	if (key_is_text(search))
		sqlite3_bind_text(stmt, key, place->key.p, (int)place->key.n, SQLITE_STATIC);
	else if (str_int(place->key, &number))
		sqlite3_bind_int64(stmt, key, number);
	sqlite3_bind_text(stmt, sqlite3_bind_parameter_index(stmt, ":behind"), place->resource.p,
			  (int)place->resource.n, SQLITE_STATIC);
	sqlite3_bind_text(stmt, sqlite3_bind_parameter_index(stmt, ":check"), place->check.p, (int)place->check.n,
			  SQLITE_STATIC);
}

/* 1 when the page is full and there is more. */
static int open_read(const struct finding_search *search, struct str cursor, struct listing *ret)
{
	static const char sql[] =
		"WITH " FINDING_CHECKS ", " OPEN
		" SELECT 'open', check_id, severity, resource, status, reason_ja, reason_en, dims, since, first_seen, NULL,"
		" system, owner, role, " FINDING_ACK_SQL
		", k FROM g AS f WHERE :key IS NULL OR (CASE WHEN :down THEN k < :key"
		" ELSE k > :key END) OR (k = :key AND (resource, check_id) > (:behind, :check))"
		" ORDER BY CASE WHEN :down THEN k END DESC, k, resource, check_id LIMIT :limit";
	struct place place;
	sqlite3_stmt *stmt = NULL;
	int begun = place_read(search, cursor, &place), code, r = 0;

	if (begun < 0)
		return begun;
	code = sqlite3_prepare_v2(search->db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK) {
		finding_search_bind(search, stmt);
		finding_bind(stmt, ":sort", search->sort);
		finding_bind_number(stmt, ":down", search->down);
		finding_bind_number(stmt, ":limit", (int64_t)search->limit + 1);
		if (begun)
			place_bind(search, &place, stmt);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW && ret->n_rows < search->limit) {
			r = listing_add(ret, finding_columns, stmt);
			open_cursor(search, stmt, ret);
		}
	}
	sqlite3_finalize(stmt);
	return r < 0 ? r : code == SQLITE_DONE ? 0 : code == SQLITE_ROW ? 1 : store_errno(code);
}

/* Of :from <= id < :high.  The texts are those it had while it was bad, since is when it became so. */
static const char closed_sql[] =
	"WITH " FINDING_CHECKS
	", v AS (SELECT h.check_id, h.resource, h.was, h.at, h.id, p.reason_ja, p.reason_en, p.dims,"
	" p.at AS since FROM verdict_history AS h LEFT JOIN verdict_history AS p ON p.id = (SELECT q.id FROM verdict_history"
	" AS q WHERE q.check_id = h.check_id AND q.resource = h.resource AND q.id < h.id AND q.status = h.was ORDER BY q.at"
	" DESC, q.id DESC LIMIT 1)"
	" WHERE h.id >= :from AND h.id < :high AND h.was IN ('warn', 'fail')"
	" AND (h.status IS NULL OR h.status NOT IN ('warn', 'fail')) AND (:status IS NULL OR h.was = :status)"
	" AND (:resource IS NULL OR h.resource = :resource) AND ifnull(p.at, 0) >= :since),"
	" f AS (SELECT v.*, c.severity, c.role, c.title, c.id AS known, " FINDING_OWNER_SQL
	" AS owner, " FINDING_SYSTEM_SQL " AS system FROM v LEFT JOIN c ON c.id = v.check_id)"
	" SELECT 'closed', check_id, severity, resource, was, reason_ja, reason_en, dims, since, since, at, system, owner, role,"
	" NULL, id FROM f WHERE (known IS NOT NULL OR NOT :by_check) AND (:acked IS NULL OR :acked = 'no') AND"
	" " FINDING_WANTED_SQL " ORDER BY id DESC";

static int closed_read(const struct finding_search *search, sqlite3_stmt *stmt, int64_t from, int64_t *high,
		       struct listing *ret)
{
	int code = SQLITE_DONE, r = 0;

	finding_bind_number(stmt, ":from", from);
	finding_bind_number(stmt, ":high", *high);
	while (r == 0 && ret->n_rows < search->limit && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		r = listing_add(ret, finding_columns, stmt);
		*high = sqlite3_column_int64(stmt, FINDING_COLUMNS);
	}
	sqlite3_reset(stmt);
	if (r == 0 && ret->n_rows < search->limit)
		*high = from;
	return r < 0 ? r : code == SQLITE_DONE || code == SQLITE_ROW ? 0 : store_errno(code);
}

static int all_closed(const struct finding_search *search, struct str cursor, struct listing *ret)
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
	if (r == 0) {
		finding_search_bind(search, stmt);
		finding_bind_number(stmt, ":by_check", search->by_check);
	}
	while (r == 0 && high > 1 && ret->n_rows < search->limit && clock_monotonic() < end)
		r = closed_read(search, stmt, high > STRETCH ? high - STRETCH : 1, &high, ret);
	sqlite3_finalize(stmt);
	if (high > 1)
		snprintf(ret->cursor, sizeof(ret->cursor), "c:%lld", (long long)high);
	else
		ret->cursor[0] = '\0';
	return r;
}

static int findings_read(const struct finding_search *search, struct str cursor, struct listing *ret)
{
	const char *state = search->filter->state;
	struct str rest = { NULL, 0 };
	bool closed = cursor_of(cursor, 'c', &rest);
	int r = 0;

	if (!closed && (!state || !strcmp(state, "open"))) {
		cursor_of(cursor, 'o', &rest);
		r = open_read(search, rest, ret);
		rest = (struct str){ NULL, 0 };
	}
	if (r == 0 && state && !strcmp(state, "open"))
		ret->cursor[0] = '\0';
	if (r != 0 || (state && !strcmp(state, "open")))
		return r;
	if (ret->n_rows == search->limit) {
		snprintf(ret->cursor, sizeof(ret->cursor), "c:");
		return 0;
	}
	return all_closed(search, rest, ret);
}

/* How a question that cannot be read is told. */
static int failed(const struct finding_search *search, int r, struct diag *diag)
{
	return r == -EINVAL ? r : diag_set(diag, r, "the findings cannot be read: %s", sqlite3_errmsg(search->db));
}

int query_findings(struct sqlite3 *db, const struct rules *rules, const struct finding_filter *filter,
		   const struct page *page, struct listing *ret, struct diag *diag)
{
	struct finding_search search = { .db = db, .rules = rules, .filter = filter };
	struct str cursor = page_cursor(page), rest;
	int r = page_limit(page, &search.limit, diag);

	if (r < 0)
		return r;
	if (cursor.n > 0 && !cursor_of(cursor, 'o', &rest) && !cursor_of(cursor, 'c', &rest))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	listing_begin(ret, finding_columns, names, FINDING_COLUMNS);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = finding_search_open(&search, diag);
	if (r == 0) {
		r = findings_read(&search, cursor, ret);
		if (r == -EINVAL)
			diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	finding_search_close(&search);
	if (r < 0) {
		listing_free(ret);
		return failed(&search, r, diag);
	}
	return 0;
}

int query_finding_groups(struct sqlite3 *db, const struct rules *rules, const struct finding_filter *filter,
			 const char *group, struct listing *ret, struct diag *diag)
{
	static const char sql[] =
		"WITH " FINDING_CHECKS ", " OPEN
		" SELECT CASE :group WHEN 'check' THEN check_id WHEN 'severity' THEN severity WHEN 'status' THEN status"
		" WHEN 'owner' THEN owner WHEN 'role' THEN role WHEN 'system' THEN system WHEN 'resource' THEN resource END AS part,"
		" sum(status = 'fail'), sum(status = 'warn'), min(rank), min(since) FROM g AS f GROUP BY part"
		" ORDER BY min(rank), 2 DESC, 3 DESC, part LIMIT :limit";
	static const struct listing_column columns[] = { { "key", CELL_TEXT },
							 { "fail", CELL_INT },
							 { "warn", CELL_INT },
							 { "rank", CELL_INT },
							 { "since", CELL_TIME } };
	static const char *column_names[COUNT(columns)];
	struct finding_search search = { .db = db, .rules = rules, .filter = filter };
	sqlite3_stmt *stmt = NULL;
	int r, code = SQLITE_DONE;

	listing_begin(ret, columns, column_names, COUNT(columns));
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = finding_search_open(&search, diag);
	if (r == 0)
		r = store_errno(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
	if (r == 0) {
		finding_search_bind(&search, stmt);
		finding_bind(stmt, ":sort", search.sort);
		finding_bind(stmt, ":group", group);
		finding_bind_number(stmt, ":limit", QUERY_LIMIT_MAX);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW)
			r = listing_add(ret, columns, stmt);
		r = r < 0 ? r : store_errno(code);
	}
	sqlite3_finalize(stmt);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	finding_search_close(&search);
	if (r < 0) {
		listing_free(ret);
		return failed(&search, r, diag);
	}
	return 0;
}
