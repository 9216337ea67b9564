#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "core/register.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

/* How long a source may be silent where log_sources.csv does not say. */
#define SILENT_AFTER "86400000000"

static json_t *column_json(sqlite3_stmt *stmt, int i, const char **ret_name, char name[static 64])
{
	struct str column = str_of(sqlite3_column_name(stmt, i));
	const char *text = (const char *)sqlite3_column_text(stmt, i);
	bool time = str_ends(column, STR("_time")), json = str_ends(column, STR("_json"));

	*ret_name = str_copy(name, 64, str_first(column, column.n - (time || json ? 5 : 0)));
	if (time)
		return json_time(sqlite3_column_int64(stmt, i));
	if (json)
		return json_stored(text);
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER: return json_integer(sqlite3_column_int64(stmt, i));
	case SQLITE_FLOAT: return json_number(sqlite3_column_double(stmt, i));
	case SQLITE_NULL: return json_null();
	}
	return json_text(text);
}

int table_rows(struct sqlite3 *db, const char *sql, void (*bind)(struct sqlite3_stmt *stmt, void *arg), void *arg,
	       json_t **ret)
{
	sqlite3_stmt *stmt = NULL;
	json_t *rows;
	int r;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return -EIO;
	if (bind)
		bind(stmt, arg);
	rows = json_array();
	while ((r = sqlite3_step(stmt)) == SQLITE_ROW) {
		json_t *row = json_object();

		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			char buf[64];
			const char *name;
			json_t *value = column_json(stmt, i, &name, buf);

			json_object_set_new(row, name, value);
		}
		json_array_append_new(rows, row);
	}
	sqlite3_finalize(stmt);
	if (r != SQLITE_DONE) {
		json_decref(rows);
		return -EIO;
	}

	*ret = rows;
	return 0;
}

static void now_bind(struct sqlite3_stmt *stmt, void *arg)
{
	sqlite3_bind_int64(stmt, 1, *(usec_t *)arg);
}

int table_source_counts(struct sqlite3 *db, usec_t now, json_t **ret)
{
	json_t *rows;
	int r;

	r = table_rows(db,
		       "SELECT (SELECT count(*) FROM v_source WHERE last_received >= ?1 - "
		       "ifnull(expected_hours * 3600000000, " SILENT_AFTER ")) AS alive,"
		       "       (SELECT count(*) FROM v_source WHERE last_received < ?1 - "
		       "ifnull(expected_hours * 3600000000, " SILENT_AFTER ")) +"
		       "       (SELECT count(*) FROM v_log_source WHERE first_received IS NULL) AS silent",
		       now_bind, &now, &rows);
	if (r < 0)
		return r;

	*ret = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return 0;
}

int table_collectors(struct sqlite3 *db, json_t **ret)
{
	return table_rows(
		db,
		"SELECT name, state, nullif(reason, '') AS reason, since AS since_time FROM collector ORDER BY name",
		NULL, NULL, ret);
}

int table_registers(struct sqlite3 *db, json_t **ret)
{
	json_t *rows, *row;
	size_t i;
	int r;

	r = table_rows(
		db,
		"SELECT kind, state, rows, nullif(path, '') AS path, nullif(digest, '') AS digest, updated_at AS updated_at_time, loaded_at AS "
		"loaded_at_time, refused_at AS refused_at_time, error_ja, error_en FROM register ORDER BY kind",
		NULL, NULL, &rows);
	if (r < 0)
		return r;

	json_array_foreach(rows, i, row)
	{
		const char *ja = json_string_value(json_object_get(row, "error_ja"));
		const char *en = json_string_value(json_object_get(row, "error_en"));
		const struct register_def *def = register_find(str_of(json_string_value(json_object_get(row, "kind"))));

		json_object_set_new(row, "error", ja && ja[0] ? json_both(ja, en) : json_null());
		json_object_set_new(row, "title", def ? json_both(def->ja, def->en) : json_null());
		json_object_del(row, "error_ja");
		json_object_del(row, "error_en");
	}
	*ret = rows;
	return 0;
}

