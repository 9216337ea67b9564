/* The section of snapshots: what the types of its keys do not show. */

#include <errno.h>
#include <string.h>

#include "core/when.h"
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
