/* Registers as workbooks: what cells mean, what is refused, and books made to do harm. */
#include <errno.h>
#include <fcntl.h>
#include <zip.h>

#include "collectors/registers_edit.h"
#include "tests/register_folder.h"

struct part {
	const char *name, *text;
};

static void put_xlsx(const char *name, const struct part *parts)
{
	zip_t *zip;

	unlink(path_of(name));
	zip = zip_open(path_of(name), ZIP_CREATE | ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	for (; parts->name; parts++)
		assert_true(zip_file_add(zip, parts->name, zip_source_buffer(zip, parts->text, strlen(parts->text), 0),
					 0) >= 0);
	assert_int_equal(zip_close(zip), 0);
}

#define BOOK                                                                                            \
	{ "xl/workbook.xml",                                                                            \
	  "<workbook xmlns:r='urn:r'><workbookPr/><sheets><sheet name='x' state='hidden' r:id='rId9'/>" \
	  "<sheet name='機器' sheetId='1' r:id='rId1'/></sheets></workbook>" },                         \
	{                                                                                               \
		"xl/_rels/workbook.xml.rels",                                                           \
			"<Relationships><Relationship Id='rId9' Target='worksheets/sheet9.xml'/>"       \
			"<Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>"      \
	}
#define SHEET(rows)                                                                                  \
	{                                                                                            \
		"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" rows "</sheetData></worksheet>" \
	}
#define T(ref, text) "<c r='" ref "' t='inlineStr'><is><t>" text "</t></is></c>"
#define HEADS "<row r='1'>" T("A1", "機器番号") T("B1", "MAC") T("C1", "導入日") T("D1", "設置場所") "</row>"

static const struct book {
	const char *name;
	struct part parts[5];
	const char *rows, *ja;
} books[] = {
	{ "inline texts, a serial, a gap",
	  { BOOK,
	    SHEET(HEADS "<row r='3'>" T("A3", "A") T("B3", "3423ba1126b8") "<c r='C3' s='1'><v>46113</v></c></row>") },
	  "device_id=A|mac=3423ba1126b8|acquired=2026-04-01|line=3\n" },
	{ "shared texts, without the furigana",
	  { BOOK,
	    { "xl/sharedStrings.xml",
	      "<sst><si><t>A</t></si><si><r><t>1</t></r><r><t>階</t></r><rPh><t>カイ</t></rPh></si></sst>" },
	    SHEET(HEADS "<row r='2'><c r='A2' t='s'><v>0</v></c>" T(
		    "B2", "3423ba1126b8") "<c r='D2' t='s'><v>1</v></c></row>") },
	  "device_id=A|mac=3423ba1126b8|location=1階|line=2\n" },
	{ "prefixes and no references",
	  { BOOK,
	    { "xl/worksheets/sheet1.xml",
	      "<x:worksheet xmlns:x='urn:x'><x:sheetData><x:row><x:c t='str'><x:v>device_id</x:v></x:c><x:c t='str'><x:v>ip</x:v></x:c>"
	      "</x:row><x:row><x:c><x:v>7</x:v></x:c><x:c t='str'><x:v>10.0.0.7</x:v></x:c></x:row></x:sheetData></x:worksheet>" } },
	  "device_id=7|ip=10.0.0.7|line=2\n" },
	{ "a number that was a MAC",
	  { BOOK, SHEET(HEADS "<row r='2'>" T("A2", "A") "<c r='B2'><v>1E+12</v></c></row>") },
	  NULL,
	  "2 行目「MAC」: 「1E+12」" },
	{ "an error in a cell",
	  { BOOK, SHEET(HEADS "<row r='2'><c r='A2' t='e'><v>#N/A</v></c></row>") },
	  NULL,
	  "2 行目: 計算式のエラー" },
	{ "a DOCTYPE",
	  { BOOK,
	    { "xl/worksheets/sheet1.xml", "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet><sheetData/></worksheet>" } },
	  NULL,
	  "壊れています" },
	{ "not well-formed", { BOOK, { "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" } }, NULL, "壊れています" },
	{ "a shared text that is not there",
	  { BOOK, SHEET("<row r='1'><c r='A1' t='s'><v>7</v></c></row>") },
	  NULL,
	  "壊れています" },
	{ "no sheet", { BOOK }, NULL, "壊れています" },
	{ "no book", { { "a.txt", "x" } }, NULL, "Excelブック（.xlsx）ではない" },
	{ "dates from 1904",
	  { { "xl/workbook.xml", "<workbook><workbookPr date1904='1'/></workbook>" } },
	  NULL,
	  "1904" },
	{ "a column far away", { BOOK, SHEET("<row r='1'><c r='ZZZ1'><v>1</v></c></row>") }, NULL, "大きすぎます" },
	{ "nothing in it", { BOOK, SHEET("") }, NULL, "中身が空です" },
};

/* As CSV it says the same, but for the line that a row stands in; and a day is written as one. */
static void as_csv(const char *said)
{
	const struct register_def *def = register_find(STR("devices"));
	_free_ char *book = NULL, *text = NULL;
	struct register_report report;
	char lines[4096] = "";
	size_t n = 0, n_book = 0;
	FILE *f = fopen(path_of("devices.xlsx"), "re"), *out = open_memstream(&book, &n_book);

	for (int c; (c = fgetc(f)) != EOF;)
		fputc(c, out);
	fclose(f);
	fclose(out);
	assert_int_equal(registers_from_workbook(def, (struct str){ book, n_book }, &text, &n), 0);
	assert_int_equal(registers_read_bytes(def, "devices.csv", (struct str){ text, n }, remember, lines, &report),
			 0);
	assert_memory_equal(lines, said, (size_t)(strstr(said, "|line=") - said));
	assert_null(strstr(text, "46113"));
	assert_int_equal(registers_from_workbook(def, (struct str){ book, n_book / 2 }, &text, &n), -EBADMSG);
}

static void workbooks(void **state)
{
	const struct book *book = *state;
	struct register_report report;
	char lines[4096] = "";
	int r;

	put_xlsx("devices.xlsx", book->parts);
	r = registers_read(register_find(STR("devices")), path_of("devices.xlsx"), remember, lines, &report);
	if (book->rows) {
		assert_string_equal(report.why.ja, "");
		assert_int_equal(r, 0);
		assert_string_equal(lines, book->rows);
		as_csv(book->rows);
		return;
	}
	assert_int_equal(r, -EBADMSG);
	assert_string_equal(lines, "");
	if (!strstr(report.why.ja, book->ja))
		fail_msg("%s", report.why.ja);
}

static void no_zip_at_all(void **state)
{
	struct register_report report;

	put("devices.xlsx", STR("PK\x03\x04 and nothing"));
	assert_int_equal(registers_read(register_find(STR("devices")), path_of("devices.xlsx"), NULL, NULL, &report),
			 -EBADMSG);
	assert_non_null(strstr(report.why.ja, "Excelブック"));
}

/* A cell that goes on and on is stopped while it is unpacked. */
static void a_bomb(void **state)
{
	static const char before[] = "<worksheet><sheetData><row><c t='inlineStr'><is><t>";
	size_t n = 8 << 20;
	char *text = malloc(n);
	struct part parts[] = { BOOK, { "xl/worksheets/sheet1.xml", text }, { NULL } };
	struct register_report report;

	memset(text, 'x', n);
	memcpy(text, before, sizeof(before) - 1);
	text[n - 1] = '\0';
	put_xlsx("devices.xlsx", parts);
	assert_int_equal(registers_read(register_find(STR("devices")), path_of("devices.xlsx"), NULL, NULL, &report),
			 -EBADMSG);
	assert_non_null(strstr(report.why.ja, "大きすぎます"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(no_zip_at_all),
		IN_FOLDER(a_bomb),
	};
	int failed = folder_open(NULL);

	failed += RUN_TABLE(books, workbooks);
	failed += folder_close(NULL);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
