/*
 * What a check's SQL may be: one SELECT over our views.  It may be somebody else's code, so everything that is not known to
 * be harmless is refused, by SQLite's authorizer while it is compiled and by a look at its words.
 */
#pragma once

#include "core/diag.h"
#include "rules/check.h"

struct sqlite3;
struct sqlite3_stmt;
struct guard;
struct guard_names;

/*
 * Compiles @check; @names NULL reads them.  The authorizer stays on @db, and lets all else pass.  -EBADMSG and @diag with file
 * and line.
 */
int guard_open(struct sqlite3 *db, const struct check *check, struct guard_names *names, struct guard **ret,
	       struct diag *diag);
/*
 * A check that guard_open() took from another connection to the same database, where views of the same names stand before it
 * (focus.h): it may only read, and is not looked at again.
 */
int guard_open_vetted(struct sqlite3 *db, const struct check *check, struct guard **ret, struct diag *diag);
/* Around running it: lower limits, and the authorizer, since SQLite compiles again on its own when the schema changes. */
void guard_enter(struct guard *guard);
void guard_leave(struct guard *guard);
void guard_close(struct guard *guard);
DEFINE_CLEANUP(struct guard, guard_close)

struct sqlite3_stmt *guard_stmt(const struct guard *guard);
uint64_t guard_tables(const struct guard *guard); /* bits of store_table() that it reads */
