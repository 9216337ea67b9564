/* What a check may name: the views and tables of a database, read once for many guards, and lists of words. */
#pragma once

#include "core/str.h"

struct sqlite3;

/* Used by one thread; they do not change while a database is open. */
struct guard_names;
int guard_names_read(struct sqlite3 *db, struct guard_names **ret);
struct guard_names *guard_names_ref(struct guard_names *names);
void guard_names_unref(struct guard_names *names);
DEFINE_CLEANUP(struct guard_names, guard_names_unref)

bool guard_names_view(const struct guard_names *names, const char *name);
bool guard_names_table(const struct guard_names *names, const char *name);

/* Whether @name, in any case, is in the sorted @list. */
bool guard_any(const char *name, const char *const *list, size_t n);
