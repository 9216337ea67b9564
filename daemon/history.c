#include "daemon/history.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "core/when.h"
#include "daemon/store.h"

int history_time(struct str text, usec_t now, usec_t *ret, struct diag *diag)
{
	struct str s = str_trim(text);
	char buf[48];
	int64_t day;
	usec_t at;

	if (s.n > 0 && when_parse_iso(s, &at) == s.n) {
		if (at > now)
			return diag_field(diag, "time", TEXT_query_future, NULL);
		*ret = at;
		return 0;
	}
	if (when_parse_date(s, &day) != 1)
		return DIAG_FIELD(diag, "time", TEXT_say_date, "value", str_copy(buf, sizeof(buf), s));
	if (when_day_start(day) > now)
		return diag_field(diag, "time", TEXT_query_future, NULL);
	at = when_day_start(day + 1) - 1;
	*ret = at < now ? at : now;
	return 0;
}

/* Reads rows into an array that grows by doubling. */
struct reading {
	struct past *past;
	sqlite3_stmt *stmt;
	bool failed;
};

static void *room(void **array, size_t n, size_t size, bool *failed)
{
	if ((n & (n - 1)) == 0) {
		void *grown = reallocarray(*array, n ? n * 2 : 1, size);

		if (!grown) {
			*failed = true;
			return NULL;
		}
		*array = grown;
	}
	memset((char *)*array + n * size, 0, size);
	return (char *)*array + n * size;
}

#define ROOM(reading, list, n) \
	room((void **)&(reading)->past->list, (reading)->past->n, sizeof(*(reading)->past->list), &(reading)->failed)

static char *text_of(struct reading *reading, int column)
{
	const char *text = (const char *)sqlite3_column_text(reading->stmt, column);
	char *copy = strdup(text ? text : "");

	reading->failed |= !copy;
	return copy;
}

static enum status status_of(struct reading *reading, int column)
{
	enum status status = STATUS_UNKNOWN;

	status_parse(str_of((const char *)sqlite3_column_text(reading->stmt, column)), &status);
	return status;
}

static void score_read(struct reading *reading)
{
	sqlite3_stmt *stmt = reading->stmt;
	struct past_score *score = ROOM(reading, scores, n_scores);

	if (!score)
		return;
	score->pack = text_of(reading, 0);
	score->at = sqlite3_column_int64(stmt, 2);
	score->percent = sqlite3_column_double(stmt, 3);
	score->coverage_percent = sqlite3_column_double(stmt, 4);
	score->attested_percent = sqlite3_column_double(stmt, 5);
	score->measured_percent = sqlite3_column_type(stmt, 6) == SQLITE_NULL ? (double)NAN
									      : sqlite3_column_double(stmt, 6);
	for (int i = 0; i < STATUSES; i++)
		score->items[i] = (unsigned)sqlite3_column_int64(stmt, 7 + i);
	score->yes = (unsigned)sqlite3_column_int64(stmt, 7 + STATUSES);
	score->total = (unsigned)sqlite3_column_int64(stmt, 8 + STATUSES);
	reading->past->n_scores++;
}

static void item_read(struct reading *reading)
{
	struct past_item *item = ROOM(reading, items, n_items);

	if (!item)
		return;
	item->pack = text_of(reading, 0);
	item->item = text_of(reading, 1);
	item->status = status_of(reading, 2);
	item->earned = sqlite3_column_double(reading->stmt, 3);
	item->covered = sqlite3_column_double(reading->stmt, 4);
	item->since = sqlite3_column_int64(reading->stmt, 5);
	reading->past->n_items++;
}

static void check_read(struct reading *reading)
{
	struct past_check *check = ROOM(reading, checks, n_checks);

	if (!check)
		return;
	check->id = text_of(reading, 0);
	check->status = status_of(reading, 1);
	severity_parse(str_of((const char *)sqlite3_column_text(reading->stmt, 2)), &check->severity);
	check->title_ja = text_of(reading, 3);
	check->title_en = text_of(reading, 4);
	check->since = sqlite3_column_int64(reading->stmt, 5);
	reading->past->n_checks++;
}

static void verdict_read(struct reading *reading)
{
	struct past_verdict *verdict = ROOM(reading, verdicts, n_verdicts);

	if (!verdict)
		return;
	verdict->check_id = text_of(reading, 0);
	verdict->resource = text_of(reading, 1);
	verdict->status = status_of(reading, 2);
	verdict->reason_ja = text_of(reading, 3);
	verdict->reason_en = text_of(reading, 4);
	verdict->dims = text_of(reading, 5);
	verdict->since = sqlite3_column_int64(reading->stmt, 6);
	reading->past->n_verdicts++;
}

static void count_read(struct reading *reading)
{
	struct past *past = reading->past;
	const char *id = (const char *)sqlite3_column_text(reading->stmt, 0);

	for (size_t i = 0; id && i < past->n_checks; i++)
		if (strcmp(past->checks[i].id, id) == 0)
			past->checks[i].counts[status_of(reading, 1)] = (unsigned)sqlite3_column_int64(reading->stmt,
												       2);
}

