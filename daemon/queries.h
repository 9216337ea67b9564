/*
 * Lists for the endpoint, to be run in the worker: each a short read transaction on its connection, with a cursor to go on
 * from.  No JSON here: rows of typed values, named by column.
 */
#pragma once

#include "core/diag.h"
#include "rules/rules.h"

struct sqlite3;

enum cell_type { CELL_NULL, CELL_BOOL, CELL_INT, CELL_REAL, CELL_TEXT, CELL_TIME, CELL_JSON };

struct cell {
	enum cell_type type;
	int64_t number; /* CELL_INT; CELL_BOOL: 0 or 1; CELL_TIME: usec, a 0 in the database is CELL_NULL */
	double real;
	char *text; /* CELL_TEXT and CELL_JSON: valid UTF-8 */
};

struct listing {
	const char *const *columns; /* constant */
	size_t n_columns, n_rows;
	struct cell *cells; /* n_rows x n_columns */
	char cursor[2048];  /* hand it back for the next page; "" at the end */
};

void listing_free(struct listing *listing); /* what is in it, not itself */
static inline const struct cell *listing_cell(const struct listing *l, size_t row, size_t column)
{
	return &l->cells[row * l->n_columns + column];
}

#define QUERY_LIMIT_MAX 1000

/* A page: @limit 1 to QUERY_LIMIT_MAX (0: 100), @cursor of the page before, NULL or "" for the first. */
struct page {
	unsigned limit;
	const char *cursor;
};

/* All filters may be NULL. */
struct finding_filter {
	const char *check, *item; /* ids; item with "PACK/" in front for one pack */
	const char *severity;     /* "high", or several with commas */
	const char *status;       /* "warn" or "fail" */
	const char *state;        /* "open" or "closed" */
	const char *resource;
	const char *system; /* as systems.csv names it, without case */
	const char *owner;  /* who is in charge, without case; or the office: "operator", "planner", "responsible" */
	const char *search; /* words that must all stand in check, title, resource, reason, owner or system */
	const char *acked;  /* "yes" or "no" */
	const char *
		sort; /* of the open ones: worst (NULL), status, since, check, resource, owner, system; "-since" reversed */
	usec_t since; /* it became so then or later */
};

struct event_filter {
	const char *type, *user, *host, *src_ip; /* exact, without case */
	usec_t since, until;                     /* of received; 0: open */
	int64_t first_id, last_id;               /* 0: open */
};

struct thing_filter {
	const char *system; /* system, or segment of devices */
	const char *search; /* part of its name, without case */
};

/*
 * Each: 0 and @ret, or -EINVAL with @diag for a filter or cursor that cannot be; other negative errno when SQLite fails.
 *
 * findings: state ("open", "closed"), check, severity, resource, status, reason_ja, reason_en, dims (JSON), since,
 *   first_seen, closed_at, system, owner, role, ack (JSON: times are usec).  Open ones first (severity, fail before warn, then
 *   check, then resource, unless sort says otherwise), then closed ones, the newest first.
 * finding_groups: key (NULL: nobody, none), fail, warn, rank (0: critical), since (the oldest); of the open ones, by check,
 *   severity, status, owner, role, system or resource.
 * events: id, type, received, at, skew, source_id, source, collector, peer, decoder, system, count, user ... outcome (the
 *   fields of core/fields.def), raw.  The newest first.
 * sources: id, collector, peer, identity, host, system, first_received, last_received, last_at, skew, lines, events, unknown,
 *   cut, types (JSON object: type to last_received).
 * accounts: system, user, place, registered, person_id, kind, first_used, last_used, uses, last_src_ip, last_host, stored,
 *   enabled, admin, first_event, last_event.
 * devices: mac, ip, host, segment, randomised, device_id, first_seen, last_seen, sightings, first_event, last_event.
 */
int query_findings(struct sqlite3 *db, const struct rules *rules, const struct finding_filter *filter,
		   const struct page *page, struct listing *ret, struct diag *diag);
int query_finding_groups(struct sqlite3 *db, const struct rules *rules, const struct finding_filter *filter,
			 const char *group, struct listing *ret, struct diag *diag);
int query_events(struct sqlite3 *db, const struct event_filter *filter, const struct page *page, struct listing *ret,
		 struct diag *diag);
int query_sources(struct sqlite3 *db, const struct page *page, struct listing *ret, struct diag *diag);
int query_accounts(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page, struct listing *ret,
		   struct diag *diag);
int query_devices(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page, struct listing *ret,
		  struct diag *diag);

/* Of query_compare(); NULL: all. */
struct compare_filter {
	const char *state;  /* "registered" (and never seen), "seen" (and in no register), "both", "contradiction" */
	const char *search; /* part of an id, name, address or place, without case */
};

struct compare_counts {
	int64_t registered, seen, both, contradiction;
};

/*
 * A register beside what was observed, a row a thing; @kind: "accounts", "devices" or "vendors" (-ENOENT: another).  Contradictions first,
 * then what is in no register, what agrees, what was never seen.  row_id: of the register, NULL where it has none; contradictions:
 * codes apart by a blank.
 * accounts: left, expired, disabled (used after it), enabled (by the account store, though the register says disabled), admin.
 * vendors (observed: named in other registers, and the use of their accounts): inactive, contract_over (used all the same).
 * devices: disposed, unusable, off_network (seen all the same), ip, hostname (other ones than the register's).
 */
int query_compare(struct sqlite3 *db, const char *kind, const struct compare_filter *filter, const struct page *page,
		  struct listing *ret, struct diag *diag);
/* How many of each state among those that @search finds. */
int query_compare_counts(struct sqlite3 *db, const char *kind, const char *search, struct compare_counts *ret);
bool query_compare_state(const char *state);

/*
 * What stands behind a check, or behind one resource of it: its verdict rows (columns of findings, all statuses) and the
 * event rows (columns of events) that their dims first_event and last_event name, at most @max_rows of each.
 */
struct explanation {
	struct listing verdicts, events;
	bool cut; /* there are more verdict rows */
};

int query_explain(struct sqlite3 *db, const struct rules *rules, const char *check_id, const char *resource,
		  unsigned max_rows, struct explanation *ret, struct diag *diag);
void explanation_free(struct explanation *explanation); /* what is in it, not itself */
