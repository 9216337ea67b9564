/*
 * The shape of a line: its fixed words, with marks where values stand.  For lines that no decoder knows: what people see of them,
 * and what is stored, holds no names, addresses, numbers or secrets.
 */
#pragma once

#include "core/str.h"

enum shape_kind {
	SHAPE_WORD,    /* of the program's own text */
	SHAPE_ADDRESS, /* IPv4 or IPv6, with what stands behind it (port) */
	SHAPE_MAC,
	SHAPE_NUMBER, /* holds a digit */
	SHAPE_VALUE,  /* what stands behind '=', ':', in quotes or brackets, or behind a word that announces a name */
};

struct shape_token {
	enum shape_kind kind;
	struct str text;  /* in the line */
	struct str blank; /* what stands in front of it */
};

/* Cuts the next token off @rest.  @before: the last token, or NULL.  False at the end. */
bool shape_next(struct str *rest, const struct shape_token *before, struct shape_token *ret);

/* The shape of @text in @buf (at most @size - 1 bytes, ended by NUL); its length. */
size_t shape_of(struct str text, char *buf, size_t size);
