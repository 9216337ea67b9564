/* The alerts section: policy (keys of config_keys.c that need a closer look) and channels, each with the settings of its type. */

#include <errno.h>
#include <string.h>

#include "core/status.h"
#include "daemon/alerts/channel.h"
#include "daemon/alerts/config_alerts.h"
#include "daemon/config_keys.h"

#define CHANNELS_MAX 32
#define KNOWN_MAX 32

static bool minute_read(struct str text, int *ret)
{
	int64_t hour, minute;

	if (text.n != 5 || text.p[2] != ':' || !str_int(str_first(text, 2), &hour) ||
	    !str_int(str_from(text, 3), &minute) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*ret = (int)(hour * 60 + minute);
	return true;
}

bool alerts_hours(const char *text, struct day_hours *ret)
{
	struct str rest = str_of(text), from;

	*ret = (struct day_hours){ -1, -1 };
	if (rest.n == 0)
		return true;
	from = str_cut(&rest, '-');
	return minute_read(str_trim(from), &ret->from) && minute_read(str_trim(rest), &ret->to);
}

bool alerts_minute(const char *text, int *ret)
{
	*ret = -1;
	return text[0] == '\0' || minute_read(str_of(text), ret);
}

bool alerts_weekly(const char *text, int *ret_day, int *ret_minute)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	struct str rest = str_of(text), day;

	*ret_minute = -1;
	*ret_day = 0;
	if (rest.n == 0)
		return true;
	day = str_cut(&rest, ' ');
	while (*ret_day < (int)COUNT(days) && !str_eq(day, str_of(days[*ret_day])))
		(*ret_day)++;
	return *ret_day < (int)COUNT(days) && minute_read(rest, ret_minute);
}

static int policy_check(const struct config *config, const struct yaml *yaml, const struct yaml_node *node,
			struct diag *diag)
{
	struct day_hours hours;
	enum severity severity;
	int day, minute;

	if (!alerts_hours(config->alert_quiet, &hours))
		return yaml_error(yaml, yaml_get(node, "quiet_hours"), diag,
				  "alerts.quiet_hours: expected hours such as \"22:00-07:00\"");
	if (!alerts_hours(config->alert_office, &hours))
		return yaml_error(yaml, yaml_get(node, "office_hours"), diag,
				  "alerts.office_hours: expected hours such as \"08:30-17:15\"");
	if (!alerts_minute(config->alert_daily, &minute))
		return yaml_error(yaml, yaml_get(node, "daily"), diag,
				  "alerts.daily: expected a time such as \"08:30\"");
	if (!alerts_weekly(config->alert_weekly, &day, &minute))
		return yaml_error(yaml, yaml_get(node, "weekly"), diag,
				  "alerts.weekly: expected a day and a time such as \"mon 08:30\"");
	for (size_t i = 0; config->alert_work[i]; i++)
		if (!severity_parse(str_of(config->alert_work[i]), &severity) || severity == SEVERITY_CRITICAL)
			return yaml_error(
				yaml, yaml_get(node, "work_severities"), diag,
				"alerts.work_severities: expected a list of: high medium low (critical is always told)");
	for (size_t i = 0; config->alert_quiet_severities[i]; i++)
		if (!severity_parse(str_of(config->alert_quiet_severities[i]), &severity))
			return yaml_error(yaml, yaml_get(node, "quiet_severities"), diag,
					  "alerts.quiet_severities: expected a list of: critical high medium low");
	return 0;
}

static bool name_good(struct str name)
{
	if (name.n == 0 || name.n > 64)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= 'A' && name.p[i] <= 'Z') ||
		      (name.p[i] >= '0' && name.p[i] <= '9') || strchr("._-", name.p[i])))
			return false;
	return true;
}

static int one_text(const struct yaml *yaml, const struct yaml_node *channel, const char *key, const char *values,
		    char **ret, struct diag *diag)
{
	struct value_rule rule = { key, SETTING_TEXT, .values = values, .filled = true };
	const struct yaml_node *node = yaml_get(channel, key);

	if (!node)
		return yaml_error(yaml, channel, diag,
				  "a channel without \"%s\"; expected name, type and what it needs", key);
	return value_read(yaml, node, &rule, ret, diag);
}

/* Values of @defs from the map @channel into @set. */
static int settings_read(const struct yaml *yaml, const struct yaml_node *channel, const struct setting_def *defs,
			 struct settings *set, struct diag *diag)
{
	size_t n = 0;

