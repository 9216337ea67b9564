/*
 * Which bytes a text holds, looked for once each and only when somebody asks: a literal whose rarest byte is missing is not in
 * the text, and many candidates fall with one byte.
 */
#pragma once

#include "core/str.h"

struct presence {
	uint64_t known[4], there[4];
};

static inline void presence_init(struct presence *presence)
{
	memset(presence->known, 0, sizeof(presence->known));
	memset(presence->there, 0, sizeof(presence->there));
}

static inline bool presence_of(struct presence *presence, struct str text, unsigned char byte)
{
	uint64_t bit = (uint64_t)1 << byte % 64;

	if (!(presence->known[byte / 64] & bit)) {
		presence->known[byte / 64] |= bit;
		if (text.n > 0 && memchr(text.p, byte, text.n))
			presence->there[byte / 64] |= bit;
	}
	return presence->there[byte / 64] & bit;
}
