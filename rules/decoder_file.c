/*
 * Decoder files: YAML to struct decoder.  Whatever is not understood is an error with its place; a decoder without examples,
 * positive ones for each event and at least one line that must yield nothing, does not load.
 */

#include <errno.h>

#include "rules/decoder_file.h"

static int read_programs(struct file *f, const struct yaml_node *node)
{
	int r = file_texts(f, node, &f->dec->programs, &f->dec->n_programs);

	for (size_t i = 0; r == 0 && i < f->dec->n_programs; i++)
		if (str_eq(f->dec->programs[i], STR("*")))
			return fail(f, node,
				    "every program is none; say with starts: or contains: which lines are meant");
	return r;
}

static int read_contains(struct file *f, const struct yaml_node *node)
{
	struct str *texts;
	int r = file_texts(f, node, &texts, &f->dec->n_contains);

	if (r < 0)
		return r;
	f->dec->contains = arena_array(f->arena, struct literal, f->dec->n_contains);
	if (!f->dec->contains)
		return -ENOMEM;
	for (size_t i = 0; i < f->dec->n_contains; i++) {
		if (texts[i].n == 0)
			return fail(f, node, "an empty text is in every line");
		literal_init(&f->dec->contains[i], texts[i]);
	}
	return 0;
}

static const char *const formats[] = { "text", "kv", "json", "csv", "tab", "xml", "sd", "cef", "leef" };

const char *decoder_format(enum format format)
{
	return formats[format];
}

static int read_format(struct file *f, const struct yaml_node *node)
{
	for (size_t i = 0; i < COUNT(formats); i++) {
		if (node->kind == YAML_TEXT && str_eq(node->text, str_of(formats[i]))) {
			f->dec->format = (enum format)i;
			return 0;
		}
	}
	return fail(f, node, "unknown format; known are text, kv, json, csv, tab, xml, sd, cef, leef");
}

static int read_columns(struct file *f, const struct yaml_node *node)
{
	if (node->kind != YAML_LIST)
		return fail(f, node, "expected a list of column names");
	/* A name is an alias of its number: the slot is made for the number, the name leads to it. */
	for (size_t i = 0; i < node->n; i++) {
		char number[24];
		int slot;

		if (node->items[i]->kind != YAML_TEXT)
			return fail(f, node->items[i], "expected a column name");
		snprintf(number, sizeof(number), "%zu", i + 1);
		slot = decoder_slot(f->arena, f->dec, str_of(number));
		if (slot < 0)
			return fail(f, node->items[i], "a decoder may name %d columns at most", KEYS_MAX);
	}
	return 0;
}

static int read_fields(struct file *f, const struct yaml_node *node, const struct yaml_node *columns, struct rule *rule)
{
	size_t n = node ? node->n : 0, more = 0;
	int r = 0;

	if (node && node->kind != YAML_MAP)
		return fail(f, node, "expected a map from fields to keys");
	for (size_t i = 0; i < n; i++)
		more += node->pairs[i].value->kind == YAML_LIST ? node->pairs[i].value->n : 0;
	/* Room for one more of each field: captures of a pattern map themselves. */
	rule->sources = arena_array(f->arena, struct source, n + more + FIELDS);
	if (!rule->sources)
		return -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		if (str_eq(node->pairs[i].key->text, STR("at")))
			r = file_time(f, node->pairs[i].value, columns, rule);
		else
			r = file_sources(f, &node->pairs[i], columns, rule);
	}
	return r;
}

static bool has_source(const struct rule *rule, enum field field)
{
	for (size_t i = 0; i < rule->n_sources; i++)
		if (rule->sources[i].field == field)
			return true;
	return false;
}

/* A capture named like a field is that field; one that begins with '_' is only for `when`. */
static int map_captures(struct file *f, const struct yaml_node *node, struct rule *rule)
{
	for (size_t i = 0; i < rule->n_patterns; i++) {
		for (size_t j = 0; j < rule->patterns[i].n_steps; j++) {
			int slot = rule->patterns[i].steps[j].slot;
			enum field field;

			if (slot < 0 || f->dec->keys[slot].p[0] == '_')
				continue;
			if (!field_parse(f->dec->keys[slot], &field))
				return fail(f, node,
					    "%%{" STR_FMT
					    "} is no field of an event; begin the name with _ if it is only for `when`",
					    STR_ARG(f->dec->keys[slot]));
			if (!has_source(rule, field))
				rule->sources[rule->n_sources++] = (struct source){ .field = field,
										    .kind = SOURCE_SLOT,
										    .slot = (int16_t)slot };
		}
	}
	return 0;
}

