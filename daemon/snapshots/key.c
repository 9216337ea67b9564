/* Keys of the chain: Ed25519 by OpenSSL, the private one in a file that nobody else may read. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "daemon/snapshots/chain.h"

#define SIGNED_HEAD "tenken-head-1"
#define SIGNED_KEY "tenken-key-1"

struct chain_key {
	EVP_PKEY *pair;
	char id[CHAIN_KEY_ID];
	char public[CHAIN_PEM];
};

void chain_key_free(struct chain_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pair);
	free(key);
}

const char *chain_key_id(const struct chain_key *key)
{
	return key->id;
}

const char *chain_key_public(const struct chain_key *key)
{
	return key->public;
}

static int id_of(EVP_PKEY *pair, char ret[static CHAIN_KEY_ID])
{
	unsigned char raw[32], md[32];
	size_t n = sizeof(raw);
	unsigned length;

	if (EVP_PKEY_get_raw_public_key(pair, raw, &n) != 1 || n != sizeof(raw) ||
	    EVP_Digest(raw, n, md, &length, EVP_sha256(), NULL) != 1)
		return -EBADMSG;
	chain_hex(md, 8, ret);
	return 0;
}

/* Takes @pair over. */
static int key_of(EVP_PKEY *pair, struct chain_key **ret)
{
	_cleanup_(chain_key_freep) struct chain_key *key = calloc(1, sizeof(*key));
	BIO *bio = BIO_new(BIO_s_mem());
	int r = key && bio ? 0 : -ENOMEM, n;

	if (!key)
		EVP_PKEY_free(pair);
	else
		key->pair = pair;
	if (r == 0)
		r = id_of(pair, key->id);
	if (r == 0 && PEM_write_bio_PUBKEY(bio, pair) != 1)
		r = -EIO;
	if (r == 0) {
		n = BIO_read(bio, key->public, sizeof(key->public) - 1);
		r = n > 0 ? 0 : -EIO;
	}
	BIO_free(bio);
	if (r == 0)
		*ret = TAKE(key);
	return r;
}

int chain_key_load(const char *path, struct chain_key **ret, struct diag *diag)
{
	_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char pem[2048];
	struct stat st;
	EVP_PKEY *pair;
	ssize_t n;
	BIO *bio;
	int r;

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return diag_set(diag, -EBADMSG, "%s: expected a file", path);
	if (st.st_mode & 077)
		return diag_set(diag, -EPERM, "%s: others may read the key that signs snapshots; chmod 600 it", path);
	n = read(fd, pem, sizeof(pem));
	bio = BIO_new_mem_buf(pem, n > 0 ? (int)n : 0);
	pair = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	OPENSSL_cleanse(pem, sizeof(pem));
	if (!pair || !EVP_PKEY_is_a(pair, "ED25519")) {
		EVP_PKEY_free(pair);
		return diag_set(
			diag, -EBADMSG,
			"%s: expected an Ed25519 private key; put the right file back, or move this one away: then a "
			"new key is made, and that is recorded",
			path);
	}
	r = key_of(pair, ret);
	return r < 0 ? diag_set(diag, r, "%s: the key cannot be used", path) : 0;
}

/* Writes the private key under a name of its own first, so that no half of one is ever there. */
static int key_write(const char *path, EVP_PKEY *pair)
{
	_free_ char *temp = NULL;
	FILE *file;
	int fd, r = 0;

	if (asprintf(&temp, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	if (PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL) != 1 || fflush(file) != 0 || fsync(fd) < 0)
		r = -EIO;
	fclose(file);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temp);
	return r;
}

int chain_key_make(const char *path, const struct chain_key *old, struct chain_key **ret, struct diag *diag)
{
	_cleanup_(chain_key_freep) struct chain_key *key = NULL;
	_free_ char *kept = NULL;
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	int r = pair ? key_of(pair, &key) : -EIO;

	if (r == 0 && old && asprintf(&kept, "%s.old-%s", path, old->id) < 0)
		r = -ENOMEM;
	if (r == 0 && old && link(path, kept) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0)
		r = key_write(path, key->pair);
	if (r < 0)
		return diag_set(diag, r, "%s: cannot make the key that signs snapshots: %s", path, strerror(-r));
	*ret = TAKE(key);
	return 0;
}

/* "NAME" and @bytes, each with its length, are what is signed. */
static size_t message(const char *name, struct str bytes, unsigned char *ret, size_t size)
{
	struct str fields[] = { str_of(name), bytes };
	size_t n = 0;

	for (size_t i = 0; i < COUNT(fields); i++) {
		if (n + 8 + fields[i].n > size)
			return 0;
		for (int k = 0; k < 8; k++)
			ret[n++] = (unsigned char)((uint64_t)fields[i].n >> (56 - 8 * k));
		memcpy(ret + n, fields[i].p, fields[i].n);
		n += fields[i].n;
	}
	return n;
}

static int sign(const struct chain_key *key, const char *name, struct str bytes, unsigned char *ret)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char text[CHAIN_PEM + 64];
	size_t n = message(name, bytes, text, sizeof(text)), size = CHAIN_SIGNATURE;
	bool ok = ctx && n > 0 && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pair) == 1 &&
		  EVP_DigestSign(ctx, ret, &size, text, n) == 1 && size == CHAIN_SIGNATURE;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

int chain_sign(const struct chain_key *key, const unsigned char head[static CHAIN_DIGEST],
	       unsigned char ret[static CHAIN_SIGNATURE])
{
	return sign(key, SIGNED_HEAD, (struct str){ (const char *)head, CHAIN_DIGEST }, ret);
}

int chain_introduce(const struct chain_key *key, const char *pem, unsigned char ret[static CHAIN_SIGNATURE])
{
	return sign(key, SIGNED_KEY, str_of(pem), ret);
}

static EVP_PKEY *public_of(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *public = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	if (public && !EVP_PKEY_is_a(public, "ED25519")) {
		EVP_PKEY_free(public);
		return NULL;
	}
	return public;
}

static int verify(const char *pem, const char *name, struct str bytes, const unsigned char *signature)
{
	EVP_PKEY *public = public_of(pem);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char text[CHAIN_PEM + 64];
	size_t n = message(name, bytes, text, sizeof(text));
	int r = -EBADMSG;

	if (public && ctx && n > 0 && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1)
		r = EVP_DigestVerify(ctx, signature, CHAIN_SIGNATURE, text, n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	return r;
}

int chain_signed(const char *pem, const unsigned char head[static CHAIN_DIGEST],
		 const unsigned char signature[static CHAIN_SIGNATURE])
{
	return verify(pem, SIGNED_HEAD, (struct str){ (const char *)head, CHAIN_DIGEST }, signature);
}

int chain_introduced(const char *pem, const char *next, const unsigned char signature[static CHAIN_SIGNATURE])
{
	return verify(pem, SIGNED_KEY, str_of(next), signature);
}

int chain_id_of(const char *pem, char ret[static CHAIN_KEY_ID])
{
	EVP_PKEY *public = public_of(pem);
	int r = public ? id_of(public, ret) : -EBADMSG;

	EVP_PKEY_free(public);
	return r;
}
