#include "daemon/agenda.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "daemon/agenda_state.h"

const struct connect connects[] = {
#define CONNECT(id, decoders, ja, en, steps_ja, steps_en, copy) { #id, decoders, ja, en, steps_ja, steps_en, copy },
#include "daemon/connect.def"
#undef CONNECT
};
const size_t n_connects = COUNT(connects);

double agenda_cost(enum agenda_kind kind, size_t rows)
{
	static const double base[] = {
		[AGENDA_ATTEST] = 1,  [AGENDA_FILL] = 2,     [AGENDA_REGISTER] = 4, [AGENDA_OPERATE] = 5,
		[AGENDA_CONNECT] = 6, [AGENDA_REPLACE] = 20, [AGENDA_ANSWER] = 1
	};

	return base[kind] * (1 + log2((double)(rows > 0 ? rows : 1)));
}

static bool names(const char *list, const char *id)
{
	struct str rest = str_of(list);

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');

		if (str_ends(word, STR("*")) ? str_starts(str_of(id), str_first(word, word.n - 1))
					     : str_eq(word, str_of(id)))
			return true;
	}
	return false;
}

uint64_t connect_types(const struct connect *connect, const struct rules *rules)
{
	uint64_t types = 0;

	for (size_t i = 0; i < decoders_count(rules->decoders); i++)
		if (names(connect->decoders, decoders_id(rules->decoders, i)))
			types |= decoders_types(rules->decoders, i);
	return types;
}

void agenda_free(struct agenda *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		free(plan->steps[i].checks);
	free(plan->steps);
	*plan = (struct agenda){ 0 };
}

static int step_add(struct agenda *plan, const struct agenda_step *step)
{
	struct agenda_step *grown = reallocarray(plan->steps, plan->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	plan->steps = grown;
	grown[plan->n++] = *step;
	return 0;
}

/* What a step brings: registers and event types as bits. */
struct thing {
	struct agenda_step step;
	uint64_t registers, events;
	bool done;
};

/* Which checks become known when @regs and @events are there and were not. */
static bool becomes_known(const struct agenda_check *check, uint64_t regs, uint64_t events)
{
	return check->state.status == STATUS_UNKNOWN && (check->registers || check->events) &&
	       !(check->registers & ~regs) && !(check->events & ~events);
}

static bool needs_any(const struct agenda_check *check, const struct thing *thing)
{
	return check->state.status == STATUS_UNKNOWN &&
	       ((check->registers & thing->registers) || (check->events & thing->events));
}

/* The score with all checks that @pick says taken as good; and which they are. */
static int step_measure(struct agenda_state *state, struct list_result *lists, struct agenda_step *step,
			const bool *pick)
{
	size_t n = state->rules->n_checks, k = 0;
	_free_ enum status *was = calloc(n + 1, sizeof(*was));
	int r;

	step->checks = calloc(n + 1, sizeof(*step->checks));
	if (!was || !step->checks)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		was[i] = state->checks[i].state.status;
		if (!pick[i])
			continue;
		step->checks[k++] = state->checks[i].check;
		state->checks[i].state.status = STATUS_PASS;
	}
	r = agenda_state_count(state, lists);
	for (size_t i = 0; i < n; i++)
		state->checks[i].state.status = was[i];
	for (size_t l = 0; r == 0 && l < state->rules->n_lists; l++) {
		double gain = lists[l].score.percent - state->lists[l].score.percent;

		if (l == 0) {
			step->gain = gain;
			step->coverage = lists[l].score.coverage_percent - state->lists[l].score.coverage_percent;
		}
		step->all += agenda_share(l) * gain;
	}
	return r;
}

