/* Every way in which a request could mean two things, and who may do what. */
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "dashboard/head.h"
#include "tests/guarded.h"

#define FIELD8 "a: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\n"
#define FIELD56 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8 FIELD8
#define BYTES(text)                      \
	{                                \
		(text), sizeof(text) - 1 \
	}

static struct http_server patient;

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
	const struct CMUnitTest tests[] = { cmocka_unit_test(local_peers_have_roles) };
	int failed;

	if (guarded_start() != 0 || http_server_start(&patient, &server_limits_usual, OPERATORS, &guarded_user) != 0)
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
