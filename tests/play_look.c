/* Words of a story that look at what was judged: rows, items, what stays quiet. */
#include "tests/play.h"

#include <string.h>

#include "daemon/evaluate.h"

static const struct check_result *result_of(struct play *play, struct str check)
{
	const struct check_result *result;
	struct diag diag = { "" };

	play_need(play, replay_settle(play->replay, &diag), &diag);
	result = judge_find(replay_judge(play->replay), check);
	if (!result)
		fail_at(play, "there is no check \"" STR_FMT "\"", STR_ARG(check));
	if (result->error)
		fail_at(play, "%s", result->error);
	return result;
}

static const struct verdict *verdict_of(const struct check_result *result, struct str resource)
{
	for (size_t i = 0; i < result->n_verdicts; i++)
		if (str_eq(str_of(result->verdicts[i].resource), resource))
			return &result->verdicts[i];
	return NULL;
}

static bool bad(enum status status)
{
	return status == STATUS_WARN || status == STATUS_FAIL;
}

static void bad_in(struct play *play, const struct check_result *a, const struct check_result *b, const char *what)
{
	for (size_t i = 0; i < a->n_verdicts; i++) {
		const struct verdict *other = verdict_of(b, str_of(a->verdicts[i].resource));

		if (bad(a->verdicts[i].status) && (!other || other->status != a->verdicts[i].status))
			fail_at(play, "%s: %s is %s %s", a->state.check->id, a->verdicts[i].resource,
				status_name(a->verdicts[i].status), what);
	}
}

void play_focus_holds(struct play *play)
{
	struct evaluation whole = { 0 };
	struct diag diag = { "" };
	bool some = false;

	for (size_t i = 0; i < play->rules->n_checks; i++)
		some |= play->rules->checks[i]->by != BY_ALL || play->rules->checks[i]->waits;
	if (!some || play->rules == rules_all)
		return;
	play_need(play, replay_settle(play->replay, &diag), &diag);
	play_need(play, evaluate(replay_db(play->replay), play->config, play->rules, play->now, &whole), &diag);
	for (size_t i = 0; i < play->rules->n_checks; i++) {
		const struct check_result *said = judge_check(replay_judge(play->replay), i);
		const struct check *check = play->rules->checks[i];

		if ((check->by == BY_ALL && !check->waits) || check->waits & ~(unsigned)WAITS_SOURCES)
			continue;
		bad_in(play, &whole.results[i], said, "and was not noticed");
		if (check->by != BY_EVENT) /* that one makes a row better is for the minute */
			bad_in(play, said, &whole.results[i], "and is so no more");
	}
	evaluation_free(&whole);
}

static void show(const struct check_result *result)
{
	for (size_t i = 0; i < result->n_verdicts && i < 20; i++)
		print_error("  %s %s: %s\n", status_name(result->verdicts[i].status), result->verdicts[i].resource,
			    result->verdicts[i].reason_ja);
}

static enum status status_word(struct play *play, struct str *rest)
{
	struct str word = str_cut(rest, ' ');
	enum status status;

	if (!status_parse(word, &status))
		fail_at(play, "\"" STR_FMT "\" is no status", STR_ARG(word));
	return status;
}

void word_expect(struct play *play, struct str rest)
{
	const struct check_result *result = result_of(play, str_cut(&rest, ' '));
	enum status status = status_word(play, &rest);

	if (result->state.status != status ||
	    (rest.n > 0 && (result->n_verdicts == 0 || !str_eq(str_of(result->verdicts[0].resource), rest)))) {
		show(result);
		fail_at(play, "%s is %s", result->state.check->id, status_name(result->state.status));
	}
}

void word_row(struct play *play, struct str rest)
{
	const struct check_result *result = result_of(play, str_cut(&rest, ' '));
	enum status status = status_word(play, &rest);
	const struct verdict *verdict = verdict_of(result, rest);

	if (!verdict || verdict->status != status) {
		show(result);
		fail_at(play, "%s: " STR_FMT " is %s", result->state.check->id, STR_ARG(rest),
			verdict ? status_name(verdict->status) : "not there");
	}
}

void word_norow(struct play *play, struct str rest)
{
	const struct check_result *result = result_of(play, str_cut(&rest, ' '));

	if (verdict_of(result, rest)) {
		show(result);
		fail_at(play, "%s: " STR_FMT " is there", result->state.check->id, STR_ARG(rest));
	}
}

