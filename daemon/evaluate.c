#include "daemon/evaluate.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "daemon/judge_in.h"
#include "daemon/needs.h"

static int answer_get(struct sqlite3 *db, const struct config *config, const struct check *check,
		      const struct ask_times *times, struct answer *ret)
{
	char **params = NULL;
	int r = slots_params(config, check, &params);

	if (r < 0)
		return r;
	ask_check(db, check, (const char *const *)params, times, ret);
	r = needs_apply(db, times, ret);
	slots_params_free(check, params);
	return r;
}

static int result_get(struct sqlite3 *db, const struct config *config, const struct ask_times *times,
		      const struct words *words, struct check_result *result)
{
	const struct check *check = result->state.check;
	struct answer answer = { .check = check };
	struct verdict_diff diff = { 0 };
	bool na = !slots_applies(config, check) || words_na_check(words, check->id);
	int r = na ? 0 : answer_get(db, config, check, times, &answer);

	if (r == 0)
		r = verdicts_compare(result, &answer, words, times, na, &diff);
	answer_free(&answer);
	if (r < 0)
		return r;
	*result = diff.next;
	diff.next = (struct check_result){ .state = { .check = check } };
	verdict_diff_free(&diff);
	return 0;
}

int evaluation_begin(struct sqlite3 *db, struct rules *rules, usec_t now, struct evaluation *ret)
{
	*ret = (struct evaluation){ .rules = rules_ref(rules), .now = now };
	ret->results = calloc(rules->n_checks + 1, sizeof(*ret->results));
	if (!ret->results)
		return -ENOMEM;
	for (size_t i = 0; i < rules->n_checks; i++)
		ret->results[i].state.check = rules->checks[i];
	return words_load(db, now, &ret->words);
}

int evaluation_check(struct sqlite3 *db, const struct config *config, struct evaluation *evaluation, size_t i)
{
	struct ask_times times = { .now = evaluation->now, .seen = evaluation->now };
	struct check_result *result = &evaluation->results[i];
	int r = result_get(db, config, &times, evaluation->words, result);

	check_result_settle(result, result->state.status == STATUS_NA);
	return r;
}

int evaluation_end(struct evaluation *evaluation)
{
	struct rules *rules = evaluation->rules;
	_free_ const struct check_state **states = calloc(rules->n_checks + 1, sizeof(*states));
	int r = states ? lists_new(rules, &evaluation->lists) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < rules->n_checks; i++)
		states[i] = &evaluation->results[i].state;
	return r == 0 ? lists_judge(rules, states, evaluation->words, NULL, evaluation->lists, evaluation->now) : r;
}

int evaluate(struct sqlite3 *db, const struct config *config, struct rules *rules, usec_t now, struct evaluation *ret)
{
	struct evaluation evaluation;
	int r = evaluation_begin(db, rules, now, &evaluation);

	for (size_t i = 0; r == 0 && i < rules->n_checks; i++) {
		sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
		r = evaluation_check(db, config, &evaluation, i);
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	if (r == 0)
		r = evaluation_end(&evaluation);
	if (r < 0) {
		evaluation_free(&evaluation);
		return r;
	}
	*ret = evaluation;
	return 0;
}

void evaluation_free(struct evaluation *evaluation)
{
	for (size_t i = 0; evaluation->results && i < evaluation->rules->n_checks; i++)
		check_result_free(&evaluation->results[i]);
	free(evaluation->results);
	if (evaluation->rules)
		lists_free(evaluation->rules, evaluation->lists);
	words_free(evaluation->words);
	rules_unref(evaluation->rules);
	*evaluation = (struct evaluation){ 0 };
}

static int by_place(const void *a, const void *b)
{
	const struct evaluation_change *x = a, *y = b;
	int order = strcmp(x->check, y->check);

	return order != 0 ? order : strcmp(x->resource, y->resource);
}

/* Verdicts of all checks, by check and resource; the first set's as `was`, the second's as `status`. */
static int flatten(const struct evaluation *evaluation, bool second, struct evaluation_change **ret, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < evaluation->rules->n_checks; i++)
		n += evaluation->results[i].n_verdicts;
	*ret_n = n;
	*ret = calloc(n + 1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < evaluation->rules->n_checks; i++)
		for (size_t v = 0; v < evaluation->results[i].n_verdicts; v++) {
			const struct verdict *verdict = &evaluation->results[i].verdicts[v];

			(*ret)[n++] = (struct evaluation_change){
				.check = evaluation->rules->checks[i]->id,
				.resource = verdict->resource,
				.was = second ? -1 : (int)verdict->status,
				.status = second ? (int)verdict->status : -1,
				.verdict = verdict,
			};
		}
	qsort(*ret, n, sizeof(**ret), by_place);
	return 0;
}

int evaluation_compare(const struct evaluation *a, const struct evaluation *b, struct evaluation_change **ret,
		       size_t *ret_n)
{
	_free_ struct evaluation_change *old = NULL, *new = NULL;
	struct evaluation_change *changes;
	size_t n_old = 0, n_new = 0, n = 0, i = 0, j = 0;
	int r = flatten(a, false, &old, &n_old);

	if (r == 0)
		r = flatten(b, true, &new, &n_new);
	if (r < 0)
		return r;
	changes = calloc(n_old + n_new + 1, sizeof(*changes));
	if (!changes)
		return -ENOMEM;
	while (i < n_old || j < n_new) {
		int order = i == n_old ? 1 : j == n_new ? -1 : by_place(&old[i], &new[j]);

		if (order < 0) {
			changes[n++] = old[i++];
		} else if (order > 0) {
			changes[n++] = new[j++];
		} else {
			if (old[i].was != new[j].status) {
				changes[n] = new[j];
				changes[n++].was = old[i].was;
			}
			i++;
			j++;
		}
	}
	*ret = changes;
	*ret_n = n;
	return 0;
}
