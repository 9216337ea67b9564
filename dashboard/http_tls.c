/* What being reached from other machines takes: a certificate, and a token.  The certificate is read again at SIGHUP. */

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/when.h"
#include "dashboard/api.h"

#define WARN_BEFORE DAYS(30)

static bool wanted(const struct config *config)
{
	return config->http_tls_cert && config->http_tls_cert[0];
}

int http_check(const struct config *config, struct diag *diag)
{
	_cleanup_(tls_freep) struct ssl_ctx_st *ctx = NULL;

	return wanted(config) ? tls_load(config->http_tls_cert, config->http_tls_key, clock_now(), &ctx, diag) : 0;
}

int http_prepare(struct http *http, const struct config *config, struct diag *diag)
{
	tls_free(http->tls_next);
	http->tls_next = NULL;
	return wanted(config)
		       ? tls_load(config->http_tls_cert, config->http_tls_key, clock_now(), &http->tls_next, diag)
		       : 0;
}

void http_take(struct http *http)
{
	struct daemon *daemon = http->daemon;
	char day[WHEN_MAX];

	/* An address does not change from plain to TLS or back under those who use it. */
	if (http->tls && !http->tls_next)
		log_warn("http",
			 "http.tls is gone from the configuration: that needs a restart, until then the old one holds");
	else if (!http->tls && http->tls_next && http->beat)
		log_warn("http", "http.tls is new in the configuration: that needs a restart");
	else if (http->tls_next) {
		tls_free(http->tls);
		http->tls = TAKE(http->tls_next);
		server_tls(http->server, http->tls);
		daemon->tls_expires = tls_expires(http->tls);
		tls_fingerprint(http->tls, daemon->tls_fingerprint);
		when_format_day(day, when_day_of(daemon->tls_expires));
		if (daemon->tls_expires < clock_now() + WARN_BEFORE)
			log_warn("http", "the certificate of the page ends on %s: put a new one there and reload", day);
		status_stale(http);
	}
}

int http_reachable(const struct http *http, const struct sockaddr *address, const char *listen_on, struct diag *diag)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

	if (address->sa_family == AF_INET ? ntohl(in->sin_addr.s_addr) >> 24 == 127
					  : address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr))
		return 0;
	if (!http->tls)
		return diag_set(
			diag, -EACCES,
			"http.listen: %s can be reached from other machines, and that needs TLS (http.tls: {cert, key}) and "
			"a token; or listen on 127.0.0.1",
			listen_on);
	if (http->tokens.n == 0)
		return diag_set(
			diag, -EACCES,
			"http.listen: %s can be reached from other machines, and there is no token yet; start once with "
			"--first-token, or listen on 127.0.0.1 and make one: tenken token add --name NAME --role admin",
			listen_on);
	return 0;
}

int http_first_token(struct http *http, struct diag *diag)
{
	struct daemon *daemon = http->daemon;
	struct store *store = daemon->store;
	usec_t now = clock_now();
	json_t *after;
	int64_t id;
	int r;

	if (!daemon->first_token || http->tokens.n > 0)
		return 0;
	r = store_begin(store);
	if (r == 0) {
		r = token_make(store_sqlite(store), "first", ROLE_ADMIN, now + DAYS(TOKEN_DAYS),
			       "tenkend --first-token", now, &id, daemon->first_token_text);
		after = json_pack("{s:s, s:s}", "name", "first", "role", "admin");
		if (r == 0)
			r = audit_put(store_sqlite(store), now, "tenkend --first-token", "made the first token", NULL,
				      after);
		json_decref(after);
		if (r == 0)
			r = store_commit(store);
		if (r < 0)
			store_rollback(store);
	}
	if (r == 0)
		r = tokens_load(store_sqlite(store), &http->tokens);
	return r < 0 ? diag_set(diag, r, "the first token cannot be made: %s", strerror(-r)) : 0;
}
