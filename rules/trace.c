/*
 * Why a line became what it became: every pattern and every event that was for it, and how far each came.  For `tenken decode
 * --explain`; the way of a line is decided in decoder.c, here it is only told again.
 */

#include "rules/json_index.h"

/* What is asked about at the moment. */
struct tracing {
	const struct decoders *set;
	const struct decoder *dec;
	struct match m;
	struct str own[KEYS_MAX];
};

static bool programs_have(const struct decoder *dec, struct str program)
{
	for (size_t i = 0; i < dec->n_programs; i++) {
		struct str name = dec->programs[i];

		if (str_eq(name, program))
			return true;
		if (name.n > 0 && name.p[name.n - 1] == '*' && str_starts(program, str_first(name, name.n - 1)))
			return true;
	}
	return false;
}

static bool starts_have(const struct decoder *dec, struct str text)
{
	for (size_t i = 0; i < dec->n_starts; i++)
		if (str_starts(text, dec->starts[i]))
			return true;
	return false;
}

/* True when the decoder would be asked for this line. */
static bool selects(const struct decoder *dec, struct str program, struct str text)
{
	bool contains = dec->n_contains == 0, asked;

	asked = programs_have(dec, program) || (starts_have(dec, text) && (dec->n_programs == 0 || program.n == 0)) ||
		(dec->n_programs == 0 && dec->n_starts == 0);
	for (size_t i = 0; i < dec->n_contains && !contains; i++)
		contains = literal_find(&dec->contains[i], text) >= 0;
	return asked && contains;
}

static void why(struct decoder_trace *t, enum trace_why reason, struct str at, struct str want)
{
	t->why = reason;
	str_copy(t->at, sizeof(t->at), at);
	str_copy(t->want, sizeof(t->want), want);
}

/* The conditions of the selection of @sel that come furthest; the first that does not hold in @ret_bad. */
static size_t best_selection(const struct selection *sel, size_t n, const struct match *m,
			     const struct condition **ret_bad, size_t *ret_of)
{
	size_t best = 0;

	*ret_bad = NULL;
	*ret_of = 0;
	for (size_t i = 0; i < n; i++) {
		const struct condition *bad = NULL;
		size_t held = 0;

		for (size_t j = 0; j < sel[i].n; j++) {
			if (condition_test(&sel[i].conditions[j], m))
				held++;
			else if (!bad)
				bad = &sel[i].conditions[j];
		}
		if (i == 0 || held > best || (!bad && *ret_bad)) {
			best = held;
			*ret_bad = bad;
			*ret_of = sel[i].n;
		}
	}
	return best;
}

static struct str condition_key(const struct tracing *tr, const struct condition *cond)
{
	if (cond->slot < 0)
		return str_of(field_name((enum field) ~cond->slot));
	return tr->dec->format == FORMAT_JSON ? tr->set->json->keys[cond->slot] : tr->dec->keys[cond->slot];
}

/* What refuses the values of a rule whose shape fits. */
static void refused(const struct tracing *tr, const struct rule *rule, struct decoder_trace *t)
{
	const struct match *m = &tr->m;
	const struct condition *bad;
	size_t of;

	best_selection(rule->when, rule->n_when, m, &bad, &of);
	if (bad) {
		why(t, TRACE_WHEN, condition_key(tr, bad), bad->n_values > 0 ? bad->values[0] : (struct str){ 0 });
		return;
	}
	for (size_t i = 0; i < rule->n_unless; i++) {
		const struct condition *first = rule->unless[i].conditions;

		best_selection(&rule->unless[i], 1, m, &bad, &of);
		if (!bad && of > 0 && first) {
			why(t, TRACE_UNLESS, condition_key(tr, first), (struct str){ 0 });
			return;
		}
	}
	why(t, TRACE_NO_FIELD, (struct str){ 0 }, (struct str){ 0 });
}

/* True when the rule makes the event. */
static bool fills(const struct decoder *dec, const struct rule *rule, struct match *m)
{
	if (!rule->late && !rule_selects(rule, m))
		return false;
	memset(m->ev->field, 0, sizeof(m->ev->field));
	return rule_fill(rule, dec, m) && (!rule->late || rule_selects(rule, m));
}

static void trace_pattern(struct tracing *tr, const struct rule *rule, const struct pattern *pattern,
			  struct decoder_trace *t)
{
	struct match *m = &tr->m;
	size_t steps = 0;
	ssize_t bytes = pattern_reach(pattern, m->text, &steps);

