/*
 * The vendors' sheets: which are to be sent out and how far they have come back, one as a file, and one taken in.  A sheet
 * is compared with what was answered before and with what is measured; with dry_run=1 that is all that happens.
 */
#include <errno.h>

#include <sqlite3.h>

#include "collectors/registers_file.h"
#include "core/clock.h"
#include "core/when.h"
#include "daemon/reports/sheet.h"
#include "dashboard/question.h"
#include "dashboard/said.h"
#include "dashboard/tables.h"

#define OF_CONTRACT                                                          \
	"a.pack = ?2 AND a.fiscal_year = ?3 AND a.vendor_key = c.vendor_key" \
	" AND ifnull(a.system_key, ifnull(c.system_key, '')) = ifnull(c.system_key, '')"

/* ?1 today, ?2 the form, ?3 its fiscal year, ?4 and ?5 one vendor and system or NULL. */
static const char list_sql[] =
	"SELECT c.vendor_id, ifnull(v.name, c.vendor_id) AS vendor, c.system_id, ifnull(s.name, c.system_id) AS system,"
	" (SELECT count(DISTINCT a.item) FROM v_answer AS a WHERE " OF_CONTRACT ") AS answered,"
	" (SELECT count(DISTINCT a.item) FROM v_answer AS a WHERE a.answer = 'yes' AND " OF_CONTRACT ") AS yes,"
	" (SELECT count(DISTINCT a.item) FROM v_answer AS a WHERE a.answer = 'no' AND " OF_CONTRACT ") AS no"
	" FROM v_contract AS c LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key"
	" LEFT JOIN v_system AS s ON s.system_key = c.system_key"
	" WHERE ifnull(c.starts_at, '') <= ?1 AND ifnull(c.ends_at, '9999') >= ?1"
	" AND (?4 IS NULL OR c.vendor_key = fold(?4)) AND (?5 IS NULL OR ifnull(c.system_key, '') = fold(?5))"
	" GROUP BY c.vendor_key, c.system_key ORDER BY c.vendor_key, c.system_key LIMIT 10000";

struct asked {
	char today[WHEN_MAX];
	const struct checklist *list;
	int year;
	const char *vendor, *system; /* NULL: all */
	char bufs[3][256];
};

/* The form of @pack, or the first for vendors that is in force. */
static const struct checklist *form_find(const struct rules *rules, const char *pack)
{
	for (size_t i = 0; i < rules->n_lists; i++)
		if (rules->lists[i]->by_vendor && (!pack || !strcmp(rules->lists[i]->id, pack)))
			return rules->lists[i];
	return NULL;
}

static int asked_read(const struct question *question, struct asked *ret, struct diag *diag)
{
	const char *pack = NULL;
	int64_t day = when_day_of(clock_now());

	*ret = (struct asked){ .year = when_fiscal_year(day) };
	when_format_day(ret->today, day);
	if (question_text(question, "pack", ret->bufs[0], sizeof(ret->bufs[0]), &pack, diag) < 0 ||
	    question_text(question, "vendor_id", ret->bufs[1], sizeof(ret->bufs[1]), &ret->vendor, diag) < 0 ||
	    question_text(question, "system_id", ret->bufs[2], sizeof(ret->bufs[2]), &ret->system, diag) < 0)
		return -EINVAL;
	ret->list = form_find(question->rules, pack);
	return ret->list ? 0 : diag_words(diag, -ENOENT, TEXT_sheet_none, NULL);
}

static void asked_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct asked *asked = arg;

	sqlite3_bind_text(stmt, 1, asked->today, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, asked->list->id, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 3, asked->year);
	sqlite3_bind_text(stmt, 4, asked->vendor, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 5, asked->system, -1, SQLITE_STATIC);
}

static int sheets_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	json_t *rows = NULL, *row;
	struct asked asked;
	size_t i;
	int r = asked_read(question, &asked, diag);

	if (r == 0)
		r = table_rows(db, list_sql, asked_bind, &asked, &rows);
	if (r < 0)
		return r;
	json_array_foreach(rows, i, row)
	{
		json_object_set_new(row, "pack", json_string(asked.list->id));
		json_object_set_new(row, "fiscal_year", json_integer(asked.year));
		json_object_set_new(row, "total", json_integer((json_int_t)asked.list->n_items));
	}
	*ret = json_pack("{s:o, s:n}", "items", rows, "next");
	return *ret ? 0 : -ENOMEM;
}

