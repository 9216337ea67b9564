/* Inside of state.c and state_flush.c: what is kept of a source, an account and a device. */
#pragma once

#include "daemon/state.h"
#include "daemon/state_table.h"
#include "daemon/touched.h"

struct sqlite3_stmt;

struct type_count { /* since the last commit */
	usec_t first, last;
	uint32_t n, said[STATE_SAID]; /* said: of how many each thing was said; only of types that are asked for it */
	usec_t heard;                 /* kept over commits: the newest one of the type */
	bool turned;
};

/*
 * Turned, here and below: what changed is more than a count and a "last" that moved on.  Only then is the table told as
 * changed; the rest can wait for the minute at which every check runs anyway.
 */
#define SOURCE_QUIET MINUTES(5) /* who was silent for so long and speaks again has turned */
#define SOURCE_ASLEEP HOURS(1)  /* and what it speaks for is alive again: no check wants evidence younger than this */
#define ACCOUNT_QUIET HOURS(1)
#define DEVICE_QUIET HOURS(1)

#define PLACES_MAX 256 /* of a source; what is beyond is not remembered */

struct source_place {
	char *place;
	int64_t day; /* when it was last told */
	usec_t at;
	bool waits;
};

struct source {
	struct entity e; /* key: collector, peer, identity, host, each ended by NUL */
	char *system;    /* folded */
	usec_t first, last_received, last_at, skew;
	uint32_t lines, events, unknown, cut; /* since the last commit, like all below */
	int64_t hour;
	uint32_t hour_lines, hour_events;
	bool turned, awake, hour_turned, place_new;
	struct source_place *places;
	size_t n_places;
	struct type_count *types; /* EVENT_TYPES of them; NULL when it never had an event */
};

struct account {
	struct entity e; /* key: place NUL user */
	usec_t first, last;
	int64_t uses, first_event, last_event;
	uint64_t origin; /* hash of where it was used from last, and when that was noted */
	usec_t origin_at;
	uint32_t origins;              /* rows it has */
	struct pool_text src_ip, host; /* in the batch's pool, valid while dirty; n 0 and at 0: as it was */
	bool texts, turned;
};

#define DEVICE_SEEN 4

struct device {
	struct entity e; /* key: mac; or NUL ip NUL host without one: no row, never dirty */
	usec_t first, last;
	int64_t sightings, source, first_event, last_event;
	struct pool_text ip, host, segment; /* as above; n 0: as it was */
	int64_t day;                        /* that the hashes are of */
	uint32_t seen[DEVICE_SEEN];         /* hashes of (ip, host) that had their event that day */
	uint8_t n_seen, next_seen;
	bool turned;
};

struct told {
	struct entity e; /* key: type NUL host NUL subject */
	usec_t first, last, received;
	int64_t count, first_event, last_event;
	struct pool_text reason, outcome; /* as of an account */
	bool texts;
};

struct ended;

struct hour_count { /* an hour that ended before its commit */
	int64_t source, hour;
	uint32_t lines, events;
};

enum state_sql { /* those before SOURCE_NEW read */
		 SQL_SOURCE_GET,
		 SQL_ACCOUNT_GET,
		 SQL_DEVICE_GET,
		 SQL_TOLD_GET,
		 SQL_ORIGIN_GET,
		 SQL_BEGIN,
		 SQL_SOURCE_NEW,
		 SQL_SOURCE_ADD,
		 SQL_TYPE_ADD,
		 SQL_HOUR_ADD,
		 SQL_SAID_ADD,
		 SQL_PLACE_ADD,
		 SQL_ACCOUNT_NEW,
		 SQL_ACCOUNT_ADD,
		 SQL_DEVICE_NEW,
		 SQL_DEVICE_ADD,
		 SQL_TOLD_NEW,
		 SQL_TOLD_ADD,
		 SQL_ORIGIN_PUT,
		 SQL_REFUSED_ADD,
		 SQL_OPENED_ADD,
		 STATE_SQLS,
};

struct state {
	struct sqlite3 *db;
	struct table table;
	struct state_limits limits;
	struct entity **dirty;
	size_t n_dirty, dirty_size;
	struct hour_count *hours;
	size_t n_hours, hours_size;
	struct ended *ended;
	size_t n_ended, ended_size;
	size_t n_origins; /* rows */
	struct {
		int64_t span, trimmed; /* hours */
		size_t sources, accounts;
	} refused; /* that are new in this hour */
	struct {
		int64_t hour;
		size_t users;
	} opened;
	int64_t next_id[ENTITY_NUMBERED]; /* by enum entity_kind */
	bool whole[ENTITY_KINDS];         /* every row of its table is in memory: what is not there has none */
	struct source *lately[64];
	size_t n_sources, n_told; /* n_told: rows */
	struct {
		char name[32];
		size_t sources;
	} collectors[16];
	uint64_t rows;
	struct sqlite3_stmt *sql[STATE_SQLS];
};

#define PART_MAX 255 /* bytes of a part of a key, and of a text */

/* A key of @n parts, each ended by NUL, in @buf of n * (PART_MAX + 1). */
struct str state_key(char *buf, const struct str *parts, size_t n);
/* Finds, else makes, and sets *@ret_new.  -EAGAIN when too much waits.  Room is made by letting go of what was not used lately. */
int state_get(struct state *state, enum entity_kind kind, size_t size, struct str key, struct entity **ret,
	      bool *ret_new);
/* Takes back a new entity whose row could not be looked up, so that it is tried again; the SQLite code as errno. */
int state_unget(struct state *state, struct entity *entity, int code);
/*
 * Steps a point lookup.  Lookups of one batch stand in one read transaction, which store_begin() ends: on its own, each would
 * lock and unlock the file.
 */
int state_look(struct state *state, struct sqlite3_stmt *stmt);
void state_bind(struct sqlite3_stmt *stmt, int i, struct str s);

/* How many sources each collector has, and subjects there are: a restart does not open the door to another 4096. */
int state_count_sources(struct state *state);

/* Puts @s into @pool unless the same text is there already. */
int state_text(struct pool *pool, struct pool_text *text, bool valid, struct str s);
/* Marks it for the next commit; -EAGAIN when too much waits. */
int state_mark(struct state *state, struct entity *entity);
/* The folded system of a source by its parts; owned by the caller. */
char *source_system_of(const struct systems *systems, const struct str *parts);
/* The system that a place (a domain or a host) belongs to, else the place. */
struct str state_place_system(const struct systems *systems, struct str place);
/* Prepares the statements of the flush; 0 or negative errno. */
int state_flush_prepare(struct state *state);
/* The parts of a source's key. */
void source_parts(const struct source *source, struct str ret[static 4]);