struct after {
	int64_t id, limit;
	usec_t now;
};

static void after_bind(struct sqlite3_stmt *stmt, void *arg)
{
	struct after *after = arg;

	sqlite3_bind_int64(stmt, 1, after->id);
	sqlite3_bind_int64(stmt, 2, after->limit + 1);
	sqlite3_bind_int64(stmt, 3, after->now);
}

/* Takes the row too many off @rows, and tells the key of the last that stays as the cursor. */
static json_t *page_json(json_t *rows, int64_t limit, const char *key)
{
	json_t *next = json_null(), *last;
	char cursor[32];

	if ((int64_t)json_array_size(rows) > limit) {
		json_array_remove(rows, (size_t)limit);
		last = json_object_get(json_array_get(rows, (size_t)limit - 1), key);
		snprintf(cursor, sizeof(cursor), "%lld", (long long)json_integer_value(last));
		next = json_string(cursor);
	}
	return json_pack("{s:o, s:o}", "items", rows, "next", next);
}

static int cursor_read(const struct question_page *page, struct after *after, struct diag *diag)
{
	*after = (struct after){ 0, page->limit, clock_now() };
	if (page->cursor && !str_int(str_of(page->cursor), &after->id))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	return 0;
}

static int sources_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct question_page page;
	struct after after;
	json_t *rows, *json, *more;
	int r;

	if (question_page(question, &page, diag) < 0 || cursor_read(&page, &after, diag) < 0)
		return -EINVAL;
	r = table_rows(
		db,
		"SELECT source_key AS id, collector, peer, host, system_id AS system, first_received AS "
		"first_received_time, last_received AS last_received_time, lines, events, unknown, cut, skew / 1000000.0 "
		"AS skew_seconds, declared, source_id, expected_hours, CASE WHEN last_received >= ?3 - "
		"ifnull(expected_hours * 3600000000, " SILENT_AFTER ") THEN 'alive' ELSE 'silent' END AS state, "
		"(SELECT json_group_array(json_object('program', program, 'shape', shape, 'count', count)) FROM (SELECT "
		"program, shape, count FROM source_shape AS h WHERE h.source_id = source_key ORDER BY count DESC)) AS shapes_json, "
		/* The last 24 hours, the current one last. */
		"(WITH RECURSIVE past (n) AS (VALUES (23) UNION ALL SELECT n - 1 FROM past WHERE n > 0) SELECT "
		"json_group_array(ifnull((SELECT o.lines FROM source_hour AS o WHERE o.source_id = source_key AND o.hour = ?3 / "
		"3600000000 - n), 0)) FROM past) AS hours_json "
		"FROM v_source WHERE source_key > ?1 ORDER BY source_key LIMIT ?2",
		after_bind, &after, &rows);
	if (r < 0)
		return r;

	json = page_json(rows, page.limit, "id");
	r = table_rows(db,
		       "SELECT source_id, host, system_id AS system, expected_hours, declared_at AS declared_at_time "
		       "FROM v_log_source WHERE first_received IS NULL ORDER BY source_id",
		       NULL, NULL, &more);
	json_object_set_new(json, "never_seen", r == 0 ? more : json_array());
	r = table_collectors(db, &more);
	json_object_set_new(json, "collectors", r == 0 ? more : json_array());
	r = table_registers(db, &more);
	json_object_set_new(json, "registers", r == 0 ? more : json_array());
	*ret = json;
	return 0;
}

void api_sources(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, sources_ask);
}

struct register_bind {
	const char *kind;
	struct after after;
	int64_t id;
	const char *key, *search;
};

