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

/* A key of the line, or "%{field}": the event's field as the rule fills it. */
static int read_condition_key(struct file *f, const struct yaml_node *node, const struct yaml_node *columns,
			      struct str key, int16_t *ret)
{
	enum field field;
	int slot;

	if (str_starts(key, STR("%{")) && str_ends(key, STR("}"))) {
		if (!field_parse((struct str){ key.p + 2, key.n - 3 }, &field))
			return fail(f, node, STR_FMT " is no field of an event (core/fields.def has them)",
				    STR_ARG(key));
		*ret = (int16_t)~field;
		return 0;
	}
	slot = read_slot(f, columns, key);
	if (slot < 0)
		return fail(f, node, "a decoder may name %d keys at most", KEYS_MAX);
	*ret = (int16_t)slot;
	return 0;
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
		int r = read_modifier(f, node->pairs[i].key, &key, &cond->compare);

		if (r == 0)
			r = read_condition_key(f, node->pairs[i].key, columns, key, &cond->slot);
		if (r < 0)
			return r;
		r = file_texts(f, node->pairs[i].value, &cond->values, &cond->n_values);
		if (r < 0)
			return r;
		condition_prepare(cond);
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

bool file_late(const struct selection *selections, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < selections[i].n; j++)
			if (selections[i].conditions[j].slot < 0)
				return true;
	return false;
}

int file_time(struct file *f, const struct yaml_node *node, const struct yaml_node *columns, struct rule *rule)
{
	struct str *keys;
	size_t n;
	int r = file_texts(f, node, &keys, &n);

	if (r == 0 && (n < 1 || n > 2))
		return fail(f, node, "expected a key, or two: of the date and of the time");
	for (size_t i = 0; r == 0 && i < n; i++) {
		int slot = read_slot(f, columns, keys[i]);

		if (slot < 0)
			return fail(f, node, "a decoder may name %d keys at most", KEYS_MAX);
		rule->at[i] = (int16_t)slot;
	}
	rule->n_at = r == 0 ? n : 0;
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
	if (label->kind == YAML_LIST && label->n > LABELS_MAX)
		return fail(f, label, "a label may have %d spellings at most", LABELS_MAX);
	return file_texts(f, label, &src->labels, &src->n_labels);
}

static int read_source(struct file *f, const struct yaml_node *node, const struct yaml_node *columns,
		       struct source *src)
{
	struct str text = node->text;
	int slot;

	if (node->kind == YAML_MAP)
		return read_label(f, node, columns, src);
	if (node->kind != YAML_TEXT || text.n == 0)
		return fail(f, node, "expected a key, \"=constant\" or {label, nth, of}");
	if (text.p[0] == '=') {
		src->kind = SOURCE_CONSTANT;
		src->constant = arena_str(f->arena, str_from(text, 1));
		return 0;
	}
	slot = read_slot(f, columns, text);
	if (slot < 0)
		return fail(f, node, "a decoder may name %d keys at most", KEYS_MAX);
	src->kind = SOURCE_SLOT;
	src->slot = (int16_t)slot;
	return 0;
}

int file_sources(struct file *f, const struct yaml_pair *pair, const struct yaml_node *columns, struct rule *rule)
{
	const struct yaml_node *value = pair->value;
	size_t n = value->kind == YAML_LIST ? value->n : 1;
	enum field field;
	int r = 0;

	if (!field_parse(pair->key->text, &field))
		return fail(f, pair->key, "\"" STR_FMT "\" is no field of an event (core/fields.def has them)",
			    STR_ARG(pair->key->text));
	/* A later source takes the place of an earlier one: the first of a list comes last. */
	for (size_t i = n; r == 0 && i > 0; i--) {
		struct source *src = &rule->sources[rule->n_sources++];

		src->field = field;
		r = read_source(f, value->kind == YAML_LIST ? value->items[i - 1] : value, columns, src);
	}
	return r;
}
