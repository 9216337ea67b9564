/* Tokens: who may do what with which, what a wrong one gets, and that none is kept anywhere. */
#include "dashboard/write.h"
#include "tests/live.h"
#include "tests/table.h"

#define LIST                                                                                      \
	"id: form\nedition: \"2026\"\nfiscal_year: 2026\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n"
#define ANSWER "{\"item\":\"1\",\"answer\":\"yes\",\"who\":\"山田\"}"
#define TOKENS "/api/v1/tokens"

enum who { NOBODY, METRICS, VIEWER, OPERATOR, ADMIN, WRONG, EXPIRED, REVOKED, WHO };

static char tokens[WHO][80];

static void rules_put(void)
{
	site_file(&live.site, "checklists", "form.yaml", LIST);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes", BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	site_people(&live.site);
	site_account(&live.site, "ada", 5);
}

static int64_t number(const char *sql)
{
	return sql_int(live.site.reader, sql);
}

static const char *header(enum who who, char buf[static 200])
{
	buf[0] = '\0';
	if (who != NOBODY)
		snprintf(buf, 200, "Authorization: Bearer %s\r\n", tokens[who]);
	return buf;
}

static int get_with(enum who who, const char *path)
{
	_free_ char *body = NULL;
	char buf[200];

	return send_to(false, "GET", path, header(who, buf), "", &body);
}

static int put_with(enum who who, const char *method, const char *path, const char *json)
{
	_free_ char *body = NULL;
	char buf[200];

	return put(false, method, path, header(who, buf), json, &body);
}

/* As root on the UNIX socket does it; the id in @ret_id. */
static void make(enum who who, const char *role, const char *until, int64_t *ret_id)
{
	_free_ char *body = NULL;
	char json[200];
	json_t *answer;

	snprintf(json, sizeof(json), "{\"name\":\"%s の人\",\"role\":\"%s\",\"until\":\"%s\"}", role, role, until);
	assert_int_equal(put(true, "POST", TOKENS, "Idempotency-Key: same\r\n", json, &body), 201);
	answer = json_loads(body, 0, NULL);
	snprintf(tokens[who], sizeof(tokens[who]), "%s", text_of(answer, "token"));
	assert_int_equal(strlen(tokens[who]), 47);
	*ret_id = json_integer_value(json_object_get(answer, "id"));
	json_decref(answer);
}

static void without_a_token_this_machine_reads(void **state)
{
	snprintf(tokens[WRONG], sizeof(tokens[WRONG]), "tenken_0123456789012345678901234567890123456789");
	assert_int_equal(get_with(NOBODY, "/api/v1/status"), 200);
	assert_int_equal(get_with(NOBODY, TOKENS), 403);
	assert_int_equal(put_with(NOBODY, "POST", "/api/v1/answers", ANSWER), 403);
	/* A wrong one is never as good as none. */
	assert_int_equal(get_with(WRONG, "/api/v1/status"), 401);
}

static void tokens_are_made(void **state)
{
	_free_ char *gone = NULL;
	char path[64];
	int64_t id;

	make(METRICS, "metrics", "2027-09-04", &id);
	make(VIEWER, "viewer", "2026-09-04", &id); /* for an inspection: today */
	make(OPERATOR, "operator", "2027-09-04", &id);
	make(ADMIN, "admin", "2027-09-04T00:00:00+09:00", &id);
	make(EXPIRED, "admin", "2026-09-04T12:00:01+09:00", &id);
	make(REVOKED, "admin", "2027-09-04", &id);
	snprintf(path, sizeof(path), TOKENS "/%lld", (long long)id);
	assert_int_equal(get_with(REVOKED, "/api/v1/status"), 200);
	assert_int_equal(put(true, "DELETE", path, "", "{}", &gone), 200);
	clock_set(NOON + SECONDS(1));
}

