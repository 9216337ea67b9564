/* What putting a whole register and putting one row of it share.  Nobody else includes this. */
#pragma once

#include "collectors/registers_edit.h"
#include "collectors/registers_folder.h"
#include "dashboard/write.h"

struct refusal;

/* Where the collector looks; NULL when it does not. */
const char *register_folder(const struct config *config);

/* A parameter that is 1 or 0, by default 0.  False: complained. */
bool register_flag(struct write *write, const char *name, bool *ret);

/* Each complains, and returns what the route answers with. */
int register_complain_refused(struct write *write, const struct refusal *why);
int register_complain_folder(struct write *write, const char *path, int r);

/* The folder of the kind that the path names; the write gives it back. */
int register_open(struct write *write, const struct register_def **ret_def, struct registers_folder **ret);
/* The cells of one row, borrowed from @json; the list is owned by the caller, also on failure. */
int register_row_read(struct write *write, const struct register_def *def, const json_t *json,
		      struct register_row *ret);
/* @bytes become the register's file, or with dry_run=1 it is said what would change. */
int register_put_bytes(struct write *write, const struct register_def *def, struct registers_folder *folder,
		       struct str bytes);
