/* Who was heard of when: the evidence that needs.c asks for.  One look at the database, kept for one check's rows. */
#pragma once

#include "core/event.h"
#include "core/register.h"
#include "daemon/ask.h"

struct evidence;

int evidence_new(struct sqlite3 *db, const struct ask_times *times, struct evidence **ret);
void evidence_free(struct evidence *evidence);
DEFINE_CLEANUP(struct evidence, evidence_free)

/*
 * 1 when a source that has produced @type, or is declared for it in log_sources.csv, sent any line within @within before
 * :seen (closed days do not count); @place NULL asks for any source, else for those of that system, segment or host.
 * 0 when not.
 */
int evidence_alive(struct evidence *evidence, enum event_type type, usec_t within, const char *place);

enum register_state { REGISTER_OK, REGISTER_MISSING, REGISTER_REFUSED, REGISTER_EMPTY, REGISTER_OLD };

/* A refused one counts as it was for 24 hours, where there was a good one before.  @ret_updated: of the file. */
int evidence_register(struct evidence *evidence, const struct register_def *def, usec_t within,
		      enum register_state *ret, usec_t *ret_updated);
