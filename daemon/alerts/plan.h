/*
 * Who is told what and when (design.md section 4, "Alerts"): from changes of verdicts to messages.  All of its state is in
 * the database and all time is handed in, so that a kill loses nothing and a test can play a year.  No network here.
 */
#pragma once

#include <jansson.h>

#include "core/status.h"
#include "daemon/store.h"
#include "rules/rules.h"

#define ROOM_DIGEST "~digest"
#define ROOM_FLAPPING "~flapping"

/* Minutes of a day; -1: none. */
struct day_hours {
	int from, to;
};

struct plan_policy {
	const char *site_id, *site_name, *page; /* page: where links go, "" for none */
	bool demo, recovery;
	bool told_states; /* there is a channel that needs no messages */
	usec_t group_wait, group_interval;
	usec_t repeat[SEVERITIES]; /* 0: never */
	unsigned flap_changes;     /* 0: never damped */
	usec_t flap_window, flap_settled;
	unsigned ceiling;       /* messages in an hour */
	struct day_hours quiet; /* also over midnight */
	bool quiet_closed;      /* and all of days that are not worked on */
	unsigned quiet_mask;    /* bits of the severities that wait until it ends */
	unsigned work_mask;     /* the same while planned work goes on */
	struct day_hours office;
	int daily;              /* minute of the day; -1: none */
	int weekly_day, weekly; /* 0 is Monday */
	unsigned rows_max;      /* of one check in one message */
};

enum route_hours { ROUTE_ALWAYS, ROUTE_OFFICE, ROUTE_OFF_HOURS };

/* A channel, as the plan sees it. */
struct plan_route {
	const char *name;
	enum severity least;
	enum route_hours hours;
	usec_t after; /* above 0: only what nobody acknowledged within this time */
	bool digest;
	bool heads; /* is told the code of every snapshot */
};

struct plan;

int plan_new(struct store *store, struct plan **ret);
void plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan, plan_free)

/* Takes hold at once; @rules gets a reference, @policy and @routes are copied, their texts are borrowed until the next call. */
int plan_configure(struct plan *plan, const struct plan_policy *policy, const struct plan_route *routes,
		   size_t n_routes, struct rules *rules);
void plan_rules(struct plan *plan, struct rules *rules);

/*
 * Does what is due at @now, in one short transaction.  1: there is more to do at once; 2: done, and there are new messages;
 * 0: nothing was due.  Negative errno: nothing was changed.
 */
int plan_step(struct plan *plan, usec_t now);

/* A message for one channel that says that the way works, within the caller's transaction; the number of the delivery. */
int plan_test(struct plan *plan, const char *channel, usec_t now, int64_t *ret_delivery);

/* What is open, and what ended within @lately, for channels that are told states: a document with "alerts", at most @max. */
json_t *plan_state(struct plan *plan, usec_t now, usec_t lately, unsigned max);

/* Whether @matchers (JSON) are of Alertmanager's shape and can be used.  -EINVAL and @diag. */
int silence_check(const char *matchers, struct diag *diag);

/* For tests and for the wiring. */
bool hours_hold(struct day_hours hours, usec_t now);
/* The end of @hours that @now lies in. */
usec_t hours_end(struct day_hours hours, usec_t now);
/* Latest instant at or before @now that has minute @minute of the day; @weekday 0 (Monday) to 6, -1: any. */
usec_t schedule_last(int weekday, int minute, usec_t now);
struct sqlite3;
bool office_open(struct day_hours office, struct sqlite3 *db, usec_t now);
