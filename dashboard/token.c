#include "dashboard/token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include "daemon/statement.h"

#define PREFIX "tenken_"
#define RANDOM_BYTES 20
#define SHOWN (sizeof(PREFIX) - 1 + 6) /* characters of a token that may be shown */

static const char *const roles[] = {
	[ROLE_NONE] = "none",         [ROLE_METRICS] = "metrics", [ROLE_VIEWER] = "viewer",
	[ROLE_OPERATOR] = "operator", [ROLE_ADMIN] = "admin",
};

const char *role_name(enum role role)
{
	return roles[role];
}

bool role_parse(struct str text, enum role *ret)
{
	for (size_t i = ROLE_METRICS; i < COUNT(roles); i++)
		if (str_eq(text, str_of(roles[i]))) {
			*ret = (enum role)i;
			return true;
		}
	return false;
}

static bool token_hash(struct str text, unsigned char ret[static 32])
{
	return EVP_Digest(text.p, text.n, ret, NULL, EVP_sha256(), NULL) == 1;
}

int tokens_load(sqlite3 *db, struct tokens *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	ret->n = 0;
	r = statement_prepare(db,
			      "SELECT id, name, role, hash, expires_at, used_at FROM token WHERE revoked_at IS NULL"
			      " ORDER BY id LIMIT ?1",
			      &stmt);
	if (r < 0)
		return r;
	sqlite3_bind_int(stmt, 1, TOKENS_MAX);
	while ((r = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct token *token = &ret->list[ret->n];

		*token = (struct token){ .id = sqlite3_column_int64(stmt, 0),
					 .expires_at = sqlite3_column_int64(stmt, 4),
					 .used_at = sqlite3_column_int64(stmt, 5) };
		str_copy(token->name, sizeof(token->name), str_of((const char *)sqlite3_column_text(stmt, 1)));
		if (!role_parse(str_of((const char *)sqlite3_column_text(stmt, 2)), &token->role) ||
		    sqlite3_column_bytes(stmt, 3) != sizeof(token->hash))
			continue;
		memcpy(token->hash, sqlite3_column_blob(stmt, 3), sizeof(token->hash));
		ret->n++;
	}
	sqlite3_finalize(stmt);
	return store_errno(r);
}

bool tokens_unsaved(const struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (tokens->list[i].unsaved)
			return true;
	return false;
}

int tokens_save(sqlite3 *db, struct tokens *tokens)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, "UPDATE token SET used_at = ?2 WHERE id = ?1", &stmt);

	for (size_t i = 0; r == 0 && i < tokens->n; i++) {
		if (!tokens->list[i].unsaved)
			continue;
		sqlite3_bind_int64(stmt, 1, tokens->list[i].id);
		sqlite3_bind_int64(stmt, 2, tokens->list[i].used_at);
		r = statement_run(stmt);
		tokens->list[i].unsaved = false;
	}
	sqlite3_finalize(stmt);
	return r;
}

const struct token *tokens_find(struct tokens *tokens, struct str text, usec_t now)
{
	struct token *found = NULL;
	unsigned char hash[32];

	if (text.n == 0 || text.n >= TOKEN_MAX || !token_hash(text, hash))
		return NULL;
	/* All are looked at, whichever it is. */
	for (size_t i = 0; i < tokens->n; i++)
		if (CRYPTO_memcmp(tokens->list[i].hash, hash, sizeof(hash)) == 0)
			found = &tokens->list[i];
	if (!found || now >= found->expires_at)
		return NULL;
	if (now - found->used_at >= MINUTES(1)) {
		found->used_at = now;
		found->unsaved = true;
	}
	return found;
}

static int token_count(sqlite3 *db, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(db, "SELECT count(*) FROM token WHERE revoked_at IS NULL", &stmt);

	if (r == 0) {
		r = store_errno(sqlite3_step(stmt));
		*ret = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int token_insert(sqlite3 *db, const char *name, enum role role, usec_t expires_at, const char *who, usec_t now,
			const char *text)
{
	unsigned char hash[32];
	sqlite3_stmt *stmt = NULL;
	int r;

	if (!token_hash(str_of(text), hash))
		return -EIO;
	r = statement_prepare(db,
			      "INSERT INTO token (name, prefix, hash, role, created_at, created_by, expires_at)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			      &stmt);
	if (r < 0)
		return r;
	statement_bind(stmt, 1, str_of(name));
	statement_bind(stmt, 2, str_first(str_of(text), SHOWN));
	sqlite3_bind_blob(stmt, 3, hash, sizeof(hash), SQLITE_STATIC);
	statement_bind(stmt, 4, str_of(role_name(role)));
	sqlite3_bind_int64(stmt, 5, now);
	statement_bind(stmt, 6, str_of(who));
	sqlite3_bind_int64(stmt, 7, expires_at);
	r = statement_run(stmt);
	sqlite3_finalize(stmt);
	return r;
}

int token_make(sqlite3 *db, const char *name, enum role role, usec_t expires_at, const char *who, usec_t now,
	       int64_t *ret_id, char ret_text[static TOKEN_MAX])
{
	unsigned char random[RANDOM_BYTES];
	int64_t n = 0;
	int r = token_count(db, &n);

	if (r < 0)
		return r;
	if (n >= TOKENS_MAX)
		return -ENOSPC;
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	snprintf(ret_text, TOKEN_MAX, PREFIX);
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(ret_text + sizeof(PREFIX) - 1 + 2 * i, 3, "%02x", random[i]);
	r = token_insert(db, name, role, expires_at, who, now, ret_text);
	*ret_id = sqlite3_last_insert_rowid(db);
	return r;
}

int token_revoke(sqlite3 *db, int64_t id, const char *who, usec_t now)
{
	sqlite3_stmt *stmt = NULL;
	int r = statement_prepare(
		db, "UPDATE token SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1 AND revoked_at IS NULL", &stmt);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, now);
	statement_bind(stmt, 3, str_of(who));
	r = statement_run(stmt);
	sqlite3_finalize(stmt);
	return r == 0 && sqlite3_changes(db) == 0 ? -ENOENT : r;
}
