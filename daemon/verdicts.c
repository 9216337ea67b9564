#include "daemon/verdicts.h"

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "daemon/ask_rows.h"
#include "daemon/needs.h"

/* A verdict on its way into the result, with what it was. */
struct entry {
	struct verdict verdict;
	const struct verdict *before;
};

void verdict_free(struct verdict *verdict)
{
	free(verdict->resource);
	free(verdict->reason_ja);
	free(verdict->reason_en);
	free(verdict->dims);
}

void check_result_free(struct check_result *result)
{
	for (size_t i = 0; i < result->n_verdicts; i++)
		verdict_free(&result->verdicts[i]);
	free(result->verdicts);
	free(result->error);
	*result = (struct check_result){ .state = { .check = result->state.check, .status = STATUS_UNKNOWN } };
}

void verdict_diff_free(struct verdict_diff *diff)
{
	check_result_free(&diff->next);
	free(diff->changes);
	diff->changes = NULL;
	diff->n_changes = 0;
}

static int worst_first(const void *a, const void *b)
{
	const struct verdict *x = a, *y = b; /* also of struct entry: the verdict is its first member */

	if (x->status != y->status)
		return status_worse(x->status, y->status) == x->status ? -1 : 1;
	return strcmp(x->resource, y->resource);
}

static void state_count(struct check_result *result, bool na)
{
	enum status status = STATUS_NA;

	memset(result->state.counts, 0, sizeof(result->state.counts));
	for (size_t i = 0; i < result->n_verdicts; i++) {
		result->state.counts[result->verdicts[i].status]++;
		status = status_worse(status, result->verdicts[i].status);
	}
	result->state.status = na ? STATUS_NA : result->n_verdicts > 0 ? status : STATUS_UNKNOWN;
}

void check_result_settle(struct check_result *result, bool na)
{
	if (result->n_verdicts > 0)
		qsort(result->verdicts, result->n_verdicts, sizeof(*result->verdicts), worst_first);
	state_count(result, na);
}

static int by_resource(const void *a, const void *b)
{
	return strcmp((*(const struct verdict *const *)a)->resource, (*(const struct verdict *const *)b)->resource);
}

/* Pointers to the verdicts of @result, sorted by resource. */
static const struct verdict **index_of(const struct check_result *result)
{
	const struct verdict **index = malloc((result->n_verdicts + 1) * sizeof(*index));

	if (!index)
		return NULL;
	for (size_t i = 0; i < result->n_verdicts; i++)
		index[i] = &result->verdicts[i];
	qsort(index, result->n_verdicts, sizeof(*index), by_resource);
	return index;
}

static bool same_text(const struct verdict *a, const struct verdict *b)
{
	return !strcmp(a->reason_ja, b->reason_ja) && !strcmp(a->reason_en, b->reason_en) && !strcmp(a->dims, b->dims);
}

static void entry_fill(struct entry *entry, struct ask_row *row, const struct verdict *before,
		       const struct check *check, const struct words *words, usec_t at)
{
	enum status status = row->status;

	if (status == STATUS_UNKNOWN && check->attest_days > 0 &&
	    words_attested(words, check->id, row->resource, check->attest_days))
		status = STATUS_ATTESTED;
	entry->before = before;
	entry->verdict = (struct verdict){
		.resource = TAKE(row->resource),
		.status = status,
		.reason_ja = TAKE(row->reason_ja),
		.reason_en = TAKE(row->reason_en),
		.dims = TAKE(row->dims),
		.since = before && before->status == status ? before->since : at,
		.first_seen = before ? before->first_seen : at,
	};
	entry->verdict.waiver = words_waiver(words, check->id, entry->verdict.resource);
	entry->verdict.unsaved = !before || before->unsaved || before->status != status ||
				 !same_text(before, &entry->verdict);
}

/* Both sides run in the order of resources.  Fills @entries, one for each row, and appends what is gone to the changes. */
static void entries_fill(struct entry *entries, struct answer *answer, const struct verdict *const *old, size_t n_old,
			 const struct words *words, struct verdict_diff *diff)
{
	size_t o = 0;

	for (size_t i = 0; i < answer->n_rows; i++) {
		struct ask_row *row = &answer->rows[i];
		int order = 1;

		while (o < n_old && (order = strcmp(old[o]->resource, row->resource)) < 0)
			diff->changes[diff->n_changes++] = (struct verdict_change){ .before = old[o++] };
		entry_fill(&entries[i], row, o < n_old && order == 0 ? old[o++] : NULL, answer->check, words, diff->at);
	}
	while (o < n_old)
		diff->changes[diff->n_changes++] = (struct verdict_change){ .before = old[o++] };
}

