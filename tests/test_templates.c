/* What chat rooms and programs get: the shapes that their makers document, whatever a message says. */
#include "daemon/alerts/letter.h"
#include "daemon/alerts/template.h"
#include "tests/letter_doc.h"
#include "tests/table.h"

static void every_template_fills(void **state)
{
	static const char *const names[] = { "generic",   "slack",      "teams",      "chatwork",
					     "lineworks", "googlechat", "cloudevents" };
	json_t *doc = message("alert", NASTY, NASTY), *data = letter_data(doc);
	struct diag diag;

	assert_non_null(data);
	for (size_t i = 0; i < COUNT(names); i++) {
		json_t *template = template_load(names[i], &diag), *body;
		const char *const pairs[] = { "title",      NASTY,      "text", NASTY,      "short_title", NASTY,
					      "short_text", NASTY,      "id",   "demo/n/7", "kind",        "alert",
					      "severity",   "critical", "site", NASTY,      "site_id",     "demo",
					      "subject",    NASTY,      "time", "t",        "url",         "http://x/",
					      "token",      NASTY,      NULL };
		struct filled filled;

		assert_non_null(template);
		assert_int_equal(template_fill(template, pairs, data, &filled), 0);
		for (size_t k = 0; filled.headers[k]; k++)
			assert_null(strpbrk(filled.headers[k], "\r\n"));
		if (strcmp(names[i], "chatwork") == 0) {
			/* A form: two values, and what looks like a tag is none. */
			assert_null(strpbrk(filled.body, "\r\n<> [\""));
			assert_string_equal(filled.type, "application/x-www-form-urlencoded");
		} else {
			body = json_loads(filled.body, 0, NULL);
			assert_true(json_is_object(body));
			assert_null(json_object_get(body, "Bcc"));
			json_decref(body);
		}
		filled_end(&filled);
		json_decref(template);
	}
	assert_null(template_load("nothing", &diag));
	assert_non_null(strstr(diag.text, "generic slack teams"));
	json_decref(data);
	json_decref(doc);
}

static void cloudevents_have_what_they_need(void **state)
{
	json_t *doc = message("alert", "emr/sato", "why"), *data = letter_data(doc), *template, *body;
	const char *const pairs[] = { "id",   "demo/n/7", "site_id", "demo", "subject", "demo/account-leaver/emr/sato",
				      "time", "t",        NULL };
	static const char *const needed[] = { "specversion", "id",   "source",         "type",
					      "subject",     "time", "datacontenttype" };
	struct filled filled;
	struct diag diag;

	template = template_load("cloudevents", &diag);
	assert_int_equal(template_fill(template, pairs, data, &filled), 0);
	assert_non_null(strstr(filled.type, "application/cloudevents+json"));
	body = json_loads(filled.body, 0, NULL);
	for (size_t i = 0; i < COUNT(needed); i++)
		assert_true(json_is_string(json_object_get(body, needed[i])));
	assert_string_equal(json_string_value(json_object_get(body, "type")), "jp.tenken.check.changed.v1");
	assert_true(json_is_array(json_object_get(json_object_get(body, "data"), "alerts")));
	json_decref(body);
	filled_end(&filled);
	json_decref(template);
	json_decref(data);
	json_decref(doc);
}

/* How many letters a text has. */
static size_t letters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* The body of template @name when every text is @text, and how many bytes it has; the caller's. */
static json_t *body_of(const char *name, const char *text, size_t *ret_n)
{
	json_t *doc = message("alert", "emr/sato", text), *data = letter_data(doc), *template, *body;
	const char *const pairs[] = { "title", text,         "text",  text,     "short_title",
				      text,    "short_text", text,    "id",     "demo/n/7",
				      "url",   "http://x/",  "token", "secret", "site_id",
				      "demo",  "subject",    "demo",  "time",   "2026-09-04T09:00:00+09:00",
				      NULL };
	struct filled filled;
	struct diag diag;

	template = template_load(name, &diag);
	assert_non_null(template);
	assert_int_equal(template_fill(template, pairs, data, &filled), 0);
	*ret_n = filled.n;
	assert_true(str_utf8((struct str){ filled.body, filled.n }));
	body = json_loads(filled.body, 0, NULL);
	filled_end(&filled);
	json_decref(template);
	json_decref(data);
	json_decref(doc);
	return body;
}

