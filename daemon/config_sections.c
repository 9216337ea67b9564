/* The section of snapshots: what the types of its keys do not show. */

#include <errno.h>
#include <string.h>

#include "core/when.h"
#include "daemon/alerts/channel.h"
#include "daemon/config_keys.h"

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

/* Each must be a channel that takes messages, and stand there once. */
static int heads_check(const struct config *config, const struct yaml *yaml, const struct yaml_node *node,
		       struct diag *diag)
{
	for (size_t i = 0; config->heads && config->heads[i]; i++) {
		const struct config_channel *channel = NULL;
		const struct yaml_node *place = node->kind == YAML_LIST && i < node->n ? node->items[i] : node;

		for (size_t k = 0; k < config->n_channels; k++)
			if (!strcmp(config->channels[k].name, config->heads[i]))
				channel = &config->channels[k];
		if (!channel)
			return yaml_error(yaml, place, diag,
					  "snapshots.heads: expected the name of a channel under alerts.channels");
		if (channel->type->states)
			return yaml_error(
				yaml, place, diag,
				"snapshots.heads: expected a channel that takes messages; %s is told only what is open",
				channel->type->name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(config->heads[k], config->heads[i]))
				return yaml_error(yaml, place, diag, "snapshots.heads: expected each channel once");
	}
	return 0;
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
	return heads_check(config, yaml, yaml_get(node, "heads"), diag);
}
