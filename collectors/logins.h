/*
 * When somebody last logged in, as the machine itself keeps it: lastlog by uid, wtmp by name.  lastlog2 and wtmpdb (SQLite) of
 * newer systems are not read: there the log stream is what tells.
 */
#pragma once

#include "core/str.h"

struct login {
	char user[33];
	usec_t at;
};

/* Starts as zeros. */
struct logins {
	struct login *entries; /* owned, sorted by name */
	size_t n, size;
	uint64_t inode; /* of the wtmp read so far */
	int64_t offset;
};

/* Reads what is new in the wtmp file at @path, and all of it when it is another file.  A missing one is none. */
void logins_read(struct logins *logins, const char *path);
void logins_free(struct logins *logins);

/* The later of what wtmp and the lastlog file say; 0: never, or not known. */
usec_t logins_last(const struct logins *logins, const char *user, FILE *lastlog, uint32_t uid);
