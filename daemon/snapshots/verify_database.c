/* Tells verify.c the chain of a database: links in their order, every part once, and the events that a link speaks for. */
#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "daemon/snapshots/insert.h"
#include "daemon/snapshots/tables.h"
#include "daemon/snapshots/verify.h"
#include "daemon/statement.h"

#define EVENT_DAYS 400 /* the shortest time for which events are kept: younger ones cannot have gone by themselves */

static struct str column(sqlite3_stmt *stmt, int i)
{
	const char *bytes = sqlite3_column_blob(stmt, i);

	return (struct str){ bytes ? bytes : "", (size_t)sqlite3_column_bytes(stmt, i) };
}

static int keys_read(sqlite3 *db, struct verify *verify)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		db, "SELECT id, public, introduced_by, signature FROM snapshot_key ORDER BY since, id", &stmt);

	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		verify_key(verify, (const char *)sqlite3_column_text(stmt, 0),
			   (const char *)sqlite3_column_text(stmt, 1), (const char *)sqlite3_column_text(stmt, 2),
			   column(stmt, 3));
		r = 0;
	}
	sqlite3_finalize(stmt);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

/* Every part against its own digest, once, however many links show it. */
static int parts_check(sqlite3 *db, struct verify *verify)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, "SELECT digest, name, size, body, last_number FROM snapshot_part", &stmt);

	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct str digest = column(stmt, 0), body = column(stmt, 3);
		_free_ char *text = NULL;
		char hex[2 * CHAIN_DIGEST + 1] = "";
		int64_t size = sqlite3_column_int64(stmt, 2), number = sqlite3_column_int64(stmt, 4);

		r = 0;
		if (digest.n == CHAIN_DIGEST)
			chain_hex((const unsigned char *)digest.p, CHAIN_DIGEST, hex);
		if (size < 0 || picture_unpack(body.p, body.n, (size_t)size, &text) < 0)
			verify_fail(verify, number, TEXT_snapshot_part, (const char *)sqlite3_column_text(stmt, 1));
		else
			verify_part(verify, number, str_of((const char *)sqlite3_column_text(stmt, 1)), str_of(hex),
				    (struct str){ text, (size_t)size });
	}
	sqlite3_finalize(stmt);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}

/* The events of the part "events" of a link, as they stand now. */
static bool events_check(sqlite3 *db, struct verify *verify, const struct link *link, const char *body, usec_t now)
{
	json_t *json = json_loads(body, 0, NULL);
	int64_t first = json_integer_value(json_object_get(json, "first"));
	int64_t last = json_integer_value(json_object_get(json, "last"));
	int64_t count = json_integer_value(json_object_get(json, "count")), found = 0;
	const char *said = json_string_value(json_object_get(json, "sha256"));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[CHAIN_DIGEST];
	char hex[2 * CHAIN_DIGEST + 1] = "";
	bool ok = said && ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		  tables_events(db, ctx, first, last, &found) == 0 && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;

	if (ok)
		chain_hex(digest, CHAIN_DIGEST, hex);
	verify->events += found;
	if (ok && found < count && link->taken_at < now - DAYS(EVENT_DAYS))
		verify->expired++; /* their time is over */
	else if (!ok || found != count || strcmp(hex, said) != 0)
		verify_fail(verify, link->number, TEXT_snapshot_events, NULL);
	EVP_MD_CTX_free(ctx);
	json_decref(json);
	return !verify->failed;
}

/* The parts that a manifest names must be there, under these names; what they hold is checked by parts_check(). */
static int manifest_check(sqlite3 *db, sqlite3_stmt *part, struct verify *verify, const struct link *link,
			  const char *text, usec_t now)
{
	json_t *list = json_loads(text, 0, NULL), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));
		const char *hex = json_string_value(json_object_get(row, "sha256"));
		unsigned char digest[CHAIN_DIGEST];
		_free_ char *body = NULL;

		if (!name || !hex || !chain_unhex(str_of(hex), digest, CHAIN_DIGEST)) {
			verify_fail(verify, link->number, TEXT_snapshot_manifest, NULL);
			break;
		}
		sqlite3_bind_blob(part, 1, digest, CHAIN_DIGEST, SQLITE_STATIC);
		statement_bind(part, 2, str_of(name));
		if (sqlite3_step(part) != SQLITE_ROW)
			verify_fail(verify, link->number, TEXT_snapshot_part_gone, name);
		else if (!strcmp(name, "events") && picture_unpack(column(part, 1).p, column(part, 1).n,
								   (size_t)sqlite3_column_int64(part, 0), &body) == 0)
			events_check(db, verify, link, body, now);
		sqlite3_reset(part);
	}
	if (!json_is_array(list))
		verify_fail(verify, link->number, TEXT_snapshot_manifest, NULL);
	json_decref(list);
	return 0;
}

static bool link_read(sqlite3_stmt *stmt, struct link *link)
{
	struct str previous = column(stmt, 5), manifest = column(stmt, 7), head = column(stmt, 8),
		   signature = column(stmt, 10);

	*link = (struct link){ .number = sqlite3_column_int64(stmt, 0),
			       .taken_at = sqlite3_column_int64(stmt, 1),
			       .reason = column(stmt, 2),
			       .who = column(stmt, 3),
			       .site = column(stmt, 4),
			       .key_id = column(stmt, 9),
			       .first = previous.n == 0,
			       .percent = sqlite3_column_double(stmt, 11),
			       .coverage = sqlite3_column_double(stmt, 12),
			       .bytes = sqlite3_column_int64(stmt, 13),
			       .new_bytes = sqlite3_column_int64(stmt, 14) };
	if ((previous.n != 0 && previous.n != CHAIN_DIGEST) || manifest.n != CHAIN_DIGEST || head.n != CHAIN_DIGEST ||
	    signature.n != CHAIN_SIGNATURE)
		return false;
	memcpy(link->previous, previous.p, previous.n);
	memcpy(link->manifest, manifest.p, CHAIN_DIGEST);
	memcpy(link->head, head.p, CHAIN_DIGEST);
	memcpy(link->signature, signature.p, CHAIN_SIGNATURE);
	return true;
}

int verify_database(sqlite3 *db, struct verify *verify, usec_t now)
{
	sqlite3_stmt *stmt = NULL, *part = NULL;
	int r = keys_read(db, verify);

	if (r == 0)
		r = parts_check(db, verify);
	if (r == 0)
		r = statement_prepare(db, "SELECT size, body FROM snapshot_part WHERE digest = ? AND name = ?", &part);
	if (r == 0)
		r = statement_prepare(
			db,
			"SELECT number, taken_at, reason, who, site, previous, manifest, manifest_sha256, head, "
			"key_id, signature, percent, coverage_percent, bytes, new_bytes FROM snapshot ORDER BY number",
			&stmt);
	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct link link;
		bool ok = link_read(stmt, &link);
		struct str packed = column(stmt, 6);

		r = 0;
		if (!ok)
			verify_fail(verify, link.number, TEXT_snapshot_changed, NULL);
		else if (verify_link(verify, &link) && packed.n > 0) {
			_free_ char *text = picture_manifest(packed.p, packed.n);

			if (!text)
				verify_fail(verify, link.number, TEXT_snapshot_manifest, NULL);
			else if (verify_manifest(verify, &link, str_of(text)))
				r = manifest_check(db, part, verify, &link, text, now);
		} else if (packed.n == 0) {
			verify->expired++;
		}
	}
	sqlite3_finalize(stmt);
	sqlite3_finalize(part);
	verify_end(verify);
	return r == SQLITE_DONE ? 0 : r < 0 ? r : store_errno(r);
}
