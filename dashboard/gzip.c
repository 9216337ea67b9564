/*
 * What could be asked of compression by who sees only lengths (BREACH): a secret beside text of the attacker's.  There is none
 * in what is read: bearer tokens come in a request's head and are never told again, there are no cookies and no CSRF tokens,
 * and another site's page cannot ask at all (Sec-Fetch-Site, Origin and Host are looked at first).
 */
#include "dashboard/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's word for a gzip head */
#define LEVEL 4 /* a checklist of 120 KB: level 1 gives 35 KB in 1.0 ms of CPU, 4 gives 30 in 1.5, 6 gives 28 in 2.8 */

/* "0.5" as 500; what is no weight counts as 0, which is safe. */
static int weight_read(struct str text)
{
	int weight = 0, unit = 1000;

	if (text.n == 0 || text.n > 5 || (text.p[0] != '0' && text.p[0] != '1') || (text.n > 1 && text.p[1] != '.'))
		return 0;
	weight = (text.p[0] - '0') * unit;
	for (size_t i = 2; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return 0;
		unit /= 10;
		weight += (text.p[i] - '0') * unit;
	}
	return weight > 1000 ? 0 : weight;
}

/* The weight of a coding with its parameters. */
static int weight_of(struct str parameters)
{
	while (parameters.n > 0) {
		struct str value = str_trim(str_cut(&parameters, ';')), name = str_cut(&value, '=');

		if (str_ieq(str_trim(name), STR("q")))
			return weight_read(str_trim(value));
	}
	return 1000;
}

bool gzip_wanted(struct str accept_encoding)
{
	int gzip = -1, any = -1, identity = -1;

	while (accept_encoding.n > 0) {
		struct str rest = str_trim(str_cut(&accept_encoding, ',')), coding = str_trim(str_cut(&rest, ';'));
		int weight = weight_of(rest);

		if (str_ieq(coding, STR("gzip")) || str_ieq(coding, STR("x-gzip")))
			gzip = gzip > weight ? gzip : weight;
		else if (str_eq(coding, STR("*")))
			any = weight;
		else if (str_ieq(coding, STR("identity")))
			identity = weight;
	}
	if (gzip < 0)
		gzip = any;
	/* Not said, it is as good as whatever is said. */
	return gzip > 0 && gzip >= identity;
}

bool gzip_type(const char *type)
{
	struct str s = str_of(type);

	return str_starts(s, STR("text/")) || str_starts(s, STR("application/json")) ||
	       str_starts(s, STR("application/problem+json")) || str_starts(s, STR("image/svg+xml"));
}

int gzip_pack(struct str text, char **ret, size_t *ret_n)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)text.p, .avail_in = (uInt)text.n };
	_free_ char *out = NULL;
	uLong bound;
	int r;

	if (text.n > UINT32_MAX / 2)
		return -EFBIG;
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	bound = deflateBound(&stream, (uLong)text.n);
	out = malloc(bound);
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)bound;
	r = out && deflate(&stream, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
	*ret_n = stream.total_out;
	deflateEnd(&stream);
	if (r == 0)
		*ret = TAKE(out);
	return r;
}