/* The rows of an answer that did not come: what was bad stays, of the rest nothing is known. */
static int rows_of_error(const struct check_result *before, const struct verdict *const *old, struct answer *answer)
{
	const char *const pairs[] = { "id", answer->check->id, "error", answer->error, NULL };
	char ja[1024], en[1024];
	bool doubted = false;

	text_fill(ja, sizeof(ja), text_ja(TEXT_check_error), pairs);
	text_fill(en, sizeof(en), text_en(TEXT_check_error), pairs);
	free(answer->rows);
	answer->n_rows = 0;
	answer->rows = calloc(before->n_verdicts + 1, sizeof(*answer->rows));
	if (!answer->rows)
		return -ENOMEM;
	for (size_t i = 0; i < before->n_verdicts + 1; i++) {
		/* RESOURCE_ALL comes last here and is put in its place below. */
		const struct verdict *was = i < before->n_verdicts ? old[i] : NULL;
		struct ask_row *row = &answer->rows[answer->n_rows];
		bool bad = was && (was->status == STATUS_WARN || was->status == STATUS_FAIL);

		if (!was && doubted)
			break;
		doubted |= !bad;
		row->resource = strdup(was ? was->resource : RESOURCE_ALL);
		row->status = bad ? was->status : STATUS_UNKNOWN;
		row->reason_ja = bad ? strdup(was->reason_ja) : ask_utf8(ja, strlen(ja));
		row->reason_en = bad ? strdup(was->reason_en) : ask_utf8(en, strlen(en));
		row->dims = strdup(was ? was->dims : "{}");
		answer->n_rows++;
		if (!row->resource || !row->reason_ja || !row->reason_en || !row->dims)
			return -ENOMEM;
	}
	ask_rows_merge(answer);
	return 0;
}

static int entry_order(const void *a, const void *b)
{
	return worst_first(&((const struct entry *)a)->verdict, &((const struct entry *)b)->verdict);
}

/* Sorts the entries into the result, and adds those whose status is another one to the changes. */
static void result_fill(struct verdict_diff *diff, struct entry *entries, size_t n)
{
	qsort(entries, n, sizeof(*entries), entry_order);
	for (size_t i = 0; i < n; i++) {
		struct verdict *verdict = &diff->next.verdicts[i];

		*verdict = entries[i].verdict;
		if (!entries[i].before || entries[i].before->status != verdict->status)
			diff->changes[diff->n_changes++] = (struct verdict_change){ .verdict = verdict,
										    .before = entries[i].before };
	}
	diff->next.n_verdicts = n;
}

static int diff_fill(const struct check_result *before, struct answer *answer, const struct words *words,
		     struct verdict_diff *diff)
{
	_free_ const struct verdict **old = index_of(before);
	_free_ struct entry *entries = NULL;
	int r = 0;

	if (!old)
		return -ENOMEM;
	if (answer->error)
		r = rows_of_error(before, old, answer);
	if (r < 0)
		return r;
	entries = calloc(answer->n_rows + 1, sizeof(*entries));
	diff->next.verdicts = calloc(answer->n_rows + 1, sizeof(*diff->next.verdicts));
	diff->changes = calloc(answer->n_rows + before->n_verdicts + 1, sizeof(*diff->changes));
	if (!entries || !diff->next.verdicts || !diff->changes)
		return -ENOMEM;
	entries_fill(entries, answer, old, before->n_verdicts, words, diff);
	result_fill(diff, entries, answer->n_rows);
	return 0;
}

int verdicts_compare(const struct check_result *before, struct answer *answer, const struct words *words,
		     const struct ask_times *times, bool na, struct verdict_diff *ret)
{
	struct verdict_diff diff = { .at = times->now };
	int r;

	diff.next.state.check = answer->check;
	diff.next.ran = true;
	diff.next.ran_at = times->now;
	diff.next.took = answer->took;
	diff.next.tables = answer->tables;
	r = diff_fill(before, answer, words, &diff);
	if (r < 0) {
		verdict_diff_free(&diff);
		return r;
	}
	state_count(&diff.next, na);
	diff.next.state.since = before->state.since > 0 && before->state.status == diff.next.state.status
					? before->state.since
					: diff.at;
	diff.next.error = TAKE(answer->error);
	*ret = diff;
	return 0;
}
