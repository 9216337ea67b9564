/* A snapshot handed over by the endpoint: every format with its type and its name, and what is refused. */
#include "daemon/snapshots/picture.h"
#include "daemon/snapshots/snapshots.h"
#include "tests/live.h"
#include "tests/table.h"

#define LIST                                                                                                  \
	"id: mhlw-hospital-r8\nedition: \"2026\"\nfiscal_year: 2026\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"1\", text.ja: \"=一<b>\", text.en: one, text_state: verified, checks: [uses]}\n"

static void rules_put(void)
{
	site_file(&live.site, "checklists", "mhlw-hospital-r8.yaml", LIST);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes", BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	site_people(&live.site);
	site_account(&live.site, "ada", 5);
}

static void snapshots_begin(void)
{
	struct daemon *daemon = &live.daemon;
	struct config *config = &live.site.config;
	struct diag diag = { "" };

	config->state_dir = live.site.place.dir.path;
	config->guideline = (char *)"6.0";
	config->timezone = (char *)"Asia/Tokyo";
	config->daily = config->weekly = config->monthly = (char *)"";
	assert_int_equal(snapshots_start(config, daemon->judge, daemon->store, daemon->worker, daemon->loop,
					 &daemon->snapshots, &diag),
			 0);
}

static void snapshots_end(void)
{
	snapshots_stop(live.daemon.snapshots);
	live.daemon.snapshots = NULL;
}

/* A picture that says it is larger than what is read into memory. */
static void large_put(void)
{
	static const char manifest[] = "[{\"name\":\"a\",\"sha256\":\"00\",\"bytes\":40000000},"
				       "{\"name\":\"b\",\"sha256\":\"00\",\"bytes\":40000000}]";
	_free_ unsigned char *packed = NULL;
	sqlite3_stmt *stmt = NULL;
	size_t n;

	assert_int_equal(picture_pack(manifest, strlen(manifest), &packed, &n), 0);
	assert_int_equal(
		sqlite3_prepare_v2(
			store_sqlite(live.daemon.store),
			"INSERT INTO snapshot (number, taken_at, reason, who, site, previous, manifest, manifest_sha256, head,"
			" key_id, signature, percent, coverage_percent, bytes, new_bytes) SELECT 3, taken_at, reason, who, site,"
			" previous, ?1, manifest_sha256, head, key_id, signature, 0, 0, 0, 0 FROM snapshot WHERE number = 1",
			-1, &stmt, NULL),
		SQLITE_OK);
	sqlite3_bind_blob(stmt, 1, packed, (int)n, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
}

static void large_drop(void)
{
	assert_int_equal(sqlite3_exec(store_sqlite(live.daemon.store), "DELETE FROM snapshot WHERE number = 3", NULL,
				      NULL, NULL),
			 SQLITE_OK);
}

static int open_live(void **state)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	_free_ char *body = NULL;
	size_t n = 0;

	live_open(rules_put, data_put);
	in_loop(snapshots_begin);
	assert_int_equal(put(true, "POST", "/api/v1/snapshots", "", "{}", &body), 201);
	while (n == 0 && clock_monotonic() < end) {
		json_t *list = get("/api/v1/snapshots");

		n = json_array_size(json_object_get(list, "items"));
		json_decref(list);
	}
	assert_int_equal(n, 1);
	in_loop(large_put);
	return 0;
}

static int close_live(void **state)
{
	char path[160];

	in_loop(snapshots_end);
	snprintf(path, sizeof(path), "%s/snapshot.key", live.site.place.dir.path);
	unlink(path);
	live_close();
	return 0;
}

