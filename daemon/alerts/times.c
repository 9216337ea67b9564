/* Hours and days of people: quiet hours, office hours with Japan's holidays and the site's own closed days, times of digests. */

#include "core/when.h"
#include "daemon/alerts/plan_in.h"

static int minute_of(usec_t t)
{
	return (int)((t - when_day_start(when_day_of(t))) / MINUTES(1));
}

bool hours_hold(struct day_hours hours, usec_t now)
{
	int minute = minute_of(now);

	if (hours.from < 0 || hours.from == hours.to)
		return false;
	if (hours.from < hours.to)
		return minute >= hours.from && minute < hours.to;
	return minute >= hours.from || minute < hours.to;
}

usec_t hours_end(struct day_hours hours, usec_t now)
{
	int64_t day = when_day_of(now);

	/* Over midnight, and that is still ahead: they end tomorrow. */
	if (hours.from > hours.to && minute_of(now) >= hours.from)
		day++;
	return when_day_start(day) + MINUTES(hours.to);
}

usec_t schedule_last(int weekday, int minute, usec_t now)
{
	int64_t day = when_day_of(now);

	for (int back = 0; back <= 7; back++, day--) {
		/* 1970-01-01 was a Thursday. */
		bool fits = weekday < 0 || (int)((day + 3) % 7) == weekday;
		usec_t at = when_day_start(day) + MINUTES(minute);

		if (fits && at <= now)
			return at;
	}
	return 0;
}

static bool day_works(sqlite3 *db, usec_t now)
{
	int64_t open = 1;

	if (sql_number(db, 1, &open, "SELECT business_days(?1, ?2)", "ii", (int64_t)(now - DAYS(1)), (int64_t)now) < 0)
		return true; /* better told twice than to nobody */
	return open > 0;
}

bool office_open(struct day_hours office, sqlite3 *db, usec_t now)
{
	if (office.from >= 0 && !hours_hold(office, now))
		return false;
	return day_works(db, now);
}

usec_t quiet_end(const struct plan *plan, usec_t now)
{
	usec_t t = now;

	/* A night ends on a holiday, which ends in a night; no row of closed days is longer than a month. */
	for (int i = 0; i < 64; i++) {
		if (hours_hold(plan->policy.quiet, t))
			t = hours_end(plan->policy.quiet, t);
		else if (plan->policy.quiet_closed && !day_works(plan->db, t))
			t = when_day_start(when_day_of(t) + 1);
		else
			break;
	}
	return t;
}