/* Nothing of what people named things gets into the name of a file but letters, digits and dashes. */
static void name_add(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	for (; *text && n + 1 < size; text++)
		if ((*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') ||
		    (*text >= 'a' && *text <= 'z') || *text == '-')
			buf[n++] = *text;
	buf[n] = '\0';
}

static const char *text_at(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

static int file_make(struct question *question, const struct asked *asked, const json_t *row, bool xlsx)
{
	const struct sheet_blank blank = { .site = question->site,
					   .vendor = text_at(row, "vendor"),
					   .vendor_id = text_at(row, "vendor_id"),
					   .system = text_at(row, "system"),
					   .system_id = text_at(row, "system_id"),
					   .list = asked->list,
					   .fiscal_year = asked->year,
					   .demo = question->demo };
	char *name = question->file.name, year[24];

	snprintf(name, sizeof(question->file.name), "vendor-");
	name_add(name, 32, blank.vendor_id);
	name_add(name, 34, "-");
	name_add(name, 50, blank.system_id);
	snprintf(year, sizeof(year), "-%d.%s", asked->year, xlsx ? "xlsx" : "csv");
	str_copy(name + strlen(name), sizeof(question->file.name) - strlen(name), str_of(year));
	question->file.type = xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
				   : "text/csv; charset=utf-8";
	return sheet_make(&blank, xlsx, &question->file.bytes, &question->file.n);
}

static int sheet_file_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	const char *format = NULL;
	json_t *rows = NULL;
	struct asked asked;
	char buf[16];
	int r = asked_read(question, &asked, diag);

	if (r == 0)
		r = question_text(question, "format", buf, sizeof(buf), &format, diag);
	if (r < 0)
		return r;
	if (!asked.vendor)
		return diag_field(diag, "vendor_id", TEXT_field_missing, NULL);
	if (!asked.system)
		asked.system = "";
	if (format && strcmp(format, "xlsx") != 0 && strcmp(format, "csv") != 0)
		return DIAG_FIELD(diag, "format", TEXT_query_choice, "choices", "xlsx, csv");
	r = table_rows(db, list_sql, asked_bind, &asked, &rows);
	if (r == 0 && json_array_size(rows) == 0)
		r = DIAG_WORDS(diag, -ENOENT, TEXT_sheet_no_contract, "vendor", asked.vendor, "system",
			       asked.system[0] ? asked.system : "-");
	if (r == 0)
		r = file_make(question, &asked, json_array_get(rows, 0), !format || !strcmp(format, "xlsx"));
	json_decref(rows);
	return r;
}

void api_sheets(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, sheets_ask);
}

void api_sheet_file(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, sheet_file_ask);
}

/* What is measured to be broken on what this vendor looks after: of the rows that it says yes to. */
static void faults_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct sheet *sheet = arg;

	sqlite3_bind_text(stmt, 1, sheet->labels[SHEET_VENDOR_ID].text, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, sheet->labels[SHEET_SYSTEM_ID].text, -1, SQLITE_STATIC);
}

static int faults_read(struct write *write, struct sheet *sheet, json_t **ret)
{
	return table_rows(write->db,
			  "SELECT item, check_id AS \"check\", resource, reason_ja, reason_en FROM v_vendor_fault"
			  " WHERE vendor_key = fold(?1) AND (system_key IS NULL OR ?2 = '' OR system_key = fold(?2))"
			  " ORDER BY item, check_id, resource LIMIT 1000",
			  faults_bind, sheet, ret);
}

static json_t *faults_of(const json_t *faults, const char *item)
{
	json_t *list = json_array(), *fault;
	size_t i;

	json_array_foreach((json_t *)faults, i, fault)
	{
		if (strcmp(text_at(fault, "item"), item) != 0)
			continue;
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:o}", "check", text_at(fault, "check"), "resource",
						text_at(fault, "resource"), "reason",
						json_both(text_at(fault, "reason_ja"), text_at(fault, "reason_en"))));
	}
	return list;
}

static int row_json(struct write *write, const struct say_sheet_row *row, const json_t *faults, json_t *rows,
		    unsigned *contradictions)
{
	static const char *const words[SAY_SHEET_CHANGES] = { "new", "changed", "same", "reversed" };
	json_t *before = NULL, *after = NULL, *measured;
	int r = row->before > 0 && row->change != SAY_SHEET_SAME ? said_row(write, SAY_ANSWER, row->before, &before)
								 : 0;

	if (r == 0)
		r = said_row(write, SAY_ANSWER, row->id, &after);
	measured = r == 0 && !strcmp(text_at(after, "answer"), "yes") ? faults_of(faults, row->item) : json_array();
	*contradictions += json_array_size(measured) > 0;
	if (write->preview)
		json_object_del(after, "id"); /* it is none: nothing is kept */
	if (json_array_append_new(rows,
				  json_pack("{s:s, s:i, s:s, s:o, s:o, s:o}", "item", row->item, "line", row->line,
					    "change", words[row->change], "before", before ? before : json_null(),
					    "after", after ? after : json_null(), "measured", measured)) < 0)
		return -ENOMEM;
	return r;
}