static void register_read(struct reading *reading)
{
	struct past_register *reg = ROOM(reading, registers, n_registers);

	if (!reg)
		return;
	reg->kind = text_of(reading, 0);
	reg->state = text_of(reading, 1);
	reg->rows = sqlite3_column_int64(reading->stmt, 2);
	reg->since = sqlite3_column_int64(reading->stmt, 3);
	reading->past->n_registers++;
}

/*
 * ?1 is the time, ?2 how many verdicts.  The newest row at that time says how a thing stood; NULL: it was no more.  since of
 * an item is the newest row in which its status changed, for its shares alone may have changed later.
 */
static const struct {
	const char *sql;
	void (*read)(struct reading *reading);
} readings[] = {
	{ "SELECT pack, max(id), at, percent, coverage_percent, attested_percent, measured_percent, pass, warn, fail, unknown,"
	  " attested, na, yes, total FROM score_history WHERE at <= ?1 GROUP BY pack",
	  score_read },
	{ "SELECT h.pack, h.item, h.status, h.earned, h.covered, (SELECT max(c.at) FROM item_history AS c"
	  " WHERE c.pack = h.pack AND c.item = h.item AND c.at <= ?1 AND c.was IS NOT c.status)"
	  " FROM item_history AS h WHERE h.id IN (SELECT max(id) FROM item_history WHERE at <= ?1 GROUP BY pack, item)"
	  " AND h.status IS NOT NULL ORDER BY h.pack",
	  item_read },
	{ "SELECT check_id, status, severity, title_ja, title_en, at FROM check_history WHERE id IN"
	  " (SELECT max(id) FROM check_history WHERE at <= ?1 GROUP BY check_id) AND status IS NOT NULL ORDER BY check_id",
	  check_read },
	{ "SELECT check_id, resource, status, reason_ja, reason_en, dims, at FROM verdict_history WHERE id IN"
	  " (SELECT max(id) FROM verdict_history WHERE at <= ?1 GROUP BY check_id, resource) AND status IS NOT NULL"
	  " ORDER BY instr('fail warn unknown attested pass', status), check_id, resource LIMIT ?2",
	  verdict_read },
	{ "SELECT check_id, status, count(*) FROM verdict_history WHERE id IN"
	  " (SELECT max(id) FROM verdict_history WHERE at <= ?1 GROUP BY check_id, resource) AND status IS NOT NULL"
	  " GROUP BY check_id, status",
	  count_read },
	{ "SELECT kind, state, rows, max(id), at FROM register_history WHERE at <= ?1 GROUP BY kind", register_read },
};

static int first_read(struct sqlite3 *db, usec_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, "SELECT min(at) FROM check_history", -1, &stmt, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW ? 0 : store_errno(code);
}

static int past_read(struct sqlite3 *db, size_t which, size_t max_verdicts, struct past *past)
{
	struct reading reading = { .past = past };
	int code = sqlite3_prepare_v2(db, readings[which].sql, -1, &reading.stmt, NULL);

	if (code == SQLITE_OK) {
		sqlite3_bind_int64(reading.stmt, 1, past->at);
		if (sqlite3_bind_parameter_count(reading.stmt) > 1)
			sqlite3_bind_int64(reading.stmt, 2, (int64_t)max_verdicts + 1);
		while ((code = sqlite3_step(reading.stmt)) == SQLITE_ROW && !reading.failed)
			readings[which].read(&reading);
	}
	sqlite3_finalize(reading.stmt);
	return reading.failed ? -ENOMEM : code == SQLITE_DONE ? 0 : store_errno(code);
}

static void verdict_free_past(struct past_verdict *verdict)
{
	free(verdict->check_id);
	free(verdict->resource);
	free(verdict->reason_ja);
	free(verdict->reason_en);
	free(verdict->dims);
}

int history_at(struct sqlite3 *db, usec_t at, size_t max_verdicts, struct past *ret)
{
	struct past past = { .at = at };
	int r;

	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = first_read(db, &past.first);
	past.observed = past.first > 0 && past.first <= at;
	for (size_t i = 0; r == 0 && past.observed && i < COUNT(readings); i++)
		r = past_read(db, i, max_verdicts, &past);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0) {
		past_free(&past);
		return r;
	}
	past.cut = past.n_verdicts > max_verdicts;
	if (past.cut)
		verdict_free_past(&past.verdicts[--past.n_verdicts]);
	*ret = past;
	return 0;
}

void past_free(struct past *past)
{
	for (size_t i = 0; i < past->n_scores; i++)
		free(past->scores[i].pack);
	for (size_t i = 0; i < past->n_items; i++) {
		free(past->items[i].pack);
		free(past->items[i].item);
	}
	for (size_t i = 0; i < past->n_checks; i++) {
		free(past->checks[i].id);
		free(past->checks[i].title_ja);
		free(past->checks[i].title_en);
	}
	for (size_t i = 0; i < past->n_verdicts; i++)
		verdict_free_past(&past->verdicts[i]);
	for (size_t i = 0; i < past->n_registers; i++) {
		free(past->registers[i].kind);
		free(past->registers[i].state);
	}
	free(past->scores);
	free(past->items);
	free(past->checks);
	free(past->verdicts);
	free(past->registers);
	*past = (struct past){ 0 };
}
