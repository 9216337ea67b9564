#include "daemon/keep.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "core/text.h"
#include "daemon/keep_sql.h"
#include "daemon/needs.h"

struct keep {
	sqlite3 *db;
	char *site;
	uint64_t touched;
	char told[64];
	sqlite3_stmt *stmts[KEEP_STATEMENTS];
};

static const char *const sql[KEEP_STATEMENTS] = {
#define STATEMENT(name, text) [KEEP_##name] = text,
	KEEP_SQL(STATEMENT)
#undef STATEMENT
};

int keep_new(struct store *store, const char *site, struct keep **ret)
{
	_cleanup_(keep_freep) struct keep *keep = calloc(1, sizeof(*keep));

	if (!keep)
		return -ENOMEM;
	keep->db = store_sqlite(store);
	keep->site = strdup(site);
	if (!keep->site)
		return -ENOMEM;
	for (size_t i = 0; i < KEEP_STATEMENTS; i++)
		if (sqlite3_prepare_v3(keep->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &keep->stmts[i], NULL) !=
		    SQLITE_OK)
			return -EIO;
	*ret = TAKE(keep);
	return 0;
}

void keep_free(struct keep *keep)
{
	if (!keep)
		return;
	for (size_t i = 0; i < KEEP_STATEMENTS; i++)
		sqlite3_finalize(keep->stmts[i]);
	free(keep->site);
	free(keep);
}

uint64_t keep_touched(struct keep *keep)
{
	uint64_t touched = keep->touched;

	keep->touched = 0;
	return touched;
}

static int bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	return text ? sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC) : sqlite3_bind_null(stmt, at);
}

/* @status -1: NULL. */
static int bind_status(sqlite3_stmt *stmt, int at, int status)
{
	return bind_text(stmt, at, status < 0 ? NULL : status_name((enum status)status));
}

/* Runs a writing statement that is bound, and makes it ready for the next. */
static int write_done(struct keep *keep, enum keep_statement which, const char *table)
{
	sqlite3_stmt *stmt = keep->stmts[which];
	int code = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	if (code != SQLITE_DONE)
		return code == SQLITE_BUSY    ? -EAGAIN
		       : code == SQLITE_FULL  ? -ENOSPC
		       : code == SQLITE_NOMEM ? -ENOMEM
					      : -EIO;
	keep->touched |= store_table(table);
	return 0;
}

static int verdict_put(struct keep *keep, const char *check, const struct verdict *v)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_VERDICT_PUT];

	bind_text(stmt, 1, check);
	bind_text(stmt, 2, v->resource);
	bind_status(stmt, 3, (int)v->status);
	bind_text(stmt, 4, v->reason_ja);
	bind_text(stmt, 5, v->reason_en);
	bind_text(stmt, 6, v->dims);
	sqlite3_bind_int64(stmt, 7, v->since);
	sqlite3_bind_int64(stmt, 8, v->first_seen);
	return write_done(keep, KEEP_VERDICT_PUT, "verdict");
}

static int verdict_drop(struct keep *keep, const char *check, const char *resource)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_VERDICT_DROP];

	bind_text(stmt, 1, check);
	bind_text(stmt, 2, resource);
	return write_done(keep, KEEP_VERDICT_DROP, "verdict");
}

static int verdict_past(struct keep *keep, const char *check, const struct verdict_change *change, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_VERDICT_PAST];
	const struct verdict *v = change->verdict ? change->verdict : change->before;

	sqlite3_bind_int64(stmt, 1, at);
	bind_text(stmt, 2, check);
	bind_text(stmt, 3, v->resource);
	bind_status(stmt, 4, change->before ? (int)change->before->status : -1);
	bind_status(stmt, 5, change->verdict ? (int)change->verdict->status : -1);
	bind_text(stmt, 6, v->reason_ja);
	bind_text(stmt, 7, v->reason_en);
	bind_text(stmt, 8, v->dims);
	return write_done(keep, KEEP_VERDICT_PAST, "verdict_history");
}

static bool is_bad(int status)
{
	return status == STATUS_WARN || status == STATUS_FAIL;
}

/* What was known last, before the @change of the history, of a verdict that was unknown: `unknown` is told for its source, so here it says nothing. */
static int status_known(struct keep *keep, const char *check, const struct verdict *before, int64_t change)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_KNOWN_LAST];
	enum status status;
	int known = -1;

	if (!before || before->status != STATUS_UNKNOWN)
		return before ? (int)before->status : -1;
	bind_text(stmt, 1, check);
	bind_text(stmt, 2, before->resource);
	sqlite3_bind_int64(stmt, 3, change);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    status_parse(str_of((const char *)sqlite3_column_text(stmt, 0)), &status))
		known = (int)status;
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return known;
}

