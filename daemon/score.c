#include "daemon/score.h"

#include <math.h>

/* What a check is worth of its weight. */
static const double worth[STATUSES] = {
	[STATUS_PASS] = 1,    [STATUS_WARN] = 0.5,   [STATUS_FAIL] = 0,
	[STATUS_UNKNOWN] = 0, [STATUS_ATTESTED] = 1, [STATUS_NA] = 0,
};

/* What an item's checks say together: sums of weights, and the facts its status follows from. */
struct sum {
	double all, earned, known, attested; /* attested is in earned and in known too */
	unsigned checks, applying, unknown;
	bool bad, grave, critical; /* a check warns or fails; a high or critical one fails; a critical one fails */
	bool blind, vouched;       /* a deciding check is unknown; is attested */
};

static void sum_check(struct sum *sum, const struct check_state *state)
{
	const struct check *check = state->check;
	double weight;

	sum->checks++;
	if (state->status == STATUS_NA)
		return;
	weight = severity_weight(check->severity);
	sum->applying++;
	sum->all += weight;
	sum->earned += weight * worth[state->status];

	switch (state->status) {
	case STATUS_FAIL:
		sum->grave |= check->severity >= SEVERITY_HIGH;
		sum->critical |= check->severity == SEVERITY_CRITICAL;
		sum->bad = true;
		break;
	case STATUS_WARN: sum->bad = true; break;
	case STATUS_UNKNOWN:
		sum->unknown++;
		sum->blind |= check->decides;
		return;
	case STATUS_ATTESTED:
		sum->attested += weight;
		sum->vouched |= check->decides;
		break;
	case STATUS_PASS:
	case STATUS_NA:
	case STATUSES: break;
	}
	sum->known += weight;
}

static enum status sum_status(const struct sum *sum)
{
	if (sum->checks > 0 && sum->applying == 0)
		return STATUS_NA;
	if (sum->grave)
		return STATUS_FAIL;
	if (sum->unknown == sum->applying || sum->blind)
		return STATUS_UNKNOWN;
	if (sum->bad)
		return STATUS_WARN;
	return sum->vouched ? STATUS_ATTESTED : STATUS_PASS;
}

void score_item(const struct item *item, const struct check_state *const *states, bool na, struct item_state *ret)
{
	struct sum sum = { 0 };

	for (size_t i = 0; item->checks && item->checks[i]; i++)
		sum_check(&sum, states[i]);

	*ret = (struct item_state){
		.item = item,
		.status = na ? STATUS_NA : sum_status(&sum),
		.since = ret->since,
		.na = na,
	};
	ret->counted = item->scored && item->text_state != TEXT_STATE_SLOT && ret->status != STATUS_NA;
	if (ret->status == STATUS_NA || sum.all <= 0)
		return;
	ret->covered = sum.known / sum.all;
	ret->measured_known = (sum.known - sum.attested) / sum.all;
	if (sum.critical)
		return;
	ret->earned = sum.earned / sum.all;
	ret->attested = sum.attested / sum.all;
	ret->measured_earned = (sum.earned - sum.attested) / sum.all;
}

void score_list(const struct checklist *list, const struct item_state *items, unsigned yes, struct score *ret)
{
	double weights = 0, earned = 0, covered = 0, attested = 0, measured = 0, known = 0;
	struct score score = { .yes = yes };

	for (size_t i = 0; i < list->n_items; i++) {
		const struct item *item = &list->items[i];
		const struct item_state *state = &items[i];

		if (item->scored && item->text_state != TEXT_STATE_SLOT)
			score.items[state->status]++;
		if (!state->counted)
			continue;
		score.total++;
		weights += item->weight;
		earned += item->weight * state->earned;
		covered += item->weight * state->covered;
		attested += item->weight * state->attested;
		measured += item->weight * state->measured_earned;
		known += item->weight * state->measured_known;
	}

	if (weights > 0) {
		score.percent = 100 * earned / weights;
		score.coverage_percent = 100 * covered / weights;
		score.attested_percent = 100 * attested / weights;
	}
	score.measured_percent = known > 0 ? 100 * measured / known : (double)NAN;
	*ret = score;
}
