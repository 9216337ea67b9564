/*
 * What a webhook sends, as data: a JSON file {"type", "headers", "escape", "most", "body" or "form"} whose texts hold {name}.  A text that
 * is nothing but {data} becomes the whole message as an object.  Values are put in after parsing: they cannot leave their text.
 */
#pragma once

#include <jansson.h>

#include "core/diag.h"
#include "core/str.h"

struct filled {
	char *type;     /* content type */
	char **headers; /* "Name: value"; ends with NULL */
	char *body;
	size_t n;
};

/* The template @name: one of ours, or with a slash a file of the site.  The caller's.  NULL and @diag when it cannot be had. */
json_t *template_load(const char *name, struct diag *diag);
/* @pairs as for text_fill(): name, value, ..., NULL.  -EINVAL when it is no template, -ENOMEM. */
int template_fill(const json_t *template, const char *const *pairs, json_t *data, struct filled *ret);
void filled_end(struct filled *filled);
