#include "core/version.h"

#define PARTS 16

struct part {
	struct str digits; /* without leading zeros */
	int word;          /* 1 to 26 for a letter, -1 for what comes before a release; then digits are empty */
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool before_release(struct str word)
{
	return str_ieq(word, STR("alpha")) || str_ieq(word, STR("beta")) || str_ieq(word, STR("pre")) ||
	       str_ieq(word, STR("rc"));
}

static struct str run(struct str s, size_t at, bool (*is)(char c))
{
	size_t end = at;

	while (end < s.n && is(s.p[end]))
		end++;
	return (struct str){ s.p + at, end - at };
}

/* Words count only behind the first number: what stands before it is the name of the product. */
static size_t parts_of(struct str s, struct part parts[static PARTS])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < PARTS;) {
		struct str number = run(s, i, digit), word = run(s, i, letter);

		if (number.n > 0) {
			i += number.n;
			while (number.n > 1 && *number.p == '0')
				number = str_from(number, 1);
			parts[n++] = (struct part){ .digits = number };
			continue;
		}
		if (n > 0 && before_release(word))
			parts[n++] = (struct part){ .word = -1 };
		else if (n > 0 && word.n == 1 && digit(s.p[i - 1]) && (i + 1 == s.n || !digit(s.p[i + 1])))
			parts[n++] = (struct part){ .word = (*word.p | 32) - 'a' + 1 };
		i += word.n > 0 ? word.n : 1;
	}
	return n;
}

static int number_compare(struct str a, struct str b)
{
	int r;

	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	r = a.n > 0 ? memcmp(a.p, b.p, a.n) : 0;
	return r < 0 ? -1 : r > 0;
}

static int part_compare(const struct part *a, const struct part *b)
{
	bool none = a->digits.n == 0 && b->digits.n == 0;

	if (none || a->word < 0 || b->word < 0)
		return a->word < b->word ? -1 : a->word > b->word;
	/* A letter against a number: 1.0.2k is 1.0.2 and a bit. */
	if (a->digits.n == 0 || b->digits.n == 0)
		return a->digits.n == 0 ? (str_eq(b->digits, STR("0")) ? 1 : -1)
					: (str_eq(a->digits, STR("0")) ? -1 : 1);
	return number_compare(a->digits, b->digits);
}

bool version_compare(struct str a, struct str b, int *ret)
{
	static const struct part zero = { .digits = { "0", 1 } };
	struct part x[PARTS], y[PARTS];
	size_t n = parts_of(a, x), m = parts_of(b, y);

	*ret = 0;
	if (n == 0 || m == 0)
		return false;
	for (size_t i = 0; *ret == 0 && (i < n || i < m); i++)
		*ret = part_compare(i < n ? &x[i] : &zero, i < m ? &y[i] : &zero);
	return true;
}

/* True when they differ in the last number of @of at most. */
static bool same_line(struct str version, struct str of)
{
	struct part x[PARTS], y[PARTS];
	size_t n = parts_of(version, x), m = parts_of(of, y);

	if (m < 3 || n < m - 1)
		return false;
	for (size_t i = 0; i + 1 < m; i++)
		if (part_compare(&x[i], &y[i]) != 0)
			return false;
	return true;
}

int version_safe(struct str version, struct str list)
{
	struct str newest = { 0 };
	int r = 0;

	while (list.n > 0) {
		struct str one = str_trim(str_cut(&list, ' '));

		if (!version_compare(version, one, &r))
			continue;
		if (same_line(version, one))
			return r >= 0;
		if (newest.n == 0 || (version_compare(newest, one, &r) && r < 0))
			newest = one;
	}
	return newest.n > 0 && version_compare(version, newest, &r) ? r >= 0 : -1;
}
