/* Files that people write: read whole, UTF-8 without control characters, at most 1 MiB. */
#pragma once

#include "core/diag.h"
#include "core/str.h"

/* "account-unused" of "a/b/account-unused.sql"; borrowed. */
struct str file_stem(const char *path);

/* The bytes of @path, owned by the caller.  -errno and @diag where it cannot be read; -EBADMSG where it is too large. */
int file_read(const char *path, char **ret, size_t *ret_n, struct diag *diag);

/* -EBADMSG and the place of the first byte that is no text. */
int file_text_check(const char *name, struct str text, struct diag *diag);
