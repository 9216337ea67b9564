/*
 * One check over all days.  Between two points at which it says the same nothing is asked; where it does not, the middle is,
 * until two neighbouring days are left.  Only what changes is kept with its words.  The answers to the right of the last
 * settled point are a short stack: its top is the nearest one.
 */
#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/text.h"
#include "daemon/ask_rows.h"
#include "daemon/forecast_in.h"
#include "daemon/needs.h"
#include "daemon/statement.h"

#define ROWS_MAX 200000 /* of all checks */
#define STACK 16        /* halving a stride needs far less */
#define RESTARTS 2      /* because the state changed between two steps */

struct frame {
	unsigned point;
	struct answer answer;
};

struct scan {
	struct frame left, stack[STACK];
	bool begun;
	size_t n;
	unsigned stride, restarts;
};

static void scan_drop(struct scan *scan)
{
	answer_free(&scan->left.answer);
	for (size_t i = 0; i < scan->n; i++)
		answer_free(&scan->stack[i].answer);
	scan->n = 0;
	scan->begun = false;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	scan_drop(scan);
	free(scan);
}

/* A check without rows says that it found nothing: as needs.c does, so that rows may come and go. */
static int row_none(struct answer *answer)
{
	struct ask_row *row = calloc(1, sizeof(*row));

	if (!row)
		return -ENOMEM;
	free(answer->rows);
	answer->rows = row;
	answer->n_rows = 1;
	*row = (struct ask_row){ .resource = strdup(RESOURCE_ALL),
				 .status = STATUS_UNKNOWN,
				 .reason_ja = strdup(text_ja(TEXT_no_rows)),
				 .reason_en = strdup(text_en(TEXT_no_rows)) };
	return row->resource && row->reason_ja && row->reason_en ? 0 : -ENOMEM;
}

/* 0, or -EBADMSG when the check cannot be asked: the reason stands in the answer. */
static int frame_ask(struct forecast *forecast, struct ask *ask, unsigned point, struct frame *ret)
{
	struct ask_times times = { .now = forecast_point(forecast, point), .seen = forecast->result.now };

	ret->point = point;
	forecast->result.n_asked++;
	ask_run(ask, &times, &ret->answer);
	if (ret->answer.error)
		return -EBADMSG;
	for (size_t i = 0; i < ret->answer.n_rows; i++) {
		free(ret->answer.rows[i].dims);
		ret->answer.rows[i].dims = NULL;
	}
	return ret->answer.n_rows == 0 ? row_none(&ret->answer) : 0;
}

static bool frame_same(const struct frame *a, const struct frame *b)
{
	if (a->answer.n_rows != b->answer.n_rows)
		return false;
	for (size_t i = 0; i < a->answer.n_rows; i++)
		if (a->answer.rows[i].status != b->answer.rows[i].status ||
		    strcmp(a->answer.rows[i].resource, b->answer.rows[i].resource) != 0)
			return false;
	return true;
}

static int turn_add(struct fore_check *check, unsigned point, const char *resource, struct ask_row *row)
{
	struct fore_turn *turn;

	if ((check->n_turns & (check->n_turns - 1)) == 0) { /* full at every power of two */
		turn = reallocarray(check->turns, check->n_turns ? check->n_turns * 2 : 1, sizeof(*turn));
		if (!turn)
			return -ENOMEM;
		check->turns = turn;
	}
	turn = &check->turns[check->n_turns];
	*turn = (struct fore_turn){ .point = point,
				    .status = row ? (int)row->status : -1,
				    .resource = strdup(resource) };
	if (!turn->resource)
		return -ENOMEM;
	check->n_turns++;
	if (!row)
		return 0;
	turn->reason_ja = strdup(row->reason_ja);
	turn->reason_en = strdup(row->reason_en);
	turn->system = row->system ? strdup(row->system) : NULL;
	return turn->reason_ja && turn->reason_en && (!row->system || turn->system) ? 0 : -ENOMEM;
}

