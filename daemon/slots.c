/* The slots of a rule set: parameters in force, what is known from before. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/when.h"
#include "daemon/judge_in.h"

static int param_index(const struct check *check, const char *name)
{
	for (size_t i = 0; i < check->n_params; i++)
		if (!strcmp(check->params[i].name, name))
			return (int)i;
	return -1;
}

static bool is_number(const char *text)
{
	int64_t number;

	return str_int(str_trim(str_of(text)), &number);
}

static bool is_span(const char *text)
{
	usec_t span;

	return !is_number(text) && when_parse_span(str_trim(str_of(text)), &span) == 1;
}

int judge_fits(const struct config *config, const struct rules *rules, struct diag *diag)
{
	for (size_t i = 0; i < config->n_overrides; i++) {
		const struct config_override *o = &config->overrides[i];
		int slot = judge_slot(rules, o->check), param;
		const char *value;

		if (slot < 0)
			return diag_at(diag, config->file, o->line, o->column,
				       "checks: there is no check \"%.80s\"; "
				       "`tenken rules list` names them",
				       o->check);
		param = param_index(rules->checks[slot], o->param);
		if (param < 0)
			return diag_at(diag, config->file, o->line, o->column,
				       "checks: %.80s has no parameter \"%.80s\"", o->check, o->param);
		value = rules->checks[slot]->params[param].value;
		if (is_number(value) && !is_number(o->value))
			return diag_at(diag, config->file, o->line, o->column,
				       "checks: %.80s of %.80s is a whole number (%.20s unless set), not \"%.40s\"",
				       o->param, o->check, value, o->value);
		if (is_span(value) && !is_span(o->value))
			return diag_at(diag, config->file, o->line, o->column,
				       "checks: %.80s of %.80s is a length of time like %.20s, not \"%.40s\"", o->param,
				       o->check, value, o->value);
	}
	return 0;
}

bool slots_applies(const struct config *config, const struct check *check)
{
	if (!check->applies)
		return true;
	for (char **p = check->applies; *p; p++)
		if (check_profile_is(*p, config->profile ? config->profile : ""))
			return true;
	return false;
}

void slots_params_free(const struct check *check, char **params)
{
	for (size_t p = 0; params && p < check->n_params; p++)
		free(params[p]);
	free(params);
}

static int param_set(char **param, const char *value)
{
	free(*param); /* said twice: the last holds */
	*param = strdup(value);
	return *param ? 0 : -ENOMEM;
}

int slots_params(const struct config *config, const struct check *check, char ***ret)
{
	char **params = calloc(check->n_params + 1, sizeof(*params));
	int r = params ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < check->n_params; i++) {
		const char *value = check_param_for(&check->params[i], config->guideline, config->profile);

		if (value != check->params[i].value)
			r = param_set(&params[i], value);
	}
	for (size_t i = 0; r == 0 && i < config->n_overrides; i++) {
		const struct config_override *o = &config->overrides[i];
		int param = strcmp(o->check, check->id) == 0 ? param_index(check, o->param) : -1;

		if (param >= 0)
			r = param_set(&params[param], o->value);
	}
	if (r < 0) {
		slots_params_free(check, params);
		return r;
	}
	*ret = params;
	return 0;
}

/* What it asks, in short: the text and the parameters in force. */
static void form_fill(const struct check *check, struct slot *slot)
{
	uint64_t hash = str_hash(str_of(check->sql), false);

	for (size_t i = 0; i < check->n_params; i++)
		hash = hash * 31 + str_hash(str_of(slot->params[i] ? slot->params[i] : check->params[i].value), false);
	snprintf(slot->form, sizeof(slot->form), "%016llx", (unsigned long long)hash);
}

int slots_new(const struct config *config, const struct rules *rules, struct keep *keep, struct slot **ret)
{
	struct slot *slots = calloc(rules->n_checks + 1, sizeof(*slots));
	int r = slots ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < rules->n_checks; i++) {
		const struct check *check = rules->checks[i];
		struct slot *slot = &slots[i];

		slot->result.state.check = check;
		slot->applies = slots_applies(config, check);
		slot->result.state.status = slot->applies ? STATUS_UNKNOWN : STATUS_NA;
		slot->due = true;
		r = slots_params(config, check, &slot->params);
		if (r < 0)
			break;
		form_fill(check, slot);
		slot->quiet = strcmp(keep_told(keep, check->id), slot->form) != 0;
	}
	if (r < 0) {
		slots_free(rules, slots);
		return r;
	}
	*ret = slots;
	return 0;
}

void slots_free(const struct rules *rules, struct slot *slots)
{
	for (size_t i = 0; slots && i < rules->n_checks; i++) {
		slots_params_free(rules->checks[i], slots[i].params);
		check_result_free(&slots[i].result);
	}
	free(slots);
}

