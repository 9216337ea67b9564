/* The journal collector over a folder, and what it said. */
#pragma once

#include "collectors/collector.h"
#include "core/clock.h"
#include "tests/spy.h"
#include "tests/table.h"

extern const struct collector collector_journal;

struct box {
	void *state;
	struct spy spy;
	struct diag diag;
	const char *values[3];
};

static inline int box_open(struct box *box, const char *folder, struct str cursor)
{
	struct settings set = { "journal", collector_journal.settings, box->values };

	memset(box, 0, sizeof(*box));
	box->spy = SPY;
	box->values[0] = folder;
	box->state = calloc(1, collector_journal.state_size);
	return collector_journal.open(box->state, &set, cursor, &box->diag);
}

static inline void box_close(struct box *box)
{
	collector_journal.close(box->state);
	free(box->state);
	spy_clear(&box->spy);
}
