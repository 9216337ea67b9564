/*
 * Calendar time.  The zones that matter here (Asia/Tokyo first) have had one offset for decades: when_zone() finds that
 * out once, and reading a time of a line then costs no call into the C library.
 */

#include "core/when.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

static bool zone_fixed = true;
static int zone_offset = 9 * 3600;

static int libc_offset(usec_t t)
{
	time_t seconds = (time_t)(t / 1000000 - (t % 1000000 < 0));
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return 0;
	return (int)tm.tm_gmtoff;
}

int when_zone(const char *name)
{
	char path[256];
	struct stat st;

	if (name[0] == '/' || name[0] == ':' || strstr(name, ".."))
		return -ENOENT;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
		/* A minimal machine has no tz database; these two need none. */
		if (strcmp(name, "Asia/Tokyo") && strcmp(name, "UTC"))
			return -ENOENT;
		zone_fixed = true;
		zone_offset = strcmp(name, "UTC") ? 9 * 3600 : 0;
		setenv("TZ", zone_offset ? "JST-9" : "UTC0", 1);
		tzset();
		return 0;
	}

	setenv("TZ", name, 1);
	tzset();
	zone_fixed = true;
	zone_offset = libc_offset(SECONDS(1735689600)); /* 2025-01-01 */
	for (int64_t day = when_days(2000, 1, 1); day < when_days(2060, 1, 1); day += 15)
		if (libc_offset(day * DAYS(1)) != zone_offset)
			zone_fixed = false;
	return 0;
}

int when_offset(usec_t t)
{
	return zone_fixed ? zone_offset : libc_offset(t);
}

/* After Howard Hinnant's "chrono-compatible low-level date algorithms". */
int64_t when_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

void when_civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int64_t when_day_of(usec_t t)
{
	usec_t local = t + SECONDS(when_offset(t));

	return local / DAYS(1) - (local % DAYS(1) < 0);
}

/* Local wall-clock @local as UTC. */
static usec_t local_to_utc(usec_t local)
{
	if (zone_fixed)
		return local - SECONDS(zone_offset);
	return local - SECONDS(libc_offset(local - SECONDS(libc_offset(local))));
}

usec_t when_day_start(int64_t days)
{
	return local_to_utc(days * DAYS(1));
}

static inline int digit(char c)
{
	return (unsigned char)(c - '0') <= 9 ? c - '0' : -1;
}

/* Two digits at @p, -1 when they are none. */
static inline int two(const char *p)
{
	int a = digit(p[0]), b = digit(p[1]);

	return a < 0 || b < 0 ? -1 : a * 10 + b;
}

/* "hh:mm:ss" at @p (8 readable bytes); -1 when it is none.  All eight bytes are looked at in one word. */
static usec_t read_clock(const char *p)
{
	uint64_t word;
	unsigned h, m, s;

	memcpy(&word, p, sizeof(word));
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		word = __builtin_bswap64(word);
	word ^= 0x30303a30303a3030u;
	/* Digits have become 0 to 9, colons 0: nothing above the low four bits, and no digit over 9. */
	if ((word | (word + 0x0606000606000606u)) & 0xf0f0fff0f0fff0f0u)
		return -1;
	h = (unsigned)(word & 15) * 10 + (unsigned)(word >> 8 & 15);
	m = (unsigned)(word >> 24 & 15) * 10 + (unsigned)(word >> 32 & 15);
	s = (unsigned)(word >> 48 & 15) * 10 + (unsigned)(word >> 56);
	if (h > 23 || m > 59 || s > 60)
		return -1;
	if (s == 60) /* a leap second */
		return SECONDS(h * 3600 + m * 60 + 60) - 1;
	return SECONDS(h * 3600 + m * 60 + s);
}

/* ".123456789" or ",123" at the start of @s; returns the bytes read. */
static size_t read_fraction(struct str s, usec_t *ret)
{
	usec_t value = 0, unit = 100000;
	size_t i = 1;

	if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || digit(s.p[1]) < 0)
		return 0;
	for (; i < s.n && i <= 9 && digit(s.p[i]) >= 0; i++) {
		value += unit * digit(s.p[i]);
		unit /= 10;
	}
	*ret = value;
	return i;
}

