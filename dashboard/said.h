/* What answers by hand and a sheet that is taken in share. */
#pragma once

#include "daemon/say.h"
#include "dashboard/write.h"

struct say said_call(struct write *write);
/* The row @id as the lists show it, owned by the caller; NULL: there is none. */
int said_row(struct write *write, enum say_kind kind, int64_t id, json_t **ret);
