/*
 * The chain of snapshots: hashes with a name for each kind and lengths in front of every field, so that no two different things
 * hash alike, and Ed25519 signatures (RFC 8032, by OpenSSL).  docs/snapshots.md says the same for who writes a verifier.
 */
#pragma once

#include "core/diag.h"
#include "core/str.h"

#define CHAIN_DIGEST 32
#define CHAIN_SIGNATURE 64
#define CHAIN_KEY_ID 17 /* 16 hexadecimal digits and the end */
#define CHAIN_CODE 32   /* "12-ABCD-EFGH-IJKL-MNOP-QRST" and the end */
#define CHAIN_PEM 512

/* One link, as it is hashed. */
struct link {
	int64_t number;
	usec_t taken_at;
	struct str reason, who, site, key_id;
	unsigned char previous[CHAIN_DIGEST];
	bool first;               /* there is none before it */
	double percent, coverage; /* of the first pack; four decimals count */
	int64_t bytes, new_bytes;
	unsigned char manifest[CHAIN_DIGEST]; /* hash of the manifest's text */
	unsigned char head[CHAIN_DIGEST];
	unsigned char signature[CHAIN_SIGNATURE];
};

/* Each 0, or -EIO when OpenSSL fails. */
int chain_part(struct str name, struct str body, unsigned char ret[static CHAIN_DIGEST]);
int chain_manifest(struct str manifest, unsigned char ret[static CHAIN_DIGEST]);
/* The head of @link from all its other fields but the signature. */
int chain_head(const struct link *link, unsigned char ret[static CHAIN_DIGEST]);

/* What is printed and read aloud: the number and 100 bits of the head, in base 32 (RFC 4648). */
void chain_code(int64_t number, const unsigned char head[static CHAIN_DIGEST], char ret[static CHAIN_CODE]);
/* True when @code is that of @number and @head; case and dashes do not matter. */
bool chain_code_is(struct str code, int64_t number, const unsigned char head[static CHAIN_DIGEST]);
/* The number that @code speaks of; 0: it is no code. */
int64_t chain_code_number(struct str code);

void chain_hex(const unsigned char *bytes, size_t n, char *ret); /* 2n digits and the end */
bool chain_unhex(struct str hex, unsigned char *ret, size_t n);

/* A key pair.  Its file is PEM, 0600. */
struct chain_key;

/* -ENOENT: there is none; -EPERM: others may read it; -EBADMSG: it is no Ed25519 key.  @diag says which file and what to do. */
int chain_key_load(const char *path, struct chain_key **ret, struct diag *diag);
/* Makes one, whole or not at all; an older file is kept under @path.old-ID. */
int chain_key_make(const char *path, const struct chain_key *old, struct chain_key **ret, struct diag *diag);
void chain_key_free(struct chain_key *key);
DEFINE_CLEANUP(struct chain_key, chain_key_free)
const char *chain_key_id(const struct chain_key *key);
const char *chain_key_public(const struct chain_key *key); /* PEM */

int chain_sign(const struct chain_key *key, const unsigned char head[static CHAIN_DIGEST],
	       unsigned char ret[static CHAIN_SIGNATURE]);
/* Signs the public key @pem: how one key introduces the next. */
int chain_introduce(const struct chain_key *key, const char *pem, unsigned char ret[static CHAIN_SIGNATURE]);

/* Against a public key in PEM: 1 it is good, 0 it is not, -EBADMSG no key. */
int chain_signed(const char *pem, const unsigned char head[static CHAIN_DIGEST],
		 const unsigned char signature[static CHAIN_SIGNATURE]);
int chain_introduced(const char *pem, const char *next, const unsigned char signature[static CHAIN_SIGNATURE]);
/* The id of a public key in PEM; -EBADMSG: no key. */
int chain_id_of(const char *pem, char ret[static CHAIN_KEY_ID]);
