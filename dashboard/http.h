/* What people see over HTTP (design.md section 7): started by the daemon, lives in its service loop. */
#pragma once

#include "daemon/daemon.h"

struct http;

/* Binds the socket and the address; refuses anything but loopback (no TLS yet).  -EADDRINUSE, -EACCES with @diag. */
int http_start(struct daemon *daemon, struct http **ret, struct diag *diag);
void http_stop(struct http *http);
