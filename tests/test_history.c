/* What was said in the past, and the lists that the endpoint pages through. */
#include <errno.h>
#include <math.h>

#include "daemon/history.h"
#include "daemon/queries.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                   \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n"

static void open_uses(struct site *site)
{
	site_open(site);
	site_file(site, "checklists", "form.yaml", LIST);
	site_check(site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n", BY_USES);
	site_check(site, "grave", "severity: critical\n-- needs: register:people\n",
		   "SELECT 'g' AS resource, 'warn' AS status, 'r' AS reason, 2 AS first_event, 3 AS last_event");
	site_rules(site);
	site_judge(site);
	site_people(site);
}

static usec_t day_end(struct site *site, const char *day)
{
	struct diag diag;
	usec_t at = 0;

	if (history_time(str_of(day), site->now, &at, &diag) < 0)
		fail_msg("%s", diag.text);
	return at;
}

static void says_what_was_said(void **state)
{
	struct site site;
	struct past past;

	open_uses(&site);
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 3);
	site_settle(&site, "register account_seen");
	site_clock(&site, NOON + DAYS(2));
	site_account(&site, "ada", 7);
	site_account(&site, "bob", 7);
	site_settle(&site, "account_seen");
	site_clock(&site, NOON + DAYS(4));

	assert_int_equal(history_at(site.reader, day_end(&site, "2026-09-03"), 10, &past), 0);
	assert_false(past.observed);
	assert_int_equal(past.first, NOON);
	assert_int_equal(past.n_items + past.n_checks + past.n_verdicts + past.n_scores, 0);
	past_free(&past);

	/* The end of the day before it was put right. */
	assert_int_equal(history_at(site.reader, day_end(&site, "2026/9/5"), 10, &past), 0);
	assert_true(past.observed);
	assert_int_equal(past.n_items, 1);
	assert_int_equal(past.items[0].status, STATUS_FAIL);
	assert_int_equal(past.items[0].since, NOON);
	assert_int_equal(past.n_checks, 2);
	assert_string_equal(past.checks[1].id, "uses");
	assert_int_equal(past.checks[1].severity, SEVERITY_HIGH);
	assert_int_equal(past.checks[1].status, STATUS_FAIL);
	assert_int_equal(past.n_verdicts, 3);
	assert_int_equal(past.checks[1].counts[STATUS_FAIL], 1);
	assert_int_equal(past.checks[1].counts[STATUS_WARN], 1);
	assert_int_equal(past.checks[1].counts[STATUS_PASS], 0);
	assert_string_equal(past.verdicts[0].resource, "ada"); /* fail before warn */
	assert_int_equal(past.n_scores, 1);
	assert_true(fabs(past.scores[0].percent) < 1e-9);
	past_free(&past);

	assert_int_equal(history_at(site.reader, day_end(&site, "2026-09-05"), 2, &past), 0);
	assert_true(past.cut);
	assert_int_equal(past.n_verdicts, 2);
	past_free(&past);

	/* And of the day itself. */
	assert_int_equal(history_at(site.reader, day_end(&site, "2026-09-06"), 10, &past), 0);
	assert_int_equal(past.items[0].status, STATUS_PASS);
	assert_int_equal(past.n_verdicts, 3); /* what passed then is said too, behind what was wrong */
	assert_string_equal(past.verdicts[0].check_id, "grave");
	assert_string_equal(past.verdicts[1].resource, "ada");
	assert_int_equal(past.verdicts[1].status, STATUS_PASS);
	assert_int_equal(past.verdicts[1].since, NOON + DAYS(2));
	assert_int_equal(past.checks[1].counts[STATUS_PASS], 2);
	assert_true(fabs(past.scores[0].percent - 100) < 1e-9);
	past_free(&past);
	site_close(&site);
}

