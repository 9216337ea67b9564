/*
 * Bearer tokens: 160 random bits, of which only the SHA-256 is kept.  All that count are held in memory, so that a request
 * costs a hash and a comparison with each that takes the same time wherever they differ.
 */
#pragma once

#include "core/diag.h"
#include "dashboard/server.h"

struct sqlite3;

#define TOKENS_MAX 200
#define TOKEN_MAX 64   /* bytes of one as text */
#define TOKEN_DAYS 365 /* where nobody says how long */

struct token {
	int64_t id;
	char name[64];
	enum role role;
	unsigned char hash[32];
	usec_t expires_at;
	usec_t used_at;
	bool unsaved; /* used_at is newer than the database's */
};

struct tokens {
	struct token list[TOKENS_MAX]; /* not revoked; those that have expired are among them */
	size_t n;
};

/* Reads all that were not revoked. */
int tokens_load(struct sqlite3 *db, struct tokens *ret);
/* Writes when they were last used; in the caller's transaction. */
int tokens_save(struct sqlite3 *db, struct tokens *tokens);
bool tokens_unsaved(const struct tokens *tokens);
/* The one that @text is and that has not expired; NULL: none.  Notes the use. */
const struct token *tokens_find(struct tokens *tokens, struct str text, usec_t now);

/* Makes one, in the caller's transaction: told once in @ret_text.  -ENOSPC: there are TOKENS_MAX. */
int token_make(struct sqlite3 *db, const char *name, enum role role, usec_t expires_at, const char *who, usec_t now,
	       int64_t *ret_id, char ret_text[static TOKEN_MAX]);
/* -ENOENT: there is no such, or it was revoked. */
int token_revoke(struct sqlite3 *db, int64_t id, const char *who, usec_t now);

const char *role_name(enum role role);
/* Of a token: metrics, viewer, operator, admin. */
bool role_parse(struct str text, enum role *ret);
