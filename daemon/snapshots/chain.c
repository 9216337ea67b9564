#include "daemon/snapshots/chain.h"

#include <errno.h>
#include <openssl/evp.h>

#define PART "tenken-part-1"
#define MANIFEST "tenken-manifest-1"
#define HEAD "tenken-snapshot-1"

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Length as eight bytes, the highest first, then the bytes. */
static bool field(EVP_MD_CTX *ctx, struct str s)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)s.n >> (56 - 8 * i));
	return EVP_DigestUpdate(ctx, length, sizeof(length)) == 1 && (s.n == 0 || EVP_DigestUpdate(ctx, s.p, s.n) == 1);
}

static int hash(const struct str *fields, size_t n, unsigned char ret[static CHAIN_DIGEST])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;

	for (size_t i = 0; ok && i < n; i++)
		ok = field(ctx, fields[i]);
	ok = ok && EVP_DigestFinal_ex(ctx, ret, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

int chain_part(struct str name, struct str body, unsigned char ret[static CHAIN_DIGEST])
{
	const struct str fields[] = { STR(PART), name, body };

	return hash(fields, COUNT(fields), ret);
}

int chain_manifest(struct str manifest, unsigned char ret[static CHAIN_DIGEST])
{
	const struct str fields[] = { STR(MANIFEST), manifest };

	return hash(fields, COUNT(fields), ret);
}

int chain_head(const struct link *link, unsigned char ret[static CHAIN_DIGEST])
{
	char number[24], at[24], previous[2 * CHAIN_DIGEST + 1] = "", manifest[2 * CHAIN_DIGEST + 1];
	char percent[32], coverage[32], bytes[24], new_bytes[24];

	snprintf(number, sizeof(number), "%lld", (long long)link->number);
	snprintf(at, sizeof(at), "%lld", (long long)link->taken_at);
	snprintf(percent, sizeof(percent), "%.4f", link->percent);
	snprintf(coverage, sizeof(coverage), "%.4f", link->coverage);
	snprintf(bytes, sizeof(bytes), "%lld", (long long)link->bytes);
	snprintf(new_bytes, sizeof(new_bytes), "%lld", (long long)link->new_bytes);
	if (!link->first)
		chain_hex(link->previous, CHAIN_DIGEST, previous);
	chain_hex(link->manifest, CHAIN_DIGEST, manifest);

	const struct str fields[] = { STR(HEAD),        str_of(number),  str_of(at),       link->reason,
				      link->who,        link->site,      str_of(previous), link->key_id,
				      str_of(manifest), str_of(percent), str_of(coverage), str_of(bytes),
				      str_of(new_bytes) };

	return hash(fields, COUNT(fields), ret);
}

void chain_hex(const unsigned char *bytes, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[2 * n] = '\0';
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool chain_unhex(struct str hex, unsigned char *ret, size_t n)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit_of(hex.p[2 * i]), low = digit_of(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void chain_code(int64_t number, const unsigned char head[static CHAIN_DIGEST], char ret[static CHAIN_CODE])
{
	size_t n = (size_t)snprintf(ret, CHAIN_CODE, "%lld", (long long)(number % 1000000));

	for (unsigned i = 0; i < 20 && n + 3 < CHAIN_CODE; i++) {
		unsigned bit = i * 5, five = (unsigned)(head[bit / 8] << 8 | head[bit / 8 + 1]) >> (11 - bit % 8) & 31;

		if (i % 4 == 0)
			ret[n++] = '-';
		ret[n++] = base32[five];
	}
	ret[n] = '\0';
}

bool chain_code_is(struct str code, int64_t number, const unsigned char head[static CHAIN_DIGEST])
{
	char own[CHAIN_CODE];
	size_t at = 0;

	chain_code(number, head, own);
	code = str_trim(code);
	for (size_t i = 0; own[i]; i++) {
		char c;

		if (own[i] == '-')
			continue;
		while (at < code.n && (code.p[at] == '-' || code.p[at] == ' '))
			at++;
		c = at < code.n ? code.p[at++] : '\0';
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (c != own[i])
			return false;
	}
	return at == code.n;
}

int64_t chain_code_number(struct str code)
{
	int64_t number;

	code = str_trim(code);
	return str_int(str_cut(&code, '-'), &number) && number > 0 && code.n > 0 ? number : 0;
}
