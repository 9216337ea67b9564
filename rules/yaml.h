/*
 * The only file that knows the YAML library (libfyaml).  A document is read whole: UTF-8, at most 1 MiB and 32 levels
 * deep, no anchors, aliases, tags or merge keys; a duplicate key is an error.  Every scalar is text.
 */
#pragma once

#include "core/diag.h"
#include "core/str.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node;

struct yaml_pair {
	const struct yaml_node *key, *value;
};

struct yaml_node {
	enum yaml_kind kind;
	int line, column;                     /* 1-based, of its first character */
	struct str text;                      /* YAML_TEXT; NUL-terminated behind */
	size_t n;                             /* items or pairs */
	const struct yaml_node *const *items; /* YAML_LIST */
	const struct yaml_pair *pairs;        /* YAML_MAP, in the order of the file */
};

struct yaml {
	const char *file; /* as given, for messages */
	const struct yaml_node *root;
};

/* Owned by the caller, yaml_free().  -EBADMSG and @diag with file, line, column and what was expected. */
int yaml_load(const char *path, struct yaml **ret, struct diag *diag);
int yaml_parse(const char *name, struct str text, struct yaml **ret, struct diag *diag);
void yaml_free(struct yaml *yaml);
DEFINE_CLEANUP(struct yaml, yaml_free)

/* The value of @key in the map @node; NULL when it is not there. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* Says at @node's place what is wrong; returns -EBADMSG. */
int yaml_error(const struct yaml *yaml, const struct yaml_node *node, struct diag *diag, const char *fmt, ...)
	_printf_(4, 5);

/* Refuses the first key of the map @node that is not in @known (ends with NULL), and names those that are. */
int yaml_known(const struct yaml *yaml, const struct yaml_node *node, const char *const *known, struct diag *diag);
