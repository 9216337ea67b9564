/* What keep.c wrote, read back at start. */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>

#include "daemon/keep.h"
#include "daemon/keep_sql.h"

static const char *text_at(sqlite3_stmt *stmt, int i)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);

	return text ? text : "";
}

int keep_each_verdict(struct keep *keep, int (*fn)(void *arg, const char *check, const struct verdict *verdict),
		      void *arg)
{
	sqlite3_stmt *stmt = keep_stmt(keep, KEEP_VERDICTS);
	int code, r = 0;

	while (r == 0 && (code = sqlite3_step(stmt)) != SQLITE_DONE) {
		struct verdict verdict = { 0 };

		if (code != SQLITE_ROW) {
			r = -EIO;
			break;
		}
		verdict.resource = (char *)text_at(stmt, 1);
		verdict.reason_ja = (char *)text_at(stmt, 3);
		verdict.reason_en = (char *)text_at(stmt, 4);
		verdict.dims = (char *)text_at(stmt, 5);
		verdict.since = sqlite3_column_int64(stmt, 6);
		verdict.first_seen = sqlite3_column_int64(stmt, 7);
		if (status_parse(str_of(text_at(stmt, 2)), &verdict.status))
			r = fn(arg, text_at(stmt, 0), &verdict);
	}
	sqlite3_reset(stmt);
	return r;
}

int keep_each_state(struct keep *keep, void (*fn)(void *arg, const struct kept *kept), void *arg)
{
	static const enum keep_statement both[] = { KEEP_CHECKS, KEEP_ITEMS };
	int code = SQLITE_DONE;

	for (size_t i = 0; code == SQLITE_DONE && i < COUNT(both); i++) {
		sqlite3_stmt *stmt = keep_stmt(keep, both[i]);

		while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
			struct kept kept = {
				.pack = (const char *)sqlite3_column_text(stmt, 0),
				.id = text_at(stmt, 1),
				.status = -1,
				.at = sqlite3_column_int64(stmt, 4),
				.earned = sqlite3_column_double(stmt, 5),
				.covered = sqlite3_column_double(stmt, 6),
			};
			enum status status;

			if (status_parse(str_of(text_at(stmt, 2)), &status))
				kept.status = (int)status;
			fn(arg, &kept);
		}
		sqlite3_reset(stmt);
	}
	return code == SQLITE_DONE ? 0 : -EIO;
}

int keep_score_last(struct keep *keep, const char *pack, struct score *ret)
{
	sqlite3_stmt *stmt = keep_stmt(keep, KEEP_SCORE_LAST);
	int code;

	sqlite3_bind_text(stmt, 1, pack, -1, SQLITE_STATIC);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		ret->percent = sqlite3_column_double(stmt, 0);
		ret->coverage_percent = sqlite3_column_double(stmt, 1);
		ret->attested_percent = sqlite3_column_double(stmt, 2);
		ret->measured_percent = sqlite3_column_type(stmt, 3) == SQLITE_NULL ? (double)NAN
										    : sqlite3_column_double(stmt, 3);
		for (int i = 0; i < STATUSES; i++)
			ret->items[i] = (unsigned)sqlite3_column_int64(stmt, 4 + i);
		ret->yes = (unsigned)sqlite3_column_int64(stmt, 4 + STATUSES);
		ret->total = (unsigned)sqlite3_column_int64(stmt, 5 + STATUSES);
	}
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -EIO;
}
