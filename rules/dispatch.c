/*
 * Which rules a line could be, and the first that holds.  By program first (a hash), then by the literal text that a pattern
 * begins with (a tree of bytes); lines whose program nobody knows are tried by their beginning alone.  The work for a line
 * depends on the line, and hardly on how many decoders there are.
 */

#include "rules/dispatch.h"

#include "rules/json_index.h"

#define WORDS_MAX 64 /* of a bit set over the candidates of a node */

/* What is done with one text. */
struct attempt {
	struct match m;
	const struct decoders *set;
	bool json;                   /* the text was read as JSON: json_line has it */
	const struct decoder *asked; /* the last one whose text_fits() is known */
	bool fits;
	struct presence presence;
	struct str own[KEYS_MAX]; /* values of all formats but JSON */
};

/* One line of JSON for each thread: too large to be cleared for every line (see json_index.h). */
static _Thread_local struct json_line json_line;

static bool contains_any(const struct decoder *dec, struct attempt *try)
{
	bool found = dec->n_contains == 0;

	for (size_t i = 0; i < dec->n_contains && !found; i++) {
		const struct literal *literal = &dec->contains[i];

		found = presence_of(&try->presence, try->m.text, (unsigned char)literal->text.p[literal->rare]) &&
			literal_find(literal, try->m.text) >= 0;
	}
	return found;
}

/* Fills the event when @rule holds for the values. */
static bool fill(const struct decoder *dec, const struct rule *rule, struct attempt *try)
{
	struct event *ev = try->m.ev;

	if (!rule->late && !rule_selects(rule, &try->m))
		return false;
	memset(ev->field, 0, sizeof(ev->field));
	if (!rule_fill(rule, dec, &try->m) || (rule->late && !rule_selects(rule, &try->m)))
		return false;
	ev->type = rule->type;
	ev->also = rule->has_also ? &rule->also : NULL;
	ev->decoder = dec->id;
	ev->at = 0;
	if (rule->n_at > 0)
		stamp_parse(try->m.value[rule->at[0]], rule->n_at > 1 ? try->m.value[rule->at[1]] : (struct str){ 0 },
			    &ev->at);
	return true;
}

static bool take_apart(const struct decoder *dec, struct match *m)
{
	switch (dec->format) {
	case FORMAT_TEXT: return true;
	case FORMAT_KV: return format_kv(dec, m);
	case FORMAT_JSON: return false; /* json_match() */
	case FORMAT_CSV:
	case FORMAT_TAB: return format_columns(dec, m);
	case FORMAT_XML: return format_xml(dec, m);
	case FORMAT_SD: return format_sd(dec, m);
	case FORMAT_CEF: return format_cef(dec, m);
	case FORMAT_LEEF: return format_leef(dec, m);
	}
	return false;
}

/*
 * True when one of `contains` is in the text, and a value the rules ask for.  Candidates of one decoder stand together: the
 * answer for the last one is kept.
 */
static bool fits(const struct decoder *dec, struct attempt *try)
{
	if (try->asked != dec) {
		try->asked = dec;
		try->fits = contains_any(dec, try) && gate_open(&dec->gate, try->m.text);
	}
	return try->fits;
}

/* The first rule that holds for the values taken from the line. */
static bool structured_match(const struct decoder *dec, struct attempt *try)
{
	const struct gate_list *list = dec->gate.slot < 0 ? NULL : try->m.list ? try->m.list : &dec->gate.rest;
	size_t n = list ? list->n : dec->n_rules;

	for (size_t i = 0; i < n; i++) {
		const struct rule *rule = &dec->rules[list ? list->rules[i] : i];

		if (fill(dec, rule, try))
			return true;
	}
	return false;
}

/* The line is read once for all decoders of JSON; what @dec's key leads to is known before its text is looked at. */
static bool json_match(const struct decoder *dec, struct attempt *try)
{
	const struct json_entry *entry;

	if (!try->json)
		json_read(try->set->json, try->m.text, try->m.ev, &json_line);
	try->json = true;
	entry = dec->json_gate >= 0 ? json_line.hit[dec->json_gate] : NULL;
	try->m.list = entry ? entry->lists[dec->json_member] : NULL;
	if (!json_line.whole || (dec->gate.strict && (!entry || try->m.list == &dec->gate.rest)))
		return false;
	if (!dec->implied && !contains_any(dec, try))
		return false;
	try->m.value = json_line.value;
	try->m.ev->scratch_used = json_line.scratch;
	return structured_match(dec, try);
}

bool dispatch_take_apart(const struct decoders *set, const struct decoder *dec, struct match *m,
			 struct str own[static KEYS_MAX])
{
	m->list = NULL;
	m->marks = dec->key_marks;
	m->ev->scratch_used = 0;
	m->value = own;
	memset(own, 0, KEYS_MAX * sizeof(*own));
	if (dec->format != FORMAT_JSON)
		return take_apart(dec, m);
	json_read(set->json, m->text, m->ev, &json_line);
	m->value = json_line.value;
	return json_line.whole;
}

static bool structured_try(const struct decoder *dec, struct attempt *try)
{
	if (dec->format == FORMAT_JSON)
		return json_match(dec, try);
	try->m.value = try->own;
	memset(try->own, 0, dec->n_keys * sizeof(try->own[0]));
	try->m.ev->scratch_used = try->json ? json_line.scratch : 0;
	try->m.list = NULL;
	try->m.marks = dec->key_marks;
	return take_apart(dec, &try->m) && structured_match(dec, try);
}

