/*
 * What to do next: what to connect or fill in on the first days, in the order that makes most known (setup), and what gains
 * most for the least work (next).  Derived from the checks' needs, from what is alive, and from the formula of the score;
 * nothing of it is a list of checks.  For the worker: reads the database, keeps nothing.
 */
#pragma once

#include "daemon/evidence.h"
#include "daemon/lists.h"

enum agenda_kind {
	AGENDA_REGISTER, /* hand in a register */
	AGENDA_CONNECT,  /* have a kind of source send its lines */
	AGENDA_ATTEST,   /* somebody vouches for it */
	AGENDA_FILL,     /* put rows of a register right */
	AGENDA_OPERATE,  /* do something on machines or with people */
	AGENDA_REPLACE,  /* replace equipment */
	AGENDA_ANSWER,   /* answer rows of the form: no part of the score, but of the form's own count */
};

/* How a kind of source is connected (connect.def). */
struct connect {
	const char *id, *decoders;
	const char *ja, *en, *steps_ja, *steps_en, *copy;
};
extern const struct connect connects[];
extern const size_t n_connects;
/* Bit set of the event types that it can tell, by the decoders of @rules. */
uint64_t connect_types(const struct connect *connect, const struct rules *rules);

struct agenda_step {
	enum agenda_kind kind;
	const struct register_def *reg; /* REGISTER */
	enum register_state state;      /* of it */
	const struct connect *connect;  /* CONNECT; NULL: no kind of source that we describe tells it, and then: */
	enum event_type event;
	const struct checklist *list; /* ANSWER */
	const struct check *check;    /* ATTEST, FILL, OPERATE, REPLACE */
	const struct check **checks;  /* all that it makes known or cures, ends with NULL */
	double coverage;              /* percent points of the first checklist that become known */
	double gain;                  /* percent points of its score, if all that becomes known is good */
	double all;                   /* the same with a tenth of what it is for each of the other checklists */
	size_t rows;                  /* of findings to touch; 1 where there is no such number */
	double cost;                  /* agenda_cost() */
};

struct agenda {
	struct agenda_step *steps;
	size_t n;
	double percent, coverage; /* of the first checklist, now */
};

/*
 * What work it is, in steps of a person, as a documented heuristic: attest 1, fill in 2, hand in a register 4, operate 5,
 * connect a source 6, replace 20; times 1 + log2(rows).
 */
double agenda_cost(enum agenda_kind kind, size_t rows);

/* In the order that makes most known first. */
int agenda_setup(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda *ret);
/* By gain for the cost, the best first. */
int agenda_next(struct sqlite3 *db, const struct rules *rules, usec_t now, struct agenda *ret);
void agenda_free(struct agenda *plan); /* what is in it, not itself */
