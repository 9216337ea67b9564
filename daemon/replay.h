/*
 * A whole Tenken in one thread, with a clock that moves only when told: store, pipeline and judge over a fresh folder.  What
 * scenarios, `tenken replay` and the demonstration are made of.  The clock is core/clock.h's, so there is one at a time.
 */
#pragma once

#include "core/record.h"
#include "daemon/config.h"
#include "daemon/judge.h"
#include "daemon/pipeline.h"

struct replay;

/*
 * Begins at @now in @dir, which must exist and hold no tenken.db yet.  @config and @rules are borrowed until
 * replay_free(); @config names the profile and the overrides, its state_dir is not used.
 */
int replay_new(const struct config *config, struct rules *rules, const char *dir, usec_t now, struct replay **ret,
	       struct diag *diag);
/* Gives the machine's clock back; the database stays for who wants to look at it. */
void replay_free(struct replay *replay);
DEFINE_CLEANUP(struct replay, replay_free)

/* Moves the clock; it never goes back. */
void replay_clock(struct replay *replay, usec_t now);

/* The pipeline's sink; records without `received` get the clock's time. */
struct sink *replay_sink(struct replay *replay);

/* @program said @text on @host, now. */
int replay_say(struct replay *replay, struct str host, struct str program, struct str text);

/*
 * A raw syslog line.  Its own time drives the clock: forwards only, and what every midnight in between changes is judged
 * (over a gap of more than 40 days only the last midnight).  A line without a time is said at the clock's.
 */
int replay_line(struct replay *replay, struct str line, struct diag *diag);
/* Every line of an open file, up to its end. */
int replay_file(struct replay *replay, FILE *file, uint64_t *ret_lines, struct diag *diag);

/*
 * Tells a whole set: @set "register:people" or "accounts:HOST", @csv its heading and rows, LF between (no quotes; a cell may
 * be empty).  @csv without any line: the register is missing.
 */
int replay_set(struct replay *replay, struct str set, struct str csv, struct diag *diag);
/* Tells the register @kind as refused since now. */
int replay_refuse(struct replay *replay, struct str kind, const char *why);
/*
 * Every register in @folder, read as the daemon reads them.  They count as kept up to date: replay_line() tells them again
 * before they grow old, replay_file() at its end.
 */
int replay_registers(struct replay *replay, const char *folder, struct diag *diag);

/* What a daemon would find of itself (v_own_fact). */
void replay_fact(struct replay *replay, enum pipeline_fact fact, int64_t value);

/* Commits what waits and runs every check that is due now: afterwards the judge has today's verdicts. */
int replay_settle(struct replay *replay, struct diag *diag);

struct judge *replay_judge(struct replay *replay);
/* The service connection, for what people say (say.h). */
struct store *replay_service(struct replay *replay);
/* A read-only connection, for looking. */
struct sqlite3 *replay_db(struct replay *replay);
const struct pipeline_stats *replay_stats(const struct replay *replay);
