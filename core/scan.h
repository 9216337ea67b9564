/*
 * Looks for one or two bytes, eight or sixteen at a time: words and quoted values of log lines are too short for memchr() to pay.  Reads
 * nothing outside [p, end).
 */
#pragma once

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base.h"

/* Highest bit of each byte of @word that is zero (exact up to and including the first, which is all that is asked). */
static inline uint64_t scan_zero(uint64_t word)
{
	return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

static inline uint64_t scan_word(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* The first @a or @b in [p, end), or @end. */
static inline const char *scan_either(const char *p, const char *end, unsigned char a, unsigned char b)
{
#ifdef __SSE2__
	const __m128i as16 = _mm_set1_epi8((char)a), bs16 = _mm_set1_epi8((char)b);

	/* Most words and values fit into the first sixteen: one step, and no branch that could go either way. */
	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		unsigned found = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(_mm_cmpeq_epi8(bytes, as16), _mm_cmpeq_epi8(bytes, bs16)));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	const uint64_t as = a * 0x0101010101010101u, bs = b * 0x0101010101010101u;

	for (; end - p >= 8; p += 8) {
		uint64_t word = scan_word(p), found = scan_zero(word ^ as) | scan_zero(word ^ bs);

		if (found)
			return p + __builtin_ctzll(found) / 8;
	}
	while (p < end && (unsigned char)*p != a && (unsigned char)*p != b)
		p++;
	return p;
}

/* The first @a in [p, end), or @end. */
static inline const char *scan_for(const char *p, const char *end, unsigned char a)
{
	return scan_either(p, end, a, a);
}

/* Bit i is set where p[i] is @a or @b, for the sixteen bytes at @p, all of which must be there. */
static inline unsigned scan16_either(const char *p, char a, char b)
{
#ifdef __SSE2__
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (unsigned)_mm_movemask_epi8(
		_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b))));
#else
	unsigned mask = 0;

	for (unsigned i = 0; i < 16; i++)
		mask |= (unsigned)(p[i] == a || p[i] == b) << i;
	return mask;
#endif
}

/* The same where p[i] does not lie in @low to @high. */
static inline unsigned scan16_outside(const char *p, unsigned char low, unsigned char high)
{
#ifdef __SSE2__
	__m128i bytes = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8((char)low));
	__m128i most = _mm_set1_epi8((char)(high - low));

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, most), bytes)) ^ 0xffff;
#else
	unsigned mask = 0;

	for (unsigned i = 0; i < 16; i++)
		mask |= (unsigned)((unsigned char)p[i] < low || (unsigned char)p[i] > high) << i;
	return mask;
#endif
}
