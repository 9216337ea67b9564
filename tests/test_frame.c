#include "collectors/frame.h"
#include "core/syslog.h"
#include "tests/table.h"

#define LONG SYSLOG_LINE_MAX

/* What came out, as text: messages in [], cut ones in {}, E for an empty one, LOST, TLS. */
struct log {
	char text[4096];
	size_t n;
};

static void note(struct log *log, enum frame_answer answer, const struct frame_message *m)
{
	struct str text = m->text;
	int n = 0;

	if (answer == FRAME_EMPTY)
		n = snprintf(log->text + log->n, sizeof(log->text) - log->n, "E");
	else if (answer == FRAME_LOST || answer == FRAME_TLS)
		n = snprintf(log->text + log->n, sizeof(log->text) - log->n, answer == FRAME_LOST ? "LOST" : "TLS");
	else if (text.n > 100)
		n = snprintf(log->text + log->n, sizeof(log->text) - log->n, "%c%zu:%c%c", m->cut ? '{' : '[', text.n,
			     text.p[0], m->cut ? '}' : ']');
	else {
		log->text[log->n++] = m->cut ? '{' : '[';
		for (size_t i = 0; i < text.n; i++)
			log->text[log->n++] = text.p[i] ? text.p[i] : '0';
		log->text[log->n++] = m->cut ? '}' : ']';
	}
	log->n += (size_t)n;
}

/* Feeds @bytes in pieces that @size(i) chooses, keeping what is left, as a connection does. */
static void feed(struct str bytes, size_t piece, unsigned seed, struct log *log)
{
	struct frame frame = { 0 };
	char *held = malloc(bytes.n + 1);
	size_t n = 0, at = 0;
	bool end = false;

	memset(log, 0, sizeof(*log)); /* messages are short: the text fits */
	while (!end) {
		struct frame_message m;
		struct str data;
		size_t more = piece ? piece : 1 + (seed = seed * 1103515245u + 12345u) / 65536u % 97u;

		more = more < bytes.n - at ? more : bytes.n - at;
		memcpy(held + n, bytes.p + at, more);
		n += more;
		at += more;
		end = more == 0;
		data = (struct str){ held, n };
		for (;;) {
			enum frame_answer answer = frame_next(&frame, &data, end, &m);

			if (answer == FRAME_MORE)
				break;
			note(log, answer, &m);
			if (answer == FRAME_LOST || answer == FRAME_TLS) {
				free(held);
				return;
			}
			assert_true(data.p >= held && data.p + data.n <= held + n);
		}
		memmove(held, data.p, data.n);
		n = data.n;
	}
	assert_int_equal(n, 0);
	free(held);
}

static const struct row {
	const char *name;
	struct str bytes;
	const char *out;
} rows[] = {
	{ "nothing", { "", 0 }, "" },
	{ "lines", STR("<13>a\n<13>b\n"), "[<13>a][<13>b]" },
	{ "the last line needs no end", STR("<13>a\n<13>no end"), "[<13>a][<13>no end]" },
	{ "CR LF", STR("a\r\nb\r\n"), "[a][b]" },
	{ "LF and NUL", STR("a\n\0b\n\0"), "[a][b]" },
	{ "NUL and LF", STR("a\0\nb\0\n"), "[a][b]" },
	{ "NUL alone", STR("<13>a\0<13>b\0"), "[<13>a][<13>b]" },
	{ "NUL within a line", STR("first\na\0b\n"), "[first][a0b]" },
	{ "empty lines are counted", STR("a\n\n\r\nb\n"), "[a]EE[b]" },
	{ "octets counted", STR("5 hello6 world!"), "[hello][world!]" },
	{ "LF inside a counted message", STR("11 hello\nworld5 again"), "[hello\nworld][again]" },
	{ "LF behind a counted message", STR("5 hello\n6 world!\n"), "[hello][world!]" },
	{ "an empty counted message, then a good one", STR("0 5 hello"), "E[hello]" },
	{ "leading zeros", STR("00005 hello"), "[hello]" },
	{ "the connection ends within a counted message", STR("9 hello"), "{hello}" },
	{ "a count and nothing", STR("5 hello12"), "[hello]E" },
	{ "a count and a blank", STR("5 hello12 "), "[hello]E" },
	{ "a count too small: the rest is no count", STR("3 hello5 x"), "[hel]LOST" },
	{ "six digits at once", STR("999999999 x"), "LOST" },
	{ "six digits later", STR("5 hello100000 x"), "[hello]LOST" },
	{ "a count without a blank", STR("5 hello12x"), "[hello]LOST" },
	{ "a line after counted ones", STR("5 hello<13>line\n"), "[hello]LOST" },
	{ "a date is no count", STR("2026-09-01 a\n12 b\n"), "[2026-09-01 a][12 b]" },
	{ "a sequence number is no count", STR("123: a\n"), "[123: a]" },
	{ "digits alone", STR("12"), "[12]" },
	{ "TLS hello", STR("\x16\x03\x01\x02\x00\x01"), "TLS" },
	{ "one byte of it", STR("\x16"), "[\x16]" },
	{ "only LF", STR("\n"), "E" },
	{ "only NULs", STR("\0\0\0"), "" },
};