static int read_patterns(struct file *f, const struct yaml_node *node, struct rule *rule)
{
	struct str *texts;
	int r = file_texts(f, node, &texts, &rule->n_patterns);

	if (r < 0)
		return r;
	rule->patterns = arena_array(f->arena, struct pattern, rule->n_patterns);
	if (!rule->patterns)
		return -ENOMEM;
	for (size_t i = 0; i < rule->n_patterns; i++) {
		const struct yaml_node *at = node->kind == YAML_LIST ? node->items[i] : node;
		const char *error = "out of memory";

		if (texts[i].n == 0)
			return fail(f, at, "an empty pattern matches nothing that is worth an event");
		r = pattern_compile(f->arena, texts[i], f->dec, &rule->patterns[i], &error);
		if (r < 0)
			return fail(f, at, "%s", error);
	}
	return 0;
}

/* The keys of an example that are no field: line, program, header. */
static int read_example(struct file *f, const struct yaml_node *node, struct example *ex)
{
	const struct yaml_node *line = node, *program = NULL, *header = NULL;

	ex->file_line = node->line;
	ex->file_column = node->column;
	if (node->kind == YAML_MAP) {
		line = yaml_get(node, "line");
		program = yaml_get(node, "program");
		header = yaml_get(node, "header");
	}
	if (!line || line->kind != YAML_TEXT)
		return fail(f, node, "an example needs a line:");
	ex->line = arena_str(f->arena, line->text);
	ex->header = header && str_eq(header->text, STR("yes"));
	if (program)
		ex->program = arena_str(f->arena, program->text);
	else if (f->dec->n_programs > 0 && !str_ends(f->dec->programs[0], STR("*")))
		ex->program = f->dec->programs[0];
	for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		enum field field;

		if (pair->value == line || pair->value == program || pair->value == header)
			continue;
		if (pair->value->kind != YAML_TEXT || !field_parse(pair->key->text, &field))
			return fail(f, pair->key, "expected line, program, header or a field of an event");
		ex->asked |= 1u << field;
		ex->field[field] = arena_str(f->arena, pair->value->text);
	}
	return 0;
}

static int read_examples(struct file *f, const struct yaml_node *node, bool nothing, enum event_type type)
{
	struct example *examples;
	int r = 0;

	if (!node || node->kind != YAML_LIST || node->n == 0)
		return fail(f, node ? node : f->yaml->root, "expected a list of at least one example line");
	examples = arena_array(f->arena, struct example, f->dec->n_examples + node->n);
	if (!examples)
		return -ENOMEM;
	if (f->dec->n_examples > 0)
		memcpy(examples, f->dec->examples, f->dec->n_examples * sizeof(*examples));
	f->dec->examples = examples;
	for (size_t i = 0; i < node->n && r == 0; i++) {
		struct example *ex = &examples[f->dec->n_examples++];

		ex->nothing = nothing;
		ex->type = type;
		r = read_example(f, node->items[i], ex);
	}
	return r;
}

static int read_rule(struct file *f, const struct yaml_node *node, const struct yaml_node *columns, struct rule *rule)
{
	static const char *const known[] = { "type", "also", "pattern", "fields", "when", "unless", "examples", NULL };
	const struct yaml_node *also = yaml_get(node, "also");
	const struct yaml_node *type = yaml_get(node, "type"), *pattern = yaml_get(node, "pattern");
	const struct yaml_node *when = yaml_get(node, "when"), *unless = yaml_get(node, "unless");
	int r = node->kind == YAML_MAP ? yaml_known(f->yaml, node, known, f->diag)
				       : fail(f, node, "expected an event: type, pattern or when, examples");

	rule->line = node->line;
	if (r < 0)
		return r;
	if (!type || !event_type_parse(type->text, &rule->type))
		return fail(f, type ? type : node, "expected type: one of the event types of core/events.def");
	if (also && !(rule->has_also = event_type_parse(also->text, &rule->also)))
		return fail(f, also, "expected also: another of the event types of core/events.def");
	if ((f->dec->format == FORMAT_TEXT) != (pattern != NULL))
		return fail(f, node,
			    f->dec->format == FORMAT_TEXT ? "format text needs a pattern"
							  : "a pattern is for format text; others select with when");
	if (!pattern && !when)
		return fail(f, node, "expected when: which lines are this event");
	if (pattern)
		r = read_patterns(f, pattern, rule);
	if (r == 0)
		r = read_fields(f, yaml_get(node, "fields"), columns, rule);
	if (r == 0 && when)
		r = file_selections(f, when, columns, &rule->when, &rule->n_when);
	if (r == 0 && unless)
		r = file_selections(f, unless, columns, &rule->unless, &rule->n_unless);
	rule->late = file_late(rule->when, rule->n_when) || file_late(rule->unless, rule->n_unless);
	if (r == 0 && pattern)
		r = map_captures(f, pattern, rule);
	if (r == 0)
		r = read_examples(f, yaml_get(node, "examples"), false, rule->type);
	return r;
}

