/* What moves at the endpoint: what will be, what changed and why, and the live stream. */
#include <jansson.h>

#include "tests/live_form.h"
#include "tests/table.h"

static void a_register_is_read(void)
{
	judge_changed(live.daemon.judge, store_table("reg_people"));
}

static void forecast_is_told_and_kept(void **state)
{
	json_t *json = get("/api/v1/forecast?days=30"), *again, *change;

	has(json, "time days from until score scores items changes cut asked");
	assert_string_equal(text_of(json, "from"), "2026-09-04");
	assert_string_equal(text_of(json, "until"), "2026-10-04");
	change = find(json_object_get(json, "changes"), "check", "few");
	has(change, "date in_days check title severity resource from to worse why why_text reason fix items");
	assert_string_equal(text_of(change, "date"), "2026-09-21");
	assert_string_equal(text_of(change, "to"), "fail");
	assert_true(json_is_true(json_object_get(change, "worse")));
	assert_string_equal(text_of(json_array_get(json_object_get(change, "items"), 0), "item"), "5");
	assert_true(json_array_size(json_object_get(json, "scores")) >= 2);

	/* Kept until a register is read; a shorter one comes out of a longer one. */
	again = get("/api/v1/forecast?days=30");
	assert_true(json_equal(json, again));
	json_decref(again);
	in_loop(a_register_is_read);
	again = get("/api/v1/forecast?days=10");
	assert_int_equal(json_array_size(json_object_get(again, "changes")), 0);
	assert_false(json_equal(json_object_get(json_object_get(json, "asked"), "cpu_seconds"),
				json_object_get(json_object_get(again, "asked"), "cpu_seconds")));
	json_decref(again);
	json_decref(json);
}

static void a_login_is_judged(void)
{
	char sql[512];

	site_clock(&live.site, NOON + HOURS(1));
	snprintf(sql, sizeof(sql),
		 EVENT "(%lld, %lld, 'auth_success', 1, 'sshd', 'emr', 1, 'dora', 'emr', CAST('dora came' AS BLOB))",
		 (long long)clock_now(), (long long)clock_now());
	place_sql(&live.site.place, sql);
	place_sql(&live.site.place,
		  "INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip,"
		  " last_host, first_event, last_event) SELECT 'emr', 'dora', 'emr', 1, 1, 0, '', '',"
		  " max(id), max(id) FROM event");
	judge_changed(live.daemon.judge, store_table("account_seen"));
}

/* The row that says so, once it is there. */
static json_t *change_of(const char *resource)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);

	for (;;) {
		json_t *json = get("/api/v1/changes?since=2026-09-01"), *row, *found = NULL;
		size_t i;

		json_array_foreach(json_object_get(json, "changes"), i, row)
		{
			if (!found && strcmp(text_of(row, "resource"), resource) == 0)
				found = json_incref(row);
		}
		json_decref(json);
		if (found || clock_monotonic() > end)
			return found;
	}
}

static void changes_have_causes(void **state)
{
	json_t *json = get("/api/v1/changes?since=2026-09-01&limit=1"), *row, *cause;
	char path[200];

	has(json, "since until score items changes next");
	has(json_array_get(json_object_get(json, "items"), 0), "time pack item from to text");
	assert_true(json_is_null(json_object_get(json_object_get(json, "score"), "from")));
	assert_true(json_is_number(json_object_get(json_object_get(json_object_get(json, "score"), "to"), "percent")));
	assert_int_equal(json_array_size(json_object_get(json, "changes")), 1);
	snprintf(path, sizeof(path), "/api/v1/changes?since=2026-09-01&cursor=%lld",
		 (long long)json_integer_value(json_object_get(json, "next")));
	json_decref(json);
	json = get(path);
	row = json_array_get(json_object_get(json, "changes"), 0);
	has(row, "time check resource from to reason dims title severity items cause");
	assert_string_equal(text_of(json_object_get(row, "cause"), "kind"), "first");
	json_decref(json);
	json = get("/api/v1/changes?since=2026-09-01&until=2026-09-03");
	assert_int_equal(json_array_size(json_object_get(json, "changes")), 0);
	json_decref(json);

	in_loop(a_login_is_judged);
	row = change_of("dora");
	cause = json_object_get(row, "cause");
	assert_string_equal(text_of(row, "to"), "fail");
	assert_string_equal(text_of(cause, "kind"), "event");
	assert_string_equal(text_of(json_object_get(cause, "what"), "raw"), "dora came");
	json_decref(row);
}