static const char *at(const json_t *json, const char *key)
{
	assert_true(json_is_object(json));
	assert_true(json_is_string(json_object_get(json, key)));
	return json_string_value(json_object_get(json, key));
}

/* Block Kit: a header of at most 150 letters of plain text, a section of at most 3000. */
static void slack_check(const json_t *body)
{
	const json_t *blocks = json_object_get(body, "blocks"),
		     *header = json_object_get(json_array_get(blocks, 0), "text"),
		     *section = json_object_get(json_array_get(blocks, 1), "text");

	at(body, "text");
	assert_int_equal(json_array_size(blocks), 2);
	assert_string_equal(at(json_array_get(blocks, 0), "type"), "header");
	assert_string_equal(at(header, "type"), "plain_text");
	assert_in_range(letters(at(header, "text")), 1, 150);
	assert_string_equal(at(json_array_get(blocks, 1), "type"), "section");
	assert_string_equal(at(section, "type"), "mrkdwn");
	assert_in_range(letters(at(section, "text")), 1, 3000);
	/* No entity is cut in two. */
	for (const char *p = strchr(at(section, "text"), '&'); p; p = strchr(p + 1, '&'))
		assert_true(strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 || strncmp(p, "&gt;", 4) == 0);
}

/* Workflows ("when a webhook request is received"): a message with an adaptive card; no card of the old connectors. */
static void teams_check(const json_t *body)
{
	const json_t *attachment = json_array_get(json_object_get(body, "attachments"), 0),
		     *card = json_object_get(attachment, "content"), *block;
	size_t i;

	assert_string_equal(at(body, "type"), "message");
	assert_string_equal(at(attachment, "contentType"), "application/vnd.microsoft.card.adaptive");
	assert_string_equal(at(card, "type"), "AdaptiveCard");
	assert_string_equal(at(card, "version"), "1.4");
	assert_string_equal(at(card, "$schema"), "http://adaptivecards.io/schemas/adaptive-card.json");
	json_array_foreach(json_object_get(card, "body"), i, block)
	{
		assert_string_equal(at(block, "type"), "TextBlock");
		at(block, "text");
	}
	assert_int_equal(i, 2);
}

static void lineworks_check(const json_t *body)
{
	const json_t *button = json_object_get(body, "button");

	at(body, "title");
	assert_in_range(letters(at(json_object_get(body, "body"), "text")), 1, 1900);
	assert_string_equal(at(button, "url"), "http://x/");
	assert_in_range(letters(at(button, "label")), 1, 20);
}

static void googlechat_check(const json_t *body)
{
	at(body, "text");
	assert_int_equal(json_object_size(body), 1);
}

static void shapes_are_as_documented(void **state)
{
	static const struct {
		const char *name;
		size_t most; /* bytes of the whole */
		void (*check)(const json_t *body);
	} rows[] = { { "slack", 40000, slack_check },
		     { "teams", 28000, teams_check },
		     { "lineworks", 10000, lineworks_check },
		     { "googlechat", 32000, googlechat_check } };
	/* What is replaced, and letters of every length: nobody may have a message refused by a long name. */
	static const char *const texts[] = { "&", "<", "*", "[", "#", "a", "é", "検", "𠮷" };
	char text[6001];
	size_t size;

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(texts); k++) {
			json_t *body;

			text[0] = '\0';
			for (size_t n = 0; n + strlen(texts[k]) < sizeof(text); n += strlen(texts[k]))
				memcpy(text + n, texts[k], strlen(texts[k]) + 1);
			body = body_of(rows[i].name, text, &size);
			rows[i].check(body);
			assert_in_range(size, 1, rows[i].most);
			json_decref(body);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_template_fills),
		cmocka_unit_test(cloudevents_have_what_they_need),
		cmocka_unit_test(shapes_are_as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
