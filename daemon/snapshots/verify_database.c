/* Tells verify.c the chain of a database: links in their order, every part once, and the events that a link speaks for. */
#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "core/clock.h"
#include "daemon/snapshots/insert.h"
#include "daemon/snapshots/tables.h"
#include "daemon/snapshots/verify.h"
#include "daemon/statement.h"

#define EVENT_DAYS 400    /* the shortest time for which events are kept: younger ones cannot have gone by themselves */
#define EVENTS_STEP 10000 /* hashed before it is asked whether others wait */

enum stage { STAGE_KEYS, STAGE_PARTS, STAGE_LINKS, STAGE_DONE };

struct verify_run {
	struct verify *verify;
	usec_t now, end;
	bool (*waited)(void *arg);
	void *arg;
	enum stage stage;
	int64_t part, number; /* the last row that was looked at */
	bool begun;           /* a link was looked at */
	struct events {
		EVP_MD_CTX *ctx; /* NULL: none are being looked at */
		int64_t next, last, count, found, number;
		usec_t taken_at;
		char said[2 * CHAIN_DIGEST + 1];
	} events; /* of link @number */
};

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

/* True when this step has to end: others wait, or it has lasted long enough. */
static bool over(const struct verify_run *run)
{
	return clock_monotonic() >= run->end || (run->waited && run->waited(run->arg));
}

static int parts_end(struct verify_run *run, int r)
{
	if (r == SQLITE_DONE || run->verify->failed)
		run->stage = STAGE_LINKS;
	return r == SQLITE_DONE || r == SQLITE_ROW ? 0 : r < 0 ? r : store_errno(r);
}

/* Every part against its own digest, once, however many links show it. */
static int parts_check(struct verify_run *run, sqlite3 *db)
{
	struct verify *verify = run->verify;
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db,
				  "SELECT digest, name, size, body, last_number, rowid FROM snapshot_part "
				  "WHERE rowid > ? ORDER BY rowid",
				  &stmt);

	if (r == 0)
		sqlite3_bind_int64(stmt, 1, run->part);
	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct str digest = column(stmt, 0), body = column(stmt, 3);
		_free_ char *text = NULL;
		char hex[2 * CHAIN_DIGEST + 1] = "";
		int64_t size = sqlite3_column_int64(stmt, 2), number = sqlite3_column_int64(stmt, 4);

		if (digest.n == CHAIN_DIGEST)
			chain_hex((const unsigned char *)digest.p, CHAIN_DIGEST, hex);
		if (size < 0 || picture_unpack(body.p, body.n, (size_t)size, &text) < 0)
			verify_fail(verify, number, TEXT_snapshot_part, (const char *)sqlite3_column_text(stmt, 1));
		else
			verify_part(verify, number, str_of((const char *)sqlite3_column_text(stmt, 1)), str_of(hex),
				    (struct str){ text, (size_t)size });
		run->part = sqlite3_column_int64(stmt, 5);
		if (verify->failed || over(run))
			break;
		r = 0;
	}
	sqlite3_finalize(stmt);
	return parts_end(run, r);
}

/* The events of the part "events" of a link are to be looked at, as they stand now. */
static void events_begin(struct verify_run *run, const struct link *link, const char *body)
{
	struct events *events = &run->events;
	json_t *json = json_loads(body, 0, NULL);
	const char *said = json_string_value(json_object_get(json, "sha256"));

	events->next = json_integer_value(json_object_get(json, "first"));
	events->last = json_integer_value(json_object_get(json, "last"));
	events->count = json_integer_value(json_object_get(json, "count"));
	events->found = 0;
	events->number = link->number;
	events->taken_at = link->taken_at;
	str_copy(events->said, sizeof(events->said), str_of(said));
	events->ctx = said ? EVP_MD_CTX_new() : NULL;
	if (!events->ctx || EVP_DigestInit_ex(events->ctx, EVP_sha256(), NULL) != 1)
		verify_fail(run->verify, link->number, TEXT_snapshot_events, NULL);
	json_decref(json);
}

static void events_end(struct verify_run *run, bool ok)
{
	struct events *events = &run->events;
	unsigned char digest[CHAIN_DIGEST];
	char hex[2 * CHAIN_DIGEST + 1] = "";

	ok = ok && EVP_DigestFinal_ex(events->ctx, digest, NULL) == 1;
	if (ok)
		chain_hex(digest, CHAIN_DIGEST, hex);
	run->verify->events += events->found;
	if (ok && events->found < events->count && events->taken_at < run->now - DAYS(EVENT_DAYS))
		run->verify->expired++; /* their time is over */
	else if (!ok || events->found != events->count || strcmp(hex, events->said) != 0)
		verify_fail(run->verify, events->number, TEXT_snapshot_events, NULL);
	EVP_MD_CTX_free(events->ctx);
	events->ctx = NULL;
}

