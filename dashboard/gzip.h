/*
 * Answers in gzip (RFC 1952), where the other side takes it and it is worth it.  Only what is read: an answer to a write may
 * tell a token, once, and stays as it is.
 */
#pragma once

#include "core/str.h"

#define GZIP_MIN 1024 /* bytes below which nothing is gained */

/* True when the field Accept-Encoding (RFC 9110 12.5.3) prefers gzip, or has nothing against it, to what is not coded. */
bool gzip_wanted(struct str accept_encoding);
/* Media types that get smaller. */
bool gzip_type(const char *type);
/* @ret is owned by the caller.  Negative errno: memory is out. */
int gzip_pack(struct str text, char **ret, size_t *ret_n);