/* Registers that are not there, and kinds of sources that tell what is missing. */
static int things_find(const struct agenda_state *state, struct thing **ret, size_t *ret_n)
{
	uint64_t regs = 0, events = 0, told = 0;
	struct thing *things = calloc(n_registers + n_connects + EVENT_TYPES, sizeof(*things));
	size_t n = 0;

	if (!things)
		return -ENOMEM;
	for (size_t i = 0; i < state->rules->n_checks; i++) {
		regs |= state->checks[i].state.status == STATUS_UNKNOWN ? state->checks[i].registers : 0;
		events |= state->checks[i].state.status == STATUS_UNKNOWN ? state->checks[i].events : 0;
	}
	for (size_t i = 0; i < n_registers; i++)
		if (regs & UINT64_C(1) << i)
			things[n++] = (struct thing){ .step = { .kind = AGENDA_REGISTER,
								.reg = &registers[i],
								.state = state->registers[i],
								.rows = 1 },
						      .registers = UINT64_C(1) << i };
	for (size_t i = 0; i < n_connects; i++) {
		uint64_t types = connect_types(&connects[i], state->rules) & events;

		told |= types;
		if (types)
			things[n++] = (struct thing){
				.step = { .kind = AGENDA_CONNECT, .connect = &connects[i], .rows = 1 }, .events = types
			};
	}
	for (int i = 0; i < EVENT_TYPES; i++)
		if (events & ~told & UINT64_C(1) << i)
			things[n++] = (struct thing){
				.step = { .kind = AGENDA_CONNECT, .event = (enum event_type)i, .rows = 1 },
				.events = UINT64_C(1) << i
			};
	*ret = things;
	*ret_n = n;
	return 0;
}

/* What thing @t is worth after those that are done: checks it completes, and a part of those that wait for more. */
static double thing_worth(const struct agenda_state *state, const struct thing *thing, uint64_t regs, uint64_t events)
{
	double worth = 0;

	for (size_t i = 0; i < state->rules->n_checks; i++) {
		const struct agenda_check *check = &state->checks[i];
		uint64_t r = check->registers & ~regs, e = check->events & ~events;
		int left = __builtin_popcountll(r & ~thing->registers) + __builtin_popcountll(e & ~thing->events);

		if (!needs_any(check, thing) || (!r && !e) || (!(r & thing->registers) && !(e & thing->events)))
			continue;
		worth += check->worth * (left == 0 ? 1 : 0.1 / left);
	}
	return worth;
}

static int setup_fill(struct agenda_state *state, struct list_result *lists, struct thing *things, size_t n,
		      struct agenda *plan)
{
	_free_ bool *pick = calloc(state->rules->n_checks + 1, sizeof(*pick));
	uint64_t regs = 0, events = 0;

	if (!pick)
		return -ENOMEM;
	for (size_t turn = 0; turn < n; turn++) {
		struct thing *best = NULL;
		double most = 0;
		int r;

		for (size_t t = 0; t < n; t++) {
			double worth = things[t].done ? 0 : thing_worth(state, &things[t], regs, events);

			if (worth > most) {
				most = worth;
				best = &things[t];
			}
		}
		if (!best)
			return 0;
		best->done = true;
		for (size_t i = 0; i < state->rules->n_checks; i++)
			pick[i] = becomes_known(&state->checks[i], regs | best->registers, events | best->events) &&
				  !becomes_known(&state->checks[i], regs, events);
		regs |= best->registers;
		events |= best->events;
		best->step.cost = agenda_cost(best->step.kind, best->step.rows);
		r = step_measure(state, lists, &best->step, pick);
		if (r == 0)
			r = step_add(plan, &best->step);
		if (r < 0) {
			free(best->step.checks);
			return r;
		}
	}
	return 0;
}

static enum agenda_kind cure_kind(const struct check *check)
{
	if (check->effort == EFFORT_REPLACE)
		return AGENDA_REPLACE;
	if (check->effort == EFFORT_FILL || check->effort == EFFORT_OPERATE)
		return check->effort == EFFORT_FILL ? AGENDA_FILL : AGENDA_OPERATE;
	for (size_t i = 0; i < check->n_needs; i++)
		if (!check->needs[i].reg)
			return AGENDA_OPERATE;
	return AGENDA_FILL;
}

static int cure_add(struct agenda_state *state, struct list_result *lists, size_t i, bool *pick, struct agenda *plan)
{
	const struct agenda_check *check = &state->checks[i];
	const unsigned *counts = check->state.counts;
	bool bad = counts[STATUS_FAIL] + counts[STATUS_WARN] > 0;
	bool vouch = !bad && check->state.status == STATUS_UNKNOWN && check->check->attest_days > 0 &&
		     !check->registers;
	struct agenda_step step = { .check = check->check };
	int r;

	if (check->state.status == STATUS_NA || (!bad && !vouch))
		return 0;
	step.kind = bad ? cure_kind(check->check) : AGENDA_ATTEST;
	step.rows = bad                      ? counts[STATUS_FAIL] + counts[STATUS_WARN]
		    : counts[STATUS_UNKNOWN] ? counts[STATUS_UNKNOWN]
					     : 1;
	step.cost = agenda_cost(step.kind, step.rows);
	pick[i] = true;
	r = step_measure(state, lists, &step, pick);
	pick[i] = false;
	if (r == 0 && step.all > 1e-9) {
		r = step_add(plan, &step);
		if (r == 0)
			return 0;
	}
	free(step.checks);
	return r;
}

