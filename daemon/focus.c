/*
 * Temporary views hide the tables of accounts, devices or events behind the few that are asked for, and copies of our views read
 * those.  What one would get wrong: a view that is not about one account (v_alive) must go on seeing all of them.
 */
#include "daemon/focus.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "daemon/statement.h"

struct focus {
	enum check_by by;
	sqlite3 *db;
	char *path;
	struct rules *rules; /* referenced */
	struct ask **list;   /* beside rules->checks */
	struct touched_rows rows;
	bool filled;
	char *names;
};

static const char account_tables[] =
	"CREATE TEMP TABLE focus_account (system TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (system, user)) WITHOUT ROWID;"
	"CREATE TEMP VIEW account_seen AS SELECT s.* FROM focus_account AS f"
	" CROSS JOIN main.account_seen AS s ON s.system = f.system AND s.user = f.user;"
	"CREATE TEMP VIEW account_stored AS SELECT t.* FROM focus_account AS f"
	" CROSS JOIN main.account_stored AS t ON t.system = f.system AND t.user = f.user;"
	"CREATE TEMP VIEW reg_accounts AS SELECT r.* FROM focus_account AS f"
	" CROSS JOIN main.reg_accounts AS r ON r.key = f.system || char(31) || f.user;";

static const char *const account_views[] = {
	"v_account",        "v_account_register", "v_account_seen", "v_account_stored",
	"v_account_system", "v_login_host",       "v_login_source", NULL,
};

static const char device_tables[] =
	"CREATE TEMP TABLE focus_device (key TEXT PRIMARY KEY) WITHOUT ROWID;"
	"CREATE TEMP TABLE focus_seen (id INTEGER PRIMARY KEY);"
	"CREATE TEMP VIEW device_seen AS SELECT s.* FROM focus_seen AS f CROSS JOIN main.device_seen AS s ON s.id = f.id;"
	"CREATE TEMP VIEW reg_devices AS SELECT d.* FROM focus_device AS f CROSS JOIN main.reg_devices AS d ON d.key = f.key;";

static const char *const device_views[] = {
	"v_device_class", "v_device_health", "v_device_register", "v_device_seen", "v_device", NULL,
};

/* Rows, not a view: else SQLite goes through the index of all that came in the time the check looks back. */
static const char event_tables[] = "CREATE TEMP TABLE event AS SELECT * FROM main.event WHERE false";

static const char *const event_views[] = { "v_rare_event", NULL };

static const struct {
	const char *tables;
	const char *const *views;
} hides[] = {
	[BY_ACCOUNT] = { account_tables, account_views },
	[BY_DEVICE] = { device_tables, device_views },
	[BY_EVENT] = { event_tables, event_views },
};

struct focus *focus_new(enum check_by by)
{
	struct focus *focus = calloc(1, sizeof(*focus));

	if (focus)
		focus->by = by;
	return focus;
}

static void focus_clear(struct focus *focus)
{
	for (size_t i = 0; focus->list && i < focus->rules->n_checks; i++)
		ask_close(focus->list[i]);
	free(focus->list);
	rules_unref(focus->rules);
	focus->list = NULL;
	focus->rules = NULL;
}

static void focus_close(struct focus *focus)
{
	focus_clear(focus);
	sqlite3_close_v2(focus->db);
	free(focus->path);
	focus->db = NULL;
	focus->path = NULL;
	focus->filled = false;
}

void focus_free(struct focus *focus)
{
	if (!focus)
		return;
	focus_close(focus);
	free(focus->names);
	free(focus);
}

