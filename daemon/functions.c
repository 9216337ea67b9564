#include "daemon/functions.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "core/calendar.h"
#include "core/network.h"
#include "core/version.h"
#include "core/when.h"

/* 1990-01-01 to 2110-01-01: business days are counted once, a question is then one subtraction. */
#define FIRST_DAY 7305
#define N_DAYS 43829

/*
 * Where business days come from: holidays by law, and calendar.csv, read by a connection of its own because the caller's
 * has an authorizer that shows views only.
 */
struct business {
	sqlite3 *db, *own;
	sqlite3_stmt *loaded_at, *days;
	unsigned version; /* of the caller's pager when we last looked */
	int64_t stamp;    /* loaded_at of the calendar that is counted */
	bool counted;
	uint16_t until[N_DAYS + 1]; /* business days before day i */
};

static void business_free(void *p)
{
	struct business *b = p;

	sqlite3_finalize(b->loaded_at);
	sqlite3_finalize(b->days);
	sqlite3_close_v2(b->own);
	free(b);
}

/* Days of calendar.csv over the days that the law gives; -1 closed, 1 open. */
static void business_marks(struct business *b, int8_t *marks)
{
	int64_t day;

	if (!b->days)
		return;
	while (sqlite3_step(b->days) == SQLITE_ROW) {
		const char *date = (const char *)sqlite3_column_text(b->days, 0);

		if (when_parse_date(str_of(date), &day) == 1 && day >= FIRST_DAY && day < FIRST_DAY + N_DAYS)
			marks[day - FIRST_DAY] = sqlite3_column_int(b->days, 1) ? 1 : -1;
	}
	sqlite3_reset(b->days);
}

static int business_count(struct business *b)
{
	_free_ int8_t *marks = calloc(N_DAYS, 1);
	unsigned n = 0;

	if (!marks)
		return -ENOMEM;
	business_marks(b, marks);
	for (int i = 0; i < N_DAYS; i++) {
		b->until[i] = (uint16_t)n;
		n += marks[i] ? marks[i] > 0 : calendar_weekday(FIRST_DAY + i);
	}
	b->until[N_DAYS] = (uint16_t)n;
	b->counted = true;
	return 0;
}

