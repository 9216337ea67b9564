/* What a register's rows would change if they were told now; nothing is written. */
#pragma once

#include "daemon/sets.h"

#define SETS_PREVIEW_ROWS 200 /* of those that change, told one by one */

struct json_t;
struct register_def;

struct sets_preview {
	size_t rows, was; /* given; standing */
	size_t added, changed, removed;
	bool loss; /* over half of those that stand would go: taken only when somebody confirms it */
	char error_ja[1024], error_en[1024];
};

/* @ret_changes: [{"change":"added|changed|removed","line","before","after"}].  -EBADMSG: refused, for @ret->error_ja. */
int sets_preview(struct stage *stage, struct sqlite3 *db, const struct register_def *def, const char *name,
		 struct sets_preview *ret, struct json_t **ret_changes);

/* The key of a row that was said, as the table has it; into @buf of REG_KEY_MAX bytes. */
int sets_row_key(const struct register_def *def, struct str line, char *buf, struct str *ret, int64_t *ret_line);
