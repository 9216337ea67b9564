/*
 * Our SQL functions, for every connection: day(usec), days(a, b), business_days(a, b), fold(text).  They stand for SQLite's
 * own date functions, which checks may not use.
 */
#pragma once

struct sqlite3;

/*
 * day(t): 'YYYY-MM-DD' in the site's zone.  days(a, b): calendar days from a to b.  business_days(a, b): business days after
 * a up to and including b, negative when b is earlier.  Each argument is usec or a date as text; NULL and '' give NULL.
 * fold(x): ASCII letters in lower case.
 */
int functions_register(struct sqlite3 *db);
