/* tenken.yaml (design.md section 8): one table of keys with type, default and text; unknown keys are errors. */
#pragma once

#include "core/diag.h"
#include "core/settings.h"

struct yaml;
struct yaml_node;

struct config_override { /* checks: {ID: {PARAM: VALUE}} */
	char *check, *param, *value;
	int line, column; /* for the error when no such check or param exists */
};

struct config_collector {
	const struct collector *collector;
	bool enabled;
	struct settings settings;
};

struct channel_type;

struct config_channel {
	char *name;
	const struct channel_type *type;
	struct settings common, own; /* channel_common, and those of its type */
};

struct config {
	char *file;
	char *site_id, *site_name, *profile, *guideline, *timezone;
	char *state_dir;
	char **rule_dirs, **packs;           /* end with NULL */
	char *rules_staged;                  /* a folder of rules that are not yet in force; "" is none */
	char *http_listen;                   /* "127.0.0.1:8080"; "" is off */
	char **heads;                        /* channels that are told the code of each */
	char *http_socket;                   /* path; "" is off */
	char *http_tls_cert, *http_tls_key;  /* paths; "" is off */
	struct config_collector *collectors; /* one for each of collectors[], same order */
	size_t n_collectors;
	struct config_override *overrides;
	size_t n_overrides;
	bool demo;
	char *daily, *weekly, *monthly; /* snapshots: "02:00", "mon 03:00", "1 04:00"; "" is off */
	char *alert_page, *alert_group_wait, *alert_group_interval, *alert_repeat_critical, *alert_repeat_high;
	char *alert_recovery, *alert_quiet, *alert_quiet_closed, **alert_quiet_severities, **alert_work, *alert_office,
		*alert_daily, *alert_weekly;
	char *alert_flap_changes, *alert_flap_window, *alert_flap_settled, *alert_ceiling, *alert_rows;
	struct config_channel *channels;
	size_t n_channels;
	struct yaml *yaml; /* the document, for what reads its own section later */
};

/*
 * @path NULL: the embedded defaults.  -EBADMSG and @diag: "file:line:column: reason; what to do"; another negative errno when
 * the file cannot be read.
 */
int config_load(const char *path, struct config **ret, struct diag *diag);
int config_parse(const char *name, struct str text, struct config **ret, struct diag *diag);
void config_free(struct config *config);
DEFINE_CLEANUP(struct config, config_free)

/* Makes it that of a demonstration: own state folder and registers, nothing else shared with the site. */
int config_demo(struct config *config);

/* The name of the first key that differs and that only a restart brings into force; NULL when there is none. */
const char *config_needs_restart(const struct config *now, const struct config *then);

/* Takes over from @then what a reload brings into force (overrides, rules, names); @then has the old values afterwards. */
void config_take(struct config *now, struct config *then);

/* Prints the reference of all keys (scdoc) for the manual; a test compares the committed copy. */
void config_reference(FILE *out);
