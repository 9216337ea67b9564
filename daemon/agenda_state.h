/* How things stand, as the database has them: what agenda.c computes from. */
#pragma once

#include "daemon/agenda.h"
#include "daemon/words.h"

struct agenda_check {
	const struct check *check;
	struct check_state state;
	double worth;               /* coverage of the lists when it becomes known; the first list counts most */
	uint64_t registers, events; /* unmet needs: bits of registers[] and of event types */
};

struct agenda_state {
	const struct rules *rules;
	struct words *words;
	struct agenda_check *checks; /* beside rules->checks */
	const struct check_state **states;
	enum register_state *registers; /* beside registers[] */
	struct list_result *lists;      /* now */
};

int agenda_state_read(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda_state *ret);
void agenda_state_free(struct agenda_state *state);
/* How much a list counts where all are summed up: the score shown is that of the first. */
double agenda_share(size_t list);
/* Scores with checks[i].state as it stands now in @state; into @ret, made by lists_new(). */
int agenda_state_count(const struct agenda_state *state, struct list_result *ret);
