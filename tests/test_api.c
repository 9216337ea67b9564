/* The endpoint over a real store, worker and judge: shapes, the score computed again from them, masking, what is refused. */
#include <jansson.h>
#include <math.h>

#include "dashboard/mask.h"
#include "tests/live_form.h"
#include "tests/table.h"

#define SCORE_KEYS "percent coverage_percent attested_percent measured_percent items yes total"
#define TEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COUNT_KEYS "pass warn fail unknown attested na"

static void status_has_its_shape(void **state)
{
	json_t *json = get("/api/v1/status"), *list;

	has(json, "version site time score checklists sources ingest collectors registers ready");
	has(json_object_get(json, "score"), SCORE_KEYS);
	has(json_object_get(json_object_get(json, "score"), "items"), COUNT_KEYS);
	has(json_object_get(json, "sources"), "alive silent");
	has(json_object_get(json, "site"), "id name demo");
	list = json_array_get(json_object_get(json, "checklists"), 0);
	has(list, "id title edition score outdated");
	has(json_object_get(list, "title"), "ja en");
	assert_non_null(strstr(text_of(json, "time"), "+09:00"));
	assert_true(json_is_true(json_object_get(list, "outdated")));
	json_decref(json);
}

static double weight_of(const char *severity)
{
	return strcmp(severity, "critical") == 0 ? 10
	       : strcmp(severity, "high") == 0   ? 6
	       : strcmp(severity, "medium") == 0 ? 3
						 : 1;
}

/* Design.md section 4, from the answer alone. */
static double item_again(const json_t *item, double *ret_covered)
{
	double sum = 0, earned = 0, covered = 0;
	const json_t *check;
	bool critical = false;
	size_t i;

	json_array_foreach(json_object_get(item, "checks"), i, check)
	{
		const char *status = text_of(check, "status"), *severity = text_of(check, "severity");
		double weight = weight_of(severity);

		if (strcmp(status, "na") == 0)
			continue;
		sum += weight;
		covered += strcmp(status, "unknown") != 0 ? weight : 0;
		earned += strcmp(status, "pass") == 0 || strcmp(status, "attested") == 0 ? weight
			  : strcmp(status, "warn") == 0                                  ? weight / 2
											 : 0;
		critical |= strcmp(severity, "critical") == 0 && strcmp(status, "fail") == 0;
	}
	*ret_covered = sum > 0 ? covered / sum : 0;
	return sum > 0 && !critical ? earned / sum : 0;
}

static void score_can_be_computed_again(void **state)
{
	json_t *json = get("/api/v1/checklists/form"), *score = json_object_get(json, "score"), *item;
	double earned = 0, covered = 0, weights = 0, part;
	size_t i;

	json_array_foreach(json_object_get(json, "items"), i, item)
	{
		double weight = json_number_value(json_object_get(item, "weight")), again;

		has(item,
		    "id text text_state status since reasons weight earned covered checks answer target_date waiver");
		again = item_again(item, &part);
		assert_true(fabs(again - json_number_value(json_object_get(item, "earned"))) < 1e-6);
		assert_true(fabs(part - json_number_value(json_object_get(item, "covered"))) < 1e-6);
		if (!json_is_true(json_object_get(item, "scored")) || strcmp(text_of(item, "status"), "na") == 0)
			continue;
		earned += weight * again;
		covered += weight * part;
		weights += weight;
	}
	assert_true(weights > 1 && earned > 0 && covered > earned);
	assert_true(fabs(100 * earned / weights - json_number_value(json_object_get(score, "percent"))) < 0.006);
	assert_true(fabs(100 * covered / weights - json_number_value(json_object_get(score, "coverage_percent"))) <
		    0.006);
	json_decref(json);
}

static void items_say_why(void **state)
{
	json_t *json = get("/api/v1/checklists/form"), *items = json_object_get(json, "items"), *item, *reason;

	item = find(items, "id", "1");
	assert_string_equal(text_of(item, "status"), "fail");
	reason = json_array_get(json_object_get(item, "reasons"), 0);
	assert_string_equal(text_of(reason, "status"), "fail");
	assert_string_equal(text_of(reason, "resource"), "ada<b>");
	item = find(items, "id", "2");
	assert_string_equal(text_of(item, "status"), "unknown");
	assert_int_equal(json_array_size(json_object_get(item, "reasons")), 1);
	item = find(items, "id", "3");
	assert_string_equal(text_of(item, "status"), "unknown");
	reason = json_array_get(json_object_get(item, "reasons"), 0);
	assert_string_equal(text_of(json_object_get(reason, "reason"), "ja"), "この項目を確かめる検査はまだありません");
	item = find(items, "id", "4");
	assert_string_equal(text_of(json_object_get(item, "text"), "ja"), "本文未収載");
	json_decref(json);
}

