/* What people see over HTTP (design.md section 7): started by the daemon, lives in its service loop. */
#pragma once

#include "daemon/daemon.h"

struct http;

/*
 * Binds the socket and the address; anything but loopback only with TLS and a token.  -EADDRINUSE, -EACCES, and what
 * tls_load() says, with @diag.
 */
int http_start(struct daemon *daemon, struct http **ret, struct diag *diag);
/* Reads the certificate that @config names, which a reload is about to take over; kept for http_take(). */
int http_prepare(struct http *http, const struct config *config, struct diag *diag);
/* What was prepared serves connections that begin from now on. */
void http_take(struct http *http);
/* The same look without a daemon. */
int http_check(const struct config *config, struct diag *diag);
void http_stop(struct http *http);
