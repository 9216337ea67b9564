/* Checks and items that the rules no longer have: what stands of them is closed, so that nothing old stays on a page. */
#include <errno.h>
#include <string.h>

#include "daemon/judge_in.h"

struct gone {
	const struct rules *rules;
	struct ghost {
		char *pack, *id; /* @pack NULL: a check */
		int status;
	} * ghosts;
	size_t n;
	bool failed;
};

static bool item_there(const struct rules *rules, const char *pack, const char *item)
{
	const struct checklist *list = rules_list(rules, str_of(pack));

	for (size_t i = 0; list && i < list->n_items; i++)
		if (!strcmp(list->items[i].id, item))
			return true;
	return false;
}

static void gone_look(void *arg, const struct kept *kept)
{
	struct gone *gone = arg;
	struct ghost *grown, ghost = { .status = kept->status };

	if (kept->status < 0 ||
	    (kept->pack ? item_there(gone->rules, kept->pack, kept->id) : judge_slot(gone->rules, kept->id) >= 0))
		return;
	grown = reallocarray(gone->ghosts, gone->n + 1, sizeof(*grown));
	if (!grown) {
		gone->failed = true;
		return;
	}
	ghost.pack = kept->pack ? strdup(kept->pack) : NULL;
	ghost.id = strdup(kept->id);
	gone->failed |= !ghost.id || (kept->pack && !ghost.pack);
	gone->ghosts = grown;
	grown[gone->n++] = ghost;
}

int gone_write(struct judge *judge, usec_t now)
{
	struct gone gone = { .rules = judge->rules };
	int r = keep_each_state(judge->keep, gone_look, &gone);

	if (r == 0 && gone.failed)
		r = -ENOMEM;
	for (size_t i = 0; i < gone.n; i++) {
		const struct ghost *ghost = &gone.ghosts[i];

		if (r == 0 && ghost->pack)
			r = keep_drop_item(judge->keep, ghost->pack, ghost->id, ghost->status, now);
		else if (r == 0)
			r = keep_drop_check(judge->keep, ghost->id, now);
		free(gone.ghosts[i].pack);
		free(gone.ghosts[i].id);
	}
	free(gone.ghosts);
	return r;
}
