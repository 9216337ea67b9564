#include "dashboard/mask.h"

char *mask_text(const char *text, const char *secret, bool whole)
{
	struct str rest = str_of(text), needle = str_of(secret);
	char *masked, *p;
	ssize_t at;

	if (needle.n == 0 || str_ifind(rest, needle) < 0)
		return strdup(whole && needle.n > 0 ? MASK : text);

	p = masked = malloc(rest.n * (sizeof(MASK) - 1) + 1);
	if (!masked)
		return NULL;
	while ((at = str_ifind(rest, needle)) >= 0) {
		memcpy(p, rest.p, (size_t)at);
		p += at;
		memcpy(p, MASK, sizeof(MASK) - 1);
		p += sizeof(MASK) - 1;
		rest = str_from(rest, (size_t)at + needle.n);
	}
	memcpy(p, rest.p, rest.n);
	p[rest.n] = '\0';
	return masked;
}
