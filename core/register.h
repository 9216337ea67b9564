/*
 * The registers an institution keeps (domain.md 8.2, design.md section 8): which there are, their columns, headings in both
 * languages, types and keys.  One table for reading, storing, templates and export.
 */
#pragma once

#include "core/str.h"

enum column_type {
	COLUMN_TEXT,
	COLUMN_DATE,   /* stored as YYYY-MM-DD */
	COLUMN_TIME,   /* stored as YYYY-MM-DD HH:MM in the site's zone, or YYYY-MM-DD where no time of day is given */
	COLUMN_HOURS,  /* stored as HH:MM-HH:MM; one that ends before it begins goes over midnight */
	COLUMN_BOOL,   /* stored as "yes" or "no" */
	COLUMN_NUMBER, /* stored as decimal text */
	COLUMN_ID,     /* an id: trimmed, compared without case, stored as written */
	COLUMN_ENUM,   /* one of .values (space separated; Japanese words for them in .aliases as word=value) */
	COLUMN_MACS,   /* list, stored normalised, separated by a space */
	COLUMN_IPS,
	COLUMN_NETS,  /* list of addresses and networks ("10.1.0.0/16") */
	COLUMN_NAMES, /* list of host or domain names, stored in lower case */
	COLUMN_PHONE, /* digits, '+', '-', '(' and ')' */
};

struct column {
	const char *name;    /* English heading, also the column of the table */
	const char *ja;      /* Japanese heading in the template */
	const char *aliases; /* other headings that are accepted, separated by '|'; NULL when there are none */
	enum column_type type;
	bool required;       /* the heading must be there and the cell filled */
	const char *values;  /* COLUMN_ENUM only: "server=サーバ|server terminal=端末|端末PC ..." */
	const char *example; /* for the template */
};

struct register_def {
	const char *kind; /* "people": people.csv, table reg_people */
	const char
		*view; /* "v_drill": made of the columns (reg_tables.c); NULL where views.sql has a view of its own */
	const char *ja, *en;
	const struct column *columns; /* ends with a NULL name */
	size_t n_columns;
	const char *key;    /* names of the columns that identify a row, separated by a space */
	const char *any_of; /* of these columns at least one must be filled; NULL when there is no such rule */
};

extern const struct register_def registers[];
extern const size_t n_registers;

/* By kind; NULL when there is none. */
const struct register_def *register_find(struct str kind);
/* Index of the column that @heading means (English, Japanese, alias; case, spaces and width folded), or -1. */
int register_column(const struct register_def *def, struct str heading);
