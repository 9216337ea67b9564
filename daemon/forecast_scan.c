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

#define STACK 16   /* halving a stride needs far less */
#define RESTARTS 2 /* because the state changed between two steps */

struct frame {
	unsigned point;
	usec_t cost;
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
static int frame_ask(struct forecast *forecast, struct ask *ask, unsigned point, const struct frame *known,
		     struct frame *ret)
{
	struct ask_times times = { .now = forecast_point(forecast, point), .seen = forecast->result.now };
	usec_t begin = forecast_cpu();

	ret->point = point;
	forecast->result.n_asked++;
	ask_run(ask, &times, known ? &known->answer : NULL, &ret->answer);
	ret->cost = forecast_cpu() - begin;
	forecast->checks[forecast->scanned].spent += ret->cost;
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
			r = fore_turn_add(check, b->point, was->resource, NULL);
		else if (is && (order > 0 || was->status != is->status))
			r = fore_turn_add(check, b->point, is->resource, is);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

/*
 * A row may be as on the left that was asked for, and otherwise than on the left that was found since: it went and came back.
 * Then its words were not read, and @b is asked for once more.
 */
static int words_find(struct forecast *forecast, struct ask *ask, const struct frame *a, struct frame *b)
{
	size_t i = 0;

	for (size_t j = 0; j < b->answer.n_rows; j++) {
		struct frame again = { 0 };
		int r;

		while (i < a->answer.n_rows && strcmp(a->answer.rows[i].resource, b->answer.rows[j].resource) < 0)
			i++;
		if (b->answer.rows[j].reason_ja ||
		    (i < a->answer.n_rows && strcmp(a->answer.rows[i].resource, b->answer.rows[j].resource) == 0 &&
		     a->answer.rows[i].status == b->answer.rows[j].status))
			continue;
		r = frame_ask(forecast, ask, b->point, NULL, &again);
		answer_free(&b->answer);
		*b = again;
		return r;
	}
	return 0;
}

/* The next point to be asked for, or 0 when the scan is at its end. */
static int settle(struct forecast *forecast, struct scan *scan, struct fore_check *check, struct ask *ask,
		  unsigned *ret)
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
			r = words_find(forecast, ask, &scan->left, top);
		if (!same && r == 0)
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

static unsigned stride_of(const struct forecast *forecast, usec_t took)
{
	usec_t all = took * forecast_last(forecast), days;

	if (all <= forecast->daily)
		return 1;
	days = forecast->strided > 0 ? all / forecast->strided : 0;
	return days < FORECAST_STRIDE       ? FORECAST_STRIDE
	       : days < FORECAST_STRIDE_MAX ? (unsigned)days
					    : FORECAST_STRIDE_MAX;
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
		r = frame_ask(forecast, ask, scan->left.point, NULL, &again);
		if (r == 0 && (frame_same(&scan->left, &again) || scan->restarts >= RESTARTS)) {
			answer_free(&scan->left.answer);
			scan->left = again;
			return 0;
		}
		answer_free(&again.answer);
		scan->restarts++;
		scan_drop(scan);
		fore_forget(forecast, check);
	}
	r = frame_ask(forecast, ask, 0, NULL, &scan->left);
	if (r < 0)
		return r;
	scan->begun = true;
	scan->stride = stride_of(forecast, scan->left.cost);
	return fore_rows(forecast, check, &scan->left.answer);
}

static int scan_ask(struct forecast *forecast, struct scan *scan, struct fore_check *check, struct ask *ask,
		    bool (*enough)(void *arg), void *arg)
{
	unsigned point = 0, asked = 0;
	int r = scan_resume(forecast, scan, check, ask);

	if (r < 0)
		return r;
	for (;;) {
		r = settle(forecast, scan, check, ask, &point);
		if (r < 0 || point == 0)
			return r;
		/* Each step settles something: what lies to the right may be of another state next time. */
		if (asked > 0 && scan->n == 0 && enough(arg))
			return 1;
		asked++;
		r = frame_ask(forecast, ask, point, &scan->left, &scan->stack[scan->n++]);
		if (r < 0)
			return r;
	}
}

/* A check that cannot be forecast stays as it is. */
static int scan_failed(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check, const char *why)
{
	int r = forecast_fail(forecast, check->check, why);

	fore_forget(forecast, check);
	scan_free(TAKE(forecast->scan));
	if (r == 0)
		r = fore_rows_stored(db, forecast, check);
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

static void scan_count(struct forecast *forecast, struct fore_check *check, const struct scan *scan)
{
	check->stride = scan->stride;
	if (scan->stride == 1)
		forecast->result.n_daily++;
	else
		forecast->result.n_strided++;
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
	if (ask_open(db, check->check, (const char *const *)check->params, NULL, &ask, &diag) < 0)
		return scan_failed(forecast, db, check, diag.text);
	if (!ask_timed(ask)) {
		ask_close(TAKE(ask));
		scan_free(TAKE(forecast->scan));
		forecast->result.n_still++;
		r = fore_rows_stored(db, forecast, check);
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
		r = fore_evidence(forecast, db, check);
	if (r == 0)
		scan_count(forecast, check, forecast->scan);
	scan_free(TAKE(forecast->scan));
	return r;
}
