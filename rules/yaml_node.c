/* What readers of a YAML tree use: its file, its keys, and the words for what is wrong with it. */
#include "rules/yaml.h"

#include <stdarg.h>
#include <stdlib.h>

#include "rules/file.h"

int yaml_load(const char *path, struct yaml **ret, struct diag *diag)
{
	_free_ char *buf = NULL;
	size_t n = 0;
	int r = file_read(path, &buf, &n, diag);

	return r < 0 ? r : yaml_parse(path, (struct str){ buf, n }, ret, diag);
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	if (!node || node->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < node->n; i++)
		if (str_eq(node->pairs[i].key->text, str_of(key)))
			return node->pairs[i].value;
	return NULL;
}

int yaml_error(const struct yaml *yaml, const struct yaml_node *node, struct diag *diag, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return diag_at(diag, yaml->file, node ? node->line : 1, node ? node->column : 1, "%s", text);
}

int yaml_known(const struct yaml *yaml, const struct yaml_node *node, const char *const *known, struct diag *diag)
{
	char list[300] = "";
	size_t n = 0;

	if (node->kind != YAML_MAP)
		return yaml_error(yaml, node, diag, "expected a map of key: value");
	for (size_t i = 0; known[i] && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i > 0 ? ", " : "", known[i]);
	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *key = node->pairs[i].key;
		size_t k = 0;

		while (known[k] && !str_eq(key->text, str_of(known[k])))
			k++;
		if (!known[k])
			return yaml_error(yaml, key, diag, "unknown key \"" STR_FMT "\"; expected one of: %s",
					  STR_ARG(str_first(key->text, 60)), list);
	}
	return 0;
}
