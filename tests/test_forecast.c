/*
 * What lapses when.  Today is 2026-09-04.  A row is a status over :today for the one account there is, and what must come of
 * it: "DAY WAS>IS" separated by "; ", "-" where there is no row.  Each is asked for every day, by strides, and in steps of
 * one question with others waiting.
 */
#include <errno.h>
#include <math.h>

#include "daemon/forecast.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                 \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"               \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [due]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified, checks: [still]}\n"
#define KEYS "severity: high\n-- needs: register:people\n-- decides: yes\n"
#define STATUS(cases) "SELECT 'a' AS resource, CASE " cases " END AS status, 'r ' || :today AS reason"

static const struct row {
	const char *name, *sql, *daily, *strided; /* strided NULL: the same */
} rows[] = {
	{ "nothing lapses", STATUS("WHEN :today > '2027-01-01' THEN 'fail' ELSE 'pass' END, CASE WHEN 1 THEN 1"), "",
	  NULL },
	{ "once", STATUS("WHEN :today > '2026-09-20' THEN 'fail' ELSE 'pass'"), "2026-09-21 pass>fail", NULL },
	{ "tomorrow", STATUS("WHEN :today > '2026-09-04' THEN 'fail' ELSE 'pass'"), "2026-09-05 pass>fail", NULL },
	{ "on the last day", STATUS("WHEN :today >= '2026-12-03' THEN 'fail' ELSE 'pass'"), "2026-12-03 pass>fail",
	  NULL },
	{ "a day after the last", STATUS("WHEN :today >= '2026-12-04' THEN 'fail' ELSE 'pass'"), "", NULL },
	{ "this evening", STATUS("WHEN :now >= 1788523200000000 THEN 'fail' ELSE 'pass'"), "2026-09-04 pass>fail",
	  NULL },
	{ "twice", STATUS("WHEN :today > '2026-09-22' THEN 'fail' WHEN :today > '2026-09-20' THEN 'warn' ELSE 'pass'"),
	  "2026-09-21 pass>warn; 2026-09-23 warn>fail", NULL },
	{ "twice on neighbouring days",
	  STATUS("WHEN :today > '2026-09-21' THEN 'fail' WHEN :today > '2026-09-20' THEN 'warn' ELSE 'pass'"),
	  "2026-09-21 pass>warn; 2026-09-22 warn>fail", NULL },
	{ "there and back again in a week",
	  STATUS("WHEN :today BETWEEN '2026-09-21' AND '2026-09-27' THEN 'fail' ELSE 'pass'"),
	  "2026-09-21 pass>fail; 2026-09-28 fail>pass", NULL },
	{ "for one day: certain only where every day is asked for",
	  STATUS("WHEN :today = '2026-09-20' THEN 'unknown' ELSE 'pass'"),
	  "2026-09-20 pass>unknown; 2026-09-21 unknown>pass", "" },
	{ "it gets better", STATUS("WHEN :today > '2026-09-20' THEN 'pass' ELSE 'fail'"), "2026-09-21 fail>pass",
	  NULL },
	{ "a row goes and another comes",
	  "SELECT iif(:today > '2026-09-20', 'b', 'a') AS resource, 'fail' AS status, 'r' AS reason",
	  "2026-09-21 fail>-; 2026-09-21 ->fail", NULL },
	{ "the last row goes", "SELECT 'a' AS resource, 'fail' AS status, 'r' AS reason WHERE :today < '2026-09-21'",
	  "2026-09-21 ->unknown; 2026-09-21 fail>-", NULL },
	{ "a row goes and comes back beside another that stays",
	  "SELECT 'a' AS resource, iif(:today >= '2026-09-24', 'fail', 'pass') AS status, 'r' AS reason UNION ALL"
	  " SELECT 'b', iif(:today BETWEEN '2026-09-19' AND '2026-09-23', 'fail', 'pass'), 'r'",
	  "2026-09-19 pass>fail; 2026-09-24 pass>fail; 2026-09-24 fail>pass", NULL },
	{ "evidence does not age",
	  STATUS("WHEN :seen > 1788523200000000 THEN 'fail' WHEN :today = '' THEN 'warn' ELSE 'pass'"), "", NULL },
};

static bool others_wait(void *arg)
{
	return true;
}

static struct forecast *run(struct site *site, unsigned days, usec_t daily, bool slowly)
{
	struct forecast *forecast = NULL;
	int r = forecast_new(&site->config, site->rules, days, site->now, &forecast);

