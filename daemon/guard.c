#include "daemon/guard.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <strings.h>

#include "daemon/depends.h"
#include "daemon/guard_names.h"
#include "daemon/sql_words.h"

/*
 * None of them reads a clock, a file or chance, and what they make is bounded by SQLITE_LIMIT_LENGTH.  printf() is not among
 * them: printf('%.*c', 1000000000, 'x') runs for seconds in one step, where no progress handler is asked.
 */
static const char *const functions[] = {
	"->",
	"->>",
	"abs",
	"avg",
	"business_days",
	"char",
	"coalesce",
	"count",
	"cume_dist",
	"day",
	"days",
	"dense_rank",
	"first_value",
	"fold",

	"glob",
	"group_concat",
	"hex",
	"ifnull",
	"iif",
	"in_network",
	"instant",
	"instr",
	"json",
	"json_array",
	"json_array_length",
	"json_extract",
	"json_group_array",
	"json_group_object",
	"json_object",
	"json_quote",
	"json_type",
	"json_valid",
	"lag",
	"last_value",
	"lead",
	"length",
	"like",
	"likelihood",
	"likely",
	"lower",
	"ltrim",
	"max",
	"min",
	"nth_value",
	"ntile",
	"nullif",
	"percent_rank",

	"quote",
	"rank",
	"replace",
	"round",
	"row_number",
	"rtrim",
	"sign",
	"substr",
	"substring",
	"sum",
	"total",
	"trim",
	"typeof",
	"unicode",
	"unlikely",
	"upper",
	"version_compare",
	"version_safe",
};

/* What the judge itself writes: a check of stage 1 that read it would feed on its own answer. */
static const char *const answers[] = {
	"alert_outbox", "check_history", "item_history", "score_history", "verdict", "verdict_history",
};

static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 200000 },
	{ SQLITE_LIMIT_SQL_LENGTH, 100000 },
	{ SQLITE_LIMIT_COLUMN, 300 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 300 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 60 },
	{ SQLITE_LIMIT_VDBE_OP, 100000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 100 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

struct guard {
	sqlite3 *db;
	const struct check *check;
	sqlite3_stmt *stmt;
	uint64_t tables;
	struct guard_names *names;
	int old[COUNT(limits)];
	bool asked, inside, vetted;
	char said[256]; /* why the authorizer refused first */
	char word[64];  /* and about which word of the text */
};

/*
 * Whose SQL this thread compiles or runs.  Setting an authorizer makes SQLite compile all statements of a connection again, so
 * it is set once and stays; what is not a check's it lets pass.
 */
static _Thread_local struct guard *current;

static bool guard_view(const struct guard *guard, const char *name)
{
	return name && guard_names_view(guard->names, name);
}

static int refuse(struct guard *guard, const char *word, const char *why, const char *arg)
{
	if (guard->said[0] == '\0') {
		snprintf(guard->said, sizeof(guard->said), "%s%s", arg, why);
		snprintf(guard->word, sizeof(guard->word), "%s", word);
	}
	return SQLITE_DENY;
}

/*
 * @inner is the view, or the WITH clause, that the read stands in.  A clause cannot pass for a view: guard_words() refuses
 * one of that name.  A column "" is a table of which no value is read: a WITH clause, or the table of a view that SQLite has
 * dissolved, which is then not a word of the text.
 */
static int guard_read(struct guard *guard, const char *table, const char *column, const char *inner)
{
	if (guard_view(guard, table)) {
		guard->tables |= depends_column(table, column);
		return SQLITE_OK;
	}
	if (strncasecmp(table, "sqlite_", 7) == 0 || strncasecmp(table, "pragma_", 7) == 0)
		return refuse(guard, table, " is not for checks", table);
	if (guard->check->stage < 2 && guard_any(table, answers, COUNT(answers)))
		return refuse(guard, table, " holds the answers of checks; only a check of `stage: 2` may read it",
			      table);
	if (!guard_view(guard, inner)) {
		bool there = guard_names_table(guard->names, table);
		bool json = strcasecmp(table, "json_each") == 0 || strcasecmp(table, "json_tree") == 0;
		bool hidden = column[0] == '\0' && (there ? !sql_has_word(guard->check->sql, table)
							  : sql_has_clause(guard->check->sql, table));

		if (!hidden && !json)
			return refuse(guard, table, " is a table; a check reads views (v_...) only", table);
	}
	guard->tables |= depends_table(table, inner);
	return SQLITE_OK;
}

static int guard_ask(void *arg, int action, const char *a, const char *b, const char *schema, const char *inner)
{
	struct guard *guard = current;

	if (!guard)
		return SQLITE_OK;
	guard->asked = true;
	if (guard->vetted && (action == SQLITE_READ || action == SQLITE_FUNCTION))
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_READ:
		if (schema && strcmp(schema, "main") != 0)
			return refuse(guard, a, " is not in the database of Tenken", a);
		return guard_read(guard, a, b ? b : "", inner);
	case SQLITE_FUNCTION:
		if (guard_view(guard, inner) || guard_any(b, functions, COUNT(functions)))
			return SQLITE_OK;
		return refuse(guard, b, "() is not allowed in a check (times are :now, :seen, :today, day(), days())",
			      b);
	default: return refuse(guard, "", " is not a question; a check is one SELECT over the views", "this");
	}
}

void guard_enter(struct guard *guard)
{
	if (guard->inside)
		return;
	for (size_t i = 0; i < COUNT(limits); i++)
		guard->old[i] = sqlite3_limit(guard->db, limits[i].id, limits[i].value);
	current = guard;
	guard->inside = true;
}

