/*
 * Headers as devices send them.  Three shapes after the optional <PRI>: RFC 5424 ("1 TIME HOST APP PROCID MSGID SD MSG"), a
 * time in front (RFC 3164, or ISO 8601 as rsyslog writes it), or nothing: then the line is all text (FortiGate, YAMAHA).
 * A missing host, Cisco's sequence numbers and asterisks, and a host followed by " : " are ordinary.
 */

#include "core/syslog.h"

#include "core/scan.h"
#include "core/when.h"

#define TAG_MAX 64

/* Bytes that end the name of a tag, and those that a host name is made of. */
enum { TAG_END = 1, HOST_BYTE = 2 };
static const unsigned char kinds[256] = {
	[0 ... ' '] = TAG_END,       ['['] = TAG_END,           ['='] = TAG_END,           ['"'] = TAG_END,
	[':'] = TAG_END | HOST_BYTE, ['0' ... '9'] = HOST_BYTE, ['a' ... 'z'] = HOST_BYTE, ['A' ... 'Z'] = HOST_BYTE,
	['.'] = HOST_BYTE,           ['-'] = HOST_BYTE,         ['_'] = HOST_BYTE,         ['%'] = HOST_BYTE,
	[0x80 ... 0xff] = HOST_BYTE,
};

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

/* RFC 5424 6.2.1: "<0>" to "<191>".  Returns the bytes read; anything else is text. */
static size_t read_priority(struct str s, int *ret)
{
	int value = 0;
	size_t i = 1;

	if (s.n < 3 || s.p[0] != '<')
		return 0;
	while (i < s.n && i <= 3 && is_digit(s.p[i]))
		value = value * 10 + (s.p[i++] - '0');
	if (i == 1 || i >= s.n || s.p[i] != '>' || value > 191)
		return 0;
	*ret = value;
	return i + 1;
}

static struct str skip_blanks(struct str s)
{
	while (s.n > 0 && s.p[0] == ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

static struct str clip(struct str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\0'))
		s.n--;
	return s;
}

/* '@' in front of a name is ours alone. */
static struct str foreign(struct str program)
{
	while (program.n > 0 && program.p[0] == '@')
		program = str_from(program, 1);
	return program;
}

/* Where the name of a tag ends at the latest: the first of TAG_END in the @max bytes at @s, or @max. */
static inline size_t tag_name(struct str s, size_t max)
{
	size_t i = 0;

#ifdef __SSE2__
	/* Nearly all names are shorter than sixteen bytes: one step, and no loop whose length nobody can guess. */
	if (s.n >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)s.p), blank = _mm_set1_epi8(' ');
		__m128i ends = _mm_cmpeq_epi8(_mm_min_epu8(bytes, blank), bytes);
		unsigned found;

		ends = _mm_or_si128(ends, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
		ends = _mm_or_si128(ends, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
		ends = _mm_or_si128(ends, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')));
		ends = _mm_or_si128(ends, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
		found = (unsigned)_mm_movemask_epi8(ends);
		if (found)
			return (size_t)__builtin_ctz(found);
		i = 16;
	}
#endif
	while (i < max && !(kinds[(unsigned char)s.p[i]] & TAG_END))
		i++;
	return i;
}

/*
 * "NAME[PID]:", "NAME:" or "NAME[PID] " at the start of @s.  True, the name in @ret_program and what follows in @ret_text.
 * @bare: "NAME:" is accepted without a [PID].
 */
static bool read_tag(struct str s, bool bare, struct str *ret_program, struct str *ret_text)
{
	size_t max = s.n < TAG_MAX ? s.n : TAG_MAX, i = tag_name(s, max), end;

	if (i == 0 || i >= max)
		return false;
	end = i;
	if (s.p[i] == '[') {
		/* Only what can be a process: a line such as "Tunnel[x y]" has no tag. */
		for (i++; i < max && s.p[i] != ']'; i++)
			if ((unsigned char)s.p[i] <= ' ')
				return false;
		if (i + 1 >= s.n || i >= max)
			return false;
		i++;
		if (s.p[i] != ':') {
			if (s.p[i] != ' ' || !is_digit(s.p[end + 1]))
				return false;
			*ret_program = foreign(str_first(s, end));
			*ret_text = skip_blanks(str_from(s, i));
			return true;
		}
	} else if (s.p[i] != ':' || !bare) {
		return false;
	}
	if (i + 1 < s.n && s.p[i + 1] != ' ' && s.p[i + 1] != '\t' && s.p[end] != '[')
		return false;
	*ret_program = foreign(str_first(s, end));
	*ret_text = skip_blanks(str_from(s, i + 1));
	return true;
}

/* Cuts a word off @s up to a blank. */
static inline struct str word(struct str *s)
{
	size_t i = (size_t)(scan_for(s->p, s->p + s->n, ' ') - s->p);
	struct str part = str_first(*s, i);

	*s = str_from(*s, i + 1);
	return part;
}

static bool nil(struct str s)
{
	return s.n == 1 && s.p[0] == '-';
}

/* Length of the structured data at the start of @s (RFC 5424 6.3), 0 when it is none. */
static size_t sd_length(struct str s)
{
	size_t i = 0;

	if (s.n > 0 && s.p[0] == '-')
		return 1;
	while (i < s.n && s.p[i] == '[') {
		bool quoted = false;

		for (i++; i < s.n && (quoted || s.p[i] != ']'); i++) {
			if (quoted && s.p[i] == '\\')
				i++;
			else if (s.p[i] == '"')
				quoted = !quoted;
		}
		if (i >= s.n)
			return 0;
		i++;
	}
	return i;
}

/* "1 TIME HOST APP PROCID MSGID SD MSG"; false when the time is none, then it is no RFC 5424 line. */
static bool read_5424(struct str s, struct record *ret)
{
	struct str rest = str_from(s, 2), stamp = word(&rest), host, app, msg;
	usec_t at = 0;
	size_t sd;

	if (!nil(stamp) && when_parse_iso(stamp, &at) != stamp.n)
		return false;
	host = word(&rest);
	app = word(&rest);
	word(&rest);
	word(&rest);
	sd = sd_length(rest);
	msg = sd < rest.n ? skip_blanks(str_from(rest, sd)) : (struct str){ rest.p, 0 };
	if (str_starts(msg, STR("\xef\xbb\xbf")))
		msg = str_from(msg, 3);

	ret->at = at;
	ret->host = nil(host) ? (struct str){ 0 } : host;
	ret->program = nil(app) ? (struct str){ 0 } : foreign(app);
	ret->text = clip(msg.n > 0 || sd < 2 ? msg : rest);
	if (msg.n > 0 && sd > 1)
		ret->sd = str_first(rest, sd);
	return true;
}

/* Cisco: "123: " in front, '*' or '.' before a time that is not synchronised. */
static struct str skip_cisco(struct str s)
{
	size_t i = 0;

	while (i < s.n && i < 10 && is_digit(s.p[i]))
		i++;
	if (i > 0 && i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ' ')
		s = skip_blanks(str_from(s, i + 1));
	if (s.n > 1 && (s.p[0] == '*' || s.p[0] == '.') && s.p[1] >= 'A' && s.p[1] <= 'Z')
		s = str_from(s, 1);
	return s;
}

/* After the time of an RFC 3164 line: a zone name and a colon (Cisco), which are no host. */
static struct str skip_zone(struct str s)
{
	size_t i = 0;

	if (s.n > 0 && s.p[0] == ':')
		return skip_blanks(str_from(s, 1));
	while (i < s.n && i < 5 && s.p[i] >= 'A' && s.p[i] <= 'Z')
		i++;
	if (i >= 3 && i + 2 < s.n && s.p[i] == ':' && s.p[i + 1] == ' ' && s.p[i + 2] == '%')
		return skip_blanks(str_from(s, i + 1));
	return s;
}

/* @s has at least sixteen readable bytes when @wide, whatever its length. */
static inline bool can_be_host(struct str s, bool wide)
{
#ifdef __SSE2__
	if (wide && s.n > 0 && s.n <= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)s.p);
		__m128i low = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
		__m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('-')); /* '-' './' digits ':' */
		__m128i good = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8('z' - 'a')), low);