static const struct export_case {
	const char *name, *query, *type, *file, *begins;
} export_cases[] = {
	{ "our own", "", "application/json", "tenken-1.json", "{" },
	{ "our own by its name", "?format=json", "application/json", "tenken-1.json", "{" },
	{ "OSCAL", "?format=oscal", "application/json", "tenken-1-hospital.oscal.json", "{" },
	{ "a table", "?format=csv&form=hospital&year=R8", "text/csv; charset=utf-8", "tenken-1-hospital.csv",
	  "\xef\xbb\xbf" },
	{ "a workbook", "?format=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	  "tenken-1-hospital.xlsx", "PK\x03\x04" },
	{ "a page", "?format=html", "text/html; charset=utf-8", "tenken-1-hospital.html", "<!doctype html>" },
};

static void exports(void **state)
{
	const struct export_case *row = *state;
	static char buf[1 << 20];
	char request[256], type[160], file[160];
	const char *body;
	int fd = unix_connect();

	snprintf(request, sizeof(request),
		 "GET /api/v1/snapshots/1/export%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		 row->query);
	say(fd, request, strlen(request));
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	close(fd);
	snprintf(type, sizeof(type), "\r\nContent-Type: %s\r\n", row->type);
	snprintf(file, sizeof(file), "\r\nContent-Disposition: attachment; filename=\"%s\"\r\n", row->file);
	assert_int_equal(strncmp(buf, "HTTP/1.1 200 ", 13), 0);
	assert_non_null(strstr(buf, type));
	assert_non_null(strstr(buf, file));
	body = strstr(buf, "\r\n\r\n");
	assert_non_null(body);
	assert_int_equal(strncmp(body + 4, row->begins, strlen(row->begins)), 0);
	assert_null(strstr(row->type, "text/html") ? strstr(body, "一<b>") : NULL);
	assert_null(strstr(row->type, "text/csv") ? strstr(body, "\"=一") : NULL); /* no formula */
}

static void verifies(void **state)
{
	json_t *json, *answer;
	char path[160];

	in_loop(large_drop);
	json = get("/api/v1/snapshots");
	snprintf(path, sizeof(path), "/api/v1/snapshots/verify?head=%s",
		 text_of(find(json_object_get(json, "items"), "reason", "asked"), "code"));
	answer = get(path);
	assert_string_equal(json_string_value(json_object_get(json_object_get(answer, "why"), "en")), "");
	assert_true(json_is_true(json_object_get(answer, "ok")));
	assert_int_equal(json_integer_value(json_object_get(answer, "links")), 1);
	assert_int_equal(json_integer_value(json_object_get(answer, "heads_met")), 1);
	json_decref(answer);
	answer = get("/api/v1/snapshots/verify?head=7-AAAA-AAAA-AAAA-AAAA-AAAA");
	assert_true(json_is_false(json_object_get(answer, "ok")));
	assert_int_equal(json_integer_value(json_object_get(answer, "bad")), 7);
	json_decref(answer);
	json_decref(json);
}

static const struct refused_case {
	const char *name, *path;
	int status;
} refused_cases[] = {
	{ "a format", "/api/v1/snapshots/1/export?format=pdf", 400 },
	{ "a form", "/api/v1/snapshots/1/export?format=csv&form=../etc", 400 },
	{ "a year", "/api/v1/snapshots/1/export?format=csv&year=x", 400 },
	{ "a form that is not in force", "/api/v1/snapshots/1/export?format=csv&form=pharmacy", 404 },
	{ "a number that is not there", "/api/v1/snapshots/2/export", 404 },
	{ "more than is read into memory", "/api/v1/snapshots/3/export?format=csv", 422 },
	{ "the same as it is", "/api/v1/snapshots/3", 422 },
	{ "no number", "/api/v1/snapshots/x/export", 404 },
	{ "another folder", "/api/v1/snapshots/1/2/export", 404 },
	{ "nothing to export", "/api/v1/snapshots//export", 404 },
	{ "a part of it", "/api/v1/snapshots/1/parts", 404 },
};

static void refused(void **state)
{
	const struct refused_case *row = *state;
	_free_ char *body = NULL;

	assert_int_equal(ask(true, row->path, &body), row->status);
}

int main(void)
{
	struct CMUnitTest table[COUNT(export_cases) + COUNT(refused_cases) + 1];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(export_cases); i++)
		table[n++] = (struct CMUnitTest){ export_cases[i].name, exports, NULL, NULL, (void *)&export_cases[i] };
	for (size_t i = 0; i < COUNT(refused_cases); i++)
		table[n++] = (struct CMUnitTest){ refused_cases[i].name, refused, NULL, NULL,
						  (void *)&refused_cases[i] };
	table[n] = (struct CMUnitTest)cmocka_unit_test(verifies);
	return cmocka_run_group_tests(table, open_live, close_live);
}
