/* The keys of tenken.yaml but those of collectors, which have tables of their own (collectors/collector.h). */
#pragma once

#include "daemon/config.h"
#include "daemon/config_value.h"

struct config_key {
	const char *section; /* "" at the root */
	struct setting_def def;
	const char *values; /* as in struct value_rule */
	bool filled, live;  /* may not be empty; a reload brings it into force */
	size_t offset;      /* of a char *, or of a char ** for a list, in struct config */
};

extern const struct config_key config_keys[];
extern const size_t n_config_keys;

/* "section.name" into @buf; the name alone at the root. */
const char *config_key_name(const struct config_key *key, char *buf, size_t size);

/* The default in force: rules.dirs begins with the folder this program was built for, or with TENKEN_RULES. */
const char *config_key_fallback(const struct config_key *key, char *buf, size_t size);

/* The alerts and snapshots sections; channels are checked, kept and counted. */
int config_alerts(struct config *config, const struct yaml *yaml, const struct yaml_node *node, struct diag *diag);
void config_channels_free(struct config *config);
int config_snapshots(struct config *config, const struct yaml *yaml, const struct yaml_node *node, struct diag *diag);
