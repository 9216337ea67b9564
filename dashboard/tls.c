#include "dashboard/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <time.h>

#include "core/when.h"

/* The reason of the last failure in OpenSSL's words; what else it has to say is forgotten. */
static const char *reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return text ? text : "no reason is given";
}

/* A key with a passphrase would ask for it on a terminal that a daemon does not have. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	return -1;
}

static int file_check(const char *what, const char *path, bool secret, struct diag *diag)
{
	_fclose_ FILE *file = fopen(path, "re");
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0)
		return diag_set(diag, -errno, "http.tls.%s: %s: %s", what, path, strerror(errno));
	if (secret && (st.st_mode & 07))
		return diag_set(
			diag, -EACCES,
			"http.tls.%s: %s: everybody on this machine can read this key; chmod 640 it, and give it to the "
			"group tenken",
			what, path);
	return 0;
}

static int times_check(const SSL_CTX *ctx, const char *path, usec_t now, struct diag *diag)
{
	const X509 *cert = SSL_CTX_get0_certificate(ctx);
	time_t at = (time_t)(now / SECONDS(1));
	char day[WHEN_MAX];

	if (X509_cmp_time(X509_get0_notBefore(cert), &at) > 0)
		return diag_set(diag, -EBADMSG,
				"http.tls.cert: %s: the certificate is not valid yet; is the clock right?", path);
	if (tls_expires(ctx) <= now)
		return diag_set(diag, -EBADMSG, "http.tls.cert: %s: the certificate ended on %s; put a new one there",
				path, when_format_day(day, when_day_of(tls_expires(ctx))));
	return 0;
}

static SSL_CTX *ctx_new(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	/* TLS 1.2: forward secrecy and authenticated encryption only. */
	if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

int tls_load(const char *cert, const char *key, usec_t now, SSL_CTX **ret, struct diag *diag)
{
	_cleanup_(tls_freep) SSL_CTX *ctx = NULL;
	int r = file_check("cert", cert, false, diag);

	if (r == 0)
		r = file_check("key", key, true, diag);
	if (r < 0)
		return r;
	ERR_clear_error();
	ctx = ctx_new();
	if (!ctx)
		return diag_set(diag, -ENOMEM, "TLS cannot be set up: %s", reason());
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		return diag_set(diag, -EBADMSG, "http.tls.cert: %s: no certificate in PEM that can be used (%s)", cert,
				reason());
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		bool other = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;

		return diag_set(diag, -EBADMSG,
				other ? "http.tls.key: %s: this is not the key of the certificate (%s)"
				      : "http.tls.key: %s: no private key in PEM without a passphrase (%s)",
				key, reason());
	}
	if (SSL_CTX_check_private_key(ctx) != 1)
		return diag_set(diag, -EBADMSG, "http.tls.key: %s: this is not the key of the certificate (%s)", key,
				reason());
	r = times_check(ctx, cert, now, diag);
	if (r < 0)
		return r;
	*ret = TAKE(ctx);
	return 0;
}

void tls_free(SSL_CTX *ctx)
{
	SSL_CTX_free(ctx);
}

bool tls_serves(const SSL_CTX *ctx, struct str host)
{
	X509 *cert = SSL_CTX_get0_certificate(ctx);
	char name[256];

	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = (struct str){ host.p + 1, host.n - 2 };
	if (host.n == 0 || host.n >= sizeof(name))
		return false;
	str_copy(name, sizeof(name), host);
	return X509_check_ip_asc(cert, name, 0) == 1 ||
	       X509_check_host(cert, name, host.n, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

usec_t tls_expires(const SSL_CTX *ctx)
{
	struct tm tm = { 0 };

	if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(ctx)), &tm) != 1)
		return 0;
	return SECONDS(timegm(&tm));
}

const char *tls_fingerprint(const SSL_CTX *ctx, char buf[static TLS_FINGERPRINT])
{
	unsigned char md[32];
	unsigned n = 0;

	buf[0] = '\0';
	if (X509_digest(SSL_CTX_get0_certificate(ctx), EVP_sha256(), md, &n) != 1)
		return buf;
	for (unsigned i = 0; i < n; i++)
		snprintf(buf + 3 * i, 4, i + 1 < n ? "%02X:" : "%02X", md[i]);
	return buf;
}
