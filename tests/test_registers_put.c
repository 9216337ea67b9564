/* Registers over HTTP: what is taken, what is refused and how, and that the folder holds the old file or the new one. */
#include <dirent.h>
#include <fcntl.h>

#include "tests/live.h"
#include "tests/table.h"

extern const struct collector collector_registers;

static char folder[128];
static const char *values[8];
static struct config_collector collector = { .collector = &collector_registers, .enabled = true };

static void rules_put(void)
{
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n", BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	snprintf(folder, sizeof(folder), "%s/registers", live.site.place.dir.path);
	assert_int_equal(mkdir(folder, 0755), 0);
	values[0] = folder;
	collector.settings = (struct settings){ .section = "registers",
						.defs = collector_registers.settings,
						.values = values };
	live.site.config.collectors = &collector;
	live.site.config.n_collectors = 1;
}

static const char *path_of(const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Removes all of the folder; how many files of it end so. */
static int folder_count(const char *ending, bool clear)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		n += str_ends(str_of(entry->d_name), str_of(ending));
		if (clear)
			unlink(path_of(entry->d_name));
	}
	closedir(dir);
	return n;
}

static void file_put(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static bool file_has(const char *name, const char *text)
{
	char buf[8192] = "";
	FILE *f = fopen(path_of(name), "re");
	size_t n = f ? fread(buf, 1, sizeof(buf) - 1, f) : 0;

	if (f)
		fclose(f);
	buf[n] = '\0';
	return strstr(buf, text) != NULL;
}

static int send_csv(const char *path, const char *body, char **ret)
{
	char headers[256];

	snprintf(headers, sizeof(headers), "Content-Type: text/csv; charset=utf-8\r\nContent-Length: %zu\r\n",
		 strlen(body));
	return send_to(true, "PUT", path, headers, body, ret);
}

#define VENDORS "/api/v1/registers/vendors"
#define HEADS "事業者番号,業者名\n"

static const struct row {
	const char *name, *method, *path, *body;
	bool csv;
	int status, line;
} rows[] = {
	{ "no such kind", "PUT", "/api/v1/registers/passwd", HEADS "v1,A\n", true, 404 },
	{ "a way out of the folder", "PUT", "/api/v1/registers/..%2fvendors", HEADS "v1,A\n", true, 404 },
	{ "nothing", "PUT", VENDORS, "", true, 422 },
	{ "no headings of ours", "PUT", VENDORS, "a,b,c\n1,2,3\n", true, 422, 1 },
	{ "an empty key", "PUT", VENDORS, HEADS "v1,A\n,B\n", true, 422, 3 },
	{ "one key, two names", "PUT", VENDORS, HEADS "v1,A\nv1,B\n", true, 422, 3 },
	{ "a quote that never ends", "PUT", VENDORS, HEADS "v1,\"A\n", true, 422, 2 },
	{ "more cells than headings", "PUT", VENDORS, HEADS "v1,A,x\n", true, 422, 2 },
	{ "bytes of no charset", "PUT", VENDORS, HEADS "v1,\xff\xff\n", true, 422, 2 },
	{ "half a flag", "PUT", VENDORS "?dry_run=yes", HEADS "v1,A\n", true, 400 },
	{ "rows that are none", "PUT", VENDORS, "{\"rows\":[1]}", false, 422 },
	{ "no rows", "PUT", VENDORS, "{}", false, 400 },
	{ "a list in a cell", "PUT", VENDORS, "{\"rows\":[{\"vendor_id\":[\"v1\"]}]}", false, 422 },
	{ "a formula", "PUT", VENDORS, "{\"rows\":[{\"vendor_id\":\"v1\",\"name\":\"=cmd|'/c calc'!A0\"}]}", false,
	  422 },
	{ "a column twice", "PUT", VENDORS, "{\"rows\":[{\"vendor_id\":\"v1\",\"事業者番号\":\"v2\"}]}", false, 422 },
	{ "a row without a key", "POST", VENDORS "/rows", "{\"row\":{\"name\":\"A\"}}", false, 422 },
	{ "a column that is not there", "POST", VENDORS "/rows", "{\"row\":{\"vendor_id\":\"v1\",\"shoe\":\"9\"}}",
	  false, 422 },
	{ "a row of nothing", "POST", VENDORS "/rows", "{\"row\":{}}", false, 422 },
	{ "a row by PUT", "PUT", VENDORS "/rows", "{\"row\":{}}", false, 405 },
	{ "a row with no number", "POST", VENDORS "/rows?id=x", "{\"row\":{\"vendor_id\":\"v1\",\"name\":\"A\"}}",
	  false, 400 },
	{ "a row that is no more", "POST", VENDORS "/rows?id=77", "{\"row\":{\"vendor_id\":\"v1\",\"name\":\"A\"}}",
	  false, 409 },
	{ "to remove none", "DELETE", VENDORS "/rows", "{}", false, 400 },
	{ "to remove what is no more", "DELETE", VENDORS "/rows?id=77", "{}", false, 409 },
	{ "below a row", "POST", VENDORS "/x/rows", "{\"row\":{}}", false, 405 },
};

static void refused(void **state)
{
	const struct row *row = *state;
	_free_ char *body = NULL;
	json_t *json, *error;
	int status = row->csv ? send_csv(row->path, row->body, &body)
			      : put(true, row->method, row->path, "", row->body, &body);

	if (status != row->status)
		fail_msg("%d instead of %d: %s", status, row->status, body);
	json = json_loads(body, 0, NULL);
	has(json_object_get(json, "text"), "ja en");
	error = json_array_get(json_object_get(json, "errors"), 0);
	if (row->line > 0)
		assert_int_equal(json_integer_value(json_object_get(error, "line")), row->line);
	json_decref(json);
	assert_int_equal(folder_count("", true), 0);
}

static int64_t number_of(const char *body, const char *key)
{
	json_t *json = json_loads(body, 0, NULL);
	int64_t n = json_integer_value(json_object_get(json, key));

	json_decref(json);
	return n;
}

static void only_csv_is_taken_there(void **state)
{
	_free_ char *body = NULL, *other = NULL;

	assert_int_equal(send_to(true, "PUT", VENDORS, "Content-Type: text/plain\r\nContent-Length: 1\r\n", "x", &body),
			 415);
	assert_int_equal(send_to(true, "POST", "/api/v1/answers", "Content-Type: text/csv\r\nContent-Length: 1\r\n",
				 "x", &other),
			 415);
}

static void a_preview_changes_nothing(void **state)
{
	int64_t trail = sql_int(live.site.reader, "SELECT count(*) FROM audit");
	_free_ char *body = NULL;

	assert_int_equal(send_csv(VENDORS "?dry_run=1", HEADS "v1,甲社\nv2,乙社\n", &body), 200);
	assert_int_equal(number_of(body, "added"), 2);
	assert_non_null(strstr(body, "甲社"));
	assert_int_equal(folder_count("", false), 0);
	assert_int_equal(sql_int(live.site.reader, "SELECT count(*) FROM audit"), trail);
}

static void a_file_is_replaced_and_the_old_one_kept(void **state)
{
	_free_ char *first = NULL, *second = NULL, *json = NULL;

	assert_int_equal(send_csv(VENDORS, HEADS "v1,甲社\n", &first), 200);
	assert_true(file_has("vendors.csv", "甲社"));
	assert_int_equal(send_csv(VENDORS, HEADS "v2,乙社\n", &second), 200);
	assert_false(file_has("vendors.csv", "甲社"));
	assert_int_equal(folder_count(".bak", false), 1);
	assert_int_equal(
		put(true, "PUT", VENDORS, "", "{\"rows\":[{\"vendor_id\":\"v3\",\"name\":\"丙,\\\"社\"}]}", &json),
		200);
	assert_true(file_has("vendors.csv", "v3,\"丙,\"\"社\""));
	assert_int_equal(folder_count("", false), 3);
	assert_int_equal(sql_int(live.site.reader, "SELECT count(*) FROM audit WHERE what = 'PUT " VENDORS "' AND"
						   " length(json_extract(after, '$.digest')) = 64"),
			 3);
	folder_count("", true);
}

/* A link could lead anywhere: what it leads to is neither read nor written, and the link stays. */
static void a_link_is_refused(void **state)
{
	_free_ char *body = NULL, *row = NULL;
	char target[200], link[400];
	struct stat st;

	snprintf(target, sizeof(target), "%s/secret", live.site.place.dir.path);
	snprintf(link, sizeof(link), "%s/vendors.csv", folder);
	close(creat(target, 0600));
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(send_csv(VENDORS, HEADS "v1,A\n", &body), 409);
	assert_int_equal(
		put(true, "POST", VENDORS "/rows", "", "{\"row\":{\"vendor_id\":\"v1\",\"name\":\"A\"}}", &row), 409);
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(target);
	folder_count("", true);
}

static void losing_half_wants_a_word(void **state)
{
	_free_ char *body = NULL, *dry = NULL, *confirmed = NULL;

	place_sql(&live.site.place,
		  "INSERT INTO register_row (kind, key, line, data, since)"
		  " VALUES ('vendors', 'a', 2, '{}', 1), ('vendors', 'b', 3, '{}', 1), ('vendors', 'c', 4, '{}', 1)");
	assert_int_equal(send_csv(VENDORS, HEADS "v1,A\n", &body), 409);
	assert_int_equal(folder_count("", false), 0);
	assert_int_equal(send_csv(VENDORS "?dry_run=1", HEADS "v1,A\n", &dry), 200);
	assert_int_equal(number_of(dry, "removed"), 3);
	assert_int_equal(send_csv(VENDORS "?confirm=1", HEADS "v1,A\n", &confirmed), 200);
	assert_int_equal(sql_int(live.site.reader, "SELECT length(value) FROM meta WHERE name = 'confirm:vendors'"),
			 64);
	place_sql(&live.site.place, "DELETE FROM register_row WHERE kind = 'vendors'");
	folder_count("", true);
}

/* The rest of the file stays: title, columns of its own, order. */
static void a_row_is_added_and_changed(void **state)
{
	_free_ char *first = NULL, *second = NULL, *third = NULL;

	file_put("vendors.csv", "当院の業者\n事業者番号,備考欄,業者名\nv1,古い,甲社\nv2,\"a,b\",乙社\n");
	assert_int_equal(
		put(true, "POST", VENDORS "/rows", "", "{\"row\":{\"vendor_id\":\"V1\",\"name\":\"新甲社\"}}", &first),
		201);
	assert_true(file_has("vendors.csv",
			     "当院の業者\r\n事業者番号,備考欄,業者名\r\nV1,古い,新甲社\r\nv2,\"a,b\",乙社\r\n"));
	assert_int_equal(
		put(true, "POST", VENDORS "/rows", "", "{\"row\":{\"vendor_id\":\"v3\",\"name\":\"丙社\"}}", &second),
		201);
	assert_true(file_has("vendors.csv", "乙社\r\nv3,,丙社\r\n"));
	folder_count("", true);
	assert_int_equal(
		put(true, "POST", VENDORS "/rows", "", "{\"row\":{\"vendor_id\":\"v3\",\"name\":\"丙社\"}}", &third),
		201);
	assert_true(file_has("vendors.csv", "丙社"));
	folder_count("", true);
}

#define ROW(id, name) "{\"row\":{\"vendor_id\":\"" id "\",\"name\":\"" name "\"}}"

/* Sends @body as @method with If-Match; the status. */
static int match(const char *method, const char *path, const char *tag, const char *type, const char *body)
{
	_free_ char *answer = NULL;
	char headers[512];

	snprintf(headers, sizeof(headers), "Content-Type: %s\r\nContent-Length: %zu\r\nIf-Match: %s\r\n", type,
		 strlen(body), tag);
	return send_to(true, method, path, headers, body, &answer);
}

/* Whoever says what he has seen overwrites nothing that came since. */
static void what_changed_meanwhile_is_not_overwritten(void **state)
{
	_free_ char *put_answer = NULL;
	char tag[80], old[64];
	json_t *json = get(VENDORS);

	assert_string_equal(text_of(json, "version"), "none");
	json_decref(json);
	assert_int_equal(match("PUT", VENDORS, "*", "text/csv", HEADS "v1,A\n"), 412);
	assert_int_equal(match("PUT", VENDORS, "\"0123456789abcdef.1\"", "text/csv", HEADS "v1,A\n"), 412);
	assert_int_equal(folder_count("", false), 0);
	assert_int_equal(match("PUT", VENDORS, "\"none.0123-g\"", "text/csv", HEADS "v1,A\n"), 200);

	assert_int_equal(send_csv(VENDORS "?dry_run=1", HEADS "v1,A\n", &put_answer), 200);
	json = json_loads(put_answer, 0, NULL);
	snprintf(tag, sizeof(tag), "\"%s.whatever-g\"", text_of(json, "version"));
	str_copy(old, sizeof(old), str_of(tag));
	json_decref(json);
	assert_int_equal(match("PUT", VENDORS, "\"none\"", "text/csv", HEADS "v1,B\n"), 412);
	assert_int_equal(match("PUT", VENDORS "?dry_run=1", "\"none\"", "text/csv", HEADS "v1,B\n"), 412);
	assert_true(file_has("vendors.csv", "v1,A"));
	assert_int_equal(match("POST", VENDORS "/rows", tag, "application/json", ROW("v2", "C")), 201);
	assert_int_equal(match("POST", VENDORS "/rows", old, "application/json", ROW("v3", "D")), 412);
	assert_int_equal(match("PUT", VENDORS, old, "text/csv", HEADS "v1,B\n"), 412);
	assert_true(file_has("vendors.csv", "v2,C"));
	/* Weak tags are no match for a write. */
	snprintf(tag, sizeof(tag), "W/%s", old);
	assert_int_equal(match("PUT", VENDORS, tag, "text/csv", HEADS "v1,B\n"), 412);
	assert_int_equal(match("PUT", VENDORS, "\"other\", *", "text/csv", HEADS "v1,B\n"), 200);
	assert_true(file_has("vendors.csv", "v1,B"));
	folder_count("", true);
}

/* By the number that the lists have for it: also when its key changes, and never when it is another by now. */
static void a_row_is_named(void **state)
{
	_free_ char *renamed = NULL, *taken = NULL, *removed = NULL, *last = NULL, *sure = NULL;

	file_put("vendors.csv", "事業者番号,業者名,備考欄\nv1,甲社,あ\nv2,乙社,い\n");
	place_sql(&live.site.place, "INSERT INTO register_row (id, kind, key, line, data, since) VALUES"
				    " (71, 'vendors', 'v1', 2, '{}', 1), (72, 'vendors', 'v2', 3, '{}', 1)");
	assert_int_equal(put(true, "POST", VENDORS "/rows?id=71", "", ROW("v2", "甲社"), &taken), 422);
	assert_int_equal(put(true, "POST", VENDORS "/rows?id=71", "", ROW("v9", "新甲社"), &renamed), 201);
	assert_true(file_has("vendors.csv", "備考欄\r\nv9,新甲社,あ\r\nv2,乙社,い\r\n"));
	/* The file has it no more under that key: the lists are behind. */
	assert_int_equal(put(true, "DELETE", VENDORS "/rows?id=71", "", "{}", &last), 409);
	assert_int_equal(put(true, "DELETE", VENDORS "/rows?id=72", "", "{}", &removed), 200);
	assert_true(file_has("vendors.csv", "備考欄\r\nv9,新甲社,あ\r\n"));
	assert_false(file_has("vendors.csv", "v2"));
	assert_int_equal(folder_count(".bak", false), 2);
	place_sql(&live.site.place, "UPDATE register_row SET key = 'v9' WHERE id = 71");
	place_sql(&live.site.place, "DELETE FROM register_row WHERE id = 72");
	assert_int_equal(put(true, "DELETE", VENDORS "/rows?id=71&confirm=1", "", "{}", &sure), 200);
	assert_false(file_has("vendors.csv", "v9"));
	place_sql(&live.site.place, "DELETE FROM register_row WHERE kind = 'vendors'");
	folder_count("", true);
}

static void a_workbook_is_left_alone_until_it_may_go(void **state)
{
	_free_ char *refused = NULL, *broken = NULL;

	file_put("vendors.xlsx", "PK no workbook");
	assert_int_equal(put(true, "POST", VENDORS "/rows", "", ROW("v1", "A"), &refused), 409);
	assert_non_null(strstr(refused, "convert"));
	assert_int_equal(put(true, "POST", VENDORS "/rows?convert=1", "", ROW("v1", "A"), &broken), 409);
	assert_int_equal(folder_count("", false), 1);
	folder_count("", true);
}

static void what_is_called_a_workbook_is_read_as_one(void **state)
{
	_free_ char *body = NULL;

	assert_int_equal(send_to(true, "PUT", VENDORS,
				 "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\r\n"
				 "Content-Length: 4\r\n",
				 "v1,A", &body),
			 422);
	assert_non_null(strstr(body, "Excel"));
	assert_int_equal(folder_count("", false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_csv_is_taken_there),
		cmocka_unit_test(a_preview_changes_nothing),
		cmocka_unit_test(a_file_is_replaced_and_the_old_one_kept),
		cmocka_unit_test(a_link_is_refused),
		cmocka_unit_test(losing_half_wants_a_word),
		cmocka_unit_test(what_changed_meanwhile_is_not_overwritten),
		cmocka_unit_test(a_row_is_added_and_changed),
		cmocka_unit_test(a_row_is_named),
		cmocka_unit_test(a_workbook_is_left_alone_until_it_may_go),
		cmocka_unit_test(what_is_called_a_workbook_is_read_as_one),
	};
	int failed;

	live_open(rules_put, data_put);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(rows, refused);
	rmdir(folder);
	live_close();
	return failed;
}
