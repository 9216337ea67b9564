#include "daemon/alerts/letter.h"

#include <errno.h>
#include <string.h>

#include "core/status.h"
#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/letter_in.h"

#define SUBJECT_MOST 200
#define SUBJECT_WHAT 110 /* of them, so that the site is not cut off */

const char *doc_text(const json_t *doc, const char *key)
{
	const char *text = json_string_value(json_object_get(doc, key));

	return text ? text : "";
}

const char *doc_both(const json_t *doc, const char *key, bool english)
{
	return doc_text(json_object_get(doc, key), english ? "en" : "ja");
}

const char *doc_time(const json_t *doc, const char *key, char *buf)
{
	return when_format(buf, json_integer_value(json_object_get(doc, key)));
}

const char *doc_url(const json_t *doc, const json_t *check, char *buf, size_t size)
{
	const json_t *item = json_object_get(check, "item");
	const char *page = doc_text(doc, "page");

	buf[0] = '\0';
	if (!page[0])
		return buf;
	if (json_is_object(item))
		snprintf(buf, size, "%s/#item=%s%%2F%s", page, doc_text(item, "pack"), doc_text(item, "id"));
	else
		snprintf(buf, size, "%s/", page);
	return buf;
}

const char *clean_text(const char *text, char *buf, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = 0;

	while (*p && n + 5 < size) {
		/* C0, DEL, C1; U+202A to U+202E, U+2066 to U+2069, U+2028 and U+2029: they move the cursor or the reading. */
		bool marks = p[0] == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
					      (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));

		if (*p < 0x20 || *p == 0x7f) {
			buf[n++] = ' ';
			p++;
		} else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			buf[n++] = ' ';
			p += 2;
		} else if (marks) {
			buf[n++] = '?';
			p += 3;
		} else {
			buf[n++] = (char)*p++;
		}
	}
	buf[n] = '\0';
	/* Cut in the middle of a letter: back to its beginning. */
	if (*p)
		while (n > 0 && !str_utf8((struct str){ buf, n }))
			buf[--n] = '\0';
	return buf;
}

enum letter_language letter_language(const char *name)
{
	return !strcmp(name, "en") ? LETTER_EN : !strcmp(name, "both") ? LETTER_BOTH : LETTER_JA;
}

const char *word(enum text text, bool english)
{
	return english ? text_en(text) : text_ja(text);
}

const char *severity_word(const char *name, bool english)
{
	static const enum text texts[] = {
		[SEVERITY_LOW] = TEXT_severity_low,
		[SEVERITY_MEDIUM] = TEXT_severity_medium,
		[SEVERITY_HIGH] = TEXT_severity_high,
		[SEVERITY_CRITICAL] = TEXT_severity_critical,
	};
	enum severity severity = SEVERITY_LOW;

	severity_parse(str_of(name), &severity);
	return word(texts[severity], english);
}

const char *status_word(const char *name, bool english)
{
	static const enum text texts[] = {
		[STATUS_PASS] = TEXT_status_pass,         [STATUS_WARN] = TEXT_status_warn,
		[STATUS_FAIL] = TEXT_status_fail,         [STATUS_UNKNOWN] = TEXT_status_unknown,
		[STATUS_ATTESTED] = TEXT_status_attested, [STATUS_NA] = TEXT_status_na,
	};
	enum status status;

	return status_parse(str_of(name), &status) ? word(texts[status], english) : word(TEXT_letter_gone, english);
}

/* The row that the subject speaks of: the first of the first check. */
static const json_t *first_row(const json_t *doc, const json_t **ret_check)
{
	*ret_check = json_array_get(json_object_get(doc, "checks"), 0);
	return json_array_get(json_object_get(*ret_check, "rows"), 0);
}

static const char *subject_of(const json_t *doc, bool english, char *buf, size_t size)
{
	static const struct {
		const char *kind;
		enum text text;
	} kinds[] = {
		{ "alert", TEXT_subject_alert },       { "recovered", TEXT_subject_recovered },
		{ "first", TEXT_subject_first },       { "daily", TEXT_subject_daily },
		{ "weekly", TEXT_subject_weekly },     { "reminder", TEXT_subject_reminder },
		{ "test", TEXT_subject_test },         { "escalation", TEXT_subject_escalation },
		{ "snapshot", TEXT_subject_snapshot },
	};
	const json_t *check, *row = first_row(doc, &check), *site = json_object_get(doc, "site");
	int64_t n = json_integer_value(json_object_get(doc, "bad")) + json_integer_value(json_object_get(doc, "good"));
	char number[24], more[64], title[400], what[160], name[200], place[200];
	enum text text = TEXT_subject_alert;

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (!strcmp(kinds[i].kind, doc_text(doc, "kind")))
			text = kinds[i].text;
	and_more(n - 1, english, more, sizeof(more));
	snprintf(number, sizeof(number), "%lld", (long long)n);
	text_fill(buf, size, word(text, english),
		  (const char *[]){
			  "severity", severity_word(doc_text(doc, "severity"), english), "title",
			  clean_text(doc_both(check, "title", english), title, sizeof(title)), "what",
			  what_is_wrong(check, english, SUBJECT_WHAT, what, sizeof(what)), "place",
			  clean_text(doc_text(row, "resource"), place, 120), "more", more, "n", number, "code",
			  doc_text(doc, "code"), "site",
			  clean_text(doc_text(site, "name")[0] ? doc_text(site, "name") : doc_text(site, "id"), name,
				     sizeof(name)),
			  "demo", json_is_true(json_object_get(site, "demo")) ? word(TEXT_letter_demo, english) : "",
			  NULL });
	return buf;
}

int letter_write(const json_t *doc, enum letter_language language, struct letter *ret)
{
	struct letter letter = { 0 };
	char subject[2048], cut[SUBJECT_MOST];
	size_t n;
	FILE *text = open_memstream(&letter.text, &n), *html = open_memstream(&letter.html, &n);

	if (text && html) {
		subject_of(doc, language == LETTER_EN, subject, sizeof(subject));
		letter.subject = strdup(clean_text(subject, cut, sizeof(cut)));
		if (language != LETTER_EN)
			letter_text(text, doc, false);
		if (language == LETTER_BOTH)
			fputs("\n----------------------------------------\n\n", text);
		if (language != LETTER_JA)
			letter_text(text, doc, true);
		letter_html(html, doc, letter.subject, language);
	}
	if (text)
		fclose(text);
	if (html)
		fclose(html);
	if (!text || !html || !letter.subject || !letter.text || !letter.html) {
		letter_end(&letter);
		return -ENOMEM;
	}
	*ret = letter;
	return 0;
}

void letter_end(struct letter *letter)
{
	free(letter->subject);
	free(letter->text);
	free(letter->html);
	*letter = (struct letter){ 0 };
}
