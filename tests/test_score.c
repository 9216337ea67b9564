/*
 * Items and score by design.md section 4.  A row writes checks as "SEVERITY[!]:STATUS ..." (l m h c; '!' decides; p w f u a
 * n) and items, separated by '|', each optionally with "WEIGHT*" (item weight), "-" (said to be not applicable), "~" (a
 * slot) or "0" (row 0: not scored) in front.
 */
#include <math.h>
#include <string.h>

#include "daemon/score.h"
#include "tests/table.h"

#define NONE (-1)

static const struct row {
	const char *name, *items;
	const char *statuses; /* one letter an item */
	double percent, coverage, attested, measured;
	unsigned total;
} rows[] = {
	{ "all pass", "h!:p m:p", "p", 100, 100, 0, 100, 1 },
	{ "a warning is worth half", "h!:w", "w", 50, 100, 0, 50, 1 },
	{ "weights are 10, 6, 3 and 1", "c!:p h:f m:f l:f", "f", 50, 100, 0, 50, 1 },
	{ "a failing medium check only warns", "h!:p m:f", "w", 100 * 6 / 9.0, 100, 0, 100 * 6 / 9.0, 1 },
	{ "a failing high check fails the item", "h:f m!:p", "f", 100 * 3 / 9.0, 100, 0, 100 * 3 / 9.0, 1 },
	{ "a failing critical check earns nothing at all", "c!:f h:p m:p", "f", 0, 100, 0, 0, 1 },
	{ "critical and attested: the word earns nothing either", "c!:f h:a", "f", 0, 100, 0, 0, 1 },
	{ "a critical warning still earns", "c!:w h:p", "w", 100 * 11 / 16.0, 100, 0, 100 * 11 / 16.0, 1 },
	{ "nothing known", "h!:u m:u", "u", 0, 0, 0, NONE, 1 },
	{ "a deciding check unknown", "h!:u m:p", "u", 100 * 3 / 9.0, 100 * 3 / 9.0, 0, 100, 1 },
	{ "another check unknown leaves the item alone", "h!:p m:u", "p", 100 * 6 / 9.0, 100 * 6 / 9.0, 0, 100, 1 },
	{ "unknown decides before a warning", "h!:u m:w", "u", 100 * 1.5 / 9, 100 * 3 / 9.0, 0, 50, 1 },
	{ "a grave failure decides before unknown", "h!:u h:f", "f", 0, 50, 0, 0, 1 },
	{ "a mild failure does not", "h!:u m:f", "u", 0, 100 * 3 / 9.0, 0, 0, 1 },
	{ "attested earns, and is told apart", "h!:a m:p", "a", 100, 100, 100 * 6 / 9.0, 100, 1 },
	{ "attested beside the deciding one: pass", "h!:p m:a", "p", 100, 100, 100 * 3 / 9.0, 100, 1 },
	{ "a warning before attested", "h!:a m:w", "w", 100 * 7.5 / 9, 100, 100 * 6 / 9.0, 50, 1 },
	{ "only word: measured is nothing, not 100", "h!:a", "a", 100, 100, 100, NONE, 1 },
	{ "na is left out", "h!:p m:n", "p", 100, 100, 0, 100, 1 },
	{ "na of the deciding one", "h!:n m:w", "w", 50, 100, 0, 50, 1 },
	{ "all checks na: so is the item", "h!:n m:n|h!:p", "np", 100, 100, 0, 100, 1 },
	{ "said to be na", "-h!:f|h!:p", "np", 100, 100, 0, 100, 1 },
	{ "said to be na, without checks", "-|h!:p", "np", 100, 100, 0, 100, 1 },
	{ "without checks: earns and covers nothing", "|h!:p", "up", 50, 50, 0, 100, 2 },
	{ "row 0 is not scored", "0h!:f|h!:p", "fp", 100, 100, 0, 100, 1 },
	{ "a slot is not scored", "~h!:f|h!:p", "fp", 100, 100, 0, 100, 1 },
	{ "the mean over items goes by their weights", "3*h!:p|1*h!:f", "pf", 75, 100, 0, 75, 2 },
	{ "weighted coverage", "3*h!:u|1*h!:p", "up", 25, 25, 0, 100, 2 },
	{ "measured leaves attested out of both", "h!:a|h!:f|h!:p|h!:u", "afpu", 50, 75, 25, 50, 4 },
	{ "no items", NULL, "", 0, 0, 0, NONE, 0 },
	{ "nothing but na", "-h!:p", "n", 0, 0, 0, NONE, 0 },
};