/* The first id of an event from @id on; INT64_MAX when there is none: a range that was made up costs nothing. */
static int64_t event_from(sqlite3 *db, int64_t id)
{
	sqlite3_stmt *stmt = NULL;
	int64_t found = INT64_MAX;

	if (statement_prepare(db, "SELECT id FROM event WHERE id >= ? ORDER BY id LIMIT 1", &stmt) == 0) {
		sqlite3_bind_int64(stmt, 1, id);
		if (sqlite3_step(stmt) == SQLITE_ROW)
			found = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return found;
}

/* Some more of them. */
static void events_check(struct verify_run *run, sqlite3 *db)
{
	struct events *events = &run->events;
	bool ok = true;

	while (ok && events->ctx) {
		int64_t to;

		events->next = event_from(db, events->next);
		if (events->next > events->last || events->next == INT64_MAX)
			break;
		to = events->last - events->next >= EVENTS_STEP ? events->next + EVENTS_STEP - 1 : events->last;
		ok = tables_events(db, events->ctx, events->next, to, &events->found) == 0;
		if (to == events->last)
			break;
		events->next = to + 1;
		if (ok && over(run))
			return;
	}
	if (events->ctx)
		events_end(run, ok);
}

/* The parts that a manifest names must be there, under these names; what they hold is checked by parts_check(). */
static void manifest_check(struct verify_run *run, sqlite3_stmt *part, const struct link *link, const char *text)
{
	struct verify *verify = run->verify;
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
		else if (!strcmp(name, "events") && !run->events.ctx &&
			 picture_unpack(column(part, 1).p, column(part, 1).n, (size_t)sqlite3_column_int64(part, 0),
					&body) == 0)
			events_begin(run, link, body);
		sqlite3_reset(part);
	}
	if (!json_is_array(list))
		verify_fail(verify, link->number, TEXT_snapshot_manifest, NULL);
	json_decref(list);
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

static void link_check(struct verify_run *run, sqlite3_stmt *stmt, sqlite3_stmt *part)
{
	struct verify *verify = run->verify;
	struct str packed = column(stmt, 6);
	_free_ char *text = NULL;
	struct link link;

	if (!link_read(stmt, &link)) {
		verify_fail(verify, link.number, TEXT_snapshot_changed, NULL);
	} else if (verify_link(verify, &link) && packed.n > 0) {
		text = picture_manifest(packed.p, packed.n);
		if (!text)
			verify_fail(verify, link.number, TEXT_snapshot_manifest, NULL);
		else if (verify_manifest(verify, &link, str_of(text)))
			manifest_check(run, part, &link, text);
	} else if (packed.n == 0) {
		verify->expired++;
	}
	run->number = link.number;
	run->begun = true;
}

static int links_end(struct verify_run *run, int r)
{
	if (r == SQLITE_DONE || run->verify->failed) {
		run->stage = STAGE_DONE;
		verify_end(run->verify);
	}
	return r == SQLITE_DONE || r == SQLITE_ROW ? 0 : r < 0 ? r : store_errno(r);
}

static int links_check(struct verify_run *run, sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL, *part = NULL;
	int r;

	events_check(run, db);
	if (run->events.ctx)
		return 0;
	r = statement_prepare(db, "SELECT size, body FROM snapshot_part WHERE digest = ? AND name = ?", &part);
	if (r == 0)
		r = statement_prepare(
			db,
			"SELECT number, taken_at, reason, who, site, previous, manifest, manifest_sha256, head, "
			"key_id, signature, percent, coverage_percent, bytes, new_bytes FROM snapshot "
			"WHERE ?1 OR number > ?2 ORDER BY number",
			&stmt);
	if (r == 0) {
		sqlite3_bind_int(stmt, 1, !run->begun);
		sqlite3_bind_int64(stmt, 2, run->number);
	}
	while (r == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
		link_check(run, stmt, part);
		events_check(run, db);
		if (run->events.ctx || run->verify->failed || over(run))
			break;
		r = 0;
	}
	sqlite3_finalize(stmt);
	sqlite3_finalize(part);
	return links_end(run, r);
}

int verify_begin(struct verify *verify, usec_t now, struct verify_run **ret)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->verify = verify;
	(*ret)->now = now;
	return 0;
}

void verify_run_free(struct verify_run *run)
{
	if (run)
		EVP_MD_CTX_free(run->events.ctx);
	free(run);
}

int verify_step(struct verify_run *run, sqlite3 *db, usec_t span, bool (*waited)(void *arg), void *arg)
{
	bool alone = sqlite3_get_autocommit(db) != 0;
	int r = 0;

	run->end = clock_monotonic() + span;
	run->waited = waited;
	run->arg = arg;
	/* One picture of the database for the step, and not longer: what is read later may be younger. */
	if (alone && sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return -EIO;
	if (run->stage == STAGE_KEYS) {
		r = keys_read(db, run->verify);
		run->stage = STAGE_PARTS;
	}
	if (r == 0)
		r = run->stage == STAGE_PARTS ? parts_check(run, db) : links_check(run, db);
	if (alone)
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return r < 0 ? r : run->stage != STAGE_DONE;
}

int verify_database(sqlite3 *db, struct verify *verify, usec_t now)
{
	struct verify_run *run = NULL;
	int r = verify_begin(verify, now, &run);

	if (r == 0)
		do
			r = verify_step(run, db, SECONDS(1), NULL, NULL);
		while (r > 0);
	verify_run_free(run);
	return r;
}
