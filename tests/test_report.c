/* The printed form: what an answer, a waiver and a measurement make of a row, and that no text of others becomes more than text. */
#include <errno.h>
#include <unistd.h>
#include <zip.h>

#include "core/when.h"
#include "daemon/reports/report.h"
#include "tests/table.h"

/* A snapshot of 2026-11-24 with one checklist; texts as hostile as people and logs can make them. */
static const char bundle_text[] =
	"{'format':'tenken-snapshot-1','number':2,'links':["
	"{'number':1,'taken_at_usec':1700000000000000,'taken_at':'2023','code':'1-AAAA','percent':'1','coverage':'1'},"
	"{'number':2,'taken_at_usec':1795536000000000,'taken_at':'2026-11-25T09:00:00+09:00','code':'2-ABCD-EFGH-IJKL-MNOP-QRST',"
	"'percent':'57.1900','coverage':'74.8300'}],'parts':{"
	"'site':'{~name~:~点検病院<script>~,~demo~:false}',"
	"'checklists/mhlw-hospital-r8':'{~id~:~mhlw-hospital-r8~,~title~:{~ja~:~題~,~en~:~t~},~edition~:~令和8年度~,~fiscal_year~:~2025~,~note~:{~ja~:~~,~en~:~~},~items~:["
	"{~id~:~0~,~text~:{~ja~:~零~,~en~:~0~},~text_state~:~verified~,~section~:{},~checks~:[]},"
	"{~id~:~1-1~,~text~:{~ja~:~一~,~en~:~1~},~text_state~:~partial~,~section~:{},~checks~:[~a~,~b~]},"
	"{~id~:~2-1~,~text~:{~ja~:~二~,~en~:~2~},~text_state~:~verified~,~section~:{},~checks~:[~c~]},"
	"{~id~:~2-2~,~text~:{~ja~:~三~,~en~:~3~},~text_state~:~slot~,~section~:{},~checks~:[]}]}',"
	"'checks/a':'{~title~:{~ja~:~検査ア~},~needs~:[~register:people~,~auth_success~]}','checks/b':'{~title~:{~ja~:~検査イ~}}','checks/c':'{~title~:{~ja~:~検査ウ~}}',"
	"'items/mhlw-hospital-r8':'[{~item~:~1-1~,~status~:~fail~,~was~:~pass~,~at~:1795000000000000},{~item~:~2-1~,~status~:~fail~,~at~:1795000000000000}]',"
	"'rows/a':'[{~status~:~warn~,~reason_ja~:~注意の理由~,~reason_en~:~w~},{~status~:~pass~,~reason_ja~:~よい~,~reason_en~:~p~}]',"
	"'rows/b':'[{~status~:~fail~,~reason_ja~:~=HYPERLINK(0)<img src=x>~,~reason_en~:~f~}]',"
	"'rows/c':'[{~status~:~fail~,~reason_ja~:~だめ~,~reason_en~:~f~}]',"
	"'waivers':'[{~check_id~:~c~,~resource_pattern~:~*~,~why~:~更新待ち~,~approver~:~院長~,~start~:~2026-11-01~,~until~:~2026-12-31~,~revoked_at~:null},"
	"{~check_id~:~c~,~resource_pattern~:~*~,~why~:~終わった~,~approver~:~院長~,~start~:~2025-11-01~,~until~:~2025-12-31~,~revoked_at~:null}]',"
	"'answers':'[{~pack~:~mhlw-hospital-r8~,~item~:~1-1~,~fiscal_year~:2026,~vendor_id~:~~,~system_id~:~~,~answer~:~no~,~answered_on~:~2026-10-01~,"
	"~target_on~:~2027-01-01~,~who~:~古い~,~revoked_at~:null},"
	"{~pack~:~mhlw-hospital-r8~,~item~:~1-1~,~fiscal_year~:2026,~vendor_id~:~~,~system_id~:~~,~answer~:~yes~,~answered_on~:~2026-11-01~,"
	"~target_on~:null,~who~:~=cmd~,~revoked_at~:null},"
	"{~pack~:~mhlw-hospital-r8~,~item~:~2-1~,~fiscal_year~:2026,~vendor_id~:~~,~system_id~:~~,~answer~:~no~,~answered_on~:~2026-10-01~,"
	"~target_on~:~2026-11-24~,~who~:~事務長~,~revoked_at~:null},"
	"{~pack~:~mhlw-hospital-r8~,~item~:~2-2~,~fiscal_year~:2026,~vendor_id~:~~,~system_id~:~~,~answer~:~yes~,~answered_on~:~2026-10-01~,"
	"~target_on~:null,~who~:~取り消した人~,~revoked_at~:1795000000000000},"
	"{~pack~:~mhlw-hospital-r8~,~item~:~2-2~,~fiscal_year~:2025,~vendor_id~:~~,~system_id~:~~,~answer~:~yes~,~answered_on~:~2025-10-01~,"
	"~target_on~:null,~who~:~去年~,~revoked_at~:null}]',"
	"'registers/regulations':'[{~data~:~{\\\\~item\\\\~:\\\\~1-1\\\\~,\\\\~clause\\\\~:\\\\~第5条\\\\~,\\\\~title\\\\~:\\\\~規程\\\\~,"
	"\\\\~person_id\\\\~:\\\\~E3\\\\~}~}]',"
	"'registers/people':'[{~data~:~{\\\\~person_id\\\\~:\\\\~E2\\\\~,\\\\~name\\\\~:\\\\~森田\\\\~}~},"
	"{~data~:~{\\\\~person_id\\\\~:\\\\~e3\\\\~,\\\\~name\\\\~:\\\\~山田 太郎\\\\~}~}]',"
	"'registers/vendors':'[{~data~:~{\\\\~vendor_id\\\\~:\\\\~V1\\\\~,\\\\~name\\\\~:\\\\~<商会>\\\\~}~}]',"
	"'registers/contracts':'[{~data~:~{\\\\~vendor_id\\\\~:\\\\~v1\\\\~,\\\\~system_id\\\\~:\\\\~emr\\\\~}~},"
	"{~data~:~{\\\\~vendor_id\\\\~:\\\\~V2\\\\~,\\\\~ends_at\\\\~:\\\\~2026-01-01\\\\~}~}]',"
	"'registers':'[{~kind~:~people~,~state~:~ok~,~rows~:5,~updated_at~:1795536000000000},"
	"{~kind~:~devices~,~state~:~ok~,~rows~:9,~updated_at~:1795536000000000}]',"
	"'source-types':'[{~source_id~:1,~type~:~auth_success~,~count~:4,~last_received~:1795536000000000},"
	"{~source_id~:1,~type~:~device_seen~,~count~:70,~last_received~:1795536000000000}]',"
	"'sources':'[{~id~:1,~host~:~<h>~,~collector~:~syslog~,~lines~:7,~events~:3,~last_received~:1795536000000000}]',"
	"'registers/contacts':'[{~data~:~{\\\\~kind\\\\~:\\\\~police\\\\~,\\\\~organisation\\\\~:\\\\~県警\\\\~,\\\\~phone\\\\~:\\\\~+81-3\\\\~}~}]'}}";

