/*
 * Tables of registers: reg_KIND made from core/register.h, and register_value with the values of list columns.  Columns are
 * TEXT ('' when empty), beside them key, line, extra (JSON of unknown columns) and X_key for ids and key columns, folded.
 */
#pragma once

#include "core/register.h"

struct sqlite3;
struct reg_writer;

/* Changes when a definition changes. */
uint64_t reg_tables_digest(void);
/* Drops and makes all of them and fills them from the current rows of register_row.  In the caller's transaction. */
int reg_tables_make(struct sqlite3 *db);

/* Views of registers that views.sql has none for; none may be there.  In the caller's transaction. */
int reg_views_make(struct sqlite3 *db);

/* Columns whose cells are lists: MAC and IP addresses, networks, names, and the types of a log source. */
bool reg_column_list(const struct register_def *def, size_t column);

#define REG_COLUMNS_MAX 32
#define REG_KEY_MAX 1024

struct reg_row {
	struct str key;
	int64_t line;
	struct str cells[REG_COLUMNS_MAX]; /* beside def->columns */
	struct str extra;                  /* JSON object, or empty */
};

/* The row's key: key columns trimmed, folded, joined by 0x1f, cut at REG_KEY_MAX; into @buf of that size. */
struct str reg_key(const struct register_def *def, const struct str *cells, char *buf);

/* Writes rows of one register within the caller's transaction. */
int reg_writer_new(struct sqlite3 *db, const struct register_def *def, struct reg_writer **ret);
void reg_writer_free(struct reg_writer *writer);
DEFINE_CLEANUP(struct reg_writer, reg_writer_free)

int reg_writer_put(struct reg_writer *writer, const struct reg_row *row);
int reg_writer_drop(struct reg_writer *writer, struct str key);
int reg_writer_line(struct reg_writer *writer, struct str key, int64_t line);