		good = _mm_or_si128(good, _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(':' - '-')), digit));
		good = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')), good);
		/* What is rare ('_', '%', beyond ASCII) is left to the loop. */
		if (((unsigned)_mm_movemask_epi8(good) | ~0u << s.n) == ~0u)
			return true;
	}
#endif
	for (size_t i = 0; i < s.n; i++)
		if (!(kinds[(unsigned char)s.p[i]] & HOST_BYTE))
			return false;
	return s.n > 0 && s.n <= 255;
}

/* Dotted digits: behind a time, without a program, the relay's word for who sent the line (MikroTik by rsyslog). */
static bool is_address(struct str s)
{
	unsigned dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '.' && !is_digit(s.p[i]))
			return false;
		dots += s.p[i] == '.';
	}
	return dots == 3 && s.n >= 7;
}

/* What follows the time: "HOST TAG: text", "TAG: text", "HOST : TAG: text" or "HOST text". */
static void read_body(struct str s, bool bsd, struct record *ret)
{
	struct str rest = s, host = word(&rest);
	char end = host.n > 0 ? host.p[host.n - 1] : 0;

	/* A first word that ends like a tag, and only such a one, can be the tag of a line without a host. */
	if ((end == ':' || end == ']') && read_tag(s, true, &ret->program, &ret->text))
		return;
	rest = skip_blanks(rest);
	if (rest.n > 1 && rest.p[0] == ':' && rest.p[1] == ' ')
		rest = skip_blanks(str_from(rest, 2));
	if (!can_be_host(host, s.n >= 16)) {
		ret->text = s;
	} else if (read_tag(rest, true, &ret->program, &ret->text)) {
		ret->host = host;
	} else if (rest.n > 0 && (bsd || is_address(host))) {
		ret->host = host;
		ret->text = rest;
	} else {
		ret->text = s;
	}
}

void syslog_parse(struct str line, usec_t received, struct record *ret)
{
	struct str s = clip(line), after;
	usec_t at = 0;
	size_t n;
	bool bsd = true;

	ret->raw = line;
	ret->at = 0;
	ret->host = ret->program = ret->sd = (struct str){ 0 };
	ret->priority = -1;

	n = read_priority(s, &ret->priority);
	s = str_from(s, n);
	if (s.n > 2 && s.p[0] == '1' && s.p[1] == ' ' && read_5424(s, ret))
		return;
	after = skip_cisco(n ? skip_blanks(s) : s);
	n = when_parse_bsd(after, received, &at);
	if (n == 0) {
		n = when_parse_iso(after, &at);
		bsd = false;
	}
	if (n > 0) {
		ret->at = at;
		read_body(skip_zone(skip_blanks(str_from(after, n))), bsd, ret);
	} else if (!read_tag(after, ret->priority >= 0 || (after.n > 0 && after.p[0] == '%'), &ret->program,
			     &ret->text)) {
		ret->text = s;
	}
	ret->text = clip(ret->text);
}