static int attest_add(struct agenda_state *state, struct list_result *lists, struct agenda *plan)
{
	_free_ bool *pick = calloc(state->rules->n_checks + 1, sizeof(*pick));
	int r = pick ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < state->rules->n_checks; i++)
		if (state->checks[i].state.status == STATUS_UNKNOWN)
			r = cure_add(state, lists, i, pick, plan);
	return r;
}

/* The first list's rows that the institution has not answered this year. */
static int answer_add(const struct agenda_state *state, struct agenda *plan)
{
	const struct checklist *list = state->rules->n_lists > 0 ? state->rules->lists[0] : NULL;
	struct agenda_step step = { .kind = AGENDA_ANSWER, .list = list };

	for (size_t i = 0; list && i < list->n_items; i++)
		step.rows += state->lists[0].items[i].counted &&
			     !words_answer(state->words, list->id, list->items[i].id);
	step.cost = agenda_cost(step.kind, step.rows);
	return step.rows > 0 ? step_add(plan, &step) : 0;
}

static int by_gain(const void *a, const void *b)
{
	const struct agenda_step *x = a, *y = b;
	double worth = y->all / y->cost - x->all / x->cost;

	if (worth > 1e-9 || worth < -1e-9)
		return worth > 0 ? 1 : -1;
	return x->cost < y->cost ? -1 : x->cost > y->cost;
}

static int next_fill(struct agenda_state *state, struct list_result *lists, struct thing *things, size_t n,
		     struct agenda *plan)
{
	_free_ bool *pick = calloc(state->rules->n_checks + 1, sizeof(*pick));
	int r = pick ? 0 : -ENOMEM;

	for (size_t t = 0; r == 0 && t < n; t++) {
		for (size_t i = 0; i < state->rules->n_checks; i++)
			pick[i] = becomes_known(&state->checks[i], things[t].registers, things[t].events);
		things[t].step.cost = agenda_cost(things[t].step.kind, 1);
		r = step_measure(state, lists, &things[t].step, pick);
		if (r == 0 && things[t].step.all > 1e-9)
			r = step_add(plan, &things[t].step);
		else
			free(things[t].step.checks);
	}
	for (size_t i = 0; pick && i < state->rules->n_checks; i++)
		pick[i] = false;
	for (size_t i = 0; r == 0 && i < state->rules->n_checks; i++)
		r = cure_add(state, lists, i, pick, plan);
	if (plan->n > 0)
		qsort(plan->steps, plan->n, sizeof(*plan->steps), by_gain);
	return r;
}

static int agenda_make(struct sqlite3 *db, const struct rules *rules, usec_t now, bool setup, struct agenda *ret)
{
	struct agenda_state state = { 0 };
	struct list_result *lists = NULL;
	_free_ struct thing *things = NULL;
	struct agenda plan = { 0 };
	size_t n = 0;
	int r = agenda_state_read(db, rules, now, &state);

	if (r == 0)
		r = lists_new(rules, &lists);
	if (r == 0)
		r = things_find(&state, &things, &n);
	if (r == 0 && rules->n_lists > 0) {
		plan.percent = state.lists[0].score.percent;
		plan.coverage = state.lists[0].score.coverage_percent;
	}
	if (r == 0)
		r = setup ? setup_fill(&state, lists, things, n, &plan) : next_fill(&state, lists, things, n, &plan);
	if (r == 0 && setup)
		r = attest_add(&state, lists, &plan);
	if (r == 0 && setup)
		r = answer_add(&state, &plan);
	lists_free(rules, lists);
	if (state.rules)
		agenda_state_free(&state);
	if (r < 0) {
		agenda_free(&plan);
		return r;
	}
	*ret = plan;
	return 0;
}

int agenda_setup(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda *ret)
{
	return agenda_make(db, rules, now, true, ret);
}

int agenda_next(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda *ret)
{
	return agenda_make(db, rules, now, false, ret);
}
