#include "collectors/seen.h"

#include <errno.h>
#include <string.h>

static bool grow(struct seen *seen)
{
	size_t size = seen->size ? seen->size * 2 : 1024;
	struct seen_entry *grown = calloc(size, sizeof(*grown));

	if (!grown)
		return false;
	for (size_t i = 0; i < seen->size; i++) {
		size_t at = seen->entries[i].key & (size - 1);

		if (!seen->entries[i].line)
			continue;
		while (grown[at].line)
			at = (at + 1) & (size - 1);
		grown[at] = seen->entries[i];
	}
	free(seen->entries);
	seen->entries = grown;
	seen->size = size;
	return true;
}

int seen_put(struct seen *seen, uint64_t key, uint64_t content, int line, int *ret_line)
{
	size_t at;

	if (seen->n * 2 >= seen->size && !grow(seen))
		return -ENOMEM;
	for (at = key & (seen->size - 1); seen->entries[at].line; at = (at + 1) & (seen->size - 1)) {
		if (seen->entries[at].key != key)
			continue;
		*ret_line = seen->entries[at].line;
		return seen->entries[at].content == content ? SEEN_EQUAL : SEEN_OTHER;
	}
	seen->entries[at] = (struct seen_entry){ key, content, line };
	seen->n++;
	return SEEN_NEW;
}

void seen_reset(struct seen *seen)
{
	if (seen->entries)
		memset(seen->entries, 0, seen->size * sizeof(*seen->entries));
	seen->n = 0;
}

void seen_free(struct seen *seen)
{
	free(seen->entries);
	*seen = (struct seen){ 0 };
}
