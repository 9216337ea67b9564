/* Who gets an answer in gzip, with which tag, and that it says the same. */
#include <zlib.h>

#include "dashboard/gzip.h"
#include "tests/live.h"
#include "tests/table.h"

static const struct wanted_row {
	const char *name, *field;
	bool wanted;
} wanteds[] = {
	{ "nothing is said", "", false },
	{ "gzip", "gzip", true },
	{ "its old name", "x-gzip", true },
	{ "in capitals", "GZIP", true },
	{ "as browsers say it", "gzip, deflate, br, zstd", true },
	{ "others alone", "br, deflate", false },
	{ "anything", "*", true },
	{ "anything but gzip", "*, gzip;q=0", false },
	{ "nothing but what is not coded", "identity", false },
	{ "refused", "gzip;q=0", false },
	{ "refused with digits", "gzip;q=0.000", false },
	{ "hardly", "gzip;q=0.001", true },
	{ "with blanks", " gzip ; q = 1.0 , br", true },
	{ "rather not coded", "gzip;q=0.5, identity", false },
	{ "rather not coded, with weights", "identity;q=0.9, gzip;q=0.8", false },
	{ "rather gzip", "identity;q=0.5, gzip;q=0.8", true },
	{ "as gladly", "identity, gzip", true },
	{ "what is not coded is refused, and so is the rest", "identity;q=0, *;q=0", false },
	{ "a weight that is none", "gzip;q=high", false },
	{ "more than all", "gzip;q=2", false },
	{ "too many digits", "gzip;q=0.1234", false },
	{ "another parameter first", "gzip;level=9;q=0", false },
	{ "a name that only begins so", "gzipped", false },
	{ "commas", ",,,gzip,,", true },
};

static void understands(void **state)
{
	const struct wanted_row *row = *state;

	assert_int_equal(gzip_wanted(str_of(row->field)), row->wanted);
}

static void rules_put(void)
{
	site_file(&live.site, "checklists", "form.yaml",
		  "id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"
		  "  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [uses]}\n");
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n", BY_USES);
	site_rules(&live.site);
}

static void data_put(void)
{
	site_people(&live.site);
	for (int i = 0; i < 40; i++) {
		char user[16];

		snprintf(user, sizeof(user), "user%02d", i);
		site_account(&live.site, user, i % 12);
	}
}

struct heard {
	int status;
	char coding[16], tag[64], vary[64], type[64], body[1 << 20];
	size_t n;
	bool length_fits;
};
static struct heard one, two;

static void field_of(const char *head, const char *end, const char *name, char *buf, size_t size)
{
	const char *at = strstr(head, name);

	str_copy(buf, size, (struct str){ "", 0 });
	if (at && at < end)
		str_copy(buf, size, (struct str){ at + strlen(name), strcspn(at + strlen(name), "\r") });
}

static void fetch(const char *method, const char *path, const char *headers, struct heard *ret)
{
	static char buf[1 << 20];
	char request[1024], length[32];
	int fd = unix_connect();
	int n = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n",
			 method, path, headers);
	ssize_t got;
	const char *end;

	say(fd, request, (size_t)n);
	got = hear(fd, buf, sizeof(buf), NULL);
	close(fd);
	assert_true(got > 0);
	end = strstr(buf, "\r\n\r\n");
	assert_non_null(end);
	ret->status = (int)strtol(buf + 9, NULL, 10);
	field_of(buf, end, "\r\nContent-Encoding: ", ret->coding, sizeof(ret->coding));
	field_of(buf, end, "\r\nETag: ", ret->tag, sizeof(ret->tag));
	field_of(buf, end, "\r\nVary: ", ret->vary, sizeof(ret->vary));
	field_of(buf, end, "\r\nContent-Type: ", ret->type, sizeof(ret->type));
	field_of(buf, end, "\r\nContent-Length: ", length, sizeof(length));
	ret->n = (size_t)got - (size_t)(end + 4 - buf);
	ret->length_fits = ret->n == 0 || strtoul(length, NULL, 10) == ret->n;
	memcpy(ret->body, end + 4, ret->n);
}

/* What is in the coded body, checked by its sum; its length. */
static size_t unpack(const struct heard *heard, char *buf, size_t size)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)heard->body, .avail_in = (uInt)heard->n };

	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_out = (Bytef *)buf;
	stream.avail_out = (uInt)size;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	inflateEnd(&stream);
	return stream.total_out;
}