/* Twice the same key, twice a token: what is told once is kept nowhere. */
static void tokens_are_kept_nowhere(void **state)
{
	char sql[300];

	assert_int_equal(number("SELECT count(*) FROM token"), 6);
	assert_int_equal(number("SELECT count(*) FROM idempotency"), 0);
	for (enum who who = METRICS; who < WHO; who++) {
		snprintf(
			sql, sizeof(sql),
			"SELECT count(*) FROM audit WHERE instr(what || ifnull(before, '') || ifnull(after, ''), '%s')",
			tokens[who] + 14);
		assert_int_equal(number(sql), 0);
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM token WHERE instr(prefix || name || hex(hash), '%s')",
			 tokens[who] + 14);
		assert_int_equal(number(sql), 0);
	}
	assert_int_equal(number("SELECT count(*) FROM audit WHERE what = 'POST " TOKENS
				"' AND json_extract(after, '$.role') = 'viewer'"),
			 1);
}

static const struct row {
	const char *name;
	enum who who;
	const char *method, *path, *body;
	int status;
} rows[] = {
	{ "the page needs none", NOBODY, "GET", "/", "", 200 },
	{ "nor do its parts", NOBODY, "GET", "/app.js", "", 200 },
	{ "nor whether it lives", NOBODY, "GET", "/healthz", "", 200 },
	{ "nor whether it is ready", NOBODY, "GET", "/readyz", "", 200 },
	{ "reading does", NOBODY, "GET", "/api/v1/status", "", 401 },
	{ "so do counters", NOBODY, "GET", "/metrics", "", 401 },
	{ "so does the stream", NOBODY, "GET", "/api/v1/stream", "", 401 },
	{ "so does writing", NOBODY, "POST", "/api/v1/answers", ANSWER, 401 },
	{ "a token in the address is none", NOBODY, "GET", "/api/v1/status?access_token=x", "", 401 },
	{ "a wrong one", WRONG, "GET", "/api/v1/status", "", 401 },
	{ "an old one", EXPIRED, "GET", "/api/v1/status", "", 401 },
	{ "one that was taken back", REVOKED, "GET", "/api/v1/status", "", 401 },
	{ "a wrong one, where none is needed", WRONG, "GET", "/", "", 401 },
	{ "metrics: counters", METRICS, "GET", "/metrics", "", 200 },
	{ "metrics: nothing else", METRICS, "GET", "/api/v1/status", "", 403 },
	{ "viewer: counters", VIEWER, "GET", "/metrics", "", 200 },
	{ "viewer: status", VIEWER, "GET", "/api/v1/status", "", 200 },
	{ "viewer: a list", VIEWER, "GET", "/api/v1/findings", "", 200 },
	{ "viewer: writes nothing", VIEWER, "POST", "/api/v1/answers", ANSWER, 403 },
	{ "viewer: sees no tokens", VIEWER, "GET", TOKENS, "", 403 },
	{ "operator: writes", OPERATOR, "POST", "/api/v1/answers", ANSWER, 201 },
	{ "operator: sees no tokens", OPERATOR, "GET", TOKENS, "", 403 },
	{ "operator: makes no tokens", OPERATOR, "POST", TOKENS, "{\"name\":\"x\",\"role\":\"admin\"}", 403 },
	{ "operator: takes none back", OPERATOR, "DELETE", TOKENS "/1", "{}", 403 },
	{ "admin: sees tokens", ADMIN, "GET", TOKENS, "", 200 },
	{ "admin: a role that is none", ADMIN, "POST", TOKENS, "{\"name\":\"x\",\"role\":\"root\"}", 422 },
	{ "admin: until a day that is over", ADMIN, "POST", TOKENS,
	  "{\"name\":\"x\",\"role\":\"viewer\",\"until\":\"2026-09-03\"}", 422 },
	{ "admin: until a day that is none", ADMIN, "POST", TOKENS,
	  "{\"name\":\"x\",\"role\":\"viewer\",\"until\":\"soon\"}", 422 },
	{ "admin: without a name", ADMIN, "POST", TOKENS, "{\"role\":\"viewer\"}", 400 },
	{ "admin: takes back what is not there", ADMIN, "DELETE", TOKENS "/99", "{}", 404 },
};

