#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <zip.h>

#include "collectors/collector.h"
#include "collectors/registers.h"
#include "collectors/registers_edit.h"
#include "tests/jump.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_registers;

static char folder[64];

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, struct str bytes)
{
	FILE *file = fopen(path_of(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static int folder_open(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/reg.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_close(void **state)
{
	static const char *const names[] = { "devices.csv",    "devices.xlsx", "people.csv",  "Devices.CSV",
					     "~$devices.xlsx", "other.csv",    "vendors.csv", "accounts.csv" };

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	for (size_t i = 0; i < n_registers; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s.csv.example", registers[i].kind);
		unlink(path_of(name));
	}
	return rmdir(folder);
}

static int remember(void *arg, struct str line)
{
	char *lines = arg;
	size_t n = strlen(lines);

	snprintf(lines + n, 4096 - n, STR_FMT "\n", STR_ARG(line));
	return 0;
}

#define HEAD "機器番号,MACアドレス,設置場所\n"
#define A "device_id=A|mac=3423ba1126b8|location=1階|line=2\n"

/* A file of devices, and the rows that come out of it or the beginning of the refusal. */
static const struct row {
	const char *name;
	struct str file;
	const char *rows;
	const char *ja, *en; /* parts of the refusal */
} rows[] = {
	{ "UTF-8", STR(HEAD "A,34:23:ba:11:26:b8,1階\n"), A },
	{ "with a byte order mark", STR("\xef\xbb\xbf" HEAD "A,34:23:ba:11:26:b8,1階\n"), A },
	{ "without an end", STR(HEAD "A,34:23:ba:11:26:b8,1階"), A },
	{ "CR LF", STR("device_id,mac,location\r\nA,34:23:ba:11:26:b8,1階\r\n"), A },
	{ "CR alone", STR("device_id,mac,location\rA,34:23:ba:11:26:b8,1階\r"), A },
	{ "other order and case", STR("Location,MAC,Device ID\n1階,34:23:ba:11:26:b8,A\n"),
	  "location=1階|mac=3423ba1126b8|device_id=A|line=2\n" },
	{ "CP932",
	  STR("\x8b\x40\x8a\xed\x94\xd4\x8d\x86,MAC,\x90\xdd\x92\x75\x8f\xea\x8f\x8a\nA,34:23:ba:11:26:b8,1\x8a\x4b\n"),
	  A },
	{ "CP932 beyond Shift_JIS",
	  STR("device_id,mac,location\nA,34:23:ba:11:26:b8,\x87\x40\x87\x8a\xfb\xfc\x95\x5c\x83\x5c\n"),
	  "device_id=A|mac=3423ba1126b8|location=①㈱髙表ソ|line=2\n" },
	{ "EUC-JP", STR("device_id,mac,location\nA,34:23:ba:11:26:b8,1\xb3\xac\xa4\xce\xa4\xcb\n"),
	  "device_id=A|mac=3423ba1126b8|location=1階のに|line=2\n" },
	{ "UTF-16LE, as Excel saves text",
	  STR("\xff\xfe"
	      "d\0e\0v\0i\0c\0e\0_\0i\0d\0\t\0m\0a\0c\0\n\0A\0\t\0"
	      "3\0"
	      "4\0"
	      "2\0"
	      "3\0b\0a\0"
	      "1\0"
	      "1\0"
	      "2\0"
	      "6\0b\0"
	      "8\0\n\0"),
	  "device_id=A|mac=3423ba1126b8|line=2\n" },
	{ "sep=;", STR("sep=;\ndevice_id;mac;location\nA;34:23:ba:11:26:b8;1階\n"),
	  "device_id=A|mac=3423ba1126b8|location=1階|line=3\n" },
	{ "semicolons without sep", STR("device_id;mac\nA;34:23:ba:11:26:b8\n"),
	  "device_id=A|mac=3423ba1126b8|line=2\n" },
	{ "quotes", STR(HEAD "\"A\",34:23:ba:11:26:b8,\"1階, \"\"北\"\"\n東\"\nB,3423ba1126b9,\n"),
	  "device_id=A|mac=3423ba1126b8|location=1階, \"北\"\\n東|line=2\ndevice_id=B|mac=3423ba1126b9|line=4\n" },
	{ "blank lines and commas", STR(HEAD "\n,,\nA,34:23:ba:11:26:b8,1階,,\n\n"),
	  "device_id=A|mac=3423ba1126b8|location=1階|line=4\n" },
	{ "a title above", STR("機器台帳,,\n\n" HEAD "A,34:23:ba:11:26:b8,1階\n"),
	  "device_id=A|mac=3423ba1126b8|location=1階|line=4\n" },
	{ "a column of their own", STR("機器番号,MAC,色|=\nA,3423ba1126b8,a|b\n"),
	  "device_id=A|mac=3423ba1126b8|extra:色__=a\\pb|line=2\n" },
	{ "headings alone", STR(HEAD), "" },
	{ "the same row again", STR(HEAD "A,3423ba1126b8,1階\nA,34-23-ba-11-26-b8,1階\n"), A },
	{ "empty", STR(""), NULL, "devices.csv: 中身が空です", "the file is empty" },
	{ "only blanks", STR("\n\n,,,\n"), NULL, "中身が空です", "empty" },
	{ "a required column missing", STR("MAC,IP,設置場所\na,b,c\n"), NULL, "1 行目: 見出し「機器番号」（device_id）",
	  "line 1" },
	{ "none of three", STR("機器番号,機器名,設置場所\nA,b,c\n"), NULL, "「MACアドレス」「IPアドレス」「ホスト名」",
	  "mac ip hostname" },
	{ "a required cell empty", STR(HEAD "A,3423ba1126b8,\n,3423ba1126b9,\n"), NULL, "3 行目「機器番号」",
	  "line 3, column \"機器番号\"" },
	{ "none of three filled", STR(HEAD "A,,1階\n"), NULL, "2 行目: 「MACアドレス」", "line 2" },
	{ "a bad cell", STR(HEAD "A,1.00E+12,1階\n"), NULL, "2 行目「MACアドレス」: 「1.00E+12」", "1.00E+12" },
	{ "a bad cell after a quoted line break", STR("設置場所,機器番号,MAC\n\"1\n階\",A,3423ba1126b8\n2階,B,x\n"),
	  NULL, "4 行目「MAC」", "line 4" },
	{ "a choice that is none", STR("機器番号,MAC,機器区分\nA,3423ba1126b8,冷蔵庫\n"), NULL, "サーバ・端末",
	  "server, terminal" },
	{ "the same id twice", STR(HEAD "A,3423ba1126b8,\nB,3423ba1126b9,\na,3423ba1126c0,\n"), NULL,
	  "4 行目: a は 2 行目", "in line 2" },
	{ "the same heading twice", STR("機器番号,MAC,device_id\nA,3423ba1126b8,B\n"), NULL,
	  "1 行目「device_id」: 見出し「機器番号」", "mean the same column" },
	{ "a comma too many", STR(HEAD "A,3423ba1126b8,1階,北\n"), NULL, "2 行目: 見出しより多くの値",
	  "more values than headings" },
	{ "a quote never closed", STR(HEAD "A,3423ba1126b8,1階\n\"B,3423ba1126b9,2階\nC,3423ba1126c0,\n"), NULL,
	  "3 行目: この行で始まった引用符", "never closed" },
	{ "text behind a quote", STR(HEAD "\"A\"x,3423ba1126b8,1階\n"), NULL, "2 行目: 引用符", "not closed properly" },
	{ "of no charset", STR(HEAD "A,3423ba1126b8,\xff\xfe\xfd\n"), NULL, "混ざっています", "mixed" },
	{ "of no charset at all", STR("device_id,mac,location\nA,3423ba1126b8,\xff\x80\xfd\n"), NULL,
	  "2 行目: 文字コード", "line 2: the character encoding" },
	{ "two charsets", STR(HEAD "A,3423ba1126b8,1\x8a\x4b\n"), NULL, "2 行目: 1つのファイルに2種類",
	  "line 2: two character encodings" },
	{ "NUL", STR("device_id,mac,location\nA,3423ba1126b8,x\0y\n"), NULL, "2 行目「location」: 使えない文字",
	  "cannot be used" },
};

static void files(void **state)
{
	const struct row *row = *state;
	struct register_report report;
	char lines[4096] = "";
	int r;

	put("devices.csv", row->file);
	r = registers_read(register_find(STR("devices")), path_of("devices.csv"), remember, lines, &report);
	if (row->rows) {
		assert_string_equal(report.why.ja, "");
		assert_int_equal(r, 0);
		assert_string_equal(lines, row->rows);
		return;
	}
	assert_int_equal(r, -EBADMSG);
	assert_string_equal(lines, "");
	if (!strstr(report.why.ja, row->ja) || !strstr(report.why.en, row->en))
		fail_msg("%s / %s", report.why.ja, report.why.en);
	assert_int_equal(strlen(report.digest), 64);
}

/* Every file cut at every byte: a refusal or rows, never anything else. */
static void prefixes(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t n = 0; n < rows[i].file.n; n += 3) {
			struct register_report report;
			char lines[4096] = "";
			int r;

			put("devices.csv", str_first(rows[i].file, n));
			r = registers_read(register_find(STR("devices")), path_of("devices.csv"), remember, lines,
					   &report);
			assert_true(r == 0 || (r == -EBADMSG && report.why.ja[0] && report.why.en[0]));
			assert_true(str_utf8(str_of(report.why.ja)) && str_utf8(str_of(lines)));
		}
	}
}

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

/* The collector over the folder. */

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[2];
};

static void box_open(struct box *box)
{
	struct settings set = { "registers", collector_registers.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[0] = folder;
	box->state = calloc(1, collector_registers.state_size);
	assert_int_equal(collector_registers.open(box->state, &set, (struct str){ 0 }, &box->diag), 0);
}

static void box_close(struct box *box)
{
	collector_registers.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}

/* Collects until @set has been told more often than @before.  Each look comes when what is being written has settled. */
static void box_until(struct box *box, const char *set, size_t before)
{
	struct pollfd p = { .fd = collector_registers.fd(box->state), .events = POLLIN };
	size_t n = 0;

	/* A change is noticed at once. */
	if (before > 0)
		assert_int_equal(poll(&p, 1, 5000), 1);
	for (int looks = 0; looks < 10; looks++) {
		jump_by += SECONDS(1);
		box->diag.text[0] = '\0';
		collector_registers.collect(box->state, &box->spy.sink, &box->diag);
		n = 0;
		for (size_t i = 0; i < box->spy.n_ends; i++)
			n += !strcmp(box->spy.ends[i].set, set);
		if (n > before)
			return;
	}
	fail_msg("%s: told %zu times", set, n);
}

static void a_folder_lives(void **state)
{
	const char *set = "register:devices";
	struct box box;

	box_open(&box);
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_MISSING);
	assert_int_equal(box.spy.n_ends, n_registers);
	assert_int_equal(box.spy.begins, n_registers);

	put("~$devices.xlsx", STR("x"));
	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\n"));
	box_until(&box, set, 1);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);
	assert_int_equal(spy_set(&box.spy, set)->records, 1);
	assert_int_equal(strlen(spy_set(&box.spy, set)->digest), 64);
	assert_true(spy_set(&box.spy, set)->updated_at > 0);
	assert_true(str_eq(box.spy.records[0].rec.program, STR("@register:devices")));
	assert_true(str_eq(box.spy.records[0].rec.text, STR("device_id=A|mac=3423ba1126b8|location=1階|line=2")));

	put("devices.csv", STR(HEAD "A,x,1階\n"));
	box_until(&box, set, 2);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_int_equal(spy_set(&box.spy, set)->records, 0);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "2 行目「MACアドレス」"));
	assert_non_null(strstr(spy_set(&box.spy, set)->error_en, "line 2"));

	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\n"));
	put("Devices.CSV", STR(HEAD));
	box_until(&box, set, 3);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "2つあります"));

	unlink(path_of("Devices.CSV"));
	box_until(&box, set, 4);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);

	unlink(path_of("devices.csv"));
	box_until(&box, set, 5);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_MISSING);
	/* Nobody touched the others, so nothing more was said of them. */
	assert_int_equal(box.spy.n_ends, n_registers + 5);
	box_close(&box);
}

