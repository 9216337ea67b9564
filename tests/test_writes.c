/* Writing over HTTP: who may, what is taken, what is refused and how it is said, once only, and its trail. */
#include "tests/live.h"
#include "tests/table.h"

#define LIST                                                                                      \
	"id: form\nedition: \"2026\"\nfiscal_year: 2026\ntitle.ja: 表\ntitle.en: form\nitems:\n" \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"        \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n"     \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified}\n"

static void rules_put(void)
{
	site_file(&live.site, "checklists", "form.yaml", LIST);
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n-- attest: 30\n",
		   BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	site_people(&live.site);
	site_account(&live.site, "ada", 0);
	site_account(&live.site, "bob", 20);
}

#define ANSWERS "/api/v1/answers"
#define ACKS "/api/v1/acks"
#define JSON "Content-Type: application/json\r\n"
#define YES "{\"item\":\"1\",\"answer\":\"yes\",\"who\":\"山田\"}"

/* On a connection of its own: the loop's thread has the others. */
static int64_t number(const char *sql)
{
	return sql_int(live.site.reader, sql);
}

static const struct row {
	const char *name, *method, *path, *headers, *body;
	bool tcp;
	int status;
	const char *field; /* of the first error; NULL: none is said */
} rows[] = {
	{ "nothing is written there", "POST", "/api/v1/status", "", YES, .status = 405 },
	{ "nor at the root", "POST", "/", "", YES, .status = 405 },
	{ "nor below", "POST", ANSWERS "/1/2", "", YES, .status = 405 },
	{ "another method", "PUT", ANSWERS, "", YES, .status = 405 },
	{ "from the page, without a token", "POST", ANSWERS, "", YES, .tcp = true, .status = 403 },
	{ "not JSON", "POST", ANSWERS, "", "item=1&answer=yes", .status = 400 },
	{ "half an object", "POST", ANSWERS, "", "{\"item\":", .status = 400 },
	{ "nothing", "POST", ANSWERS, "", "", .status = 400 },
	{ "a list", "POST", ANSWERS, "", "[]", .status = 400 },
	{ "a member twice", "POST", ANSWERS, "", "{\"item\":\"1\",\"item\":\"2\"}", .status = 400 },
	{ "two objects", "POST", ANSWERS, "", YES YES, .status = 400 },
	{ "bytes that are no text", "POST", ANSWERS, "", "{\"item\":\"\xff\"}", .status = 400 },
	{ "deep", "POST", ANSWERS, "", "{\"item\":[[[[[[[[]]]]]]]]}", .status = 400, .field = "item" },
	{ "a number for a text", "POST", ANSWERS, "", "{\"item\":1,\"answer\":\"yes\",\"who\":\"y\"}", .status = 400,
	  .field = "item" },
	{ "2^63", "POST", ANSWERS, "", "{\"item\":9223372036854775808}", .status = 400 },
	{ "null", "POST", ANSWERS, "", "{\"item\":null,\"answer\":\"yes\",\"who\":\"y\"}", .status = 400,
	  .field = "item" },
	{ "only blanks", "POST", ANSWERS, "", "{\"item\":\"1\",\"answer\":\"yes\",\"who\":\" \"}", .status = 400,
	  .field = "who" },
	{ "NUL inside", "POST", ANSWERS, "", "{\"item\":\"1\\u0000\",\"answer\":\"yes\",\"who\":\"y\"}",
	  .status = 400 },
	{ "a control character", "POST", ANSWERS, "", "{\"item\":\"1\",\"answer\":\"yes\",\"who\":\"y\\u001b[2J\"}",
	  .status = 400, .field = "who" },
	{ "a misspelt member", "POST", ANSWERS, "", "{\"itme\":\"1\",\"answer\":\"yes\",\"who\":\"y\"}", .status = 400,
	  .field = "itme" },
	{ "a key that is none", "POST", ANSWERS, "Idempotency-Key: a b\r\n", YES, .status = 400 },
	{ "no such item", "POST", ANSWERS, "", "{\"item\":\"9\",\"answer\":\"yes\",\"who\":\"y\"}", .status = 422,
	  .field = "item" },
	{ "no such form", "POST", ANSWERS, "", "{\"pack\":\"none\",\"item\":\"1\",\"answer\":\"yes\",\"who\":\"y\"}",
	  .status = 422, .field = "pack" },
	{ "neither yes nor no", "POST", ANSWERS, "", "{\"item\":\"1\",\"answer\":\"perhaps\",\"who\":\"y\"}",
	  .status = 422, .field = "answer" },
	{ "an acknowledgement of nothing", "POST", ACKS, "", "{\"items\":[],\"who\":\"y\"}", .status = 400,
	  .field = "items" },
	{ "of a text", "POST", ACKS, "", "{\"items\":\"all\",\"who\":\"y\"}", .status = 400, .field = "items" },
	{ "of things that are none", "POST", ACKS, "", "{\"items\":[\"ada\"],\"who\":\"y\"}", .status = 400,
	  .field = "items" },
	{ "with more than two names", "POST", ACKS, "",
	  "{\"items\":[{\"check\":\"uses\",\"resource\":\"ada\",\"who\":\"x\"}],\"who\":\"y\"}", .status = 400,
	  .field = "items" },
	{ "of one and of many", "POST", ACKS, "",
	  "{\"check\":\"uses\",\"items\":[{\"check\":\"uses\",\"resource\":\"ada\"}],\"who\":\"y\"}", .status = 400,
	  .field = "items" },
	{ "of half a finding", "POST", ACKS, "", "{\"check\":\"uses\",\"who\":\"y\"}", .status = 400,
	  .field = "resource" },
	{ "the second of two is unknown", "POST", ACKS, "",
	  "{\"items\":[{\"check\":\"uses\",\"resource\":\"ada\"},{\"check\":\"uses\",\"resource\":\"nobody\"}],\"who\":\"y\"}",
	  .status = 422, .field = "items[1].resource" },
	{ "until yesterday", "POST", ACKS, "",
	  "{\"items\":[{\"check\":\"uses\",\"resource\":\"ada\"}],\"who\":\"y\",\"until\":\"2026-09-03\"}",
	  .status = 422, .field = "until" },
	{ "tomorrow", "POST", ANSWERS, "",
	  "{\"item\":\"1\",\"answer\":\"yes\",\"who\":\"y\",\"answered_on\":\"2026-09-05\"}", .status = 422,
	  .field = "answered_on" },
};

