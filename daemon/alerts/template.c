#include "daemon/alerts/template.h"

#include <errno.h>
#include <string.h>

#include "core/embed.h"
#include "core/text.h"
#include "rules/file.h"

#define VALUE_MOST 60000
#define SHORT_TITLE 150 /* bytes, of what is short in a chat; a template may say otherwise in "most" */
#define SHORT_TEXT 2800

json_t *template_load(const char *name, struct diag *diag)
{
	_free_ char *text = NULL;
	json_error_t error;
	json_t *json = NULL;
	char file[128];
	size_t n = 0;

	snprintf(file, sizeof(file), "%s.json", name);
	for (const struct embed *e = embed_templates; !json && e->name; e++)
		if (!strcmp(e->name, file))
			json = json_loadb(e->text, e->size, 0, &error);
	if (!json && name[0] == '/') {
		if (file_read(name, &text, &n, diag) < 0)
			return NULL;
		json = json_loadb(text, n, 0, &error);
		if (!json)
			diag_at(diag, name, error.line, error.column, "%s", error.text);
	} else if (!json) {
		diag_say(
			diag,
			"there is no template \"%.60s\"; expected one of: generic slack teams chatwork lineworks googlechat"
			" cloudevents, or the path of a file",
			name);
	}
	if (json && !json_is_object(json_object_get(json, "body")) && !json_is_object(json_object_get(json, "form")) &&
	    !json_is_string(json_object_get(json, "body"))) {
		diag_say(diag, "%.200s: expected an object \"body\" or \"form\"", name);
		json_decref(json);
		json = NULL;
	}
	return json;
}

/* How long the value @name may be in bytes, after what is replaced in it: a receiver refuses what is longer for good. */
static size_t most_of(const char *name, const json_t *most)
{
	const json_t *own = json_object_get(most, name);

	if (json_is_integer(own))
		return (size_t)json_integer_value(own);
	return !strcmp(name, "short_title") ? SHORT_TITLE : !strcmp(name, "short_text") ? SHORT_TEXT : VALUE_MOST;
}

/* What means something to the receiver is replaced, as the template says: {"<": "&lt;"}.  Cut between letters. */
static char *escaped(const char *text, const json_t *escape, size_t most)
{
	char *out = NULL;
	size_t n = 0, used = 0;
	FILE *file = open_memstream(&out, &n);

	if (!file)
		return NULL;
	for (const char *p = text, *end; *p; p = end) {
		char letter[8];
		const char *by;

		for (end = p + 1; ((unsigned char)*end & 0xc0) == 0x80 && end - p < 4; end++)
			;
		snprintf(letter, sizeof(letter), "%.*s", (int)(end - p), p);
		by = json_string_value(json_object_get(escape, letter));
		used += strlen(by ? by : letter);
		if (used > most)
			break;
		fputs(by ? by : letter, file);
	}
	fclose(file);
	return out;
}

/* @template's text with values put in; owned. */
static char *text_filled(const char *text, const char *const *pairs, const json_t *template)
{
	char *values[32] = { NULL }, *buf = malloc(VALUE_MOST);
	const char *escaped_pairs[66] = { NULL };
	size_t n = 0;

	for (; pairs[2 * n] && n < COUNT(values); n++) {
		values[n] = escaped(pairs[2 * n + 1], json_object_get(template, "escape"),
				    most_of(pairs[2 * n], json_object_get(template, "most")));
		escaped_pairs[2 * n] = pairs[2 * n];
		escaped_pairs[2 * n + 1] = values[n] ? values[n] : "";
	}
	if (buf)
		text_fill(buf, VALUE_MOST, text, escaped_pairs);
	for (size_t i = 0; i < n; i++)
		free(values[i]);
	return buf;
}

static json_t *json_filled(const json_t *json, const char *const *pairs, json_t *data, const json_t *template)
{
	json_t *copy = NULL;
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_string(json)) {
		_free_ char *text = NULL;

		if (!strcmp(json_string_value(json), "{data}"))
			return json_incref(data);
		text = text_filled(json_string_value(json), pairs, template);
		return text ? json_string(text) : NULL;
	}
	if (json_is_object(json)) {
		copy = json_object();
		json_object_foreach((json_t *)json, key, value)
		{
			json_object_set_new(copy, key, json_filled(value, pairs, data, template));
		}
		return copy;
	}
	if (json_is_array(json)) {
		copy = json_array();
		json_array_foreach(json, i, value)
		{
			json_array_append_new(copy, json_filled(value, pairs, data, template));
		}
		return copy;
	}
	return json_incref((json_t *)json);
}

static void put_form(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
		    strchr("-._~", *p))
			fputc(*p, out);
		else
			fprintf(out, "%%%02X", *p);
	}
}

static char *form_filled(const json_t *form, const char *const *pairs, const json_t *all)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	const char *key;
	json_t *value;

	if (!out)
		return NULL;
	json_object_foreach((json_t *)form, key, value)
	{
		const char *template = json_string_value(value);
		_free_ char *filled = text_filled(template ? template : "", pairs, all);

		if (ftell(out) > 0)
			fputc('&', out);
		put_form(out, key);
		fputc('=', out);
		put_form(out, filled ? filled : "");
	}
	fclose(out);
	return text;
}

/* No value can end a header's line. */
static int headers_filled(const json_t *headers, const char *const *pairs, char ***ret)
{
	char **list = calloc(json_object_size(headers) + 1, sizeof(*list));
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	json_object_foreach((json_t *)headers, key, value)
	{
		const char *template = json_string_value(value);
		_free_ char *filled = text_filled(template ? template : "", pairs, NULL);

		for (char *p = filled; p && *p; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				*p = ' ';
		if (filled && asprintf(&list[n], "%s: %s", key, filled) > 0)
			n++;
	}
	*ret = list;
	return 0;
}

int template_fill(const json_t *template, const char *const *pairs, json_t *data, struct filled *ret)
{
	const json_t *form = json_object_get(template, "form");
	const char *type = json_string_value(json_object_get(template, "type"));
	struct filled filled = { 0 };
	int r;

	if (form) {
		filled.body = form_filled(form, pairs, template);
	} else {
		json_t *body = json_filled(json_object_get(template, "body"), pairs, data, template);

		filled.body = body ? json_dumps(body, JSON_COMPACT) : NULL;
		json_decref(body);
	}
	filled.type = strdup(type   ? type
			     : form ? "application/x-www-form-urlencoded"
				    : "application/json; charset=utf-8");
	r = headers_filled(json_object_get(template, "headers"), pairs, &filled.headers);
	if (r < 0 || !filled.body || !filled.type) {
		filled_end(&filled);
		return -ENOMEM;
	}
	filled.n = strlen(filled.body);
	*ret = filled;
	return 0;
}

void filled_end(struct filled *filled)
{
	for (size_t i = 0; filled->headers && filled->headers[i]; i++)
		free(filled->headers[i]);
	free(filled->headers);
	free(filled->type);
	free(filled->body);
	*filled = (struct filled){ 0 };
}