static const struct coded_row {
	const char *name, *path;
	bool coded;
} codeds[] = {
	{ "the page", "/", true },
	{ "a script", "/app.js", true },
	{ "a style", "/style.css", true },
	{ "an answer of the judge's", "/api/v1/checks/uses", true },
	{ "an answer of the worker's", "/api/v1/findings", true },
	{ "a table", "/api/v1/findings?format=csv", true },
	{ "numbers", "/metrics", true },
	{ "a short answer", "/api/v1/me", false },
	{ "a refusal", "/api/v1/findings?limit=0", false },
	{ "whether it lives", "/healthz", false },
};

static void codes(void **state)
{
	const struct coded_row *row = *state;
	static char plain[1 << 20];
	bool moves = strcmp(row->path, "/metrics") == 0;

	fetch("GET", row->path, "", &one);
	assert_string_equal(one.coding, "");
	fetch("GET", row->path, "Accept-Encoding: gzip, br\r\n", &two);
	assert_int_equal(two.status, one.status);
	assert_string_equal(two.coding, row->coded ? "gzip" : "");
	assert_true(one.length_fits && two.length_fits);
	assert_string_equal(two.type, one.type);
	if (!row->coded)
		return;
	/* A cache must keep the two apart, by the field and by their tags. */
	assert_string_equal(one.vary, "Accept-Encoding");
	assert_string_equal(two.vary, "Accept-Encoding");
	if (one.tag[0])
		assert_string_not_equal(one.tag, two.tag);
	assert_true(two.n < one.n);
	if (!moves) {
		assert_int_equal(unpack(&two, plain, sizeof(plain)), one.n);
		assert_memory_equal(plain, one.body, one.n);
	}
}

static const struct tag_row {
	const char *name, *path;
} tags[] = {
	{ "a file", "/app.js" },
	{ "of the judge", "/api/v1/checks/uses" },
	{ "of the worker", "/api/v1/findings" },
};

/* Each tag leads to 304, whichever coding is asked for, and the answer names the tag that it confirms. */
static void keeps_tags(void **state)
{
	const struct tag_row *row = *state;
	static const char *const accepts[] = { "", "Accept-Encoding: gzip\r\n" };
	char headers[256], tag[2][64];

	for (size_t i = 0; i < 2; i++) {
		fetch("GET", row->path, accepts[i], &one);
		assert_int_equal(one.status, 200);
		assert_true(one.tag[0] == '"');
		snprintf(tag[i], sizeof(tag[i]), "%s", one.tag);
	}
	for (size_t have = 0; have < 2; have++)
		for (size_t ask = 0; ask < 2; ask++) {
			snprintf(headers, sizeof(headers), "%sIf-None-Match: \"other\", W/%s\r\n", accepts[ask],
				 tag[have]);
			fetch("GET", row->path, headers, &one);
			assert_int_equal(one.status, 304);
			assert_int_equal(one.n, 0);
			assert_string_equal(one.tag, tag[have]);
			assert_string_equal(one.vary, "Accept-Encoding");
		}
	fetch("GET", row->path, "If-None-Match: \"other-g\"\r\n", &one);
	assert_int_equal(one.status, 200);
	fetch("HEAD", row->path, accepts[1], &two);
	assert_int_equal(two.n, 0);
	assert_string_equal(two.tag, tag[1]);
	assert_string_equal(two.coding, "gzip");
}

/* What a write answers stays as it is, whatever is asked for: it may be a token. */
static void writes_are_not_coded(void **state)
{
	char body[2000];
	_free_ char *answer = NULL;

	snprintf(body, sizeof(body), "{\"check\":\"uses\",\"resource\":\"user00\",\"who\":\"y\",\"why\":\"%01500d\"}",
		 0);
	assert_int_equal(put(true, "POST", "/api/v1/acks", "Accept-Encoding: gzip\r\n", body, &answer), 201);
	assert_int_equal(answer[0], '{');
	assert_true(strlen(answer) > 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(writes_are_not_coded) };
	int failed = RUN_TABLE(wanteds, understands);

	live_open(rules_put, data_put);
	failed += RUN_TABLE(codeds, codes);
	failed += RUN_TABLE(tags, keeps_tags);
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	live_close();
	return failed;
}
