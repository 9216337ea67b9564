/* Decoder files, second half: how events select lines, where fields come from, and which key keeps foreign lines away. */

#include <errno.h>

#include "rules/decoder_file.h"

int file_texts(struct file *f, const struct yaml_node *node, struct str **ret, size_t *ret_n)
{
	size_t n = node->kind == YAML_LIST ? node->n : 1;
	struct str *texts = arena_array(f->arena, struct str, n);

	if (!texts)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ? node->items[i] : node;

		if (item->kind != YAML_TEXT)
			return fail(f, item, "expected a text");
		texts[i] = arena_str(f->arena, item->text);
	}
	*ret = texts;
	*ret_n = n;
	return 0;
}

/* Slot of @key; for csv and tab a column's name stands for its number. */
static int read_slot(struct file *f, const struct yaml_node *columns, struct str key)
{
	char number[24];

	for (size_t i = 0; columns && i < columns->n; i++) {
		if (str_eq(columns->items[i]->text, key)) {
			snprintf(number, sizeof(number), "%zu", i + 1);
			return decoder_slot(f->arena, f->dec, str_of(number));
		}
	}
	return decoder_slot(f->arena, f->dec, key);
}

/* "key|contains": cuts the modifier off @key. */
static int read_modifier(struct file *f, const struct yaml_node *node, struct str *key, enum compare *ret)
{
	static const struct {
		struct str name;
		enum compare compare;
	} known[] = { { { "contains", 8 }, COMPARE_CONTAINS },
		      { { "startswith", 10 }, COMPARE_STARTS },
		      { { "endswith", 8 }, COMPARE_ENDS } };
	struct str rest = *key, name = str_cut(&rest, '|');

	*key = name;
	*ret = COMPARE_EQUAL;
	if (rest.n == 0)
		return 0;
	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_eq(rest, known[i].name)) {
			*ret = known[i].compare;
			return 0;
		}
	}
	return fail(f, node, "unknown modifier; known are |contains, |startswith, |endswith");
}

static int read_selection(struct file *f, const struct yaml_node *node, const struct yaml_node *columns,
			  struct selection *ret)
{
	if (node->kind != YAML_MAP || node->n == 0)
		return fail(f, node, "expected a map of keys and the values they must have");
	ret->n = node->n;
	ret->conditions = arena_array(f->arena, struct condition, node->n);
	if (!ret->conditions)
		return -ENOMEM;
	for (size_t i = 0; i < node->n; i++) {
		struct condition *cond = &ret->conditions[i];
		struct str key = node->pairs[i].key->text;
		int r = read_modifier(f, node->pairs[i].key, &key, &cond->compare), slot;

		if (r < 0)
			return r;
		slot = read_slot(f, columns, key);
		if (slot < 0)
			return fail(f, node->pairs[i].key, "a decoder may name %d keys at most", KEYS_MAX);
		cond->slot = (int16_t)slot;
		r = file_texts(f, node->pairs[i].value, &cond->values, &cond->n_values);
		if (r < 0)
			return r;
	}
	return 0;
}

int file_selections(struct file *f, const struct yaml_node *node, const struct yaml_node *columns,
		    struct selection **ret, size_t *ret_n)
{
	size_t n = node->kind == YAML_LIST ? node->n : 1;
	int r = 0;

	*ret = arena_array(f->arena, struct selection, n);
	if (!*ret)
		return -ENOMEM;
	*ret_n = n;
	for (size_t i = 0; i < n && r == 0; i++)
		r = read_selection(f, node->kind == YAML_LIST ? node->items[i] : node, columns, &(*ret)[i]);
	return r;
}