static void register_bind(struct sqlite3_stmt *stmt, void *arg)
{
	struct register_bind *what = arg;

	after_bind(stmt, &what->after);
	sqlite3_bind_text(stmt, 3, what->kind, -1, SQLITE_STATIC);
	if (what->id > 0)
		sqlite3_bind_int64(stmt, 4, what->id);
	if (what->key)
		sqlite3_bind_text(stmt, 5, what->key, -1, SQLITE_STATIC);
	if (what->search)
		sqlite3_bind_text(stmt, 6, what->search, -1, SQLITE_STATIC);
}

#define REGISTER_ROWS                                                                                          \
	" FROM register_row AS w WHERE until IS NULL AND kind = ?3 AND id > ?1 AND (?4 IS NULL OR id = ?4)"    \
	" AND (?5 IS NULL OR key = fold(?5)) AND (?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(w.data) AS j " \
	"WHERE instr(fold(j.value), fold(?6)) > 0))"
#define REGISTER_HISTORY                                                                                                  \
	"SELECT at AS at_time, state, rows, added, changed, removed, nullif(detail, '') AS detail FROM register_history " \
	"WHERE kind = ?3 ORDER BY id DESC LIMIT 20"

/* What the first page tells beside its rows: the columns, how many rows there are, and what became of it so far. */
static int register_about(struct sqlite3 *db, const struct register_def *def, struct register_bind *what, json_t *json)
{
	json_t *rows;
	int r = table_rows(db, "SELECT count(*) AS found" REGISTER_ROWS, register_bind, what, &rows);

	if (r < 0)
		return r;
	json_object_update(json, json_array_get(rows, 0));
	json_decref(rows);
	r = table_rows(db, REGISTER_HISTORY, register_bind, what, &rows);
	if (r < 0)
		return r;
	json_object_set_new(json, "history", rows);
	register_columns_put(def, json);
	return 0;
}

/* What If-Match names: the file that was read, by the beginning of its digest. */
static int register_version_put(struct sqlite3 *db, struct question *question, struct register_bind *what, json_t *json)
{
	json_t *rows = NULL, *digest;
	int r = table_rows(db, "SELECT digest FROM register WHERE kind = ?3 AND digest <> ''", register_bind, what,
			   &rows);

	if (r < 0)
		return r;
	digest = json_object_get(json_array_get(rows, 0), "digest");
	register_version(json_string_value(digest), question->version);
	json_object_set_new(json, "version", json_string(question->version));
	json_decref(rows);
	return 0;
}

static int register_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	const struct register_def *def = register_find(str_of(question->name));
	struct register_bind what = { question->name };
	struct question_page page;
	char key[512], search[512];
	json_t *rows, *json, *all, *row;
	size_t i;
	int r;

	if (!def)
		return -ENOENT;
	if (question_page(question, &page, diag) < 0 || cursor_read(&page, &what.after, diag) < 0 ||
	    question_number(question, "id", &what.id, diag) < 0 ||
	    question_text(question, "key", key, sizeof(key), &what.key, diag) < 0 ||
	    question_text(question, "search", search, sizeof(search), &what.search, diag) < 0)
		return -EINVAL;
	r = table_rows(db,
		       "SELECT id, line, since AS since_time, data AS data_json" REGISTER_ROWS " ORDER BY id LIMIT ?2",
		       register_bind, &what, &rows);
	if (r < 0)
		return r;

	json = page_json(rows, page.limit, "id");
	json_object_set_new(json, "kind", json_text(def->kind));
	json_object_set_new(json, "title", json_both(def->ja, def->en));
	json_object_set_new(json, "state", json_string("missing"));
	if (table_registers(db, &all) == 0) {
		json_array_foreach(all, i, row) if (strcmp(json_string_value(json_object_get(row, "kind")),
							   def->kind) == 0) json_object_update(json, row);
		json_decref(all);
	}
	r = register_version_put(db, question, &what, json);
	if (r == 0 && !page.cursor)
		r = register_about(db, def, &what, json);
	if (r < 0) {
		json_decref(json);
		return r;
	}
	*ret = json;
	return 0;
}

void api_register(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, register_ask);
}
