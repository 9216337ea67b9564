#include "daemon/ask.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <strings.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/ask_rows.h"
#include "daemon/guard.h"

#define TIME_MAX SECONDS(2)
#define ROWS_MAX 50000
#define BYTES_MAX ((size_t)48 << 20)
#define STEPS_BETWEEN 2000 /* of SQLite's machine, between two looks at the clock */

static int param_find(const struct check *check, const char *name)
{
	for (size_t i = 0; i < check->n_params; i++)
		if (strcmp(check->params[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* An integer, a span ("24h") as usec, a decimal number, or text. */
static int value_bind(sqlite3_stmt *stmt, int at, const char *text)
{
	struct str s = str_trim(str_of(text));
	char *end = NULL;
	int64_t number;
	usec_t span;
	double real;

	if (str_int(s, &number))
		return sqlite3_bind_int64(stmt, at, number);
	if (when_parse_span(s, &span) == 1)
		return sqlite3_bind_int64(stmt, at, span);
	real = strtod(text, &end);
	if (s.n > 0 && end == s.p + s.n && strspn(text, " 0123456789.+-") == strlen(text))
		return sqlite3_bind_double(stmt, at, real);
	return sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static int variable_bind(sqlite3_stmt *stmt, int at, const struct check *check, const char *const *params,
			 const struct ask_times *times, struct diag *diag)
{
	const char *name = sqlite3_bind_parameter_name(stmt, at);
	char day[WHEN_MAX];
	int param;

	if (!name || name[0] != ':')
		return diag_at(diag, check->file, check->sql_line, 0, "%.40s: variables are written :name",
			       name ? name : "?");
	name++;
	if (strcmp(name, "now") == 0)
		return sqlite3_bind_int64(stmt, at, times->now);
	if (strcmp(name, "seen") == 0)
		return sqlite3_bind_int64(stmt, at, times->seen);
	if (strcmp(name, "today") == 0)
		return sqlite3_bind_text(stmt, at, when_format_day(day, when_day_of(times->now)), -1, SQLITE_TRANSIENT);
	param = param_find(check, name);
	if (param < 0)
		return diag_at(diag, check->file, check->sql_line, 0,
			       ":%.60s is no `param:` of the check, nor :now, :seen, :today", name);
	return value_bind(stmt, at, params && params[param] ? params[param] : check->params[param].value);
}

static int variables_bind(sqlite3_stmt *stmt, const struct check *check, const char *const *params,
			  const struct ask_times *times, struct diag *diag)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
		int r = variable_bind(stmt, i, check, params, times, diag);

		if (r != SQLITE_OK)
			return r < 0 ? r : diag_set(diag, -ENOMEM, "out of memory");
	}
	return 0;
}

static int too_late(void *arg)
{
	return clock_monotonic() > *(const usec_t *)arg;
}

static int step_error(sqlite3 *db, const struct check *check, int code, usec_t deadline, struct diag *diag)
{
	const char *why = sqlite3_errmsg(db);

	if (code == SQLITE_INTERRUPT)
		why = clock_monotonic() > deadline ? "took more than 2 s and was stopped" : "was stopped";
	else if (code == SQLITE_TOOBIG)
		why = "made a value of more than 200 kB";
	else if (code == SQLITE_NOMEM)
		why = "out of memory";
	return diag_at(diag, check->file, check->sql_line, 0, "%s", why);
}

static int rows_read(sqlite3 *db, sqlite3_stmt *stmt, const struct answer *known, struct answer *answer,
		     struct diag *diag)
{
	usec_t deadline = clock_monotonic() + TIME_MAX;
	size_t room = BYTES_MAX;
	struct ask_columns columns;
	int code, r;

	r = ask_columns(answer->check, stmt, &columns, diag);
	if (r < 0)
		return r;
	columns.known = known;
	sqlite3_progress_handler(db, STEPS_BETWEEN, too_late, &deadline);
	while (r == 0 && (code = sqlite3_step(stmt)) != SQLITE_DONE) {
		if (code != SQLITE_ROW)
			r = step_error(db, answer->check, code, deadline, diag);
		else if (answer->n_rows >= ROWS_MAX)
			r = diag_at(
				diag, answer->check->file, answer->check->sql_line, 0,
				"more than %d rows; a check says pass once for each system, and rows for what is not good",
				ROWS_MAX);
		else
			r = ask_row_read(&columns, stmt, answer, &room, diag);
	}
	sqlite3_progress_handler(db, 0, NULL, NULL);
	return r;
}

static void rows_drop(struct answer *answer)
{
	for (size_t i = 0; i < answer->n_rows; i++)
		ask_row_free(&answer->rows[i]);
	free(answer->rows);
	answer->rows = NULL;
	answer->n_rows = 0;
}

struct ask {
	sqlite3 *db;
	const struct check *check;
	const char *const *params;
	struct guard *guard;
};

int ask_open(struct sqlite3 *db, const struct check *check, const char *const *params, struct guard_names *names,
	     struct ask **ret, struct diag *diag)
{
	_cleanup_(ask_closep) struct ask *ask = calloc(1, sizeof(*ask));
	int r;

	if (!ask)
		return diag_set(diag, -ENOMEM, "out of memory");
	*ask = (struct ask){ .db = db, .check = check, .params = params };
	r = guard_open(db, check, names, &ask->guard, diag);
	if (r < 0)
		return r;
	*ret = TAKE(ask);
	return 0;
}

int ask_open_vetted(struct sqlite3 *db, const struct check *check, struct ask **ret, struct diag *diag)
{
	_cleanup_(ask_closep) struct ask *ask = calloc(1, sizeof(*ask));
	int r;

	if (!ask)
		return diag_set(diag, -ENOMEM, "out of memory");
	*ask = (struct ask){ .db = db, .check = check };
	r = guard_open_vetted(db, check, &ask->guard, diag);
	if (r == 0)
		*ret = TAKE(ask);
	return r;
}

void ask_params(struct ask *ask, const char *const *params)
{
	ask->params = params;
}

void ask_close(struct ask *ask)
{
	if (!ask)
		return;
	guard_close(ask->guard);
	free(ask);
}

bool ask_timed(const struct ask *ask)
{
	return sqlite3_bind_parameter_index(guard_stmt(ask->guard), ":now") > 0 ||
	       sqlite3_bind_parameter_index(guard_stmt(ask->guard), ":today") > 0;
}

static void answer_fail(struct answer *answer, const struct diag *diag)
{
	rows_drop(answer);
	answer->next = 0;
	answer->error = ask_utf8(diag->text, strlen(diag->text));
}

void ask_refused(const struct check *check, const struct diag *diag, struct answer *ret)
{
	*ret = (struct answer){ .check = check };
	answer_fail(ret, diag);
}

void ask_run(struct ask *ask, const struct ask_times *times, const struct answer *known, struct answer *ret)
{
	usec_t begin = clock_monotonic();
	struct diag diag = { { 0 } };
	int r;

	*ret = (struct answer){ .check = ask->check };
	guard_enter(ask->guard);
	r = variables_bind(guard_stmt(ask->guard), ask->check, ask->params, times, &diag);
	if (r == 0)
		r = rows_read(ask->db, guard_stmt(ask->guard), known, ret, &diag);
	sqlite3_reset(guard_stmt(ask->guard));
	sqlite3_clear_bindings(guard_stmt(ask->guard));
	guard_leave(ask->guard);
	ret->tables = guard_tables(ask->guard);
	if (r < 0)
		answer_fail(ret, &diag);
	ask_rows_merge(ret);
	ret->took = clock_monotonic() - begin;
}

void ask_check(struct sqlite3 *db, const struct check *check, const char *const *params, const struct ask_times *times,
	       struct answer *ret)
{
	_cleanup_(ask_closep) struct ask *ask = NULL;
	usec_t begin = clock_monotonic();
	struct diag diag = { { 0 } };

	if (ask_open(db, check, params, NULL, &ask, &diag) == 0)
		ask_run(ask, times, NULL, ret);
	else
		ask_refused(check, &diag, ret);
	ret->took = clock_monotonic() - begin;
}

void answer_free(struct answer *answer)
{
	rows_drop(answer);
	free(answer->error);
	answer->error = NULL;
}

int ask_lint(struct sqlite3 *db, const struct check *check, uint64_t *ret_tables, struct diag *diag)
{
	_cleanup_(guard_closep) struct guard *guard = NULL;
	struct ask_times times = { .now = 1, .seen = 1 };
	struct ask_columns columns;
	int r;

	r = guard_open(db, check, NULL, &guard, diag);
	if (r == 0)
		r = ask_columns(check, guard_stmt(guard), &columns, diag);
	if (r == 0)
		r = variables_bind(guard_stmt(guard), check, NULL, &times, diag);
	for (size_t i = 0; r == 0 && i < check->n_params; i++) {
		char name[80];

		snprintf(name, sizeof(name), ":%s", check->params[i].name);
		if (sqlite3_bind_parameter_index(guard_stmt(guard), name) == 0)
			r = diag_at(diag, check->file, 0, 0, "`param: %s` is not used", check->params[i].name);
	}
	if (r == 0 && ret_tables)
		*ret_tables = guard_tables(guard);
	return r;
}
