/*
 * YAML by libfyaml's event parser: we build our own tree from its events, so that what we refuse (anchors, aliases, tags,
 * merge keys, several documents) never reaches the library's document code, and so that every node keeps its place.  The
 * bytes are checked before the library sees them.  What it has to say is collected and never printed.
 */
#include "rules/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>

#include "rules/file.h"

#define DEPTH_MAXIMUM 32
#define BLOCK_SIZE 8192

struct block {
	struct block *next;
	size_t used, size;
	char bytes[];
};

struct tree {
	struct yaml yaml; /* first: what callers hold */
	struct block *blocks;
};

/* A list or map that has begun and not ended; in a map keys and values take turns. */
struct level {
	struct yaml_node *node;
	const struct yaml_node **child;
	size_t n, size;
};

struct builder {
	struct tree *tree;
	struct level level[DEPTH_MAXIMUM];
	int depth;
	int line, column; /* where the last token was, for nodes that have none */
	bool root, done;  /* a root was made; its document has ended */
	struct diag *diag;
};

static void *tree_alloc(struct tree *tree, size_t n)
{
	struct block *block = tree->blocks;
	size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;

	n = (n + 15) & ~(size_t)15;
	size = (size + 15) & ~(size_t)15;
	if (!block || block->size - block->used < n) {
		block = malloc(sizeof(*block) + size);
		if (!block)
			return NULL;
		*block = (struct block){ .next = tree->blocks, .size = size };
		tree->blocks = block;
	}
	block->used += n;
	return block->bytes + block->used - n;
}

void yaml_free(struct yaml *yaml)
{
	struct tree *tree = (struct tree *)yaml;

	while (tree && tree->blocks) {
		struct block *block = tree->blocks;

		tree->blocks = block->next;
		free(block);
	}
	free(tree);
}

