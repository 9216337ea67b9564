/*
 * What other rules would say today: the rules in force and those with a folder more are asked over the same state, in short steps
 * for the worker.  Nothing is written, nobody is told.
 */
#pragma once

#include <jansson.h>

#include "core/diag.h"
#include "daemon/config.h"
#include "daemon/evaluate.h"

struct whatif;

/* @dir: the folder that comes after those of @config, whose parts that count are copied.  The rest is read by the steps. */
int whatif_new(const struct config *config, struct rules *now, const char *dir, usec_t time, struct whatif **ret);
void whatif_free(struct whatif *whatif);
DEFINE_CLEANUP(struct whatif, whatif_free)

/*
 * Goes on for about @budget (one check may take longer).  1: there is more to do, 0: done; -EBADMSG and @diag: the folder
 * cannot be read, or its rules are wrong.
 */
int whatif_step(struct whatif *whatif, struct sqlite3 *db, usec_t budget, struct diag *diag);

/* Once it is done: what each says, and where they differ. */
const struct evaluation *whatif_now(const struct whatif *whatif);
const struct evaluation *whatif_then(const struct whatif *whatif);
const struct evaluation_change *whatif_changes(const struct whatif *whatif, size_t *ret_n);
/* {"time","checklists","changes"} of one that is done (whatif_json.c). */
json_t *whatif_json(const struct whatif *whatif);
usec_t whatif_time(const struct whatif *whatif);
