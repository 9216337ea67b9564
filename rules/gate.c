/*
 * Which rules of a structured decoder can hold for a line, by the one key that most of them compare for equality (an event id,
 * a message id): the value leads to its rules, so what a line costs does not grow with their number.  Where all rules compare
 * it, a line that does not hold any of their values is not even taken apart.  What matches is decided by the rules alone, so
 * text that looks like a key changes nothing.
 */

#include <errno.h>

#include "rules/compiled.h"

#define FOLDED_MAX 64

static struct str fold(struct str s, char buf[static FOLDED_MAX])
{
	for (size_t i = 0; i < s.n; i++)
		buf[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (struct str){ buf, s.n };
}

/* Which values of @slot the rule asks for; false when it can hold without one of them. */
static bool rule_asks(const struct rule *rule, int16_t slot, struct str *values, size_t *n)
{
	for (size_t i = 0; i < rule->n_when; i++) {
		bool found = false;

		for (size_t j = 0; j < rule->when[i].n && !found; j++) {
			const struct condition *cond = &rule->when[i].conditions[j];

			found = cond->slot == slot && cond->compare == COMPARE_EQUAL;
			for (size_t k = 0; found && k < cond->n_values; k++) {
				found = cond->values[k].n <= FOLDED_MAX;
				values[(*n)++] = cond->values[k];
			}
		}
		if (!found)
			return false;
	}
	return rule->n_when > 0;
}

static size_t count_values(const struct decoder *dec)
{
	size_t n = 0;

	for (size_t i = 0; i < dec->n_rules; i++)
		for (size_t j = 0; j < dec->rules[i].n_when; j++)
			for (size_t k = 0; k < dec->rules[i].when[j].n; k++)
				n += dec->rules[i].when[j].conditions[k].n_values;
	return n;
}

/* How many rules ask for a value of @slot, and their values. */
static size_t count_asking(const struct decoder *dec, int16_t slot, struct str *values, size_t *ret_values)
{
	size_t asking = 0, n = 0;

	for (size_t i = 0; i < dec->n_rules; i++) {
		size_t before = n;

		if (rule_asks(&dec->rules[i], slot, values, &n))
			asking++;
		else
			n = before;
	}
	*ret_values = n;
	return asking;
}

static struct gate_list *list_find(const struct gate *gate, struct str folded)
{
	size_t at = quick_hash(folded) & gate->mask;

	while (gate->table[at]) {
		if (quick_eq(gate->lists[gate->table[at] - 1].value, folded))
			return &gate->lists[gate->table[at] - 1];
		at = (at + 1) & gate->mask;
	}
	return NULL;
}

static struct gate_list *list_make(struct arena *arena, struct gate *gate, struct str value, size_t rules)
{
	char buf[FOLDED_MAX];
	struct str folded = fold(value, buf);
	struct gate_list *list = list_find(gate, folded);
	size_t at = quick_hash(folded) & gate->mask;

	if (list)
		return list;
	while (gate->table[at])
		at = (at + 1) & gate->mask;
	list = &gate->lists[gate->n_lists++];
	gate->table[at] = (uint16_t)gate->n_lists;
	list->value = arena_str(arena, folded);
	list->rules = arena_array(arena, uint16_t, rules);
	return list->rules && list->value.p ? list : NULL;
}

static void list_add(struct gate_list *list, size_t rule)
{
	if (list->n == 0 || list->rules[list->n - 1] != rule)
		list->rules[list->n++] = (uint16_t)rule;
}

/* Puts every rule, in order, into the lists of its values, or into all of them. */
static int lists_fill(struct arena *arena, const struct decoder *dec, struct gate *gate, struct str *values)
{
	size_t n;

	for (size_t i = 0; i < dec->n_rules; i++) {
		n = 0;
		if (!rule_asks(&dec->rules[i], gate->slot, values, &n))
			continue;
		for (size_t j = 0; j < n; j++)
			if (!list_make(arena, gate, values[j], dec->n_rules))
				return -ENOMEM;
	}
	for (size_t i = 0; i < dec->n_rules; i++) {
		n = 0;
		if (rule_asks(&dec->rules[i], gate->slot, values, &n)) {
			for (size_t j = 0; j < n; j++)
				list_add(list_make(arena, gate, values[j], dec->n_rules), i);
			continue;
		}
		for (size_t j = 0; j < gate->n_lists; j++)
			list_add(&gate->lists[j], i);
		list_add(&gate->rest, i);
	}
	return 0;
}

/* How @key stands in a line of JSON, up to its value; nothing where that cannot be said. */
static struct str key_text(struct arena *arena, struct str key)
{
	char text[300];
	ssize_t dot;