	assert_int_equal(r, 0);
	forecast_pace(forecast, daily, 0);
	do
		r = forecast_step(forecast, site->reader, slowly ? 0 : SECONDS(60), slowly ? others_wait : NULL, NULL);
	while (r > 0);
	assert_int_equal(r, 0);
	return forecast;
}

static const char *name_of(int status)
{
	return status < 0 ? "-" : status_name((enum status)status);
}

static void changes_text(const struct forecast *forecast, char *buf, size_t size)
{
	const struct forecast_result *result = forecast_result(forecast);

	buf[0] = '\0';
	for (size_t i = 0; i < result->n_changes; i++) {
		const struct forecast_change *change = &result->changes[i];
		char day[WHEN_MAX];

		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s %s>%s", i ? "; " : "",
			 when_format_day(day, change->day), name_of(change->was), name_of(change->status));
	}
}

static void open_due(struct site *site, const char *keys, const char *sql)
{
	site_open(site);
	site_file(site, "checklists", "form.yaml", LIST);
	site_check(site, "due", keys, sql);
	site_check(site, "still", KEYS, "SELECT 'x' AS resource, 'pass' AS status, 'r' AS reason");
	site_rules(site);
	site_judge(site);
	site_people(site);
	site_settle(site, "register");
}

static void foretold(void **state)
{
	const struct row *row = *state;
	struct site site;
	char text[1000];

	open_due(&site, KEYS, row->sql);
	for (int way = 0; way < 3; way++) {
		_cleanup_(forecast_freep) struct forecast *forecast = run(&site, 90, way == 1 ? 0 : SECONDS(60),
									  way == 2);

		changes_text(forecast, text, sizeof(text));
		if (strcmp(text, way == 1 && row->strided ? row->strided : row->daily) != 0)
			fail_msg("way %d: \"%s\"", way, text);
		assert_int_equal(forecast_result(forecast)->n_still, 1);
		/* Who is there has words, also who went and came back between two questions. */
		for (size_t i = 0; i < forecast_result(forecast)->n_changes; i++)
			assert_true(forecast_result(forecast)->changes[i].status < 0 ||
				    forecast_result(forecast)->changes[i].reason_en[0] != '\0');
	}
	site_close(&site);
}

static void strides_ask_less(void **state)
{
	struct site site;

	open_due(&site, KEYS, rows[1].sql);
	for (int way = 0; way < 2; way++) {
		_cleanup_(forecast_freep) struct forecast *forecast = run(&site, 90, way == 0 ? SECONDS(60) : 0, false);
		const struct forecast_result *result = forecast_result(forecast);

		assert_int_equal(result->n_daily, way == 0);
		assert_int_equal(result->n_strided, way == 1);
		if (way == 0)
			assert_int_equal(result->n_asked, 92); /* now, today and 90 days */
		else
			assert_true(result->n_asked <= 15 + 3);
	}
	site_close(&site);
}

static void items_and_scores_follow(void **state)
{
	struct site site;
	_cleanup_(forecast_freep) struct forecast *forecast = NULL;
	const struct forecast_result *result;

	open_due(&site, KEYS, rows[6].sql);
	forecast = run(&site, 90, 0, false);
	result = forecast_result(forecast);
	assert_int_equal(result->n_items, 2);
	assert_int_equal(result->items[0].item, 0);
	assert_int_equal(result->items[0].status, STATUS_WARN);
	assert_int_equal(result->items[1].status, STATUS_FAIL);
	assert_int_equal(result->n_scores, 3);
	assert_int_equal(result->scores[0].day, when_day_of(NOON));
	assert_true(fabs(result->scores[0].score.percent - 100) < 1e-9);
	assert_true(fabs(result->scores[1].score.percent - 75) < 1e-9);
	assert_true(fabs(result->scores[2].score.percent - 50) < 1e-9);
	assert_int_equal(result->scores[2].day, result->changes[1].day);
	assert_string_equal(result->changes[1].reason_en, "r 2026-09-23");
	site_close(&site);
}

