/* One value of tenken.yaml: its type, its range, and the sentence that refuses it. */
#pragma once

#include "core/settings.h"
#include "rules/yaml.h"

struct value_rule {
	const char *name; /* "http.listen", for messages */
	enum setting_type type;
	int64_t min, max;   /* SETTING_NUMBER, where max is not 0 */
	const char *values; /* the texts that are allowed, separated by a space; NULL: any */
	bool filled;        /* may not be empty */
};

/* The text of @node in the form core/settings.h stores, owned by the caller.  -EBADMSG and @diag with its place. */
int value_read(const struct yaml *yaml, const struct yaml_node *node, const struct value_rule *rule, char **ret,
	       struct diag *diag);

/* "HOST:PORT" or "[IPV6]:PORT" in numbers, port 1 to 65535.  False when it is none; @ret_host without brackets. */
bool value_address(struct str text, struct str *ret_host, int64_t *ret_port);
