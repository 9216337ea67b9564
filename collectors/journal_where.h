/* Whether there is a journal that we may read, and if not, why: a machine without one is no failure, but has to be said. */
#pragma once

#include "core/diag.h"

/* @directory "" is this machine's.  0; -ENOENT or -EACCES and the like, with @diag. */
int journal_where(const char *directory, struct diag *diag);