static void checks_show_their_rows(void **state)
{
	json_t *json = get("/api/v1/checks"), *row;

	has(json, "items next");
	has(find(json_object_get(json, "items"), "id", "uses"),
	    "id title status severity decides since counts fix ref basis params");
	json_decref(json);

	json = get("/api/v1/checks/uses");
	has(json, "id rows rows_total more sql basis attest_days params needs items");
	assert_int_equal(json_integer_value(json_object_get(json, "rows_total")), 2);
	row = find(json_object_get(json, "rows"), "resource", "ada<b>");
	has(row, "resource status reason since first_seen waiver dims first_event last_event");
	assert_int_equal(json_integer_value(json_object_get(row, "first_event")), 1);
	json_decref(json);

	json = get("/api/v1/checks/uses?limit=1");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
	assert_int_equal(json_integer_value(json_object_get(json, "more")), 1);
	json_decref(json);

	json = get("/api/v1/checks/uses?resource=bob");
	assert_int_equal(json_array_size(json_object_get(json, "rows")), 1);
	json_decref(json);
}

static void lists_are_paged(void **state)
{
	json_t *json = get("/api/v1/findings?state=open"), *row;
	char path[1024];

	has(json, "items next");
	row = find(json_object_get(json, "items"), "resource", "ada<b>");
	has(row, "state check severity resource status reason since first_seen closed_at title fix dims first_event");
	json_decref(json);

	json = get("/api/v1/events?limit=2");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 2);
	snprintf(path, sizeof(path), "/api/v1/events?limit=2&cursor=%s", text_of(json, "next"));
	json_decref(json);
	json = get(path);
	assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
	assert_true(json_is_null(json_object_get(json, "next")));
	json_decref(json);

	json = get("/api/v1/events?id=2");
	row = json_array_get(json_object_get(json, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
	has(row, "id type at received raw user system");
	json_decref(json);

	json = get("/api/v1/sources");
	has(json, "items next collectors registers never_seen");
	row = json_array_get(json_object_get(json, "items"), 0);
	has(row,
	    "id collector peer host system first_received last_received lines events unknown cut skew_seconds state");
	assert_string_equal(text_of(row, "state"), "silent");
	json_decref(json);
	json = get("/api/v1/accounts");
	has(find(json_object_get(json, "items"), "user", "bob"), "system user place registered uses last_used");
	json_decref(json);
	json_decref(get("/api/v1/devices"));
	json = get("/api/v1/registers/people");
	has(json, "items next kind title state rows");
	assert_string_equal(text_of(json, "state"), "ok");
	json_decref(json);
	json = get("/api/v1/registers/vendors");
	assert_string_equal(text_of(json, "state"), "missing");
	json_decref(json);
	json = get("/api/v1/history");
	has(json, "items pack");
	assert_true(json_array_size(json_object_get(json, "items")) > 0);
	json_decref(json);
	json = get("/api/v1/at?time=2026-09-04");
	has(json, "date time observed score scores items checks findings verdicts registers");
	has(json_array_get(json_object_get(json, "checks"), 0), "id title severity status since counts");
	has(json_array_get(json_object_get(json, "verdicts"), 0),
	    "check resource status reason since first_event last_event");
	json_decref(json);
}

/* Item 1 fails because of somebody who was never there: now, but not the day before. */
static void the_course_of_a_status(void **state)
{
	json_t *json = get("/api/v1/status-history?pack=form&item=1&from=2026-09-01"), *row;

	has(json, "from to items next");
	row = json_array_get(json_object_get(json, "items"), 0); /* the newest first */
	assert_string_equal(text_of(row, "status"), "fail");
	has(row, "time");
	json_decref(json);

	json = get("/api/v1/status-history?pack=form&item=1&to=2026-09-01");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
	json_decref(json);

	/* What was in force when it begins is its first row. */
	json = get("/api/v1/status-history?check=uses&from=2026-09-05&to=2026-09-06");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
	assert_string_equal(text_of(json_array_get(json_object_get(json, "items"), 0), "status"), "fail");
	json_decref(json);
}

static void findings_are_counted_in_groups(void **state)
{
	json_t *json = get("/api/v1/findings?group=item&limit=1"), *group, *row;

	has(json, "items next groups total");
	group = find(json_object_get(json, "groups"), "key", "form/1");
	has(group, "key title fail warn since");
	assert_string_equal(text_of(json_object_get(group, "title"), "ja"), "一");
	row = json_array_get(json_object_get(json, "items"), 0);
	has(row, "system owner ack waiver");
	has(json_object_get(row, "owner"), "name role");
	assert_true(json_integer_value(json_object_get(json, "total")) > 0);
	json_decref(json);
}

/* What a spreadsheet opens: every row, however many a page has, and no cell that it would compute. */
static void findings_are_a_table(void **state)
{
	_free_ char *body = NULL;
	const char *line;

	assert_int_equal(ask(true, "/api/v1/findings?format=csv&state=open&limit=1&check=uses", &body), 200);
	assert_memory_equal(body, "\xef\xbb\xbf\"状態\",", 12);
	line = strstr(body, "\r\n\"未解消\",\"高\",\"不適合\",\"uses\",\"題\",\"ada<b>\"");
	assert_non_null(line);
}

static void needs_say_what_is_there(void **state)
{
	json_t *json = get("/api/v1/needs/uses"), *need = json_array_get(json_object_get(json, "needs"), 0);

	has(need, "kind name title within_seconds met state updated rows");
	assert_string_equal(text_of(need, "name"), "people");
	assert_true(json_is_true(json_object_get(need, "met")));
	json_decref(json);
	json = get("/api/v1/needs/none");
	need = json_array_get(json_object_get(json, "needs"), 1);
	has(need, "kind name title within_seconds met sources");
	assert_false(json_is_true(json_object_get(need, "met")));
	json_decref(json);
}

static void plans_have_steps(void **state)
{
	json_t *json = get("/api/v1/setup"), *step;

	has(json, "percent coverage_percent steps total here");
	json_decref(json);
	json = get("/api/v1/next?limit=1");
	assert_int_equal(json_array_size(json_object_get(json, "steps")), 1);
	step = json_array_get(json_object_get(json, "steps"), 0);
	has(step, "kind title steps gain coverage_gain gain_all rows cost checks items check");
	has(json_object_get(json, "here"), "address udp tcp registers");
	assert_true(json_number_value(json_object_get(step, "gain")) > 0);
	json_decref(json);
}

/* What somebody typed where a name belongs may be a password: hidden from viewers, also where the line shows it. */
static void unknown_users_are_masked(void **state)
{
	json_t *json = get_as(false, "/api/v1/events?type=auth_failure"), *row;
	_free_ char *body = NULL;

	row = find(json_object_get(json, "items"), "user", MASK);
	assert_null(strstr(text_of(row, "raw"), "Hunter2"));
	assert_non_null(strstr(text_of(row, "raw"), "invalid user " MASK " from"));
	assert_true(json_is_true(json_object_get(row, "masked")));
	find(json_object_get(json, "items"), "user", "bob");
	json_decref(json);

	json = get_as(true, "/api/v1/events?type=auth_failure");
	row = find(json_object_get(json, "items"), "user", "hunter2");
	/* Bytes that are no UTF-8 are shown, not lost, and no markup can come of a line. */
	assert_non_null(strstr(text_of(row, "raw"), "\\xff"));
	json_decref(json);
	assert_int_equal(ask(true, "/api/v1/events?id=2", &body), 200);
	assert_null(strchr(body, '<'));
	assert_true(site_number(&live.site,
				"SELECT count(*) FROM audit WHERE what LIKE 'read%raw lines' AND who = 'loopback'") >
		    0);
	assert_true(site_number(&live.site, "SELECT count(*) FROM audit") < 4);
}

static const struct row {
	const char *name, *path;
	int status;
} rows[] = {
	{ "nothing there", "/nothing", 404 },
	{ "upwards", "/../etc/passwd", 404 },
	{ "upwards, escaped", "/%2e%2e%2fetc/passwd", 404 },
	{ "upwards, escaped twice", "/%252e%252e/etc/passwd", 404 },
	{ "one part too many", "/api/v1/checks/uses/x", 404 },
	{ "no such check", "/api/v1/checks/nobody", 404 },
	{ "no such list", "/api/v1/checklists/none", 404 },
	{ "no such register", "/api/v1/registers/none", 404 },
	{ "needs of nobody", "/api/v1/needs/nobody", 404 },
	{ "changes since nothing", "/api/v1/changes", 400 },
	{ "changes since a word", "/api/v1/changes?since=lately", 400 },
	{ "a forecast of no days", "/api/v1/forecast?days=0", 400 },
	{ "a forecast of words", "/api/v1/forecast?days=many", 400 },
	{ "a forecast beyond a year", "/api/v1/forecast?days=367", 400 },
	{ "a name with a line break", "/api/v1/checks/a%0ab", 400 },
	{ "a name that is no UTF-8", "/api/v1/checks/%ff", 400 },
	{ "a limit of words", "/api/v1/findings?limit=many", 400 },
	{ "a limit of 0", "/api/v1/findings?limit=0", 400 },
	{ "a negative limit", "/api/v1/events?limit=-1", 400 },
	{ "a limit of 2^63", "/api/v1/events?limit=9223372036854775808", 400 },
	{ "a limit over the cap", "/api/v1/sources?limit=1001", 400 },
	{ "a limit twice", "/api/v1/sources?limit=1&limit=2", 400 },
	{ "rows of a check, over the cap", "/api/v1/checks/uses?limit=1001", 400 },
	{ "a cursor that is none", "/api/v1/sources?cursor=x", 400 },
	{ "a cursor of events that is none", "/api/v1/events?cursor=x%27", 400 },
	{ "a severity that is none", "/api/v1/findings?severity=dire", 400 },
	{ "one severity of two", "/api/v1/findings?severity=high,dire", 400 },
	{ "an order that is none", "/api/v1/findings?sort=colour", 400 },
	{ "groups that are none", "/api/v1/findings?group=colour", 400 },
	{ "a format that is none", "/api/v1/findings?format=pdf", 400 },
	{ "acknowledged perhaps", "/api/v1/findings?acked=1", 400 },
	{ "words without end", "/api/v1/findings?q=" TEN TEN TEN TEN TEN TEN, 400 },
	{ "a time of findings that is none", "/api/v1/findings?since=soon", 400 },
	{ "a year of words", "/api/v1/answers?fiscal_year=last", 400 },
	{ "a type that is none", "/api/v1/events?type=nonsense", 400 },
	{ "a time that is none", "/api/v1/events?since=yesterday", 400 },
	{ "a past without a time", "/api/v1/at", 400 },
	{ "a course of nothing", "/api/v1/status-history", 400 },
	{ "a course of a form", "/api/v1/status-history?pack=form&item=", 400 },
	{ "the course of an item that is none", "/api/v1/status-history?pack=form&item=99", 404 },
	{ "the course of a check that is none", "/api/v1/status-history?check=x", 404 },
	{ "the future", "/api/v1/at?time=2999-01-01", 400 },
	{ "another type for an id", "/api/v1/events?id=[1]", 400 },
};

static void refused(void **state)
{
	const struct row *row = *state;
	_free_ char *body = NULL;
	json_t *json;

	assert_int_equal(ask(true, row->path, &body), row->status);
	json = json_loads(body, 0, NULL);
	has(json, "type title status text");
	assert_int_equal(json_integer_value(json_object_get(json, "status")), row->status);
	assert_null(strstr(body, "/tmp/"));
	if (row->status == 400 && strchr(row->path, '?')) {
		const json_t *error = json_array_get(json_object_get(json, "errors"), 0);

		/* The parameter is named, and what is wrong with it said in both languages. */
		assert_non_null(strstr(row->path, text_of(error, "field")));
		assert_true(text_of(error, "field")[0] && text_of(json_object_get(error, "text"), "en")[0]);
		assert_non_null(strpbrk(text_of(json_object_get(error, "text"), "ja"), "\xe3\xe4\xe5\xe6"));
		assert_null(strchr(text_of(json_object_get(error, "text"), "ja"), '{'));
	}
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_has_its_shape),
		cmocka_unit_test(score_can_be_computed_again),
		cmocka_unit_test(items_say_why),
		cmocka_unit_test(checks_show_their_rows),
		cmocka_unit_test(lists_are_paged),
		cmocka_unit_test(the_course_of_a_status),
		cmocka_unit_test(findings_are_counted_in_groups),
		cmocka_unit_test(findings_are_a_table),
		cmocka_unit_test(plans_have_steps),
		cmocka_unit_test(needs_say_what_is_there),
		cmocka_unit_test(unknown_users_are_masked),
	};
	int failed;

	live_open(form_rules, form_data);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(rows, refused);
	live_close();
	return failed;
}