/* A pass needs its evidence then as well: what is not there now is not there then. */
static void silence_is_no_pass_then(void **state)
{
	struct site site;
	_cleanup_(forecast_freep) struct forecast *forecast = NULL;
	char text[500];

	open_due(&site,
		 "severity: high\n-- needs: register:people\n-- needs: auth_success within 7d\n-- decides: yes\n",
		 rows[10].sql);
	forecast = run(&site, 90, 0, false);
	changes_text(forecast, text, sizeof(text));
	assert_string_equal(text, "2026-09-21 fail>unknown");
	site_close(&site);
}

#define UNKNOWN STATUS("WHEN :today > '' THEN 'unknown'")

static void words_end(void **state)
{
	struct site site;
	_cleanup_(forecast_freep) struct forecast *attested = NULL, *waived = NULL, *na = NULL;
	char text[500];

	open_due(&site, KEYS "-- attest: 400\n", UNKNOWN);
	place_sql(&site.place, "INSERT INTO attestation (at, check_id, resource, who, why, until) VALUES"
			       " (1788480000000000, 'due', 'a', 'w', 'y', '2026-09-20')");
	attested = run(&site, 90, 0, false);
	changes_text(attested, text, sizeof(text));
	assert_string_equal(text, "2026-09-21 attested>unknown");
	assert_int_equal(forecast_result(attested)->changes[0].why, FORECAST_ATTESTATION);
	site_close(&site);

	open_due(&site, KEYS, STATUS("WHEN :today > '' THEN 'fail'"));
	place_sql(&site.place,
		  "INSERT INTO waiver (at, check_id, resource_pattern, who, approver, why, start, until) VALUES"
		  " (1, 'due', '*', 'w', 'b', 'y', '2026-09-01', '2026-09-30')");
	waived = run(&site, 90, 0, false);
	changes_text(waived, text, sizeof(text));
	assert_string_equal(text, "2026-10-01 fail>fail");
	assert_int_equal(forecast_result(waived)->changes[0].why, FORECAST_WAIVER);

	place_sql(&site.place, "INSERT INTO not_applicable (at, check_id, who, why, until) VALUES"
			       " (1, 'due', 'w', 'y', '2026-09-10')");
	na = run(&site, 20, 0, false);
	changes_text(na, text, sizeof(text));
	assert_string_equal(text, "2026-09-11 na>fail");
	site_close(&site);
}

/* Somebody puts it right while the forecast is under way: it does not mix the two states. */
static void begins_anew_when_the_state_moves(void **state)
{
	struct site site;
	_cleanup_(forecast_freep) struct forecast *forecast = NULL;
	char text[500];
	int steps = 0, r;

	open_due(
		&site, KEYS,
		"SELECT account AS resource, CASE WHEN uses = 0 AND :today > '2026-09-20' THEN 'fail' WHEN uses = 0 THEN 'warn'"
		" ELSE 'pass' END AS status, 'r' AS reason FROM v_account_seen");
	site_account(&site, "ada", 0);
	assert_int_equal(forecast_new(&site.config, site.rules, 90, site.now, &forecast), 0);
	while ((r = forecast_step(forecast, site.reader, 0, others_wait, NULL)) > 0)
		if (++steps == 3)
			site_account(&site, "ada", 9);
	assert_int_equal(r, 0);
	assert_true(steps > 90);
	changes_text(forecast, text, sizeof(text));
	assert_string_equal(text, "");
	/* And it is the newer one: nothing warns any more. */
	assert_true(fabs(forecast_result(forecast)->scores[0].score.percent - 100) < 1e-9);
	site_close(&site);
}

static void what_cannot_be_asked_stays(void **state)
{
	struct site site;
	_cleanup_(forecast_freep) struct forecast *forecast = NULL;
	const struct forecast_result *result;

	open_due(&site, KEYS, STATUS("WHEN :today > '2026-09-10' THEN 'nonsense' ELSE 'fail'"));
	forecast = run(&site, 30, SECONDS(60), false);
	result = forecast_result(forecast);
	assert_int_equal(result->n_failures, 1);
	assert_string_equal(result->failures[0].check->id, "due");
	assert_non_null(strstr(result->failures[0].error, "nonsense"));
	assert_int_equal(result->n_changes, 0);
	assert_true(fabs(result->scores[0].score.percent - 50) < 1e-9);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strides_ask_less),
		cmocka_unit_test(items_and_scores_follow),
		cmocka_unit_test(silence_is_no_pass_then),
		cmocka_unit_test(words_end),
		cmocka_unit_test(begins_anew_when_the_state_moves),
		cmocka_unit_test(what_cannot_be_asked_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(rows, foretold);
}
