#include "dashboard/idempotency.h"

#include <errno.h>
#include <openssl/evp.h>

#include "daemon/statement.h"

bool idempotency_key_ok(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= 0x20 || key.p[i] >= 0x7f)
			return false;
	return key.n > 0 && key.n <= IDEMPOTENCY_KEY_MAX;
}

int idempotency_digest(struct str method, struct str path, struct str body, char ret[static 65])
{
	const struct str parts[] = { method, STR(" "), path, STR("\n"), body };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char md[32];
	bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;

	for (size_t i = 0; ok && i < COUNT(parts); i++)
		ok = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, md, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(ret + 2 * i, 3, "%02x", md[i]);
	return 0;
}

int idempotency_find(sqlite3 *db, struct str key, const char *who, const char *digest, usec_t now, int *ret_status,
		     char **ret_body)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int r;

	r = statement_prepare(
		db, "SELECT digest, status, body FROM idempotency WHERE key = ?1 AND who = ?2 AND at > ?3", &stmt);
	if (r < 0)
		return r;
	statement_bind(stmt, 1, key);
	statement_bind(stmt, 2, str_of(who));
	sqlite3_bind_int64(stmt, 3, now - IDEMPOTENCY_KEEP);
	r = sqlite3_step(stmt);
	if (r == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		r = text && strcmp(text, digest) == 0 ? 1 : -EEXIST;
		*ret_status = sqlite3_column_int(stmt, 1);
		text = (const char *)sqlite3_column_text(stmt, 2);
		*ret_body = r == 1 && text ? strdup(text) : NULL;
		if (r == 1 && !*ret_body)
			r = -ENOMEM;
	} else {
		r = store_errno(r);
	}
	sqlite3_finalize(stmt);
	return r;
}

int idempotency_keep(sqlite3 *db, struct str key, const char *who, const char *digest, usec_t now, int status,
		     const char *body)
{
	sqlite3_stmt *stmt = NULL;
	int r;

	r = statement_prepare(
		db,
		"DELETE FROM idempotency WHERE at <= ?1 OR at <= (SELECT at FROM idempotency ORDER BY at DESC"
		" LIMIT 1 OFFSET ?2)",
		&stmt);
	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, now - IDEMPOTENCY_KEEP);
	sqlite3_bind_int64(stmt, 2, IDEMPOTENCY_ROWS - 1);
	r = statement_run(stmt);
	sqlite3_finalize(stmt);
	if (r < 0)
		return r;
	r = statement_prepare(db,
			      "INSERT OR REPLACE INTO idempotency (key, who, digest, status, body, at)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			      &stmt);
	if (r < 0)
		return r;
	statement_bind(stmt, 1, key);
	statement_bind(stmt, 2, str_of(who));
	statement_bind(stmt, 3, str_of(digest));
	sqlite3_bind_int(stmt, 4, status);
	statement_bind(stmt, 5, str_of(body));
	sqlite3_bind_int64(stmt, 6, now);
	r = statement_run(stmt);
	sqlite3_finalize(stmt);
	return r;
}
