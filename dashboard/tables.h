/* What the endpoint reads by SQL of its own, in the worker: sources, registers, history of the score. */
#pragma once

#include "core/diag.h"
#include "core/str.h"
#include "dashboard/json.h"

struct sqlite3;
struct sqlite3_stmt;

/* Every row of @sql as an object of its columns; names ending in _time become times, in _json JSON.  @bind may be NULL. */
int table_rows(struct sqlite3 *db, const char *sql, void (*bind)(struct sqlite3_stmt *stmt, void *arg), void *arg,
	       json_t **ret);

/* Sources that sent a line of late, and those that did not or that log_sources.csv names and that never sent any. */
int table_source_counts(struct sqlite3 *db, usec_t now, json_t **ret);
int table_collectors(struct sqlite3 *db, json_t **ret);
int table_registers(struct sqlite3 *db, json_t **ret);

/* Of a register's file, by its digest; "none" for NULL: there is no file. */
void register_version(const char *digest, char ret[static 24]);
/* What a form for a row has to know: "columns", "key", "any_of". */
struct register_def;
void register_columns_put(const struct register_def *def, json_t *json);