	str_copy(t->pattern, sizeof(t->pattern), pattern->text);
	t->of = pattern->n_steps + 1;
	t->done = bytes < 0 ? 0 : steps + 1;
	t->bytes = bytes < 0 ? 0 : (size_t)bytes;
	memset(tr->own, 0, sizeof(tr->own));
	if (pattern_match(pattern, m)) {
		t->bytes = m->text.n;
		if (!fills(tr->dec, rule, m))
			refused(tr, rule, t);
		return;
	}
	if (bytes < 0)
		why(t, TRACE_BEGIN, (struct str){ 0 }, pattern->prefix);
	else if (steps < pattern->n_steps)
		why(t, TRACE_BEHIND, str_from(str_first(m->text, t->bytes), t->bytes > 30 ? t->bytes - 30 : 0),
		    pattern->steps[steps].after.text);
	else
		why(t, TRACE_MORE, str_from(m->text, t->bytes), (struct str){ 0 });
}

static void trace_structured(struct tracing *tr, const struct rule *rule, bool apart, struct decoder_trace *t)
{
	struct match *m = &tr->m;
	const struct condition *bad = NULL;
	size_t n = 0;

	t->done = best_selection(rule->when, rule->n_when, m, &bad, &t->of);
	for (size_t i = 0; rule->n_when > 0 && i < rule->when[0].n && n < sizeof(t->pattern) - 1; i++) {
		const struct condition *cond = &rule->when[0].conditions[i];
		int put = snprintf(t->pattern + n, sizeof(t->pattern) - n, "%s" STR_FMT "=" STR_FMT, i > 0 ? ", " : "",
				   STR_ARG(condition_key(tr, cond)),
				   STR_ARG(cond->n_values > 0 ? cond->values[0] : STR("")));

		n += put > 0 ? (size_t)put : 0;
	}
	/* Conditions that hold say more than any text in front. */
	t->bytes = t->done * 40;
	if (!apart)
		why(t, TRACE_FORMAT, (struct str){ 0 }, str_of(decoder_format(tr->dec->format)));
	else if (!fills(tr->dec, rule, m))
		refused(tr, rule, t);
}

static bool better(const struct decoder_trace *a, const struct decoder_trace *b)
{
	if ((a->why == TRACE_MADE) != (b->why == TRACE_MADE))
		return a->why == TRACE_MADE;
	return a->bytes != b->bytes ? a->bytes > b->bytes : a->done > b->done;
}

static void keep(struct decoder_trace *ret, size_t *n, size_t max, const struct decoder_trace *t)
{
	size_t at = *n;

	while (at > 0 && better(t, &ret[at - 1]))
		at--;
	if (at == max)
		return;
	if (*n == max)
		(*n)--;
	memmove(&ret[at + 1], &ret[at], (*n - at) * sizeof(*ret));
	ret[at] = *t;
	(*n)++;
}

static void trace_decoder(struct tracing *tr, struct decoder_trace *ret, size_t *n, size_t max)
{
	const struct decoder *dec = tr->dec;
	bool apart = true;

	tr->m.value = tr->own;
	if (dec->format != FORMAT_TEXT)
		apart = dispatch_take_apart(tr->set, dec, &tr->m, tr->own);
	for (size_t i = 0; i < dec->n_rules; i++) {
		const struct rule *rule = &dec->rules[i];
		struct decoder_trace t = {
			.decoder = dec->id, .file = dec->file, .line = rule->line, .type = rule->type
		};

		if (dec->format != FORMAT_TEXT) {
			trace_structured(tr, rule, apart, &t);
			keep(ret, n, max, &t);
		}
		for (size_t j = 0; j < rule->n_patterns; j++) {
			t.why = TRACE_MADE;
			trace_pattern(tr, rule, &rule->patterns[j], &t);
			keep(ret, n, max, &t);
		}
	}
}

size_t decoders_trace(const struct decoders *set, const struct record *rec, struct decoder_trace *ret, size_t max)
{
	static _Thread_local struct event ev;
	struct tracing tr = { .set = set, .m = { .ev = &ev } };
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct str texts[] = { rec->sd, rec->text }, programs[] = { STR("@data"), rec->program };

		for (size_t j = 0; j < COUNT(texts); j++) {
			if (texts[j].n == 0 || !selects(set->decs[i], programs[j], texts[j]))
				continue;
			memset(&ev, 0, sizeof(ev));
			tr.dec = set->decs[i];
			tr.m.text = texts[j];
			trace_decoder(&tr, ret, &n, max);
		}
	}
	return n;
}
