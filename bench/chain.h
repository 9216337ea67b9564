/* Takes @links snapshots and verifies them; prints CPU time and bytes. */
#pragma once

#include "daemon/config.h"
#include "daemon/judge.h"

int chain_measure(const char *dir, const struct config *site, struct judge *judge, struct store *store,
		  struct sqlite3 *reader, int links);
