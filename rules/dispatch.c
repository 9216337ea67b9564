/*
 * Which rules a line could be.  By program first (a hash), then by the literal text that a pattern begins with (a tree of
 * bytes); lines whose program nobody knows are tried by their beginning alone.  The work for a line depends on the line, and
 * hardly on how many decoders there are.
 */

#include "rules/dispatch.h"

/* A line is sieved when so many candidates were looked at and more than as many are left. */
#define SIEVE_AFTER 5

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

/*
 * Tries the candidates in their order.  After the first few that had to be looked at, the line is sieved, so that many more
 * cost little.
 */
static bool try_all(const struct group *group, const struct node *node, struct str text, const struct dispatch_try *try)
{
	const struct decoder *last = NULL;
	bool sieved = false;
	struct sieve sieve;
	unsigned looked = 0;

	for (unsigned i = 0; i < node->n_cands; i++) {
		const struct candidate *cand = &group->cands[node->cands[i]];

		if (sieved && !sieve_passes(&sieve, &cand->needs))
			continue;
		if (cand->asks && !try->fits(cand->dec, try->arg))
			looked += cand->dec != last; /* the answer for a decoder is looked for once */
		else if (try->match(cand->dec, cand->rule, cand->pattern, try->arg))
			return true;
		else
			looked++;
		last = cand->dec;
		if (!sieved && looked >= SIEVE_AFTER && node->n_cands - i > SIEVE_AFTER) {
			sieve_fill(&sieve, text);
			sieved = true;
		}
	}
	return false;
}

/* Most lines have no candidate at all: that is found out here, without a call. */
static inline bool group_run(const struct group *group, struct str text, const struct dispatch_try *try)
{
	const struct node *node = group_walk(group, text);

	return node->n_cands > 0 && try_all(group, node, text, try);
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

bool dispatch_run(const struct dispatch *dispatch, struct str program, struct str text, const struct dispatch_try *try)
{
	const struct program *known = lookup(dispatch, program), *prefix;
	size_t at;

	if (known && group_run(&known->group, text, try))
		return true;
	at = first_prefix(dispatch, program);
	while ((prefix = next_prefix(dispatch, program, &at)))
		if (group_run(&prefix->group, text, try))
			return true;
	if (program.n == 0 && group_run(&dispatch->bare, text, try))
		return true;
	return group_run(&dispatch->any, text, try);
}

bool dispatch_knows(const struct dispatch *dispatch, struct str program)
{
	size_t at = first_prefix(dispatch, program);

	return lookup(dispatch, program) || next_prefix(dispatch, program, &at);
}