/* An alert is an edge: to bad, between warn and fail, or from bad to good or gone. */
static int alert_put(struct keep *keep, const struct check *check, const struct verdict_change *change,
		     const struct words *words, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_ALERT_PUT];
	const struct verdict *v = change->verdict ? change->verdict : change->before;
	int status = change->verdict ? (int)change->verdict->status : -1;
	char id[512], resource[256];
	int64_t number; /* of the change in verdict_history */
	int was;

	if (status == STATUS_UNKNOWN || words_waiver(words, check->id, v->resource))
		return 0;
	number = sqlite3_last_insert_rowid(keep->db);
	was = status_known(keep, check->id, change->before, number);
	if (was == status || (!is_bad(was) && !is_bad(status)))
		return 0;
	snprintf(id, sizeof(id), "%s/%s/%s/%lld", keep->site, check->id,
		 str_copy(resource, sizeof(resource), str_of(v->resource)), (long long)number);
	bind_text(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, at);
	bind_text(stmt, 3, check->id);
	bind_text(stmt, 4, v->resource);
	bind_text(stmt, 5, severity_name(check->severity));
	bind_status(stmt, 6, was);
	bind_status(stmt, 7, status);
	bind_text(stmt, 8, v->reason_ja);
	bind_text(stmt, 9, v->reason_en);
	return write_done(keep, KEEP_ALERT_PUT, "alert_outbox");
}

static int check_past(struct keep *keep, const struct check *check, int was, int status, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_CHECK_PAST];

	sqlite3_bind_int64(stmt, 1, at);
	bind_text(stmt, 2, check->id);
	bind_status(stmt, 3, was);
	bind_status(stmt, 4, status);
	bind_text(stmt, 5, severity_name(check->severity));
	bind_text(stmt, 6, check->title_ja);
	bind_text(stmt, 7, check->title_en);
	return write_done(keep, KEEP_CHECK_PAST, "check_history");
}

/* The number of the newest line in the outbox: two of them may come at one time of a replayed clock. */
static int64_t alert_last(struct keep *keep)
{
	sqlite3_stmt *last = keep->stmts[KEEP_ALERT_LAST];
	int64_t number = 0;

	if (sqlite3_step(last) == SQLITE_ROW)
		number = sqlite3_column_int64(last, 0);
	sqlite3_reset(last);
	return number;
}

/* A check that cannot be run watches nothing, which nobody would notice among other unknown ones. */
static int error_put(struct keep *keep, const struct check_result *before, const struct verdict_diff *diff)
{
	const struct check *check = diff->next.state.check;
	const char *const pairs[] = { "id", check->id, "error", diff->next.error, NULL };
	enum text text = diff->next.error ? TEXT_check_error : TEXT_check_runs;
	sqlite3_stmt *stmt = keep->stmts[KEEP_ALERT_PUT];
	char id[300], ja[1024], en[1024];

	snprintf(id, sizeof(id), "%.100s/%.100s/%s/e%lld", keep->site, check->id, RESOURCE_ALL,
		 (long long)alert_last(keep) + 1);
	bind_text(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, diff->at);
	bind_text(stmt, 3, check->id);
	bind_text(stmt, 4, RESOURCE_ALL);
	bind_text(stmt, 5, severity_name(check->severity));
	bind_status(stmt, 6, before->error ? STATUS_UNKNOWN : -1);
	bind_status(stmt, 7, diff->next.error ? STATUS_UNKNOWN : -1);
	bind_text(stmt, 8, text_fill(ja, sizeof(ja), text_ja(text), pairs));
	bind_text(stmt, 9, text_fill(en, sizeof(en), text_en(text), pairs));
	return write_done(keep, KEEP_ALERT_PUT, "alert_outbox");
}

int keep_diff(struct keep *keep, const struct verdict_diff *diff, const struct check_result *before,
	      const struct words *words, bool quiet, bool texts)
{
	const struct check *check = diff->next.state.check;
	const struct check_state *was = &before->state;
	int r = 0;

	for (size_t i = 0; r == 0 && i < diff->n_changes; i++) {
		const struct verdict_change *change = &diff->changes[i];

		if (!change->verdict)
			r = verdict_drop(keep, check->id, change->before->resource);
		if (r == 0)
			r = verdict_past(keep, check->id, change, diff->at);
		if (r == 0 && !quiet)
			r = alert_put(keep, check, change, words, diff->at);
	}
	for (size_t i = 0; r == 0 && i < diff->next.n_verdicts; i++) {
		const struct verdict *v = &diff->next.verdicts[i];

		if (v->unsaved && (texts || v->since == diff->at))
			r = verdict_put(keep, check->id, v);
	}
	if (r == 0 && !before->error != !diff->next.error)
		r = error_put(keep, before, diff);
	if (r == 0 && (was->since == 0 || was->status != diff->next.state.status))
		r = check_past(keep, check, was->since == 0 ? -1 : (int)was->status, (int)diff->next.state.status,
			       diff->at);
	return r;
}

