#include "daemon/ask_rows.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"

#define REASON_MAX 2048
#define COLUMNS_MAX 64

/* Length of the UTF-8 character at @p, 0 when it is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] == 0 || len > n || !str_utf8((struct str){ (const char *)p, len }))
		return 0;
	return len;
}

char *ask_utf8(const char *p, size_t n)
{
	char *text;
	size_t out = 0;

	if (!memchr(p, 0, n) && str_utf8((struct str){ p, n }))
		return str_dup((struct str){ p, n });
	text = malloc(n * 3 + 1);
	if (!text)
		return NULL;
	for (size_t i = 0; i < n;) {
		size_t len = utf8_len((const unsigned char *)p + i, n - i);

		memcpy(text + out, len ? p + i : "\xef\xbf\xbd", len ? len : 3);
		out += len ? len : 3;
		i += len ? len : 1;
	}
	text[out] = '\0';
	return text;
}

static int column_find(sqlite3_stmt *stmt, const char *name)
{
	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		if (strcasecmp(sqlite3_column_name(stmt, i), name) == 0)
			return i;
	return -1;
}

/* Every {name} of @template must be a column. */
static int template_check(const struct check *check, const char *template, sqlite3_stmt *stmt, struct diag *diag)
{
	struct str rest = str_of(template);
	ssize_t open;

	while ((open = str_index(rest, '{')) >= 0) {
		char name[128];
		ssize_t close;

		rest = str_from(rest, (size_t)open + 1);
		close = str_index(rest, '}');
		if (close < 0)
			return diag_at(diag, check->file, 0, 0, "reason: a { without } in \"%.100s\"", template);
		str_copy(name, sizeof(name), str_first(rest, (size_t)close));
		if (column_find(stmt, name) < 0)
			return diag_at(diag, check->file, 0, 0, "reason: {%.60s} is no column of the SELECT", name);
	}
	return 0;
}

int ask_columns(const struct check *check, struct sqlite3_stmt *stmt, struct ask_columns *ret, struct diag *diag)
{
	struct ask_columns c = {
		.resource = column_find(stmt, "resource"),
		.status = column_find(stmt, "status"),
		.reason = column_find(stmt, "reason"),
		.reason_id = column_find(stmt, "reason_id"),
		.next = column_find(stmt, "next"),
		.system_id = column_find(stmt, "system_id"),
		.segment = column_find(stmt, "segment"),
		.n = sqlite3_column_count(stmt),
	};

	if (c.resource < 0 || c.status < 0 || c.reason < 0)
		return diag_at(diag, check->file, check->sql_line, 0,
			       "the SELECT has no column %s; it needs resource, status, reason",
			       c.resource < 0 ? "resource"
			       : c.status < 0 ? "status"
					      : "reason");
	if (c.n > COLUMNS_MAX)
		return diag_at(diag, check->file, check->sql_line, 0, "more than %d columns", COLUMNS_MAX);
	for (size_t i = 0; i < check->n_reasons; i++) {
		int r = template_check(check, check->reasons[i].ja, stmt, diag);

		if (r == 0)
			r = template_check(check, check->reasons[i].en, stmt, diag);
		if (r < 0)
			return r;
	}
	*ret = c;
	return 0;
}

