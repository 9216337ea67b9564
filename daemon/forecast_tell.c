/*
 * All checks day by day: what their turns and the words of people make of rows, checks, items and scores.  A day's changes
 * are what differs from the evening before.  A row that nobody vouches for any longer turns on the day after the word ends.
 */
#include <errno.h>
#include <string.h>

#include "core/when.h"
#include "daemon/forecast_in.h"
#include "daemon/words.h"

#define CHANGES_MAX 5000

struct tell {
	struct forecast *forecast;
	struct words *words;
	unsigned point;
	struct list_result *lists, *before;
	const struct check_state **states;
	bool failed;
};

static int64_t day_of(const struct tell *tell)
{
	return tell->forecast->result.today + (int64_t)tell->point - 1;
}

static void change_add(struct tell *tell, const struct fore_check *check, const struct fore_row *row,
		       enum forecast_why why, int was, int status)
{
	struct forecast_result *result = &tell->forecast->result;
	struct forecast_change *change;

	if (tell->point == 0)
		return;
	if (result->n_changes >= CHANGES_MAX) {
		result->cut = true;
		return;
	}
	if ((result->n_changes & (result->n_changes - 1)) == 0) {
		change = reallocarray(result->changes, result->n_changes ? result->n_changes * 2 : 1, sizeof(*change));
		if (!change) {
			tell->failed = true;
			return;
		}
		result->changes = change;
	}
	change = &result->changes[result->n_changes++];
	*change = (struct forecast_change){
		.day = day_of(tell),
		.why = why,
		.check = check->check,
		.was = was,
		.status = status,
		.resource = strdup(row ? row->resource : "*"),
		.reason_ja = strdup(row && row->reason_ja && status >= 0 ? row->reason_ja : ""),
		.reason_en = strdup(row && row->reason_en && status >= 0 ? row->reason_en : ""),
	};
	tell->failed |= !change->resource || !change->reason_ja || !change->reason_en;
}

static int row_order(const void *a, const void *b)
{
	return strcmp(((const struct fore_row *)a)->resource, ((const struct fore_row *)b)->resource);
}

static struct fore_row *row_find(struct fore_check *check, char *resource)
{
	struct fore_row key = { .resource = resource };

