/*
 * Who a request over TCP is from: nobody, or who holds its token.  Without any token this machine itself may read; once there
 * is one, whoever reads needs one.  Wrong ones are counted, slowed and put on record.
 */
#pragma once

#include "dashboard/api.h"

/* For struct server_user: 0, or the status to refuse with (401, 429). */
int access_identify(void *arg, struct exchange *exchange);
/* False: refused, because this needs @role. */
bool access_allowed(struct http *http, struct exchange *exchange, enum role role);
