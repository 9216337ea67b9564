/* Lists of items over the checks' states, and the words of a first evaluation. */
#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "daemon/judge_in.h"

const struct check_state *judge_state(const struct judge *judge, size_t i)
{
	for (size_t d = 0; d < judge->n_diffs; d++)
		if (judge->diff_slots[d] == i)
			return &judge->diffs[d].next.state;
	return &judge->slots[i].result.state;
}

int lists_count(const struct judge *judge, struct list_result *lists, usec_t now)
{
	_free_ const struct check_state **states = calloc(judge->rules->n_checks + 1, sizeof(*states));

	if (!states)
		return -ENOMEM;
	for (size_t i = 0; i < judge->rules->n_checks; i++)
		states[i] = judge_state(judge, i);
	return lists_judge(judge->rules, states, judge->words, judge->lists, lists, now);
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
