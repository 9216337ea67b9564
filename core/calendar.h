/*
 * Japanese national holidays by law (国民の祝日に関する法律), 2000 to 2099, with substitute and citizens' holidays and what
 * 2019 to 2021 had of their own.  Equinoxes are computed; the official ones are announced each February.
 */
#pragma once

#include "core/base.h"

/* Japanese name of the holiday on day number @day (core/when.h); NULL when it is none or out of range. */
const char *calendar_holiday(int64_t day);

/* Neither Saturday, Sunday nor holiday. */
bool calendar_weekday(int64_t day);
