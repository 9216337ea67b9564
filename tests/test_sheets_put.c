/* The vendors' sheets over HTTP: which there are, one as a file, and one taken back: who may, looked at first, done once. */
#include "tests/live.h"
#include "tests/table.h"

#define FORM                                                                                                                 \
	"id: mhlw-vendor-r8\nedition: \"2026\"\nfiscal_year: 2026\nanswered_by: vendor\ntitle.ja: 事業者確認用\n"      \
	"title.en: vendors\nitems:\n  - {id: \"2-5\", text.ja: 一, text.en: one, text_state: verified}\n  - {id: \"2-6\", " \
	"text.ja: 二, text.en: two, text_state: verified}\n"
#define IMPORT "/api/v1/answers/import"
#define CSV "Content-Type: text/csv\r\n"
#define HEAD \
	"事業者番号,V1\nシステムID,emr\n様式,mhlw-vendor-r8\n年度（西暦）,2026\n記入者,電子\n項目,回答,確認日,目標日\n"
#define GOOD HEAD "2-5,はい,2026-08-01,\n"

static void rules_put(void)
{
	site_file(&live.site, "checklists", "mhlw-vendor-r8.yaml", FORM);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes", BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	site_people(&live.site);
	place_sql(
		&live.site.place,
		"INSERT INTO reg_vendors (key, line, vendor_id, vendor_id_key, name) VALUES ('v1', 2, 'V1', 'v1', '=V');"
		"INSERT INTO reg_systems (key, line, system_id, system_id_key, name) VALUES ('emr', 2, 'emr', 'emr', 'E');"
		"INSERT INTO reg_contracts (key, line, contract_id, vendor_id, vendor_id_key, system_id, system_id_key, ends_at)"
		" VALUES ('c1', 2, 'C1', 'V1', 'v1', 'emr', 'emr', ''), ('c2', 3, 'C2', 'V1', 'v1', 'old', 'old', '2020-01-01')");
}

/* POST of @body with @headers, its type among them. */
static int post(bool local, const char *path, const char *headers, const char *body, char **ret_body)
{
	char all[512];

	snprintf(all, sizeof(all), "%sContent-Length: %zu\r\n", headers, strlen(body));
	return send_to(local, "POST", path, all, body, ret_body);
}

static int64_t answers(void)
{
	return sql_int(live.site.reader, "SELECT count(*) FROM answer");
}

static const struct row {
	const char *name, *path, *headers, *body;
	bool tcp;
	int status;
	const char *says; /* in the answer */
} rows[] = {
	{ "from the page, without a token", IMPORT, CSV, GOOD, .tcp = true, .status = 403 },
	{ "as JSON", IMPORT, "Content-Type: application/json\r\n", "{}", .status = 422,
	  .says = "回答票ではありません" },
	{ "a workbook that is none", IMPORT,
	  "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n", "PK", .status = 422,
	  .says = "\"field\":\"file\"" },
	{ "another kind of file", IMPORT, "Content-Type: application/pdf\r\n", "%PDF", .status = 415 },
	{ "nothing", IMPORT, CSV, " ", .status = 422 },
	{ "a flag that is none", IMPORT "?dry_run=2", CSV, GOOD, .status = 400, .says = "dry_run" },
	{ "the sheet of another", IMPORT "?vendor_id=V2", CSV, GOOD, .status = 422, .says = "事業者番号" },
	{ "a mistake, with its place", IMPORT, CSV, HEAD "2-5,はい,2026-08-01,\n2-6,いいえ,2026-08-01,\n",
	  .status = 422, .says = "\"line\":8,\"column\":\"目標日\"" },
	{ "a look", IMPORT "?dry_run=1", CSV, GOOD, .status = 200, .says = "\"change\":\"new\"" },
};

static void refused(void **state)
{
	const struct row *row = *state;
	_free_ char *body = NULL;

	assert_int_equal(post(!row->tcp, row->path, row->headers, row->body, &body), row->status);
	if (row->says && !strstr(body, row->says))
		fail_msg("%s", body);
	assert_int_equal(answers(), 0);
	assert_int_equal(sql_int(live.site.reader, "SELECT count(*) FROM audit WHERE what LIKE 'POST %import%'"), 0);
}

static void listed(void **state)
{
	json_t *list = get("/api/v1/vendor-sheets"), *items = json_object_get(list, "items");
	_free_ char *none = NULL;

	assert_int_equal(json_array_size(items), 1); /* the other contract is over */
	assert_string_equal(text_of(json_array_get(items, 0), "vendor"), "=V");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(items, 0), "total")), 2);
	json_decref(list);
	assert_int_equal(ask(true, "/api/v1/vendor-sheets/file?vendor_id=V1&system_id=old", &none), 404);
	assert_non_null(strstr(none, "有効な契約"));
	assert_non_null(strstr(none, "no contract in force"));
}

static void filed(void **state)
{
	static char buf[65536];
	int fd = unix_connect();
	const char request[] = "GET /api/v1/vendor-sheets/file?vendor_id=V1&system_id=emr&format=csv HTTP/1.1\r\n"
			       "Host: localhost\r\nConnection: close\r\n\r\n";

	say(fd, request, strlen(request));
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	close(fd);
	assert_int_equal(strncmp(buf, "HTTP/1.1 200 ", 13), 0);
	assert_non_null(strstr(buf, "filename=\"vendor-V1-emr-2026.csv\""));
	assert_non_null(strstr(buf, "\"事業者\",\"'=V\""));
	assert_non_null(strstr(buf, "\"項目2-5\""));
}

/* Sent twice under one key it is done once; under the same key something else is not taken. */
static void once(void **state)
{
	_free_ char *first = NULL, *again = NULL, *other = NULL, *later = NULL;
	const char *headers = CSV "Idempotency-Key: k1\r\n";

	assert_int_equal(post(true, IMPORT, headers, GOOD, &first), 201);
	assert_int_equal(post(true, IMPORT, headers, GOOD, &again), 201);
	assert_string_equal(first, again);
	assert_int_equal(post(true, IMPORT, headers, HEAD "2-6,はい,2026-08-01,\n", &other), 422);
	assert_int_equal(answers(), 1);
	/* And without a key it says what stands already. */
	assert_int_equal(post(true, IMPORT, CSV, GOOD, &later), 201);
	assert_non_null(strstr(later, "\"same\":1"));
	assert_int_equal(answers(), 1);
	assert_int_equal(sql_int(live.site.reader, "SELECT count(*) FROM audit WHERE what LIKE 'POST %import%'"), 2);
}

static int open_live(void **state)
{
	live_open(rules_put, data_put);
	return 0;
}

static int close_live(void **state)
{
	live_close();
	return 0;
}

int main(void)
{
	struct CMUnitTest table[COUNT(rows) + 3];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		table[n++] = (struct CMUnitTest){ rows[i].name, refused, NULL, NULL, (void *)&rows[i] };
	table[n++] = (struct CMUnitTest)cmocka_unit_test(listed);
	table[n++] = (struct CMUnitTest)cmocka_unit_test(filed);
	table[n] = (struct CMUnitTest)cmocka_unit_test(once);
	return cmocka_run_group_tests(table, open_live, close_live);
}
