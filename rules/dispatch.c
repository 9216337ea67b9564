/*
 * Which rules a line could be.  By program first (a hash), then by the literal text that a pattern begins with (a tree of
 * bytes); lines whose program nobody knows are tried by their beginning alone.  The work for a line depends on the line, and
 * hardly on how many decoders there are.
 */

#include <errno.h>

#include "rules/compiled.h"

struct candidate {
	const struct decoder *dec;
	const struct rule *rule;       /* NULL: all of the decoder's, after taking the line apart once */
	const struct pattern *pattern; /* text only */
	struct str gate;               /* the line must begin with it */
};

/* A node of the tree: the candidates whose gate ends on the way down to here, in order. */
struct node {
	struct str edge;       /* bytes between the parent and here */
	struct node *children; /* sorted by the first byte of their edge */
	unsigned n_children;
	uint16_t *by_byte; /* 256 entries, child + 1, for nodes with many children; NULL otherwise */
	const uint32_t *cands;
	unsigned n_cands;
};

struct group {
	struct candidate *cands;
	uint32_t n, size;
	struct node root;
};

struct program {
	struct str name; /* a prefix when .prefix */
	bool prefix;
	struct group group;
};

struct dispatch {
	struct program *programs;
	size_t n_programs, n_prefixes;
	uint32_t *table; /* index + 1 into programs */
	size_t table_mask;
	struct program **prefixes; /* those whose name is a prefix, longest first */
	struct group any;          /* by the beginning of the text, whatever the program */
};

static int group_add(struct group *group, struct candidate cand)
{
	if (group->n == group->size) {
		uint32_t size = group->size ? group->size * 2 : 16;
		struct candidate *cands = realloc(group->cands, size * sizeof(*cands));

		if (!cands)
			return -ENOMEM;
		group->cands = cands;
		group->size = size;
	}
	group->cands[group->n++] = cand;
	return 0;
}

/* The literal that both say a line begins with: the longer one, when one begins with the other; else the pattern's own. */
static struct str longer_gate(struct str start, struct str prefix)
{
	return str_starts(prefix, start) ? prefix : start;
}

/* Adds what @dec can be to @group; @start: the line is known to begin with it (empty: nothing is known). */
static int group_add_decoder(struct group *group, const struct decoder *dec, struct str start)
{
	int r = 0;

	if (dec->format != FORMAT_TEXT)
		return group_add(group, (struct candidate){ .dec = dec, .gate = start });
	for (size_t i = 0; i < dec->n_rules && r == 0; i++) {
		for (size_t j = 0; j < dec->rules[i].n_patterns && r == 0; j++) {
			const struct pattern *pattern = &dec->rules[i].patterns[j];

			if (str_starts(start, pattern->prefix) || str_starts(pattern->prefix, start))
				r = group_add(group, (struct candidate){ dec, &dec->rules[i], pattern,
									 longer_gate(start, pattern->prefix) });
		}
	}
	return r;
}

static size_t common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* Candidates below a node: a slice of an array sorted by gate, and those of the way, sorted by order. */
struct slice {
	uint32_t *by_gate;
	size_t n;
	size_t depth; /* bytes of their gates that the way has used */
};

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static struct str gate_rest(const struct group *group, uint32_t i, size_t depth)
{
	return str_from(group->cands[i].gate, depth);
}

