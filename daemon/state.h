/*
 * Working state of the ingest side: sources, accounts, logins and devices as a bounded write-behind cache over their tables.  A
 * line costs a hash and a compare; a miss one SQL point lookup.  What changed is written by state_flush() in the commit, by
 * rowid, and counts as written only after state_settle(): a commit that fails loses nothing.
 */
#pragma once

#include "core/event.h"
#include "core/record.h"
#include "daemon/pool.h"
#include "daemon/systems.h"

#define STATE_ENTITIES 262144  /* accounts and devices in memory */
#define STATE_SOURCES 4096     /* of one collector; twice as many where they are registered */
#define STATE_TOLD 131072      /* subjects of which the last word is kept */
#define STATE_DIRTY 20000      /* entities that wait for a commit */
#define STATE_OTHERS "@others" /* the host of the source that takes what is beyond STATE_SOURCES */

struct sqlite3;
struct state;
struct source;

#define STATE_ORIGINS 500000 /* rows of where accounts are used from */
#define STATE_OF_ACCOUNT 512 /* of which one account may have so many */
#define STATE_REFUSED 1024   /* addresses, and accounts, that are refused in an hour and told apart */
#define STATE_OPENERS 8192   /* users who open records in an hour and are told apart */

struct state_limits { /* 0 takes the numbers above; tests take small ones */
	size_t entities, sources, dirty, told, origins, of_account, refused, openers;
};

int state_new(struct sqlite3 *db, const struct state_limits *limits, struct state **ret);
void state_free(struct state *state);
DEFINE_CLEANUP(struct state, state_free)

/*
 * The source of @rec, made when it is new.  1 when it is one beyond the bound and therefore "others", 0 otherwise; -EAGAIN:
 * too much waits, commit first.
 */
int state_source(struct state *state, const struct record *rec, const struct systems *systems, struct source **ret);
int64_t source_id(const struct source *source);
struct str source_system(const struct source *source);
unsigned source_unknown(const struct source *source); /* lines that no decoder speaks for, since the last commit */
/* Counts a line.  @unknown: no decoder speaks for its program. */
int state_line(struct state *state, struct source *source, const struct record *rec, bool unknown);

/* What a line said of its event; row 2-11 of the checklist asks for it. */
enum state_said { SAID_USER, SAID_TIME, SAID_OBJECT, SAID_METHOD, STATE_SAID };

/* Counts @n events of a type; @said: bit set of enum state_said. */
int state_type(struct state *state, struct source *source, enum event_type type, usec_t received, unsigned n,
	       unsigned said);

/*
 * An account was used (@uses > 0) at @at, or made (@uses 0), as event @event says.  @place and @user are folded.
 */
struct account_use {
	struct str place, user, src_ip, host, method;
	usec_t at, received;
	unsigned uses;
	int64_t event;
};
int state_account(struct state *state, struct pool *pool, const struct account_use *use);

/* A login was refused @count times.  Makes no account. */
struct account_refusal {
	struct str place, user, src_ip;
	usec_t received;
	unsigned count;
	int64_t event;
};
int state_refused(struct state *state, const struct account_refusal *refusal);

/* @user opened a record @count times; @whose: of whom, or which. */
struct record_opened {
	struct str place, user, whose;
	usec_t at;
	unsigned count;
	int64_t event;
};
int state_opened(struct state *state, const struct record_opened *record);

/* What of this is older than its days goes, within the caller's transaction. */
int state_login_prune(struct state *state, usec_t now);

/*
 * A device was seen.  @ret_event: 1 when that is worth an event today: the first of its day, MAC, address and name.  Its
 * event's id, then or of the last one, goes in by state_device_event().
 */
struct device_sight {
	struct str mac, ip, host, segment; /* mac of 12 hex digits; empty: no device, only the answer */
	usec_t at;
	unsigned count;
	int64_t source;
};
struct device;
int state_device(struct state *state, struct pool *pool, const struct device_sight *sight, struct device **ret,
		 bool *ret_event);
void state_device_event(struct device *device, int64_t event);

/* The source told of an account at @place: it speaks for the accounts there. */
int state_place(struct state *state, struct source *source, struct str place, usec_t received);

/* The last word on @host, or on @subject there; both folded.  Only of the types that state_tells() names. */
struct told_word {
	enum event_type type;
	struct str host, subject, reason, outcome;
	usec_t at, received;
	unsigned count;
	int64_t event;
};
bool state_tells(enum event_type type);
int state_told(struct state *state, struct pool *pool, const struct told_word *word);

bool state_dirty(const struct state *state);
bool state_full(const struct state *state); /* a commit is due */
/* Writes what changed, within the caller's transaction.  @ret: what it wrote, for pipeline_commit(). */
struct touched;
int state_flush(struct state *state, const struct pool *pool, const struct systems *systems, struct touched *ret);
void state_settle(struct state *state);
uint64_t state_rows(const struct state *state); /* rows that the last flush wrote */

/* systems.csv is another: systems of all sources and accounts are resolved anew, within the caller's transaction. */
int state_resolve(struct state *state, const struct systems *systems);
/* Rows of sources and devices were deleted: those that wait for nothing are forgotten and looked up again. */
int state_forget(struct state *state);
size_t state_count(const struct state *state); /* accounts and devices in memory */
