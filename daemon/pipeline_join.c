/*
 * Lines that belong together, on their way through the pipeline.  What one would get wrong: a line on hold has moved the
 * position of its source on, so it is read before that position is committed.
 */

#include <errno.h>

#include "daemon/pipeline_in.h"

/* A line that waited in vain: it was counted when it came, now it is read. */
static int waited_take(struct pipeline *p, const struct record *rec)
{
	struct source *source = NULL;
	int r;

	if (batch_full(p->batch) || state_full(p->state))
		return -EAGAIN;
	r = state_source(p->state, rec, p->systems, &source);
	if (r >= 0 && decoders_match(p->rules->decoders, rec, &p->event))
		r = pipeline_event(p, rec, source, &p->event);
	if (r < 0)
		return r;
	join_done(p->joins);
	return 0;
}

int pipeline_join(struct pipeline *p, const struct source *source, const struct record **rec, struct record *whole)
{
	enum join_answer answer;

	while ((answer = join_line(p->joins, p->rules->decoders, source_id(source), *rec, whole)) == JOIN_SPILL) {
		int r = waited_take(p, whole);

		if (r < 0)
			return r;
	}
	atomic_store_explicit(&p->stats.unjoined, join_dropped(p->joins), memory_order_relaxed);
	if (answer == JOIN_TOGETHER)
		*rec = whole;
	return answer == JOIN_WAITS;
}

int pipeline_join_apart(struct pipeline *p)
{
	struct record held;

	return join_held(p->joins, &held) ? waited_take(p, &held) : 0;
}

int pipeline_join_rest(struct pipeline *p)
{
	struct record rec;
	int r = 0;

	while (r == 0 && join_rest(p->joins, &rec))
		r = waited_take(p, &rec);
	return r == -EAGAIN ? 0 : r; /* after this commit there is room */
}
