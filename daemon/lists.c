#include "daemon/lists.h"

#include <errno.h>
#include <math.h>
#include <string.h>

int judge_slot(const struct rules *rules, const char *id)
{
	size_t low = 0, high = rules->n_checks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(rules->checks[middle]->id, id);

		if (order == 0)
			return (int)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

int lists_new(const struct rules *rules, struct list_result **ret)
{
	struct list_result *lists = calloc(rules->n_lists + 1, sizeof(*lists));

	if (!lists)
		return -ENOMEM;
	for (size_t l = 0; l < rules->n_lists; l++) {
		lists[l].list = rules->lists[l];
		lists[l].items = calloc(rules->lists[l]->n_items + 1, sizeof(*lists[l].items));
		if (!lists[l].items) {
			lists_free(rules, lists);
			return -ENOMEM;
		}
		for (size_t i = 0; i < rules->lists[l]->n_items; i++)
			lists[l].items[i].item = &rules->lists[l]->items[i];
	}
	*ret = lists;
	return 0;
}

void lists_free(const struct rules *rules, struct list_result *lists)
{
	for (size_t l = 0; lists && l < rules->n_lists; l++)
		free(lists[l].items);
	free(lists);
}

static int item_judge(const struct rules *rules, const struct check_state *const *all, const struct words *words,
		      const struct checklist *list, const struct item *item, struct item_state *ret)
{
	static const struct check_state none = { .status = STATUS_NA };
	_free_ const struct check_state **states = NULL;
	size_t n = 0;

	while (item->checks && item->checks[n])
		n++;
	states = calloc(n + 1, sizeof(*states));
	if (!states)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int slot = judge_slot(rules, item->checks[i]->id);

		states[i] = slot < 0 ? &none : all[slot];
	}
	score_item(item, states, words_na_item(words, list->id, item->id), ret);
	return 0;
}

int lists_judge(const struct rules *rules, const struct check_state *const *states, const struct words *words,
		const struct list_result *before, struct list_result *ret, usec_t now)
{
	for (size_t l = 0; l < rules->n_lists; l++) {
		const struct checklist *list = rules->lists[l];
		unsigned yes = 0;

		for (size_t i = 0; i < list->n_items; i++) {
			const struct answer_word *answer = words_answer(words, list->id, list->items[i].id);
			const struct item_state *was = before ? &before[l].items[i] : NULL;
			struct item_state *item = &ret[l].items[i];

			if (item_judge(rules, states, words, list, &list->items[i], item) < 0)
				return -ENOMEM;
			item->since = was && was->since > 0 && was->status == item->status ? was->since : now;
			yes += item->counted && answer && answer->yes;
		}
		score_list(list, ret[l].items, yes, &ret[l].score);
	}
	return 0;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

bool score_equal(const struct score *a, const struct score *b)
{
	return near(a->percent, b->percent) && near(a->coverage_percent, b->coverage_percent) &&
	       near(a->attested_percent, b->attested_percent) &&
	       (isnan(a->measured_percent) ? isnan(b->measured_percent)
					   : near(a->measured_percent, b->measured_percent)) &&
	       !memcmp(a->items, b->items, sizeof(a->items)) && a->yes == b->yes && a->total == b->total;
}