static void refused(void **state)
{
	const struct row *row = *state;
	_free_ char *body = NULL;
	json_t *json, *errors;
	static const char count[] = "SELECT (SELECT count(*) FROM answer) + (SELECT count(*) FROM ack)";
	int64_t before = number(count);

	assert_int_equal(put(!row->tcp, row->method, row->path, row->headers, row->body, &body), row->status);
	json = json_loads(body, 0, NULL);
	has(json, "type title status text");
	has(json_object_get(json, "text"), "ja en");
	errors = json_object_get(json, "errors");
	if (row->field)
		assert_string_equal(text_of(json_array_get(errors, 0), "field"), row->field);
	else
		assert_null(errors);
	assert_int_equal(number(count), before);
	json_decref(json);
}

/* What a form of another site could send is no JSON by its type. */
static void only_json_is_taken(void **state)
{
	static const char *const types[] = { "", "Content-Type: text/plain\r\n", "Content-Type: application/jsonx\r\n",
					     "Content-Type: application/x-www-form-urlencoded\r\n" };
	char headers[256];

	for (size_t i = 0; i < COUNT(types); i++) {
		_free_ char *body = NULL;

		snprintf(headers, sizeof(headers), "%sContent-Length: %zu\r\n", types[i], strlen(YES));
		assert_int_equal(send_to(true, "POST", ANSWERS, headers, YES, &body), 415);
	}
}

