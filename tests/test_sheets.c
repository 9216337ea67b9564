/* A vendor's sheet: what a blank one holds, what is read of one that came back, and that it is taken whole or not at all. */
#include <errno.h>
#include <unistd.h>
#include <zip.h>

#include "daemon/reports/sheet.h"
#include "daemon/say.h"
#include "rules/rules.h"
#include "tests/site.h"
#include "tests/table.h"

#define FORM                                                                                                            \
	"id: mhlw-vendor-r8\nedition: \"2026\"\nfiscal_year: 2026\nanswered_by: vendor\ntitle.ja: 事業者確認用\n" \
	"title.en: vendors\nitems:\n  - {id: \"1-1\", text.ja: \"=一\", text.en: one, text_state: verified}\n"         \
	"  - {id: \"2-1\", text.ja: 二, text.en: two, text_state: partial}\n  - {id: \"2-2\", text_state: slot}\n"
#define OWN                                                                                                        \
	"id: own\nedition: \"2026\"\nfiscal_year: 2026\ntitle.ja: 表\ntitle.en: form\nitems:\n  - {id: \"1-1\", " \
	"text.ja: 一, text.en: one, text_state: verified}\n"

static struct site site;

static int64_t number(const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(store_sqlite(site.place.service), sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static int open_site(void **state)
{
	site_open(&site);
	site_file(&site, "checklists", "own.yaml", OWN);
	site_file(&site, "checklists", "mhlw-vendor-r8.yaml", FORM);
	site_rules(&site);
	site_judge(&site);
	place_sql(&site.place, "INSERT INTO reg_vendors (key, line, vendor_id, vendor_id_key, name)"
			       " VALUES ('v1', 2, 'V1', 'v1', '=V'); "
			       "INSERT INTO reg_systems (key, line, system_id, system_id_key, name)"
			       " VALUES ('emr', 2, 'emr', 'emr', 'E')");
	return 0;
}

static int close_site(void **state)
{
	site_close(&site);
	return 0;
}

static const struct checklist *form(void)
{
	return rules_list(site.rules, STR("mhlw-vendor-r8"));
}

static struct sheet_blank blank_of(void)
{
	return (struct sheet_blank){ .site = "<病院>",
				     .vendor = "=V",
				     .vendor_id = "V1",
				     .system = "E\"",
				     .system_id = "emr",
				     .list = form(),
				     .fiscal_year = 2026 };
}

/* What is written is read again, in both ways: whose it is, and rows in which nothing stands yet. */
static void blanks(void **state)
{
	const struct sheet_blank blank = blank_of();

	for (int xlsx = 0; xlsx < 2; xlsx++) {
		_cleanup_(sheet_freep) struct sheet *sheet = NULL;
		struct complaints complaints = { .n = 0 };
		_free_ char *bytes = NULL;
		size_t n = 0;

		assert_int_equal(sheet_make(&blank, xlsx, &bytes, &n), 0);
		assert_int_equal(sheet_read((struct str){ bytes, n }, &sheet, &complaints), 0);
		assert_string_equal(sheet->name, xlsx ? "回答票" : "");
		assert_string_equal(sheet->labels[SHEET_VENDOR_ID].text, "V1");
		assert_string_equal(sheet->labels[SHEET_VENDOR].text, xlsx ? "=V" : "'=V");
		assert_string_equal(sheet->labels[SHEET_SYSTEM].text, "E\"");
		assert_string_equal(sheet->labels[SHEET_FORM].text, "mhlw-vendor-r8");
		assert_string_equal(sheet->labels[SHEET_YEAR].text, "2026");
		assert_string_equal(sheet->labels[SHEET_WHO].text, "");
		assert_int_equal(sheet->n_rows, 3);
		assert_string_equal(sheet->rows[0].cells[SHEET_TEXT], xlsx ? "=一" : "'=一");
		assert_non_null(strstr(sheet->rows[1].cells[SHEET_TEXT], "公式の文言ではありません"));
		assert_string_equal(sheet->rows[2].cells[SHEET_TEXT], "本文未収載");
		for (size_t i = 0; i < 3; i++)
			assert_string_equal(sheet->rows[i].cells[SHEET_ANSWER], "");
		assert_null(xlsx ? NULL : strstr(bytes, "\"=")); /* nothing that a spreadsheet would run */
	}
}

#define HEAD "事業者番号,V1\nシステムID,emr\n様式,mhlw-vendor-r8\n年度（西暦）,2026\n記入者,電子\n"
#define ROWS "項目,内容,回答,確認日,目標日,備考\n"

/* Today is 2026-09-04. */
static const struct sheet_case {
	const char *name, *text;
	const char *field, *column; /* refused for it, in that column; NULL: taken */
	int line;
	unsigned taken; /* entries that it makes */
} sheet_cases[] = {
	{ "one row", HEAD ROWS "1-1,,はい,2026-08-01,,\n", .taken = 1 },
	{ "a word before the item", HEAD ROWS "項目1-1,,はい,2026-08-01,,\n", .taken = 1 },
	{ "the day above counts for all", HEAD "記入日,令和8年8月1日\n" ROWS "1-1,,はい,,,\n2-1,,○,,,\n", .taken = 2 },
	{ "days as numbers", HEAD ROWS "1-1,,いいえ,46235,46387.0,\n", .taken = 1 },
	{ "columns in another order", HEAD "回答,項目,目標日,確認日\nはい,1-1,,2026-08-01\n", .taken = 1 },
	{ "cells left of the labels",
	  ",事業者番号,V1\n,システムID,emr\n,様式,mhlw-vendor-r8\n,年度（西暦）,2026\n,記入者,電子\n"
	  ",項目,内容,回答,確認日,目標日,備考\n,1-1,,はい,2026-08-01,,\n",
	  .taken = 1 },
	{ "an ideographic space is nothing", HEAD ROWS "1-1,,はい,2026-08-01,　,\n", .taken = 1 },
	{ "of no system",
	  "事業者番号,v1\nシステムID,\n様式,mhlw-vendor-r8\n年度（西暦）,2026\n記入者,電子\n" ROWS
	  "1-1,,はい,2026-08-01,,\n",
	  .taken = 1 },
	{ "nothing answered", HEAD ROWS "1-1,,,,,\n", "file", "", 0 },
	{ "no headings", HEAD, "file", "", 0 },
	{ "no vendor",
	  "様式,mhlw-vendor-r8\n年度（西暦）,2026\nシステムID,emr\n記入者,電子\n" ROWS "1-1,,はい,2026-08-01,,\n",
	  "vendor_id", "事業者番号", 0 },
	{ "nobody wrote it",
	  "事業者番号,V1\nシステムID,emr\n様式,mhlw-vendor-r8\n年度（西暦）,2026\n記入者,\n" ROWS
	  "1-1,,はい,2026-08-01,,\n",
	  "who", "記入者", 5 },
	{ "a vendor that is not registered",
	  "事業者番号,V9\nシステムID,emr\n様式,mhlw-vendor-r8\n年度（西暦）,2026\n記入者,電子\n" ROWS
	  "1-1,,はい,2026-08-01,,\n2-1,,はい,2026-08-01,,\n",
	  "vendor_id", "事業者番号", 1 },
	{ "the institution's own form",
	  "事業者番号,V1\nシステムID,emr\n様式,own\n年度（西暦）,2026\n記入者,電子\n" ROWS "1-1,,はい,2026-08-01,,\n",
	  "pack", "様式", 3 },
	{ "no form",
	  "事業者番号,V1\nシステムID,emr\n様式,x\n年度（西暦）,2026\n記入者,電子\n" ROWS "1-1,,はい,2026-08-01,,\n",
	  "pack", "様式", 3 },
	{ "a year of the office",
	  "事業者番号,V1\nシステムID,emr\n様式,mhlw-vendor-r8\n年度（西暦）,R8\n記入者,電子\n" ROWS
	  "1-1,,はい,2026-08-01,,\n",
	  "fiscal_year", "年度（西暦）", 4 },
	{ "a day of another year", HEAD ROWS "1-1,,はい,2026-03-31,,\n", "answered_on", "確認日", 7 },
	{ "no day", HEAD ROWS "1-1,,はい,,,\n", "answered_on", "確認日", 7 },
	{ "a day that is none", HEAD ROWS "1-1,,はい,そのうち,,\n", "answered_on", "確認日", 7 },
	{ "a day to come", HEAD ROWS "1-1,,はい,2026-09-05,,\n", "answered_on", "確認日", 7 },
	{ "no without a target", HEAD ROWS "1-1,,いいえ,2026-08-01,,\n", "target_on", "目標日", 7 },
	{ "yes with a target", HEAD ROWS "1-1,,はい,2026-08-01,2026-12-01,\n", "target_on", "目標日", 7 },
	{ "a target of the next year", HEAD ROWS "1-1,,いいえ,2026-08-01,2027-04-01,\n", "target_on", "目標日", 7 },
	{ "perhaps", HEAD ROWS "1-1,,たぶん,2026-08-01,,\n", "answer", "回答", 7 },
	{ "a note and no answer", HEAD ROWS "1-1,,,,,あとで\n", "answer", "回答", 7 },
	{ "an item of no form", HEAD ROWS "9-9,,はい,2026-08-01,,\n", "item", "項目", 7 },
	{ "an item twice", HEAD ROWS "1-1,,はい,2026-08-01,,\n1-1,,いいえ,2026-08-01,2026-12-01,\n", "item", "項目",
	  8 },
	{ "a good row beside a bad one", HEAD ROWS "1-1,,はい,2026-08-01,,\n2-1,,x,2026-08-01,,\n", "answer", "回答",
	  8 },
	{ "an escape sequence", HEAD ROWS "1-1,,はい,2026-08-01,,\x1b[2J\n", "note", "備考", 7 },
	{ "a quote that is never closed", HEAD ROWS "1-1,,\"はい,2026-08-01,,\n", "file", "", 7 },
	{ "neither UTF-8 nor CP932", HEAD ROWS "1-1,,\xff\xfe\xfd,2026-08-01,,\n", "file", "", 0 },
};

static unsigned answers(void)
{
	return (unsigned)number("SELECT count(*) FROM answer");
}

/* Takes @text in, or not at all. */
static int take(const char *text, const char *vendor, struct say_sheet *said, struct complaints *complaints)
{
	_cleanup_(sheet_freep) struct sheet *sheet = NULL;
	struct say say = {
		.db = store_sqlite(site.place.service), .rules = site.rules, .now = site.now, .complaints = complaints
	};
	int r;

	*complaints = (struct complaints){ .n = 0 };
	*said = (struct say_sheet){ .n = 0 };
	r = sheet_read(str_of(text), &sheet, complaints);
	if (r < 0)
		return r;
	assert_int_equal(store_begin(site.place.service), 0);
	r = say_sheet(&say, sheet, vendor, NULL, said);
	if (r < 0)
		store_rollback(site.place.service);
	else
		assert_int_equal(store_commit(site.place.service), 0);
	free(said->rows);
	return r;
}

static void sheets(void **state)
{
	const struct sheet_case *row = *state;
	struct complaints complaints;
	struct say_sheet said;
	int r;

	place_sql(&site.place, "DELETE FROM answer");
	r = take(row->text, NULL, &said, &complaints);
	if (!row->field) {
		if (r < 0)
			fail_msg("%s: %s", complaints.list[0].field, complaints.list[0].en);
		assert_int_equal(answers(), row->taken);
		assert_int_equal(said.counts[SAY_SHEET_NEW], row->taken);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_int_equal(answers(), 0);
	assert_int_equal(complaints.n, 1); /* one mistake is one complaint */
	assert_string_equal(complaints.list[0].field, row->field);
	assert_string_equal(complaints.list[0].column, row->column);
	assert_int_equal(complaints.list[0].line, row->line);
	assert_true(complaints.list[0].ja[0] && complaints.list[0].en[0]);
}

/* A workbook of a few kilobytes that would be megabytes of blanks. */
static void bomb(void **state)
{
	static char blanks[5 << 20];
	static const char *const parts[][2] = {
		{ "xl/workbook.xml", "<workbook><sheets><sheet name=\"x\"/></sheets></workbook>" },
		{ "xl/sharedStrings.xml", blanks },
		{ "xl/worksheets/sheet1.xml", "<worksheet/>" },
	};
	char path[] = "/tmp/tenken-bomb-XXXXXX";
	int fd = mkstemp(path), r;
	_cleanup_(sheet_freep) struct sheet *sheet = NULL;
	struct complaints complaints = { .n = 0 };
	struct zip *zip;
	char *bytes = malloc(1 << 20);
	FILE *file;
	size_t n;

	memset(blanks, ' ', sizeof(blanks) - 1);
	memcpy(blanks, "<sst>", 5);
	memcpy(blanks + sizeof(blanks) - 7, "</sst>", 7);
	assert_true(fd >= 0 && bytes);
	close(fd);
	zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	for (size_t i = 0; i < COUNT(parts); i++)
		assert_true(zip_file_add(zip, parts[i][0], zip_source_buffer(zip, parts[i][1], strlen(parts[i][1]), 0),
					 0) >= 0);
	assert_int_equal(zip_close(zip), 0);
	file = fopen(path, "re");
	n = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	unlink(path);
	assert_in_range(n, 1, 20000);
	r = sheet_read((struct str){ bytes, n }, &sheet, &complaints);
	free(bytes);
	assert_int_equal(r, -EINVAL);
	assert_non_null(strstr(complaints.list[0].ja, "大きすぎます"));
}

/* All mistakes at once; more than can be listed are counted. */
static void all(void **state)
{
	struct complaints complaints;
	struct say_sheet said;
	char text[4096] = HEAD ROWS;

	place_sql(&site.place, "DELETE FROM answer");
	for (int i = 0; i < 50; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "9-%d,,はい,2026-08-01,,\n", i);
	assert_int_equal(take(text, NULL, &said, &complaints), -EINVAL);
	assert_int_equal(complaints.n, COMPLAINTS_MAX);
	assert_int_equal(complaints.left_out, 50 - COMPLAINTS_MAX);
	assert_int_equal(complaints.list[31].line, 38);
}

/* Against what stands: the same makes no entry, a change is one, a yes that is taken back is told. */
static void again(void **state)
{
	struct complaints complaints;
	struct say_sheet said;

	place_sql(&site.place, "DELETE FROM answer");
	assert_int_equal(take(HEAD ROWS "1-1,,はい,2026-08-01,,\n2-1,,いいえ,2026-08-01,2026-12-01,\n", NULL, &said,
			      &complaints),
			 0);
	assert_int_equal(
		take(HEAD ROWS "1-1,,yes,2026/8/1,,\n2-1,,いいえ,2026-08-01,2027-02-01,\n", "v1", &said, &complaints),
		0);
	assert_int_equal(said.counts[SAY_SHEET_SAME], 1);
	assert_int_equal(said.counts[SAY_SHEET_CHANGED], 1);
	assert_int_equal(answers(), 3);
	assert_int_equal(take(HEAD ROWS "1-1,,いいえ,2026-09-01,2026-12-01,\n", NULL, &said, &complaints), 0);
	assert_int_equal(said.counts[SAY_SHEET_REVERSED], 1);
	/* An older sheet does not take the place of a newer one. */
	assert_int_equal(take(HEAD ROWS "1-1,,はい,2026-08-15,,\n", NULL, &said, &complaints), -EINVAL);
	assert_string_equal(complaints.list[0].column, "確認日");
	assert_int_equal(answers(), 4);
	assert_int_equal(take(HEAD ROWS "1-1,,はい,2026-09-02,,\n", "v2", &said, &complaints), -EINVAL);
	assert_string_equal(complaints.list[0].column, "事業者番号");
}

/* What measures a row of the vendors' form is what measures the row of that number in the institution's own. */
static void measured(void **state)
{
	static const char *const extra[] = { "2-6 eos-passed", "2-6 eos-edge" };
	_cleanup_(rules_unrefp) struct rules *rules = NULL;
	char dir[512], sql[256];
	const char *const dirs[] = { dir, NULL };
	const struct checklist *vendors, *own;
	struct diag diag = { "" };
	int64_t n = 0;

	snprintf(dir, sizeof(dir), "%s/rules", getenv("TENKEN_SOURCE"));
	if (rules_load(dirs, NULL, &rules, &diag) < 0)
		fail_msg("%s", diag.text);
	vendors = rules_list(rules, STR("mhlw-vendor-r7"));
	own = rules_list(rules, STR("mhlw-hospital-r7"));
	for (size_t i = 0; i < vendors->n_items; i++) {
		const struct item *item = checklist_item(own, str_of(vendors->items[i].id));

		for (size_t k = 0; item && strcmp(item->id, "1-1") != 0 && item->checks[k]; k++, n++) {
			snprintf(sql, sizeof(sql),
				 "SELECT count(*) FROM v_vendor_row WHERE item = '%s' AND check_id = '%s'", item->id,
				 item->checks[k]->id);
			if (number(sql) != 1)
				fail_msg("v_vendor_row lacks %s of row %s", item->checks[k]->id, item->id);
		}
	}
	assert_int_equal(number("SELECT count(*) FROM v_vendor_row"), n + (int64_t)COUNT(extra));
}

int main(void)
{
	struct CMUnitTest table[COUNT(sheet_cases) + 5];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(sheet_cases); i++)
		table[n++] = (struct CMUnitTest){ sheet_cases[i].name, sheets, NULL, NULL, (void *)&sheet_cases[i] };
	table[n++] = (struct CMUnitTest)cmocka_unit_test(blanks);
	table[n++] = (struct CMUnitTest)cmocka_unit_test(bomb);
	table[n++] = (struct CMUnitTest)cmocka_unit_test(all);
	table[n++] = (struct CMUnitTest)cmocka_unit_test(again);
	table[n] = (struct CMUnitTest)cmocka_unit_test(measured);
	return cmocka_run_group_tests(table, open_site, close_site);
}