/* NULL for SQL's NULL and when memory is out (@failed then). */
static char *value_text(sqlite3_stmt *stmt, int column, int type, bool *failed)
{
	const char *text;
	char *copy;

	if (type == SQLITE_NULL)
		return NULL;
	text = (const char *)sqlite3_column_text(stmt, column);
	copy = text ? ask_utf8(text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
	*failed |= !copy;
	return copy;
}

static char *dims_of(const struct ask_columns *c, sqlite3_stmt *stmt, const int *types, char *const *texts)
{
	json_t *dims = json_object();
	char *text;

	for (int i = 0; dims && i < c->n; i++) {
		json_t *value;

		if (i == c->resource || i == c->status || i == c->reason || i == c->reason_id || i == c->next)
			continue;
		switch (types[i]) {
		case SQLITE_INTEGER: value = json_integer(sqlite3_column_int64(stmt, i)); break;
		case SQLITE_FLOAT: value = json_real(sqlite3_column_double(stmt, i)); break;
		case SQLITE_NULL: value = json_null(); break;
		default: value = json_string(texts[i]); break;
		}
		json_object_set_new(dims, sqlite3_column_name(stmt, i), value ? value : json_null());
	}
	text = dims ? json_dumps(dims, JSON_COMPACT) : NULL;
	json_decref(dims);
	return text;
}

static char *reason_of(const char *template, const char *fallback, const char *const *pairs)
{
	char buf[REASON_MAX];

	if (!template || template[0] == '\0')
		return ask_utf8(fallback, strnlen(fallback, REASON_MAX));
	text_fill(buf, sizeof(buf), template, pairs);
	return ask_utf8(buf, strlen(buf));
}

static void reasons_fill(const struct check *check, const struct ask_columns *c, sqlite3_stmt *stmt, char *const *texts,
			 struct ask_row *row)
{
	const char *id = c->reason_id >= 0 && texts[c->reason_id] ? texts[c->reason_id] : "";
	const struct reason *reason = check_reason(check, str_of(id));
	const char *fallback = texts[c->reason] ? texts[c->reason] : "";
	const char *pairs[2 * COLUMNS_MAX + 1];
	size_t n = 0;

	for (int i = 0; i < c->n; i++) {
		pairs[n++] = sqlite3_column_name(stmt, i);
		pairs[n++] = texts[i] ? texts[i] : "";
	}
	pairs[n] = NULL;
	row->reason_ja = reason_of(reason ? reason->ja : NULL, fallback, pairs);
	row->reason_en = reason_of(reason ? reason->en : NULL, fallback, pairs);
}

/* `attested` is for rows that rest on somebody's word, in checks that say for how long it holds. */
static int status_of(const struct check *check, const char *text, enum status *ret)
{
	enum status status;

	if (!text || !status_parse(str_of(text), &status) || status == STATUS_NA ||
	    (status == STATUS_ATTESTED && check->attest_days == 0))
		return -EBADMSG;
	*ret = status;
	return 0;
}

static struct ask_row *answer_room(struct answer *answer)
{
	if ((answer->n_rows & (answer->n_rows - 1)) == 0) { /* full at every power of two */
		size_t size = answer->n_rows ? answer->n_rows * 2 : 1;
		struct ask_row *rows = realloc(answer->rows, size * sizeof(*rows));

		if (!rows)
			return NULL;
		answer->rows = rows;
	}
	return &answer->rows[answer->n_rows];
}

/* @room: bytes that all rows together may still take. */
static int row_fill(const struct ask_columns *c, sqlite3_stmt *stmt, struct answer *answer, const int *types,
		    char *const *texts, size_t *room, struct diag *diag)
{
	const struct check *check = answer->check;
	struct ask_row *row = answer_room(answer);
	const char *system = c->system_id >= 0 && texts[c->system_id] ? texts[c->system_id]
			     : c->segment >= 0                        ? texts[c->segment]
								      : NULL;
	size_t used;

	if (!row)
		return diag_set(diag, -ENOMEM, "out of memory");
	*row = (struct ask_row){ 0 };
	if (!texts[c->resource] || texts[c->resource][0] == '\0')
		return diag_at(diag, check->file, check->sql_line, 0, "a row has no resource");
	if (status_of(check, texts[c->status], &row->status) < 0)
		return diag_at(diag, check->file, check->sql_line, 0,
			       "\"%.40s\" is no status of a row; it is pass, warn, fail or unknown",
			       texts[c->status] ? texts[c->status] : "NULL");

	answer->n_rows++; /* from here on answer_free() frees what is in it */
	row->resource = strdup(texts[c->resource]);
	row->system = system && system[0] ? strdup(system) : NULL;
	row->dims = dims_of(c, stmt, types, texts);
	reasons_fill(check, c, stmt, texts, row);
	if (!row->resource || !row->dims || !row->reason_ja || !row->reason_en || (system && system[0] && !row->system))
		return diag_set(diag, -ENOMEM, "out of memory");
	used = strlen(row->resource) + strlen(row->dims) + strlen(row->reason_ja) + strlen(row->reason_en) +
	       sizeof(*row);
	if (used > *room)
		return diag_at(diag, check->file, check->sql_line, 0, "the rows take too much memory");
	*room -= used;
	return 0;
}

static int resource_order(const void *key, const void *row)
{
	return strcmp(key, ((const struct ask_row *)row)->resource);
}

/* 1: @c->known has the row the stmt stands on with the same status, and it was added without its words. */
static int row_known(const struct ask_columns *c, struct sqlite3_stmt *stmt, struct answer *answer, struct diag *diag)
{
	const char *resource = (const char *)sqlite3_column_text(stmt, c->resource);
	const struct ask_row *was;
	struct ask_row *row;
	enum status status;

	if (!c->known || c->known->n_rows == 0 || !resource ||
	    status_of(answer->check, (const char *)sqlite3_column_text(stmt, c->status), &status) < 0)
		return 0;
	was = bsearch(resource, c->known->rows, c->known->n_rows, sizeof(*was), resource_order);
	if (!was || was->status != status)
		return 0;
	row = answer_room(answer);
	if (!row)
		return diag_set(diag, -ENOMEM, "out of memory");
	*row = (struct ask_row){ .resource = strdup(was->resource), .status = status };
	row->system = was->system ? strdup(was->system) : NULL;
	answer->n_rows++;
	return row->resource && (!was->system || row->system) ? 1 : diag_set(diag, -ENOMEM, "out of memory");
}

int ask_row_read(const struct ask_columns *c, struct sqlite3_stmt *stmt, struct answer *answer, size_t *room,
		 struct diag *diag)
{
	char *texts[COLUMNS_MAX] = { 0 };
	int types[COLUMNS_MAX];
	bool failed = false;
	int r;

	if (c->next >= 0 && sqlite3_column_type(stmt, c->next) == SQLITE_INTEGER) {
		usec_t next = sqlite3_column_int64(stmt, c->next);

		if (next > 0 && (answer->next == 0 || next < answer->next))
			answer->next = next;
	}
	r = row_known(c, stmt, answer, diag);
	if (r != 0)
		return r < 0 ? r : 0;
	for (int i = 0; i < c->n; i++) {
		types[i] = sqlite3_column_type(stmt, i); /* before its text is asked for, which converts it in place */
		texts[i] = value_text(stmt, i, types[i], &failed);
	}
	r = failed ? diag_set(diag, -ENOMEM, "out of memory") : row_fill(c, stmt, answer, types, texts, room, diag);
	for (int i = 0; i < c->n; i++)
		free(texts[i]);
	return r;
}

static int row_compare(const void *a, const void *b)
{
	const struct ask_row *x = a, *y = b;
	int order = strcmp(x->resource, y->resource);

	if (order != 0 || x->status == y->status)
		return order;
	return status_worse(x->status, y->status) == x->status ? -1 : 1;
}

void ask_rows_merge(struct answer *answer)
{
	size_t n = 0;

	if (answer->n_rows == 0)
		return;
	qsort(answer->rows, answer->n_rows, sizeof(*answer->rows), row_compare);
	for (size_t i = 1; i < answer->n_rows; i++) {
		if (strcmp(answer->rows[i].resource, answer->rows[n].resource) == 0)
			ask_row_free(&answer->rows[i]);
		else
			answer->rows[++n] = answer->rows[i];
	}
	answer->n_rows = n + 1;
}

void ask_row_free(struct ask_row *row)
{
	free(row->resource);
	free(row->reason_ja);
	free(row->reason_en);
	free(row->dims);
	free(row->system);
}
