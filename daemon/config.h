/* tenken.yaml (design.md section 8): one table of keys with type, default and text; unknown keys are errors. */
#pragma once

#include "core/diag.h"
#include "core/settings.h"

struct config_override { /* checks: {ID: {PARAM: VALUE}} */
	char *check, *param, *value;
	int line, column; /* for the error when no such check or param exists */
};

struct config_collector {
	const struct collector *collector;
	bool enabled;
	struct settings settings;
};

struct config {
	char *file;
	char *site_id, *site_name, *profile, *guideline, *timezone;
	char *state_dir;
	char **rule_dirs, **packs;           /* end with NULL */
	char *http_listen;                   /* "127.0.0.1:8080"; "" is off */
	char *http_socket;                   /* path; "" is off */
	struct config_collector *collectors; /* one for each of collectors[], same order */
	size_t n_collectors;
	struct config_override *overrides;
	size_t n_overrides;
	bool demo;
};

/* @path NULL: the embedded defaults.  -EBADMSG and @diag: "file:line:column: reason; what to do". */
int config_load(const char *path, struct config **ret, struct diag *diag);
void config_free(struct config *config);
DEFINE_CLEANUP(struct config, config_free)

/* Prints the reference of all keys (scdoc) for the manual; a test compares the committed copy. */
void config_reference(FILE *out);
