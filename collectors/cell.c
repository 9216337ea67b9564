#include "collectors/cell.h"

#include "collectors/cell_parts.h"

struct str cell_trim(struct str s)
{
	for (;;) {
		size_t before = s.n;

		s = str_trim(s);
		if (str_starts(s, STR("\xe3\x80\x80")) || str_starts(s, STR("\xef\xbb\xbf")))
			s = str_from(s, 3);
		if (str_ends(s, STR("\xe3\x80\x80")))
			s.n -= 3;
		if (str_starts(s, STR("\xc2\xa0")))
			s = str_from(s, 2);
		if (str_ends(s, STR("\xc2\xa0")))
			s.n -= 2;
		if (s.n == before)
			return s;
	}
}

/* The code of the character at the start of @s and its length; any byte that begins none counts for itself. */
static unsigned code_at(struct str s, size_t *ret_n)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n >= 3 && (p[0] & 0xf0) == 0xe0) {
		*ret_n = 3;
		return (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
	}
	*ret_n = 1;
	return p[0];
}

/* What Japanese keyboards give for an ASCII character, 0 for what is none. */
static char narrow_of(unsigned code)
{
	if (code >= 0xff01 && code <= 0xff5e)
		return (char)(code - 0xfee0);
	if (code == 0x3000)
		return ' ';
	if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212)
		return '-';
	return 0;
}

/* @s with full-width letters, digits and signs as ASCII ones; borrowed when there are none. */
static struct str narrow(struct str s, char *buf)
{
	size_t n = 0, i = 0, length;

	while (i < s.n && (signed char)s.p[i] >= 0)
		i++;
	if (i == s.n || s.n > CELL_MAX)
		return s;
	for (i = 0; i < s.n; i += length) {
		char c = narrow_of(code_at(str_from(s, i), &length));

		if (c) {
			buf[n++] = c;
		} else {
			memcpy(buf + n, s.p + i, length);
			n += length;
		}
	}
	return (struct str){ buf, n };
}

