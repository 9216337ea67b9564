/* TLS of the page: which certificates are taken, who may speak, and another certificate under open connections. */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>

#include "dashboard/tls.h"
#include "tests/certificate.h"
#include "tests/http_server.h"
#include "tests/store_dir.h"
#include "tests/table.h"

#define NAMES "DNS:tenken.example,IP:127.0.0.1,IP:192.0.2.7"
#define YEAR (365L * 86400)

static struct dir dir;
static struct http_server server;
static struct server_stats stats;

static char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned at;
	char *path = paths[at++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir.path, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	_fclose_ FILE *file = fopen(path_of(name), "we");

	assert_non_null(file);
	fputs(text, file);
}

static void files_make(void)
{
	certificate_make(&(struct certificate){ NAMES, -10, YEAR }, path_of("good.crt"), path_of("good.key"));
	certificate_make(&(struct certificate){ NAMES, -10, YEAR }, path_of("next.crt"), path_of("next.key"));
	certificate_make(&(struct certificate){ NAMES, -YEAR, -10 }, path_of("old.crt"), path_of("old.key"));
	certificate_make(&(struct certificate){ NAMES, 3600, YEAR }, path_of("early.crt"), path_of("early.key"));
	certificate_make(&(struct certificate){ NAMES, -10, YEAR, .rsa_bits = 1024 }, path_of("weak.crt"),
			 path_of("weak.key"));
	certificate_make(&(struct certificate){ NAMES, -10, YEAR, .passphrase = "secret" }, path_of("locked.crt"),
			 path_of("locked.key"));
	certificate_make(&(struct certificate){ NAMES, -10, YEAR }, path_of("open.crt"), path_of("open.key"));
	chmod(path_of("open.key"), 0644);
	write_file("text.crt", "a certificate\n");
	write_file("empty.crt", "");
}

static const struct load_row {
	const char *name, *cert, *key;
	const char *says; /* NULL: taken */
} load_rows[] = {
	{ "a good one", "good.crt", "good.key", NULL },
	{ "no such certificate", "none.crt", "good.key", "http.tls.cert: " },
	{ "no such key", "good.crt", "none.key", "none.key: No such file" },
	{ "a folder", "", "good.key", "http.tls.cert: " },
	{ "a text", "text.crt", "good.key", "text.crt: no certificate in PEM" },
	{ "nothing", "empty.crt", "good.key", "empty.crt: no certificate in PEM" },
	{ "a key for a certificate", "good.key", "good.key", "good.key: no certificate in PEM" },
	{ "a certificate for a key", "good.crt", "text.crt", "everybody on this machine" },
	{ "the key of another", "good.crt", "next.key", "next.key: this is not the key of the certificate" },
	{ "a key behind a passphrase", "locked.crt", "locked.key",
	  "locked.key: no private key in PEM without a passphrase" },
	{ "a key that everybody can read", "open.crt", "open.key", "chmod 640" },
	{ "one that is over", "old.crt", "old.key", "old.crt: the certificate ended on 20" },
	{ "one that has not begun", "early.crt", "early.key", "early.crt: the certificate is not valid yet" },
	{ "a key that can be guessed", "weak.crt", "weak.key",
	  "weak.crt: no certificate in PEM that can be used (ee key too small" },
};

static void loaded(void **state)
{
	const struct load_row *row = *state;
	_cleanup_(tls_freep) SSL_CTX *ctx = NULL;
	struct diag diag = { "" };
	int r = tls_load(path_of(row->cert), path_of(row->key), clock_now(), &ctx, &diag);

	if (row->says) {
		assert_true(r < 0);
		assert_null(ctx);
		if (!strstr(diag.text, row->says))
			fail_msg("%s", diag.text);
	} else {
		assert_int_equal(r, 0);
		assert_true(tls_expires(ctx) > clock_now() + DAYS(364) && tls_expires(ctx) < clock_now() + DAYS(366));
	}
}

static const struct name_row {
	const char *name, *host;
	bool ours;
} name_rows[] = {
	{ "its name", "tenken.example", true },
	{ "whatever case", "TENKEN.Example", true },
	{ "its address", "192.0.2.7", true },
	{ "another name", "evil.example", false },
	{ "a name below", "a.tenken.example", false },
	{ "another address", "192.0.2.8", false },
	{ "brackets around a name", "[tenken.example]", true },
	{ "nothing", "", false },
	{ "NUL in it", "tenken.example\0.evil.example", true }, /* cut here; a head has no NUL */
};

