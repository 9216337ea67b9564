/*
 * What people read, made of a document (note.c): in ten seconds what, where, since when, which item and what to do first; then
 * what it rests on.  Texts that others chose are one clean line each: no control characters, no direction marks.
 */
#pragma once

#include <jansson.h>

#include "core/str.h"

enum letter_language { LETTER_JA, LETTER_EN, LETTER_BOTH };

struct letter {
	char *subject; /* one line, at most 200 bytes */
	char *text;    /* lines end with LF */
	char *html;    /* a whole page, everything escaped */
};

enum letter_language letter_language(const char *name);
int letter_write(const json_t *doc, enum letter_language language, struct letter *ret);
void letter_end(struct letter *letter);

/* The same for programs: flat, with ISO times, both languages, and where to look; the caller's. */
json_t *letter_data(const json_t *doc);

/* Helpers that channels use too. */
const char *doc_text(const json_t *doc, const char *key);               /* "" when it is not there */
const char *doc_both(const json_t *doc, const char *key, bool english); /* of {"ja","en"} */
const char *doc_time(const json_t *doc, const char *key, char *buf);    /* ISO 8601; @buf of WHEN_MAX */
/* Where the item of @check stands on the page; "" when there is no page. */
const char *doc_url(const json_t *doc, const json_t *check, char *buf, size_t size);
/* @text on one line without what could mislead; into @buf. */
const char *clean_text(const char *text, char *buf, size_t size);