	while (defs[n].name)
		n++;
	set->section = "alerts.channels";
	set->defs = defs;
	set->values = calloc(n + 1, sizeof(char *));
	if (!set->values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *node = yaml_get(channel, defs[i].name);
		struct value_rule rule = { defs[i].name, defs[i].type, .filled = defs[i].type == SETTING_LIST };
		int r = node ? value_read(yaml, node, &rule, (char **)&set->values[i], diag) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int known_keys(const struct yaml *yaml, const struct yaml_node *channel, const struct channel_type *type,
		      struct diag *diag)
{
	const char *known[KNOWN_MAX + 1] = { "name", "type" };
	size_t n = 2;

	for (const struct setting_def *def = type->settings; def->name && n < KNOWN_MAX; def++)
		known[n++] = def->name;
	for (const struct setting_def *def = channel_common; def->name && n < KNOWN_MAX; def++)
		known[n++] = def->name;
	return yaml_known(yaml, channel, known, diag);
}

static int common_check(const struct yaml *yaml, const struct yaml_node *channel, const struct settings *common,
			struct diag *diag)
{
	static const struct {
		const char *name, *values;
	} rules[] = { { "severity", " critical high medium low " },
		      { "hours", " always office off_hours " },
		      { "language", " ja en both " } };

	for (size_t i = 0; i < COUNT(rules); i++) {
		char word[64];

		snprintf(word, sizeof(word), " %.40s ", setting(common, rules[i].name));
		if (!strstr(rules[i].values, word) || strchr(setting(common, rules[i].name), ' '))
			return yaml_error(yaml, yaml_get(channel, rules[i].name), diag, "%s: expected one of:%s",
					  rules[i].name, rules[i].values);
	}
	return 0;
}

/* What stands in a URL ends up in logs of proxies and receivers. */
static int url_check(const struct yaml *yaml, const struct yaml_node *url, struct diag *diag)
{
	struct str rest = url->text;
	ssize_t at = str_find(rest, STR("://")), slash;

	if (at <= 0)
		return yaml_error(yaml, url, diag, "url: expected one with its scheme, as in smtp://127.0.0.1:1025");
	rest = str_from(rest, (size_t)at + 3);
	slash = str_index(rest, '/');
	if (str_index(slash >= 0 ? str_first(rest, (size_t)slash) : rest, '@') >= 0)
		return yaml_error(yaml, url, diag, "url: expected no name and password in it; they belong into a file");
	for (size_t i = 0; i < url->text.n; i++)
		if (url->text.p[i] <= 0x20 || url->text.p[i] == 0x7f)
			return yaml_error(yaml, url, diag, "url: expected no blanks and control characters");
	return 0;
}

static int own_check(const struct yaml *yaml, const struct yaml_node *channel, const struct config_channel *own,
		     struct diag *diag)
{
	struct str needs = str_of(own->type->needs);
	const struct yaml_node *url = yaml_get(channel, "url"), *place;
	struct diag why = { "" };
	const char *wrong;

	while (needs.n > 0) {
		char name[64];

		str_copy(name, sizeof(name), str_cut(&needs, ' '));
		if (!yaml_get(channel, name))
			return yaml_error(yaml, channel, diag, "a channel of type %s without \"%s\"", own->type->name,
					  name);
	}
	if (url && url->text.n > 0) {
		int r = url_check(yaml, url, diag);

		if (r < 0)
			return r;
	}
	wrong = own->type->check ? own->type->check(&own->own, &why) : NULL;
	if (!wrong)
		return 0;
	place = yaml_get(channel, wrong);
	return yaml_error(yaml, place ? place : channel, diag, "%s: %s", wrong, why.text);
}

static int channel_read(struct config *config, const struct yaml *yaml, const struct yaml_node *channel,
			struct diag *diag)
{
	struct config_channel *own = &config->channels[config->n_channels++];
	char types[256] = "";
	_free_ char *type = NULL;
	size_t n = 0;
	int r;

	if (channel->kind != YAML_MAP)
		return yaml_error(yaml, channel, diag, "expected a map: {name: ..., type: ...}");
	for (size_t i = 0; channel_types[i] && n + 32 < sizeof(types); i++)
		n += (size_t)snprintf(types + n, sizeof(types) - n, "%s%s", i > 0 ? " " : "", channel_types[i]->name);
	r = one_text(yaml, channel, "name", NULL, &own->name, diag);
	if (r == 0 && !name_good(str_of(own->name)))
		r = yaml_error(yaml, yaml_get(channel, "name"), diag,
			       "name: expected at most 64 letters, digits, dots, dashes and underscores");
	if (r == 0)
		r = one_text(yaml, channel, "type", types, &type, diag);
	if (r < 0)
		return r;
	own->type = channel_type_find(type);
	r = known_keys(yaml, channel, own->type, diag);
	if (r == 0)
		r = settings_read(yaml, channel, channel_common, &own->common, diag);
	if (r == 0)
		r = settings_read(yaml, channel, own->type->settings, &own->own, diag);
	if (r == 0)
		r = common_check(yaml, channel, &own->common, diag);
	return r < 0 ? r : own_check(yaml, channel, own, diag);
}

int config_alerts(struct config *config, const struct yaml *yaml, const struct yaml_node *node, struct diag *diag)
{
	const struct yaml_node *channels = yaml_get(node, "channels");
	int r = policy_check(config, yaml, node, diag);

	if (r < 0 || !channels || (channels->kind == YAML_TEXT && channels->text.n == 0))
		return r;
	if (channels->kind != YAML_LIST || channels->n > CHANNELS_MAX)
		return yaml_error(yaml, channels, diag, "alerts.channels: expected a list of at most %d channels",
				  CHANNELS_MAX);
	config->channels = calloc(channels->n + 1, sizeof(*config->channels));
	if (!config->channels)
		return -ENOMEM;
	for (size_t i = 0; i < channels->n; i++) {
		r = channel_read(config, yaml, channels->items[i], diag);
		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++)
			if (!strcmp(config->channels[k].name, config->channels[i].name))
				return yaml_error(yaml, channels->items[i], diag,
						  "alerts.channels: two channels have this name; expected each once");
	}
	return 0;
}

static void settings_free(struct settings *set)
{
	for (size_t i = 0; set->values && set->defs[i].name; i++)
		free((char *)set->values[i]);
	free(set->values);
}

void config_channels_free(struct config *config)
{
	for (size_t i = 0; i < config->n_channels; i++) {
		settings_free(&config->channels[i].common);
		settings_free(&config->channels[i].own);
		free(config->channels[i].name);
	}
	free(config->channels);
}