static json_t *bundle;
static struct report *report;

static int build(void **state)
{
	_free_ char *text = strdup(bundle_text);
	_free_ char *json = calloc(1, 2 * sizeof(bundle_text));
	struct diag diag = { "" };
	size_t n = 0;

	/* ' is a quote, ~ one inside a text, and one more level is written out above. */
	for (char *p = text; *p; p++) {
		if (*p == '\'')
			json[n++] = '"';
		else if (*p == '~' && p > text && p[-1] == '\\') {
			json[n++] = '\\';
			json[n++] = '"';
		} else if (*p == '~') {
			json[n++] = '\\';
			json[n++] = '"';
		} else
			json[n++] = *p;
	}
	when_zone("Asia/Tokyo");
	bundle = json_loads(json, 0, NULL);
	if (!bundle || report_build(bundle, &(struct report_wish){ .form = "hospital" }, &report, &diag) < 0) {
		print_error("%s\n", diag.text);
		return -1;
	}
	return 0;
}

static int drop(void **state)
{
	report_free(report);
	json_decref(bundle);
	return 0;
}

static void rows(void **state)
{
	const struct report_row *row = report->rows;
	const char *remark;
	char remarks[400];

	assert_int_equal(report->n_rows, 4);
	assert_int_equal(report->fiscal_year, 2026);
	assert_string_equal(report->code, "2-ABCD-EFGH-IJKL-MNOP-QRST");
	/* Row 0 is in no count; the newest answer counts; a measured fail contradicts a yes. */
	assert_string_equal(report_answer_ja(&row[1]), "はい");
	assert_true(row[1].contradiction);
	assert_string_equal(row[1].clauses, "規程 第5条（担当 山田 太郎 E3）");
	assert_string_equal(row[1].reasons_ja, "=HYPERLINK(0)<img src=x>\n注意の理由");
	assert_string_equal(
		row[1].evidence,
		"検査ア: 注意 1・適合 1\n検査イ: 不適合 1\n職員台帳: 5行（2026-11-25）\n記録 <h>（syslog）: 4件、最後 2026-11-25 01:00");
	report_text_ja(&row[1], &remark);
	assert_non_null(strstr(remark, "要旨"));
	/* A waiver stands beside it and makes no yes of a no; the one that ended is not there. */
	assert_string_equal(report_answer_ja(&row[2]), "いいえ");
	assert_string_equal(report_status_ja(&row[2]), "不適合");
	assert_non_null(strstr(row[2].waivers, "更新待ち"));
	assert_null(strstr(row[2].waivers, "終わった"));
	assert_true(row[2].overdue);
	/* What was taken back, and what was said of another year, is no answer; no text is invented. */
	assert_string_equal(report_answer_ja(&row[3]), "");
	assert_string_equal(report_text_ja(&row[3], &remark), "本文未収載");
	assert_int_equal(report->yes, 1);
	assert_int_equal(report->no, 1);
	assert_int_equal(report->blank, 1);
	assert_int_equal(report->contradictions, 1);
	assert_int_equal(report->overdue, 1);
	/* What changed since the snapshot before, the vendors' forms, where the records come from. */
	assert_int_equal(report->changed, 1);
	assert_string_equal(row[1].was, "pass");
	assert_int_equal(report->n_vendors, 1); /* the other contract is over */
	assert_string_equal(report->vendors[0].name, "<商会>");
	assert_int_equal(report->vendors[0].yes + report->vendors[0].no, 0);
	assert_int_equal(report->n_sources, 1);
	assert_int_equal(report->sources[0].lines, 7);
	assert_string_equal(report_remarks_ja(&row[1], remarks, sizeof(remarks)),
			    "要旨（公式の文言ではありません）\n測定では「不適合」（矛盾）");
	assert_string_equal(report_remarks_ja(&row[2], remarks, sizeof(remarks)), "目標日を過ぎています");
	assert_string_equal(report_banner_ja(report, remarks, sizeof(remarks)),
			    "令和7年度の様式です。令和8年度の様式の本文はまだ収載していません。");
	assert_int_equal(report->n_contacts, 1);
	assert_string_equal(report_contact_kind_ja(report->contacts[0].kind), "警察");
}

