#include <errno.h>
#include <stdlib.h>

#include "dashboard/head.h"

/* RFC 9110 5.6.2: what a method or a field name is made of. */
static bool is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool all_tokens(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token(s.p[i]))
			return false;
	return s.n > 0;
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static bool value_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Cuts a line that ends in CRLF.  1, 0 when its end is not there yet, -400 for a bare LF or CR. */
static int line_cut(struct str *rest, struct str *ret)
{
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == '\n' || rest->p[i] == '\0')
			return -400;
		if (rest->p[i] != '\r')
			continue;
		if (i + 1 == rest->n)
			return 0;
		if (rest->p[i + 1] != '\n')
			return -400;
		*ret = str_first(*rest, i);
		*rest = str_from(*rest, i + 2);
		return 1;
	}
	return 0;
}

/* Origin form only: "/path?query".  No fragment, nothing outside of printable ASCII, no bad escape, no %00. */
static int target_read(struct str target, struct head *ret)
{
	char hex[3] = { 0 };

	if (target.n > HEAD_TARGET_MAX)
		return -414;
	if (target.n == 0 || target.p[0] != '/')
		return -400;
	for (size_t i = 0; i < target.n; i++) {
		unsigned char c = (unsigned char)target.p[i];

		if (c <= 0x20 || c >= 0x7f || strchr("#\"<>\\^`{|}", c))
			return -400;
		if (c != '%')
			continue;
		if (i + 2 >= target.n)
			return -400;
		memcpy(hex, target.p + i + 1, 2);
		if (strspn(hex, "0123456789abcdefABCDEF") != 2 || strtol(hex, NULL, 16) == 0)
			return -400;
	}

	ret->query = target;
	ret->path = str_cut(&ret->query, '?');
	return 0;
}

static int first_line(struct str line, struct head *ret)
{
	static const struct str methods[HEAD_OTHER] = {
		[HEAD_GET] = { "GET", 3 }, [HEAD_HEAD] = { "HEAD", 4 },     [HEAD_POST] = { "POST", 4 },
		[HEAD_PUT] = { "PUT", 3 }, [HEAD_DELETE] = { "DELETE", 6 },
	};
	struct str method = str_cut(&line, ' '), target = str_cut(&line, ' ');
	int r;

	if (!all_tokens(method))
		return -400;
	r = target_read(target, ret);
	if (r < 0)
		return r;

	if (line.n != 8 || !str_starts(line, STR("HTTP/")) || line.p[6] != '.' ||
	    !all_digits(str_first(str_from(line, 5), 1)) || !all_digits(str_from(line, 7)))
		return -400;
	if (!str_eq(line, STR("HTTP/1.1")) && !str_eq(line, STR("HTTP/1.0")))
		return -505;

	ret->keep = str_eq(line, STR("HTTP/1.1"));
	ret->old = !ret->keep;
	ret->method = HEAD_OTHER;
	for (size_t i = 0; i < COUNT(methods); i++)
		if (str_eq(method, methods[i]))
			ret->method = (enum head_method)i;
	return 0;
}

/* "localhost:8080", "[::1]:8080", "10.0.0.1". */
static int host_read(struct str value, struct str *ret)
{
	struct str host = value, port = { 0 };
	ssize_t at;

	if (str_starts(value, STR("["))) {
		at = str_index(value, ']');
		if (at < 0)
			return -400;
		host = str_first(value, (size_t)at + 1);
		port = str_from(value, (size_t)at + 1);
		if (port.n > 0 && port.p[0] != ':')
			return -400;
		port = port.n > 0 ? str_from(port, 1) : STR("0");
	} else {
		port = value;
		host = str_cut(&port, ':');
		if (host.n == value.n)
			port = STR("0");
	}
	if (host.n == 0 || host.n > 255 || port.n > 5 || !all_digits(port))
		return -400;
	for (size_t i = 0; i < host.n; i++)
		if (!is_token(host.p[i]) && !strchr("[]:", host.p[i]))
			return -400;
	*ret = host;
	return 0;
}

struct framing {
	bool length, chunked, host;
	int64_t size;
};

static int framing_field(struct str name, struct str value, struct framing *framing, struct head *ret)
{
	if (str_ieq(name, STR("content-length"))) {
		if (framing->length || !all_digits(value) || value.n > 18 || !str_int(value, &framing->size))
			return -400;
		framing->length = true;
	} else if (str_ieq(name, STR("transfer-encoding"))) {
		if (framing->chunked || !str_ieq(value, STR("chunked")))
			return -501;
		framing->chunked = true;
	} else if (str_ieq(name, STR("host"))) {
		if (framing->host)
			return -400;
		framing->host = true;
		ret->authority = value;
		return host_read(value, &ret->host);
	} else if (str_ieq(name, STR("expect"))) {
		if (ret->expects || !str_ieq(value, STR("100-continue")))
			return -417;
		ret->expects = !ret->old; /* an old one does not understand "100 Continue" */
	} else if (str_ieq(name, STR("connection"))) {
		if (str_ifind(value, STR("close")) >= 0 || str_ifind(value, STR("upgrade")) >= 0)
			ret->keep = false;
	}
	return 0;
}

