/* The six answers (design.md section 4).  A waiver is no status: it stands beside one. */
#pragma once

#include "core/str.h"

enum status {
	STATUS_PASS,
	STATUS_WARN,
	STATUS_FAIL,
	STATUS_UNKNOWN,
	STATUS_ATTESTED,
	STATUS_NA,
	STATUSES,
};

enum severity {
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITIES,
};

/* "pass", "warn", ...: stored and shown, never renamed. */
const char *status_name(enum status status);
bool status_parse(struct str name, enum status *ret);

/* The worse of two: fail, unknown, warn, attested, pass; na yields to all. */
enum status status_worse(enum status a, enum status b);

const char *severity_name(enum severity severity);
bool severity_parse(struct str name, enum severity *ret);
/* Weight of a check in the score: critical 10, high 6, medium 3, low 1. */
int severity_weight(enum severity severity);
