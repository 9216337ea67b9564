/*
 * A check: front matter and one SELECT (design.md section 4).  This is its text; daemon/ runs it.
 */
#pragma once

#include "core/diag.h"
#include "core/event.h"
#include "core/register.h"
#include "core/status.h"

struct need {
	const struct register_def *reg; /* a register that must be there, or NULL and then: */
	enum event_type event;          /* an event type that must be alive */
	usec_t within;                  /* how young; 0: for a register, however old */
};

struct param_for { /* another default, for an edition of the guideline or a profile */
	char *axis, *value;
};

struct param {
	char *name;
	char *value; /* default, as written: bound as an integer when it is one, else as text; a span ("24h") as usec */
	struct param_for *fors;
	size_t n_fors;
};

struct reason {
	char *id;      /* "" is the one used when a row has no reason_id */
	char *ja, *en; /* {column} stands for the row's value */
};

enum effort { EFFORT_DERIVED, EFFORT_FILL, EFFORT_OPERATE, EFFORT_REPLACE };

/* Whose state alone a row about somebody rests on: what is asked again when one of them changed (docs/tenken-rules.5.scd). */
enum check_by { BY_ALL, BY_ACCOUNT, BY_DEVICE, BY_EVENT };
/* What changes so that the minute is soon enough for a check. */
enum check_waits { WAITS_LOGINS = 1, WAITS_SIGHTINGS = 2, WAITS_EVENTS = 4, WAITS_WORDS = 8, WAITS_SOURCES = 16 };

struct check {
	char *id, *ref;
	char *title_ja, *title_en;
	char *fix_ja, *fix_en;
	char *basis; /* seed, recovered, secondary, background, proposed */
	enum severity severity;
	bool decides;
	int stage; /* 1, or 2: runs after the rest, speaks for no item */
	enum check_by by;
	unsigned waits;     /* of enum check_waits */
	enum effort effort; /* what putting it right takes; derived from its needs unless it says so */
	int attest_days;    /* 0: may not be attested */
	struct need *needs;
	size_t n_needs;
	struct param *params;
	size_t n_params;
	struct reason *reasons;
	size_t n_reasons;
	char **applies; /* profiles, ends with NULL; NULL means all */
	char *sql;
	int sql_line; /* where the SELECT begins in the file */
	char *file;
};

int check_load(const char *path, struct check **ret, struct diag *diag);
int check_parse(const char *path, struct str text, struct check **ret, struct diag *diag);
void check_free(struct check *check);
DEFINE_CLEANUP(struct check, check_free)

/* Kinds of institutions (site.profile), ends with NULL. */
extern const char *const check_profiles[];
/* True when what is said for @word holds for a site of @profile: hospital holds for hospital_200 too. */
bool check_profile_is(const char *word, const char *profile);
/* The default of @param where @guideline and @profile hold: the last line that names either, else the plain one. */
const char *check_param_for(const struct param *param, const char *guideline, const char *profile);

const struct reason *check_reason(const struct check *check, struct str id);