int keep_drop_check(struct keep *keep, const char *check, usec_t at)
{
	static const enum keep_statement steps[] = { KEEP_DROP_VERDICTS, KEEP_DROP_CHECK };
	sqlite3_stmt *stmt = keep->stmts[KEEP_VERDICTS_DROP];
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(steps); i++) {
		sqlite3_bind_int64(keep->stmts[steps[i]], 1, at);
		bind_text(keep->stmts[steps[i]], 2, check);
		r = write_done(keep, steps[i], "verdict_history");
	}
	if (r < 0)
		return r;
	bind_text(stmt, 1, check);
	r = write_done(keep, KEEP_VERDICTS_DROP, "verdict");
	keep->touched |= store_table("check_history");
	return r;
}

static int item_past(struct keep *keep, const char *pack, const char *item, int was, int status, double earned,
		     double covered, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_ITEM_PAST];

	sqlite3_bind_int64(stmt, 1, at);
	bind_text(stmt, 2, pack);
	bind_text(stmt, 3, item);
	bind_status(stmt, 4, was);
	bind_status(stmt, 5, status);
	sqlite3_bind_double(stmt, 6, earned);
	sqlite3_bind_double(stmt, 7, covered);
	return write_done(keep, KEEP_ITEM_PAST, "item_history");
}

int keep_drop_item(struct keep *keep, const char *pack, const char *item, int was, usec_t at)
{
	return item_past(keep, pack, item, was, -1, 0, 0, at);
}

int keep_item(struct keep *keep, const char *pack, const struct item_state *item, int was, usec_t at)
{
	return item_past(keep, pack, item->item->id, was, (int)item->status, item->earned, item->covered, at);
}

int keep_score(struct keep *keep, const char *pack, const struct score *score, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_SCORE_PAST];

	sqlite3_bind_int64(stmt, 1, at);
	bind_text(stmt, 2, pack);
	sqlite3_bind_double(stmt, 3, score->percent);
	sqlite3_bind_double(stmt, 4, score->coverage_percent);
	sqlite3_bind_double(stmt, 5, score->attested_percent);
	if (!isnan(score->measured_percent))
		sqlite3_bind_double(stmt, 6, score->measured_percent);
	for (int i = 0; i < STATUSES; i++)
		sqlite3_bind_int64(stmt, 7 + i, score->items[i]);
	sqlite3_bind_int64(stmt, 7 + STATUSES, score->yes);
	sqlite3_bind_int64(stmt, 8 + STATUSES, score->total);
	return write_done(keep, KEEP_SCORE_PAST, "score_history");
}

const char *keep_told(struct keep *keep, const char *check)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_TOLD];
	char name[160];

	snprintf(name, sizeof(name), "told:%s", check);
	bind_text(stmt, 1, name);
	keep->told[0] = '\0';
	if (sqlite3_step(stmt) == SQLITE_ROW)
		snprintf(keep->told, sizeof(keep->told), "%s", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return keep->told;
}

int keep_tell(struct keep *keep, const char *check, const char *form)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_TELL];
	char name[160];

	snprintf(name, sizeof(name), "told:%s", check);
	bind_text(stmt, 1, name);
	bind_text(stmt, 2, form);
	return write_done(keep, KEEP_TELL, "meta");
}

int keep_first(struct keep *keep, enum severity severity, enum status status, const char *ja, const char *en, usec_t at)
{
	sqlite3_stmt *stmt = keep->stmts[KEEP_ALERT_PUT];
	char id[300];

	snprintf(id, sizeof(id), "%.200s/first/%lld/%lld", keep->site, (long long)at, (long long)alert_last(keep) + 1);
	bind_text(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, at);
	bind_text(stmt, 3, "");
	bind_text(stmt, 4, "");
	bind_text(stmt, 5, severity_name(severity));
	bind_status(stmt, 6, -1);
	bind_status(stmt, 7, (int)status);
	bind_text(stmt, 8, ja);
	bind_text(stmt, 9, en);
	return write_done(keep, KEEP_ALERT_PUT, "alert_outbox");
}

struct sqlite3_stmt *keep_stmt(struct keep *keep, enum keep_statement which)
{
	return keep->stmts[which];
}
