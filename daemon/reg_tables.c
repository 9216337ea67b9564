#include "daemon/reg_tables.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>

#include "daemon/statement.h"
#include "daemon/store.h"

struct reg_writer {
	const struct register_def *def;
	sqlite3_stmt *insert, *remove, *lists, *line, *value_add, *value_drop;
	size_t list_columns[REG_COLUMNS_MAX], n_lists;
	bool keyed[REG_COLUMNS_MAX]; /* has X_key */
};

/* SQL is made of the names in core/register.c only, never of what came from outside. */
struct sql {
	char text[8192];
	size_t n;
};

static void _printf_(2, 3) sql_add(struct sql *sql, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	sql->n += (size_t)vsnprintf(sql->text + sql->n, sizeof(sql->text) - sql->n, fmt, args);
	va_end(args);
	if (sql->n >= sizeof(sql->text))
		sql->n = sizeof(sql->text) - 1;
}

static bool column_in_key(const struct register_def *def, size_t column)
{
	struct str rest = str_of(def->key);

	while (rest.n > 0)
		if (str_eq(str_cut(&rest, ' '), str_of(def->columns[column].name)))
			return true;
	return false;
}

static bool column_keyed(const struct register_def *def, size_t column)
{
	return def->columns[column].type == COLUMN_ID || column_in_key(def, column);
}

bool reg_column_list(const struct register_def *def, size_t column)
{
	enum column_type type = def->columns[column].type;

	return type == COLUMN_MACS || type == COLUMN_IPS || type == COLUMN_NETS || type == COLUMN_NAMES ||
	       (!strcmp(def->kind, "log_sources") && !strcmp(def->columns[column].name, "types"));
}

uint64_t reg_tables_digest(void)
{
	uint64_t digest = 2; /* the version of this file's own layout */

	for (size_t i = 0; i < n_registers; i++) {
		digest = digest * 31 + str_hash(str_of(registers[i].kind), false);
		digest = digest * 31 + str_hash(str_of(registers[i].key), false);
		for (size_t c = 0; c < registers[i].n_columns; c++)
			digest = digest * 31 + str_hash(str_of(registers[i].columns[c].name), false) +
				 (uint64_t)registers[i].columns[c].type;
	}
	return digest;
}

static size_t fold_into(char *buf, size_t size, struct str s)
{
	size_t n = 0;

	s = str_trim(s);
	for (; n < s.n && n < size; n++)
		buf[n] = (char)(s.p[n] >= 'A' && s.p[n] <= 'Z' ? s.p[n] + 32 : s.p[n]);
	return n;
}

struct str reg_key(const struct register_def *def, const struct str *cells, char *buf)
{
	struct str rest = str_of(def->key);
	size_t n = 0;

	while (rest.n > 0) {
		struct str name = str_cut(&rest, ' ');

		if (n > 0 && n < REG_KEY_MAX)
			buf[n++] = '\x1f';
		for (size_t c = 0; c < def->n_columns; c++)
			if (str_eq(name, str_of(def->columns[c].name)))
				n += fold_into(buf + n, REG_KEY_MAX - n, cells[c]);
	}
	return (struct str){ buf, n };
}

static int table_make(sqlite3 *db, const struct register_def *def)
{
	struct sql sql = { 0 };

	sql_add(&sql,
		"DROP TABLE IF EXISTS reg_%s; CREATE TABLE reg_%s (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE",
		def->kind, def->kind);
	for (size_t c = 0; c < def->n_columns; c++) {
		sql_add(&sql, ", \"%s\" TEXT NOT NULL DEFAULT ''", def->columns[c].name);
		if (column_keyed(def, c))
			sql_add(&sql, ", \"%s_key\" TEXT NOT NULL DEFAULT ''", def->columns[c].name);
	}
	sql_add(&sql, ", line INTEGER NOT NULL, extra TEXT NOT NULL DEFAULT '') STRICT;");
	for (size_t c = 0; c < def->n_columns; c++)
		if (column_keyed(def, c))
			sql_add(&sql, "CREATE INDEX reg_%s_%s ON reg_%s (\"%s_key\");", def->kind, def->columns[c].name,
				def->kind, def->columns[c].name);
	return store_errno(sqlite3_exec(db, sql.text, NULL, NULL, NULL));
}

static struct str column_str(sqlite3_stmt *stmt, int column)
{
	return (struct str){ (const char *)sqlite3_column_text(stmt, column),
			     (size_t)sqlite3_column_bytes(stmt, column) };
}

