/* Every way in which a request could mean two things, and every way to hold on to the server. */
#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "dashboard/head.h"
#include "tests/http_server.h"
#include "tests/table.h"

#define H "Host: localhost\r\n"
#define NEXT "GET /next HTTP/1.1\r\n" H "Connection: close\r\n\r\n"
#define FIELD8 "a: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\n"
#define FIELD56 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8
#define BYTES(text)                      \
	{                                \
		(text), sizeof(text) - 1 \
	}

static struct http_server server, patient;
static struct server_stats stats;
static struct ticket *tickets[64];
static size_t n_tickets;

static void handle(void *arg, struct exchange *exchange)
{
	struct reply reply = { .status = 200, .type = "text/plain", .etag = "\"v1\"" };
	struct str path = exchange->head.path;

	reply.body = exchange->head.method == HEAD_GET || exchange->head.method == HEAD_HEAD ? path : exchange->body;
	if (str_eq(path, STR("/who")))
		reply.body = exchange->role == ROLE_ADMIN      ? STR("admin")
			     : exchange->role == ROLE_OPERATOR ? STR("operator")
							       : STR("viewer");
	if (str_eq(path, STR("/slow"))) {
		tickets[n_tickets] = exchange_defer(exchange);
		n_tickets += n_tickets + 1 < COUNT(tickets);
	} else if (str_eq(path, STR("/stream"))) {
		exchange_stream(exchange, STR(": hello\n\n"));
	} else if (str_eq(path, STR("/nothing"))) {
		exchange_refuse(exchange, 404, NULL, NULL);
	} else {
		exchange_reply(exchange, &reply);
	}
}

/* As a table of routes would: /take has a body of at most 64 KiB, /never is refused. */
static bool admit(void *arg, struct exchange *exchange)
{
	if (str_eq(exchange->head.path, STR("/never")))
		exchange_refuse(exchange, 403, NULL, NULL);
	else if (!str_eq(exchange->head.path, STR("/take")))
		exchange_refuse(exchange, 405, NULL, NULL);
	else if (exchange->head.size > 65536)
		exchange_refuse(exchange, 413, NULL, NULL);
	else
		return true;
	return false;
}

static void stats_task(struct http_server *s)
{
	server_stats(s->server, &stats);
}

/* Asks again and again until @field of the statistics is @value. */
static void await_stat(size_t offset, size_t value)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	size_t now = (size_t)-1;

	while (now != value && clock_monotonic() < end) {
		http_server_do(&server, stats_task);
		memcpy(&now, (char *)&stats + offset, sizeof(now));
	}
	assert_int_equal(now, value);
}
#define AWAIT(field, value) await_stat(offsetof(struct server_stats, field), (value))

