/*
 * What a text cannot hold, found out once for many candidates: a set of its pairs of bytes.  A literal one of whose pairs is
 * missing is not in the text.  False hopes are possible, false refusals are not.
 */
#pragma once

#include "core/str.h"

#define SIEVE_BITS 4096
#define SIEVE_NEEDS 4

struct sieve {
	uint64_t bits[SIEVE_BITS / 64];
};

/* Pairs that must be there, as bits of the set; the rest of the array repeats the first. */
struct sieve_needs {
	uint16_t pairs[SIEVE_NEEDS];
	bool any; /* false: nothing is known, everything passes */
};

static inline unsigned sieve_pair(unsigned char a, unsigned char b)
{
	return ((unsigned)a << 5 ^ b) % SIEVE_BITS;
}

static inline void sieve_fill(struct sieve *sieve, struct str text)
{
	memset(sieve, 0, sizeof(*sieve));
	for (size_t i = 1; i < text.n; i++) {
		unsigned pair = sieve_pair((unsigned char)text.p[i - 1], (unsigned char)text.p[i]);

		sieve->bits[pair / 64] |= (uint64_t)1 << pair % 64;
	}
}

static inline bool sieve_passes(const struct sieve *sieve, const struct sieve_needs *needs)
{
	bool all = true;

	if (!needs->any)
		return true;
	for (int i = 0; i < SIEVE_NEEDS; i++)
		all = all & (bool)(sieve->bits[needs->pairs[i] / 64] >> needs->pairs[i] % 64 & 1);
	return all;
}
