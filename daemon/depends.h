/* Which changes a check is asked again for, by what its SQL reads: the bits of store_table() that stand for a table or column. */
#pragma once

#include <stdint.h>

/* A table that is read in the view @inner (NULL: in none). */
uint64_t depends_table(const char *table, const char *inner);
/* A column that is read of the view @view. */
uint64_t depends_column(const char *view, const char *column);