static const struct row {
	const char *name;
	struct str sent;
	int status;        /* of the first answer */
	int answers;       /* how many there are before the connection is closed */
	const char *holds; /* what is in it; NULL: whatever */
	bool understood;   /* the head is good, and what is refused is what it asks for */
} rows[] = {
	{ "an ordinary request", BYTES(NEXT), 200, 1, "\r\n\r\n/next" },
	{ "no version, no path, no server name is given away", BYTES(NEXT), 200, 1, "nosniff" },
	{ "three in a row", BYTES("GET /a HTTP/1.1\r\n" H "\r\nGET /b HTTP/1.1\r\n" H "\r\n" NEXT), 200, 3, "/b" },
	{ "chunked and a length",
	  BYTES("POST /a HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT), 400,
	  1 },
	{ "gzip, chunked and a length",
	  BYTES("POST /b HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT),
	  501, 1 },
	{ "gzip, chunked alone",
	  BYTES("POST /b2 HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT), 501, 1 },
	{ "identity", BYTES("GET /b3 HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n" NEXT), 501, 1 },
	{ "chunked twice",
	  BYTES("POST /b4 HTTP/1.1\r\n" H
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
	  501, 1 },
	{ "two lengths that differ",
	  BYTES("POST /c HTTP/1.1\r\n" H "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello" NEXT), 400, 1 },
	{ "two lengths that agree",
	  BYTES("POST /c2 HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" NEXT), 400, 1 },
	{ "a length with a sign", BYTES("POST /d HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nhello" NEXT), 400, 1 },
	{ "a length in hexadecimal", BYTES("POST /d2 HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\nhello" NEXT), 400, 1 },
	{ "a negative length", BYTES("POST /d3 HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n" NEXT), 400, 1 },
	{ "an endless length", BYTES("POST /d4 HTTP/1.1\r\n" H "Content-Length: 18446744073709551621\r\n\r\n" NEXT),
	  400, 1 },
	{ "no length given", BYTES("GET /d5 HTTP/1.1\r\n" H "Content-Length:\r\n\r\n" NEXT), 400, 1 },
	{ "a list of lengths", BYTES("GET /d6 HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nhello" NEXT), 400, 1 },
	{ "a length of nothing is no body", BYTES("GET /d7 HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n" NEXT), 200, 2 },
	{ "a field without a name", BYTES("GET /e HTTP/1.1\r\n" H ": no-name\r\n\r\n" NEXT), 400, 1 },
	{ "a blank before the colon", BYTES("GET /e2 HTTP/1.1\r\nHost : a\r\n\r\n" NEXT), 400, 1 },
	{ "a field without a colon", BYTES("GET /e3 HTTP/1.1\r\n" H "nonsense\r\n\r\n" NEXT), 400, 1 },
	{ "a bare LF", BYTES("GET /f HTTP/1.1\nHost: localhost\n\n"), 400, 1 },
	{ "a bare LF in a field", BYTES("GET /f1 HTTP/1.1\r\n" H "X: a\nY: b\r\n\r\n" NEXT), 400, 1 },
	{ "a bare CR in a field", BYTES("GET /f1 HTTP/1.1\r\n" H "X: a\rY: b\r\n\r\n" NEXT), 400, 1 },
	{ "a folded field", BYTES("GET /f2 HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n" NEXT), 400, 1 },
	{ "as many fields as are allowed", BYTES("GET /f3 HTTP/1.1\r\n" H "Connection: close\r\n" FIELD56 "\r\n"), 200,
	  1 },
	{ "more fields than are allowed", BYTES("GET /f4 HTTP/1.1\r\n" H FIELD56 FIELD8 "\r\n" NEXT), 431, 1 },
	{ "no host", BYTES("GET /g HTTP/1.1\r\n\r\n" NEXT), 400, 1 },
	{ "no host in HTTP/1.0 either", BYTES("GET /g HTTP/1.0\r\n\r\n"), 400, 1 },
	{ "two hosts", BYTES("GET /g2 HTTP/1.1\r\n" H H "\r\n" NEXT), 400, 1 },
	{ "an empty host", BYTES("GET /g3 HTTP/1.1\r\nHost:\r\n\r\n" NEXT), 400, 1 },
	{ "a host with user and password", BYTES("GET /g4 HTTP/1.1\r\nHost: a@localhost\r\n\r\n" NEXT), 400, 1 },
	{ "another name that leads here", BYTES("GET /h HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n" NEXT), 421, 1 },
	{ "a name that only begins like ours", BYTES("GET /h HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n" NEXT),
	  421, 1 },
	{ "by IPv6 address", BYTES("GET /h HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n"), 200, 1 },
	{ "by the configured name", BYTES("GET /h HTTP/1.1\r\nHost: TENKEN.example\r\nConnection: close\r\n\r\n"), 200,
	  1 },
	{ "OPTIONS", BYTES("OPTIONS /o HTTP/1.1\r\n" H "\r\n"), 405, 1, "Allow: GET, HEAD\r\n" },
	{ "PATCH", BYTES("PATCH /o HTTP/1.1\r\n" H "\r\n"), 405, 1 },
	{ "BREW", BYTES("BREW /o HTTP/1.1\r\n" H "\r\n"), 405, 1 },
	{ "TRACE", BYTES("TRACE /o HTTP/1.1\r\n" H "\r\n"), 405, 1 },
	{ "DELETE", BYTES("DELETE /o HTTP/1.1\r\n" H "\r\n" NEXT), 405, 2 },
	{ "POST, and what follows is its body", BYTES("POST /o HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello" NEXT),
	  405, 1 },
	{ "POST of an unknown length",
	  BYTES("POST /o HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" NEXT), 411, 1 },
	{ "get is another method", BYTES("get /o HTTP/1.1\r\n" H "\r\n"), 405, 1 },
	{ "a method that is none", BYTES("G(T /o HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "CONNECT", BYTES("CONNECT localhost:80 HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "a body where none is allowed", BYTES("GET /i HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello" NEXT), 400,
	  1 },
	{ "a chunked body where none is allowed",
	  BYTES("GET /i HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX-T: v\r\n\r\n" NEXT), 400, 1 },
	{ "NUL in the address", BYTES("GET /j\0k HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "NUL in the address, escaped", BYTES("GET /j%00k HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "NUL in a field", BYTES("GET /j HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"), 400, 1 },
	{ "a bad escape", BYTES("GET /%zz HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "a cut escape", BYTES("GET /%4 HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "an absolute address", BYTES("GET http://evil.example/ HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "a backslash", BYTES("GET /..\\x HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "a fragment", BYTES("GET /x#y HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "two blanks", BYTES("GET  /x HTTP/1.1\r\n" H "\r\n"), 400, 1 },
	{ "a blank behind the version", BYTES("GET /x HTTP/1.1 \r\n" H "\r\n"), 400, 1 },
	{ "HTTP/0.9", BYTES("GET /x\r\n"), 400, 1 },
	{ "HTTP/2", BYTES("GET /x HTTP/2.0\r\n" H "\r\n"), 505, 1 },
	{ "HTTP/1.1x", BYTES("GET /x HTTP/1.1x\r\n" H "\r\n"), 400, 1 },
	{ "HTTP/1.0 ends the connection", BYTES("GET /x HTTP/1.0\r\n" H "\r\n" NEXT), 200, 1 },
	{ "a TLS greeting", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400, 1 },
	{ "an empty line first", BYTES("\r\n" NEXT), 400, 1 },
	{ "Expect something else", BYTES("POST /take HTTP/1.1\r\n" H "Expect: 200-ok\r\nContent-Length: 5\r\n\r\n"),
	  417, 1 },
	{ "Expect twice",
	  BYTES("POST /take HTTP/1.1\r\n" H
		"Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
	  417, 1 },
	{ "Expect without a body", BYTES("GET /x HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n"), 417, 1 },
	{ "Expect for what is refused: the body is never asked for",
	  BYTES("POST /never HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"), 403, 1,
	  .understood = true },
	{ "Expect of an old one is not heard",
	  BYTES("POST /take HTTP/1.0\r\n" H "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"), 200, 1,
	  "\r\n\r\nhello" },
	{ "a body", BYTES("POST /take HTTP/1.1\r\n" H "Content-Length: 5\r\nConnection: close\r\n\r\nhello"), 200, 1,
	  "\r\n\r\nhello" },
	{ "a body that looks like a request is none, and what follows it is one",
	  BYTES("POST /take HTTP/1.1\r\n" H "Content-Length: 61\r\n\r\n" NEXT NEXT), 200, 2, "/next" },
	{ "PUT and DELETE have bodies too",
	  BYTES("PUT /take HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\naDELETE /take HTTP/1.1\r\n" H
		"Content-Length: 1\r\n\r\nb" NEXT),
	  200, 3, "\r\n\r\nb" },
	{ "DELETE needs none", BYTES("DELETE /take HTTP/1.1\r\n" H "\r\n" NEXT), 200, 2 },
	{ "an empty body", BYTES("POST /take HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n" NEXT), 200, 2 },
	{ "POST that does not say how long it is", BYTES("POST /take HTTP/1.1\r\n" H "\r\nhello" NEXT), 411, 1 },
	{ "PUT in chunks",
	  BYTES("PUT /take HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" NEXT), 411, 1 },
	{ "a refused body is not the next request",
	  BYTES("POST /never HTTP/1.1\r\n" H "Content-Length: 61\r\n\r\n" NEXT), 403, 1, .understood = true },
	{ "two types of a body",
	  BYTES("POST /take HTTP/1.1\r\n" H
		"Content-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\na" NEXT),
	  400, 1 },
	{ "two keys",
	  BYTES("POST /take HTTP/1.1\r\n" H
		"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 1\r\n\r\na" NEXT),
	  400, 1 },
	{ "a write of our own page",
	  BYTES("POST /take HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\nSec-Fetch-Site: same-origin\r\n"
		"Connection: close\r\nContent-Length: 1\r\n\r\na"),
	  200, 1 },
	{ "a write of another site's page",
	  BYTES("POST /take HTTP/1.1\r\n" H "Origin: http://evil.example\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a write of a page on another port",
	  BYTES("POST /take HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:80\r\nContent-Length: 1\r\n\r\na" NEXT),
	  403, 1 },
	{ "a write of a page by another scheme",
	  BYTES("POST /take HTTP/1.1\r\n" H "Origin: ftp://localhost\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a write of a page that hides where it is from",
	  BYTES("POST /take HTTP/1.1\r\n" H "Origin: null\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a write of a page that says nothing of itself",
	  BYTES("POST /take HTTP/1.1\r\n" H "Origin:\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a write across sites",
	  BYTES("POST /take HTTP/1.1\r\n" H "Sec-Fetch-Site: cross-site\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a write that a user's own navigation cannot be",
	  BYTES("POST /take HTTP/1.1\r\n" H "Sec-Fetch-Site: none\r\nContent-Length: 1\r\n\r\na" NEXT), 403, 1 },
	{ "a script of another site",
	  BYTES("GET /api HTTP/1.1\r\n" H "Sec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n"), 403, 1 },
	{ "a script of another port",
	  BYTES("GET /api HTTP/1.1\r\n" H "Sec-Fetch-Site: same-site\r\nConnection: close\r\n\r\n"), 403, 1 },
	{ "a script of another site that says it navigates",
	  BYTES("GET /api HTTP/1.1\r\n" H
		"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n"),
	  403, 1 },
	{ "a link on another site",
	  BYTES("GET / HTTP/1.1\r\n" H
		"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n"),
	  200, 1 },
	{ "our own page", BYTES("GET /api HTTP/1.1\r\n" H "Sec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n"),
	  200, 1 },
	{ "a problem is JSON in both languages", BYTES("GET /nothing HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), 404,
	  1, "application/problem+json" },
	{ "nothing new", BYTES("GET /x HTTP/1.1\r\n" H "If-None-Match: \"v0\", W/\"v1\"\r\nConnection: close\r\n\r\n"),
	  304, 1 },
	{ "something new", BYTES("GET /x HTTP/1.1\r\n" H "If-None-Match: \"v0\"\r\nConnection: close\r\n\r\n"), 200,
	  1 },
	{ "a body over the cap of its route is refused unread",
	  BYTES("POST /take HTTP/1.1\r\n" H "Content-Length: 65537\r\n\r\n"), 413, 1, .understood = true },
	{ "a body over every cap", BYTES("POST /take HTTP/1.1\r\n" H "Content-Length: 16777217\r\n\r\n"), 413, 1 },
};

static int count_of(const char *p, size_t n, const char *needle)
{
	int count = 0;

	for (const char *at = p; (at = memmem(at, n - (size_t)(at - p), needle, strlen(needle))); at++)
		count++;
	return count;
}

/* Sends the row @step bytes at a time. */
static void guarded_by(const struct row *row, const struct http_server *s, size_t step)
{
	char buf[65536], status[32];
	int fd = port_connect(s->port, 0);
	ssize_t n;

	assert_true(fd >= 0);
	for (size_t at = 0; at < row->sent.n; at += step)
		say(fd, row->sent.p + at, row->sent.n - at < step ? row->sent.n - at : step);
	n = hear(fd, buf, sizeof(buf), NULL);
	assert_true(n > 0);
	snprintf(status, sizeof(status), "HTTP/1.1 %d ", row->status);
	assert_memory_equal(buf, status, strlen(status));
	assert_int_equal(count_of(buf, (size_t)n, "HTTP/1.1 "), row->answers);
	assert_non_null(strstr(buf, "Content-Security-Policy: default-src 'none'"));
	assert_non_null(strstr(buf, "X-Content-Type-Options: nosniff"));
	assert_non_null(strstr(buf, "Cache-Control: no-store"));
	assert_null(strstr(buf, "\r\nServer:"));
	if (row->status >= 400)
		assert_non_null(strstr(buf, "\"ja\":"));
	if (row->holds)
		assert_non_null(strstr(buf, row->holds));
	close(fd);
}

static void guarded(void **state)
{
	guarded_by(*state, &server, SIZE_MAX);
}

/* The same bytes in pieces get the same answers. */
static void guarded_in_pieces(void **state)
{
	guarded_by(*state, &patient, 1);
	guarded_by(*state, &patient, 7);
}

/* The same bytes one at a time mean the same. */
static void dribbled(void **state)
{
	const struct row *row = *state;
	struct head head;
	int r = 0;

	for (size_t n = 0; n <= row->sent.n && r == 0; n++)
		r = head_read(str_first(row->sent, n), &head);
	if (row->status == 421 || row->status == 403 || row->status == 405 || row->status == 404 || row->status < 400 ||
	    row->understood)
		assert_true(r > 0);
	else
		assert_int_equal(r, -row->status);
}

/* Sends @n bytes of @fill behind @before and gives the first line of the answer. */
static void flooded(const char *before, const char *fill, size_t times, const char *status)
{
	char buf[8192];
	int fd = port_connect(server.port, 0);

	say(fd, before, strlen(before));
	for (size_t i = 0; i < times; i++)
		say(fd, fill, strlen(fill));
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, status, strlen(status));
	close(fd);
}

static void sizes_are_capped(void **state)
{
	static char long_target[9000];

	memset(long_target, 'a', sizeof(long_target) - 1);
	flooded("GET / HTTP/1.1\r\n" H "X: ", "0123456789", 7000, "HTTP/1.1 431");
	flooded("GET / HTTP/1.1\r\n" H, "X: y\r\n", 10000, "HTTP/1.1 431");
	flooded("GET /", long_target, 1, "HTTP/1.1 414");
	flooded("POST /take HTTP/1.1\r\n" H "Content-Length: 200000\r\n\r\n", "0123456789", 20000, "HTTP/1.1 413");
}

static void head_has_no_body(void **state)
{
	char buf[8192];
	int fd = port_connect(server.port, 0);
	ssize_t n;

	say(fd, "HEAD /abc HTTP/1.1\r\n" H "\r\n" NEXT, strlen("HEAD /abc HTTP/1.1\r\n" H "\r\n" NEXT));
	n = hear(fd, buf, sizeof(buf), NULL);
	assert_true(n > 0);
	assert_non_null(strstr(buf, "Content-Length: 4\r\n"));
	assert_int_equal(count_of(buf, (size_t)n, "/abc"), 0);
	assert_int_equal(count_of(buf, (size_t)n, "HTTP/1.1 200"), 2);
	close(fd);
}

/* A byte now and then does not hold a connection: the deadline is of the whole head. */
static void slow_loris_is_cut(void **state)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	struct pollfd p = { .events = POLLIN };
	char buf[4096];

	p.fd = port_connect(server.port, 0);
	say(p.fd, "GET /slow HTTP/1.1\r\n" H "X-A: ", strlen("GET /slow HTTP/1.1\r\n" H "X-A: "));
	while (poll(&p, 1, 20) == 0 && clock_monotonic() < end)
		say(p.fd, "a", 1);
	assert_true(clock_monotonic() < end);
	assert_true(hear(p.fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 408", 12);
	close(p.fd);
}

/* Neither does a byte of a body now and then. */
static void slow_bodies_are_cut(void **state)
{
	static const char head[] = "POST /take HTTP/1.1\r\n" H "Content-Length: 65536\r\n\r\n";
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	struct pollfd p = { .events = POLLIN };
	char buf[4096];

	p.fd = port_connect(server.port, 0);
	say(p.fd, head, sizeof(head) - 1);
	while (poll(&p, 1, 20) == 0 && clock_monotonic() < end)
		say(p.fd, "a", 1);
	assert_true(clock_monotonic() < end);
	assert_true(hear(p.fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 408", 12);
	close(p.fd);
}

/* All bodies that are on their way have room for so much together, and give it back. */
static void bodies_are_bounded_together(void **state)
{
	static const char head[] = "POST /take HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n";
	int first = port_connect(server.port, 0), second = port_connect(server.port, 0);
	char buf[4096];

	say(first, head, sizeof(head) - 1);
	assert_true(hear(first, buf, sizeof(buf), "100 Continue\r\n\r\n") > 0);
	say(second, head, sizeof(head) - 1);
	assert_true(hear(second, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 503", 12);
	close(first);
	close(second);
	AWAIT(open, 0);
	first = port_connect(server.port, 0);
	say(first, head, sizeof(head) - 1);
	assert_true(hear(first, buf, sizeof(buf), "100 Continue\r\n\r\n") > 0);
	close(first);
	AWAIT(open, 0);
}

static void body_is_asked_for(void **state)
{
	static const char head[] = "POST /take HTTP/1.1\r\n" H
				   "Expect: 100-Continue\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
	int fd = port_connect(server.port, 0);
	char buf[4096];

	say(fd, head, sizeof(head) - 1);
	assert_true(hear(fd, buf, sizeof(buf), "\r\n\r\n") > 0);
	assert_string_equal(buf, "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "hello", 5);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	assert_non_null(strstr(buf, "\r\n\r\nhello"));
	close(fd);
}

static void idle_connections_end(void **state)
{
	char buf[64];
	int fd = port_connect(server.port, 0);

	assert_int_equal(hear(fd, buf, sizeof(buf), NULL), 0);
	close(fd);
}

static void late_task(struct http_server *s)
{
	for (size_t i = 0; i < n_tickets; i++)
		ticket_refuse(tickets[i], 500, NULL, NULL);
	n_tickets = 0;
}

/* An answer that does not come is not waited for, and one that comes too late goes nowhere. */
static void deferred_answers_end(void **state)
{
	char buf[4096];
	int fd = port_connect(server.port, 0), gone = port_connect(server.port, 0);

	say(fd, "GET /slow HTTP/1.1\r\n" H "\r\n", strlen("GET /slow HTTP/1.1\r\n" H "\r\n"));
	say(gone, "GET /slow HTTP/1.1\r\n" H "\r\n", strlen("GET /slow HTTP/1.1\r\n" H "\r\n"));
	close(gone);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 504", 12);
	close(fd);
	AWAIT(open, 0);
	http_server_do(&server, late_task);
}

static void connections_are_capped(void **state)
{
	char buf[4096];
	int fds[80];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = port_connect(server.port, 0);
	AWAIT(open, 20);
	/* The one behind them all is served as soon as the idle ones are gone. */
	say(fds[79], NEXT, strlen(NEXT));
	assert_true(hear(fds[79], buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	AWAIT(open, 0);
}

static int stream_open(int receive_buffer)
{
	char buf[4096];
	int fd = port_connect(server.port, receive_buffer);

	say(fd, "GET /stream HTTP/1.1\r\n" H "\r\n", strlen("GET /stream HTTP/1.1\r\n" H "\r\n"));
	assert_true(hear(fd, buf, sizeof(buf), ": hello") > 0);
	assert_non_null(strstr(buf, "text/event-stream"));
	return fd;
}

static void broadcast_task(struct http_server *s)
{
	static char text[32768];

	memset(text, 'x', sizeof(text));
	text[0] = ':';
	text[sizeof(text) - 2] = text[sizeof(text) - 1] = '\n';
	server_broadcast(s->server, (struct str){ text, sizeof(text) });
}

static void streams_end_however_they_end(void **state)
{
	struct linger reset = { 1, 0 };
	int fds[10];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = stream_open(0);
	AWAIT(streams, 10);
	for (size_t i = 0; i < COUNT(fds); i++) {
		if (i % 2)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fds[i]);
	}
	AWAIT(streams, 0);
	AWAIT(open, 0);
}

static void who_never_reads_is_dropped(void **state)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	int fd = stream_open(2048);

	do
		http_server_do(&server, broadcast_task);
	while (http_server_do(&server, stats_task), stats.streams > 0 && clock_monotonic() < end);
	assert_int_equal(stats.streams, 0);
	assert_int_equal(stats.dropped_streams, 1);
	close(fd);
	AWAIT(open, 0);
}

/* Without descriptors the server waits and goes on later; it does not spin. */
static void no_descriptor_left(void **state)
{
	struct rlimit old, low;
	uint64_t errors;
	char buf[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){ (rlim_t)fd + 1, old.rlim_max };
	address.sin_port = htons((uint16_t)server.port);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	say(fd, NEXT, strlen(NEXT));
	do
		http_server_do(&server, stats_task);
	while (stats.accept_errors < 2);
	errors = stats.accept_errors;
	setrlimit(RLIMIT_NOFILE, &old);
	assert_true(hear(fd, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	/* Some more tries at most: one a sweep, not one a turn of the loop. */
	http_server_do(&server, stats_task);
	assert_true(stats.accept_errors < errors + 1000);
	close(fd);
}

#define OPERATORS 54321

static char socket_path[64];

static void local_listen_task(struct http_server *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	str_copy(address.sun_path, sizeof(address.sun_path), str_of(socket_path));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(socket_path, 0666) < 0 ||
	    listen(fd, 16) < 0 || server_listen(s->server, fd, SERVER_UNIX, NULL) < 0)
		abort();
}

/* In a child: asks as @uid with the groups @primary and @extra whether the answer holds @wanted.  0: it does. */
static int asked_as(uid_t uid, gid_t primary, gid_t extra, const char *wanted)
{
	static const char request[] = "GET /who HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		char buf[4096];
		int fd;

		if (uid != 0 && (setgroups(1, &extra) < 0 || setgid(primary) < 0 || setuid(uid) < 0))
			_exit(2);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		str_copy(address.sun_path, sizeof(address.sun_path), str_of(socket_path));
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
			_exit(3);
		say(fd, request, sizeof(request) - 1);
		_exit(hear(fd, buf, sizeof(buf), NULL) > 0 && strstr(buf, wanted) ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Who may do what is who he is, as the kernel says it. */
static void local_peers_have_roles(void **state)
{
	snprintf(socket_path, sizeof(socket_path), "/tmp/tenken-guard-%d.sock", (int)getpid());
	http_server_do(&server, local_listen_task);
	assert_int_equal(asked_as(0, 0, 0, "\r\n\r\nadmin"), 0);
	if (geteuid() == 0) {
		assert_int_equal(asked_as(65534, 65534, 65533, "HTTP/1.1 403"), 0);
		assert_int_equal(asked_as(65534, OPERATORS, 65533, "\r\n\r\noperator"), 0);
		assert_int_equal(asked_as(65534, 65534, OPERATORS, "\r\n\r\noperator"), 0);
	}
	unlink(socket_path);
}

static const struct query_row {
	const char *name, *query;
	int found;
	const char *value;
} query_rows[] = {
	{ "a value", "a=1&limit=50", 1, "50" },
	{ "not there", "a=1", 0, NULL },
	{ "no value", "limit=", 1, "" },
	{ "Japanese", "limit=%E7%82%B9%E6%A4%9C+x", 1, "点検 x" },
	{ "twice", "limit=1&limit=2", -EINVAL, NULL },
	{ "no UTF-8", "limit=%ff", -EINVAL, NULL },
	{ "a line break", "limit=%0a", -EINVAL, NULL },
	{ "longer than there is room", "limit=0123456789012345678901234567890123456789", -EINVAL, NULL },
};

static void queried(void **state)
{
	const struct query_row *row = *state;
	char buf[32];
	struct str value = { 0 };

	assert_int_equal(head_query(str_of(row->query), "limit", buf, sizeof(buf), &value), row->found);
	if (row->found == 1)
		assert_true(str_eq(value, str_of(row->value)));
}

int main(void)
{
	static const struct server_limits limits = {
		.connections = { [SERVER_TCP] = 20, [SERVER_UNIX] = 20 },
		.streams = 16,
		.output = 262144,
		.bodies = 100000,
		.head = MSEC(300),
		.body = MSEC(300),
		.idle = MSEC(300),
		.wait = MSEC(300),
		.answer = SECONDS(5),
		.sweep = MSEC(10),
	};
	static const struct server_user user = { .handle = handle, .admit = admit };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_capped),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(slow_loris_is_cut),
		cmocka_unit_test(slow_bodies_are_cut),
		cmocka_unit_test(bodies_are_bounded_together),
		cmocka_unit_test(body_is_asked_for),
		cmocka_unit_test(idle_connections_end),
		cmocka_unit_test(deferred_answers_end),
		cmocka_unit_test(connections_are_capped),
		cmocka_unit_test(streams_end_however_they_end),
		cmocka_unit_test(who_never_reads_is_dropped),
		cmocka_unit_test(no_descriptor_left),
		cmocka_unit_test(local_peers_have_roles),
	};
	int failed;

	if (http_server_start(&server, &limits, OPERATORS, &user) != 0 ||
	    http_server_start(&patient, &server_limits_usual, OPERATORS, &user) != 0)
		return 1;
	failed = RUN_TABLE(rows, guarded);
	failed += RUN_TABLE(rows, guarded_in_pieces);
	failed += RUN_TABLE(rows, dribbled);
	failed += RUN_TABLE(query_rows, queried);
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	http_server_stop(&server);
	http_server_stop(&patient);
	return failed;
}
