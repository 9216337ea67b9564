/* When the next snapshot is due.  Pure. */
#include "core/when.h"
#include "daemon/snapshots/snapshots.h"

static bool read_clock(struct str s, usec_t *ret)
{
	int64_t hour, minute;

	if (s.n != 5 || s.p[2] != ':' || !str_int(str_first(s, 2), &hour) || !str_int(str_from(s, 3), &minute) ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*ret = HOURS(hour) + MINUTES(minute);
	return true;
}

static int name_of(struct str word, const char *names)
{
	struct str rest = str_of(names);

	for (int i = 0; rest.n > 0; i++)
		if (str_eq(str_cut(&rest, ' '), word))
			return i;
	return -1;
}

/* The last day at or before @today of which @holds is true. */
static int64_t day_before(int64_t today, bool (*holds)(int64_t day, int month, int number), int month, int number)
{
	for (int64_t day = today; day > today - 1500; day--)
		if (holds(day, month, number))
			return day;
	return 0;
}

static bool every_day(int64_t day, int month, int number)
{
	return true;
}

static bool is_weekday(int64_t day, int month, int number)
{
	return (day + 3) % 7 == number; /* 1970-01-01 was a Thursday */
}

static bool is_date(int64_t day, int month, int number)
{
	int y, m, d;

	when_civil(day, &y, &m, &d);
	return d == number && (month == 0 || m == month);
}

usec_t snapshots_due(const char *plan, usec_t now)
{
	struct str rest = str_of(plan), first = str_cut(&rest, ' ');
	bool (*holds)(int64_t day, int month, int number) = every_day;
	int64_t today = when_day_of(now), number = 0, day;
	int month = 0;
	usec_t clock;

	if (rest.n == 0) {
		if (!read_clock(first, &clock))
			return 0;
	} else if (name_of(first, "mon tue wed thu fri sat sun") >= 0) {
		number = name_of(first, "mon tue wed thu fri sat sun");
		holds = is_weekday;
		if (!read_clock(rest, &clock))
			return 0;
	} else {
		month = name_of(first, "jan feb mar apr may jun jul aug sep oct nov dec") + 1;
		holds = is_date;
		if (month > 0)
			first = str_cut(&rest, ' ');
		if (!str_int(first, &number) || number < 1 || number > 31 || !read_clock(rest, &clock))
			return 0;
	}
	day = day_before(today, holds, month, (int)number);
	if (day == today && when_day_start(day) + clock > now)
		day = day_before(today - 1, holds, month, (int)number);
	return when_day_start(day) + clock;
}