/* Fills @node from @slice (whose gates agree in the first .depth bytes); @way are the candidates above. */
static int node_build(struct arena *arena, const struct group *group, struct node *node, struct slice slice,
		      const uint32_t *way, size_t n_way)
{
	size_t here = 0, n_children = 0, at;
	uint32_t *cands;

	while (here < slice.n && gate_rest(group, slice.by_gate[here], slice.depth).n == 0)
		here++;
	cands = arena_array(arena, uint32_t, n_way + here);
	if (!cands)
		return -ENOMEM;
	if (n_way > 0)
		memcpy(cands, way, n_way * sizeof(*cands));
	if (here > 0)
		memcpy(cands + n_way, slice.by_gate, here * sizeof(*cands));
	qsort(cands, n_way + here, sizeof(*cands), by_number);
	node->cands = cands;
	node->n_cands = (unsigned)(n_way + here);

	for (size_t i = here; i < slice.n; i++)
		n_children += i == here || gate_rest(group, slice.by_gate[i], slice.depth).p[0] !=
						   gate_rest(group, slice.by_gate[i - 1], slice.depth).p[0];
	node->children = arena_array(arena, struct node, n_children);
	if (!node->children)
		return -ENOMEM;
	if (n_children > 3) {
		node->by_byte = arena_array(arena, uint16_t, 256);
		if (!node->by_byte)
			return -ENOMEM;
	}

	at = here;
	while (at < slice.n) {
		struct str first = gate_rest(group, slice.by_gate[at], slice.depth), edge = first;
		struct node *child = &node->children[node->n_children++];
		size_t end = at;
		int r;

		for (; end < slice.n; end++) {
			struct str gate = gate_rest(group, slice.by_gate[end], slice.depth);

			if (gate.p[0] != first.p[0])
				break;
			edge = str_first(edge, common(edge, gate));
		}
		child->edge = edge;
		if (node->by_byte)
			node->by_byte[(unsigned char)edge.p[0]] = (uint16_t)node->n_children;
		r = node_build(arena, group, child,
			       (struct slice){ slice.by_gate + at, end - at, slice.depth + edge.n }, cands,
			       n_way + here);
		if (r < 0)
			return r;
		at = end;
	}
	return 0;
}

static int by_gate(const void *a, const void *b, void *arg)
{
	const struct group *group = arg;
	struct str x = group->cands[*(const uint32_t *)a].gate, y = group->cands[*(const uint32_t *)b].gate;
	size_t n = x.n < y.n ? x.n : y.n;
	int r = n ? memcmp(x.p, y.p, n) : 0;

	if (r == 0)
		r = (x.n > y.n) - (x.n < y.n);
	return r ? r : by_number(a, b);
}

/* Moves the candidates into the arena and grows the tree over them. */
static int group_build(struct arena *arena, struct group *group)
{
	struct candidate *cands = arena_array(arena, struct candidate, group->n);
	_free_ uint32_t *order = calloc(group->n ? group->n : 1, sizeof(*order));

	if (!cands || !order)
		return -ENOMEM;
	if (group->n > 0)
		memcpy(cands, group->cands, group->n * sizeof(*cands));
	free(group->cands);
	group->cands = cands;
	for (uint32_t i = 0; i < group->n; i++)
		order[i] = i;
	qsort_r(order, group->n, sizeof(*order), by_gate, group);
	return node_build(arena, group, &group->root, (struct slice){ order, group->n, 0 }, NULL, 0);
}

static struct program *program_find(struct dispatch *dispatch, struct str name, bool prefix)
{
	for (size_t i = 0; i < dispatch->n_programs; i++)
		if (dispatch->programs[i].prefix == prefix && str_eq(dispatch->programs[i].name, name))
			return &dispatch->programs[i];
	return NULL;
}

static int add_program(struct dispatch *dispatch, const struct decoder *dec, struct str name)
{
	bool prefix = name.n > 0 && name.p[name.n - 1] == '*';
	struct program *program;

	if (prefix)
		name.n--;
	program = program_find(dispatch, name, prefix);
	if (!program) {
		program = &dispatch->programs[dispatch->n_programs++];
		program->name = name;
		program->prefix = prefix;
	}
	return group_add_decoder(&program->group, dec, (struct str){ "", 0 });
}

static int add_decoder(struct dispatch *dispatch, const struct decoder *dec)
{
	int r = 0;

	for (size_t i = 0; i < dec->n_programs && r == 0; i++)
		r = add_program(dispatch, dec, dec->programs[i]);
	for (size_t i = 0; i < dec->n_starts && r == 0; i++)
		r = group_add_decoder(&dispatch->any, dec, dec->starts[i]);
	if (r == 0 && dec->n_programs == 0 && dec->n_starts == 0) {
		/* Only `contains`: the first byte of its format is all that is known. */
		struct str first = dec->format == FORMAT_JSON  ? STR("{")
				   : dec->format == FORMAT_XML ? STR("<")
							       : STR("");

		r = group_add_decoder(&dispatch->any, dec, first);
	}
	return r;
}

