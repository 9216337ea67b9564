#include "daemon/snapshots/bundle.h"

#include <errno.h>

#include "core/when.h"
#include "daemon/snapshots/insert.h"
#include "daemon/statement.h"

static json_t *hex_of(sqlite3_stmt *stmt, int column)
{
	size_t n = (size_t)sqlite3_column_bytes(stmt, column);
	_free_ char *hex = malloc(2 * n + 1);

	if (!hex)
		return NULL;
	chain_hex(n > 0 ? sqlite3_column_blob(stmt, column) : (const void *)"", n, hex);
	return json_string(hex);
}

static const char *text_at(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text ? text : "";
}

static json_t *link_json(sqlite3_stmt *stmt)
{
	const unsigned char *head = sqlite3_column_blob(stmt, 7);
	char code[CHAIN_CODE] = "", at[WHEN_MAX], percent[32], coverage[32];

	snprintf(percent, sizeof(percent), "%.4f", sqlite3_column_double(stmt, 10));
	snprintf(coverage, sizeof(coverage), "%.4f", sqlite3_column_double(stmt, 11));

	if (sqlite3_column_bytes(stmt, 7) == CHAIN_DIGEST)
		chain_code(sqlite3_column_int64(stmt, 0), head, code);
	return json_pack(
		"{s:I, s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:s, s:I, s:I}", "number",
		(json_int_t)sqlite3_column_int64(stmt, 0), "taken_at_usec", (json_int_t)sqlite3_column_int64(stmt, 1),
		"taken_at", when_format(at, sqlite3_column_int64(stmt, 1)), "reason", text_at(stmt, 2), "who",
		text_at(stmt, 3), "site", text_at(stmt, 4), "previous", hex_of(stmt, 5), "manifest_sha256",
		hex_of(stmt, 6), "head", hex_of(stmt, 7), "key", text_at(stmt, 8), "signature", hex_of(stmt, 9), "code",
		code, "percent", percent, "coverage", coverage, "bytes", (json_int_t)sqlite3_column_int64(stmt, 12),
		"new_bytes", (json_int_t)sqlite3_column_int64(stmt, 13));
}

static int links_read(sqlite3 *db, json_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		db,
		"SELECT number, taken_at, reason, who, site, previous, manifest_sha256, head, key_id, signature, "
		"percent, coverage_percent, bytes, new_bytes FROM snapshot ORDER BY number",
		&stmt);

	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW)
		r = json_array_append_new(ret, link_json(stmt)) < 0 ? -ENOMEM : 0;
	sqlite3_finalize(stmt);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

static int keys_read(sqlite3 *db, json_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		db, "SELECT id, public, since, introduced_by, signature FROM snapshot_key ORDER BY since, id", &stmt);

	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW)
		r = json_array_append_new(ret, json_pack("{s:s, s:s, s:I, s:s, s:o}", "id", text_at(stmt, 0), "public",
							 text_at(stmt, 1), "since_usec",
							 (json_int_t)sqlite3_column_int64(stmt, 2), "introduced_by",
							 text_at(stmt, 3), "signature", hex_of(stmt, 4))) < 0
			    ? -ENOMEM
			    : 0;
	sqlite3_finalize(stmt);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

static int part_body(sqlite3_stmt *stmt, const json_t *row, json_t *parts)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *hex = json_string_value(json_object_get(row, "sha256"));
	unsigned char digest[CHAIN_DIGEST];
	_free_ char *body = NULL;
	int r = -EBADMSG;

	if (!name || !hex || !chain_unhex(str_of(hex), digest, CHAIN_DIGEST))
		return -EBADMSG;
	sqlite3_bind_blob(stmt, 1, digest, CHAIN_DIGEST, SQLITE_STATIC);
	/* The size that was counted, or it is not what the manifest speaks of. */
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_int64(stmt, 0) == json_integer_value(json_object_get(row, "bytes")))
		r = picture_unpack(sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1),
				   (size_t)sqlite3_column_int64(stmt, 0), &body);
	sqlite3_reset(stmt);
	if (r == 0)
		r = json_object_set_new(parts, name, json_string(body)) < 0 ? -ENOMEM : 0;
	return r;
}

/* Sizes as the manifest has them; picture_unpack() holds each part to its own. */
static int size_check(const json_t *list, struct diag *diag)
{
	char size[24], limit[24];
	uint64_t sum = 0;
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		json_int_t n = json_integer_value(json_object_get(row, "bytes"));

		sum += n < 0 || n > INT32_MAX ? INT32_MAX : (uint64_t)n;
	}
	if (sum <= BUNDLE_MAX)
		return 0;
	snprintf(size, sizeof(size), "%llu", (unsigned long long)((sum + (1 << 20) - 1) >> 20));
	snprintf(limit, sizeof(limit), "%d", BUNDLE_MAX >> 20);
	return DIAG_WORDS(diag, -EFBIG, TEXT_bundle_large, "size", size, "limit", limit);
}

static int parts_read(sqlite3 *db, const char *manifest, json_t *parts, struct diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	json_t *list = json_loads(manifest, 0, NULL), *row;
	int r = size_check(list, diag);
	size_t i;

	if (r == 0)
		r = statement_prepare(db, "SELECT size, body FROM snapshot_part WHERE digest = ?", &stmt);

	json_array_foreach(list, i, row)
	{
		if (r == 0)
			r = part_body(stmt, row, parts);
	}
	sqlite3_finalize(stmt);
	json_decref(list);
	return r;
}

static int manifest_of(sqlite3 *db, int64_t number, char **ret, struct diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, "SELECT manifest FROM snapshot WHERE number = ?", &stmt);
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, number);
		r = sqlite3_step(stmt);
		if (r == SQLITE_DONE)
			r = DIAG_WORDS(diag, -ENOENT, TEXT_bundle_none, "number", text);
		else if (r == SQLITE_ROW && sqlite3_column_bytes(stmt, 0) == 0)
			r = DIAG_WORDS(diag, -ENODATA, TEXT_bundle_gone, "number", text);
		else if (r == SQLITE_ROW)
			r = (*ret = picture_manifest(sqlite3_column_blob(stmt, 0),
						     (size_t)sqlite3_column_bytes(stmt, 0)))
				    ? 0
				    : DIAG_WORDS(diag, -EBADMSG, TEXT_bundle_damaged, "number", text);
		else
			r = store_errno(r);
	}
	sqlite3_finalize(stmt);
	return r;
}

int bundle_read(sqlite3 *db, int64_t number, json_t **ret, struct diag *diag)
{
	json_t *links = json_array(), *keys = json_array(), *parts = json_object();
	_free_ char *manifest = NULL;
	int r = links && keys && parts ? manifest_of(db, number, &manifest, diag) : -ENOMEM;

	if (r == 0)
		r = links_read(db, links);
	if (r == 0)
		r = keys_read(db, keys);
	if (r == 0)
		r = parts_read(db, manifest, parts, diag);
	if (r == 0) {
		*ret = json_pack("{s:s, s:I, s:O, s:O, s:s, s:O}", "format", "tenken-snapshot-1", "number",
				 (json_int_t)number, "keys", keys, "links", links, "manifest", manifest, "parts",
				 parts);
		r = *ret ? 0 : -ENOMEM;
	}
	json_decref(links);
	json_decref(keys);
	json_decref(parts);
	return r;
}

const char *bundle_part(const json_t *bundle, const char *name)
{
	return json_string_value(json_object_get(json_object_get(bundle, "parts"), name));
}
