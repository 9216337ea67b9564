/* One section of the configuration as its owner sees it: names and texts, checked against its table of keys. */
#pragma once

#include "core/str.h"

enum setting_type {
	SETTING_TEXT,
	SETTING_PATH,
	SETTING_BOOL,    /* true or false */
	SETTING_NUMBER,  /* a whole number */
	SETTING_SPAN,    /* 90d, 24h, 10m, 30s */
	SETTING_ADDRESS, /* HOST:PORT */
	SETTING_LIST,    /* texts, separated by LF inside */
};

/* The row of a key in the table of its owner; the manual is printed from it. */
struct setting_def {
	const char *name;
	enum setting_type type;
	const char *fallback; /* default */
	const char *text;     /* one English sentence for the reference */
};

struct settings {
	const char *section;
	const struct setting_def *defs; /* ends with a NULL name */
	const char **values;            /* beside defs; NULL means the default */
};

/* The value of @name, or its default.  @name must be in the table. */
const char *setting(const struct settings *set, const char *name);
bool setting_bool(const struct settings *set, const char *name);
int64_t setting_number(const struct settings *set, const char *name);
usec_t setting_span(const struct settings *set, const char *name);
