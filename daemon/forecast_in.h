/* The forecast from inside: forecast.c (steps), forecast_scan.c (one check over all days), forecast_tell.c (day by day). */
#pragma once

#include "daemon/forecast.h"
#include "daemon/worker.h"

/* A row of a check over the days; all that ever is there. */
struct fore_row {
	char *resource;
	int raw;   /* enum status as the check says it, -1: there is none; moves from day to day */
	int shown; /* after the words of people */
	bool waived;
	char *reason_ja, *reason_en; /* of its last status */
	char *system;                /* whose evidence it needs, as ask_row; NULL */
};

/* What a check says otherwise from @point on. */
struct fore_turn {
	unsigned point;
	int status; /* raw; -1: the row is gone */
	char *resource, *reason_ja, *reason_en;
	char *system; /* whose evidence it needs, as ask_row */
};

/* One check.  Point 0 is now, point i the end of day today + i - 1. */
struct fore_check {
	const struct check *check;
	char **params;
	bool applies;
	unsigned stride;
	usec_t spent;          /* by all its answers */
	bool stored;           /* its rows are those of the database: attested ones may be so by word */
	struct fore_row *rows; /* by resource */
	size_t n_rows;
	struct fore_turn *turns; /* by point, then resource */
	size_t n_turns;
	size_t at; /* the turn that comes next, while it is told */
	bool na;
	struct check_state state;
};

struct scan;

struct forecast {
	struct rules *rules;
	struct forecast_result result;
	struct fore_check *checks;
	size_t scanned; /* checks that are done */
	struct scan *scan;
	size_t n_rows; /* of all checks */
	usec_t daily, strided;
	bool told;
};

/* Turns of forecast->checks[forecast->scanned]; 1: goes on next time, 0: done, negative errno. */
int scan_step(struct forecast *forecast, struct sqlite3 *db, bool (*enough)(void *arg), void *arg);
void scan_free(struct scan *scan);
/* forecast_rows.c: @row NULL: it is gone.  The answer of now becomes the rows; -E2BIG: there are too many. */
int fore_turn_add(struct fore_check *check, unsigned point, const char *resource, struct ask_row *row);
int fore_rows(struct forecast *forecast, struct fore_check *check, const struct answer *answer);
/* A check without a clock says tomorrow what it said last; an attested row is one that it does not know. */
int fore_rows_stored(struct sqlite3 *db, struct forecast *forecast, struct fore_check *check);
void fore_forget(struct forecast *forecast, struct fore_check *check);
/* Asked for when the question is closed, for its authorizer lets nothing else through. */
int fore_evidence(struct forecast *forecast, struct sqlite3 *db, struct fore_check *check);

/* Remembers why a check is not forecast. */
int forecast_fail(struct forecast *forecast, const struct check *check, const char *error);

int forecast_tell(struct forecast *forecast, struct sqlite3 *db);

/* CPU of this thread: the machine may do other things. */
usec_t forecast_cpu(void);
usec_t forecast_point(const struct forecast *forecast, unsigned point);

static inline unsigned forecast_last(const struct forecast *forecast)
{
	return forecast->result.days + 1;
}
