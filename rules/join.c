/*
 * The `join:` of decoder files.  What one would get wrong: the other side chooses text inside of such lines, so a line is
 * recognised by a pattern from its beginning, and what lines have in common is a short word without blanks.
 */

#include "rules/join.h"

#include <errno.h>

#include "core/when.h"
#include "rules/decoder_file.h"

#define WITHIN MINUTES(1)

struct join_pattern {
	struct pattern pattern;
	enum join_act act;
	unsigned kind;
};

struct join {
	const struct decoder *dec;
	struct decoder *names; /* whose only capture is the id */
	bool process;          /* the id is the number of the process */
	int16_t slot;
	usec_t within;
	struct join_pattern *patterns;
	size_t n;
};

static int read_patterns(struct file *f, struct join *join, const struct yaml_node *node, enum join_act act,
			 unsigned *kinds)
{
	struct str *texts;
	size_t n;
	int r = node ? file_texts(f, node, &texts, &n) : 0;

	for (size_t i = 0; node && r == 0 && i < n; i++) {
		struct join_pattern *to = &join->patterns[join->n++];
		const char *error = NULL;

		to->act = act;
		to->kind = act == JOIN_HOLD ? 0 : *kinds;
		*kinds += act == JOIN_KEEP || (act == JOIN_HOLD && i == 0);
		r = pattern_compile(f->arena, texts[i], join->names, &to->pattern, &error);
		if (r == -EBADMSG)
			return fail(f, node, "%s", error);
		if (r == 0 && to->pattern.prefix.n == 0)
			return fail(f, node, "a line to join must be known by its beginning");
		if (r == 0 && !join->process && str_find(texts[i], STR("%{id}")) < 0)
			return fail(f, node, "expected %%{id} in it, or id: process");
	}
	return r;
}

static size_t size_of(const struct yaml_node *node)
{
	return !node ? 0 : node->kind == YAML_LIST ? node->n : 1;
}

int join_load(struct file *f, const struct yaml_node *node)
{
	static const char *const known[] = { "id", "keep", "hold", "take", "end", "within", NULL };
	const struct yaml_node *id = yaml_get(node, "id"), *within = yaml_get(node, "within");
	const struct yaml_node *keep = yaml_get(node, "keep"), *hold = yaml_get(node, "hold"),
			       *take = yaml_get(node, "take"), *end = yaml_get(node, "end");
	struct join *join = arena_new(f->arena, struct join);
	unsigned kinds = 0;
	int r;

	if (!join || !(join->names = arena_new(f->arena, struct decoder)))
		return -ENOMEM;
	if (node->kind != YAML_MAP)
		return fail(f, node, "expected keep:, hold:, take:, end:");
	r = yaml_known(f->yaml, node, known, f->diag);
	if (r < 0)
		return r;
	if (!take || (!keep && !hold))
		return fail(f, node, "expected take: and keep: or hold:");
	if (size_of(keep) + (hold ? 1 : 0) > JOIN_KINDS)
		return fail(f, node, "at most %d kinds of parts", JOIN_KINDS);
	if (id && !(id->kind == YAML_TEXT && str_eq(id->text, STR("process"))))
		return fail(f, id, "expected process, or nothing and %%{id} in each line");
	join->within = WITHIN;
	if (within && (within->kind != YAML_TEXT || !when_parse_span(within->text, &join->within)))
		return fail(f, within, "expected a time such as 30s or 10m");
	join->dec = f->dec;
	join->process = id != NULL;
	memset(join->names->key_table, 0xff, sizeof(join->names->key_table));
	join->slot = (int16_t)decoder_slot(f->arena, join->names, STR("id"));
	join->patterns = arena_array(f->arena, struct join_pattern,
				     size_of(keep) + size_of(hold) + size_of(take) + size_of(end));
	if (!join->patterns)
		return -ENOMEM;
	r = read_patterns(f, join, hold, JOIN_HOLD, &kinds);
	if (r == 0)
		r = read_patterns(f, join, keep, JOIN_KEEP, &kinds);
	if (r == 0)
		r = read_patterns(f, join, take, JOIN_TAKE, &kinds);
	if (r == 0)
		r = read_patterns(f, join, end, JOIN_END, &kinds);
	if (r == 0 && join->names->n_keys > 1)
		return fail(f, node, "the only name here is %%{id}; the rest is %%{}");
	f->dec->join = join;
	return r;
}

/* "PROGRAM[12]" in front of the text: what stands behind it was said by that process. */
static struct str process_of(const struct record *rec)
{
	struct str head = str_first(rec->raw, rec->raw.n > rec->text.n ? rec->raw.n - rec->text.n : 0), id;
	ssize_t at = rec->program.n > 0 ? str_find(head, rec->program) : -1;

	id = at < 0 ? (struct str){ 0 } : str_from(head, (size_t)at + rec->program.n);
	if (id.n == 0 || id.p[0] != '[')
		return (struct str){ 0 };
	id = str_from(id, 1);
	return str_cut(&id, ']');
}

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
		      c == ':' || c == '_' || c == '-'))
			return false;
	}
	return s.n > 0 && s.n <= JOIN_ID;
}

static bool speaks(const struct decoder *dec, struct str program)
{
	if (program.n == 0)
		return true;
	for (size_t i = 0; i < dec->n_programs; i++)
		if (quick_eq(dec->programs[i], program))
			return true;
	return false;
}

bool decoders_join(const struct decoders *set, const struct record *rec, struct join_line *ret)
{
	for (unsigned i = 0; i < set->n_joins; i++) {
		const struct join *join = set->joins[i];

		if (!speaks(join->dec, rec->program))
			continue;
		for (size_t j = 0; j < join->n; j++) {
			const struct join_pattern *pattern = &join->patterns[j];
			struct str value = { 0 };
			struct match m = { .text = rec->text, .value = &value };

			if (!str_starts(rec->text, pattern->pattern.prefix) || !pattern_match(&pattern->pattern, &m))
				continue;
			if (join->process)
				value = process_of(rec);
			if (!is_id(value))
				continue;
			*ret = (struct join_line){ i, pattern->act, pattern->kind, join->within, value };
			return true;
		}
	}
	return false;
}

int joins_build(struct decoders *set)
{
	set->joins = arena_array(&set->arena, const struct join *, set->n);
	if (!set->joins)
		return -ENOMEM;
	for (size_t i = 0; i < set->n; i++)
		if (set->decs[i]->join)
			set->joins[set->n_joins++] = set->decs[i]->join;
	return 0;
}
