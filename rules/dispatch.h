/* What dispatch_build.c makes and dispatch.c walks: candidates by program, then by what their lines begin with. */
#pragma once

#include "rules/compiled.h"
#include "rules/presence.h"

struct candidate {
	const struct decoder *dec;
	const struct rule *rule;       /* NULL: all of the decoder's, after taking the line apart once */
	const struct pattern *pattern; /* text only */
	struct str gate;               /* the line must begin with it */
	bool asks;                     /* the decoder wants a text or a value somewhere in the line */
};

#define NEEDS_MAX 12

/* The candidates of a node that cannot match a text without @byte. */
struct need {
	unsigned char byte;
	uint64_t *without; /* bit set over the node's candidates: those that do without it */
};

/* A node of the tree: the candidates whose gate ends on the way down to here, in order. */
struct node {
	struct str edge;       /* bytes between the parent and here */
	struct node *children; /* sorted by the first byte of their edge */
	unsigned n_children;
	uint16_t *by_byte; /* 256 entries, child + 1, for nodes with many children; NULL otherwise */
	const uint32_t *cands;
	unsigned n_cands;
	struct need *needs; /* of nodes with many candidates */
	unsigned n_needs;
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
	struct program **prefixes; /* those whose name is a prefix, by its first byte, then the longest first */
	uint16_t prefix_from[257]; /* where a first byte's begin; the next one's is where they end */
	struct group any;          /* by the beginning of the text, whatever the program */
	struct group bare; /* the same of decoders that name programs: lines without one, of a program's own file */
};
