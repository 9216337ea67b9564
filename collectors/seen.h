/* Which keys a file has had already, with the line they stood in: open addressing over 64-bit hashes, starts as zeros. */
#pragma once

#include "core/base.h"

struct seen_entry {
	uint64_t key, content;
	int line; /* 0: free */
};

struct seen {
	struct seen_entry *entries; /* owned */
	size_t n, size;
};

enum seen_answer { SEEN_NEW, SEEN_EQUAL, SEEN_OTHER };

/* SEEN_EQUAL and SEEN_OTHER (same key, other content) give the earlier line.  -ENOMEM. */
int seen_put(struct seen *seen, uint64_t key, uint64_t content, int line, int *ret_line);
void seen_reset(struct seen *seen);
void seen_free(struct seen *seen);
