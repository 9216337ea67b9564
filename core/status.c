#include "core/status.h"

static const char *const status_names[STATUSES] = {
	[STATUS_PASS] = "pass",       [STATUS_WARN] = "warn",         [STATUS_FAIL] = "fail",
	[STATUS_UNKNOWN] = "unknown", [STATUS_ATTESTED] = "attested", [STATUS_NA] = "na",
};

/* From the mildest to the worst (design.md section 4). */
static const int badness[STATUSES] = {
	[STATUS_NA] = 0,   [STATUS_PASS] = 1,    [STATUS_ATTESTED] = 2,
	[STATUS_WARN] = 3, [STATUS_UNKNOWN] = 4, [STATUS_FAIL] = 5,
};

static const struct {
	const char *name;
	int weight;
} severities[SEVERITIES] = {
	[SEVERITY_LOW] = { "low", 1 },
	[SEVERITY_MEDIUM] = { "medium", 3 },
	[SEVERITY_HIGH] = { "high", 6 },
	[SEVERITY_CRITICAL] = { "critical", 10 },
};

const char *status_name(enum status status)
{
	return status_names[status];
}

bool status_parse(struct str name, enum status *ret)
{
	for (int i = 0; i < STATUSES; i++) {
		if (str_eq(str_of(status_names[i]), name)) {
			*ret = (enum status)i;
			return true;
		}
	}
	return false;
}

enum status status_worse(enum status a, enum status b)
{
	return badness[a] >= badness[b] ? a : b;
}

const char *severity_name(enum severity severity)
{
	return severities[severity].name;
}

bool severity_parse(struct str name, enum severity *ret)
{
	for (int i = 0; i < SEVERITIES; i++) {
		if (str_eq(str_of(severities[i].name), name)) {
			*ret = (enum severity)i;
			return true;
		}
	}
	return false;
}

int severity_weight(enum severity severity)
{
	return severities[severity].weight;
}
