/* What else the endpoint serves, metrics, the page, readiness, and where it listens. */
#include <sys/stat.h>

#include "tests/live_form.h"
#include "tests/table.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_have_names),
		cmocka_unit_test(page_is_served),
		cmocka_unit_test(readiness_tells_nothing_else),
		cmocka_unit_test(socket_is_for_the_group),
	};
	int failed;

	live_open(form_rules, form_data);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(listen_rows, listened);
	live_close();
	return failed;
}