static void named(void **state)
{
	const struct name_row *row = *state;
	_cleanup_(tls_freep) SSL_CTX *ctx = NULL;
	struct diag diag;

	assert_int_equal(tls_load(path_of("good.crt"), path_of("good.key"), clock_now(), &ctx, &diag), 0);
	assert_int_equal(tls_serves(ctx, str_of(row->host)), row->ours);
}

static void handle(void *arg, struct exchange *exchange)
{
	struct reply reply = { .status = 200, .type = "text/plain", .body = exchange->head.path };
	static char big[300000];

	if (str_eq(exchange->head.path, STR("/big"))) {
		memset(big, 'x', sizeof(big));
		reply.body = (struct str){ big, sizeof(big) };
	}
	if (exchange->head.method == HEAD_POST)
		reply.body = exchange->body;
	exchange_reply(exchange, &reply);
}

static bool admit(void *arg, struct exchange *exchange)
{
	return true;
}

static const char *next_cert, *next_key;

static void tls_task(struct http_server *s)
{
	_cleanup_(tls_freep) SSL_CTX *ctx = NULL;
	struct diag diag = { "" };

	if (tls_load(path_of(next_cert), path_of(next_key), clock_now(), &ctx, &diag) < 0)
		abort();
	server_tls(s->server, ctx);
}

static void use(const char *cert, const char *key)
{
	next_cert = cert;
	next_key = key;
	http_server_do(&server, tls_task);
}

static void stats_task(struct http_server *s)
{
	server_stats(s->server, &stats);
}

static void await_closed(void)
{
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);

	do
		http_server_do(&server, stats_task);
	while (stats.open > 0 && clock_monotonic() < end);
	assert_int_equal(stats.open, 0);
}

struct client {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
};

/* 1: the handshake went well. */
static int client_open(struct client *client, int least, int most)
{
	client->fd = port_connect(server.port, 0);
	client->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(client->ctx, 0);
	SSL_CTX_set_min_proto_version(client->ctx, least);
	SSL_CTX_set_max_proto_version(client->ctx, most);
	client->ssl = SSL_new(client->ctx);
	SSL_set_fd(client->ssl, client->fd);
	return SSL_connect(client->ssl);
}

static void client_close(struct client *client)
{
	SSL_free(client->ssl);
	SSL_CTX_free(client->ctx);
	close(client->fd);
	ERR_clear_error();
}

static void client_say(struct client *client, const char *text)
{
	assert_int_equal(SSL_write(client->ssl, text, (int)strlen(text)), (int)strlen(text));
}

/* Reads until the other side closes or @wanted shows up; bytes read. */
static size_t client_hear(struct client *client, char *buf, size_t size, const char *wanted)
{
	size_t n = 0;
	int r;

	buf[0] = '\0';
	while (n + 1 < size && (r = SSL_read(client->ssl, buf + n, (int)(size - n - 1))) > 0) {
		n += (size_t)r;
		buf[n] = '\0';
		if (wanted && strstr(buf, wanted))
			break;
	}
	return n;
}

static const struct version_row {
	const char *name;
	int version;
	bool spoken;
} version_rows[] = {
	{ "TLS 1.3", TLS1_3_VERSION, true },
	{ "TLS 1.2", TLS1_2_VERSION, true },
	{ "TLS 1.1", TLS1_1_VERSION, false },
	{ "TLS 1.0", TLS1_VERSION, false },
};