void word_says(struct play *play, struct str rest)
{
	const struct check_result *result = result_of(play, str_cut(&rest, ' '));
	const struct verdict *verdict = verdict_of(result, str_cut(&rest, ' '));

	if (!verdict || str_find(str_of(verdict->reason_ja), rest) < 0 ||
	    str_find(str_of(verdict->reason_en), STR("{")) >= 0) {
		show(result);
		fail_at(play, "it does not say \"" STR_FMT "\"", STR_ARG(rest));
	}
}

void word_site(struct play *play, struct str rest)
{
	static const char *const names[] = { "profile", "guideline" };
	char values[2][64] = { "hospital", "7.0" };

	play_options(play, &rest, names, values, COUNT(names));
	if (rest.n > 0)
		fail_at(play, "site profile=P guideline=G");
	str_copy(play->profile, sizeof(play->profile), str_of(values[0]));
	str_copy(play->guideline, sizeof(play->guideline), str_of(values[1]));
	if (play->config != &play->site)
		play->site = *config_default;
	play->site.profile = play->profile;
	play->site.guideline = play->guideline;
	play->config = &play->site;
}

void word_set(struct play *play, struct str rest)
{
	struct str check = str_cut(&rest, '.'), param = str_cut(&rest, ' ');

	str_copy(play->set[0], sizeof(play->set[0]), check);
	str_copy(play->set[1], sizeof(play->set[1]), param);
	str_copy(play->set[2], sizeof(play->set[2]), rest);
	play->override = (struct config_override){ .check = play->set[0],
						   .param = play->set[1],
						   .value = play->set[2] };
	if (play->config != &play->site)
		play->site = *config_default;
	play->site.overrides = &play->override;
	play->site.n_overrides = 1;
	play->config = &play->site;
}

void word_item(struct play *play, struct str rest)
{
	struct str pack = str_cut(&rest, ' '), item = str_cut(&rest, ' ');
	enum status status = status_word(play, &rest);
	struct diag diag = { "" };

	play_need(play, replay_settle(play->replay, &diag), &diag);
	for (size_t l = 0; l < play->rules->n_lists; l++) {
		const struct list_result *list = judge_list(replay_judge(play->replay), l);

		for (size_t i = 0; str_eq(str_of(list->list->id), pack) && i < list->list->n_items; i++) {
			if (!str_eq(str_of(list->list->items[i].id), item))
				continue;
			if (list->items[i].status != status)
				fail_at(play, STR_FMT " " STR_FMT " is %s", STR_ARG(pack), STR_ARG(item),
					status_name(list->items[i].status));
			return;
		}
	}
	fail_at(play, "there is no such item");
}

void play_calm_free(struct play *play)
{
	for (size_t i = 0; i < play->n_calm; i++)
		free(play->calm[i]);
	free(play->calm);
	play->calm = NULL;
	play->n_calm = 0;
}

static bool calm_has(const struct play *play, const char *row)
{
	for (size_t i = 0; i < play->n_calm; i++)
		if (!strcmp(play->calm[i], row))
			return true;
	return false;
}

/* Calls @each with "CHECK RESOURCE" of whatever warns or fails now. */
static void each_alarm(struct play *play, void (*each)(struct play *play, const char *row, const void *arg),
		       const void *arg)
{
	struct diag diag = { "" };

	play_need(play, replay_settle(play->replay, &diag), &diag);
	for (size_t i = 0; i < play->rules->n_checks; i++) {
		const struct check_result *result = judge_check(replay_judge(play->replay), i);

		for (size_t v = 0; v < result->n_verdicts; v++) {
			const struct verdict *verdict = &result->verdicts[v];
			char row[512];

			if (verdict->status != STATUS_WARN && verdict->status != STATUS_FAIL)
				continue;
			snprintf(row, sizeof(row), "%s %s", result->state.check->id, verdict->resource);
			each(play, row, arg);
		}
	}
}

static void calm_add(struct play *play, const char *row, const void *arg)
{
	play->calm = reallocarray(play->calm, play->n_calm + 1, sizeof(char *));
	assert_non_null(play->calm);
	play->calm[play->n_calm++] = strdup(row);
}

void word_calm(struct play *play, struct str rest)
{
	play_calm_free(play);
	each_alarm(play, calm_add, NULL);
}

static void quiet_see(struct play *play, const char *row, const void *arg)
{
	struct str but = *(const struct str *)arg, words = str_of(row), check = str_cut(&words, ' ');

	while (but.n > 0)
		if (str_eq(str_cut(&but, ' '), check))
			return;
	if (!calm_has(play, row)) {
		char id[128];

		str_copy(id, sizeof(id), check);
		show(judge_find(replay_judge(play->replay), str_of(id)));
		fail_at(play, "%s is new", row);
	}
}

void word_quiet(struct play *play, struct str rest)
{
	each_alarm(play, quiet_see, &rest);
}