static int table_fill(sqlite3 *db, const struct register_def *def)
{
	_cleanup_(reg_writer_freep) struct reg_writer *writer = NULL;
	struct sql sql = { 0 };
	sqlite3_stmt *rows = NULL;
	int r = reg_writer_new(db, def, &writer);

	if (!writer)
		return r;
	sql_add(&sql, "SELECT key, line, json_extract(data, '$.extra')");
	for (size_t c = 0; c < def->n_columns; c++)
		sql_add(&sql, ", json_extract(data, '$.%s')", def->columns[c].name);
	sql_add(&sql, " FROM register_row WHERE kind = '%s' AND until IS NULL", def->kind);
	r = store_errno(sqlite3_prepare_v2(db, sql.text, -1, &rows, NULL));
	while (r == 0 && (r = sqlite3_step(rows)) == SQLITE_ROW) {
		struct reg_row row = { .key = column_str(rows, 0),
				       .line = sqlite3_column_int64(rows, 1),
				       .extra = column_str(rows, 2) };

		for (size_t c = 0; c < def->n_columns; c++)
			row.cells[c] = column_str(rows, 3 + (int)c);
		r = reg_writer_put(writer, &row);
	}
	sqlite3_finalize(rows);
	return r < 0 ? r : store_errno(r);
}

/* "vendor_id" gives vendor_key beside it, as in views.sql; a key column without _id gives X_key. */
static void view_key(const struct register_def *def, size_t column, struct sql *sql)
{
	struct str name = str_of(def->columns[column].name);
	struct str stem = str_ends(name, STR("_id")) ? str_first(name, name.n - 3) : name;

	if (column_keyed(def, column))
		sql_add(sql, ", nullif(\"%s_key\", '') AS \"" STR_FMT "_key\"", def->columns[column].name,
			STR_ARG(stem));
}

/*
 * The view of a register whose columns are said as they are: NULL for an empty cell, 1 or 0 for yes or no, numbers as numbers,
 * and row_key and line of the row.
 */
static int view_make(sqlite3 *db, const struct register_def *def)
{
	struct sql sql = { 0 };

	sql_add(&sql, "CREATE VIEW %s AS SELECT key AS row_key, line", def->view);
	for (size_t c = 0; c < def->n_columns; c++) {
		const char *name = def->columns[c].name;

		if (def->columns[c].type == COLUMN_BOOL)
			sql_add(&sql, ", CASE \"%s\" WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END AS \"%s\"", name, name);
		else if (def->columns[c].type == COLUMN_NUMBER)
			sql_add(&sql, ", CAST(nullif(\"%s\", '') AS REAL) AS \"%s\"", name, name);
		else
			sql_add(&sql, ", nullif(\"%s\", '') AS \"%s\"", name, name);
		view_key(def, c, &sql);
	}
	sql_add(&sql, " FROM reg_%s", def->kind);
	return store_errno(sqlite3_exec(db, sql.text, NULL, NULL, NULL));
}

int reg_views_make(sqlite3 *db)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_registers; i++)
		if (registers[i].view)
			r = view_make(db, &registers[i]);
	return r;
}

int reg_tables_make(sqlite3 *db)
{
	int r = store_errno(sqlite3_exec(db, "DELETE FROM register_value", NULL, NULL, NULL));

	for (size_t i = 0; r == 0 && i < n_registers; i++) {
		r = table_make(db, &registers[i]);
		if (r == 0)
			r = table_fill(db, &registers[i]);
	}
	return r;
}

/* INSERT with key, line, extra, then each column and, where it has one, its X_key. */
static void insert_sql(const struct register_def *def, struct sql *sql)
{
	size_t n = 3;

	sql_add(sql, "INSERT INTO reg_%s (key, line, extra", def->kind);
	for (size_t c = 0; c < def->n_columns; c++) {
		sql_add(sql, ", \"%s\"", def->columns[c].name);
		n++;
		if (column_keyed(def, c)) {
			sql_add(sql, ", \"%s_key\"", def->columns[c].name);
			n++;
		}
	}
	sql_add(sql, ") VALUES (?");
	while (--n > 0)
		sql_add(sql, ", ?");
	sql_add(sql, ")");
}

/* The list cells of a row, to take its values back. */
static void lists_sql(struct reg_writer *writer, struct sql *sql)
{
	sql_add(sql, "SELECT key");
	for (size_t c = 0; c < writer->def->n_columns; c++) {
		writer->keyed[c] = column_keyed(writer->def, c);
		if (!reg_column_list(writer->def, c))
			continue;
		writer->list_columns[writer->n_lists++] = c;
		sql_add(sql, ", \"%s\"", writer->def->columns[c].name);
	}
	sql_add(sql, " FROM reg_%s WHERE key = ?", writer->def->kind);
}

