/* Inside of registers: a file as bytes, its digest, and its text as UTF-8.  Nobody else includes this. */
#pragma once

#include "collectors/charset.h"
#include "collectors/registers.h"

#define REGISTER_FILE_MAX (64u << 20)

struct register_file {
	char *bytes; /* owned */
	size_t n;
	struct charset_conv conv;
	struct str text; /* UTF-8 without a byte order mark; borrowed from the two above */
};

/* Reads the file as it is; fills digest, updated_at and updated_by.  -EBADMSG with the refusal. */
int register_file_read(struct register_file *file, const char *path, const struct refusal_place *place,
		       struct register_report *report);
/* A copy of @bytes instead of a file's; fills the digest.  -EBADMSG with the refusal. */
int register_file_take(struct register_file *file, struct str bytes, const struct refusal_place *place,
		       struct register_report *report);
/* SHA-256 in hex.  -ENOMEM. */
int register_digest(struct str bytes, char ret[static 65]);
/* Fills .text.  -EBADMSG with the refusal. */
int register_file_decode(struct register_file *file, const struct refusal_place *place, struct refusal *why);
void register_file_close(struct register_file *file);