static int result_json(struct write *write, struct sheet *sheet, const struct say_sheet *said)
{
	json_t *faults = NULL, *rows = json_array();
	unsigned contradictions = 0;
	int r = faults_read(write, sheet, &faults);

	for (size_t i = 0; r == 0 && i < said->n; i++)
		r = row_json(write, &said->rows[i], faults, rows, &contradictions);
	json_decref(faults);
	write->answer = json_pack("{s:b, s:s, s:i, s:o, s:o, s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:o}", "dry_run",
				  write->preview, "pack", said->pack, "fiscal_year", said->year, "vendor_id",
				  json_text(sheet->labels[SHEET_VENDOR_ID].text), "system_id",
				  json_text(sheet->labels[SHEET_SYSTEM_ID].text), "who",
				  json_text(sheet->labels[SHEET_WHO].text), "new", (int)said->counts[SAY_SHEET_NEW],
				  "changed", (int)said->counts[SAY_SHEET_CHANGED], "same",
				  (int)said->counts[SAY_SHEET_SAME], "reversed", (int)said->counts[SAY_SHEET_REVERSED],
				  "blank", (int)said->blank, "contradictions", (int)contradictions, "rows", rows);
	return r < 0 ? r : write->answer ? 0 : -ENOMEM;
}

static int wished(struct write *write, const char *name, char *buf, size_t size, const char **ret)
{
	struct str value = { 0 };
	int r = head_query(write->query, name, buf, size, &value);

	*ret = r > 0 && value.n > 0 ? buf : NULL;
	if (r >= 0)
		return 0;
	write->shapeless = true;
	return complain(&write->complaints, name, TEXT_query_value, NULL);
}

static int sheet_take(struct write *write, struct sheet *sheet, const char *vendor, const char *system)
{
	struct say say = said_call(write);
	struct say_sheet said;
	int r = sqlite3_exec(write->db, "SAVEPOINT sheet", NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;

	if (r < 0)
		return r;
	r = say_sheet(&say, sheet, vendor, system, &said);
	if (r == 0)
		r = result_json(write, sheet, &said);
	free(said.rows);
	if ((r < 0 || write->preview) && sqlite3_exec(write->db, "ROLLBACK TO sheet", NULL, NULL, NULL) != SQLITE_OK)
		r = -EIO;
	sqlite3_exec(write->db, "RELEASE sheet", NULL, NULL, NULL);
	if (r == 0 && !write->preview)
		write->tables |= say.tables;
	return r;
}

int sheets_import(struct write *write)
{
	_cleanup_(sheet_freep) struct sheet *sheet = NULL;
	const char *dry = NULL, *vendor = NULL, *system = NULL;
	char bufs[3][256], digest[65];
	int r = 0;

	if (!write->csv)
		return complain(&write->complaints, "file", TEXT_sheet_other, NULL);
	if (wished(write, "dry_run", bufs[0], sizeof(bufs[0]), &dry) < 0 ||
	    wished(write, "vendor_id", bufs[1], sizeof(bufs[1]), &vendor) < 0 ||
	    wished(write, "system_id", bufs[2], sizeof(bufs[2]), &system) < 0)
		return -EINVAL;
	if (dry && strcmp(dry, "1") != 0 && strcmp(dry, "0") != 0) {
		write->shapeless = true;
		return COMPLAIN(&write->complaints, "dry_run", TEXT_register_flag, "name", "dry_run");
	}
	write->preview = dry && !strcmp(dry, "1");
	r = sheet_read(write->body, &sheet, &write->complaints);
	if (r == 0)
		r = sheet_take(write, sheet, vendor, system);
	if (r < 0 || write->preview)
		return r;
	/* The file itself is not kept; its digest tells whether one that is shown later is the same. */
	if (register_digest(write->body, digest) < 0)
		return -ENOMEM;
	write->after = json_deep_copy(write->answer);
	json_object_set_new(write->after, "sha256", json_string(digest));
	return 0;
}
