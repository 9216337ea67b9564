#include "core/settings.h"

#include <assert.h>

#include "core/when.h"

const char *setting(const struct settings *set, const char *name)
{
	for (size_t i = 0; set->defs[i].name; i++)
		if (!strcmp(set->defs[i].name, name))
			return set->values && set->values[i] ? set->values[i] : set->defs[i].fallback;
	assert(!"setting not in the table of its owner");
	return NULL;
}

bool setting_bool(const struct settings *set, const char *name)
{
	const char *value = setting(set, name);

	return value && !strcmp(value, "true");
}

int64_t setting_number(const struct settings *set, const char *name)
{
	int64_t value = 0;

	str_int(str_of(setting(set, name)), &value);
	return value;
}

usec_t setting_span(const struct settings *set, const char *name)
{
	usec_t value = 0;

	when_parse_span(str_of(setting(set, name)), &value);
	return value;
}
