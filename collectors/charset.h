/*
 * What Japanese devices and spreadsheets write, as UTF-8.  Strict: bytes that the charset does not know are an error, never
 * replaced.  Keeps open converters and one growing buffer, so converting a line does not allocate.
 */
#pragma once

#include "core/str.h"

enum charset {
	CHARSET_AUTO, /* UTF-8 when valid, else CP932 or EUC-JP, whichever the bytes can be */
	CHARSET_UTF8,
	CHARSET_CP932,
	CHARSET_EUCJP,
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSETS,
};

/* Starts as zeros. */
struct charset_conv {
	void *open[CHARSETS]; /* converters, NULL until used */
	char *text;           /* owned; what the last conversion gave */
	size_t size;
};

void charset_close(struct charset_conv *conv);

/* "auto", "utf-8", "cp932", "euc-jp" */
bool charset_parse(struct str name, enum charset *ret);
const char *charset_name(enum charset charset);

/* What @s, which is no valid UTF-8, most likely is: CHARSET_CP932, CHARSET_EUCJP, or CHARSET_AUTO for "neither". */
enum charset charset_guess(struct str s);

/*
 * Converts all of @s.  @ret is borrowed from @conv until the next call (or from @s, when it is UTF-8 already).  -EILSEQ when
 * a byte is none of that charset, its offset in @ret_bad (may be NULL); -ENOMEM.
 */
int charset_convert(struct charset_conv *conv, enum charset from, struct str s, struct str *ret, size_t *ret_bad);