static inline bool try_candidate(const struct candidate *cand, struct attempt *try)
{
	const struct decoder *dec = cand->dec;

	if (cand->asks && !fits(dec, try))
		return false;
	if (!cand->pattern)
		return structured_try(dec, try);
	try->m.value = try->own;
	memset(try->own, 0, dec->n_keys * sizeof(try->own[0]));
	try->m.ev->scratch_used = try->json ? json_line.scratch : 0;
	return pattern_match(cand->pattern, &try->m) && fill(dec, cand->rule, try);
}

static inline const struct node *node_child(const struct node *node, unsigned char c)
{
	if (node->by_byte)
		return node->by_byte[c] ? &node->children[node->by_byte[c] - 1] : NULL;
	for (unsigned i = 0; i < node->n_children; i++)
		if ((unsigned char)node->children[i].edge.p[0] == c)
			return &node->children[i];
	return NULL;
}

/* Down the tree as far as the text goes: that node's list has all candidates of the way. */
static inline const struct node *group_walk(const struct group *group, struct str text)
{
	const struct node *node = &group->root;

	while (text.n > 0) {
		const struct node *child = node_child(node, (unsigned char)text.p[0]);

		if (!child || text.n < child->edge.n || !quick_eq((struct str){ text.p, child->edge.n }, child->edge))
			break;
		text = str_from(text, child->edge.n);
		node = child;
	}
	return node;
}

/* Many candidates: those fall first, all at once, that need a byte the text does not hold. */
static bool try_many(const struct group *group, const struct node *node, struct attempt *try)
{
	const struct need *missing[NEEDS_MAX];
	unsigned n_missing = 0;

	for (unsigned i = 0; i < node->n_needs; i++)
		if (!presence_of(&try->presence, try->m.text, node->needs[i].byte))
			missing[n_missing++] = &node->needs[i];
	for (unsigned word = 0; word * 64 < node->n_cands; word++) {
		uint64_t alive = node->n_cands - word * 64 < 64 ? ((uint64_t)1 << node->n_cands % 64) - 1 : UINT64_MAX;

		for (unsigned i = 0; i < n_missing; i++)
			alive &= missing[i]->without[word];
		for (; alive; alive &= alive - 1)
			if (try_candidate(&group->cands[node->cands[word * 64 + (unsigned)__builtin_ctzll(alive)]],
					  try))
				return true;
	}
	return false;
}

/* Tries the candidates in their order. */
static bool try_all(const struct group *group, const struct node *node, struct attempt *try)
{
	if (node->n_needs > 0)
		return try_many(group, node, try);
	for (unsigned i = 0; i < node->n_cands; i++)
		if (try_candidate(&group->cands[node->cands[i]], try))
			return true;
	return false;
}

/* Most lines have no candidate at all: that is found out here, without a call. */
static inline bool group_run(const struct group *group, struct attempt *try)
{
	const struct node *node = group_walk(group, try->m.text);

	return node->n_cands > 0 && try_all(group, node, try);
}

static inline const struct program *lookup(const struct dispatch *dispatch, struct str name)
{
	size_t slot = quick_hash(name) & dispatch->table_mask;

	while (dispatch->table[slot]) {
		const struct program *program = &dispatch->programs[dispatch->table[slot] - 1];

		if (quick_eq(program->name, name))
			return program;
		slot = (slot + 1) & dispatch->table_mask;
	}
	return NULL;
}

/* The next program from *at on whose name is a beginning of @name; NULL when there is none. */
static inline const struct program *next_prefix(const struct dispatch *dispatch, struct str name, size_t *at)
{
	size_t end = name.n > 0 ? dispatch->prefix_from[(unsigned char)name.p[0] + 1] : 0;

	while (*at < end) {
		const struct program *program = dispatch->prefixes[(*at)++];

		if (str_starts(name, program->name))
			return program;
	}
	return NULL;
}

static inline size_t first_prefix(const struct dispatch *dispatch, struct str name)
{
	return name.n > 0 ? dispatch->prefix_from[(unsigned char)name.p[0]] : 0;
}

bool dispatch_run(const struct decoders *set, struct str program, struct str text, struct event *ev)
{
	const struct dispatch *dispatch = set->dispatch;
	const struct program *known = lookup(dispatch, program), *prefix;
	size_t at = first_prefix(dispatch, program);
	struct attempt try;

	try.m.text = text;
	try.m.ev = ev;
	try.set = set;
	try.json = false;
	try.asked = NULL;
	try.fits = false;
	presence_init(&try.presence);
	if (known && group_run(&known->group, &try))
		return true;
	while ((prefix = next_prefix(dispatch, program, &at)))
		if (group_run(&prefix->group, &try))
			return true;
	if (program.n == 0 && group_run(&dispatch->bare, &try))
		return true;
	return group_run(&dispatch->any, &try);
}

bool dispatch_knows(const struct dispatch *dispatch, struct str program)
{
	size_t at = first_prefix(dispatch, program);

	return lookup(dispatch, program) || next_prefix(dispatch, program, &at);
}
