/* What a check says now and what it will say otherwise, with the evidence for it. */
#include <errno.h>
#include <string.h>

#include "daemon/forecast_in.h"
#include "daemon/needs.h"
#include "daemon/statement.h"

#define ROWS_MAX 200000 /* of all checks */

int fore_turn_add(struct fore_check *check, unsigned point, const char *resource, struct ask_row *row)
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

int fore_rows(struct forecast *forecast, struct fore_check *check, const struct answer *answer)
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

void fore_forget(struct forecast *forecast, struct fore_check *check)
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

int fore_rows_stored(struct sqlite3 *db, struct forecast *forecast, struct fore_check *check)
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
		*row = (struct ask_row){ .status = status };
		row->resource = strdup((const char *)sqlite3_column_text(stmt, 0));
		row->reason_ja = strdup((const char *)sqlite3_column_text(stmt, 2));
		row->reason_en = strdup((const char *)sqlite3_column_text(stmt, 3));
		r = row->resource && row->reason_ja && row->reason_en ? 0 : -ENOMEM;
	}
	sqlite3_finalize(stmt);
	check->stored = true;
	if (r == 0)
		r = fore_rows(forecast, check, &answer);
	answer_free(&answer);
	return r;
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

int fore_evidence(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check)
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