int reg_writer_new(sqlite3 *db, const struct register_def *def, struct reg_writer **ret)
{
	_cleanup_(reg_writer_freep) struct reg_writer *writer = calloc(1, sizeof(*writer));
	struct sql insert = { 0 }, remove = { 0 }, line = { 0 }, lists = { 0 };
	int r;

	if (!writer || def->n_columns > REG_COLUMNS_MAX)
		return -ENOMEM;
	writer->def = def;
	insert_sql(def, &insert);
	lists_sql(writer, &lists);
	sql_add(&remove, "DELETE FROM reg_%s WHERE key = ?", def->kind);
	sql_add(&line, "UPDATE reg_%s SET line = ?2 WHERE key = ?1", def->kind);
	r = statement_prepare(db, insert.text, &writer->insert);
	if (r == 0)
		r = statement_prepare(db, remove.text, &writer->remove);
	if (r == 0)
		r = statement_prepare(db, line.text, &writer->line);
	if (r == 0)
		r = statement_prepare(db, lists.text, &writer->lists);
	if (r == 0)
		r = statement_prepare(
			db, "INSERT OR IGNORE INTO register_value (kind, column_name, value, key) VALUES (?, ?, ?, ?)",
			&writer->value_add);
	if (r == 0)
		r = statement_prepare(
			db, "DELETE FROM register_value WHERE kind = ? AND column_name = ? AND value = ? AND key = ?",
			&writer->value_drop);
	if (r == 0)
		*ret = TAKE(writer);
	return r;
}

void reg_writer_free(struct reg_writer *writer)
{
	if (!writer)
		return;
	sqlite3_finalize(writer->insert);
	sqlite3_finalize(writer->remove);
	sqlite3_finalize(writer->lists);
	sqlite3_finalize(writer->line);
	sqlite3_finalize(writer->value_add);
	sqlite3_finalize(writer->value_drop);
	free(writer);
}

static void bind_str(sqlite3_stmt *stmt, int i, struct str s)
{
	sqlite3_bind_text(stmt, i, s.p ? s.p : "", (int)s.n, SQLITE_STATIC);
}

/* Runs @stmt (value_add or value_drop) for each value of the list @cell. */
static int values_run(const struct reg_writer *writer, sqlite3_stmt *stmt, size_t column, struct str cell,
		      struct str key)
{
	char buf[512];
	int r = 0;

	while (r == 0 && cell.n > 0) {
		size_t n = 0;
		struct str value;

		while (n < cell.n && !memchr(" ;,\t\r\n", cell.p[n], 6))
			n++;
		value = (struct str){ buf, fold_into(buf, sizeof(buf), str_first(cell, n)) };
		cell = str_from(cell, n + 1);
		if (value.n == 0)
			continue;
		sqlite3_bind_text(stmt, 1, writer->def->kind, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, writer->def->columns[column].name, -1, SQLITE_STATIC);
		bind_str(stmt, 3, value);
		bind_str(stmt, 4, key);
		r = statement_run(stmt);
	}
	return r;
}

int reg_writer_put(struct reg_writer *writer, const struct reg_row *row)
{
	char keys[REG_COLUMNS_MAX][256];
	int i = 4, r;

	bind_str(writer->insert, 1, row->key);
	sqlite3_bind_int64(writer->insert, 2, row->line);
	bind_str(writer->insert, 3, row->extra);
	for (size_t c = 0; c < writer->def->n_columns; c++) {
		bind_str(writer->insert, i++, row->cells[c]);
		if (writer->keyed[c])
			bind_str(writer->insert, i++,
				 (struct str){ keys[c], fold_into(keys[c], sizeof(keys[c]), row->cells[c]) });
	}
	r = statement_run(writer->insert);
	for (size_t l = 0; r == 0 && l < writer->n_lists; l++)
		r = values_run(writer, writer->value_add, writer->list_columns[l], row->cells[writer->list_columns[l]],
			       row->key);
	return r;
}

int reg_writer_drop(struct reg_writer *writer, struct str key)
{
	int r = 0;

	if (writer->n_lists > 0) {
		bind_str(writer->lists, 1, key);
		if (sqlite3_step(writer->lists) == SQLITE_ROW)
			for (size_t l = 0; r == 0 && l < writer->n_lists; l++)
				r = values_run(writer, writer->value_drop, writer->list_columns[l],
					       column_str(writer->lists, (int)l + 1), key);
		sqlite3_reset(writer->lists);
		if (r < 0)
			return r;
	}
	bind_str(writer->remove, 1, key);
	return statement_run(writer->remove);
}

int reg_writer_line(struct reg_writer *writer, struct str key, int64_t line)
{
	bind_str(writer->line, 1, key);
	sqlite3_bind_int64(writer->line, 2, line);
	return statement_run(writer->line);
}
