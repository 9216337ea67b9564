/* The letter's own files: letter.c (subject, words), letter_text.c (plain), letter_html.c, letter_data.c (for programs). */
#pragma once

#include "core/text.h"
#include "daemon/alerts/letter.h"

const char *word(enum text text, bool english);
const char *severity_word(const char *name, bool english);
const char *status_word(const char *name, bool english);

/* "2026-11-24 19:30" in the site's zone. */
const char *minute_of_day(const json_t *doc, const char *key, char *buf);
/* What holds or does not, of one check: "「...」が守られていません". */
const char *headline(const json_t *check, bool english, char *buf, size_t size);
/* letter_parts.c: what is wrong, in one short sentence of at most @most bytes; that with a count; where; since when. */
const char *what_is_wrong(const json_t *check, bool english, size_t most, char *buf, size_t size);
const char *finding_line(const json_t *check, bool english, char *buf, size_t size);
const char *places_line(const json_t *check, bool english, char *buf, size_t size);
const char *since_line(const json_t *check, bool english, char *buf, size_t size);
/* " and @n more"; "" for none. */
const char *and_more(int64_t n, bool english, char *buf, size_t size);
/* What the reason of @row is: of what holds now, or of what was. */
enum text reason_label(const json_t *row);
/* The first sentence: how many things there are to look at. */
const char *opening(const json_t *doc, bool english, char *buf, size_t size);
/* "2-5 「...」", with a mark when the text is our summary and not the form's; "" without an item. */
const char *item_line(const json_t *check, bool english, char *buf, size_t size);

void letter_text(FILE *out, const json_t *doc, bool english);
void letter_html(FILE *out, const json_t *doc, const char *title, enum letter_language language);
