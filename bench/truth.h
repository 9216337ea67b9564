/* What the corpus must decode to, read from the generator's file; and the corpus itself, in memory, cut into lines. */
#pragma once

#include "core/event.h"
#include "core/record.h"

struct wanted {
	const char *kind; /* NULL: noise, no event */
	enum event_type type;
	struct str fields; /* field=value|field=value */
};

struct corpus {
	char *text, *truth; /* owned */
	size_t size;
	struct str *lines;     /* owned */
	struct wanted *wanted; /* owned; beside lines */
	size_t n_lines, n_wanted;
};

/* Ends the process with a sentence when a file is not there or not ours: this is a bench. */
void corpus_load(const char *path, const char *truth, struct corpus *ret);
void corpus_free(struct corpus *corpus);

/* NULL when @matched (what decoders_match() said) and @ev are what line @i means, else what is wrong, in @buf. */
const char *corpus_wrong(const struct corpus *corpus, size_t i, int matched, const struct event *ev, char *buf,
			 size_t size);