static void allowed(void **state)
{
	const struct row *row = *state;

	if (strcmp(row->method, "GET") == 0)
		assert_int_equal(get_with(row->who, row->path), row->status);
	else
		assert_int_equal(put_with(row->who, row->method, row->path, row->body), row->status);
}

/* No route that writes is forgotten: who only looks, for an inspection or else, writes nowhere, and neither does who has lost his. */
static void only_who_may_writes(void **state)
{
	static const struct {
		enum who who;
		int status;
	} askers[] = { { NOBODY, 401 }, { METRICS, 403 }, { VIEWER, 403 }, { EXPIRED, 401 }, { REVOKED, 401 } };
	int64_t before = number("SELECT count(*) FROM audit WHERE what GLOB '[A-Z]* /api/*'");
	char route[300], path[300];
	size_t routes = 0;

	for (; write_path(routes, route, sizeof(route)); routes++) {
		struct str rest = str_of(route), method = str_cut(&rest, ' ');
		size_t n = 0;

		for (size_t i = 0; i < rest.n; i++)
			if (rest.p[i] != '{' && rest.p[i] != '}')
				path[n++] = rest.p[i];
			else if (rest.p[i] == '{')
				path[n++] = '1';
		path[n] = '\0';
		route[method.n] = '\0';
		/* Bad tokens are slowed after some. */
		for (size_t i = 0; i < (routes < 3 ? COUNT(askers) : 3); i++)
			assert_int_equal(put_with(askers[i].who, route, path, "{}"), askers[i].status);
		/* A good one is let through to what the route itself says. */
		n = (size_t)put_with(ADMIN, route, path, "{\"nothing\":1}");
		if (n == 401 || n == 403 || n == 405 || n >= 500)
			fail_msg("%s %s: %zu", route, path, n);
	}
	assert_true(routes > 15);
	assert_int_equal(number("SELECT count(*) FROM audit WHERE what GLOB '[A-Z]* /api/*'"), before);
}

/* Until the last microsecond, and not one longer. */
static void a_token_ends_exactly(void **state)
{
	usec_t end = when_day_start(when_day_of(NOON) + 1);

	clock_set(end - 1);
	assert_int_equal(get_with(VIEWER, "/api/v1/me"), 200);
	clock_set(end);
	assert_int_equal(get_with(VIEWER, "/api/v1/me"), 401);
	clock_set(NOON + SECONDS(1));
	assert_int_equal(get_with(VIEWER, "/api/v1/me"), 200);
}

static const char *const schemes[] = { "Basic dGVua2VuOng=", "Bearer", "Bearer ", "bearer  ", "Token x", "" };

static void who_asks_is_told(void **state)
{
	static const struct {
		enum who who;
		const char *role;
	} askers[] = { { VIEWER, "viewer" }, { OPERATOR, "operator" }, { ADMIN, "admin" } };
	char buf[200];

	for (size_t i = 0; i < COUNT(askers); i++) {
		_free_ char *body = NULL;
		json_t *json;

		assert_int_equal(send_to(false, "GET", "/api/v1/me", header(askers[i].who, buf), "", &body), 200);
		json = json_loads(body, 0, NULL);
		assert_string_equal(text_of(json, "role"), askers[i].role);
		assert_true(json_is_true(json_object_get(json, "token")));
		assert_non_null(strstr(text_of(json, "who"), askers[i].role));
		assert_null(strstr(body, tokens[askers[i].who]));
		json_decref(json);
	}
	assert_int_equal(get_with(METRICS, "/api/v1/me"), 403);
	assert_int_equal(get_with(NOBODY, "/api/v1/me"), 401);
}

static void other_schemes_are_wrong(void **state)
{
	char buf[200];

	for (size_t i = 0; i < COUNT(schemes); i++) {
		_free_ char *body = NULL;

		snprintf(buf, sizeof(buf), "Authorization: %s\r\n", schemes[i]);
		assert_int_equal(send_to(false, "GET", "/api/v1/status", buf, "", &body), 401);
	}
}

