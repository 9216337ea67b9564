/*
 * What Tenken said at a past time: items, checks, open verdicts and score as history keeps them, never a re-run (design.md
 * section 1, sentence 8).  For the worker: one short read transaction on a read-only connection.
 */
#pragma once

#include "core/diag.h"
#include "core/status.h"

struct sqlite3;

struct past_item {
	char *pack, *item;
	enum status status;
	double earned, covered;
	usec_t since;
};

struct past_check {
	char *id, *title_ja, *title_en; /* titles as they were then */
	enum severity severity;
	enum status status;
	usec_t since;
	unsigned counts[STATUSES]; /* its verdicts, by status */
};

struct past_verdict {
	char *check_id, *resource, *reason_ja, *reason_en, *dims;
	enum status status;
	usec_t since;
};

struct past_score {
	char *pack;
	double percent, coverage_percent, attested_percent, measured_percent; /* the last NAN: nothing was known */
	unsigned items[STATUSES], yes, total;
	usec_t at; /* when it became so */
};

struct past_register {
	char *kind, *state;
	int64_t rows;
	usec_t since;
};

struct past {
	usec_t at;     /* the moment asked for */
	usec_t first;  /* the first thing Tenken ever said; 0: nothing yet */
	bool observed; /* false: nothing was observed yet at that time, all lists are empty */
	bool cut;      /* there were more verdicts than are listed */
	struct past_score *scores;
	size_t n_scores;
	struct past_item *items; /* by pack, in no other order */
	size_t n_items;
	struct past_check *checks;
	size_t n_checks;
	struct past_verdict *verdicts;
	size_t n_verdicts;
	struct past_register *registers;
	size_t n_registers;
};

/*
 * Reads "2026-11-01" (the end of that day in the site's zone, or @now when the day is not over) or an ISO 8601 time.
 * -EINVAL and @diag when it is neither, or lies in the future.
 */
int history_time(struct str text, usec_t now, usec_t *ret, struct diag *diag);

/* @max_verdicts bounds the list of verdicts, the worst first. */
int history_at(struct sqlite3 *db, usec_t at, size_t max_verdicts, struct past *ret);
void past_free(struct past *past); /* what is in it, not itself */
