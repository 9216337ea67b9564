#include "daemon/snapshots/insert.h"

#include <errno.h>

#include "daemon/statement.h"

static void bind_blob(sqlite3_stmt *stmt, int i, const void *bytes, size_t n)
{
	sqlite3_bind_blob(stmt, i, n > 0 ? bytes : "", (int)n, SQLITE_STATIC);
}

int insert_last(struct store *store, struct snapshots_state *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(store_sqlite(store),
				  "SELECT number, taken_at, head, key_id FROM snapshot ORDER BY number DESC LIMIT 1",
				  &stmt);

	*ret = (struct snapshots_state){ .number = 0 };
	if (r == 0 && sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_bytes(stmt, 2) == CHAIN_DIGEST) {
		ret->number = sqlite3_column_int64(stmt, 0);
		ret->taken_at = sqlite3_column_int64(stmt, 1);
		chain_code(ret->number, sqlite3_column_blob(stmt, 2), ret->code);
		str_copy(ret->key_id, sizeof(ret->key_id), str_of((const char *)sqlite3_column_text(stmt, 3)));
	}
	sqlite3_finalize(stmt);
	return r;
}

bool insert_any(struct store *store)
{
	struct snapshots_state last;

	return insert_last(store, &last) < 0 || last.number > 0;
}

int insert_key(struct store *store, const struct chain_key *key, const struct chain_key *old, usec_t now)
{
	unsigned char signature[CHAIN_SIGNATURE];
	sqlite3_stmt *stmt = NULL;
	int r = old ? chain_introduce(old, chain_key_public(key), signature) : 0;

	if (r == 0)
		r = statement_prepare(
			store_sqlite(store),
			"INSERT OR IGNORE INTO snapshot_key (id, public, since, introduced_by, signature) "
			"VALUES (?, ?, ?, ?, ?)",
			&stmt);
	if (r == 0) {
		statement_bind(stmt, 1, str_of(chain_key_id(key)));
		statement_bind(stmt, 2, str_of(chain_key_public(key)));
		sqlite3_bind_int64(stmt, 3, now);
		statement_bind(stmt, 4, str_of(old ? chain_key_id(old) : ""));
		bind_blob(stmt, 5, signature, old ? sizeof(signature) : 0);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int meta_number(sqlite3 *db, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	return store_meta_set(db, name, text);
}

void insert_plan_read(struct store *store, const char *plan, usec_t *ret)
{
	char name[48], text[24];
	int64_t value;

	snprintf(name, sizeof(name), "snapshot_%s", plan);
	*ret = store_meta_get(store_sqlite(store), name, text, sizeof(text)) && str_int(str_of(text), &value) ? value
													      : 0;
}

void insert_plan_write(struct store *store, const char *plan, usec_t due)
{
	char name[48];

	snprintf(name, sizeof(name), "snapshot_%s", plan);
	meta_number(store_sqlite(store), name, due);
}

/* The link before: its number and head. */
static int link_before(sqlite3 *db, struct link *link)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, "SELECT number, head FROM snapshot ORDER BY number DESC LIMIT 1", &stmt);

	link->number = 1;
	link->first = true;
	if (r == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
		link->number = sqlite3_column_int64(stmt, 0) + 1;
		link->first = false;
		if (sqlite3_column_bytes(stmt, 1) == CHAIN_DIGEST)
			memcpy(link->previous, sqlite3_column_blob(stmt, 1), CHAIN_DIGEST);
		else
			r = -EBADMSG;
	}
	sqlite3_finalize(stmt);
	return r;
}

static int parts_insert(sqlite3 *db, const struct picture *picture, int64_t number)
{
	sqlite3_stmt *put = NULL, *mark = NULL;
	int r = statement_prepare(
		db,
		"INSERT OR IGNORE INTO snapshot_part (digest, name, size, body, last_number) VALUES (?, ?, ?, ?, 0)",
		&put);

	if (r == 0)
		r = statement_prepare(db, "UPDATE snapshot_part SET last_number = ? WHERE digest = ?", &mark);
	for (size_t i = 0; r == 0 && i < picture->n; i++) {
		const struct part *part = &picture->parts[i];

		if (part->packed) {
			bind_blob(put, 1, part->digest, CHAIN_DIGEST);
			statement_bind(put, 2, str_of(part->name));
			sqlite3_bind_int64(put, 3, (int64_t)part->size);
			bind_blob(put, 4, part->packed, part->packed_size);
			r = statement_run(put);
		}
		if (r == 0) {
			sqlite3_bind_int64(mark, 1, number);
			bind_blob(mark, 2, part->digest, CHAIN_DIGEST);
			r = statement_run(mark);
		}
		if (r == 0 && sqlite3_changes(db) == 0)
			r = -EAGAIN; /* it was there when the picture was made, and is gone */
	}
	sqlite3_finalize(put);
	sqlite3_finalize(mark);
	return r;
}