static void business_open(struct business *b)
{
	const char *path = sqlite3_db_filename(b->db, "main");

	if (b->own || !path || !*path)
		return;
	if (sqlite3_open_v2(path, &b->own, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return;
	sqlite3_busy_timeout(b->own, 1000);
	sqlite3_exec(b->own, "PRAGMA cache_size = -64", NULL, NULL, NULL);
	if (sqlite3_prepare_v3(b->own, "SELECT loaded_at FROM register WHERE kind = 'calendar'", -1,
			       SQLITE_PREPARE_PERSISTENT, &b->loaded_at, NULL) != SQLITE_OK)
		b->loaded_at = NULL;
	if (sqlite3_prepare_v3(
		    b->own,
		    "SELECT date, kind = 'open' FROM reg_calendar WHERE kind IN ('open', 'closed') ORDER BY kind", -1,
		    SQLITE_PREPARE_PERSISTENT, &b->days, NULL) != SQLITE_OK)
		b->days = NULL;
}

/* Counts anew when the calendar is another one than was counted. */
static int business_fresh(struct business *b)
{
	unsigned version = 0;
	int64_t stamp = 0;

	sqlite3_file_control(b->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	if (b->counted && version == b->version)
		return 0;
	business_open(b);
	if (b->loaded_at) {
		if (sqlite3_step(b->loaded_at) == SQLITE_ROW)
			stamp = sqlite3_column_int64(b->loaded_at, 0);
		sqlite3_reset(b->loaded_at);
	}
	b->version = version;
	if (b->counted && stamp == b->stamp)
		return 0;
	b->stamp = stamp;
	return business_count(b);
}

static int64_t business_until(const struct business *b, int64_t day)
{
	int64_t i = day - FIRST_DAY;

	if (i < 0)
		return 0;
	return b->until[i < N_DAYS ? i : N_DAYS];
}

/* Day number of an argument: microseconds, or a date as text.  False for NULL, '' and what is neither. */
static bool arg_day(sqlite3_value *value, int64_t *ret)
{
	int type = sqlite3_value_type(value);
	struct str text;

	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
		*ret = when_day_of(sqlite3_value_int64(value));
		return true;
	}
	if (type != SQLITE_TEXT)
		return false;
	text.p = (const char *)sqlite3_value_text(value);
	text.n = (size_t)sqlite3_value_bytes(value);
	return text.p && text.n > 0 && when_parse_date(text, ret) == 1;
}

static void fn_day(sqlite3_context *context, int n, sqlite3_value **args)
{
	char buf[WHEN_MAX];
	int64_t day;

	if (arg_day(args[0], &day))
		sqlite3_result_text(context, when_format_day(buf, day), -1, SQLITE_TRANSIENT);
}

static void fn_days(sqlite3_context *context, int n, sqlite3_value **args)
{
	int64_t a, b;

	if (arg_day(args[0], &a) && arg_day(args[1], &b))
		sqlite3_result_int64(context, b - a);
}

static void fn_business_days(sqlite3_context *context, int n, sqlite3_value **args)
{
	struct business *business = sqlite3_user_data(context);
	int64_t a, b;

	if (!arg_day(args[0], &a) || !arg_day(args[1], &b))
		return;
	if (business_fresh(business) < 0)
		sqlite3_result_error_nomem(context);
	else
		sqlite3_result_int64(context, business_until(business, b + 1) - business_until(business, a + 1));
}

static void fn_fold(sqlite3_context *context, int n, sqlite3_value **args)
{
	const unsigned char *text;
	char *copy;
	int size;

	if (sqlite3_value_type(args[0]) == SQLITE_NULL)
		return;
	text = sqlite3_value_text(args[0]);
	size = sqlite3_value_bytes(args[0]);
	copy = text ? sqlite3_malloc(size + 1) : NULL;
	if (!copy) {
		sqlite3_result_error_nomem(context);
		return;
	}
	for (int i = 0; i < size; i++)
		copy[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	sqlite3_result_text(context, copy, size, sqlite3_free);
}

/* instant('2026-11-20 13:05') and instant('2026-11-20'): microseconds, in the site's zone. */
static void fn_instant(sqlite3_context *context, int n, sqlite3_value **args)
{
	const char *text = (const char *)sqlite3_value_text(args[0]);
	struct str s = { text, (size_t)sqlite3_value_bytes(args[0]) };
	int64_t day;
	usec_t t;

	if (!text || s.n == 0)
		return;
	if (s.n == 10 && when_parse_date(s, &day) == 1)
		sqlite3_result_int64(context, when_day_start(day));
	else if (s.n == 16 && when_parse_date(str_first(s, 10), &day) == 1 && s.p[13] == ':')
		sqlite3_result_int64(context, when_day_start(day) + HOURS((s.p[11] - '0') * 10 + s.p[12] - '0') +
						      MINUTES((s.p[14] - '0') * 10 + s.p[15] - '0'));
	else if (when_parse_iso(s, &t) == s.n)
		sqlite3_result_int64(context, t);
}

/* in_network(address, list): 1 when it lies in one of the networks of @list, 0 when not; NULL for what is no address. */
static void fn_in_network(sqlite3_context *context, int n, sqlite3_value **args)
{
	const char *address = (const char *)sqlite3_value_text(args[0]);
	const char *list = (const char *)sqlite3_value_text(args[1]);
	int r = network_holds(str_of(list), str_of(address));

	if (r >= 0)
		sqlite3_result_int(context, r);
}

static struct str arg_text(sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);

	return (struct str){ text ? text : "", text ? (size_t)sqlite3_value_bytes(value) : 0 };
}

static void fn_version_compare(sqlite3_context *context, int n, sqlite3_value **args)
{
	int r;

	if (version_compare(arg_text(args[0]), arg_text(args[1]), &r))
		sqlite3_result_int(context, r);
}

static void fn_version_safe(sqlite3_context *context, int n, sqlite3_value **args)
{
	int r = version_safe(arg_text(args[0]), arg_text(args[1]));

	if (r >= 0)
		sqlite3_result_int(context, r);
}

int functions_register(sqlite3 *db)
{
	const int pure = SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC;
	struct business *business = calloc(1, sizeof(*business));

	if (!business)
		return -ENOMEM;
	business->db = db;
	/* Not deterministic: calendar.csv may change.  SQLite frees @business, also when this fails. */
	if (sqlite3_create_function_v2(db, "business_days", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS, business,
				       fn_business_days, NULL, NULL, business_free) != SQLITE_OK)
		return -ENOMEM;
	if (sqlite3_create_function(db, "day", 1, pure, NULL, fn_day, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(db, "days", 2, pure, NULL, fn_days, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(db, "instant", 1, pure, NULL, fn_instant, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(db, "in_network", 2, pure, NULL, fn_in_network, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(db, "version_compare", 2, pure, NULL, fn_version_compare, NULL, NULL) !=
		    SQLITE_OK ||
	    sqlite3_create_function(db, "version_safe", 2, pure, NULL, fn_version_safe, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(db, "fold", 1, pure, NULL, fn_fold, NULL, NULL) != SQLITE_OK)
		return -ENOMEM;
	return 0;
}