	return check->n_rows > 0 ? bsearch(&key, check->rows, check->n_rows, sizeof(key), row_order) : NULL;
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Rows that are not there yet, but will be. */
static int rows_add(struct fore_check *check)
{
	_free_ char **new = calloc(check->n_turns + 1, sizeof(*new));
	size_t n = check->n_rows, n_new = 0;
	struct fore_row *rows = reallocarray(check->rows, n + check->n_turns + 1, sizeof(*rows));

	if (rows)
		check->rows = rows;
	if (!new || !rows)
		return -ENOMEM;
	for (size_t i = 0; i < check->n_turns; i++)
		if (!row_find(check, check->turns[i].resource))
			new[n_new++] = check->turns[i].resource;
	qsort(new, n_new, sizeof(*new), text_order);
	for (size_t i = 0; i < n_new; i++) {
		if (i > 0 && strcmp(new[i], new[i - 1]) == 0)
			continue;
		rows[n] = (struct fore_row){ .resource = strdup(new[i]), .raw = -1, .shown = -1 };
		if (!rows[n].resource)
			return -ENOMEM;
		check->n_rows = ++n;
	}
	qsort(rows, n, sizeof(*rows), row_order);
	return 0;
}

static int shown_of(const struct tell *tell, const struct fore_check *check, const struct fore_row *row)
{
	if (row->raw == STATUS_UNKNOWN && check->check->attest_days > 0 &&
	    words_attested(tell->words, check->check->id, row->resource, check->check->attest_days))
		return STATUS_ATTESTED;
	return row->raw;
}

static bool waived(const struct tell *tell, const struct fore_check *check, const struct fore_row *row)
{
	return (row->shown == STATUS_FAIL || row->shown == STATUS_WARN) &&
	       words_waiver(tell->words, check->check->id, row->resource);
}

static void row_show(struct tell *tell, struct fore_check *check, struct fore_row *row, bool turned)
{
	int was = row->shown;
	bool covered = row->waived;

	/* What a word made of it is what the check does not know; its own word is its own. */
	if (tell->point == 0 && check->stored && row->raw == STATUS_ATTESTED &&
	    words_attested(tell->words, check->check->id, row->resource, check->check->attest_days))
		row->raw = STATUS_UNKNOWN;
	row->shown = shown_of(tell, check, row);
	if (row->shown != was && !check->na)
		change_add(tell, check, row, turned ? FORECAST_DUE : FORECAST_ATTESTATION, was, row->shown);
	/* A waiver that begins later is no news now; only those in force are followed. */
	row->waived = (tell->point == 0 || covered || turned) && waived(tell, check, row);
	if (covered && !row->waived && row->shown == was && !check->na)
		change_add(tell, check, row, FORECAST_WAIVER, was, row->shown);
}

static void turns_take(struct tell *tell, struct fore_check *check)
{
	for (; check->at < check->n_turns && check->turns[check->at].point <= tell->point; check->at++) {
		struct fore_turn *turn = &check->turns[check->at];
		struct fore_row *row = row_find(check, turn->resource);

		row->raw = turn->status;
		if (turn->status >= 0) {
			free(row->reason_ja);
			free(row->reason_en);
			row->reason_ja = TAKE(turn->reason_ja);
			row->reason_en = TAKE(turn->reason_en);
		}
		row_show(tell, check, row, true);
	}
}

static void state_count(struct fore_check *check)
{
	enum status status = STATUS_NA;
	bool some = false;

	memset(check->state.counts, 0, sizeof(check->state.counts));
	for (size_t i = 0; i < check->n_rows; i++) {
		if (check->rows[i].shown < 0)
			continue;
		some = true;
		check->state.counts[check->rows[i].shown]++;
		status = status_worse(status, (enum status)check->rows[i].shown);
	}
	check->state.status = check->na ? STATUS_NA : some ? status : STATUS_UNKNOWN;
}

static void check_tell(struct tell *tell, struct fore_check *check)
{
	bool na = !check->applies || words_na_check(tell->words, check->check->id);
	enum status was = check->state.status;
	bool turned = tell->point > 0 && na != check->na;

	check->na = na;
	turns_take(tell, check);
	for (size_t i = 0; i < check->n_rows; i++) {
		struct fore_row *row = &check->rows[i];

		if (tell->point == 0 || row->waived || (row->raw == STATUS_UNKNOWN && check->check->attest_days > 0))
			row_show(tell, check, row, false);
	}
	state_count(check);
	if (turned)
		change_add(tell, check, NULL, FORECAST_NA, (int)was, (int)check->state.status);
}

static void item_add(struct tell *tell, size_t list, size_t item, enum status was, enum status status)
{
	struct forecast_result *result = &tell->forecast->result;
	struct forecast_item *grown = reallocarray(result->items, result->n_items + 1, sizeof(*grown));

	if (!grown) {
		tell->failed = true;
		return;
	}
	result->items = grown;
	grown[result->n_items++] = (struct forecast_item){ day_of(tell), list, item, was, status };
}

static void score_add(struct tell *tell, size_t list)
{
	struct forecast_result *result = &tell->forecast->result;
	struct forecast_score *grown = reallocarray(result->scores, result->n_scores + 1, sizeof(*grown));

	if (!grown) {
		tell->failed = true;
		return;
	}
	result->scores = grown;
	grown[result->n_scores++] = (struct forecast_score){ .day = tell->point == 0 ? result->today : day_of(tell),
							     .list = list,
							     .score = tell->lists[list].score };
}

static int lists_tell(struct tell *tell)
{
	const struct rules *rules = tell->forecast->rules;
	struct list_result *swap = tell->before;
	int r;

	tell->before = tell->lists;
	tell->lists = swap;
	r = lists_judge(rules, tell->states, tell->words, NULL, tell->lists, 0);
	for (size_t l = 0; r == 0 && l < rules->n_lists; l++) {
		for (size_t i = 0; tell->point > 0 && i < rules->lists[l]->n_items; i++)
			if (tell->before[l].items[i].status != tell->lists[l].items[i].status)
				item_add(tell, l, i, tell->before[l].items[i].status, tell->lists[l].items[i].status);
		if (tell->point == 0 || !score_equal(&tell->before[l].score, &tell->lists[l].score))
			score_add(tell, l);
	}
	return r;
}

static int change_order(const void *a, const void *b)
{
	const struct forecast_change *x = a, *y = b;
	int order;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->check->severity != y->check->severity)
		return x->check->severity > y->check->severity ? -1 : 1;
	order = strcmp(x->check->id, y->check->id);
	return order != 0 ? order : strcmp(x->resource, y->resource);
}

static int days_tell(struct tell *tell, struct sqlite3 *db)
{
	struct forecast *forecast = tell->forecast;
	int r = 0;

	for (; r == 0 && tell->point <= forecast_last(forecast); tell->point++) {
		words_free(TAKE(tell->words));
		r = words_load(db, forecast_point(forecast, tell->point), &tell->words);
		for (size_t i = 0; r == 0 && i < forecast->rules->n_checks; i++)
			check_tell(tell, &forecast->checks[i]);
		if (r == 0)
			r = lists_tell(tell);
	}
	return r == 0 && tell->failed ? -ENOMEM : r;
}

int forecast_tell(struct forecast *forecast, struct sqlite3 *db)
{
	_free_ const struct check_state **states = calloc(forecast->rules->n_checks + 1, sizeof(*states));
	struct tell tell = { .forecast = forecast, .states = states };
	int r = states ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < forecast->rules->n_checks; i++) {
		states[i] = &forecast->checks[i].state;
		r = rows_add(&forecast->checks[i]);
	}
	if (r == 0)
		r = lists_new(forecast->rules, &tell.lists);
	if (r == 0)
		r = lists_new(forecast->rules, &tell.before);
	if (r == 0)
		r = days_tell(&tell, db);
	if (forecast->result.n_changes > 0)
		qsort(forecast->result.changes, forecast->result.n_changes, sizeof(*forecast->result.changes),
		      change_order);
	words_free(tell.words);
	lists_free(forecast->rules, tell.lists);
	lists_free(forecast->rules, tell.before);
	return r;
}
