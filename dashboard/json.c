#include <inttypes.h>
#include <math.h>

#include "core/when.h"
#include "dashboard/json.h"

json_t *json_str(struct str text)
{
	static const char hex[] = "0123456789abcdef";
	_free_ char *buf = NULL;
	size_t n = 0;

	if (str_utf8(text))
		return json_stringn(text.p ? text.p : "", text.n);

	buf = malloc(text.n * 4 + 1);
	if (!buf)
		return NULL;
	while (text.n > 0) {
		size_t length = 1;

		while (length < 4 && length < text.n && !str_utf8(str_first(text, length)))
			length++;
		if (str_utf8(str_first(text, length))) {
			memcpy(buf + n, text.p, length);
			n += length;
		} else {
			length = 1;
			buf[n++] = '\\';
			buf[n++] = 'x';
			buf[n++] = hex[(unsigned char)text.p[0] >> 4];
			buf[n++] = hex[(unsigned char)text.p[0] & 15];
		}
		text = str_from(text, length);
	}
	return json_stringn(buf, n);
}

json_t *json_text(const char *text)
{
	return text ? json_str(str_of(text)) : json_null();
}

json_t *json_both(const char *ja, const char *en)
{
	return json_pack("{s:o, s:o}", "ja", json_text(ja ? ja : ""), "en", json_text(en ? en : ""));
}

json_t *json_catalogue(enum text text)
{
	return json_both(text_ja(text), text_en(text));
}

json_t *json_time(usec_t t)
{
	char buf[WHEN_MAX];

	return t > 0 ? json_string(when_format(buf, t)) : json_null();
}

json_t *json_number(double value)
{
	return isfinite(value) ? json_real(round(value * 100) / 100) : json_null();
}

json_t *json_counts(const unsigned counts[static STATUSES])
{
	json_t *json = json_object();

	for (int i = 0; i < STATUSES; i++)
		json_object_set_new(json, status_name((enum status)i), json_integer(counts[i]));
	return json;
}

json_t *json_score(const struct score *score)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:i}", "percent", json_number(score->percent),
			 "coverage_percent", json_number(score->coverage_percent), "attested_percent",
			 json_number(score->attested_percent), "measured_percent", json_number(score->measured_percent),
			 "items", json_counts(score->items), "yes", (int)score->yes, "total", (int)score->total);
}

json_t *json_status(enum status status)
{
	return json_string(status_name(status));
}

json_t *json_stored(const char *text)
{
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;

	return json ? json : json_null();
}

char *json_body(json_t *json)
{
	_free_ char *text = NULL, *body = NULL;
	size_t n = 0, marks = 0;

	text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(10)) : NULL;
	json_decref(json);
	if (!text)
		return NULL;

	/* '<' is only ever inside of a string, where it may be written so; no reader can take it for markup. */
	for (const char *p = text; *p; p++)
		marks += *p == '<';
	if (marks == 0)
		return TAKE(text);
	body = malloc(strlen(text) + marks * 5 + 1);
	if (!body)
		return NULL;
	for (const char *p = text; *p; p++) {
		if (*p == '<') {
			memcpy(body + n, "\\u003c", 6);
			n += 6;
		} else {
			body[n++] = *p;
		}
	}
	body[n] = '\0';
	return TAKE(body);
}

#define ETAG_MAX 64

static void body_reply(struct str body, const char *version, char etag[static ETAG_MAX], struct reply *ret)
{
	bool has = version && version[0];

	snprintf(etag, ETAG_MAX, "\"%s%s%016" PRIx64 "\"", has ? version : "", has ? "." : "", str_hash(body, false));
	*ret = (struct reply){ .status = 200, .type = "application/json", .body = body, .etag = etag };
}

void reply_body(struct exchange *exchange, struct str body)
{
	struct reply reply;
	char etag[ETAG_MAX];

	body_reply(body, NULL, etag, &reply);
	exchange_reply(exchange, &reply);
}

void ticket_body(struct ticket *ticket, struct str body, struct str gzip, const char *version)
{
	struct reply reply;
	char etag[ETAG_MAX];

	body_reply(body, version, etag, &reply);
	reply.gzip = gzip;
	ticket_reply(ticket, &reply);
}

void reply_json(struct exchange *exchange, json_t *json)
{
	_free_ char *body = json_body(json);

	if (!body) {
		exchange_refuse(exchange, 500, NULL, NULL);
		return;
	}
	reply_body(exchange, str_of(body));
}
