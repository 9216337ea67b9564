/*
 * A sink that remembers.  Everything a record lends is copied, because it is gone when put() returns.  With @fail it takes
 * nothing, as the pipeline does when the database is busy.
 */
#pragma once

#include <errno.h>

#include "core/record.h"

struct spied {
	struct record rec; /* its texts point into the copies below */
	char *copy;
	char *set; /* the set it was said in, or NULL */
};

struct spy_end {
	char set[128], error_ja[1024], error_en[1024], digest[80], origin[256], updated_by[64];
	enum set_state state;
	usec_t updated_at;
	size_t records; /* said between begin and end */
};

struct spy {
	struct sink sink;
	struct spied *records;
	size_t n, size;
	struct spy_end ends[128];
	size_t n_ends, begins;
	char open_set[128];
	size_t in_set;
	int fail;       /* negative errno to answer put() with */
	size_t fail_at; /* fails once, when this many were taken; 0 never */
	bool count_only;
};

static inline struct str spy_text(char **at, struct str s)
{
	struct str copy = { *at, s.n };

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static inline int spy_put(struct sink *sink, const struct record *rec)
{
	struct spy *spy = (struct spy *)sink;
	struct spied *spied;
	char *at;

	if (spy->fail < 0)
		return spy->fail;
	if (spy->fail_at > 0 && spy->n == spy->fail_at) {
		spy->fail_at = 0;
		return -EAGAIN;
	}
	spy->in_set++;
	if (spy->count_only) {
		spy->n++;
		return 0;
	}
	if (spy->n == spy->size) {
		spy->size = spy->size ? spy->size * 2 : 64;
		spy->records = realloc(spy->records, spy->size * sizeof(*spy->records));
	}
	spied = &spy->records[spy->n++];
	spied->rec = *rec;
	spied->set = spy->open_set[0] ? spy->open_set : NULL;
	at = spied->copy = malloc(rec->collector.n + rec->peer.n + rec->identity.n + rec->host.n + rec->program.n +
				  rec->text.n + rec->sd.n + rec->raw.n + rec->cursor.n + 1);
	spied->rec.collector = spy_text(&at, rec->collector);
	spied->rec.peer = spy_text(&at, rec->peer);
	spied->rec.identity = spy_text(&at, rec->identity);
	spied->rec.host = spy_text(&at, rec->host);
	spied->rec.program = spy_text(&at, rec->program);
	spied->rec.text = spy_text(&at, rec->text);
	spied->rec.sd = spy_text(&at, rec->sd);
	spied->rec.raw = spy_text(&at, rec->raw);
	spied->rec.cursor = spy_text(&at, rec->cursor);
	return 0;
}

static inline int spy_begin(struct sink *sink, struct str set)
{
	struct spy *spy = (struct spy *)sink;

	spy->begins++;
	spy->in_set = 0;
	str_copy(spy->open_set, sizeof(spy->open_set), set);
	return 0;
}

static inline int spy_end(struct sink *sink, struct str set, const struct set_end *end)
{
	struct spy *spy = (struct spy *)sink;
	struct spy_end *kept = &spy->ends[spy->n_ends < COUNT(spy->ends) ? spy->n_ends++ : COUNT(spy->ends) - 1];

	str_copy(kept->set, sizeof(kept->set), set);
	str_copy(kept->error_ja, sizeof(kept->error_ja), end->error_ja);
	str_copy(kept->error_en, sizeof(kept->error_en), end->error_en);
	str_copy(kept->digest, sizeof(kept->digest), end->digest);
	str_copy(kept->origin, sizeof(kept->origin), end->origin);
	str_copy(kept->updated_by, sizeof(kept->updated_by), end->updated_by);
	kept->state = end->state;
	kept->updated_at = end->updated_at;
	kept->records = spy->in_set;
	spy->open_set[0] = '\0';
	return 0;
}

#define SPY ((struct spy){ .sink = { .put = spy_put, .begin = spy_begin, .end = spy_end } })

static inline void spy_clear(struct spy *spy)
{
	for (size_t i = 0; i < spy->n && !spy->count_only; i++)
		free(spy->records[i].copy);
	free(spy->records);
	*spy = SPY;
}

/* The last end of @set, NULL when there was none. */
static inline const struct spy_end *spy_set(const struct spy *spy, const char *set)
{
	for (size_t i = spy->n_ends; i-- > 0;)
		if (!strcmp(spy->ends[i].set, set))
			return &spy->ends[i];
	return NULL;
}

/* The first record whose text holds @needle, NULL when there is none. */
static inline const struct record *spy_find(const struct spy *spy, const char *needle)
{
	for (size_t i = 0; i < spy->n; i++)
		if (str_find(spy->records[i].rec.text, str_of(needle)) >= 0)
			return &spy->records[i].rec;
	return NULL;
}