static const struct time_row {
	const char *name, *text;
	usec_t at; /* -1: refused */
} times[] = {
	{ "a date is the end of its day", "2026-09-01", NOON + HOURS(12) - DAYS(3) - 1 },
	{ "in the calendar of the office", "令和8年9月1日", NOON + HOURS(12) - DAYS(3) - 1 },
	{ "today is now", "2026-09-04", NOON },
	{ "a time is itself", "2026-09-04T09:00:00+09:00", NOON - HOURS(3) },
	{ "tomorrow", "2026-09-05", -1 },
	{ "a time to come", "2026-09-04T23:00:00+09:00", -1 },
	{ "no date", "last week", -1 },
	{ "nothing", "", -1 },
};

static void reads_times(void **state)
{
	const struct time_row *row = *state;
	struct diag diag = { { 0 } };
	usec_t at = -1;
	int r;

	when_zone("Asia/Tokyo");
	r = history_time(str_of(row->text), NOON, &at, &diag);
	assert_int_equal(r, row->at < 0 ? -EINVAL : 0);
	assert_int_equal(at, row->at);
	assert_true((diag.text[0] != '\0') == (row->at < 0));
}

/* Reads a whole list page by page; the texts of @column, separated by blanks. */
static unsigned pages;

static void findings(const struct site *site, const struct finding_filter *filter, unsigned limit, char *text,
		     size_t size)
{
	char cursor[2048] = "";

	text[0] = '\0';
	pages = 0;
	do {
		struct page page = { .limit = limit, .cursor = cursor };
		struct listing list;
		struct diag diag;

		if (query_findings(site->reader, site->rules, filter, &page, &list, &diag) < 0)
			fail_msg("%s", diag.text);
		for (size_t i = 0; i < list.n_rows; i++) {
			size_t n = strlen(text);

			snprintf(text + n, size - n, "%s%s/%s/%s", n > 0 ? " " : "", listing_cell(&list, i, 0)->text,
				 listing_cell(&list, i, 3)->text, listing_cell(&list, i, 4)->text);
		}
		snprintf(cursor, sizeof(cursor), "%s", list.cursor);
		listing_free(&list);
		assert_true(pages++ < 50);
	} while (cursor[0] != '\0');
}

static void lists_findings(void **state)
{
	static const struct {
		struct finding_filter filter;
		const char *text;
	} cases[] = {
		{ { NULL }, "open/g/warn open/ada/fail open/cid/warn closed/dan/fail closed/bob/warn" },
		{ { .state = "open" }, "open/g/warn open/ada/fail open/cid/warn" },
		{ { .state = "closed" }, "closed/dan/fail closed/bob/warn" },
		{ { .severity = "high", .status = "fail" }, "open/ada/fail closed/dan/fail" },
		{ { .item = "1", .state = "open" }, "open/ada/fail open/cid/warn" },
		{ { .item = "form/1", .status = "warn" }, "open/cid/warn closed/bob/warn" },
		{ { .item = "other/1" }, "" },
		{ { .check = "grave" }, "open/g/warn" },
		{ { .resource = "ada" }, "open/ada/fail" },
	};
	struct site site;
	char text[512];

	open_uses(&site);
	site_account(&site, "ada", 0);
	site_account(&site, "bob", 3);
	site_account(&site, "cid", 4);
	site_account(&site, "dan", 0);
	site_settle(&site, "register account_seen");
	site_account(&site, "bob", 7);
	site_settle(&site, "account_seen");
	place_sql(&site.place, "DELETE FROM account_seen WHERE user = 'dan'");
	site_settle(&site, "account_seen");
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (unsigned limit = 1; limit < 8; limit++) {
			findings(&site, &cases[i].filter, limit, text, sizeof(text));
			assert_string_equal(text, cases[i].text);
		}
	}
	site_close(&site);
}

static void refuses_what_cannot_be(void **state)
{
	static const struct finding_filter bad[] = { { .severity = "urgent" },
						     { .status = "pass" },
						     { .state = "ajar" } };
	struct site site;
	struct listing list;
	struct diag diag;

	open_uses(&site);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(query_findings(site.reader, site.rules, &bad[i], NULL, &list, &diag), -EINVAL);
	assert_int_equal(query_findings(site.reader, site.rules, &(struct finding_filter){ 0 },
					&(struct page){ .cursor = "x:1" }, &list, &diag),
			 -EINVAL);
	assert_int_equal(query_findings(site.reader, site.rules, &(struct finding_filter){ 0 },
					&(struct page){ .limit = QUERY_LIMIT_MAX + 1 }, &list, &diag),
			 -EINVAL);
	assert_int_equal(query_events(site.reader, &(struct event_filter){ .type = "nothing" }, NULL, &list, &diag),
			 -EINVAL);
	assert_int_equal(
		query_events(site.reader, &(struct event_filter){ 0 }, &(struct page){ .cursor = "e:x" }, &list, &diag),
		-EINVAL);
	site_close(&site);
}