static int field_read(struct str line, struct framing *framing, struct head *ret)
{
	const struct {
		struct str name;
		struct str *value;
	} kept[] = {
		{ STR("if-none-match"), &ret->if_none_match }, { STR("last-event-id"), &ret->last_event_id },
		{ STR("authorization"), &ret->authorization }, { STR("sec-fetch-site"), &ret->fetch_site },
		{ STR("sec-fetch-mode"), &ret->fetch_mode },   { STR("origin"), &ret->origin },
		{ STR("content-type"), &ret->type },           { STR("idempotency-key"), &ret->idempotency_key },
		{ STR("if-match"), &ret->if_match },           { STR("accept-encoding"), &ret->accept_encoding },
	};
	struct str value = line, name;

	/* A line that begins with a blank would go on with the one before (obs-fold); all_tokens() refuses it. */
	if (str_index(line, ':') < 0)
		return -400;
	name = str_cut(&value, ':');
	if (!all_tokens(name) || !value_ok(value))
		return -400;
	value = str_trim(value);

	for (size_t i = 0; i < COUNT(kept); i++)
		if (str_ieq(name, kept[i].name)) {
			if (kept[i].value->p)
				return -400;
			*kept[i].value = value;
		}
	return framing_field(name, value, framing, ret);
}

static int framing_end(const struct framing *framing, struct head *ret)
{
	struct str type;

	if (!framing->host)
		return -400;
	if (framing->length && framing->chunked)
		return -400;
	if (framing->size > HEAD_BODY_MAX)
		return -413;

	type = ret->type;
	ret->type = str_trim(str_cut(&type, ';'));
	ret->size = (size_t)framing->size;
	if (ret->method == HEAD_OTHER) {
		/* Refused by the caller, whatever follows. */
		ret->keep = false;
		ret->size = 0;
		return 0;
	}
	if (ret->method != HEAD_GET && ret->method != HEAD_HEAD)
		/* A body ends where its length says and nowhere else: no chunks, and no guessing. */
		return framing->chunked || (!framing->length && ret->method != HEAD_DELETE) ? -411 : 0;
	/* A body where none is allowed is where two readers disagree about what comes next. */
	return framing->chunked || framing->size > 0 ? -400 : ret->expects ? -417 : 0;
}

int head_read(struct str bytes, struct head *ret)
{
	struct framing framing = { 0 };
	struct head head = { 0 };
	struct str rest = bytes, line;
	int r;

	r = line_cut(&rest, &line);
	if (r == 0)
		return bytes.n > HEAD_TARGET_MAX + 64 ? -414 : 0;
	if (r < 0)
		return r;
	r = first_line(line, &head);
	if (r < 0)
		return r;

	for (int fields = 0;; fields++) {
		r = line_cut(&rest, &line);
		if (r < 0)
			return r;
		if (r == 0)
			return bytes.n >= HEAD_MAX ? -431 : 0;
		if (line.n == 0)
			break;
		if (fields == HEAD_FIELDS_MAX)
			return -431;
		r = field_read(line, &framing, &head);
		if (r < 0)
			return r;
	}
	if ((size_t)(rest.p - bytes.p) > HEAD_MAX)
		return -431;
	r = framing_end(&framing, &head);
	if (r < 0)
		return r;

	*ret = head;
	return (int)(rest.p - bytes.p);
}

static bool unescape(struct str s, bool plus, char *buf, size_t size, struct str *ret)
{
	char hex[3] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (plus && c == '+')
			c = ' ';
		if (c == '%') {
			if (i + 2 >= s.n)
				return false;
			memcpy(hex, s.p + i + 1, 2);
			if (strspn(hex, "0123456789abcdefABCDEF") != 2)
				return false;
			c = (char)strtol(hex, NULL, 16);
			i += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7f || n + 1 >= size)
			return false;
		buf[n++] = c;
	}
	buf[n] = '\0';
	*ret = (struct str){ buf, n };
	return str_utf8(*ret);
}

bool head_unescape(struct str escaped, char *buf, size_t size, struct str *ret)
{
	return unescape(escaped, false, buf, size, ret);
}

int head_query(struct str query, const char *name, char *buf, size_t size, struct str *ret)
{
	int found = 0;

	while (query.n > 0) {
		struct str value = str_cut(&query, '&'), key = str_cut(&value, '=');

		if (!str_eq(key, str_of(name)))
			continue;
		if (found || !unescape(value, true, buf, size, ret))
			return -EINVAL;
		found = 1;
	}
	return found;
}
