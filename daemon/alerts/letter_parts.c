/*
 * What stands at the top of each finding, in ten seconds: what is wrong, where and since when, of all its rows together.  The
 * sentences are made of the rows' own, cut where they go into details.
 */

#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/letter_in.h"

#define PLACES_MOST 3

/* Where the bracket that ends @text begins; its end when none does.  A bracket before that is part of the sentence. */
static struct str without_bracket(struct str text, struct str open, struct str close)
{
	size_t depth = 0;

	if (!str_ends(text, close))
		return text;
	for (size_t i = text.n; i-- > 0;) {
		struct str rest = str_from(text, i);

		depth += str_starts(rest, close);
		if (str_starts(rest, open) && --depth == 0)
			return i > 0 ? str_trim(str_first(text, i)) : text;
	}
	return text;
}

/* The part of @text that says what is wrong: its first sentence, without the details in brackets at the end. */
static size_t gist(const char *text, bool english)
{
	const struct str open = english ? STR("(") : STR("（"), close = english ? STR(")") : STR("）");
	struct str all = str_of(text);
	int depth = 0;

	for (size_t i = 0; i < all.n; i++) {
		struct str rest = str_from(all, i);

		depth += str_starts(rest, open) - str_starts(rest, close);
		if (i > 0 && depth == 0 &&
		    (english ? str_starts(rest, STR("; ")) || str_starts(rest, STR(". "))
			     : str_starts(rest, STR("。"))))
			all.n = i;
	}
	return without_bracket(all, open, close).n;
}

const char *what_is_wrong(const json_t *check, bool english, size_t most, char *buf, size_t size)
{
	const json_t *row = json_array_get(json_object_get(check, "rows"), 0);
	char reason[2000];
	size_t n;

	clean_text(doc_both(row, "reason", english), reason, sizeof(reason));
	n = gist(reason, english);
	if (n == 0 || !strcmp(doc_text(row, "resource"), "*"))
		return headline(check, english, buf, size);
	if (n > most) {
		n = most < sizeof(reason) ? most : sizeof(reason) - 1;
		/* Not in the middle of a letter. */
		while (n > 0 && ((unsigned char)reason[n] & 0xc0) == 0x80)
			n--;
		reason[n] = '\0';
		snprintf(buf, size, "%s…", reason);
		return buf;
	}
	reason[n] = '\0';
	return str_copy(buf, size, str_of(reason));
}

static int64_t count_of(const json_t *check)
{
	return json_integer_value(json_object_get(check, "bad")) + json_integer_value(json_object_get(check, "good"));
}

const char *and_more(int64_t n, bool english, char *buf, size_t size)
{
	char number[24];

	buf[0] = '\0';
	snprintf(number, sizeof(number), "%lld", (long long)n);
	if (n > 0)
		text_fill(buf, size, word(TEXT_letter_and_more, english), (const char *[]){ "n", number, NULL });
	return buf;
}

const char *finding_line(const json_t *check, bool english, char *buf, size_t size)
{
	char what[400], more[64];

	if (json_integer_value(json_object_get(check, "bad")) == 0)
		return headline(check, english, buf, size);
	snprintf(buf, size, "%s%s", what_is_wrong(check, english, 300, what, sizeof(what)),
		 and_more(count_of(check) - 1, english, more, sizeof(more)));
	return buf;
}

const char *places_line(const json_t *check, bool english, char *buf, size_t size)
{
	const json_t *row;
	size_t i, n = 0, shown = 0;
	char place[300], more[64];

	buf[0] = '\0';
	json_array_foreach(json_object_get(check, "rows"), i, row)
	{
		int k;

		if (shown == PLACES_MOST || !strcmp(doc_text(row, "resource"), "*"))
			break;
		k = snprintf(buf + n, size - n, "%s%s", shown > 0 ? english ? ", " : "、" : "",
			     clean_text(doc_text(row, "resource"), place, sizeof(place)));
		if (k < 0 || (size_t)k >= size - n)
			break;
		n += (size_t)k;
		shown++;
	}
	if (shown > 0)
		snprintf(buf + n, size - n, "%s",
			 and_more(count_of(check) - (int64_t)shown, english, more, sizeof(more)));
	return buf;
}

const char *since_line(const json_t *check, bool english, char *buf, size_t size)
{
	const json_t *row, *first = NULL;
	const char *key = json_integer_value(json_object_get(check, "bad")) > 0 ? "since" : "at";
	char time[WHEN_MAX];
	size_t i;

	buf[0] = '\0';
	json_array_foreach(json_object_get(check, "rows"), i, row)
	{
		if (!first ||
		    json_integer_value(json_object_get(row, key)) < json_integer_value(json_object_get(first, key)))
			first = row;
	}
	if (first)
		snprintf(buf, size, "%s%s", minute_of_day(first, key, time),
			 json_array_size(json_object_get(check, "rows")) > 1 ? word(TEXT_letter_earliest, english)
									     : "");
	return buf;
}

enum text reason_label(const json_t *row)
{
	/* What is gone has no reason of its own: what stands there is what was said of it last. */
	return json_is_true(json_object_get(row, "bad")) || json_is_string(json_object_get(row, "status"))
		       ? TEXT_letter_what
		       : TEXT_letter_was;
}