static void spoken(void **state)
{
	const struct version_row *row = *state;
	struct client client;
	char buf[4096];

	assert_int_equal(client_open(&client, row->version, row->version) == 1, row->spoken);
	if (row->spoken) {
		client_say(&client, "GET /a HTTP/1.1\r\nHost: tenken.example\r\nConnection: close\r\n\r\n");
		assert_true(client_hear(&client, buf, sizeof(buf), NULL) > 0);
		assert_memory_equal(buf, "HTTP/1.1 200", 12);
		/* It says goodbye, so that nobody takes a cut answer for a whole one. */
		assert_true(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
	}
	client_close(&client);
}

/* A large answer, several requests on one connection, a body, and the page's own address by its scheme. */
static void requests_go_through(void **state)
{
	static char buf[400000];
	struct client client;
	size_t n;

	assert_int_equal(client_open(&client, TLS1_2_VERSION, 0), 1);
	client_say(&client,
		   "GET /big HTTP/1.1\r\nHost: 127.0.0.1:8443\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n");
	n = client_hear(&client, buf, sizeof(buf), "\r\n\r\n/b");
	assert_true(n > 300000);
	client_say(&client, "POST /c HTTP/1.1\r\nHost: tenken.example:8443\r\nOrigin: https://tenken.example:8443\r\n"
			    "Content-Length: 5\r\n\r\nhello");
	assert_true(client_hear(&client, buf, sizeof(buf), "\r\n\r\nhello") > 0);
	client_say(&client, "POST /c HTTP/1.1\r\nHost: tenken.example:8443\r\nOrigin: http://tenken.example:8443\r\n"
			    "Content-Length: 5\r\n\r\nhello");
	assert_true(client_hear(&client, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 403", 12);
	client_close(&client);
}

static void other_names_are_not_served(void **state)
{
	struct client client;
	char buf[4096];

	assert_int_equal(client_open(&client, TLS1_2_VERSION, 0), 1);
	client_say(&client, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
	assert_true(client_hear(&client, buf, sizeof(buf), NULL) > 0);
	assert_memory_equal(buf, "HTTP/1.1 421", 12);
	client_close(&client);
}

static void plain_text_is_cut(void **state)
{
	int fd = port_connect(server.port, 0);
	char buf[4096];

	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", strlen("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	hear(fd, buf, sizeof(buf), NULL);
	assert_null(strstr(buf, "HTTP/1.1 200"));
	close(fd);
	await_closed();
}

/* Who never finishes his greeting, or sends a byte of it now and then, is not waited for. */
static void handshakes_have_a_deadline(void **state)
{
	static const unsigned char hello[] = { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03 };
	usec_t end = clock_monotonic() + MSEC(PATIENCE_MSEC);
	struct pollfd p = { .events = POLLIN };
	int silent[10];
	char buf[64];

	for (size_t i = 0; i < COUNT(silent); i++)
		silent[i] = port_connect(server.port, 0);
	p.fd = port_connect(server.port, 0);
	say(p.fd, (const char *)hello, sizeof(hello));
	while (poll(&p, 1, 20) == 0 && clock_monotonic() < end)
		say(p.fd, "", 1);
	assert_true(clock_monotonic() < end);
	for (size_t i = 0; i < COUNT(silent); i++) {
		assert_int_equal(hear(silent[i], buf, sizeof(buf), NULL), 0);
		close(silent[i]);
	}
	close(p.fd);
	await_closed();
}

static void serial_of(const struct client *client, char *buf, size_t size)
{
	X509 *cert = SSL_get1_peer_certificate(client->ssl);

	assert_non_null(cert);
	snprintf(buf, size, "%ld", ASN1_INTEGER_get(X509_get0_serialNumber(cert)));
	X509_free(cert);
}

/* A connection that is open stays, with what it has; the next one sees the new certificate. */
static void another_certificate_drops_nobody(void **state)
{
	struct client before, after;
	char buf[4096], old[32], new[32];

	assert_int_equal(client_open(&before, TLS1_2_VERSION, 0), 1);
	client_say(&before, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_true(client_hear(&before, buf, sizeof(buf), "\r\n\r\n/a") > 0);
	use("next.crt", "next.key");
	client_say(&before, "GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_true(client_hear(&before, buf, sizeof(buf), "\r\n\r\n/b") > 0);
	assert_int_equal(client_open(&after, TLS1_2_VERSION, 0), 1);
	serial_of(&before, old, sizeof(old));
	serial_of(&after, new, sizeof(new));
	assert_string_not_equal(old, new);
	client_close(&before);
	client_close(&after);
}

int main(void)
{
	static const struct server_limits limits = {
		.connections = { [SERVER_TCP] = 20, [SERVER_UNIX] = 20 },
		.streams = 16,
		.output = 262144,
		.bodies = 100000,
		.head = MSEC(500),
		.body = MSEC(500),
		.idle = SECONDS(10),
		.wait = SECONDS(5),
		.answer = SECONDS(5),
		.sweep = MSEC(10),
	};
	static const struct server_user user = { .handle = handle, .admit = admit };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_go_through),
		cmocka_unit_test(other_names_are_not_served),
		cmocka_unit_test(plain_text_is_cut),
		cmocka_unit_test(handshakes_have_a_deadline),
		cmocka_unit_test(another_certificate_drops_nobody),
	};
	int failed;

	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	dir_make(&dir);
	files_make();
	failed = RUN_TABLE(load_rows, loaded);
	failed += RUN_TABLE(name_rows, named);
	if (http_server_start(&server, &limits, (gid_t)-1, &user) != 0)
		return 1;
	use("good.crt", "good.key");
	failed += RUN_TABLE(version_rows, spoken);
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	http_server_stop(&server);
	dir_drop(&dir);
	return failed;
}
