/*
 * What lapses when, if nobody acts (design.md section 1, sentence 8): the checks asked again with :now and :today of coming
 * days, while the state and :seen stay as they are; the words of people as they will still hold; items and scores of those.
 *
 * What is certain: a change is told on its day when it lasts for at least the stride of its check, and so is each of several
 * such changes of one row.  The stride is one day for all checks that answer quickly, else FORECAST_STRIDE days or, for the
 * dearest, up to FORECAST_STRIDE_MAX: forecast_stride() says which.  Something shorter (a day of planned maintenance) may be
 * passed over there.
 */
#pragma once

#include "daemon/lists.h"

struct forecast;
struct sqlite3;

#define FORECAST_DAYS_MAX 366
#define FORECAST_STRIDE 7
#define FORECAST_STRIDE_MAX 31

enum forecast_why {
	FORECAST_DUE,         /* a date passes */
	FORECAST_ATTESTATION, /* the word that stood for it ends */
	FORECAST_WAIVER,      /* the waiver ends: the status stays, people are told again */
	FORECAST_NA,          /* it no longer counts as not applicable, or begins to */
};

struct forecast_change {
	int64_t day; /* by whose end it is so */
	enum forecast_why why;
	const struct check *check;
	char *resource;
	int was, status; /* enum status, -1: there is no such row */
	char *reason_ja, *reason_en;
};

struct forecast_item {
	int64_t day;
	size_t list, item;
	enum status was, status;
};

struct forecast_score {
	int64_t day;
	size_t list;
	struct score score;
};

struct forecast_failure {
	const struct check *check;
	char *error;
};

struct forecast_result {
	usec_t now; /* of the evidence */
	int64_t today;
	unsigned days;
	struct forecast_change *changes; /* by day, then the gravest check first */
	size_t n_changes;
	bool cut; /* there are more changes than are kept */
	struct forecast_item *items;
	size_t n_items;
	struct forecast_score *scores; /* of every list now, then each that differs from the day before */
	size_t n_scores;
	struct forecast_failure *failures; /* checks that are not forecast: they stay as they are */
	size_t n_failures;
	unsigned n_still, n_daily, n_strided; /* checks without a clock; asked for each day; by strides */
	unsigned n_asked;                     /* questions in all */
	usec_t cpu;
};

/* @days from today on, at most FORECAST_DAYS_MAX.  @config for parameters and profile; borrowed, like @rules referenced. */
int forecast_new(const struct config *config, struct rules *rules, unsigned days, usec_t now, struct forecast **ret);
void forecast_free(struct forecast *forecast);
/*
 * A check is asked for every day when that takes less than @daily in all (usually 20 ms), else so often that it takes about
 * @strided (40 ms) as long as nothing changes.
 */
void forecast_pace(struct forecast *forecast, usec_t daily, usec_t strided);
DEFINE_CLEANUP(struct forecast, forecast_free)

/*
 * Goes on for about @budget, in one read transaction on @db; sooner when @waits (may be NULL) says that others need the
 * thread.  1: there is more to do, 0: done, negative errno.
 */
int forecast_step(struct forecast *forecast, struct sqlite3 *db, usec_t budget, bool (*waits)(void *arg), void *arg);
/* Once it is done; lives as long as @forecast. */
const struct forecast_result *forecast_result(const struct forecast *forecast);
const struct rules *forecast_rules(const struct forecast *forecast);
/* Days between two questions to check @i (beside rules->checks); 0: its answer has no dates, or it is not forecast. */
unsigned forecast_stride(const struct forecast *forecast, size_t i);
/* CPU of its questions, all together. */
usec_t forecast_spent(const struct forecast *forecast, size_t i);
/* 0 to 1, roughly. */
double forecast_progress(const struct forecast *forecast);
