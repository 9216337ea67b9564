/*
 * Reads the head of one HTTP/1.1 request, strictly (RFC 9112 without its leniency): whatever two readers could understand
 * differently is refused.  Pure.  This is in front of all else that the endpoint does.
 */
#pragma once

#include "core/str.h"

#define HEAD_MAX 16384
#define HEAD_TARGET_MAX 8192
#define HEAD_FIELDS_MAX 64
#define HEAD_BODY_MAX (16 << 20) /* routes have smaller limits of their own */

enum head_method { HEAD_GET, HEAD_HEAD, HEAD_POST, HEAD_PUT, HEAD_DELETE, HEAD_OTHER };

struct head {
	enum head_method method;
	struct str path, query;   /* of the target, still escaped; path begins with '/' */
	struct str host;          /* as sent, without the port, "[::1]" with its brackets */
	struct str authority;     /* the same with the port */
	struct str if_none_match; /* empty when it is not there */
	struct str if_match;      /* likewise */
	struct str accept_encoding;
	struct str last_event_id;
	struct str authorization;
	struct str fetch_site, fetch_mode;
	struct str origin;
	struct str type;            /* of the body: Content-Type without parameters */
	struct str idempotency_key; /* empty when it is not there */
	bool old;                   /* HTTP/1.0 */
	bool keep;                  /* the connection may go on behind the answer */
	bool expects;               /* the body comes behind "100 Continue" */
	size_t size;                /* of the body that follows; only POST, PUT and DELETE have one */
};

/*
 * 0: more bytes are needed.  Positive: the length of the head, @ret is filled and borrows from @bytes.  Negative: the HTTP
 * status to refuse with, negated (-400, -411, -413, -414, -417, -421 is the caller's, -431, -501, -505); close behind it.
 */
int head_read(struct str bytes, struct head *ret);

/* Undoes %XX of @escaped into @buf; false for a bad escape, a control character, text that is no UTF-8, or lack of room. */
bool head_unescape(struct str escaped, char *buf, size_t size, struct str *ret);
/* The value of @name in @query, unescaped ('+' is a blank).  1, 0 when it is not there, -EINVAL as head_unescape() or twice. */
int head_query(struct str query, const char *name, char *buf, size_t size, struct str *ret);