/* "Z", "+09:00", "+0900", "-00" at the start of @s; returns the bytes read, 0 when there is no zone. */
static size_t read_zone(struct str s, int *ret_offset)
{
	int h, m = 0;
	size_t n = 3;

	if (s.n > 0 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*ret_offset = 0;
		return 1;
	}
	if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-'))
		return 0;
	h = two(s.p + 1);
	if (h < 0 || h > 18)
		return 0;
	if (s.n >= 6 && s.p[3] == ':' && two(s.p + 4) >= 0) {
		m = two(s.p + 4);
		n = 6;
	} else if (s.n >= 5 && two(s.p + 3) >= 0) {
		m = two(s.p + 3);
		n = 5;
	}
	if (m > 59)
		return 0;
	*ret_offset = (h * 3600 + m * 60) * (s.p[0] == '-' ? -1 : 1);
	return n;
}

/*
 * Lines come in the order of time: the date of the last one is nearly always that of the next.  What is remembered is a
 * pure function of the text (and of the received day), so it changes no answer.
 */
static _Thread_local struct {
	char iso[10];
	int64_t iso_days;
	char bsd[6];
	usec_t bsd_from, bsd_to; /* received times for which bsd_start holds */
	usec_t bsd_start;
} last;

/* Days of "YYYY-MM-DD"; INT64_MIN when it is none. */
static int64_t iso_days(const char *p)
{
	int year, month, day;

	if (!memcmp(p, last.iso, sizeof(last.iso)))
		return last.iso_days;
	if (p[4] != '-' || p[7] != '-' || two(p) < 0 || two(p + 2) < 0)
		return INT64_MIN;
	year = two(p) * 100 + two(p + 2);
	month = two(p + 5);
	day = two(p + 8);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return INT64_MIN;
	memcpy(last.iso, p, sizeof(last.iso));
	last.iso_days = when_days(year, month, day);
	return last.iso_days;
}

size_t when_parse_iso(struct str s, usec_t *ret)
{
	usec_t clock, fraction = 0, t;
	size_t n = 19, zone;
	int64_t days;
	int offset;

	if (s.n < 19 || (s.p[10] != 'T' && s.p[10] != ' ' && s.p[10] != 't'))
		return 0;
	days = iso_days(s.p);
	clock = read_clock(s.p + 11);
	if (days == INT64_MIN || clock < 0)
		return 0;

	n += read_fraction(str_from(s, n), &fraction);
	t = days * DAYS(1) + clock + fraction;
	zone = read_zone(str_from(s, n), &offset);
	*ret = zone ? t - SECONDS(offset) : local_to_utc(t);
	return n + zone;
}

/* 1 to 12 for "Jan" to "Dec" in any case, 0 for none. */
static int read_month(const char *p)
{
	static const char names[12][4] = { "jan", "feb", "mar", "apr", "may", "jun",
					   "jul", "aug", "sep", "oct", "nov", "dec" };
	char a = (char)(p[0] | 32), b = (char)(p[1] | 32), c = (char)(p[2] | 32);

	for (int i = 0; i < 12; i++)
		if (names[i][0] == a && names[i][1] == b && names[i][2] == c)
			return i + 1;
	return 0;
}

/* The latest year that does not put the time more than a week ahead of @received: lines come late, hardly early. */
static usec_t nearest_year(int month, int day, usec_t clock, usec_t received)
{
	int year, m, d;
	usec_t t;

	when_civil(when_day_of(received), &year, &m, &d);
	/* In the last days of December the line may be of next January. */
	for (year += m == 12; year > 0; year--) {
		t = local_to_utc(when_days(year, month, day) * DAYS(1) + clock);
		if (t <= received + DAYS(7))
			return t;
	}
	return 0;
}

/* A year of four digits and one blank at the start of @s: 5, or 0 and *ret untouched. */
static size_t read_year(struct str s, int *ret)
{
	int year;

	if (s.n < 5 || s.p[4] != ' ' || two(s.p) < 0 || two(s.p + 2) < 0)
		return 0;
	year = two(s.p) * 100 + two(s.p + 2);
	if (year < 1970 || year > 2099)
		return 0;
	*ret = year;
	return 5;
}

/* "Mmm dd hh:mm:ss " of a day that was just read, without a year or a fraction; 0 when it is anything else. */
static size_t bsd_again(struct str s, usec_t received, usec_t *ret)
{
	usec_t clock;

	if (s.n < 17 || memcmp(s.p, last.bsd, sizeof(last.bsd)) || received < last.bsd_from || received >= last.bsd_to)
		return 0;
	clock = s.p[6] == ' ' && s.p[15] == ' ' && digit(s.p[16]) < 0 ? read_clock(s.p + 7) : -1;
	if (clock < 0)
		return 0;
	*ret = last.bsd_start + clock;
	return 15;
}

