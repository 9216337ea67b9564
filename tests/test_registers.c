/* A register as a file of text: charsets, separators, headings, cells, and what a refusal says. */
#include <errno.h>

#include "tests/register_folder.h"

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
		IN_FOLDER(prefixes),
		IN_FOLDER(templates_are_read_as_registers),
		cmocka_unit_test(files_of_other_programs),
		IN_FOLDER(a_hundred_thousand_rows),
	};
	int failed = folder_open(NULL);

	failed += RUN_TABLE(rows, files);
	failed += folder_close(NULL);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
