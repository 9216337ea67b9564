/* Lists of items over the checks' states, and the words of a first evaluation. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "daemon/judge_in.h"

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

const struct check_state *judge_state(const struct judge *judge, size_t i)
{
	for (size_t d = 0; d < judge->n_diffs; d++)
		if (judge->diff_slots[d] == i)
			return &judge->diffs[d].next.state;
	return &judge->slots[i].result.state;
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

static int item_count(const struct judge *judge, const struct checklist *list, const struct item *item,
		      const struct item_state *before, struct item_state *ret, usec_t now)
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
		int slot = judge_slot(judge->rules, item->checks[i]->id);

		states[i] = slot < 0 ? &none : judge_state(judge, (size_t)slot);
	}
	score_item(item, states, words_na_item(judge->words, list->id, item->id), ret);
	ret->since = before->since > 0 && before->status == ret->status ? before->since : now;
	return 0;
}

int lists_count(const struct judge *judge, struct list_result *lists, usec_t now)
{
	for (size_t l = 0; l < judge->rules->n_lists; l++) {
		const struct checklist *list = judge->rules->lists[l];
		unsigned yes = 0;

		for (size_t i = 0; i < list->n_items; i++) {
			const struct answer_word *answer = words_answer(judge->words, list->id, list->items[i].id);

			if (item_count(judge, list, &list->items[i], &judge->lists[l].items[i], &lists[l].items[i],
				       now) < 0)
				return -ENOMEM;
			yes += lists[l].items[i].counted && answer && answer->yes;
		}
		score_list(list, lists[l].items, yes, &lists[l].score);
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

/* Ids of the failing checks, critical first, as far as there is room. */
static void failing_names(const struct judge *judge, char *names, size_t size, enum severity *ret_worst)
{
	size_t n = 0;

	names[0] = '\0';
	*ret_worst = SEVERITY_LOW;
	for (int severity = SEVERITIES - 1; severity >= 0; severity--) {
		for (size_t i = 0; i < judge->rules->n_checks; i++) {
			const struct check_state *state = judge_state(judge, i);
			int m;

			if ((int)judge->rules->checks[i]->severity != severity || state->status != STATUS_FAIL)
				continue;
			if (n == 0)
				*ret_worst = (enum severity)severity;
			m = snprintf(names + n, size - n, "%s%s (%u)", n > 0 ? ", " : "", judge->rules->checks[i]->id,
				     state->counts[STATUS_FAIL]);
			if (m < 0 || (size_t)m >= size - n) {
				snprintf(names + n, size - n, "%s", n > 0 ? " ..." : "");
				return;
			}
			n += (size_t)m;
		}
	}
}

void first_text(const struct judge *judge, char *ja, char *en, size_t size, enum severity *ret_severity,
		enum status *ret_status)
{
	unsigned counts[STATUSES] = { 0 };
	char names[1500], fail[16], warn[16], unknown[16], checks[16], tail_ja[1600] = "", tail_en[1600] = "";
	enum status worst = STATUS_NA;

	for (size_t i = 0; i < judge->rules->n_checks; i++) {
		counts[judge_state(judge, i)->status]++;
		worst = status_worse(worst, judge_state(judge, i)->status);
	}
	failing_names(judge, names, sizeof(names), ret_severity);
	if (names[0] != '\0') {
		text_fill(tail_ja, sizeof(tail_ja), text_ja(TEXT_first_failing),
			  (const char *[]){ "names", names, NULL });
		text_fill(tail_en, sizeof(tail_en), text_en(TEXT_first_failing),
			  (const char *[]){ "names", names, NULL });
	}
	snprintf(fail, sizeof(fail), "%u", counts[STATUS_FAIL]);
	snprintf(warn, sizeof(warn), "%u", counts[STATUS_WARN]);
	snprintf(unknown, sizeof(unknown), "%u", counts[STATUS_UNKNOWN]);
	snprintf(checks, sizeof(checks), "%zu", judge->rules->n_checks);
	text_fill(ja, size, text_ja(TEXT_first_evaluation),
		  (const char *[]){ "fail", fail, "warn", warn, "unknown", unknown, "checks", checks, "names", tail_ja,
				    NULL });
	text_fill(en, size, text_en(TEXT_first_evaluation),
		  (const char *[]){ "fail", fail, "warn", warn, "unknown", unknown, "checks", checks, "names", tail_en,
				    NULL });
	*ret_status = worst == STATUS_NA ? STATUS_UNKNOWN : worst;
}