void guard_leave(struct guard *guard)
{
	if (!guard->inside)
		return;
	for (size_t i = 0; i < COUNT(limits); i++)
		sqlite3_limit(guard->db, limits[i].id, guard->old[i]);
	current = NULL;
	guard->inside = false;
}

/* Whether the authorizer is on the connection cannot be read, but it can be tried. */
static void guard_install(struct guard *guard)
{
	sqlite3_stmt *stmt = NULL;

	guard->asked = false;
	if (sqlite3_prepare_v2(guard->db, "SELECT 1", -1, &stmt, NULL) == SQLITE_OK)
		sqlite3_finalize(stmt);
	if (!guard->asked)
		sqlite3_set_authorizer(guard->db, guard_ask, NULL);
}

static int guard_line(const struct guard *guard, size_t offset)
{
	int line = guard->check->sql_line > 0 ? guard->check->sql_line : 1;

	for (size_t i = 0; i < offset && guard->check->sql[i]; i++)
		line += guard->check->sql[i] == '\n';
	return line;
}

/* What SQLite does not say: that it begins as a question, and that no WITH clause takes the name of a view or table. */
static int guard_words(const struct guard *guard, struct diag *diag)
{
	const struct check *check = guard->check;
	struct sql_word word;
	size_t at = 0;

	if (!sql_word_next(check->sql, &at, &word))
		return diag_at(diag, check->file, check->sql_line, 0, "there is no SELECT");
	if (!sql_word_is(&word, "SELECT") && !sql_word_is(&word, "WITH"))
		return diag_at(diag, check->file, guard_line(guard, word.at), 0,
			       "begins with %.20s; a check is one SELECT over the views", word.text);
	while (sql_clause_next(check->sql, &at, &word))
		if (guard_view(guard, word.text) || guard_names_table(guard->names, word.text))
			return diag_at(diag, check->file, guard_line(guard, word.at), 0,
				       "%.60s is a view or table; a WITH clause needs a name of its own", word.text);
	return 0;
}

static int guard_error(const struct guard *guard, struct diag *diag)
{
	int offset = sqlite3_error_offset(guard->db);

	if (guard->said[0] != '\0') {
		offset = sql_find_word(guard->check->sql, guard->word);
		return diag_at(diag, guard->check->file, guard_line(guard, offset > 0 ? (size_t)offset : 0), 0, "%s",
			       guard->said);
	}
	return diag_at(diag, guard->check->file, guard_line(guard, offset > 0 ? (size_t)offset : 0), 0, "%s",
		       sqlite3_errmsg(guard->db));
}

static int guard_compile(struct guard *guard, struct diag *diag)
{
	const char *tail = "";
	struct sql_word word;
	size_t at = 0;

	if (sqlite3_prepare_v3(guard->db, guard->check->sql, -1, 0, &guard->stmt, &tail) != SQLITE_OK)
		return guard_error(guard, diag);
	if (!guard->stmt)
		return diag_at(diag, guard->check->file, guard->check->sql_line, 0, "there is no SELECT");
	if (!sqlite3_stmt_readonly(guard->stmt) || sqlite3_stmt_isexplain(guard->stmt) ||
	    sqlite3_column_count(guard->stmt) == 0)
		return diag_at(diag, guard->check->file, guard->check->sql_line, 0,
			       "a check is one SELECT over the views");
	while (sql_word_next(tail, &at, &word))
		if (!sql_word_is(&word, ";"))
			return diag_at(diag, guard->check->file,
				       guard_line(guard, (size_t)(tail - guard->check->sql) + word.at), 0,
				       "a second statement; a check is one SELECT over the views");
	return 0;
}

int guard_open(struct sqlite3 *db, const struct check *check, struct guard_names *names, struct guard **ret,
	       struct diag *diag)
{
	_cleanup_(guard_closep) struct guard *guard = calloc(1, sizeof(*guard));
	int r = 0;

	if (!guard)
		return diag_set(diag, -ENOMEM, "out of memory");
	guard->db = db;
	guard->check = check;
	if (names)
		guard->names = guard_names_ref(names);
	else
		r = guard_names_read(db, &guard->names);
	if (r < 0)
		return diag_set(diag, r, "the database cannot be read: %s", sqlite3_errmsg(db));
	r = guard_words(guard, diag);
	if (r < 0)
		return r;
	guard_enter(guard);
	guard_install(guard);
	r = guard_compile(guard, diag);
	guard_leave(guard);
	if (r < 0)
		return r;
	*ret = TAKE(guard);
	return 0;
}

int guard_open_vetted(struct sqlite3 *db, const struct check *check, struct guard **ret, struct diag *diag)
{
	_cleanup_(guard_closep) struct guard *guard = calloc(1, sizeof(*guard));
	int r;

	if (!guard)
		return diag_set(diag, -ENOMEM, "out of memory");
	guard->db = db;
	guard->check = check;
	guard->vetted = true;
	guard_enter(guard);
	guard_install(guard);
	r = guard_compile(guard, diag);
	guard_leave(guard);
	if (r == 0)
		*ret = TAKE(guard);
	return r;
}

void guard_close(struct guard *guard)
{
	if (!guard)
		return;
	sqlite3_finalize(guard->stmt);
	guard_leave(guard);
	guard_names_unref(guard->names);
	free(guard);
}

struct sqlite3_stmt *guard_stmt(const struct guard *guard)
{
	return guard->stmt;
}

uint64_t guard_tables(const struct guard *guard)
{
	return guard->tables;
}
