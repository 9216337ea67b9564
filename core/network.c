#include "core/network.h"

#include <arpa/inet.h>
#include <errno.h>

/* Bytes of the address, 4 or 16; 0 when it is none.  An IPv4 address in IPv6 clothes counts as IPv4. */
static size_t parse(struct str s, unsigned char bytes[static 16])
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text))
		return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1)
		return 4;
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return 0;
	if (memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0)
		return 16;
	memmove(bytes, bytes + 12, 4);
	return 4;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & (0xff00u >> rest) & 0xff) == 0;
}

static bool holds(struct str network, const unsigned char *bytes, size_t n)
{
	struct str base = str_cut(&network, '/');
	unsigned char own[16];
	unsigned bits = 0;

	if (parse(base, own) != n || network.n > 3)
		return false;
	if (network.n == 0)
		return !memcmp(own, bytes, n);
	for (size_t i = 0; i < network.n; i++) {
		if ((unsigned char)(network.p[i] - '0') > 9)
			return false;
		bits = bits * 10 + (unsigned)(network.p[i] - '0');
	}
	return bits <= n * 8 && same_bits(own, bytes, bits);
}

int network_holds(struct str list, struct str address)
{
	unsigned char bytes[16];
	size_t n = parse(address, bytes);

	if (n == 0)
		return -EINVAL;
	while (list.n > 0) {
		struct str network = str_cut(&list, ' ');

		if (network.n > 0 && holds(network, bytes, n))
			return 1;
	}
	return 0;
}
