#include "core/str.h"

#include "core/scan.h"

static inline unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	if (a.n == 0 || memcmp(a.p, b.p, a.n) == 0) /* most that are equal are so to the letter */
		return true;
	for (size_t i = 0; i < a.n; i++)
		if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i]))
			return false;
	return true;
}

bool str_istarts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_ieq(str_first(s, prefix.n), prefix);
}

ssize_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? at - s.p : -1;
}

ssize_t str_ifind(struct str s, struct str needle)
{
	const char *p = s.p, *end;
	unsigned char small, large;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	small = lower((unsigned char)needle.p[0]);
	large = small >= 'a' && small <= 'z' ? (unsigned char)(small - 32) : small;
	end = s.p + s.n - needle.n + 1;
	while ((p = scan_either(p, end, small, large)) < end) {
		if (str_ieq((struct str){ p, needle.n }, needle))
			return p - s.p;
		p++;
	}
	return -1;
}

static inline bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_cut(struct str *s, char sep)
{
	ssize_t at = str_index(*s, sep);
	struct str part = *s;

	if (at < 0) {
		*s = (struct str){ s->p ? s->p + s->n : NULL, 0 };
		return part;
	}
	part.n = (size_t)at;
	*s = str_from(*s, (size_t)at + 1);
	return part;
}

bool str_int(struct str s, int64_t *ret)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	int64_t value = 0;
	size_t i = negative ? 1 : 0;

	if (i >= s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, s.p[i] - '0', &value))
			return false;
	}
	*ret = negative ? -value : value;
	return true;
}

char *str_dup(struct str s)
{
	char *copy = malloc(s.n + 1);

	if (!copy)
		return NULL;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

char *str_copy(char *buf, size_t size, struct str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	/* Never end in the middle of a character: step back over continuation bytes. */
	if (n < s.n)
		while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
	if (n > 0)
		memcpy(buf, s.p, n);
	buf[n] = '\0';
	return buf;
}

uint64_t str_hash(struct str s, bool fold)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		hash = (hash ^ (fold ? lower(c) : c)) * 0x100000001b3u;
	}
	return hash ^ (hash >> 29);
}

/* Length of the UTF-8 character at @p (1 to 4), 0 when there is none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	size_t length = p[0] < 0x80                   ? 1
			: p[0] >= 0xc2 && p[0] < 0xe0 ? 2
			: (p[0] & 0xf0) == 0xe0       ? 3
			: p[0] >= 0xf0 && p[0] < 0xf5 ? 4
						      : 0;

	if (length == 0 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

bool str_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	while (i < s.n) {
		uint64_t word, words[4];
		size_t length;

		if (i + sizeof(words) <= s.n) {
			memcpy(words, p + i, sizeof(words));
			if (!((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u)) {
				i += sizeof(words);
				continue;
			}
		}
		if (i + 8 <= s.n) {
			memcpy(&word, p + i, 8);
			if (!(word & 0x8080808080808080u)) {
				i += 8;
				continue;
			}
		}
		if (p[i] < 0x80) {
			i++;
			continue;
		}
		length = utf8_length(p + i, s.n - i);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}
