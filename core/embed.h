/* Files that the build puts into the program (scripts/embed.py). */
#pragma once

#include <stddef.h>

struct embed {
	const char *name;
	const char *text; /* NUL-terminated behind */
	size_t size;
};

extern const struct embed embed_migrations[]; /* daemon/migrations/, by name */
extern const struct embed embed_views[];      /* daemon/views.sql */
extern const struct embed embed_web[];        /* dashboard/web/ */
extern const struct embed embed_web_gz[];     /* the same in gzip */
extern const struct embed embed_demo[];       /* demo/ */
extern const struct embed embed_templates[];  /* daemon/alerts/templates/ */