/* A prefix program also sees what an exact one of a longer name does not take; the longest is tried first. */
static int longest_first(const void *a, const void *b)
{
	size_t x = (*(struct program *const *)a)->name.n, y = (*(struct program *const *)b)->name.n;

	return (x < y) - (x > y);
}

static int index_programs(struct arena *arena, struct dispatch *dispatch)
{
	size_t size = 64;

	while (size < dispatch->n_programs * 4)
		size *= 2;
	dispatch->table = arena_array(arena, uint32_t, size);
	dispatch->prefixes = arena_array(arena, struct program *, dispatch->n_programs);
	if (!dispatch->table || !dispatch->prefixes)
		return -ENOMEM;
	dispatch->table_mask = size - 1;
	for (size_t i = 0; i < dispatch->n_programs; i++) {
		struct program *program = &dispatch->programs[i];
		size_t slot = quick_hash(program->name) & dispatch->table_mask;

		if (program->prefix) {
			dispatch->prefixes[dispatch->n_prefixes++] = program;
			continue;
		}
		while (dispatch->table[slot])
			slot = (slot + 1) & dispatch->table_mask;
		dispatch->table[slot] = (uint32_t)i + 1;
	}
	qsort(dispatch->prefixes, dispatch->n_prefixes, sizeof(*dispatch->prefixes), longest_first);
	return 0;
}

int dispatch_build(struct arena *arena, struct decoder *const *decs, size_t n, struct dispatch **ret)
{
	struct dispatch *dispatch = arena_new(arena, struct dispatch);
	size_t names = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		names += decs[i]->n_programs;
	if (dispatch)
		dispatch->programs = arena_array(arena, struct program, names);
	if (!dispatch || !dispatch->programs)
		return -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++)
		r = add_decoder(dispatch, decs[i]);
	for (size_t i = 0; i < dispatch->n_programs; i++) {
		int built = group_build(arena, &dispatch->programs[i].group);

		r = r < 0 ? r : built;
	}
	if (r == 0)
		r = group_build(arena, &dispatch->any);
	if (r == 0)
		r = index_programs(arena, dispatch);
	*ret = dispatch;
	return r;
}

static const struct node *node_child(const struct node *node, unsigned char c)
{
	if (node->by_byte)
		return node->by_byte[c] ? &node->children[node->by_byte[c] - 1] : NULL;
	for (unsigned i = 0; i < node->n_children; i++)
		if ((unsigned char)node->children[i].edge.p[0] == c)
			return &node->children[i];
	return NULL;
}

/* Down the tree as far as the text goes: that node's list has all candidates of the way. */
static const struct node *group_walk(const struct group *group, struct str text)
{
	const struct node *node = &group->root;

	while (text.n > 0) {
		const struct node *child = node_child(node, (unsigned char)text.p[0]);

		if (!child || !str_starts(text, child->edge))
			break;
		text = str_from(text, child->edge.n);
		node = child;
	}
	return node;
}

typedef bool try_fn(const struct decoder *dec, const struct rule *rule, const struct pattern *pattern, void *arg);

static bool group_run(const struct group *group, struct str text, try_fn *try, void *arg)
{
	const struct node *node = group_walk(group, text);

	for (unsigned i = 0; i < node->n_cands; i++) {
		const struct candidate *cand = &group->cands[node->cands[i]];

		if (try(cand->dec, cand->rule, cand->pattern, arg))
			return true;
	}
	return false;
}

static const struct program *lookup(const struct dispatch *dispatch, struct str name)
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

bool dispatch_run(const struct dispatch *dispatch, struct str program, struct str text, try_fn *try, void *arg)
{
	const struct program *known = lookup(dispatch, program);

	if (known && group_run(&known->group, text, try, arg))
		return true;
	for (size_t i = 0; i < dispatch->n_prefixes; i++)
		if (str_starts(program, dispatch->prefixes[i]->name) &&
		    group_run(&dispatch->prefixes[i]->group, text, try, arg))
			return true;
	return group_run(&dispatch->any, text, try, arg);
}

bool dispatch_knows(const struct dispatch *dispatch, struct str program)
{
	if (lookup(dispatch, program))
		return true;
	for (size_t i = 0; i < dispatch->n_prefixes; i++)
		if (str_starts(program, dispatch->prefixes[i]->name))
			return true;
	return false;
}
