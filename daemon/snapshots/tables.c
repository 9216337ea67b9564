#include "daemon/snapshots/tables.h"

#include <errno.h>
#include <openssl/evp.h>

#include "daemon/statement.h"

#define SQL_MAX 8192
#define EVENTS_STEP 50000 /* hashed in one go: what else waits for the worker comes in between */

/*
 * Whole tables, by all columns that they have: a column that is added later is in the picture without a word here.  @where and
 * @order are ours; @each names the column that makes a part of each of its values.
 */
static const struct table_def {
	const char *name, *table, *where, *order, *each;
} table_defs[] = {
	{ "acks", "ack", "1", "id", NULL },
	{ "answers", "answer", "1", "id", NULL },
	{ "attestations", "attestation", "1", "id", NULL },
	{ "collectors", "collector", "1", "name", NULL },
	{ "not-applicable", "not_applicable", "1", "id", NULL },
	{ "registers", "register", "1", "kind", NULL },
	{ "scores", "score_history", "id IN (SELECT max(id) FROM score_history GROUP BY pack)", "pack", NULL },
	{ "silences", "silence", "1", "id", NULL },
	{ "source-types", "source_type", "1", "source_id, type", NULL },
	{ "sources", "source", "1", "collector, peer, identity, host", NULL },
	{ "states", "check_history", "id IN (SELECT max(id) FROM check_history GROUP BY check_id)", "check_id", NULL },
	{ "waivers", "waiver", "1", "id", NULL },
	{ "items/", "item_history", "id IN (SELECT max(id) FROM item_history GROUP BY pack, item)", "item", "pack" },
	/* Of the people only those who are in charge of something: the others are nobody's business years later. */
	{ "registers/", "register_row",
	  "until IS NULL AND (kind IN ('contacts', 'contracts', 'regulations', 'roles', 'vendors') OR (kind = 'people' AND key IN"
	  " (SELECT fold(json_extract(o.data, '$.person_id')) FROM register_row AS o"
	  " WHERE o.until IS NULL AND o.kind IN ('regulations', 'roles'))))",
	  "key", "kind" },
	{ "rows/", "verdict", "1", "resource", "check_id" },
};

/* "json_object('a', "a", ...)" over the columns of @table: reals as text, so that no two machines write them differently. */
static int object_sql(sqlite3 *db, const char *table, char *sql, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	size_t n = (size_t)snprintf(sql, size, "json_object(");
	int r = statement_prepare(db, "SELECT name, type FROM pragma_table_info(?) ORDER BY name", &stmt);

	if (r == 0)
		statement_bind(stmt, 1, str_of(table));
	for (int i = 0; r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW; i++) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		const char *type = (const char *)sqlite3_column_text(stmt, 1);
		bool real = !strcmp(type, "REAL"), blob = !strcmp(type, "BLOB");

		r = 0;
		if (n + 3 * strlen(name) + 64 > size)
			r = -E2BIG;
		else
			n += (size_t)snprintf(sql + n, size - n, "%s'%s', %s\"%s\"%s", i ? ", " : "", name,
					      real   ? "printf('%.4f', "
					      : blob ? "hex("
						     : "",
					      name, real || blob ? ")" : "");
	}
	sqlite3_finalize(stmt);
	if (n + 2 < size)
		snprintf(sql + n, size - n, ")");
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

/* The rows of @stmt, one a line, as a JSON array. */
static int rows_text(sqlite3_stmt *stmt, char **ret)
{
	size_t size = 0;
	bool first = true;
	int r;
	FILE *out = open_memstream(ret, &size);

	if (!out)
		return -ENOMEM;
	fputc('[', out);
	while ((r = sqlite3_step(stmt)) == SQLITE_ROW) {
		fputs(first ? "\n" : ",\n", out);
		fputs((const char *)sqlite3_column_text(stmt, 0), out);
		first = false;
	}
	fputs(first ? "]" : "\n]", out);
	if (fclose(out) != 0 || r != SQLITE_DONE) {
		free(*ret);
		*ret = NULL;
		return r == SQLITE_DONE ? -ENOMEM : store_errno(r);
	}
	return 0;
}

static int part_read(struct picture *picture, sqlite3 *db, const struct table_def *def, const char *object,
		     const char *value)
{
	sqlite3_stmt *stmt = NULL;
	char sql[SQL_MAX], name[300];
	char *body = NULL;
	int r;

	snprintf(sql, sizeof(sql), "SELECT %s FROM \"%s\" WHERE %s AND (?1 IS NULL OR \"%s\" = ?1) ORDER BY %s", object,
		 def->table, def->where, def->each ? def->each : "rowid", def->order);
	if (!def->each)
		snprintf(sql, sizeof(sql), "SELECT %s FROM \"%s\" WHERE %s ORDER BY %s", object, def->table, def->where,
			 def->order);
	r = statement_prepare(db, sql, &stmt);
	if (r == 0 && value)
		statement_bind(stmt, 1, str_of(value));
	if (r == 0)
		r = rows_text(stmt, &body);
	sqlite3_finalize(stmt);
	snprintf(name, sizeof(name), "%s%.200s", def->name, value ? value : "");
	return r < 0 ? r : picture_add(picture, name, body);
}

