#include "collectors/charset.h"

#include <errno.h>
#include <iconv.h>

/* EUC-JP-MS and CP932 know what Windows added (①, ㈱, 髙); EUC-JP and SHIFT_JIS refuse it. */
static const char *const names[CHARSETS] = {
	[CHARSET_AUTO] = "auto",    [CHARSET_UTF8] = "utf-8",       [CHARSET_CP932] = "cp932",
	[CHARSET_EUCJP] = "euc-jp", [CHARSET_UTF16LE] = "utf-16le", [CHARSET_UTF16BE] = "utf-16be",
};
static const char *const iconv_names[CHARSETS] = {
	[CHARSET_CP932] = "CP932",
	[CHARSET_EUCJP] = "EUC-JP-MS",
	[CHARSET_UTF16LE] = "UTF-16LE",
	[CHARSET_UTF16BE] = "UTF-16BE",
};

bool charset_parse(struct str name, enum charset *ret)
{
	for (enum charset i = 0; i <= CHARSET_EUCJP; i++) {
		if (str_ieq(str_of(names[i]), name)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

const char *charset_name(enum charset charset)
{
	return names[charset];
}

void charset_close(struct charset_conv *conv)
{
	for (size_t i = 0; i < CHARSETS; i++)
		if (conv->open[i])
			iconv_close(conv->open[i]);
	free(conv->text);
	*conv = (struct charset_conv){ 0 };
}

static bool cp932_valid(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0x80 || (p[i] >= 0xa1 && p[i] <= 0xdf))
			continue;
		if (p[i] == 0x80 || p[i] == 0xa0 || p[i] > 0xfc || i + 1 == n)
			return false;
		i++;
		if (p[i] < 0x40 || p[i] == 0x7f || p[i] > 0xfc)
			return false;
	}
	return true;
}

/* Counts two-byte characters, those of the kana rows, and those that half-width kana could not be. */
static bool eucjp_valid(const unsigned char *p, size_t n, size_t *ret_kana, size_t *ret_high)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0x80)
			continue;
		if (p[i] == 0x8f && i + 2 < n)
			i++;
		else if (p[i] != 0x8e && (p[i] < 0xa1 || p[i] == 0xff))
			return false;
		if (i + 1 == n || p[i + 1] < 0xa1 || p[i + 1] == 0xff)
			return false;
		*ret_kana += p[i] == 0xa4 || p[i] == 0xa5;
		*ret_high += p[i] > 0xdf || p[i + 1] > 0xdf;
		i++;
	}
	return true;
}

enum charset charset_guess(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t kana = 0, high = 0;
	bool cp932 = cp932_valid(p, s.n), eucjp = eucjp_valid(p, s.n, &kana, &high);

	/*
	 * CP932 text nearly always has a lead byte below 0xa0, which EUC-JP has not.  Bytes that both allow are half-width kana
	 * in one and ordinary text in the other: rows of kana and bytes above 0xdf speak for EUC-JP.
	 */
	if (cp932 && eucjp)
		return kana > 0 || high > 0 ? CHARSET_EUCJP : CHARSET_CP932;
	return cp932 ? CHARSET_CP932 : eucjp ? CHARSET_EUCJP : CHARSET_AUTO;
}

static int room(struct charset_conv *conv, size_t need)
{
	size_t size = conv->size ? conv->size : 1024;
	char *text;

	if (need <= conv->size)
		return 0;
	while (size < need)
		size *= 2;
	text = realloc(conv->text, size);
	if (!text)
		return -ENOMEM;
	conv->text = text;
	conv->size = size;
	return 0;
}

static int convert(struct charset_conv *conv, enum charset from, struct str s, struct str *ret, size_t *ret_bad)
{
	char *in = (char *)s.p, *out;
	size_t in_left = s.n, out_left;
	int r;

	if (!conv->open[from]) {
		iconv_t cd = iconv_open("UTF-8", iconv_names[from]);

		if (cd == (iconv_t)-1)
			return -errno;
		conv->open[from] = cd;
	}
	/* Two bytes become at most three, a half-width kana too; characters outside the BMP come from four. */
	r = room(conv, s.n * 3 + 4);
	if (r < 0)
		return r;
	out = conv->text;
	out_left = conv->size;
	iconv(conv->open[from], NULL, NULL, NULL, NULL);
	if (iconv(conv->open[from], &in, &in_left, &out, &out_left) == (size_t)-1) {
		if (ret_bad)
			*ret_bad = s.n - in_left;
		return errno == ENOMEM ? -ENOMEM : -EILSEQ;
	}
	*ret = (struct str){ conv->text, (size_t)(out - conv->text) };
	return 0;
}

/* Offset of the first byte of @s that is no UTF-8. */
static size_t utf8_bad(struct str s)
{
	size_t low = 0, high = s.n;

	/* The longest valid beginning, but for a character that the cut itself broke. */
	while (high - low > 4) {
		size_t middle = low + (high - low) / 2, cut = middle;

		while (cut > low && ((unsigned char)s.p[cut] & 0xc0) == 0x80)
			cut--;
		if (cut > low && str_utf8((struct str){ s.p + low, cut - low }))
			low = cut;
		else
			high = middle;
	}
	for (size_t n = 1; low < s.n && n <= 4 && low + n <= s.n; n++) {
		if (str_utf8((struct str){ s.p + low, n })) {
			low += n;
			n = 0;
		}
	}
	return low;
}

int charset_convert(struct charset_conv *conv, enum charset from, struct str s, struct str *ret, size_t *ret_bad)
{
	if (from == CHARSET_AUTO || from == CHARSET_UTF8) {
		if (str_utf8(s)) {
			*ret = s;
			return 0;
		}
		if (from == CHARSET_AUTO)
			from = charset_guess(s);
		if (from == CHARSET_UTF8 || from == CHARSET_AUTO) {
			if (ret_bad)
				*ret_bad = utf8_bad(s);
			return -EILSEQ;
		}
	}
	return convert(conv, from, s, ret, ret_bad);
}
