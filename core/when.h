/*
 * Calendar time.  Inside, time is usec_t in UTC; days are counted in the site's time zone
 * (domain.md 8.1 rule 7: Asia/Tokyo).  when_zone() is called once at start, before threads.
 */
#pragma once

#include "core/str.h"

/* Sets the site's zone by its name in the tz database.  -ENOENT when there is no such zone. */
int when_zone(const char *name);

/* Seconds east of UTC at @t in the site's zone. */
int when_offset(usec_t t);

/* Civil days since 1970-01-01 for a proleptic Gregorian date, and back. */
int64_t when_days(int year, int month, int day);
void when_civil(int64_t days, int *year, int *month, int *day);

/* The day number (site's zone) that @t falls in, and the first instant of a day. */
int64_t when_day_of(usec_t t);
usec_t when_day_start(int64_t days);

/*
 * Reads the start of @s as an RFC 3339 / ISO 8601 time ("2026-09-01T18:42:20.609177+09:00",
 * "2026-09-01 18:42:20,609", zone optional: the site's then; fraction 1 to 9 digits; second 60 becomes 59.999999).
 * Returns the number of bytes read, 0 when it is no such time.
 */
size_t when_parse_iso(struct str s, usec_t *ret);

/*
 * "Sep  1 18:42:20", optionally with a year after the day or after the time, and with a fraction (RFC 3164).
 * Without a year the latest one that is not a week ahead of @received is taken; the site's zone.  Returns bytes read or 0.
 */
size_t when_parse_bsd(struct str s, usec_t received, usec_t *ret);

/*
 * A date as people write it in a ledger: 2026-04-01, 2026/4/1, 2026.4.1, 20260401, 令和8年4月1日, R8.4.1, and
 * an Excel serial (46113).  Full-width digits are read.  Returns 1 and days since 1970-01-01, or 0.
 */
int when_parse_date(struct str text, int64_t *ret_days);

#define WHEN_MAX 48
/* ISO 8601 with offset in the site's zone, to the second ("2026-09-01T18:42:20+09:00"); 0 gives "". Returns @buf. */
char *when_format(char buf[static WHEN_MAX], usec_t t);
/* The same with microseconds. */
char *when_format_usec(char buf[static WHEN_MAX], usec_t t);
/* "2026-09-01" of a day number. */
char *when_format_day(char buf[static WHEN_MAX], int64_t days);

/* Reads "90d", "24h", "10m", "30s", "500ms" or a bare number of seconds. 1, or 0 when it is none. */
int when_parse_span(struct str s, usec_t *ret);

/* Fiscal year (April to March) of a day: 2026-03-31 is 2025.  Reiwa year N is 2018 + N. */
int when_fiscal_year(int64_t days);