static char *written(int (*write)(const struct report *report, FILE *out))
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	assert_int_equal(write(report, out), 0);
	fclose(out);
	return text;
}

static void html(void **state)
{
	_free_ char *text = written(report_html);

	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	assert_null(strstr(text, "http:"));
	assert_non_null(strstr(text, "点検病院&lt;script&gt;"));
	assert_non_null(strstr(text, "本文未収載"));
	assert_non_null(strstr(text, "2-ABCD-EFGH-IJKL-MNOP-QRST"));
	assert_non_null(strstr(text, "<svg"));
	assert_non_null(strstr(text, "1-1（適合→不適合）"));
	assert_non_null(strstr(text, "&lt;商会&gt;"));
	assert_non_null(strstr(text, "（矛盾）"));
}

static void csv(void **state)
{
	_free_ char *text = written(report_csv);

	assert_int_equal(strncmp(text, "\xef\xbb\xbf", 3), 0);
	assert_null(strstr(text, "\"=")); /* nothing that a spreadsheet would run */
	assert_null(strstr(text, "\"+"));
	assert_non_null(strstr(text, "\"'=HYPERLINK(0)<img src=x>\n注意の理由\""));
	assert_non_null(strstr(text, "\"'=cmd\""));
}

/* All sheets in one text. */
static char *sheets(const char *path)
{
	struct zip *zip = zip_open(path, ZIP_RDONLY, NULL);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(zip);
	for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
		struct zip_file *file = zip_fopen_index(zip, (zip_uint64_t)i, 0);
		char buf[4096];
		zip_int64_t n;

		while ((n = zip_fread(file, buf, sizeof(buf))) > 0)
			fwrite(buf, 1, (size_t)n, out);
		zip_fclose(file);
	}
	zip_discard(zip);
	fclose(out);
	return text;
}

