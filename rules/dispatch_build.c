/*
 * Compiles decoders into the tree that dispatch.c walks: a group of candidates for each program, and one for lines that are
 * known by their beginning alone.
 */

#include <errno.h>

#include "rules/dispatch.h"

/* A node of fewer candidates tries them one after the other. */
#define NEEDS_FROM 6
/* Rare bytes that are looked for on behalf of one candidate. */
#define COVERS 2

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
									 longer_gate(start, pattern->prefix), false });
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

/* Marks the bytes of @text that few lines hold: how much each says, the rarest most. */
static void bytes_need(struct str text, uint8_t needed[static 256])
{
	for (size_t i = 0; i < text.n; i++) {
		int common = byte_commonness((unsigned char)text.p[i]);

		needed[(unsigned char)text.p[i]] = (uint8_t)(common < 16 ? 64 - 4 * common : 0);
	}
}

/* The bytes without which @cand cannot match, beside those of its gate. */
static void candidate_needs(const struct candidate *cand, uint8_t needed[static 256])
{
	memset(needed, 0, 256);
	if (cand->pattern) {
		for (size_t i = 0; i < cand->pattern->n_steps; i++)
			bytes_need(cand->pattern->steps[i].after.text, needed);
	} else if (cand->dec->n_contains == 1 && !cand->dec->implied) {
		bytes_need(cand->dec->contains[0].text, needed);
	}
}

/*
 * Few bytes that many candidates of @node need: the one that says most of those that are not covered by two yet, again and
 * again: a line that holds one rare byte by chance seldom holds the other.
 * Nothing is asked for one candidate alone: trying it costs no more.
 */
static int needs_build(struct arena *arena, const struct group *group, struct node *node)
{
	size_t words = (node->n_cands + 63) / 64;
	bool chosen[256] = { false };
	_free_ uint8_t *needed = calloc(node->n_cands, 256);
	_free_ uint8_t *covered = calloc(node->n_cands, 1); /* by how many bytes */

	if (!needed || !covered)
		return -ENOMEM;
	for (unsigned i = 0; i < node->n_cands; i++)
		candidate_needs(&group->cands[node->cands[i]], needed + i * 256);
	node->needs = arena_array(arena, struct need, NEEDS_MAX);
	while (node->needs && node->n_needs < NEEDS_MAX) {
		struct need *need = &node->needs[node->n_needs];
		unsigned best = 0, best_score = 0, best_count = 0;

		for (unsigned byte = 0; byte < 256; byte++) {
			unsigned score = 0, count = 0;

			if (chosen[byte])
				continue;

			for (unsigned i = 0; i < node->n_cands; i++) {
				score += covered[i] < COVERS ? needed[i * 256 + byte] : 0;
				count += covered[i] < COVERS && needed[i * 256 + byte];
			}
			if (score > best_score) {
				best = byte;
				best_score = score;
				best_count = count;
			}
		}
		if (best_count < 2)
			break;
		need->byte = (unsigned char)best;
		chosen[best] = true;
		need->without = arena_array(arena, uint64_t, words);
		if (!need->without)
			return -ENOMEM;
		for (unsigned i = 0; i < node->n_cands; i++) {
			if (!needed[i * 256 + best])
				need->without[i / 64] |= (uint64_t)1 << i % 64;
			covered[i] += needed[i * 256 + best] > 0;
		}
		node->n_needs++;
	}
	return node->needs ? 0 : -ENOMEM;
}

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
	if (node->n_cands >= NEEDS_FROM && needs_build(arena, group, node) < 0)
		return -ENOMEM;

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
	for (uint32_t i = 0; i < group->n; i++) {
		order[i] = i;
		cands[i].asks = cands[i].dec->format != FORMAT_JSON &&
				(cands[i].dec->n_contains > 0 || cands[i].dec->gate.literal.text.n > 0);
	}
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
		r = group_add_decoder(dec->n_programs > 0 ? &dispatch->bare : &dispatch->any, dec, dec->starts[i]);
	if (r == 0 && dec->n_programs == 0 && dec->n_starts == 0) {
		/* Only `contains`: the first byte of its format is all that is known. */
		struct str first = dec->format == FORMAT_JSON  ? STR("{")
				   : dec->format == FORMAT_XML ? STR("<")
				   : dec->format == FORMAT_SD  ? STR("[")
							       : STR("");

		r = group_add_decoder(&dispatch->any, dec, first);
	}
	return r;
}

/* A prefix program also sees what an exact one of a longer name does not take; the longest is tried first. */
static int by_first_byte(const void *a, const void *b)
{
	const struct str x = (*(struct program *const *)a)->name, y = (*(struct program *const *)b)->name;
	unsigned char first_x = x.n > 0 ? (unsigned char)x.p[0] : 0, first_y = y.n > 0 ? (unsigned char)y.p[0] : 0;

	if (first_x != first_y)
		return first_x < first_y ? -1 : 1;
	return (x.n < y.n) - (x.n > y.n);
}

static void index_prefixes(struct dispatch *dispatch)
{
	size_t at = 0;

	qsort(dispatch->prefixes, dispatch->n_prefixes, sizeof(*dispatch->prefixes), by_first_byte);
	for (unsigned byte = 0; byte <= 256; byte++) {
		while (at < dispatch->n_prefixes && (unsigned char)dispatch->prefixes[at]->name.p[0] < byte)
			at++;
		dispatch->prefix_from[byte] = (uint16_t)at;
	}
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
	index_prefixes(dispatch);
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
		r = group_build(arena, &dispatch->bare);
	if (r == 0)
		r = index_programs(arena, dispatch);
	*ret = dispatch;
	return r;
}