static char *tree_copy(struct tree *tree, struct str s)
{
	char *copy = tree_alloc(tree, s.n + 1);

	if (!copy)
		return NULL;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

static int builder_refuse(struct builder *b, const char *what)
{
	return diag_at(b->diag, b->tree->yaml.file, b->line, b->column, "%s", what);
}

static int pair_compare(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a, *y = *(const struct yaml_node *const *)b;
	size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
	int by_text = n > 0 ? memcmp(x->text.p, y->text.p, n) : 0;

	if (by_text != 0)
		return by_text;
	if (x->text.n != y->text.n)
		return x->text.n < y->text.n ? -1 : 1;
	return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* Sorting keeps a hostile map with many keys from taking quadratic time. */
static int keys_unique(struct builder *b, const struct yaml_node *map)
{
	_free_ const struct yaml_node **keys = calloc(map->n + 1, sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < map->n; i++)
		keys[i] = map->pairs[i].key;
	qsort(keys, map->n, sizeof(*keys), pair_compare);
	for (size_t i = 1; i < map->n; i++)
		if (str_eq(keys[i - 1]->text, keys[i]->text))
			return diag_at(b->diag, b->tree->yaml.file, keys[i]->line, keys[i]->column,
				       "key \"" STR_FMT
				       "\" stands here again (first in line %d); expected each key once",
				       STR_ARG(str_first(keys[i]->text, 60)), keys[i - 1]->line);
	return 0;
}

static int level_end(struct builder *b)
{
	struct level *level = b->depth > 0 ? &b->level[b->depth - 1] : NULL;
	struct yaml_node *node = level ? level->node : NULL;
	size_t n = level ? level->n : 0;
	int r = 0;

	if (!node)
		return builder_refuse(b, "a list or map ends here that never began");
	b->depth--;
	if (node->kind == YAML_LIST) {
		const struct yaml_node **items = tree_alloc(b->tree, n * sizeof(*items) + 1);

		if (items && n > 0)
			memcpy(items, level->child, n * sizeof(*items));
		node->items = items;
		node->n = n;
		r = items ? 0 : -ENOMEM;
	} else {
		struct yaml_pair *pairs = tree_alloc(b->tree, n / 2 * sizeof(*pairs) + 1);

		for (size_t i = 0; pairs && i + 1 < n; i += 2)
			pairs[i / 2] = (struct yaml_pair){ level->child[i], level->child[i + 1] };
		node->pairs = pairs;
		node->n = n / 2;
		r = pairs ? keys_unique(b, node) : -ENOMEM;
	}
	free(level->child);
	*level = (struct level){ 0 };
	return r;
}

/* Hangs @node into what is open; a key must be a plain text. */
static int builder_add(struct builder *b, const struct yaml_node *node)
{
	struct level *level;

	if (b->depth == 0) {
		b->tree->yaml.root = node;
		b->root = true;
		return 0;
	}
	level = &b->level[b->depth - 1];
	if (level->node->kind == YAML_MAP && level->n % 2 == 0) {
		if (node->kind != YAML_TEXT)
			return builder_refuse(b, "a list or map stands as a key; expected a text");
		if (str_eq(node->text, STR("<<")))
			return builder_refuse(b, "merge keys (<<) are not read; expected the values written out");
	}
	if (level->n == level->size) {
		size_t size = level->size ? level->size * 2 : 8;
		const struct yaml_node **child = realloc(level->child, size * sizeof(*child));

		if (!child)
			return -ENOMEM;
		level->child = child;
		level->size = size;
	}
	level->child[level->n++] = node;
	return 0;
}

static struct yaml_node *builder_node(struct builder *b, enum yaml_kind kind)
{
	struct yaml_node *node = tree_alloc(b->tree, sizeof(*node));

	if (node)
		*node = (struct yaml_node){ .kind = kind, .line = b->line, .column = b->column };
	return node;
}

static int builder_open(struct builder *b, enum yaml_kind kind)
{
	struct yaml_node *node;
	int r;

	if (b->depth == DEPTH_MAXIMUM)
		return builder_refuse(b, "lists and maps are nested too deeply; expected at most 32 levels");
	node = builder_node(b, kind);
	if (!node)
		return -ENOMEM;
	r = builder_add(b, node);
	if (r < 0)
		return r;
	b->level[b->depth++] = (struct level){ .node = node };
	return 0;
}

static int builder_scalar(struct builder *b, struct fy_token *token)
{
	struct yaml_node *node = builder_node(b, YAML_TEXT);
	size_t n = 0;
	const char *text = token ? fy_token_get_text(token, &n) : NULL;
	char *copy;

	if (!node)
		return -ENOMEM;
	copy = tree_copy(b->tree, (struct str){ text, text ? n : 0 });
	if (!copy)
		return -ENOMEM;
	node->text = (struct str){ copy, text ? n : 0 };
	if (memchr(copy, '\0', node->text.n))
		return builder_refuse(b, "a text holds a NUL character; expected text without it");
	return builder_add(b, node);
}

static void builder_place(struct builder *b, struct fy_token *token)
{
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

	if (!mark)
		return;
	b->line = mark->line + 1;
	b->column = mark->column + 1;
}

static int builder_plain(struct builder *b, struct fy_token *anchor, struct fy_token *tag, struct fy_token *token)
{
	builder_place(b, anchor ? anchor : tag ? tag : token);
	if (anchor)
		return builder_refuse(b, "anchors (&name) are not read; expected the value itself");
	if (tag)
		return builder_refuse(b, "tags (!type) are not read; expected the value itself, every scalar is text");
	return 0;
}

static int builder_event(struct builder *b, struct fy_event *ev)
{
	int r;

	switch (ev->type) {
	case FYET_DOCUMENT_START:
		builder_place(b, ev->document_start.document_start);
		if (b->done || b->root)
			return builder_refuse(b, "a second document begins here; expected one in a file");
		return 0;
	case FYET_DOCUMENT_END: b->done = true; return 0;
	case FYET_MAPPING_START:
		r = builder_plain(b, ev->mapping_start.anchor, ev->mapping_start.tag, ev->mapping_start.mapping_start);
		return r < 0 ? r : builder_open(b, YAML_MAP);
	case FYET_SEQUENCE_START:
		r = builder_plain(b, ev->sequence_start.anchor, ev->sequence_start.tag,
				  ev->sequence_start.sequence_start);
		return r < 0 ? r : builder_open(b, YAML_LIST);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END: return level_end(b);
	case FYET_SCALAR:
		r = builder_plain(b, ev->scalar.anchor, ev->scalar.tag, ev->scalar.value);
		return r < 0 ? r : builder_scalar(b, ev->scalar.value);
	case FYET_ALIAS:
		builder_place(b, ev->alias.anchor);
		return builder_refuse(b, "aliases (*name) are not read; expected the value itself");
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END: return 0;
	}
	return 0;
}

static void discard(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
}

/* The library's first complaint, at its place. */
static int parser_error(struct builder *b, struct fy_diag *fyd)
{
	void *prev = NULL;
	const struct fy_diag_error *error = fy_diag_errors_iterate(fyd, &prev);

	if (!error)
		return diag_at(b->diag, b->tree->yaml.file, b->line, b->column,
			       "this is no YAML; expected a map of key: value");
	return diag_at(b->diag, b->tree->yaml.file, error->line > 0 ? error->line : 1,
		       error->column > 0 ? error->column : 1,
		       "%.200s; expected YAML here (check quotes, brackets, colons and indentation)",
		       error->msg ? error->msg : "syntax error");
}

static int builder_run(struct builder *b, struct str text)
{
	struct fy_diag_cfg diag_cfg = { .output_fn = discard, .level = FYET_ERROR, .module_mask = ~0u };
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_MMAP_OPT };
	struct fy_diag *fyd = fy_diag_create(&diag_cfg);
	struct fy_parser *parser = NULL;
	int r = 0;

	if (!fyd)
		return -ENOMEM;
	fy_diag_set_collect_errors(fyd, true);
	cfg.diag = fyd;
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, text.p, text.n) < 0) {
		r = -ENOMEM;
	} else {
		struct fy_event *ev;

		while (r == 0 && (ev = fy_parser_parse(parser))) {
			r = builder_event(b, ev);
			fy_parser_event_free(parser, ev);
		}
		if (r == 0 && (fy_parser_get_stream_error(parser) || b->depth > 0))
			r = parser_error(b, fyd);
	}
	if (parser)
		fy_parser_destroy(parser);
	fy_diag_destroy(fyd);
	return r;
}