/* {label: [..], nth: N, of: KEY} */
static int read_label(struct file *f, const struct yaml_node *node, const struct yaml_node *columns, struct source *src)
{
	static const char *const known[] = { "label", "nth", "of", NULL };
	const struct yaml_node *label = yaml_get(node, "label"), *nth = yaml_get(node, "nth"),
			       *of = yaml_get(node, "of");
	int64_t number = 1;
	int slot, r = yaml_known(f->yaml, node, known, f->diag);

	if (r < 0)
		return r;
	if (!label || !of || of->kind != YAML_TEXT)
		return fail(f, node, "expected label: and of: (the key whose text holds the label)");
	if (nth && (!str_int(nth->text, &number) || number == 0 || number < -1 || number > 100))
		return fail(f, nth, "nth is 1, 2, ... or -1 for the last");
	slot = read_slot(f, columns, of->text);
	if (slot < 0)
		return fail(f, of, "a decoder may name %d keys at most", KEYS_MAX);
	src->kind = SOURCE_LABEL;
	src->slot = (int16_t)slot;
	src->nth = (int)number;
	return file_texts(f, label, &src->labels, &src->n_labels);
}

int file_source(struct file *f, const struct yaml_pair *pair, const struct yaml_node *columns, struct source *src)
{
	struct str text = pair->value->text;
	int slot;

	if (!field_parse(pair->key->text, &src->field))
		return fail(f, pair->key, "\"" STR_FMT "\" is no field of an event (core/fields.def has them)",
			    STR_ARG(pair->key->text));
	if (pair->value->kind == YAML_MAP)
		return read_label(f, pair->value, columns, src);
	if (pair->value->kind != YAML_TEXT || text.n == 0)
		return fail(f, pair->value, "expected a key, \"=constant\" or {label, nth, of}");
	if (text.p[0] == '=') {
		src->kind = SOURCE_CONSTANT;
		src->constant = arena_str(f->arena, str_from(text, 1));
		return 0;
	}
	slot = read_slot(f, columns, text);
	if (slot < 0)
		return fail(f, pair->value, "a decoder may name %d keys at most", KEYS_MAX);
	src->kind = SOURCE_SLOT;
	src->slot = (int16_t)slot;
	return 0;
}

/* The condition with which @rule asks @slot for equality; NULL when it does not (in each of its alternatives). */
static bool asks(const struct rule *rule, int16_t slot, struct str **values, size_t *n)
{
	for (size_t i = 0; i < rule->n_when; i++) {
		bool found = false;

		for (size_t j = 0; j < rule->when[i].n && !found; j++) {
			const struct condition *cond = &rule->when[i].conditions[j];

			found = cond->slot == slot && cond->compare == COMPARE_EQUAL;
			for (size_t k = 0; found && k < cond->n_values; k++)
				(*values)[(*n)++] = cond->values[k];
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

/* How @key stands in a line of @format, up to its value; nothing where that cannot be said. */
static struct str gate_text(struct arena *arena, enum format format, struct str key)
{
	char text[300];
	ssize_t dot;

	while ((dot = str_index(key, '.')) >= 0)
		key = str_from(key, (size_t)dot + 1);
	if (key.n == 0 || key.n > 200 || str_index(key, '@') >= 0)
		return (struct str){ 0 };
	if (format == FORMAT_JSON)
		snprintf(text, sizeof(text), "\"" STR_FMT "\":", STR_ARG(key));
	else if (format == FORMAT_KV)
		snprintf(text, sizeof(text), STR_FMT "=", STR_ARG(key));
	else
		return (struct str){ 0 };
	return arena_str(arena, str_of(text));
}

/*
 * Finds a key that every rule compares for equality.  It only keeps lines away that cannot match; what matches is decided
 * by the keys themselves, so text that looks like a key changes nothing.
 */
int file_gate(struct file *f)
{
	struct decoder *dec = f->dec;
	size_t room = count_values(dec);
	struct str *values = arena_array(f->arena, struct str, room);

	if (!values)
		return -ENOMEM;
	for (size_t slot = 0; slot < dec->n_keys; slot++) {
		struct str text = gate_text(f->arena, dec->format, dec->keys[slot]);
		bool all = text.n > 0 && dec->n_rules > 0;
		size_t n = 0;

		for (size_t i = 0; i < dec->n_rules && all; i++)
			all = asks(&dec->rules[i], (int16_t)slot, &values, &n);
		for (size_t i = 0; i < n && all; i++)
			all = values[i].n > 0 && str_index(values[i], '\\') < 0 && str_index(values[i], '"') < 0;
		if (!all)
			continue;
		literal_init(&dec->gate, text);
		dec->gate_values = values;
		dec->n_gate_values = n;
		return 0;
	}
	return 0;
}