static int link_insert(sqlite3 *db, const struct link *link, const unsigned char *packed, size_t n)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		db,
		"INSERT INTO snapshot (number, taken_at, reason, who, site, previous, manifest, manifest_sha256, head, "
		"key_id, signature, percent, coverage_percent, bytes, new_bytes) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&stmt);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, link->number);
		sqlite3_bind_int64(stmt, 2, link->taken_at);
		statement_bind(stmt, 3, link->reason);
		statement_bind(stmt, 4, link->who);
		statement_bind(stmt, 5, link->site);
		bind_blob(stmt, 6, link->previous, link->first ? 0 : CHAIN_DIGEST);
		bind_blob(stmt, 7, packed, n);
		bind_blob(stmt, 8, link->manifest, CHAIN_DIGEST);
		bind_blob(stmt, 9, link->head, CHAIN_DIGEST);
		statement_bind(stmt, 10, link->key_id);
		bind_blob(stmt, 11, link->signature, CHAIN_SIGNATURE);
		sqlite3_bind_double(stmt, 12, link->percent);
		sqlite3_bind_double(stmt, 13, link->coverage);
		sqlite3_bind_int64(stmt, 14, link->bytes);
		sqlite3_bind_int64(stmt, 15, link->new_bytes);
		r = statement_run(stmt);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Pictures that are too old lose their manifest, and the parts that no younger one shows go. */
static int expire(sqlite3 *db, usec_t now)
{
	sqlite3_stmt *stmt = NULL;
	bool some;
	int r = statement_prepare(db, "UPDATE snapshot SET manifest = x'' WHERE taken_at < ? AND manifest <> x''",
				  &stmt);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, now - DAYS(SNAPSHOT_DAYS));
		r = statement_run(stmt);
	}
	some = r == 0 && sqlite3_changes(db) > 0;
	sqlite3_finalize(stmt);
	if (!some)
		return r;
	return store_errno(sqlite3_exec(db,
					"DELETE FROM snapshot_part WHERE last_number < "
					"(SELECT ifnull(min(number), 0) FROM snapshot WHERE manifest <> x'')",
					NULL, NULL, NULL));
}

static int chain_add(sqlite3 *db, struct link *link, const struct picture *picture, const struct chain_key *key)
{
	_free_ unsigned char *packed = NULL;
	size_t n = 0;
	int r = link_before(db, link);

	if (r == 0)
		r = picture_pack(picture->manifest, strlen(picture->manifest), &packed, &n);
	link->percent = picture->percent;
	link->coverage = picture->coverage_percent;
	link->bytes = (int64_t)picture->bytes;
	link->new_bytes = (int64_t)(picture->new_bytes + n);
	memcpy(link->manifest, picture->manifest_digest, CHAIN_DIGEST);
	if (r == 0)
		r = chain_head(link, link->head);
	if (r == 0)
		r = chain_sign(key, link->head, link->signature);
	if (r == 0)
		r = parts_insert(db, picture, link->number);
	if (r == 0)
		r = link_insert(db, link, packed, n);
	if (r == 0)
		r = meta_number(db, "snapshot_event", picture->last_event);
	if (r == 0)
		r = expire(db, link->taken_at);
	return r;
}

int insert_snapshot(struct store *store, const struct picture *picture, const struct chain_key *key, const char *reason,
		    const char *who, const char *site, usec_t now, struct snapshot_result *ret, struct diag *diag)
{
	struct link link = { .taken_at = now,
			     .reason = str_of(reason),
			     .who = str_of(who),
			     .site = str_of(site),
			     .key_id = str_of(chain_key_id(key)) };
	int r = store_begin(store);

	if (r == 0)
		r = chain_add(store_sqlite(store), &link, picture, key);
	if (r == 0)
		r = store_commit(store);
	if (r < 0) {
		store_rollback(store);
		return diag_set(diag, r, "the snapshot cannot be stored: %s", strerror(-r));
	}
	ret->number = link.number;
	ret->taken_at = now;
	chain_code(link.number, link.head, ret->code);
	ret->bytes = (uint64_t)link.bytes;
	ret->new_bytes = (uint64_t)link.new_bytes;
	return 0;
}
