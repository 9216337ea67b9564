/*
 * Values that stand behind labels in a text for people ("Account Name:  sato   Account Domain: ..."), as Windows renders its
 * events.  A value ends at a wide gap (two blanks, a tab, a line end).  Where an agent has made one blank of every gap, the
 * known labels (stops) end it.  What one would get wrong: names are chosen by whoever logs in and may look like labels, so
 * which of equal labels counts (nth) is said by the decoder, from the text's fixed order.
 */

#include "rules/compiled.h"

#define NOWHERE (-2)

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool gap_ends(struct str s, size_t at)
{
	return s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n' ||
	       (s.p[at] == ' ' && at + 1 < s.n && blank(s.p[at + 1]));
}

/* True when its gaps are one blank: told by the text up to its second colon, which nobody who logs in can choose. */
static bool is_flat(struct str s)
{
	int colons = 0;

	for (size_t i = 0; i < s.n && colons < 2; i++) {
		if (gap_ends(s, i))
			return false;
		colons += s.p[i] == ':';
	}
	return true;
}

/* True when a label may begin at @at: at the start, or behind a wide gap, so that no value looks like one. */
static bool label_begins(struct str s, size_t at, bool flat)
{
	if (at == 0)
		return true;
	if (flat)
		return blank(s.p[at - 1]);
	if (s.p[at - 1] == '\t' || s.p[at - 1] == '\n' || s.p[at - 1] == '\r')
		return true;
	return at >= 2 && blank(s.p[at - 1]) && blank(s.p[at - 2]);
}

/* The next colon of @text at or behind @from; -1. */
static ssize_t next_colon(struct str text, size_t from)
{
	const char *p = from < text.n ? memchr(text.p + from, ':', text.n - from) : NULL;

	return p ? p - text.p : -1;
}

/* Where @label, which begins at @from or behind it, stands in front of the colon at @colon; -1. */
static inline ssize_t label_before(struct str text, struct str label, size_t from, size_t colon, bool flat)
{
	size_t at = colon - label.n;

	if (colon < from + label.n || label.n == 0 || text.p[colon - 1] != label.p[label.n - 1] ||
	    memcmp(text.p + at, label.p, label.n) != 0 || !label_begins(text, at, flat))
		return -1;
	return (ssize_t)at;
}

/* Where @label stands with its colon, from @from on; -1.  A text has few colons and many words, so they are looked for. */
static ssize_t label_at(struct str text, struct str label, size_t from, bool flat)
{
	ssize_t colon, at = -1;

	for (size_t next = from; at < 0 && (colon = next_colon(text, next)) >= 0; next = (size_t)colon + 1)
		at = label_before(text, label, from, (size_t)colon, flat);
	return at;
}

/* Where the value that begins at @from ends in a flat text: in front of the longest known label at the next colon with one. */
static size_t flat_end(const struct decoder *dec, struct str text, size_t from)
{
	ssize_t colon;

	for (size_t next = from; (colon = next_colon(text, next)) >= 0; next = (size_t)colon + 1) {
		size_t end = text.n;

		unsigned char last = colon > 0 ? (unsigned char)text.p[colon - 1] : 0;

		for (size_t i = dec->stops_from[last]; i < dec->stops_from[last + 1]; i++) {
			ssize_t at = label_before(text, dec->stops[i], from, (size_t)colon, true);

			if (at >= 0 && (size_t)at < end)
				end = (size_t)at;
		}
		if (end < text.n)
			return end;
	}
	return text.n;
}

/* The text behind a label that ends at @from. */
static struct str label_value(const struct decoder *dec, struct str text, size_t from, bool flat)
{
	size_t end;
	struct str s;

	while (from < text.n && blank(text.p[from]))
		from++;
	end = from;
	if (flat)
		end = flat_end(dec, text, from);
	else
		while (end < text.n && !gap_ends(text, end))
			end++;
	s = str_trim((struct str){ text.p + from, end > from ? end - from : 0 });
	/* An empty value is followed by the next label. */
	if (s.n > 0 && s.p[s.n - 1] == ':')
		return (struct str){ 0 };
	return s;
}

/* Where each label of a source stands next: looked for once, so that a text full of them costs no more than its length. */
struct places {
	ssize_t at[LABELS_MAX];
};

/* Behind the first label of @src from @from on, or -1. */
static ssize_t next_label(const struct source *src, struct str text, size_t from, bool flat, struct places *places)
{
	ssize_t first = -1, end = -1;

	for (size_t i = 0; i < src->n_labels && i < LABELS_MAX; i++) {
		ssize_t *at = &places->at[i];

		if (*at != NOWHERE && *at < (ssize_t)from)
			*at = label_at(text, src->labels[i], from, flat);
		if (*at == -1)
			*at = NOWHERE;
		if (*at != NOWHERE && (first < 0 || *at < first)) {
			first = *at;
			end = *at + (ssize_t)src->labels[i].n + 1;
		}
	}
	return end;
}

static int by_last_byte(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	unsigned char last_x = x->n > 0 ? (unsigned char)x->p[x->n - 1] : 0;
	unsigned char last_y = y->n > 0 ? (unsigned char)y->p[y->n - 1] : 0;

	return (last_x > last_y) - (last_x < last_y);
}

void stops_prepare(struct decoder *dec)
{
	size_t at = 0;

	if (dec->n_stops > 0)
		qsort(dec->stops, dec->n_stops, sizeof(*dec->stops), by_last_byte);
	for (unsigned byte = 0; byte <= 256; byte++) {
		while (at < dec->n_stops &&
		       (dec->stops[at].n > 0 ? (unsigned char)dec->stops[at].p[dec->stops[at].n - 1] : 0) < byte)
			at++;
		dec->stops_from[byte] = (uint16_t)at;
	}
}

struct str label_find(const struct decoder *dec, const struct source *src, struct str text)
{
	const bool flat = dec->n_stops > 0 && is_flat(text);
	struct places places;
	ssize_t found = -1, at = 0;
	int seen = 0;

	for (size_t i = 0; i < LABELS_MAX; i++)
		places.at[i] = -1;
	while ((at = next_label(src, text, (size_t)at, flat, &places)) >= 0) {
		found = at;
		if (++seen == src->nth)
			break;
	}
	if (found < 0 || (src->nth > 0 && seen < src->nth))
		return (struct str){ 0 };
	return label_value(dec, text, (size_t)found, flat);
}