void slots_carry(const struct rules *from, struct slot *old, const struct rules *to, struct slot *slots)
{
	for (size_t i = 0; i < to->n_checks; i++) {
		int was = judge_slot(from, to->checks[i]->id);

		if (was < 0)
			continue;
		slots[i].result = old[was].result;
		slots[i].result.state.check = to->checks[i];
		slots[i].result.ran = false;
		slots[i].texts_saved = old[was].texts_saved;
		old[was].result = (struct check_result){ 0 };
	}
}

void lists_carry(const struct rules *from, const struct list_result *old, const struct rules *to,
		 struct list_result *lists)
{
	for (size_t l = 0; l < to->n_lists; l++) {
		for (size_t o = 0; o < from->n_lists; o++) {
			if (strcmp(from->lists[o]->id, to->lists[l]->id) != 0)
				continue;
			lists[l].score = old[o].score;
			for (size_t i = 0; i < to->lists[l]->n_items; i++) {
				const struct item *item = &to->lists[l]->items[i];

				for (size_t j = 0; j < from->lists[o]->n_items; j++)
					if (!strcmp(from->lists[o]->items[j].id, item->id))
						lists[l].items[i] = old[o].items[j];
				lists[l].items[i].item = item;
			}
		}
	}
}

static int verdict_load(void *arg, const char *check, const struct verdict *verdict)
{
	struct judge *judge = arg;
	int i = judge_slot(judge->rules, check);
	struct check_result *result;
	struct verdict copy = *verdict;

	if (i < 0)
		return 0; /* gone_write() closes it */
	result = &judge->slots[i].result;
	if ((result->n_verdicts & (result->n_verdicts - 1)) == 0) { /* full at every power of two */
		struct verdict *grown = reallocarray(result->verdicts, result->n_verdicts ? result->n_verdicts * 2 : 1,
						     sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		result->verdicts = grown;
	}
	copy.resource = strdup(verdict->resource);
	copy.reason_ja = strdup(verdict->reason_ja);
	copy.reason_en = strdup(verdict->reason_en);
	copy.dims = strdup(verdict->dims);
	copy.waiver = words_waiver(judge->words, check, verdict->resource);
	result->verdicts[result->n_verdicts++] = copy;
	return copy.resource && copy.reason_ja && copy.reason_en && copy.dims ? 0 : -ENOMEM;
}

static void state_load(void *arg, const struct kept *kept)
{
	struct judge *judge = arg;

	if (kept->status < 0)
		return;
	if (!kept->pack) {
		int i = judge_slot(judge->rules, kept->id);

		if (i >= 0) {
			judge->slots[i].result.state.since = kept->at;
			judge->slots[i].result.state.status = (enum status)kept->status;
		}
		return;
	}
	for (size_t l = 0; l < judge->rules->n_lists; l++) {
		const struct checklist *list = judge->rules->lists[l];

		for (size_t i = 0; !strcmp(list->id, kept->pack) && i < list->n_items; i++) {
			struct item_state *item = &judge->lists[l].items[i];

			if (strcmp(list->items[i].id, kept->id) != 0)
				continue;
			item->status = (enum status)kept->status;
			item->since = kept->at;
			item->earned = kept->earned;
			item->covered = kept->covered;
		}
	}
}

/* Items as they were left, counted again from the checks as they were left. */
static int lists_load(struct judge *judge)
{
	struct list_result *lists = NULL;
	int r = lists_new(judge->rules, &lists);

	for (size_t l = 0; r == 0 && l < judge->rules->n_lists; l++)
		r = keep_score_last(judge->keep, judge->rules->lists[l]->id, &judge->lists[l].score);
	r = r < 0 ? r : lists_count(judge, lists, 0);
	for (size_t l = 0; r == 0 && l < judge->rules->n_lists; l++) {
		for (size_t i = 0; i < judge->rules->lists[l]->n_items; i++) {
			struct item_state *was = &judge->lists[l].items[i], *is = &lists[l].items[i];

			/* What differs from the history (new rules, a lapsed word) is written by the first round. */
			is->since = was->since;
			if (was->since == 0 || was->status == is->status)
				*was = *is;
		}
	}
	lists_free(judge->rules, lists);
	return r;
}

int slots_load(struct judge *judge)
{
	int r = keep_each_verdict(judge->keep, verdict_load, judge);

	if (r == 0)
		r = keep_each_state(judge->keep, state_load, judge);
	for (size_t i = 0; r == 0 && i < judge->rules->n_checks; i++) {
		struct check_result *result = &judge->slots[i].result;
		usec_t since = result->state.since;
		enum status was = result->state.status;

		check_result_settle(result, slot_na(judge, i));
		if (since > 0 && was != result->state.status)
			result->state.status = was; /* what was said last; the first round says it anew */
	}
	return r == 0 ? lists_load(judge) : r;
}
