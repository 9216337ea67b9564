/* Between decoder_file.c and decoder_select.c. */
#pragma once

#include "rules/compiled.h"

struct file {
	struct arena *arena;
	const struct yaml *yaml;
	struct decoder *dec;
	struct diag *diag;
};

#define fail(f, node, ...) yaml_error((f)->yaml, (node), (f)->diag, __VA_ARGS__)

/* join.c: the lines of a decoder that belong together. */
int join_load(struct file *f, const struct yaml_node *node);
/* One text or a list of texts, as an array in the arena. */
int file_texts(struct file *f, const struct yaml_node *node, struct str **ret, size_t *ret_n);
/* A map, or a list of maps of which one must hold. */
int file_selections(struct file *f, const struct yaml_node *node, const struct yaml_node *columns,
		    struct selection **ret, size_t *ret_n);
/* True when a condition asks for a field of the event. */
bool file_late(const struct selection *selections, size_t n);
/* "at: KEY" or "at: [DATE, TIME]". */
int file_time(struct file *f, const struct yaml_node *node, const struct yaml_node *columns, struct rule *rule);
/* "field: KEY", "field: =constant" or "field: {label, nth, of}"; or a list of them, of which the first that is there counts. */
int file_sources(struct file *f, const struct yaml_pair *pair, const struct yaml_node *columns, struct rule *rule);
