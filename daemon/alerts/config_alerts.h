/* How the texts of the alerts section are read; config_alerts.c has checked them once. */
#pragma once

#include "daemon/alerts/plan.h"

/* "22:00-07:00"; "" is none.  False when it is no such text. */
bool alerts_hours(const char *text, struct day_hours *ret);
/* "08:30"; "" is -1. */
bool alerts_minute(const char *text, int *ret);
/* "mon 08:30"; "" is -1. */
bool alerts_weekly(const char *text, int *ret_day, int *ret_minute);