static void what_the_sink_does_not_take_is_told_again(void **state)
{
	const char *set = "register:devices";
	struct box box;

	put("devices.csv", STR(HEAD "A,34:23:ba:11:26:b8,1階\nB,34:23:ba:11:26:b9,1階\n"));
	box_open(&box);
	box.spy.fail_at = 1;
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_OK);
	assert_int_equal(spy_set(&box.spy, set)->records, 2);
	box_close(&box);
}

static void a_file_that_cannot_be_read(void **state)
{
	const char *set = "register:people";
	struct box box;

	assert_int_equal(mkdir(path_of("people.csv"), 0700), 0);
	box_open(&box);
	box_until(&box, set, 0);
	assert_int_equal(spy_set(&box.spy, set)->state, SET_REFUSED);
	assert_non_null(strstr(spy_set(&box.spy, set)->error_ja, "読み取れません"));
	box_close(&box);
	rmdir(path_of("people.csv"));
}

static void templates_are_read_as_registers(void **state)
{
	struct diag diag = { 0 };

	assert_int_equal(registers_templates(folder, &diag), 0);
	for (size_t i = 0; i < n_registers; i++) {
		struct register_report report;
		char name[64];

		snprintf(name, sizeof(name), "%s.csv.example", registers[i].kind);
		assert_int_equal(registers_read(&registers[i], path_of(name), NULL, NULL, &report), 0);
		assert_int_equal(report.rows, 1);
		assert_string_equal(report.unknown, "");
	}
}

