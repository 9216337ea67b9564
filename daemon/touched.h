/*
 * What a commit changed: tables, and of those with a row for each account, device or rare event which rows, as long as these are few.
 * So a check that asks of each account by itself can ask of those alone (focus.h).
 */
#pragma once

#include "core/str.h"

#define TOUCHED_MAX 32
#define TOUCHED_KEYS 4
#define TOUCHED_KEY 200

struct touched_rows {
	int64_t ids[TOUCHED_MAX];
	size_t n;                             /* TOUCHED_MAX + 1: too many to name */
	char keys[TOUCHED_KEYS][TOUCHED_KEY]; /* of rows of accounts.csv */
	size_t n_keys;
};

struct touched {
	uint64_t tables; /* bits of store_table() */
	struct touched_rows
		accounts; /* account_seen.id, reg_accounts.key; none, and a table changed: it is not known which */
	struct touched_rows devices; /* device_seen.id, reg_devices.key, likewise */
	struct touched_rows events;  /* event.id of those that v_rare_event has, likewise */
};

void touched_row(struct touched_rows *rows, int64_t id);
void touched_key(struct touched_rows *rows, struct str key);
/* Whether there are some, and all are named. */
bool touched_few(const struct touched_rows *rows);
void touched_rows_add(struct touched_rows *to, const struct touched_rows *from);
void touched_add(struct touched *to, const struct touched *from);
/* The tables whose rows are named in accounts, devices or events. */
uint64_t touched_account_tables(void);
uint64_t touched_device_tables(void);
uint64_t touched_event_tables(void);