/* The text of a view of the database, as a temporary one. */
static int view_copy(sqlite3 *db, const char *name)
{
	static const char head[] = "CREATE VIEW ";
	sqlite3_stmt *stmt = NULL;
	_free_ char *sql = NULL;
	int r = statement_prepare(db, "SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND name = ?", &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	r = sqlite3_step(stmt) == SQLITE_ROW ? 0 : -ENOENT;
	if (r == 0) {
		struct str text = str_of((const char *)sqlite3_column_text(stmt, 0));

		if (!str_starts(text, STR(head)) ||
		    asprintf(&sql, "CREATE TEMP VIEW " STR_FMT, STR_ARG(str_from(text, sizeof(head) - 1))) < 0)
			r = -EBADMSG;
	}
	sqlite3_finalize(stmt);
	if (r == 0)
		r = store_errno(sqlite3_exec(db, sql, NULL, NULL, NULL));
	return r;
}

static int focus_open(struct focus *focus, const char *path)
{
	const char *const *views = hides[focus->by].views;
	struct diag diag;
	int r = store_reader(path, &focus->db, &diag);

	focus->path = strdup(path);
	if (r == 0 && !focus->path)
		r = -ENOMEM;
	if (r == 0) /* the file itself is open for reading only */
		r = store_errno(sqlite3_exec(
			focus->db, "PRAGMA query_only = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1024",
			NULL, NULL, NULL));
	if (r == 0)
		r = store_errno(sqlite3_exec(focus->db, hides[focus->by].tables, NULL, NULL, NULL));
	for (size_t i = 0; r == 0 && views[i]; i++)
		r = view_copy(focus->db, views[i]);
	return r;
}

static int focus_fit(struct focus *focus, sqlite3 *db, struct rules *rules)
{
	const char *path = sqlite3_db_filename(db, "main");
	int r = 0;

	if (!path || !path[0])
		return -ENOENT;
	if (!focus->path || strcmp(focus->path, path) != 0) {
		focus_close(focus);
		r = focus_open(focus, path);
		if (r < 0)
			focus_close(focus);
	}
	if (r == 0 && focus->rules != rules) {
		focus_clear(focus);
		focus->list = calloc(rules->n_checks + 1, sizeof(struct ask *));
		if (!focus->list)
			return -ENOMEM;
		focus->rules = rules_ref(rules);
	}
	return r;
}

static int keys_run(sqlite3 *db, const char *sql, const struct touched_rows *rows)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, sql, &stmt);

	for (size_t i = 0; r == 0 && i < rows->n_keys; i++) {
		sqlite3_bind_text(stmt, 1, rows->keys[i], -1, SQLITE_STATIC);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int rows_run(sqlite3 *db, const char *sql, const struct touched_rows *rows)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, sql, &stmt);

	for (size_t i = 0; r == 0 && i < rows->n; i++) {
		sqlite3_bind_int64(stmt, 1, rows->ids[i]);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* What resources call them: an account by its name, a device by its id and its address; an event has no name, it only adds. */
static int names_read(struct focus *focus)
{
	static const char *const sql[] = {
		[BY_ACCOUNT] = "SELECT group_concat(user, char(10)) FROM focus_account",
		[BY_DEVICE] =
			"SELECT group_concat(name, char(10)) FROM (SELECT key AS name FROM focus_device UNION ALL"
			" SELECT substr(mac, 1, 2) || ':' || substr(mac, 3, 2) || ':' || substr(mac, 5, 2) || ':' ||"
			" substr(mac, 7, 2) || ':' || substr(mac, 9, 2) || ':' || substr(mac, 11, 2) FROM device_seen)",
		[BY_EVENT] = "SELECT ''",
	};
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(focus->db, sql[focus->by], &stmt);
	const char *text;

	free(focus->names);
	focus->names = NULL;
	if (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		focus->names = strdup(text ? text : "");
	}
	sqlite3_finalize(stmt);
	return r == 0 && !focus->names ? -ENOMEM : r;
}

static int accounts_fill(sqlite3 *db, const struct touched_rows *rows)
{
	int r = store_errno(sqlite3_exec(db, "DELETE FROM focus_account", NULL, NULL, NULL));

	if (r == 0)
		r = rows_run(
			db,
			"INSERT OR IGNORE INTO focus_account SELECT system, user FROM main.account_seen WHERE id = ?",
			rows);
	if (r == 0)
		r = keys_run(db,
			     "INSERT OR IGNORE INTO focus_account SELECT substr(?1, 1, instr(?1, char(31)) - 1),"
			     " substr(?1, instr(?1, char(31)) + 1)",
			     rows);
	return r;
}

/* Devices of the register by any of their addresses and names; and where else these devices were seen. */
static int devices_fill(sqlite3 *db, const struct touched_rows *rows)
{
	int r = store_errno(sqlite3_exec(db, "DELETE FROM focus_device; DELETE FROM focus_seen", NULL, NULL, NULL));

	if (r == 0)
		r = rows_run(db, "INSERT OR IGNORE INTO focus_seen VALUES (?)", rows);
	if (r == 0)
		r = rows_run(
			db,
			"INSERT OR IGNORE INTO focus_device SELECT v.key FROM main.device_seen AS s"
			" JOIN register_value AS v ON v.kind = 'devices' AND ((v.column_name = 'mac' AND v.value = s.mac)"
			" OR (v.column_name = 'ip' AND v.value = s.ip) OR (v.column_name = 'hostname' AND v.value = fold(s.host)))"
			" WHERE s.id = ?",
			rows);
	return r < 0 ? r
		     : store_errno(sqlite3_exec(
			       db,
			       "INSERT OR IGNORE INTO focus_seen SELECT s.id FROM focus_device AS f"
			       " JOIN register_value AS v ON v.kind = 'devices' AND v.column_name = 'mac' AND v.key = f.key"
			       " JOIN main.device_seen AS s ON s.mac = v.value",
			       NULL, NULL, NULL));
}

static int events_fill(sqlite3 *db, const struct touched_rows *rows)
{
	int r = store_errno(sqlite3_exec(db, "DELETE FROM temp.event", NULL, NULL, NULL));

	return r < 0 ? r : rows_run(db, "INSERT INTO temp.event SELECT * FROM main.event WHERE id = ?", rows);
}

static int focus_fill(struct focus *focus, const struct touched_rows *rows)
{
	static int (*const fills[])(sqlite3 * db, const struct touched_rows *rows) = {
		[BY_ACCOUNT] = accounts_fill,
		[BY_DEVICE] = devices_fill,
		[BY_EVENT] = events_fill,
	};
	int r;

	if (focus->filled && !memcmp(&focus->rows, rows, sizeof(*rows)))
		return 0;
	focus->filled = false;
	r = fills[focus->by](focus->db, rows);
	if (r == 0)
		r = names_read(focus);
	focus->rows = *rows;
	focus->filled = r == 0;
	return r;
}

int focus_check(struct focus *focus, struct sqlite3 *db, struct rules *rules, size_t i, const char *const *params,
		const struct ask_times *times, const struct touched_rows *rows, struct answer *ret, char **ret_names)
{
	struct diag diag = { { 0 } };
	int r = touched_few(rows) ? focus_fit(focus, db, rules) : -E2BIG;

	if (r < 0)
		return r;
	sqlite3_exec(focus->db, "BEGIN", NULL, NULL, NULL);
	r = focus_fill(focus, rows);
	if (r == 0 && !focus->list[i])
		r = ask_open_vetted(focus->db, rules->checks[i], &focus->list[i], &diag);
	if (r == 0) {
		ask_params(focus->list[i], params);
		ask_run(focus->list[i], times, NULL, ret);
		ask_params(focus->list[i], NULL);
		r = ret->error ? -EIO : 0;
	}
	sqlite3_exec(focus->db, "COMMIT", NULL, NULL, NULL);
	if (r == 0) {
		*ret_names = strdup(focus->names);
		r = *ret_names ? 0 : -ENOMEM;
	}
	return r;
}

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || (c & 0x80);
}