static void pieces(void **state)
{
	const struct row *row = *state;
	struct log log;

	feed(row->bytes, row->bytes.n ? row->bytes.n : 1, 0, &log);
	assert_string_equal(log.text, row->out);
	for (size_t piece = 1; piece < row->bytes.n; piece++) {
		feed(row->bytes, piece, 0, &log);
		assert_string_equal(log.text, row->out);
	}
}

/* Lines around the limit: whatever is cut off, the next line is whole. */
static const struct big {
	const char *name;
	const char *before;
	size_t length;
	const char *after, *out;
} bigs[] = {
	{ "a line as long as allowed", "a\n", LONG, "\nb\n", "[a][65536:x][b]" },
	{ "one byte more", "a\n", LONG + 1, "\nb\n", "[a]{65536:x}[b]" },
	{ "a long one without an end", "a\n", LONG * 3 + 5, "", "[a]{65536:x}" },
	{ "a long one first", "", LONG * 3 + 5, "\nb\n", "{65536:x}[b]" },
	{ "counted, as long as allowed", "65536 ", LONG, "1 b", "[65536:x][b]" },
	{ "counted, one byte more", "65537 ", LONG + 1, "1 b", "{65536:x}[b]" },
	{ "counted, the most digits", "99999 ", 99999, "1 b", "{65536:x}[b]" },
	{ "counted, and it ends", "99999 ", 70000, "", "{65536:x}" },
};

static void limits(void **state)
{
	const struct big *big = *state;
	size_t before = strlen(big->before), after = strlen(big->after), n = before + big->length + after;
	char *bytes = malloc(n + 1);
	struct log log;

	memcpy(bytes, big->before, before);
	memset(bytes + before, 'x', big->length);
	memcpy(bytes + before + big->length, big->after, after);
	feed((struct str){ bytes, n }, n, 0, &log);
	assert_string_equal(log.text, big->out);
	for (size_t piece = 1000; piece < n; piece += 32749) {
		feed((struct str){ bytes, n }, piece, 0, &log);
		assert_string_equal(log.text, big->out);
	}
	feed((struct str){ bytes, n }, LONG, 0, &log);
	assert_string_equal(log.text, big->out);
	free(bytes);
}

/* Any bytes: the same however they are cut. */
static void any_bytes(void **state)
{
	static const char alphabet[] = "0123 \n\n\r\0<>ax";
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		char bytes[160];
		struct log whole, cut;
		size_t n = 1 + (seed = seed * 1103515245u + 12345u) / 65536u % sizeof(bytes);

		for (size_t i = 0; i < n; i++)
			bytes[i] = alphabet[(seed = seed * 1103515245u + 12345u) / 65536u % (sizeof(alphabet) - 1)];
		feed((struct str){ bytes, n }, n, 0, &whole);
		feed((struct str){ bytes, n }, 1, 0, &cut);
		assert_string_equal(whole.text, cut.text);
		feed((struct str){ bytes, n }, 0, seed, &cut);
		assert_string_equal(whole.text, cut.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(any_bytes) };
	int failed = RUN_TABLE(rows, pieces);

	failed += RUN_TABLE(bigs, limits);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