/* Remembers the start of the day that "Mmm dd" at @p means, for times of receipt around @received. */
static void bsd_remember(const char *p, usec_t received, usec_t start)
{
	/* Where a year begins the answer turns within a day: there every line is read anew. */
	if (!zone_fixed || received - start > DAYS(300) || start + DAYS(1) > received + DAYS(6))
		return;
	memcpy(last.bsd, p, sizeof(last.bsd));
	last.bsd_start = start;
	last.bsd_from = start;
	last.bsd_to = start + DAYS(300);
}

size_t when_parse_bsd(struct str s, usec_t received, usec_t *ret)
{
	int month, day, year = 0;
	usec_t clock, fraction = 0;
	size_t n = 4;

	if (s.n < 14 || s.p[3] != ' ')
		return 0;
	n = bsd_again(s, received, ret);
	if (n)
		return n;
	n = 4;
	month = read_month(s.p);
	if (month == 0)
		return 0;
	if (s.p[n] == ' ')
		n++;
	day = digit(s.p[n]);
	if (day < 0)
		return 0;
	n++;
	if (digit(s.p[n]) >= 0)
		day = day * 10 + digit(s.p[n++]);
	if (day < 1 || day > 31 || s.p[n] != ' ')
		return 0;
	n++;
	n += read_year(str_from(s, n), &year);
	if (s.n < n + 8)
		return 0;
	clock = read_clock(s.p + n);
	if (clock < 0)
		return 0;
	n += 8;
	n += read_fraction(str_from(s, n), &fraction);
	if (year == 0 && s.n > n + 5 && s.p[n] == ' ' && read_year(str_from(s, n + 1), &year))
		n += 5;
	if (year)
		*ret = local_to_utc(when_days(year, month, day) * DAYS(1) + clock + fraction);
	else
		*ret = nearest_year(month, day, clock, received) + fraction;
	if (!year && n == 15)
		bsd_remember(s.p, received, *ret - clock - fraction);
	return n;
}

static char *format(char *buf, usec_t t, bool fraction)
{
	int offset = when_offset(t), year, month, day;
	usec_t local = t + SECONDS(offset);
	int64_t days = local / DAYS(1) - (local % DAYS(1) < 0);
	unsigned rest = (unsigned)((local - days * DAYS(1)) / 1000000),
		 usec = (unsigned)((local - days * DAYS(1)) % 1000000);
	char tail[16] = "";

	buf[0] = '\0';
	if (t == 0)
		return buf;
	when_civil(days, &year, &month, &day);
	if (fraction)
		snprintf(tail, sizeof(tail), ".%06u", usec % 1000000u);
	snprintf(buf, WHEN_MAX, "%04d-%02u-%02uT%02u:%02u:%02u%s%c%02u:%02u", (year < 0 ? 0 : year) % 10000,
		 (unsigned)month % 100u, (unsigned)day % 100u, rest / 3600 % 100u, rest / 60 % 60, rest % 60, tail,
		 offset < 0 ? '-' : '+', (unsigned)abs(offset) / 3600 % 100u, (unsigned)abs(offset) / 60 % 60);
	return buf;
}

char *when_format(char buf[static WHEN_MAX], usec_t t)
{
	return format(buf, t, false);
}

char *when_format_usec(char buf[static WHEN_MAX], usec_t t)
{
	return format(buf, t, true);
}

char *when_format_day(char buf[static WHEN_MAX], int64_t days)
{
	int year, month, day;

	when_civil(days, &year, &month, &day);
	snprintf(buf, WHEN_MAX, "%04d-%02d-%02d", year, month, day);
	return buf;
}

int when_parse_span(struct str s, usec_t *ret)
{
	static const struct {
		struct str unit;
		usec_t usec;
	} units[] = {
		{ { "ms", 2 }, MSEC(1) }, { { "s", 1 }, SECONDS(1) }, { { "m", 1 }, MINUTES(1) },
		{ { "h", 1 }, HOURS(1) }, { { "d", 1 }, DAYS(1) },    { { "", 0 }, SECONDS(1) },
	};
	struct str unit;
	int64_t value;
	size_t n = 0;

	while (n < s.n && digit(s.p[n]) >= 0)
		n++;
	if (n == 0 || n > 9 || !str_int(str_first(s, n), &value))
		return 0;
	unit = str_from(s, n);
	for (size_t i = 0; i < COUNT(units); i++) {
		if (str_eq(unit, units[i].unit)) {
			*ret = value * units[i].usec;
			return 1;
		}
	}
	return 0;
}

int when_fiscal_year(int64_t days)
{
	int year, month, day;

	when_civil(days, &year, &month, &day);
	return month >= 4 ? year : year - 1;
}
