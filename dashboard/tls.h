/*
 * The certificate and key of the page.  A file that will not do is an error with its name, what is wrong and what to do; a
 * certificate that has expired is one, too.  TLS 1.2 and 1.3, no compression, no renegotiation.
 */
#pragma once

#include "core/diag.h"
#include "core/str.h"

struct ssl_ctx_st; /* SSL_CTX */

#define TLS_FINGERPRINT 96

/* -ENOENT, -EACCES, -EBADMSG and @diag.  The caller owns @ret: SSL_CTX_free(). */
int tls_load(const char *cert, const char *key, usec_t now, struct ssl_ctx_st **ret, struct diag *diag);
void tls_free(struct ssl_ctx_st *ctx);
DEFINE_CLEANUP(struct ssl_ctx_st, tls_free)

/* Is it a certificate for this name or address ("[::1]" with its brackets)? */
bool tls_serves(const struct ssl_ctx_st *ctx, struct str host);
usec_t tls_expires(const struct ssl_ctx_st *ctx);
/* SHA-256 as browsers show it: "AB:CD:...". */
const char *tls_fingerprint(const struct ssl_ctx_st *ctx, char buf[static TLS_FINGERPRINT]);
