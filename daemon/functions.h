/*
 * Our SQL functions, for every connection: day(usec), days(a, b), business_days(a, b), fold(text).  They stand for SQLite's
 * own date functions, which checks may not use.
 */
#pragma once

struct sqlite3;

/*
 * day(t): 'YYYY-MM-DD' in the site's zone.  days(a, b): calendar days from a to b.  business_days(a, b): business days after
 * a up to and including b, negative when b is earlier.  Each argument is usec or a date as text; NULL and '' give NULL.
 * fold(x): ASCII letters in lower case.  version_compare(a, b): -1, 0 or 1, and version_safe(version, list): 1 or 0, as
 * core/version.h says; NULL where no number stands.
 */
int functions_register(struct sqlite3 *db);
