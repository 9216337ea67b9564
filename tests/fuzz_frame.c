/* Any bytes as a connection: the same messages however the bytes were cut into reads, all of them inside what was read. */

#include <assert.h>
#include <stdint.h>

#include "collectors/frame.h"
#include "core/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t hash;
	size_t messages, empty, cut;
	enum frame_answer end;
};

static void sum_add(struct sum *sum, enum frame_answer answer, const struct frame_message *m)
{
	sum->empty += answer == FRAME_EMPTY;
	if (answer != FRAME_MESSAGE)
		return;
	assert(m->text.n > 0 && m->text.n <= SYSLOG_LINE_MAX);
	sum->hash = (sum->hash ^ str_hash(m->text, false)) * 0x9e3779b97f4a7c15ull;
	sum->messages++;
	sum->cut += m->cut;
}

/* Reads of @piece bytes; what is left over is moved to a block of its exact size, so that a byte too far is noticed. */
static struct sum feed(const uint8_t *data, size_t size, size_t piece)
{
	struct frame frame = { 0 };
	struct sum sum = { 0 };
	char *held = NULL;
	size_t n = 0, at = 0;
	bool end = false;

	while (!end) {
		size_t more = piece < size - at ? piece : size - at;
		char *block = malloc(n + more + 1);
		struct frame_message m = { 0 };
		struct str rest = { block, n + more };

		if (n > 0)
			memcpy(block, held, n);
		memcpy(block + n, data + at, more);
		at += more;
		end = more == 0;
		while ((sum.end = frame_next(&frame, &rest, end, &m)) != FRAME_MORE && sum.end < FRAME_LOST) {
			assert(rest.p >= block && rest.p + rest.n <= block + n + more);
			sum_add(&sum, sum.end, &m);
		}
		free(held);
		held = malloc(rest.n + 1);
		if (rest.n > 0)
			memcpy(held, rest.p, rest.n);
		n = rest.n;
		free(block);
		if (sum.end != FRAME_MORE)
			break;
		assert(n <= SYSLOG_LINE_MAX + 8);
	}
	free(held);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole, cut;

	if (size == 0)
		return 0;
	whole = feed(data, size, size);
	cut = feed(data, size, 1 + data[size - 1] % 7 * (size > 4096 ? 997 : 1));
	assert(whole.hash == cut.hash && whole.messages == cut.messages && whole.empty == cut.empty &&
	       whole.cut == cut.cut && whole.end == cut.end);
	return 0;
}