/* What a browser would send along by itself opens nothing. */
static void a_cookie_is_nothing(void **state)
{
	_free_ char *read = NULL, *written = NULL;
	char buf[200];

	snprintf(buf, sizeof(buf), "Cookie: token=%s; Authorization=Bearer %s\r\n", tokens[ADMIN], tokens[ADMIN]);
	assert_int_equal(send_to(false, "GET", "/api/v1/status", buf, "", &read), 401);
	assert_int_equal(put(false, "POST", "/api/v1/answers", buf, ANSWER, &written), 401);
}

/* Its holder stands in the trail, by number and name, and when it was used last. */
static void who_used_one_is_on_record(void **state)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);

	assert_int_equal(
		number("SELECT count(*) FROM audit WHERE who = 'token 3 (operator の人)' AND what = 'POST /api/v1/answers'"),
		1);
	while (number("SELECT used_at IS NULL FROM token WHERE id = 3"))
		assert_true(clock_monotonic() < end);
	assert_int_equal(number("SELECT used_at IS NULL FROM token WHERE role = 'admin' AND revoked_at IS NOT NULL"),
			 0);
}

/* Many wrong ones are slowed and make two rows of the trail, and do not lock out who has a good one. */
static void wrong_ones_are_slowed(void **state)
{
	int slowed = 0;

	for (int i = 0; i < 60; i++) {
		int status = get_with(WRONG, "/api/v1/status");

		assert_true(status == 401 || status == 429);
		slowed += status == 429;
	}
	assert_true(slowed >= 40);
	assert_int_equal(get_with(VIEWER, "/api/v1/status"), 200);
	assert_int_equal(number("SELECT count(*) FROM audit WHERE what LIKE '%wrong token%' AND who = '127.0.0.1'"), 1);
	assert_int_equal(
		number("SELECT count(*) FROM audit WHERE what LIKE 'was refused 1 request%' AND who LIKE 'token 2 %'"),
		1);
}

static int stream_open(enum who who)
{
	static char buf[1 << 18];
	char request[400], authorization[200];
	int fd = port_connect(live.port, 0);

	snprintf(request, sizeof(request), "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
		 header(who, authorization));
	say(fd, request, strlen(request));
	assert_true(hear(fd, buf, sizeof(buf), "event: status\ndata: {") > 0);
	return fd;
}

/* The stream ends with the day of the token, and when it is taken back. */
static void streams_end_with_their_token(void **state)
{
	static char buf[1 << 18];
	int fd = stream_open(VIEWER), admin = stream_open(ADMIN);

	clock_set(when_day_start(when_day_of(NOON) + 1));
	assert_true(hear(fd, buf, sizeof(buf), NULL) >= 0);
	close(fd);
	assert_true(get_with(VIEWER, "/api/v1/status") >= 401);
	assert_int_equal(get_with(ADMIN, "/api/v1/status"), 200);
	assert_int_equal(put_with(ADMIN, "DELETE", TOKENS "/4", "{}"), 200);
	assert_true(hear(admin, buf, sizeof(buf), NULL) >= 0);
	close(admin);
	assert_true(get_with(ADMIN, "/api/v1/status") >= 401);
}

int main(void)
{
	const struct CMUnitTest before[] = {
		cmocka_unit_test(without_a_token_this_machine_reads),
		cmocka_unit_test(tokens_are_made),
		cmocka_unit_test(tokens_are_kept_nowhere),
	};
	const struct CMUnitTest after[] = {
		cmocka_unit_test(only_who_may_writes),     cmocka_unit_test(a_token_ends_exactly),
		cmocka_unit_test(other_schemes_are_wrong), cmocka_unit_test(a_cookie_is_nothing),
		cmocka_unit_test(who_asks_is_told),        cmocka_unit_test(who_used_one_is_on_record),
		cmocka_unit_test(wrong_ones_are_slowed),   cmocka_unit_test(streams_end_with_their_token),
	};
	int failed;

	live_open(rules_put, data_put);
	failed = cmocka_run_group_tests(before, NULL, NULL);
	failed += RUN_TABLE(rows, allowed);
	failed += cmocka_run_group_tests(after, NULL, NULL);
	live_close();
	return failed;
}
