/* The first of two bytes, at every place and length, against a loop that anybody can read. */

#include "core/scan.h"
#include "tests/table.h"

static const char *plain(const char *p, const char *end, char a, char b)
{
	while (p < end && *p != a && *p != b)
		p++;
	return p;
}

static const struct row {
	const char *name, *text;
	char a, b;
} rows[] = {
	{ "neither is there", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", '"', '\\' },
	{ "the first of many", "ab\"cd\\ef\"ghijklmnopqrstuvwxyz\"", '"', '\\' },
	{ "one byte twice", "host name of the line and more words", ' ', ' ' },
	{ "bytes above 127", "\xe3\x81\x82\xe3\x81\x84\"\xe3\x81\x86\xff\x80\xa2\xdc", '"', '\\' },
	{ "the last byte", "0123456789abcdef\"", '"', '\\' },
	{ "neighbours in value", "!#!#[]![]\x21\x23\x5b\x5d\\", '"', '\\' },
};

/* Each start and each end, so that every length and every alignment comes up. */
static void finds(void **state)
{
	const struct row *row = *state;
	size_t n = strlen(row->text);

	for (size_t from = 0; from <= n; from++) {
		for (size_t to = from; to <= n; to++) {
			/* Of just this size, so that a sanitizer sees a byte too much. */
			char *exact = malloc(to - from ? to - from : 1);

			assert_non_null(exact);
			memcpy(exact, row->text + from, to - from);
			assert_ptr_equal(
				scan_either(exact, exact + (to - from), (unsigned char)row->a, (unsigned char)row->b),
				plain(exact, exact + (to - from), row->a, row->b));
			free(exact);
		}
	}
}

int main(void)
{
	return RUN_TABLE(rows, finds);
}
