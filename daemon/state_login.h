/*
 * Inside of state*.c: from where accounts are used, where they are refused, how many records a user opens.  What one would
 * get wrong: whoever sends lines chooses the names, so every kind is bounded, and what is beyond counts as "@others".
 */
#pragma once

#include "daemon/state_in.h"

#define WINDOW MINUTES(5)
#define NAMES_MAX 32       /* different accounts of a source that are told apart */
#define PATIENT_BITS 2048u /* a power of two */

struct origin { /* key: account, 's' or 'h', value NUL method NUL; e.id: of the account */
	struct entity e;
	usec_t first, last, night;
	int64_t first_event, last_event, night_event;
	uint32_t spells, days;
	bool turned; /* as in state_in.h: a first spell of a day or a night, or an older one */
};

struct refused_row { /* since the last commit; success apart: of the window */
	int64_t window, first_event, last_event;
	usec_t first, last;
	uint32_t n, names;
	usec_t success;
	uint32_t success_after;
	int64_t success_account, success_event;
};

struct refused { /* key: 's' address NUL, or 'a' place NUL user NUL */
	struct entity e;
	struct refused_row row;
	uint32_t total; /* of its window */
	int64_t span;   /* of ten minutes that the names are of */
	uint32_t n_names;
	uint32_t names[NAMES_MAX]; /* hashes */
	usec_t last;               /* when refused at all */
};

struct opened_row { /* since the last commit */
	int64_t hour, first_event, last_event;
	uint32_t n;
};

struct opened { /* key: place NUL user NUL */
	struct entity e;
	struct opened_row row;
	uint32_t bits; /* set ones */
	uint64_t seen[PATIENT_BITS / 64];
};

struct ended { /* a window or an hour that ended before its commit */
	const struct entity *entity;
	union {
		struct refused_row refused;
		struct opened_row opened;
	};
	uint32_t patients;
};

/* After state_account() has found @account: what changed about where it is used from. */
int state_origin(struct state *state, struct account *account, const struct account_use *use);
/* A login that went well: does it follow on refused ones? */
int state_let_in(struct state *state, const struct account *account, const struct account_use *use);

int state_login_prepare(struct state *state);
int state_login_flush(struct state *state, const struct entity *entity, struct touched *touched);
int state_ended_flush(struct state *state, uint64_t *tables);
void state_login_settle(struct state *state, struct entity *entity);
/* After a commit: what is in memory and no longer likely to be asked for. */
/* Different patients of the hour. */
uint32_t state_patients(const struct opened *opened);
void state_login_trim(struct state *state);