static void fill_events(struct site *site)
{
	place_sql(
		&site->place,
		"INSERT INTO source VALUES (1, 'syslog', '10.0.0.1', '', 'fw', 'fw', 1, 1, 0, 9, 9, 0, 0, 0);"
		"INSERT INTO source_type VALUES (1, 'auth_success', 1, 5, 1);"
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
		" INSERT INTO event (id, received, at, type, source_id, decoder, system, count, user, src_ip, raw)"
		" SELECT i, i * 1000, i * 1000, iif(i % 25000 = 0, 'auth_failure', 'auth_success'), 1, 'sshd', 'fw', 1,"
		" 'u' || i, '10.0.0.9', x'41ff42' FROM n");
}

static void lists_events(void **state)
{
	static const struct {
		struct event_filter filter;
		int64_t first, n; /* id of the first, and how many in all */
	} cases[] = {
		{ { .type = "auth_failure" }, 50000, 2 },
		{ { .user = "U77" }, 77, 1 },
		{ { .since = 49000000 }, 50000, 1001 },
		{ { .since = 1000000, .until = 1003000 }, 1002, 3 },
		{ { .first_id = 5, .last_id = 9 }, 9, 5 },
		{ { .host = "FW", .src_ip = "10.0.0.9", .last_id = 20 }, 20, 20 },
		{ { .src_ip = "10.0.0.8" }, 0, 0 },
	};
	struct site site;

	open_uses(&site);
	fill_events(&site);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct page page = { .limit = 500 };
		int64_t first = 0, n = 0, last = INT64_MAX;
		char cursor[2048] = "";

		do {
			struct listing list;
			struct diag diag;

			page.cursor = cursor;
			if (query_events(site.reader, &cases[i].filter, &page, &list, &diag) < 0)
				fail_msg("%s", diag.text);
			for (size_t k = 0; k < list.n_rows; k++) {
				assert_true(listing_cell(&list, k, 0)->number < last);
				last = listing_cell(&list, k, 0)->number;
				first = first ? first : last;
				n++;
				assert_string_equal(listing_cell(&list, k, list.n_columns - 1)->text, "A\xef\xbf\xbd"
												      "B");
			}
			snprintf(cursor, sizeof(cursor), "%s", list.cursor);
			listing_free(&list);
		} while (cursor[0] != '\0');
		assert_int_equal(first, cases[i].first);
		assert_int_equal(n, cases[i].n);
	}
	site_close(&site);
}

static void explains(void **state)
{
	struct site site;
	struct explanation why;
	struct diag diag;

	open_uses(&site);
	fill_events(&site);
	site_account(&site, "ada", 0);
	site_settle(&site, "register account_seen");
	assert_int_equal(query_explain(site.reader, site.rules, "grave", NULL, 10, &why, &diag), 0);
	assert_int_equal(why.verdicts.n_rows, 1);
	assert_string_equal(listing_cell(&why.verdicts, 0, 2)->text, "critical");
	assert_int_equal(why.events.n_rows, 2);
	assert_int_equal(listing_cell(&why.events, 0, 0)->number, 2);
	assert_string_equal(why.events.columns[why.events.n_columns - 1], "raw");
	assert_false(why.cut);
	explanation_free(&why);
	assert_int_equal(query_explain(site.reader, site.rules, "uses", "nobody", 10, &why, &diag), 0);
	assert_int_equal(why.verdicts.n_rows, 0);
	explanation_free(&why);
	assert_int_equal(query_explain(site.reader, site.rules, "none", NULL, 10, &why, &diag), -EINVAL);
	site_close(&site);
}