#define MAX 8

struct world {
	struct check checks[MAX][MAX];
	struct check_state states[MAX][MAX];
	const struct check *check_list[MAX][MAX + 1];
	struct item items[MAX];
	struct item_state item_states[MAX];
	struct checklist list;
};

static enum status status_of(char c)
{
	const char *letters = "pwfuan";

	assert_non_null(strchr(letters, c));
	return (enum status)(strchr(letters, c) - letters);
}

static void checks_read(struct world *w, size_t i, struct str text)
{
	size_t n = 0;

	while (text.n > 0) {
		struct str word = str_cut(&text, ' ');
		bool decides = word.p[1] == '!';

		w->checks[i][n].severity = (enum severity)(strchr("lmhc", word.p[0]) - (char *)strchr("lmhc", 'l'));
		w->checks[i][n].decides = decides;
		w->states[i][n].check = &w->checks[i][n];
		w->states[i][n].status = status_of(word.p[decides ? 3 : 2]);
		w->check_list[i][n] = &w->checks[i][n];
		n++;
	}
	w->items[i].checks = w->check_list[i];
}

static void item_read(struct world *w, size_t i, struct str text)
{
	struct item *item = &w->items[i];
	const struct check_state *states[MAX];
	bool na = str_starts(text, STR("-"));

	item->weight = 1;
	item->scored = !str_starts(text, STR("0"));
	item->text_state = str_starts(text, STR("~")) ? TEXT_STATE_SLOT : TEXT_STATE_VERIFIED;
	if (text.n > 1 && text.p[1] == '*') {
		item->weight = text.p[0] - '0';
		text = str_from(text, 2);
	} else if (na || !item->scored || item->text_state == TEXT_STATE_SLOT) {
		text = str_from(text, 1);
	}
	checks_read(w, i, text);
	for (size_t j = 0; j < MAX; j++)
		states[j] = &w->states[i][j];
	w->item_states[i].since = 77;
	score_item(item, states, na, &w->item_states[i]);
	assert_int_equal(w->item_states[i].since, 77);
}

static void near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

static void scores(void **state)
{
	const struct row *row = *state;
	_free_ struct world *w = calloc(1, sizeof(*w));
	struct str rest = str_of(row->items);
	struct score score;
	unsigned counted = 0;

	w->list.items = w->items;
	while (row->items && w->list.n_items < strlen(row->statuses))
		item_read(w, w->list.n_items++, str_cut(&rest, '|'));
	score_list(&w->list, w->item_states, 3, &score);

	for (size_t i = 0; i < w->list.n_items; i++)
		assert_int_equal(w->item_states[i].status, status_of(row->statuses[i]));
	near(score.percent, row->percent);
	near(score.coverage_percent, row->coverage);
	near(score.attested_percent, row->attested);
	if (row->measured == NONE)
		assert_true(isnan(score.measured_percent));
	else
		near(score.measured_percent, row->measured);
	assert_int_equal(score.total, row->total);
	assert_int_equal(score.yes, 3);
	for (int s = 0; s < STATUSES; s++)
		counted += score.items[s];
	assert_int_equal(counted - score.items[STATUS_NA], row->total);
}

int main(void)
{
	return RUN_TABLE(rows, scores);
}
