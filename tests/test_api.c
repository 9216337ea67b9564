/* The endpoint over a real store, worker and judge: shapes, the score computed again from them, masking, the live stream. */
#include <jansson.h>
#include <math.h>
#include <sys/stat.h>

#include "dashboard/mask.h"
#include "tests/live.h"
#include "tests/table.h"

#define SCORE_KEYS "percent coverage_percent attested_percent measured_percent items yes total"
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
	has(json_array_get(json_object_get(json, "verdicts"), 0), "check resource status reason since");
	json_decref(json);
}

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

#define EVENT "INSERT INTO event (received, at, type, source_id, decoder, system, count, user, host, raw) VALUES "

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

static void a_change_is_told(void)
{
	site_account(&live.site, "carol", 0);
	judge_changed(live.daemon.judge, store_table("account_seen"));
}

static void changes_are_streamed(void **state)
{
	static char buf[1 << 18];
	int fd = port_connect(live.port, 0);

	say(fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
	    strlen("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	assert_true(hear(fd, buf, sizeof(buf), "event: status\ndata: {") > 0);
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
	int fd = port_connect(live.port, 0);

	say(fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
	    strlen("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	assert_true(hear(fd, buf, sizeof(buf), "event: status\ndata: {") > 0);
	in_loop(many_changes);
	assert_true(hear(fd, buf, sizeof(buf), "\"left_out\":") > 0);
	assert_non_null(strstr(buf, "\"left_out\":"));
	assert_null(strstr(buf, "\"user2999\""));
	close(fd);
}

static void metrics_have_names(void **state)
{
	_free_ char *body = NULL;

	assert_int_equal(ask(false, "/metrics", &body), 200);
	assert_non_null(strstr(body, "# TYPE tenken_score_ratio gauge\ntenken_score_ratio{scope=\"form\"} 0."));
	assert_non_null(strstr(body, "tenken_input_received_total{input=\"syslog\"} 5\n"));
	assert_non_null(strstr(body, "tenken_check_verdict{check=\"uses\",verdict=\"fail\"} 1\n"));
	assert_null(strstr(body, "ada"));
	assert_int_equal(body[strlen(body) - 1], '\n');
}

static void page_is_served(void **state)
{
	_free_ char *body = NULL, *script = NULL;

	assert_int_equal(ask(false, "/", &body), 200);
	assert_non_null(strstr(body, "<html lang=\"ja\">"));
	/* Nothing inline, nothing from elsewhere: the policy would stop it. */
	assert_null(strstr(body, " style=\""));
	assert_null(strstr(body, "<style"));
	assert_null(strstr(body, "http"));
	assert_int_equal(ask(false, "/app.js", &script), 200);
	assert_null(strstr(script, "innerHTML"));
}

static void readiness_tells_nothing_else(void **state)
{
	_free_ char *health = NULL, *ready = NULL;

	assert_int_equal(ask(false, "/healthz", &health), 200);
	assert_string_equal(health, "ok\n");
	assert_int_equal(ask(false, "/readyz", &ready), 200);
	assert_string_equal(ready, "ready\n");
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
	{ "a type that is none", "/api/v1/events?type=nonsense", 400 },
	{ "a time that is none", "/api/v1/events?since=yesterday", 400 },
	{ "a past without a time", "/api/v1/at", 400 },
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

static const struct listen_row {
	const char *name, *listen;
	int r;
	const char *says;
} listen_rows[] = {
	{ "every address", "0.0.0.0:8080", -EACCES, "TLS" },
	{ "every address of IPv6", "[::]:8080", -EACCES, "TLS" },
	{ "an address of the house", "192.0.2.7:8080", -EACCES, "TLS" },
	{ "a name", "tenken.example:8080", -EINVAL, "127.0.0.1:8080" },
	{ "no port", "127.0.0.1", -EINVAL, "port" },
	{ "a port in use", live.listen, -EADDRINUSE, "http.listen" },
};

static void listened(void **state)
{
	const struct listen_row *row = *state;
	struct config config = { .http_listen = (char *)row->listen, .http_socket = (char *)"" };
	struct daemon other = live.daemon;
	struct diag diag = { { 0 } };
	struct http *http = NULL;

	other.config = &config;
	assert_int_equal(loop_new(&other.loop), 0);
	assert_int_equal(http_start(&other, &http, &diag), row->r);
	assert_non_null(strstr(diag.text, row->says));
	loop_free(other.loop);
}

static void socket_is_for_the_group(void **state)
{
	struct config config = { .http_listen = (char *)"", .http_socket = live.socket };
	struct daemon other = live.daemon;
	struct diag diag = { { 0 } };
	struct http *http = NULL;
	struct stat st;

	assert_int_equal(stat(live.socket, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	/* A second daemon does not take the first one's socket away. */
	other.config = &config;
	assert_int_equal(loop_new(&other.loop), 0);
	assert_int_equal(http_start(&other, &http, &diag), -EADDRINUSE);
	loop_free(other.loop);
	assert_int_equal(stat(live.socket, &st), 0);
}

#define LIST                                                                                                         \
	"id: form\nedition: \"2025\"\nfiscal_year: 2025\ntitle.ja: 表\ntitle.en: form\nitems:\n"                    \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"                           \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, weight: 2, checks: [uses, many, none]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified, checks: [none]}\n"                        \
	"  - {id: \"3\", text.ja: 三, text.en: three, text_state: verified}\n"                                      \
	"  - {id: \"4\", text_state: slot}\n"                                                                        \
	"  - {id: \"5\", text.ja: 五, text.en: five, text_state: verified, checks: [many, few]}\n"

static void data_put(void)
{
	site_people(&live.site);
	site_account(&live.site, "bob", 3);
	place_sql(&live.site.place,
		  "INSERT INTO source VALUES (1, 'syslog', '192.0.2.1', '', 'emr', 'emr', 1, 2, 2, 3, 2, 1, 0, 0)");
	place_sql(&live.site.place,
		  EVENT "(1000000, 1000000, 'auth_success', 1, 'sshd', 'emr', 1, 'bob', 'emr', x'6f6b')");
	place_sql(&live.site.place,
		  EVENT "(2000000, 2000000, 'auth_failure', 1, 'sshd', 'emr', 1, 'hunter2', 'emr', "
			"CAST('Failed password for invalid user Hunter2 from <b>' || CAST(x'ff' AS TEXT) AS BLOB))");
	place_sql(&live.site.place,
		  EVENT "(3000000, 3000000, 'auth_failure', 1, 'sshd', 'emr', 1, 'bob', 'emr', CAST('bob' AS BLOB))");
	place_sql(&live.site.place,
		  "INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host, "
		  "first_event, last_event) VALUES ('emr', 'ada<b>', 'emr', 1, 1, 0, '', '', 1, 1)");
}

#define KEYS(severity, decides) "severity: " severity "\n-- needs: register:people\n-- decides: " decides "\n"

static void rules_put(void)
{
	site_file(&live.site, "checklists", "form.yaml", LIST);
	site_check(
		&live.site, "uses", KEYS("high", "yes"),
		"SELECT account AS resource, CASE WHEN uses = 0 THEN 'fail' ELSE 'warn' END AS status, uses || ' uses' AS "
		"reason, first_event, last_event FROM v_account_seen");
	site_check(
		&live.site, "many", KEYS("medium", "yes"),
		"SELECT 'all' AS resource, CASE WHEN count(*) > 90 THEN 'warn' ELSE 'pass' END AS status, 'r' AS reason FROM "
		"v_account_seen");
	site_check(
		&live.site, "few", KEYS("low", "no"),
		"SELECT 'all' AS resource, CASE WHEN :today > '2026-09-20' THEN 'fail' WHEN count(*) > 1 THEN 'warn' ELSE 'pass' END AS status, 'r' AS "
		"reason FROM v_account_seen");
	site_check(&live.site, "none", KEYS("low", "yes") "-- needs: device_seen within 7d\n",
		   "SELECT mac AS resource, 'pass' AS status, 'r' AS reason FROM v_device_seen");
	site_rules(&live.site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_has_its_shape),
		cmocka_unit_test(score_can_be_computed_again),
		cmocka_unit_test(items_say_why),
		cmocka_unit_test(checks_show_their_rows),
		cmocka_unit_test(lists_are_paged),
		cmocka_unit_test(forecast_is_told_and_kept),
		cmocka_unit_test(plans_have_steps),
		cmocka_unit_test(needs_say_what_is_there),
		cmocka_unit_test(unknown_users_are_masked),
		cmocka_unit_test(metrics_have_names),
		cmocka_unit_test(page_is_served),
		cmocka_unit_test(readiness_tells_nothing_else),
		cmocka_unit_test(changes_are_streamed),
		cmocka_unit_test(socket_is_for_the_group),
		cmocka_unit_test(bursts_are_told_short),
		cmocka_unit_test(changes_have_causes),
	};
	int failed;

	live_open(rules_put, data_put);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(rows, refused);
	failed += RUN_TABLE(listen_rows, listened);
	live_close();
	return failed;
}
