/*
 * The checklist as an inspector expects it, read from one snapshot: nothing in it is newer or older than that, and its code
 * stands on every page.  What the institution answers is printed as it was answered: a waiver never makes a yes of a no.
 */
#pragma once

#include <jansson.h>

#include "core/diag.h"
#include "core/status.h"
#include "core/when.h"

struct report_row {
	const char *id, *section_ja, *section_en, *text_ja, *text_en, *text_state;
	const char *answer; /* "yes", "no" or "" */
	const char *answered_on, *target_on, *who, *note;
	const char *status;            /* of the measurement; "" where there is none */
	char *since;                   /* a day */
	char *reasons_ja, *reasons_en; /* what is wrong, the worst first, a line each */
	char *evidence;                /* checks and how many of their rows are what */
	char *waivers, *clauses;
	const char *was;    /* status at the snapshot before; "" where it is the same */
	bool contradiction; /* answered yes, and measured as failing */
	bool better;        /* answered no, and measured as passing: it may be time to answer again */
	bool overdue;       /* answered no, and the day by which it was to be done is over */
	bool counted;       /* a row to answer; not row 0 */
	bool na;            /* nothing is to be answered: it does not apply here */
};

struct report_contact {
	const char *kind, *organisation, *section, *person, *phone, *phone_alt, *email, *verified_at;
};

/* The vendors' forms: one a contract in force, and how far it has come back. */
struct report_vendor {
	const char *vendor_id, *name, *system_id;
	unsigned yes, no, total;
	const char *last; /* the newest day of an answer; "" */
};

/* Where what was measured comes from. */
struct report_source {
	const char *host, *collector;
	int64_t lines, events;
	char last[WHEN_MAX];
};

struct report {
	const char *site, *pack, *title_ja, *title_en, *edition, *note_ja, *note_en;
	char *taken_at, *code; /* of the snapshot */
	char *percent, *coverage;
	bool demo;
	int fiscal_year;
	int form_year;               /* that the form is of; 0: it says none */
	const char *vendor, *system; /* of a vendor's form; "" */
	const char *vendor_name;
	int64_t previous_at; /* when the snapshot before was taken; 0: there is none */
	bool none;           /* row 0 is answered no: nothing else is asked */
	struct report_vendor *vendors;
	size_t n_vendors;
	struct report_source *sources;
	size_t n_sources;
	struct report_row *rows;
	size_t n_rows;
	struct report_contact *contacts;
	size_t n_contacts;
	unsigned yes, no, blank, contradictions, overdue, changed, unknown;

	json_t *list, *held, *parts; /* what the texts are borrowed from; parts: each is parsed once */
};

struct report_wish {
	const char *form;            /* "hospital", "pharmacy" or "vendor" */
	const char *year;            /* "R7", "2025"; NULL: the edition in force */
	const char *vendor, *system; /* NULL */
};

/* @bundle must outlive the report.  -EINVAL, -ENOENT and @diag: no such form is in force in that snapshot. */
int report_build(const json_t *bundle, const struct report_wish *wish, struct report **ret, struct diag *diag);
void report_free(struct report *report);
DEFINE_CLEANUP(struct report, report_free)

/* Each writes the whole to @path or @out.  0, or negative errno. */
int report_html(const struct report *report, FILE *out);
int report_csv(const struct report *report, FILE *out);
int report_xlsx(const struct report *report, const char *path);

/* A report or the snapshot itself as a file in memory. */
struct report_file {
	char *bytes;
	size_t n;
	const char *type;   /* media type */
	const char *ending; /* of its name */
};

#define REPORT_FORMATS "json, oscal, csv, xlsx, html"

/* -EINVAL, -ENOENT and @diag as report_build(); a @wish->form of NULL is the hospital's. */
int report_export(const json_t *bundle, const char *format, const struct report_wish *wish, struct report_file *ret,
		  struct diag *diag);
bool report_format_known(const char *format);
void report_file_end(struct report_file *file);

/* OSCAL assessment results; owned by the caller, NULL when memory is out. */
json_t *report_oscal(const struct report *report);

/* Words for people. */
/* What stands beside a row: what is ours in its text, what contradicts it, what is late, what was noted.  Returns @buf. */
const char *report_remarks_ja(const struct report_row *row, char *buf, size_t size);
/* "令和7年度の様式です..." where the form is older than the year; NULL. */
const char *report_banner_ja(const struct report *report, char *buf, size_t size);
const char *report_word_ja(const char *status);
const char *report_answer_ja(const struct report_row *row);
const char *report_status_ja(const struct report_row *row);
/* The text of the row as it may be printed: 本文未収載 for a slot; @ret_remark says where it is a summary of ours, else "". */
const char *report_text_ja(const struct report_row *row, const char **ret_remark);
const char *report_contact_kind_ja(const char *kind);