/* 1.00E+12: a spreadsheet has taken an id for a number, and most of its digits are lost. */
static bool is_science(struct str s)
{
	size_t i = 0;

	while (i < s.n && (is_digit(s.p[i]) || s.p[i] == '.'))
		i++;
	if (i == 0 || i + 2 >= s.n || (s.p[i] | 32) != 'e' || s.p[i + 1] != '+')
		return false;
	for (i += 2; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

/* Words by which people say that there is none. */
static bool is_nothing(struct str s)
{
	static const char *const words[] = { "-", "--", "ー", "なし", "無し", "無", "N/A", "none" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_ieq(s, str_of(words[i])))
			return true;
	return false;
}

static bool read_bool(struct str s, struct str *ret)
{
	static const char *const yes[] = { "yes", "y",  "true", "1",  "on", "はい", "有", "あり", "有り",
					   "○",   "〇", "◯",    "可", "済", "要",   "レ", "✓",    "該当" };
	static const char *const no[] = { "no",   "n",    "false", "0",    "off", "いいえ", "無",
					  "なし", "無し", "×",     "不可", "未",  "不要",   "非該当" };

	if (str_eq(s, STR("-")) || str_eq(s, STR("ー")) || str_eq(s, STR("―"))) /* a dash says neither */
		return true;
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (str_ieq(s, str_of(yes[i]))) {
			*ret = STR("yes");
			return true;
		}
	}
	for (size_t i = 0; i < COUNT(no); i++) {
		if (str_ieq(s, str_of(no[i]))) {
			*ret = STR("no");
			return true;
		}
	}
	return false;
}

/* 1,234 and 12.5; the commas go. */
static bool read_number(struct str s, char *buf, struct str *ret)
{
	size_t n = 0, digits = 0, points = 0;

	for (size_t i = 0; i < s.n && i < 64; i++) {
		if (s.p[i] == ',' && digits > 0)
			continue;
		digits += is_digit(s.p[i]);
		points += s.p[i] == '.';
		if (!is_digit(s.p[i]) && s.p[i] != '.' && !(s.p[i] == '-' && i == 0))
			return false;
		buf[n++] = s.p[i];
	}
	*ret = (struct str){ buf, n };
	return digits > 0 && points <= 1 && s.n < 64;
}

/* Next "value=alias|alias" of an enum's list. */
static bool choice_next(struct str *rest, struct str *ret_value, struct str *ret_aliases)
{
	struct str choice;

	*rest = str_trim(*rest);
	if (rest->n == 0)
		return false;
	choice = str_cut(rest, ' ');
	*ret_value = str_cut(&choice, '=');
	*ret_aliases = choice;
	return true;
}

static bool read_enum(const struct column *column, struct str s, struct str *ret)
{
	struct str rest = str_of(column->values), value, aliases;

	while (choice_next(&rest, &value, &aliases)) {
		bool found = str_ieq(value, s);

		while (!found && aliases.n > 0)
			found = str_ieq(str_cut(&aliases, '|'), s);
		if (found) {
			*ret = value;
			return true;
		}
	}
	return false;
}

char *cell_choices(const struct column *column, bool ja, char *buf, size_t size)
{
	struct str rest = str_of(column->values), value, aliases;
	size_t n = 0;

	buf[0] = '\0';
	while (choice_next(&rest, &value, &aliases)) {
		struct str word = ja && aliases.n > 0 ? str_cut(&aliases, '|') : value;

		if (n + word.n + 8 >= size)
			break;
		n += (size_t)snprintf(buf + n, size - n, "%s" STR_FMT, n == 0 ? "" : ja ? "・" : ", ", STR_ARG(word));
	}
	return buf;
}

static bool read_phone(struct str s, char *buf, struct str *ret, enum text *why)
{
	size_t n = 0, digits = 0;

	for (size_t i = 0; i < s.n && n < 64; i++) {
		char c = s.p[i];

		if (c == ' ')
			continue;
		if (str_starts(str_from(s, i), STR("ー"))) {
			i += 2;
			c = '-';
		}
		digits += is_digit(c);
		if (!is_digit(c) && !strchr("+-()#", c))
			return false;
		buf[n++] = c;
	}
	*ret = (struct str){ buf, n };
	if (digits == n && (n == 9 || n == 10) && buf[0] != '0') {
		*why = TEXT_cell_phone_zero;
		return false;
	}
	return digits > 0 && n < 64;
}

static bool is_id(enum column_type type)
{
	return type == COLUMN_ID || type == COLUMN_MACS || type == COLUMN_PHONE;
}

static bool read_typed(const struct column *column, struct str s, char *buf, struct str *ret, enum text *why)
{
	/* The narrow text may stand in buf; the readers write behind what they have read, or elsewhere. */
	switch (column->type) {
	case COLUMN_DATE: *why = TEXT_cell_date; return cell_read_date(s, buf + CELL_MAX, ret);
	case COLUMN_TIME: *why = TEXT_cell_time; return cell_read_time(s, buf + CELL_MAX, ret);
	case COLUMN_HOURS: *why = TEXT_cell_hours; return cell_read_hours(s, buf + CELL_MAX, ret);
	case COLUMN_BOOL: *why = TEXT_cell_bool; return read_bool(s, ret);
	case COLUMN_NUMBER: *why = TEXT_cell_number; return read_number(s, buf + CELL_MAX, ret);
	case COLUMN_ENUM: *why = TEXT_cell_enum; return read_enum(column, s, ret) || is_nothing(s);
	case COLUMN_MACS: *why = TEXT_cell_mac; return cell_read_macs(s, buf + CELL_MAX, ret);
	case COLUMN_IPS: *why = TEXT_cell_ip; return cell_read_ips(s, buf + CELL_MAX, ret);
	case COLUMN_NETS: *why = TEXT_cell_net; return cell_read_nets(s, buf + CELL_MAX, ret);
	case COLUMN_NAMES: *why = TEXT_cell_control; return cell_read_names(s, buf + CELL_MAX, ret);
	case COLUMN_PHONE: *why = TEXT_cell_phone; return read_phone(s, buf + CELL_MAX, ret, why);
	case COLUMN_TEXT:
	case COLUMN_ID: break;
	}
	*why = TEXT_cell_control;
	*ret = s;
	return !has_control(s);
}

bool cell_read(const struct column *column, struct str raw, char *buf, struct str *ret, enum text *ret_why)
{
	struct str s = cell_trim(raw);

	*ret = (struct str){ s.p, 0 };
	if (s.n >= CELL_MAX) {
		*ret_why = TEXT_cell_long;
		return false;
	}
	if (s.n > 0 && memchr(s.p, '\0', s.n)) {
		*ret_why = TEXT_cell_control;
		return false;
	}
	if (column->type == COLUMN_TEXT) {
		*ret = s;
		return true;
	}
	s = cell_trim(narrow(s, buf));
	if (s.n == 0)
		return true;
	if (is_id(column->type) && is_science(s)) {
		*ret_why = TEXT_cell_science;
		return false;
	}
	if (column->type != COLUMN_ID && column->type != COLUMN_BOOL && column->type != COLUMN_ENUM && is_nothing(s))
		return true;
	if (column->type == COLUMN_IPS &&
	    (str_ieq(s, STR("DHCP")) || str_eq(s, STR("自動")) || str_eq(s, STR("自動取得"))))
		return true;
	return read_typed(column, s, buf, ret, ret_why);
}
