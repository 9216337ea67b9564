/*
 * Borrowed text.  A struct str is not NUL-terminated and never freed; it lives as long as
 * what it was cut from.  Every function accepts an empty one ({ NULL, 0 }).
 */
#pragma once

#include <string.h>

#include "core/base.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* @text as borrowed text; NULL is empty. */
static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline struct str str_from(struct str s, size_t at)
{
	return at < s.n ? (struct str){ s.p + at, s.n - at } : (struct str){ s.p + s.n, 0 };
}

static inline struct str str_first(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

/* Equal without regard to ASCII case. */
bool str_ieq(struct str a, struct str b);
bool str_istarts(struct str s, struct str prefix);

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Index of the first @c or @needle in @s, -1 where there is none. */
static inline ssize_t str_index(struct str s, char c)
{
	const char *at = s.n > 0 ? (const char *)memchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ssize_t str_find(struct str s, struct str needle);
ssize_t str_ifind(struct str s, struct str needle);

/* @s without white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/* Cuts the part before the first @sep off @s and returns it; all of @s where there is none. */
struct str str_cut(struct str *s, char sep);

/* Reads a decimal number that fills @s.  False, and @ret untouched, when it does not or is too large. */
bool str_int(struct str s, int64_t *ret);

/* A NUL-terminated copy, owned by the caller; NULL when memory is out. */
char *str_dup(struct str s);

/* Copies @s to @buf (at least 1 byte), cut at a whole UTF-8 character; returns @buf. */
char *str_copy(char *buf, size_t size, struct str s);

/* 64-bit hash (seeded FNV-1a over folded case when @fold).  Not for untrusted tables without a bound. */
uint64_t str_hash(struct str s, bool fold);

/* True when @s is valid UTF-8 (no surrogates, no overlong forms). */
bool str_utf8(struct str s);
