/* What is done with a configuration once it was read: end it, compare it, hold it against the rules. */

#include <errno.h>

#include "collectors/collector.h"
#include "core/when.h"
#include "daemon/config_keys.h"
#include "rules/rules.h"

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
	free(config->collectors);
	free(config->overrides);
	free(config->file);
	yaml_free(config->yaml);
	free(config);
}

int config_demo(struct config *config)
{
	char *dir;

	if (asprintf(&dir, "%s-demo", config->state_dir) < 0)
		return -ENOMEM;
	free(config->state_dir);
	config->state_dir = dir;
	config->demo = true;

	for (size_t i = 0; i < config->n_collectors; i++) {
		struct settings *set = &config->collectors[i].settings;

		if (strcmp(config->collectors[i].collector->name, "registers") != 0)
			continue;
		for (size_t k = 0; set->defs[k].name; k++) {
			if (strcmp(set->defs[k].name, "directory") != 0)
				continue;
			free((char *)set->values[k]);
			set->values[k] = NULL;
			if (asprintf((char **)&set->values[k], "%s/registers", dir) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

static int override_refuse(const struct config *config, const struct config_override *own, struct diag *diag,
			   const char *what, const char *expected)
{
	return diag_at(diag, config->file, own->line, own->column, "checks.%s.%s: %s; expected %s", own->check,
		       own->param, what, expected);
}

static int override_check(const struct config *config, const struct config_override *own, const struct rules *rules,
			  struct diag *diag)
{
	const struct check *check = rules_check(rules, str_of(own->check));
	char known[300] = "no params: this check has none";
	int64_t number, was;
	usec_t span;
	size_t n = 0;

	if (!check)
		return override_refuse(config, own, diag, "there is no such check", "the id of a file in checks/");
	for (size_t i = 0; i < check->n_params; i++) {
		const struct param *param = &check->params[i];

		if (n < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s",
					      i > 0 ? ", " : "one of: ", param->name);
		if (strcmp(param->name, own->param) != 0)
			continue;
		if (str_int(str_of(param->value), &was))
			return str_int(str_of(own->value), &number)
				       ? 0
				       : override_refuse(config, own, diag, "wrong value", "a whole number");
		if (when_parse_span(str_of(param->value), &span) && !when_parse_span(str_of(own->value), &span))
			return override_refuse(config, own, diag, "wrong value", "a time such as 30s, 10m, 24h or 90d");
		return 0;
	}
	return override_refuse(config, own, diag, "there is no such param", known);
}

int config_check_rules(const struct config *config, const struct rules *rules, struct diag *diag)
{
	for (size_t i = 0; i < config->n_overrides; i++) {
		int r = override_check(config, &config->overrides[i], rules, diag);

		if (r < 0)
			return r;
	}
	return 0;
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
