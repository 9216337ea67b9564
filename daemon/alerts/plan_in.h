/* The plan from inside, for its own files: intake (changes), rooms (what is told together), note (documents), remind, times. */
#pragma once

#include <sqlite3.h>

#include "daemon/alerts/plan.h"
#include "daemon/alerts/sql.h"

#define RESOURCE_OF_CHECK "*" /* a change of the check itself: it cannot run, or can again */

struct silence;
struct systems;

struct plan {
	struct store *store;
	sqlite3 *db;
	struct plan_policy policy;
	struct plan_route *routes;
	size_t n_routes;
	struct rules *rules;
	struct silence *silences;
	size_t n_silences;
	struct systems *systems; /* while a silence asks for them */
	sqlite3_stmt *take, *find, *put, *room_put, *room_told;
	usec_t looked;   /* reminders, digests and ends of silences are looked for now and then */
	bool more, made; /* of the step that is running */
};

/* intake.c: 0 or 1 when the batch was full. */
int intake_run(struct plan *plan, usec_t now);
int intake_prepare(struct plan *plan);
void intake_end(struct plan *plan);
/* Puts a room on the list of those that will speak. */
int room_wake(struct plan *plan, const char *room, int severity, usec_t now);
int room_wake_at(struct plan *plan, const char *room, int severity, usec_t now, usec_t due, usec_t last);
const char *room_of(const struct plan *plan, const char *check, char *buf, size_t size);

/* rooms.c */
int rooms_run(struct plan *plan, usec_t now);
int digest_run(struct plan *plan, usec_t now);

/* remind.c */
int remind_run(struct plan *plan, usec_t now);
int silences_ended(struct plan *plan, usec_t now);
int closed_forget(struct plan *plan, usec_t now);

/* heads.c: codes of snapshots that nobody was told yet; 1 when there are more. */
int heads_run(struct plan *plan, usec_t now);

/* times.c: when the quiet that @now lies in ends; @now itself when it lies in none. */
usec_t quiet_end(const struct plan *plan, usec_t now);

/* work.c: silences of the work that is planned for @now; before they are loaded. */
int work_sync(struct plan *plan, usec_t now);
/* Something that @silence held back is over before it is. */
int work_passed(struct plan *plan, int64_t silence);
/* What the message at the end of @silence says when it was made for planned work.  1: it was; 0: not. */
int work_say(struct plan *plan, json_t *note, int64_t silence);

/* subject.c: what a verdict is about. */
enum subject_kind { SUBJECT_SYSTEM, SUBJECT_DEVICE, SUBJECT_KINDS };

struct subject {
	bool found;
	struct subject_names {
		char name[12][128];
		size_t n;
	} of[SUBJECT_KINDS];
};

int subject_find(struct plan *plan, const char *check, const char *resource, struct subject *ret);
/* Whether one of its names is a name or address of @device in the register. */
bool subject_is_device(struct plan *plan, const struct subject *subject, const char *device);

/* silence.c */
int silences_load(struct plan *plan, usec_t now);
void silences_drop(struct plan *plan);
/* The silence that covers it now; 0 when none does. */
int64_t silence_match(struct plan *plan, const char *check, const char *resource, enum severity severity,
		      const char *status);
/* Whether @silence was made for planned work. */
bool silence_is_work(const struct plan *plan, int64_t silence);

/* note.c: a document is built, filled with rows, and put out to the channels. */
json_t *note_new(const struct plan *plan, const char *kind, usec_t now);
/* Adds the rows that @where selects of table alert; @bind with @types as sql_open(). */
int note_rows(struct plan *plan, json_t *note, const char *where, const char *types, ...);
/* What the first look at @at found: the worst checks, each with some of its rows. */
int note_first(struct plan *plan, json_t *note, usec_t at);
void note_say(json_t *note, const char *ja, const char *en);
/* True when it lists nothing. */
bool note_empty(const json_t *note);
/* Writes it and a delivery for each channel that is meant; takes @note over. @only: that channel alone, or NULL. */
int note_put(struct plan *plan, json_t *note, usec_t now, const char *only, int64_t *ret_delivery);

int count_add(struct plan *plan, const char *reason, int64_t n);