/* Whether @resource names one of @names (folded), as a whole word of it. */
static bool resource_names(const char *resource, const char *names)
{
	struct str rest = str_of(names), text = str_of(resource);

	while (rest.n > 0) {
		struct str name = str_cut(&rest, '\n');

		for (size_t at = 0; name.n > 0 && at + name.n <= text.n; at++) {
			struct str part = { text.p + at, name.n };
			char before = at > 0 ? text.p[at - 1] : '/',
			     after = at + name.n < text.n ? text.p[at + name.n] : '/';

			if (!word_char((char)(before | 0x20)) && !word_char((char)(after | 0x20)) &&
			    str_ieq(part, name))
				return true;
		}
	}
	return false;
}

/* Of an attested row the question itself says unknown. */
static int badness(enum status status)
{
	return status == STATUS_FAIL ? 3 : status == STATUS_WARN ? 2 : status == STATUS_PASS ? 0 : 1;
}

static const struct verdict *verdict_of(const struct check_result *result, const char *resource)
{
	for (size_t i = 0; i < result->n_verdicts; i++)
		if (!strcmp(result->verdicts[i].resource, resource))
			return &result->verdicts[i];
	return NULL;
}

static bool answer_has(const struct answer *answer, const char *resource)
{
	for (size_t i = 0; i < answer->n_rows; i++)
		if (!strcmp(answer->rows[i].resource, resource))
			return true;
	return false;
}

static bool row_differs(const struct check_result *before, const struct ask_row *row, const char *names)
{
	const struct verdict *was = verdict_of(before, row->resource);
	int bad = badness(row->status), was_bad = was ? badness(was->status) : -1;

	if (bad == 0)
		return !was || (was_bad >= 2 && resource_names(row->resource, names));
	return bad > was_bad || (bad < was_bad && resource_names(row->resource, names));
}

bool focus_differs(const struct check_result *before, const struct answer *answer, const char *names)
{
	for (size_t i = 0; i < answer->n_rows; i++)
		if (row_differs(before, &answer->rows[i], names))
			return true;
	for (size_t i = 0; i < before->n_verdicts; i++) {
		const struct verdict *was = &before->verdicts[i];

		if (badness(was->status) >= 2 && resource_names(was->resource, names) &&
		    !answer_has(answer, was->resource))
			return true;
	}
	return false;
}
