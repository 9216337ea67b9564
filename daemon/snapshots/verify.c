#include "daemon/snapshots/verify.h"

#include <errno.h>

void verify_init(struct verify *verify, const struct str *heads, size_t n)
{
	memset(verify, 0, sizeof(*verify));
	for (size_t i = 0; i < n && i < VERIFY_HEADS; i++)
		verify->heads[verify->n_heads++] = heads[i];
}

bool verify_fail(struct verify *verify, int64_t number, enum text text, const char *name)
{
	char n[24];
	const char *const pairs[] = { "number", n, "name", name ? name : "", NULL };

	if (verify->failed)
		return false;
	snprintf(n, sizeof(n), "%lld", (long long)number);
	verify->failed = true;
	verify->bad = number;
	text_fill(verify->ja, sizeof(verify->ja), text_ja(text), pairs);
	text_fill(verify->en, sizeof(verify->en), text_en(text), pairs);
	return false;
}

static const struct verify_key *key_find(const struct verify *verify, struct str id)
{
	for (size_t i = 0; i < verify->n_keys; i++)
		if (str_eq(str_of(verify->keys[i].id), id))
			return &verify->keys[i];
	return NULL;
}

bool verify_key(struct verify *verify, const char *id, const char *pem, const char *introduced_by, struct str signature)
{
	struct verify_key *key = &verify->keys[verify->n_keys];
	const struct verify_key *by = key_find(verify, str_of(introduced_by));
	char own[CHAIN_KEY_ID];

	if (verify->failed)
		return false;
	if (verify->n_keys == VERIFY_KEYS || strlen(pem) >= sizeof(key->public) || chain_id_of(pem, own) < 0 ||
	    strcmp(own, id))
		return verify_fail(verify, 0, TEXT_snapshot_key_bad, id);
	/* Whoever is first is introduced by none; a key that nobody introduced later is a stranger. */
	if (*introduced_by && (!by || signature.n != CHAIN_SIGNATURE ||
			       chain_introduced(by->public, pem, (const unsigned char *)signature.p) != 1))
		return verify_fail(verify, 0, TEXT_snapshot_key_stranger, id);
	verify->strangers += !*introduced_by && verify->n_keys > 0;
	str_copy(key->id, sizeof(key->id), str_of(id));
	str_copy(key->public, sizeof(key->public), str_of(pem));
	verify->n_keys++;
	return true;
}

static void heads_meet(struct verify *verify, const struct link *link)
{
	for (size_t i = 0; i < verify->n_heads; i++) {
		if (chain_code_number(verify->heads[i]) != link->number)
			continue;
		if (chain_code_is(verify->heads[i], link->number, link->head)) {
			verify->met[i] = true;
			verify->heads_met++;
		} else {
			verify_fail(verify, link->number, TEXT_snapshot_head_other, NULL);
		}
	}
}

bool verify_link(struct verify *verify, const struct link *link)
{
	const struct verify_key *key = key_find(verify, link->key_id);
	unsigned char head[CHAIN_DIGEST];

	if (verify->failed)
		return false;
	if (verify->links > 0 && link->number != verify->last + 1)
		return verify_fail(verify, link->number > verify->last ? verify->last + 1 : link->number,
				   TEXT_snapshot_gap, NULL);
	if (verify->links == 0 && link->first != (link->number == 1))
		return verify_fail(verify, link->number, TEXT_snapshot_broken, NULL);
	if (verify->links > 0 && (link->first || memcmp(link->previous, verify->head, CHAIN_DIGEST) != 0))
		return verify_fail(verify, link->number, TEXT_snapshot_broken, NULL);
	if (chain_head(link, head) < 0 || memcmp(head, link->head, CHAIN_DIGEST) != 0)
		return verify_fail(verify, link->number, TEXT_snapshot_changed, NULL);
	if (!key)
		return verify_fail(verify, link->number, TEXT_snapshot_key_unknown, NULL);
	if (chain_signed(key->public, link->head, link->signature) != 1)
		return verify_fail(verify, link->number, TEXT_snapshot_unsigned, NULL);
	if (verify->links++ == 0) {
		verify->first = link->number;
		verify->first_at = link->taken_at;
	}
	verify->last = link->number;
	verify->last_at = link->taken_at;
	memcpy(verify->head, link->head, CHAIN_DIGEST);
	chain_code(link->number, link->head, verify->code);
	heads_meet(verify, link);
	return !verify->failed;
}

bool verify_manifest(struct verify *verify, const struct link *link, struct str text)
{
	unsigned char digest[CHAIN_DIGEST];

	if (verify->failed)
		return false;
	if (chain_manifest(text, digest) < 0 || memcmp(digest, link->manifest, CHAIN_DIGEST) != 0)
		return verify_fail(verify, link->number, TEXT_snapshot_manifest, NULL);
	return true;
}

bool verify_part(struct verify *verify, int64_t number, struct str name, struct str digest, struct str body)
{
	unsigned char own[CHAIN_DIGEST];
	char hex[2 * CHAIN_DIGEST + 1], copy[200];

	if (verify->failed)
		return false;
	str_copy(copy, sizeof(copy), name);
	if (!body.p)
		return verify_fail(verify, number, TEXT_snapshot_part_gone, copy);
	if (chain_part(name, body, own) < 0)
		return verify_fail(verify, number, TEXT_snapshot_part, copy);
	chain_hex(own, CHAIN_DIGEST, hex);
	if (!str_eq(str_of(hex), digest))
		return verify_fail(verify, number, TEXT_snapshot_part, copy);
	verify->parts++;
	return true;
}

void verify_end(struct verify *verify)
{
	for (size_t i = 0; i < verify->n_heads && !verify->failed; i++)
		if (!verify->met[i])
			verify_fail(verify, chain_code_number(verify->heads[i]), TEXT_snapshot_cut, NULL);
}
