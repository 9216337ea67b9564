/* What report.c and report_row.c share. */
#pragma once

#include "daemon/reports/report.h"

/* Parts of the snapshot that every row looks into. */
struct report_sources {
	const json_t *answers, *states, *waivers, *regulations, *people;
	const char *today;
};

/* The text of @key, "" where it is none; and that of a {"ja","en"}. */
const char *report_text(const json_t *object, const char *key);
const char *report_word(const json_t *object, const char *key, const char *language);
/* A part as JSON, kept until the report is freed; an empty list where there is none. */
const json_t *report_part(struct report *report, const json_t *bundle, const char *prefix, const char *name);
int report_row_fill(struct report *report, const json_t *bundle, const struct report_sources *from, const json_t *item,
		    struct report_row *row);
/* Vendors' forms and sources. */
int report_more_fill(struct report *report, const json_t *bundle, const char *today);
/* Adds the registers and sources that @checks rest on to @out, a line each. */
void report_evidence_put(struct report *report, const json_t *bundle, const json_t *checks, FILE *out);