static void xlsx(void **state)
{
	char path[] = "/tmp/tenken-report-XXXXXX";
	int fd = mkstemp(path);
	_free_ char *text = NULL;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(report_xlsx(report, path), 0);
	text = sheets(path);
	unlink(path);
	assert_null(strstr(text, "<f>")); /* no formula anywhere */
	assert_null(strstr(text, "<hyperlink"));
	assert_non_null(strstr(text, "=HYPERLINK(0)&lt;img src=x&gt;"));
	assert_non_null(strstr(text, "（矛盾）")); /* beside the row that it is about */
	assert_non_null(strstr(text, "要旨"));
	assert_non_null(strstr(text, "本文未収載"));
	assert_non_null(strstr(text, "2-ABCD-EFGH-IJKL-MNOP-QRST"));
	assert_int_equal(report_xlsx(report, "/nowhere/at/all.xlsx"), -EIO);
}

/* The fields that NIST's model asks for, and two states for four answers. */
static void oscal(void **state)
{
	json_t *json = report_oscal(report), *results = json_object_get(json, "assessment-results");
	json_t *again = report_oscal(report), *result = json_array_get(json_object_get(results, "results"), 0), *row;
	static const char *const top[] = { "uuid", "metadata", "import-ap", "results" };
	static const char *const own[] = { "uuid",         "title",    "description", "start", "reviewed-controls",
					   "observations", "findings", "risks" };
	size_t i;

	assert_non_null(json);
	assert_true(json_equal(json, again)); /* the same facts, the same ids */
	for (i = 0; i < COUNT(top); i++)
		assert_non_null(json_object_get(results, top[i]));
	for (i = 0; i < COUNT(own); i++)
		assert_non_null(json_object_get(result, own[i]));
	json_array_foreach(json_object_get(result, "observations"), i, row)
	{
		assert_int_equal(strlen(json_string_value(json_object_get(row, "uuid"))), 36);
		assert_string_equal(json_string_value(json_array_get(json_object_get(row, "methods"), 0)), "TEST");
		assert_true(json_string_length(json_object_get(row, "description")) > 0);
	}
	assert_int_equal(i, 4);
	assert_int_equal(json_array_size(json_object_get(result, "findings")), 2); /* neither row 0 nor a slot */
	row = json_array_get(json_object_get(result, "risks"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "deadline")), "2026-11-24T23:59:59+09:00");
	row = json_array_get(json_object_get(result, "risks"), 1);
	assert_string_equal(json_string_value(json_object_get(row, "status")), "deviation-approved");
	json_decref(json);
	json_decref(again);
}

static const struct wish_case {
	const char *name, *form, *year;
	int r;
} wish_cases[] = {
	{ "that year", "hospital", "R8", 0 },          { "that year in full", "hospital", "2026", 0 },
	{ "another year", "hospital", "R7", -ENOENT }, { "another form", "pharmacy", NULL, -ENOENT },
	{ "no form", "dentist", NULL, -EINVAL },       { "a form of no vendor", "vendor", NULL, -EINVAL },
	{ "no year", "hospital", "next", -EINVAL },
};

static void wishes(void **state)
{
	for (size_t i = 0; i < COUNT(wish_cases); i++) {
		struct report_wish wish = { .form = wish_cases[i].form, .year = wish_cases[i].year };
		_cleanup_(report_freep) struct report *own = NULL;
		struct diag diag = { "" };
		int r = report_build(bundle, &wish, &own, &diag);

		if (r != wish_cases[i].r || (r < 0 && (!diag.text[0] || !diag.ja[0])))
			fail_msg("%s: %d %s", wish_cases[i].name, r, diag.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows), cmocka_unit_test(html),  cmocka_unit_test(csv),
		cmocka_unit_test(xlsx), cmocka_unit_test(oscal), cmocka_unit_test(wishes),
	};

	return cmocka_run_group_tests(tests, build, drop);
}