/* Files as programs write them: a workbook of libxlsxwriter, a CSV in CP932 as a spreadsheet saves it. */
static void files_of_other_programs(void **state)
{
	static const struct {
		const char *file, *kind, *rows;
	} fixtures[] = {
		{ "people.xlsx", "people",
		  "person_id=1001|name=𠮷田 太郎|department=医事課 & 受付|joined_at=2020-04-01|line=2\n"
		  "person_id=E0002|name=0|joined_at=2020-04-01|line=3\n" },
		{ "devices.csv", "devices",
		  "device_id=PC-0001|mac=3423ba1126b8|location=２階 医事課①|eos_date=2030-03-31|line=2\n"
		  "device_id=PC-0002|mac=3423ba1126b9|location=表計算室, ㈱髙橋ビル|eos_date=2030-03-31|line=3\n" },
	};

	for (size_t i = 0; i < COUNT(fixtures); i++) {
		struct register_report report;
		char path[512], lines[4096] = "";

		snprintf(path, sizeof(path), "%s/tests/data/registers/%s", getenv("TENKEN_SOURCE"), fixtures[i].file);
		assert_int_equal(
			registers_read(register_find(str_of(fixtures[i].kind)), path, remember, lines, &report), 0);
		assert_string_equal(lines, fixtures[i].rows);
	}
}

static void a_hundred_thousand_rows(void **state)
{
	struct register_report report;
	FILE *file = fopen(path_of("devices.csv"), "we");

	fprintf(file, HEAD);
	for (unsigned i = 0; i < 100000; i++)
		fprintf(file, "PC-%06u,02:00:00:%02x:%02x:%02x,%u階 医事課\n", i, i >> 16, i >> 8 & 255, i & 255,
			i % 9);
	fclose(file);
	assert_int_equal(registers_read(register_find(STR("devices")), path_of("devices.csv"), NULL, NULL, &report), 0);
	assert_int_equal(report.rows, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(prefixes, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(no_zip_at_all, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(a_bomb, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(a_folder_lives, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(what_the_sink_does_not_take_is_told_again, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read, folder_open, folder_close),
		cmocka_unit_test_setup_teardown(templates_are_read_as_registers, folder_open, folder_close),
		cmocka_unit_test(files_of_other_programs),
		cmocka_unit_test_setup_teardown(a_hundred_thousand_rows, folder_open, folder_close),
	};
	int failed = folder_open(NULL);

	failed += RUN_TABLE(rows, files);
	failed += RUN_TABLE(books, workbooks);
	failed += folder_close(NULL);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
