/*
 * Idempotency-Key: what a write with a key was answered is kept for a day, so that the same request sent again is answered the
 * same and done once.  A key belongs to who sent it.
 */
#pragma once

#include "core/str.h"

struct sqlite3;

#define IDEMPOTENCY_KEEP DAYS(1)
#define IDEMPOTENCY_ROWS 10000
#define IDEMPOTENCY_KEY_MAX 200

/* 1 to 200 printable ASCII characters. */
bool idempotency_key_ok(struct str key);
/* "POST /path\n" and the body, as 64 hexadecimal digits. */
int idempotency_digest(struct str method, struct str path, struct str body, char ret[static 65]);
/* 1: done before, with @ret_status and @ret_body (owned); 0: new; -EEXIST: used with another request. */
int idempotency_find(struct sqlite3 *db, struct str key, const char *who, const char *digest, usec_t now,
		     int *ret_status, char **ret_body);
/* Keeps the answer, in the caller's transaction; forgets what is old or too much. */
int idempotency_keep(struct sqlite3 *db, struct str key, const char *who, const char *digest, usec_t now, int status,
		     const char *body);
