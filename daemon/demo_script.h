/* The script of the simulated hospital (demo/README.md), read: lists and rules.  All text is borrowed from the script. */
#pragma once

#include "core/diag.h"
#include "core/str.h"

#define DEMO_LISTS_MAX 32

struct demo_list {
	struct str name;
	struct str entries; /* separated by blanks */
	size_t n;
};

struct demo_rule {
	int from, to;  /* days ago, from >= to */
	int step;      /* every step days, from `from` on */
	bool weekdays; /* Monday to Friday */
	usec_t time;   /* of the day */
	usec_t spread; /* at most this much later */
	usec_t ago;    /* once, this long before now; 0: by days */
	const struct demo_list *list;
	struct str host, program, text;
};

struct demo_script {
	struct demo_list lists[DEMO_LISTS_MAX];
	size_t n_lists;
	struct demo_rule *rules; /* owned */
	size_t n_rules;
};

/* Fills the zeroed @script from @text; the caller frees its rules, also on failure.  -EBADMSG and @diag with the line. */
int demo_script_read(const char *name, struct str text, struct demo_script *script, struct diag *diag);

/* The @n-th entry of @list, and part @n (from 1) of an entry "a/b/c". */
struct str demo_list_entry(const struct demo_list *list, size_t n);
struct str demo_entry_part(struct str entry, int n);