/* Keys written "? KEY" are needed by nobody, and libfyaml 0.7.12 writes to a wild address on some ("? a: \t:"). */
static int explicit_key_check(const char *name, struct str text, struct diag *diag)
{
	bool start = true;
	int line = 1, column = 1;

	for (size_t i = 0; i < text.n; i++, column++) {
		char c = text.p[i];

		if (start && c == '?' && (i + 1 == text.n || memchr(" \t\r\n", text.p[i + 1], 4)))
			return diag_at(diag, name, line, column, "\"? KEY\" is not read; expected KEY: value");
		start = c == '\n' || c == '\r' || (start && memchr(" \t-:", c, 4));
		if (c == '\n') {
			line++;
			column = 0;
		}
	}
	return 0;
}

int yaml_parse(const char *name, struct str text, struct yaml **ret, struct diag *diag)
{
	struct builder b = { .tree = calloc(1, sizeof(*b.tree)), .line = 1, .column = 1, .diag = diag };
	_cleanup_(yaml_freep) struct yaml *yaml = b.tree ? &b.tree->yaml : NULL;
	int r;

	if (!yaml)
		return -ENOMEM;
	yaml->file = tree_copy(b.tree, str_of(name));
	if (!yaml->file)
		return -ENOMEM;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	r = file_text_check(name, text, diag);
	if (r == 0)
		r = explicit_key_check(name, text, diag);
	if (r < 0)
		return r;
	r = text.n > 0 ? builder_run(&b, text) : 0;
	while (b.depth > 0)
		free(b.level[--b.depth].child);
	if (r < 0)
		return r;
	/* A file of comments alone, or of nothing, says nothing: a map without keys. */
	if (!b.root || (yaml->root->kind == YAML_TEXT && yaml->root->text.n == 0)) {
		yaml->root = builder_node(&b, YAML_MAP);
		if (!yaml->root)
			return -ENOMEM;
	}
	*ret = TAKE(yaml);
	return 0;
}