static void loopback_is_told_what_to_do(void **state)
{
	_free_ char *body = NULL;

	assert_int_equal(put(false, "POST", ANSWERS, "", YES, &body), 403);
	assert_non_null(strstr(body, "sudo tenken"));
}

/* The judge takes it up within a moment. */
static void await_item(const char *item, const char *key, const char *value)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	bool found = false;

	while (!found) {
		json_t *json = get("/api/v1/checklists/form");

		found = strcmp(text_of(find(json_object_get(json, "items"), "id", item), key), value) == 0;
		json_decref(json);
		assert_true(clock_monotonic() < end);
	}
}

static void an_answer_is_written_with_its_trail(void **state)
{
	_free_ char *body = NULL, *again = NULL;
	json_t *json;

	assert_int_equal(put(true, "POST", ANSWERS, "", YES, &body), 201);
	json = json_loads(body, 0, NULL);
	assert_string_equal(text_of(json, "pack"), "form");
	assert_string_equal(text_of(json, "answered_on"), "2026-09-04");
	assert_int_equal(json_integer_value(json_object_get(json, "fiscal_year")), 2026);
	json_decref(json);
	assert_int_equal(put(true, "POST", ANSWERS, "",
			     "{\"item\":\"1\",\"answer\":\"no\",\"target_on\":\"2026-12-28\",\"who\":\"山田\"}",
			     &again),
			 201);
	assert_int_equal(
		number("SELECT count(*) FROM audit WHERE who LIKE 'uid %' AND what = 'POST " ANSWERS "'"
		       " AND json_extract(before, '$.answer') = 'yes' AND json_extract(after, '$.answer') = 'no'"),
		1);
	await_item("1", "target_date", "2026-12-28");
	await_item("1", "answer", "no");
}

/* The same request again, as a client sends it that got no answer, is done once. */
static void a_key_makes_it_once(void **state)
{
	static const char key[] = "Idempotency-Key: 7f0c-1\r\n";
	int64_t before = number("SELECT count(*) FROM answer");
	_free_ char *first = NULL, *second = NULL, *other = NULL, *elsewhere = NULL;

	assert_int_equal(put(true, "POST", ANSWERS, key, YES, &first), 201);
	assert_int_equal(put(true, "POST", ANSWERS, key, YES, &second), 201);
	assert_string_equal(first, second);
	assert_int_equal(number("SELECT count(*) FROM answer"), before + 1);
	assert_int_equal(
		put(true, "POST", ANSWERS, key, "{\"item\":\"2\",\"answer\":\"yes\",\"who\":\"山田\"}", &other), 422);
	assert_int_equal(number("SELECT count(*) FROM answer"), before + 1);
	assert_int_equal(number("SELECT count(*) FROM idempotency"), 1);

	/* A day later the key is free again. */
	clock_set(NOON + DAYS(1));
	assert_int_equal(
		put(true, "POST", ANSWERS, key, "{\"item\":\"2\",\"answer\":\"yes\",\"who\":\"山田\"}", &elsewhere),
		201);
	assert_int_equal(number("SELECT count(*) FROM idempotency"), 1);
	clock_set(NOON);
}

/* What was refused may be mended and sent again under the same key. */
static void a_refused_write_uses_no_key(void **state)
{
	static const char key[] = "Idempotency-Key: 7f0c-2\r\n";
	_free_ char *first = NULL, *second = NULL;

	assert_int_equal(
		put(true, "POST", ANSWERS, key, "{\"item\":\"1\",\"answer\":\"yess\",\"who\":\"山田\"}", &first), 422);
	assert_int_equal(put(true, "POST", ANSWERS, key, YES, &second), 201);
}

/* The judge says it of @resource of the check within a moment. */
static void await_status(const char *resource, const char *status)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	bool found = false;

	while (!found) {
		json_t *json = get("/api/v1/checks/uses");

		found = strcmp(text_of(find(json_object_get(json, "rows"), "resource", resource), "status"), status) ==
			0;
		json_decref(json);
		assert_true(clock_monotonic() < end);
	}
}

