/* The columns of an event in a listing, and one event by its id.  Inside of the queries. */
#pragma once

#include "core/event.h"
#include "daemon/listing.h"

#define EVENT_COLUMNS (13 + FIELDS)

extern const struct listing_column event_columns[];

/* 1: added; 0: there is none (retention took it). */
int listing_event(struct sqlite3 *db, int64_t id, struct listing *listing);