static int read_head(struct file *f, const struct yaml_node *root)
{
	const struct yaml_node *id = yaml_get(root, "decoder"), *node;
	const char *slash = strrchr(f->yaml->file, '/');
	struct str name = str_of(slash ? slash + 1 : f->yaml->file);
	int r = 0;

	if (!id || id->kind != YAML_TEXT || id->text.n == 0)
		return fail(f, root, "expected decoder: ID");
	if (str_ends(name, STR(".yaml")) && !str_eq(str_first(name, name.n - 5), id->text))
		return fail(f, id, "the id must be the name of the file: " STR_FMT,
			    STR_ARG(str_first(name, name.n - 5)));
	f->dec->id = arena_str(f->arena, id->text).p;
	f->dec->file = arena_str(f->arena, str_of(f->yaml->file)).p;
	if ((node = yaml_get(root, "format")))
		r = read_format(f, node);
	if (r == 0 && (node = yaml_get(root, "programs")))
		r = read_programs(f, node);
	if (r == 0 && (node = yaml_get(root, "starts")))
		r = file_texts(f, node, &f->dec->starts, &f->dec->n_starts);
	if (r == 0 && (node = yaml_get(root, "contains")))
		r = read_contains(f, node);
	if (r == 0 && (node = yaml_get(root, "columns")))
		r = read_columns(f, node);
	if (r == 0 && (node = yaml_get(root, "stops")))
		r = file_texts(f, node, &f->dec->stops, &f->dec->n_stops);
	stops_prepare(f->dec);
	if (r == 0 && (node = yaml_get(root, "separator"))) {
		if (node->text.n != 1)
			return fail(f, node, "the separator is one character");
		f->dec->separator = node->text.p[0];
	}
	if (r == 0 && f->dec->n_programs + f->dec->n_starts + f->dec->n_contains == 0)
		return fail(f, root, "expected programs:, starts: or contains: (which lines this decoder is for)");
	return r;
}

static int read_file(struct file *f)
{
	static const char *const known[] = { "decoder", "programs", "starts", "contains", "format", "separator",
					     "columns", "stops",    "events", "nothing",  "join",   NULL };
	const struct yaml_node *root = f->yaml->root, *events;
	int r;

	if (root->kind != YAML_MAP)
		return fail(f, root, "expected decoder:, programs:, events:");
	r = yaml_known(f->yaml, root, known, f->diag);
	if (r == 0)
		r = read_head(f, root);
	if (r == 0 && yaml_get(root, "join"))
		r = join_load(f, yaml_get(root, "join"));
	if (r < 0)
		return r;
	events = yaml_get(root, "events");
	if (!events || events->kind != YAML_LIST || events->n == 0)
		return fail(f, events ? events : root, "expected events: a list");
	f->dec->rules = arena_array(f->arena, struct rule, events->n);
	if (!f->dec->rules)
		return -ENOMEM;
	for (size_t i = 0; i < events->n && r == 0; i++)
		r = read_rule(f, events->items[i], yaml_get(root, "columns"), &f->dec->rules[f->dec->n_rules++]);
	if (r == 0)
		r = read_examples(f, yaml_get(root, "nothing"), true, 0);
	if (r == 0)
		r = gate_build(f->arena, f->dec);
	if (r == 0 && (f->dec->format == FORMAT_TAB || f->dec->format == FORMAT_CSV))
		r = columns_build(f->arena, f->dec);
	return r;
}

int decoder_load(struct arena *arena, const char *path, struct decoder **ret, struct diag *diag)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct file f = { .arena = arena, .diag = diag };
	int r = yaml_load(path, &yaml, diag);

	if (r < 0)
		return r;
	f.yaml = yaml;
	f.dec = arena_new(arena, struct decoder);
	if (!f.dec)
		return -ENOMEM;
	memset(f.dec->key_table, 0xff, sizeof(f.dec->key_table));
	r = read_file(&f);
	if (r < 0)
		return r;
	*ret = f.dec;
	return 0;
}
