/*
 * Whole sets told over the sink: registers ("register:KIND") and the accounts of a machine ("accounts:HOST").  Rows are
 * kept in memory until the end says that all was told, and then replace what was there, in the pipeline's transaction.
 */
#pragma once

#include "core/event.h"
#include "core/record.h"
#include "daemon/touched.h"

#define SETS_BYTES (128u << 20) /* of rows that wait for their end */
#define SETS_ROWS 1000000

struct sqlite3;
struct stage;

int sets_new(struct str set, struct stage **ret);
void sets_free(struct stage *stage);
DEFINE_CLEANUP(struct stage, sets_free)

bool sets_is(const struct stage *stage, struct str set);
/* Keeps a row.  What is too large is kept as a refusal. */
int sets_row(struct stage *stage, const struct record *rec);
size_t sets_rows(const struct stage *stage);

struct sets_result {
	uint64_t tables;          /* changed: bits of store_table() */
	struct touched_rows rows; /* keys of the rows that changed, where these are few */
	bool systems;             /* systems.csv or log_sources.csv changed */
	bool refused;             /* also when the collector said SET_OK */
	char error[1024];         /* in English, for the log */
};

/* What became of an account since the set was told before (never at the first telling). */
struct sets_change {
	int (*account)(void *arg, enum event_type type, struct str user);
	void *arg;
};

/* Within the caller's transaction, at @now.  @system: of an account set, folded.  Calling it again is harmless. */
int sets_apply(struct stage *stage, struct sqlite3 *db, const struct set_end *end, struct str system, usec_t now,
	       const struct sets_change *change, struct sets_result *ret);

/* systems.csv is another: systems of the accounts that were told are resolved anew, within the caller's transaction. */
struct systems;
int sets_resolve(struct sqlite3 *db, const struct systems *systems);