/* What @b says otherwise than @a; both by resource. */
static int turns_between(struct fore_check *check, const struct frame *a, struct frame *b)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->answer.n_rows || j < b->answer.n_rows)) {
		struct ask_row *was = i < a->answer.n_rows ? &a->answer.rows[i] : NULL;
		struct ask_row *is = j < b->answer.n_rows ? &b->answer.rows[j] : NULL;
		int order = !was ? 1 : !is ? -1 : strcmp(was->resource, is->resource);

		if (order < 0)
			r = turn_add(check, b->point, was->resource, NULL);
		else if (order > 0 || was->status != is->status)
			r = turn_add(check, b->point, is->resource, is);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

/* The answer of now becomes the rows; what moves on keeps its own copy. */
static int rows_begin(struct forecast *forecast, struct fore_check *check, const struct answer *answer)
{
	forecast->n_rows += answer->n_rows;
	if (forecast->n_rows > ROWS_MAX)
		return -E2BIG;
	check->rows = calloc(answer->n_rows + 1, sizeof(*check->rows));
	if (!check->rows)
		return -ENOMEM;
	for (; check->n_rows < answer->n_rows; check->n_rows++) {
		const struct ask_row *from = &answer->rows[check->n_rows];
		struct fore_row *row = &check->rows[check->n_rows];

		row->resource = strdup(from->resource);
		row->reason_ja = strdup(from->reason_ja);
		row->reason_en = strdup(from->reason_en);
		row->system = from->system ? strdup(from->system) : NULL;
		row->raw = (int)from->status;
		if (!row->resource || !row->reason_ja || !row->reason_en) {
			check->n_rows++; /* what there is of it is freed */
			return -ENOMEM;
		}
	}
	return 0;
}

static void rows_forget(struct forecast *forecast, struct fore_check *check)
{
	forecast->n_rows -= check->n_rows;
	for (size_t i = 0; i < check->n_rows; i++) {
		free(check->rows[i].resource);
		free(check->rows[i].reason_ja);
		free(check->rows[i].reason_en);
		free(check->rows[i].system);
	}
	for (size_t i = 0; i < check->n_turns; i++) {
		free(check->turns[i].resource);
		free(check->turns[i].reason_ja);
		free(check->turns[i].reason_en);
		free(check->turns[i].system);
	}
	free(check->rows);
	free(check->turns);
	check->rows = NULL;
	check->turns = NULL;
	check->n_rows = check->n_turns = 0;
}

/* The next point to be asked for, or 0 when the scan is at its end. */
static int settle(struct forecast *forecast, struct scan *scan, struct fore_check *check, unsigned *ret)
{
	unsigned last = forecast_last(forecast);

	while (scan->n > 0) {
		struct frame *top = &scan->stack[scan->n - 1];
		bool same = frame_same(&scan->left, top);
		int r = 0;

		if (!same && top->point - scan->left.point > 1 && scan->n < STACK) {
			*ret = scan->left.point + (top->point - scan->left.point) / 2;
			return 0;
		}
		if (!same)
			r = turns_between(check, &scan->left, top);
		answer_free(&scan->left.answer);
		scan->left = *top;
		scan->n--;
		if (r < 0)
			return r;
	}
	*ret = scan->left.point >= last                 ? 0
	       : scan->left.point + scan->stride < last ? scan->left.point + scan->stride
							: last;
	return 0;
}

/*
 * Begins, or goes on after others had the thread: the state may have moved meanwhile.  Then what was settled holds when the
 * last settled point still says the same, else all of it begins anew.
 */
static int scan_resume(struct forecast *forecast, struct scan *scan, struct fore_check *check, struct ask *ask)
{
	struct frame again = { 0 };
	int r;

	if (scan->begun) {
		r = frame_ask(forecast, ask, scan->left.point, &again);
		if (r == 0 && (frame_same(&scan->left, &again) || scan->restarts >= RESTARTS)) {
			answer_free(&scan->left.answer);
			scan->left = again;
			return 0;
		}
		answer_free(&again.answer);
		scan->restarts++;
		scan_drop(scan);
		rows_forget(forecast, check);
	}
	r = frame_ask(forecast, ask, 0, &scan->left);
	if (r < 0)
		return r;
	scan->begun = true;
	scan->stride = scan->left.answer.took * forecast_last(forecast) <= forecast->daily ? 1 : FORECAST_STRIDE;
	return rows_begin(forecast, check, &scan->left.answer);
}

static int scan_ask(struct forecast *forecast, struct scan *scan, struct fore_check *check, struct ask *ask,
		    bool (*enough)(void *arg), void *arg)
{
	unsigned point = 0, asked = 0;
	int r = scan_resume(forecast, scan, check, ask);

	if (r < 0)
		return r;
	for (;;) {
		r = settle(forecast, scan, check, &point);
		if (r < 0 || point == 0)
			return r;
		/* Each step settles something: what lies to the right may be of another state next time. */
		if (asked > 0 && scan->n == 0 && enough(arg))
			return 1;
		asked++;
		r = frame_ask(forecast, ask, point, &scan->stack[scan->n++]);
		if (r < 0)
			return r;
	}
}

/* Rows and turns that would pass without the evidence for it are unknown, now and then: that clock stands. */
static int doubts(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check, struct answer *now)
{
	struct ask_times times = { .now = forecast->result.now, .seen = forecast->result.now };
	struct answer then = { .check = check->check };
	int r = needs_apply(db, &times, now);

	for (size_t i = 0; r == 0 && i < now->n_rows && i < check->n_rows; i++) {
		struct fore_row *row = &check->rows[i];

		if (row->raw == (int)now->rows[i].status)
			continue;
		row->raw = (int)now->rows[i].status;
		free(row->reason_ja);
		free(row->reason_en);
		row->reason_ja = TAKE(now->rows[i].reason_ja);
		row->reason_en = TAKE(now->rows[i].reason_en);
	}
	then.rows = calloc(check->n_turns + 1, sizeof(*then.rows));
	if (r < 0 || !then.rows) {
		free(then.rows);
		return r < 0 ? r : -ENOMEM;
	}
	for (; then.n_rows < check->n_turns; then.n_rows++) {
		struct fore_turn *turn = &check->turns[then.n_rows];

		then.rows[then.n_rows] = (struct ask_row){ .status = turn->status < 0 ? STATUS_NA : turn->status,
							   .reason_ja = turn->reason_ja,
							   .reason_en = turn->reason_en,
							   .system = turn->system };
	}
	if (then.n_rows > 0)
		r = needs_apply(db, &times, &then);
	for (size_t i = 0; i < then.n_rows; i++) {
		struct fore_turn *turn = &check->turns[i];

		turn->status = turn->status < 0 ? -1 : (int)then.rows[i].status;
		turn->reason_ja = then.rows[i].reason_ja;
		turn->reason_en = then.rows[i].reason_en;
	}
	free(then.rows);
	return r;
}

/* A check without a clock says tomorrow what it said last; an attested row is one that it does not know. */
static int rows_stored(struct sqlite3 *db, struct forecast *forecast, struct fore_check *check)
{
	struct answer answer = { .check = check->check };
	sqlite3_stmt *stmt = NULL;
	size_t size = 0;
	int r = statement_prepare(db,
				  "SELECT resource, status, reason_ja, reason_en FROM verdict WHERE check_id = ?1"
				  " ORDER BY resource",
				  &stmt);

	if (r == 0)
		statement_bind(stmt, 1, str_of(check->check->id));
	while (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		struct ask_row *row;
		enum status status = STATUS_UNKNOWN;

		if (answer.n_rows == size) {
			size = size ? size * 2 : 16;
			row = reallocarray(answer.rows, size, sizeof(*row));
			if (!row) {
				r = -ENOMEM;
				break;
			}
			answer.rows = row;
		}
		status_parse(str_of((const char *)sqlite3_column_text(stmt, 1)), &status);
		row = &answer.rows[answer.n_rows++];
		*row = (struct ask_row){ .status = status == STATUS_ATTESTED ? STATUS_UNKNOWN : status };
		row->resource = strdup((const char *)sqlite3_column_text(stmt, 0));
		row->reason_ja = strdup((const char *)sqlite3_column_text(stmt, 2));
		row->reason_en = strdup((const char *)sqlite3_column_text(stmt, 3));
		r = row->resource && row->reason_ja && row->reason_en ? 0 : -ENOMEM;
	}
	sqlite3_finalize(stmt);
	if (r == 0)
		r = rows_begin(forecast, check, &answer);
	answer_free(&answer);
	return r;
}

/* A check that cannot be forecast stays as it is. */
static int scan_failed(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check, const char *why)
{
	int r = forecast_fail(forecast, check->check, why);

	rows_forget(forecast, check);
	scan_free(TAKE(forecast->scan));
	if (r == 0)
		r = rows_stored(db, forecast, check);
	return r == -E2BIG ? 0 : r;
}

static const char *scan_error(const struct scan *scan, int r)
{
	for (size_t i = 0; i < scan->n; i++)
		if (scan->stack[i].answer.error)
			return scan->stack[i].answer.error;
	return scan->left.answer.error ? scan->left.answer.error
	       : r == -E2BIG           ? "there are too many rows to forecast"
				       : "it cannot be asked for a coming day";
}

static void scan_count(struct forecast *forecast, const struct scan *scan)
{
	if (scan->stride == 1)
		forecast->result.n_daily++;
	else
		forecast->result.n_strided++;
}

/* The evidence is asked for when the question is closed, for its authorizer lets nothing else through. */
static int evidence_apply(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check)
{
	struct answer now = { .check = check->check };
	int r;

	now.rows = calloc(check->n_rows + 1, sizeof(*now.rows));
	if (!now.rows)
		return -ENOMEM;
	for (; now.n_rows < check->n_rows; now.n_rows++)
		now.rows[now.n_rows] = (struct ask_row){ .status = (enum status)check->rows[now.n_rows].raw,
							 .system = check->rows[now.n_rows].system };
	r = doubts(forecast, db, check, &now);
	for (size_t i = 0; i < now.n_rows; i++) {
		free(now.rows[i].reason_ja);
		free(now.rows[i].reason_en);
	}
	free(now.rows);
	return r;
}

int scan_step(struct forecast *forecast, struct sqlite3 *db, bool (*enough)(void *arg), void *arg)
{
	struct fore_check *check = &forecast->checks[forecast->scanned];
	_cleanup_(ask_closep) struct ask *ask = NULL;
	struct diag diag = { { 0 } };
	int r;

	if (!check->applies)
		return 0;
	if (!forecast->scan)
		forecast->scan = calloc(1, sizeof(*forecast->scan));
	if (!forecast->scan)
		return -ENOMEM;
	if (ask_open(db, check->check, (const char *const *)check->params, &ask, &diag) < 0)
		return scan_failed(forecast, db, check, diag.text);
	if (!ask_timed(ask)) {
		ask_close(TAKE(ask));
		scan_free(TAKE(forecast->scan));
		forecast->result.n_still++;
		r = rows_stored(db, forecast, check);
		return r == -E2BIG ? scan_failed(forecast, db, check, "there are too many rows to forecast") : r;
	}
	r = scan_ask(forecast, forecast->scan, check, ask, enough, arg);
	ask_close(TAKE(ask));
	if (r > 0)
		return r;
	if (r == -EBADMSG || r == -E2BIG) {
		snprintf(diag.text, sizeof(diag.text), "%s", scan_error(forecast->scan, r));
		return scan_failed(forecast, db, check, diag.text);
	}
	if (r == 0)
		r = evidence_apply(forecast, db, check);
	if (r == 0)
		scan_count(forecast, forecast->scan);
	scan_free(TAKE(forecast->scan));
	return r;
}
