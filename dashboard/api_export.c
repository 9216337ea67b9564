/* One snapshot as a file: our JSON, OSCAL, or the form as a table, a workbook or a page. */
#include <errno.h>
#include <malloc.h>

#include "daemon/reports/report.h"
#include "daemon/snapshots/bundle.h"
#include "daemon/statement.h"
#include "dashboard/question.h"

#define FORMS "hospital, pharmacy, vendor"

/* What may stand in a wish, from the query; the texts stay in @bufs. */
struct wished {
	struct report_wish wish;
	const char *format;
	char bufs[5][128];
};

static int wished_read(const struct question *question, struct wished *ret, struct diag *diag)
{
	const struct {
		const char *name, **place;
	} texts[] = { { "format", &ret->format },
		      { "form", &ret->wish.form },
		      { "year", &ret->wish.year },
		      { "vendor", &ret->wish.vendor },
		      { "system", &ret->wish.system } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(texts); i++) {
		*texts[i].place = NULL;
		r = question_text(question, texts[i].name, ret->bufs[i], sizeof(ret->bufs[i]), texts[i].place, diag);
	}
	if (r < 0)
		return r;
	if (!ret->format)
		ret->format = "json";
	if (!ret->wish.form)
		ret->wish.form = "hospital";
	if (!report_format_known(ret->format))
		return diag_field(diag, "format", TEXT_query_choice,
				  (const char *[]){ "choices", REPORT_FORMATS, NULL });
	if (strcmp(ret->wish.form, "hospital") != 0 && strcmp(ret->wish.form, "pharmacy") != 0 &&
	    strcmp(ret->wish.form, "vendor") != 0)
		return diag_field(diag, "form", TEXT_query_choice, (const char *[]){ "choices", FORMS, NULL });
	return 0;
}

/* "latest" is the last one that was taken by a time: what Tenken said then, and what nobody can have changed since. */
static int number_read(struct sqlite3 *db, const struct question *question, int64_t *ret, struct diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	usec_t until = 0;
	int r;

	if (strcmp(question->name, "latest") != 0)
		return str_int(str_of(question->name), ret) && *ret > 0
			       ? 0
			       : diag_words(diag, -ENOENT, TEXT_snapshot_number, NULL);
	if (question_time(question, "time", true, &until, diag) < 0)
		return -EINVAL;
	r = statement_prepare(
		db, "SELECT max(number) FROM snapshot WHERE manifest <> x'' AND (?1 = 0 OR taken_at <= ?1)", &stmt);
	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, until);
	*ret = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return *ret > 0 ? 0 : diag_words(diag, -ENOENT, TEXT_snapshot_none_then, NULL);
}

static int export_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct report_file file = { NULL };
	struct wished wished;
	json_t *bundle = NULL;
	int64_t number;
	int r;

	r = number_read(db, question, &number, diag);
	if (r == 0)
		r = wished_read(question, &wished, diag);
	if (r == 0)
		r = bundle_read(db, number, &bundle, diag);
	if (r == 0)
		r = report_export(bundle, wished.format, &wished.wish, &file, diag);
	json_decref(bundle);
	malloc_trim(0); /* hundreds of megabytes, once in a while: they are not kept for the next time */
	if (r < 0)
		return r;
	question->file.bytes = file.bytes;
	question->file.n = file.n;
	question->file.type = file.type;
	/* Of our own words and a number: nothing that a header or a folder could misread. */
	snprintf(question->file.name, sizeof(question->file.name), "tenken-%lld%s%s.%s", (long long)number,
		 strcmp(wished.format, "json") != 0 ? "-" : "",
		 strcmp(wished.format, "json") != 0 ? wished.wish.form : "", file.ending);
	return 0;
}

void api_snapshot_export(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, export_ask);
}