#define ATTEST "{\"check\":\"uses\",\"resource\":\"bob\",\"who\":\"山田\",\"why\":\"見た\"}"
#define BACK "{\"who\":\"佐藤\",\"why\":\"間違い\"}"

static void what_was_said_turns_the_verdict_and_back(void **state)
{
	_free_ char *said = NULL, *back = NULL, *again = NULL, *none = NULL, *bad = NULL;
	json_t *json;

	await_status("bob", "unknown");
	assert_int_equal(put(true, "POST", "/api/v1/attestations", "", ATTEST, &said), 201);
	await_status("bob", "attested");
	json = get("/api/v1/attestations?check=uses&state=current");
	assert_string_equal(text_of(find(json_object_get(json, "items"), "resource", "bob"), "until"), "2026-10-04");
	json_decref(json);
	assert_int_equal(put(true, "DELETE", "/api/v1/attestations/x", "", BACK, &bad), 404);
	assert_int_equal(put(true, "DELETE", "/api/v1/attestations/99", "", BACK, &none), 404);
	assert_int_equal(put(true, "DELETE", "/api/v1/attestations/1", "", BACK, &back), 200);
	await_status("bob", "unknown");
	assert_int_equal(put(true, "DELETE", "/api/v1/attestations/1", "", BACK, &again), 409);
	json = get("/api/v1/attestations?state=revoked");
	assert_string_equal(text_of(find(json_object_get(json, "items"), "resource", "bob"), "revoked_by"), "佐藤");
	json_decref(json);
	assert_int_equal(
		number("SELECT count(*) FROM audit WHERE what = 'DELETE /api/v1/attestations/1'"
		       " AND json_extract(before, '$.state') = 'current' AND json_extract(after, '$.state') = 'revoked'"),
		1);
}

#define WAIVER                                                                                              \
	"{\"check\":\"uses\",\"resource\":\"a*\",\"who\":\"山田\",\"approver\":\"院長\",\"why\":\"y\"," \
	"\"measure\":\"m\",\"until\":\"2026-12-31\"}"
#define NA "{\"what\":\"2\",\"who\":\"山田\",\"why\":\"y\",\"until\":\"2026-12-31\"}"

static void waivers_and_na_are_listed(void **state)
{
	_free_ char *waiver = NULL, *na = NULL;
	json_t *json;

	assert_int_equal(put(true, "POST", "/api/v1/waivers", "", WAIVER, &waiver), 201);
	assert_int_equal(put(true, "POST", "/api/v1/not-applicable", "", NA, &na), 201);
	await_item("2", "status", "na");
	/* What covers one resource is found by it. */
	json = get("/api/v1/waivers?check=uses&resource=ada");
	assert_string_equal(text_of(find(json_object_get(json, "items"), "approver", "院長"), "state"), "current");
	json_decref(json);
	json = get("/api/v1/waivers?resource=bob");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
	json_decref(json);
	json = get("/api/v1/not-applicable");
	find(json_object_get(json, "items"), "what", "2");
	json_decref(json);
}