static int table_read(struct picture *picture, sqlite3 *db, const struct table_def *def)
{
	sqlite3_stmt *values = NULL;
	char object[SQL_MAX / 2], sql[512];
	int r = object_sql(db, def->table, object, sizeof(object));

	if (r < 0 || !def->each)
		return r < 0 ? r : part_read(picture, db, def, object, NULL);
	snprintf(sql, sizeof(sql), "SELECT DISTINCT \"%s\" FROM \"%s\" WHERE %s ORDER BY 1", def->each, def->table,
		 def->where);
	r = statement_prepare(db, sql, &values);
	while (r == 0 && (r = sqlite3_step(values)) == SQLITE_ROW)
		r = part_read(picture, db, def, object, (const char *)sqlite3_column_text(values, 0));
	sqlite3_finalize(values);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

static bool hash_column(EVP_MD_CTX *ctx, sqlite3_stmt *stmt, int column)
{
	unsigned char head[9] = { (unsigned char)sqlite3_column_type(stmt, column) };
	const void *bytes = sqlite3_column_blob(stmt, column);
	int size = sqlite3_column_bytes(stmt, column);

	for (int i = 0; i < 8; i++)
		head[i + 1] = (unsigned char)((uint64_t)size >> (56 - 8 * i));
	return EVP_DigestUpdate(ctx, head, sizeof(head)) == 1 &&
	       (size == 0 || EVP_DigestUpdate(ctx, bytes, (size_t)size) == 1);
}

/* What never changes of an event once it is stored (its count may, within its second). */
#define EVENT_COLUMNS                                                                                                       \
	"id, received, at, type, source_id, decoder, user, domain, target_user, \"group\", src_ip, ip, mac, host, device, " \
	"method, object, reason, program, outcome, raw"

int tables_events(sqlite3 *db, struct evp_md_ctx_st *ctx, int64_t from, int64_t to, int64_t *count)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = true;
	int r = statement_prepare(db, "SELECT " EVENT_COLUMNS " FROM event WHERE id BETWEEN ? AND ? ORDER BY id",
				  &stmt);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, from);
		sqlite3_bind_int64(stmt, 2, to);
	}
	while (r == 0 && ok && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (int i = 0; ok && i < sqlite3_column_count(stmt); i++)
			ok = hash_column(ctx, stmt, i);
		++*count;
		r = 0;
	}
	sqlite3_finalize(stmt);
	return !ok ? -EIO : r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

static int64_t number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = statement_prepare(db, sql, &stmt) == 0 && sqlite3_step(stmt) == SQLITE_ROW
			    ? sqlite3_column_int64(stmt, 0)
			    : 0;

	sqlite3_finalize(stmt);
	return n;
}

/* The events that came since the last snapshot, as one hash: who changes one of them later is found out. */
int picture_events(struct picture *picture, sqlite3 *db)
{
	int64_t to;
	int r;

	if (!picture->ctx) {
		picture->first_event = number_of(db, "SELECT value FROM meta WHERE name = 'snapshot_event'") + 1;
		picture->last_event = number_of(db, "SELECT max(id) FROM event");
		picture->next_event = picture->first_event;
		picture->ctx = EVP_MD_CTX_new();
		if (!picture->ctx || EVP_DigestInit_ex(picture->ctx, EVP_sha256(), NULL) != 1)
			return -EIO;
	}
	if (picture->next_event > picture->last_event)
		return 0;
	to = picture->next_event + EVENTS_STEP - 1;
	if (to > picture->last_event)
		to = picture->last_event;
	r = tables_events(db, picture->ctx, picture->next_event, to, &picture->n_events);
	picture->next_event = to + 1;
	return r < 0 ? r : picture->next_event <= picture->last_event;
}

static int events_add(struct picture *picture)
{
	unsigned char digest[CHAIN_DIGEST];
	char hex[2 * CHAIN_DIGEST + 1], *body = NULL;

	if (!picture->ctx || EVP_DigestFinal_ex(picture->ctx, digest, NULL) != 1)
		return -EIO;
	chain_hex(digest, CHAIN_DIGEST, hex);
	if (picture->last_event < picture->first_event)
		picture->last_event = picture->first_event - 1;
	if (asprintf(&body, "{\"count\":%lld,\"first\":%lld,\"last\":%lld,\"sha256\":\"%s\"}",
		     (long long)picture->n_events, (long long)picture->first_event, (long long)picture->last_event,
		     hex) < 0)
		return -ENOMEM;
	return picture_add(picture, "events", body);
}

int tables_read(struct picture *picture, sqlite3 *db)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(table_defs); i++)
		r = table_read(picture, db, &table_defs[i]);
	return r < 0 ? r : events_add(picture);
}
