/* What is done with a configuration once it was read: end it, compare it, take over from a newer one. */

#include <errno.h>

#include "collectors/collector.h"
#include "daemon/config_keys.h"
#include "rules/yaml.h"

static void lines_free(char **lines)
{
	for (size_t i = 0; lines && lines[i]; i++)
		free(lines[i]);
	free(lines);
}

void config_free(struct config *config)
{
	if (!config)
		return;

	for (size_t i = 0; i < n_config_keys; i++) {
		void *member = (char *)config + config_keys[i].offset;

		if (config_keys[i].def.type == SETTING_LIST)
			lines_free(*(char ***)member);
		else
			free(*(char **)member);
	}
	for (size_t i = 0; i < config->n_collectors; i++) {
		struct settings *set = &config->collectors[i].settings;

		for (size_t k = 0; set->values && set->defs[k].name; k++)
			free((char *)set->values[k]);
		free(set->values);
	}
	for (size_t i = 0; i < config->n_overrides; i++) {
		free(config->overrides[i].check);
		free(config->overrides[i].param);
		free(config->overrides[i].value);
	}
	config_channels_free(config);
	free(config->collectors);
	free(config->overrides);
	free(config->file);
	yaml_free(config->yaml);
	free(config);
}

/* What a demo must not take from the house: its own folder in the place of what was set. */
static int demo_folder(struct config *config, const char *collector, const char *key, const char *below)
{
	for (size_t i = 0; i < config->n_collectors; i++) {
		struct settings *set = &config->collectors[i].settings;

		if (strcmp(config->collectors[i].collector->name, collector) != 0)
			continue;
		for (size_t k = 0; set->defs[k].name; k++) {
			if (strcmp(set->defs[k].name, key) != 0)
				continue;
			free((char *)set->values[k]);
			set->values[k] = NULL;
			if (asprintf((char **)&set->values[k], "%s/%s", config->state_dir, below) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

int config_demo(struct config *config)
{
	char *dir;

	if (asprintf(&dir, "%s-demo", config->state_dir) < 0)
		return -ENOMEM;
	free(config->state_dir);
	config->state_dir = dir;
	config->demo = true;
	if (!config->site_name[0]) {
		free(config->site_name);
		config->site_name = strdup("点検病院");
		if (!config->site_name)
			return -ENOMEM;
	}

	if (demo_folder(config, "registers", "directory", "registers") < 0)
		return -ENOMEM;
	return demo_folder(config, "files", "directories", "drop/*");
}

static bool collector_differs(const struct config_collector *a, const struct config_collector *b)
{
	if (a->enabled != b->enabled)
		return true;
	for (const struct setting_def *def = a->settings.defs; def->name; def++) {
		const char *was = setting(&a->settings, def->name), *is = setting(&b->settings, def->name);

		if (strcmp(was ? was : "", is ? is : "") != 0)
			return true;
	}
	return false;
}

const char *config_needs_restart(const struct config *now, const struct config *then)
{
	static _Thread_local char name[128];

	for (size_t i = 0; i < n_config_keys; i++) {
		const struct config_key *key = &config_keys[i];

		if (key->live || key->def.type == SETTING_LIST)
			continue;
		if (strcmp(*(char *const *)((const char *)now + key->offset),
			   *(char *const *)((const char *)then + key->offset)))
			return config_key_name(key, name, sizeof(name));
	}
	for (size_t i = 0; i < now->n_collectors; i++) {
		if (collector_differs(&now->collectors[i], &then->collectors[i])) {
			snprintf(name, sizeof(name), "collectors.%s", now->collectors[i].collector->name);
			return name;
		}
	}
	return NULL;
}

#define SWAP(a, b)                        \
	do {                              \
		__typeof__(a) _was = (a); \
		(a) = (b);                \
		(b) = _was;               \
	} while (0)

void config_take(struct config *now, struct config *then)
{
	for (size_t i = 0; i < n_config_keys; i++) {
		char **a = (void *)((char *)now + config_keys[i].offset),
		     **b = (void *)((char *)then + config_keys[i].offset);

		/* A list is a pointer of the same size, and nobody looks through it here. */
		if (config_keys[i].live)
			SWAP(*a, *b);
	}
	SWAP(now->overrides, then->overrides);
	SWAP(now->n_overrides, then->n_overrides);
	SWAP(now->file, then->file);
	SWAP(now->yaml, then->yaml);
	SWAP(now->channels, then->channels);
	SWAP(now->n_channels, then->n_channels);
}