/* All of a list of things, page by page: the texts of two columns. */
typedef int (*thing_fn)(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page,
			struct listing *ret, struct diag *diag);

static void things(const struct site *site, thing_fn fn, const struct thing_filter *filter, size_t a, size_t b,
		   char *text)
{
	char cursor[2048] = "";

	text[0] = '\0';
	do {
		struct listing list;
		struct diag diag;

		if (fn(site->reader, filter, &(struct page){ .limit = 2, .cursor = cursor }, &list, &diag) < 0)
			fail_msg("%s", diag.text);
		for (size_t i = 0; i < list.n_rows; i++) {
			const char *x = listing_cell(&list, i, a)->text, *y = listing_cell(&list, i, b)->text;
			size_t n = strlen(text);

			snprintf(text + n, 512 - n, "%s%s/%s", n > 0 ? " " : "", x ? x : "-", y ? y : "-");
		}
		snprintf(cursor, sizeof(cursor), "%s", list.cursor);
		listing_free(&list);
	} while (cursor[0] != '\0');
}

static int sources(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page, struct listing *ret,
		   struct diag *diag)
{
	return query_sources(db, page, ret, diag);
}

static void lists_things(void **state)
{
	struct site site;
	char text[512];

	open_uses(&site);
	fill_events(&site);
	place_sql(
		&site.place,
		"INSERT INTO reg_accounts (key, line, system_id, system_id_key, account_id, account_id_key) VALUES"
		" ('emr' || char(31) || 'ada', 1, 'EMR', 'emr', 'Ada', 'ada'), ('emr' || char(31) || 'eve', 2, 'EMR', 'emr', 'eve', 'eve');"
		"INSERT INTO account_stored (set_name, system, user, name, enabled, login, admin, password, first_seen) VALUES"
		" ('x', 'emr', 'ada', 'ada', 1, 1, 0, 'set', 1), ('x', 'pc', 'root', 'root', 1, 1, 1, 'set', 1), ('y', 'pc', 'root', 'root', 0, 1, 1, 'set', 1),"
		" ('x', 'pc', 'daemon', 'daemon', 0, 0, 0, 'locked', 1);"
		"INSERT INTO device_seen VALUES (1, '001122334455', '10.0.0.5', 'pc5', 0, 'ward', 1, 2, 3, 1, 0, 0),"
		" (2, '001122334466', '10.0.0.6', 'pc6', 0, 'lab', 1, 2, 3, 1, 0, 0);"
		"INSERT INTO reg_devices (key, line, device_id, device_id_key, mac) VALUES ('pc-5', 1, 'PC-5', 'pc-5', '001122334455'),"
		" ('pc-7', 2, 'PC-7', 'pc-7', '001122334477');"
		"INSERT INTO register_value VALUES ('devices', 'mac', '001122334455', 'pc-5'), ('devices', 'mac', '001122334477', 'pc-7')");
	site_account(&site, "ada", 2);
	site_account(&site, "stray", 2);
	things(&site, query_accounts, NULL, 0, 1, text);
	assert_string_equal(text, "EMR/Ada EMR/eve pc/root emr/stray");
	things(&site, query_accounts, &(struct thing_filter){ .system = "emr", .search = "A" }, 0, 1, text);
	assert_string_equal(text, "EMR/Ada emr/stray");
	things(&site, query_devices, NULL, 0, 5, text);
	assert_string_equal(text, "001122334455/PC-5 001122334466/- 001122334477/PC-7");
	things(&site, query_devices, &(struct thing_filter){ .system = "lab" }, 0, 5, text);
	assert_string_equal(text, "001122334466/-");
	things(&site, sources, NULL, 4, 14, text);
	assert_string_equal(text, "fw/{\"auth_success\":5}");
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_was_said),
		cmocka_unit_test(lists_findings),
		cmocka_unit_test(refuses_what_cannot_be),
		cmocka_unit_test(lists_events),
		cmocka_unit_test(explains),
		cmocka_unit_test(lists_things),
	};

	return RUN_TABLE(times, reads_times) + cmocka_run_group_tests(tests, NULL, NULL);
}
