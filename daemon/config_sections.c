/* The sections of alerts and snapshots: their shape is fixed by design.md section 8, what they do comes with their owners. */

#include <errno.h>
#include <string.h>

#include "core/when.h"
#include "daemon/config_keys.h"

#define CHANNELS_MAX 32

static const char *const channel_keys[] = { "name", "type", "url", "template", "from", "to", NULL };

static int channel_text(const struct yaml *yaml, const struct yaml_node *channel, const char *key, const char *values,
			struct diag *diag)
{
	struct value_rule rule = { key, SETTING_TEXT, .values = values, .filled = true };
	const struct yaml_node *node = yaml_get(channel, key);
	_free_ char *text = NULL;

	if (!node)
		return yaml_error(yaml, channel, diag, "a channel without \"%s\"; expected name, type and url", key);
	return value_read(yaml, node, &rule, &text, diag);
}

static int channel_check(const struct yaml *yaml, const struct yaml_node *channel, struct diag *diag)
{
	const struct yaml_node *url = yaml_get(channel, "url"), *to = yaml_get(channel, "to");
	struct value_rule to_rule = { "to", SETTING_LIST, .filled = true };
	_free_ char *list = NULL;
	int r;

	r = yaml_known(yaml, channel, channel_keys, diag);
	if (r == 0)
		r = channel_text(yaml, channel, "name", NULL, diag);
	if (r == 0)
		r = channel_text(yaml, channel, "type", "webhook smtp alertmanager", diag);
	if (r == 0)
		r = channel_text(yaml, channel, "url", NULL, diag);
	if (r == 0 && str_find(url->text, STR("://")) <= 0)
		r = yaml_error(yaml, url, diag, "url: expected one with its scheme, as in smtp://127.0.0.1:1025");
	if (r == 0 && yaml_get(channel, "template"))
		r = channel_text(yaml, channel, "template", NULL, diag);
	if (r == 0 && str_eq(yaml_get(channel, "type")->text, STR("smtp"))) {
		r = channel_text(yaml, channel, "from", NULL, diag);
		if (r == 0 && !to)
			r = yaml_error(yaml, channel, diag,
				       "a channel of type smtp without \"to\"; expected a list of addresses");
	}
	if (r == 0 && to)
		r = value_read(yaml, to, &to_rule, &list, diag);
	return r;
}

int config_alerts(struct config *config, const struct yaml *yaml, const struct yaml_node *node, struct diag *diag)
{
	static const char *const known[] = { "channels", NULL };
	const struct yaml_node *channels;
	int r;

	r = yaml_known(yaml, node, known, diag);
	if (r < 0)
		return r;
	channels = yaml_get(node, "channels");
	if (!channels)
		return 0;
	if (channels->kind != YAML_LIST || channels->n > CHANNELS_MAX)
		return yaml_error(yaml, channels, diag, "alerts.channels: expected a list of at most %d channels",
				  CHANNELS_MAX);

	for (size_t i = 0; i < channels->n; i++) {
		r = channel_check(yaml, channels->items[i], diag);
		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++)
			if (str_eq(yaml_get(channels->items[k], "name")->text,
				   yaml_get(channels->items[i], "name")->text))
				return yaml_error(yaml, channels->items[i], diag,
						  "alerts.channels: two channels have this name; expected each once");
	}
	config->alerts = node;
	config->n_channels = channels->n;
	return 0;
}

static bool is_clock(struct str text)
{
	int64_t hour, minute;

	return text.n == 5 && text.p[2] == ':' && str_int(str_first(text, 2), &hour) &&
	       str_int(str_from(text, 3), &minute) && hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

static bool is_weekday(struct str day)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	for (size_t i = 0; i < COUNT(days); i++)
		if (str_eq(day, str_of(days[i])))
			return true;
	return false;
}

int config_snapshots(struct config *config, const struct yaml *yaml, const struct yaml_node *node, struct diag *diag)
{
	const struct yaml_node *weekly = yaml_get(node, "weekly"), *monthly = yaml_get(node, "monthly");
	struct str daily = str_of(config->daily), rest, day;
	int64_t number;

	if (daily.n > 0 && !is_clock(daily))
		return yaml_error(yaml, yaml_get(node, "daily"), diag,
				  "snapshots.daily: expected a time such as \"02:00\"");

	rest = str_of(config->weekly);
	day = str_cut(&rest, ' ');
	if (weekly && weekly->text.n > 0 && !(is_weekday(day) && is_clock(rest)))
		return yaml_error(yaml, weekly, diag,
				  "snapshots.weekly: expected a day and a time such as \"mon 03:00\"");

	rest = str_of(config->monthly);
	day = str_cut(&rest, ' ');
	if (monthly && monthly->text.n > 0 && !(str_int(day, &number) && number >= 1 && number <= 28 && is_clock(rest)))
		return yaml_error(yaml, monthly, diag,
				  "snapshots.monthly: expected a day from 1 to 28 and a time such as \"1 04:00\"");
	return 0;
}