static void a_change_is_told(void)
{
	site_account(&live.site, "carol", 0);
	judge_changed(live.daemon.judge, store_table("account_seen"));
}

static int stream_open(char *buf, size_t size)
{
	static const char request[] = "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
	int fd = port_connect(live.port, 0);

	say(fd, request, sizeof(request) - 1);
	assert_true(hear(fd, buf, size, "event: status\ndata: {") > 0);
	return fd;
}

static void changes_are_streamed(void **state)
{
	static char buf[1 << 18];
	int fd = stream_open(buf, sizeof(buf));

	in_loop(a_change_is_told);
	assert_true(hear(fd, buf, sizeof(buf), "\"carol\"") > 0);
	assert_non_null(strstr(buf, "event: finding\ndata: {"));
	close(fd);
}

static void many_changes(void)
{
	char user[32];

	place_sql(&live.site.place, "BEGIN");
	for (int i = 0; i < 3000; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		site_account(&live.site, user, 0);
	}
	place_sql(&live.site.place, "COMMIT");
	judge_changed(live.daemon.judge, store_table("account_seen"));
}

/* Thousands of changes at once do not throw the readers out: some are told, then how many more there are. */
static void bursts_are_told_short(void **state)
{
	static char buf[1 << 20];
	int fd = stream_open(buf, sizeof(buf));

	in_loop(many_changes);
	assert_true(hear(fd, buf, sizeof(buf), "\"left_out\":") > 0);
	assert_non_null(strstr(buf, "\"left_out\":"));
	assert_null(strstr(buf, "\"user2999\""));
	close(fd);
}

static char staged[160];

static void rules_are_staged(void)
{
	snprintf(staged, sizeof(staged), "%s/staged", live.site.place.dir.path);
	live.site.config.rules_staged = staged;
}

static void nothing_is_staged(void)
{
	live.site.config.rules_staged = NULL;
}

/* What a folder of the configuration would say; never one of the request. */
static void other_rules_are_tried(void **state)
{
	static const char other[] =
		"-- id: uses\n-- title.ja: 題\n-- title.en: title\n-- fix.ja: 直す\n-- fix.en: mend\n-- basis: proposed\n"
		"-- severity: low\n-- needs: register:people\n"
		"SELECT account AS resource, 'warn' AS status, 'other' AS reason FROM v_account_seen WHERE account = 'dora'";
	_free_ char *body = NULL;
	json_t *json, *change;

	assert_int_equal(ask(true, "/api/v1/rules/diff?dir=/etc", &body), 404);
	in_loop(rules_are_staged);
	free(TAKE(body));
	assert_int_equal(ask(true, "/api/v1/rules/diff", &body), 409); /* it is not there */
	assert_non_null(strstr(body, "staged"));

	site_file(&live.site, "staged", "readme.txt", "x");
	site_file(&live.site, "staged/checks", "uses.sql", "-- id: uses\n");
	free(TAKE(body));
	assert_int_equal(ask(true, "/api/v1/rules/diff", &body), 409);
	assert_non_null(strstr(body, "uses.sql:"));

	site_file(&live.site, "staged/checks", "uses.sql", other);
	json = get("/api/v1/rules/diff");
	has(json, "time checklists changes");
	change = find(json_object_get(json, "changes"), "resource", "dora");
	assert_string_equal(text_of(change, "check"), "uses");
	assert_string_equal(text_of(change, "to"), "warn");
	assert_string_equal(text_of(json_object_get(change, "reason"), "en"), "other");
	json_decref(json);
	in_loop(nothing_is_staged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forecast_is_told_and_kept), cmocka_unit_test(changes_are_streamed),
		cmocka_unit_test(bursts_are_told_short),     cmocka_unit_test(changes_have_causes),
		cmocka_unit_test(other_rules_are_tried),
	};
	int failed;

	live_open(form_rules, form_data);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	live_close();
	return failed;
}