/* As many as a person ticks: all or none, a row of the trail for each, once for a key. */
static void many_are_acknowledged(void **state)
{
	static char items[64000];
	_free_ char *body = NULL, *again = NULL, *more = NULL;
	size_t n = (size_t)snprintf(items, sizeof(items),
				    "{\"who\":\"山田\",\"items\":["
				    "{\"check\":\"uses\",\"resource\":\"ada\"},"
				    "{\"check\":\"uses\",\"resource\":\"*\"}]}");
	json_t *json;

	assert_int_equal(put(true, "POST", ACKS, "Idempotency-Key: many\r\n", items, &body), 201);
	assert_int_equal(put(true, "POST", ACKS, "Idempotency-Key: many\r\n", items, &again), 201);
	assert_string_equal(body, again);
	json = json_loads(body, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(json, "items")), 2);
	has(json_array_get(json_object_get(json, "items"), 1), "id at check resource who why until");
	json_decref(json);
	assert_int_equal(number("SELECT count(*) FROM ack WHERE who = '山田'"), 2);
	assert_int_equal(number("SELECT count(*) FROM audit WHERE what = 'POST /api/v1/acks' AND who LIKE 'uid%'"
				" AND json_extract(after, '$.resource') IN ('ada', '*') AND before IS NULL"),
			 2);

	n = (size_t)snprintf(items, sizeof(items), "{\"who\":\"山田\",\"items\":[");
	for (int i = 0; i < 1001; i++)
		n += (size_t)snprintf(items + n, sizeof(items) - n, "%s{\"check\":\"uses\",\"resource\":\"ada\"}",
				      i > 0 ? "," : "");
	snprintf(items + n, sizeof(items) - n, "]}");
	assert_int_equal(put_long(ACKS, items, &more), 400);
	assert_int_equal(number("SELECT count(*) FROM ack WHERE who = '山田'"), 2);
}

/* The newest first, page by page, each row once. */
static void answers_are_paged(void **state)
{
	int64_t total = number("SELECT count(*) FROM answer"), seen = 0, last = INT64_MAX;
	char path[128] = ANSWERS "?limit=1", cursor[64];

	assert_true(total > 2);
	for (cursor[0] = 'x'; cursor[0]; seen++) {
		json_t *json = get(path), *row = json_array_get(json_object_get(json, "items"), 0);

		assert_true(json_integer_value(json_object_get(row, "id")) < last);
		last = json_integer_value(json_object_get(row, "id"));
		snprintf(cursor, sizeof(cursor), "%s", text_of(json, "next"));
		snprintf(path, sizeof(path), ANSWERS "?limit=1&cursor=%s", cursor);
		json_decref(json);
	}
	assert_int_equal(seen, total);
}

static const char *const tagged[] = {
	ANSWERS,
	"/api/v1/attestations",
	"/api/v1/waivers",
	"/api/v1/not-applicable",
	"/api/v1/findings",
	"/api/v1/events",
	"/api/v1/accounts",
	"/api/v1/devices",
	"/api/v1/checks/uses",
	"/api/v1/checklists/form",
	"/api/v1/registers/people",
	"/api/v1/history",
};

/* What has not changed is not sent again. */
static void lists_have_tags(void **state)
{
	static char buf[1 << 20];

	for (size_t i = 0; i < COUNT(tagged); i++) {
		char request[400], tag[64] = "";
		const char *at;

		for (int again = 0; again < 2; again++) {
			int fd = unix_connect();
			int n = snprintf(request, sizeof(request),
					 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s\r\n",
					 tagged[i], again ? "If-None-Match: " : "", tag, again ? "\r\n" : "");

			say(fd, request, (size_t)n);
			assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
			close(fd);
			assert_memory_equal(buf, again ? "HTTP/1.1 304" : "HTTP/1.1 200", 12);
			at = strstr(buf, "\r\nETag: ");
			assert_non_null(at);
			str_copy(tag, sizeof(tag), (struct str){ at + 8, strcspn(at + 8, "\r") });
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_json_is_taken),
		cmocka_unit_test(loopback_is_told_what_to_do),
		cmocka_unit_test(an_answer_is_written_with_its_trail),
		cmocka_unit_test(a_key_makes_it_once),
		cmocka_unit_test(a_refused_write_uses_no_key),
		cmocka_unit_test(many_are_acknowledged),
		cmocka_unit_test(answers_are_paged),
		cmocka_unit_test(lists_have_tags),
		cmocka_unit_test(what_was_said_turns_the_verdict_and_back),
		cmocka_unit_test(waivers_and_na_are_listed),
	};
	int failed;

	live_open(rules_put, data_put);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(rows, refused);
	live_close();
	return failed;
}
