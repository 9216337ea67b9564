/* A desk where alerts are planned: a real store, changes written as the judge writes them, and a clock that only moves when told. */
#pragma once

#include "core/when.h"
#include "daemon/alerts/plan.h"
#include "tests/place.h"
#include "tests/table.h"

#define START (DAYS(20700) + HOURS(3)) /* Friday 2026-09-04 12:00 in Tokyo */

struct desk {
	struct place place;
	struct plan *plan;
	struct plan_policy policy;
	struct plan_route routes[4];
	size_t n_routes;
	struct rules *rules;
	usec_t now;
	int changes;
};

/* One channel "ops" that is told everything. */
void desk_open(struct desk *desk);
void desk_close(struct desk *desk);
/* After a change of policy, routes or rules. */
void desk_settings(struct desk *desk);
/* As after a kill: what is not in the database is gone. */
void desk_restart(struct desk *desk);

sqlite3 *desk_db(const struct desk *desk);
void desk_sql(const struct desk *desk, const char *sql);
int64_t desk_count(const struct desk *desk, const char *sql);

/* The verdict of (@check, @resource) went from @was to @status; "" is none. */
void desk_change(struct desk *desk, const char *check, const char *resource, const char *severity, const char *was,
		 const char *status);
void desk_settle(struct desk *desk);
/* The clock goes on, by steps no longer than a reminder would notice. */
void desk_go(struct desk *desk, usec_t span);

/* How many messages there are; the newest as JSON (the caller's), and what it is. */
int64_t desk_notes(const struct desk *desk);
json_t *desk_note(const struct desk *desk);
int64_t desk_number(const struct desk *desk, const char *key);
bool desk_kind_is(const struct desk *desk, const char *kind);
bool desk_says(const struct desk *desk, const char *words);