	while ((dot = str_index(key, '.')) >= 0)
		key = str_from(key, (size_t)dot + 1);
	if (key.n == 0 || key.n > 200 || str_index(key, '@') >= 0)
		return (struct str){ 0 };
	snprintf(text, sizeof(text), "\"" STR_FMT "\":", STR_ARG(key));
	return arena_str(arena, str_of(text));
}

static void mark_selections(const struct decoder *dec, const struct selection *sel, size_t n, uint64_t marks[static 4])
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sel[i].n; j++)
			if (sel[i].conditions[j].slot >= 0)
				key_mark_set(marks, dec->keys[sel[i].conditions[j].slot]);
}

/* Marks what the rules of @list ask for: nothing else of the line matters once the gate's key has led to them. */
static void list_mark(const struct decoder *dec, struct gate_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct rule *rule = &dec->rules[list->rules[i]];

		mark_selections(dec, rule->when, rule->n_when, list->marks);
		mark_selections(dec, rule->unless, rule->n_unless, list->marks);
		for (size_t j = 0; j < rule->n_sources; j++)
			if (rule->sources[j].kind != SOURCE_CONSTANT)
				key_mark_set(list->marks, dec->keys[rule->sources[j].slot]);
		for (size_t j = 0; j < rule->n_at; j++)
			key_mark_set(list->marks, dec->keys[rule->at[j]]);
	}
}

int gate_build(struct arena *arena, struct decoder *dec)
{
	size_t room = count_values(dec), best = 0, n_values = 0, size = 16;
	struct str *values = arena_array(arena, struct str, room);
	struct gate *gate = &dec->gate;
	bool plain = true;
	int r;

	gate->slot = -1;
	if (!values)
		return -ENOMEM;
	for (size_t slot = 0; slot < dec->n_keys; slot++) {
		size_t n, asking = count_asking(dec, (int16_t)slot, values, &n);

		if (asking > best) {
			best = asking;
			gate->slot = (int16_t)slot;
		}
	}
	if (gate->slot < 0 || dec->n_rules > UINT16_MAX)
		return 0;
	count_asking(dec, gate->slot, values, &n_values);
	while (size < n_values * 2)
		size *= 2;
	gate->mask = size - 1;
	gate->table = arena_array(arena, uint16_t, size);
	gate->lists = arena_array(arena, struct gate_list, n_values);
	gate->rest.rules = arena_array(arena, uint16_t, dec->n_rules);
	if (!gate->table || !gate->lists || !gate->rest.rules || n_values >= UINT16_MAX)
		return -ENOMEM;
	for (size_t i = 0; i < n_values; i++)
		plain = plain && values[i].n > 0 && str_index(values[i], '\\') < 0 && str_index(values[i], '"') < 0;
	gate->strict = best == dec->n_rules;
	/* Key=value is read in order anyway, and JSON that must hold a text is looked at once only. */
	if (gate->strict && plain && dec->format == FORMAT_JSON && dec->n_contains == 0)
		literal_init(&gate->literal, key_text(arena, dec->keys[gate->slot]));
	r = lists_fill(arena, dec, gate, values);
	for (size_t i = 0; i < gate->n_lists; i++)
		list_mark(dec, &gate->lists[i]);
	list_mark(dec, &gate->rest);
	return r;
}

const struct gate_list *gate_rules(const struct gate *gate, struct str value)
{
	char buf[FOLDED_MAX];
	const struct gate_list *list = value.n <= FOLDED_MAX ? list_find(gate, fold(value, buf)) : NULL;

	return list ? list : &gate->rest;
}

static bool ends_value(char c, char quote)
{
	return quote ? c == quote : c == ' ' || c == ',' || c == '}' || c == '|' || c == ';' || c == '\t';
}

bool gate_open(const struct gate *gate, struct str text)
{
	ssize_t at;

	if (gate->literal.text.n == 0)
		return true;
	while ((at = literal_find(&gate->literal, text)) >= 0) {
		char quote = 0;
		size_t n = 0;

		text = str_from(text, (size_t)at + gate->literal.text.n);
		while (text.n > 0 && text.p[0] == ' ')
			text = str_from(text, 1);
		if (text.n > 0 && (text.p[0] == '"' || text.p[0] == '\'')) {
			quote = text.p[0];
			text = str_from(text, 1);
		}
		while (n < text.n && n <= FOLDED_MAX && !ends_value(text.p[n], quote))
			n++;
		if (n <= FOLDED_MAX && gate_rules(gate, str_first(text, n)) != &gate->rest)
			return true;
	}
	return false;
}
