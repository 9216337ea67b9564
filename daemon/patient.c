#include "daemon/patient.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#define KEY_SIZE 32

struct patients {
	EVP_MAC_CTX *mac;
};

static int key_write(int fd, const unsigned char key[static KEY_SIZE])
{
	size_t done = 0;

	while (done < KEY_SIZE) {
		ssize_t n = write(fd, key + done, KEY_SIZE - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Whole or not at all: half a key would be another one after the next start. */
static int key_make(const char *path, const char *folder, unsigned char key[static KEY_SIZE])
{
	_free_ char *temp = NULL;
	_close_ int fd = -1, dir = -1;
	int r;

	if (RAND_bytes(key, KEY_SIZE) != 1)
		return -EIO;
	if (asprintf(&temp, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = key_write(fd, key);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0) {
		unlink(temp);
		return r;
	}
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 || fsync(dir) < 0 ? -errno : 0;
}

/* 1 when there is none yet. */
static int key_read(const char *path, unsigned char key[static KEY_SIZE], struct diag *diag)
{
	unsigned char more[KEY_SIZE + 1];
	_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	if (st.st_mode & 077)
		return diag_set(diag, -EPERM, "%s: others may read this key of patients; chmod 600 it", path);
	if (!S_ISREG(st.st_mode) || read(fd, more, sizeof(more)) != KEY_SIZE)
		return diag_set(
			diag, -EBADMSG,
			"%s: expected a key of %d bytes; put the right file back, or remove this one: then the same patient "
			"gets another hash from now on",
			path, KEY_SIZE);
	memcpy(key, more, KEY_SIZE);
	return 0;
}

static int key_find(const char *db_path, unsigned char key[static KEY_SIZE], struct diag *diag)
{
	const char *slash = db_path ? strrchr(db_path, '/') : NULL;
	_free_ char *folder = NULL, *path = NULL;
	int r;

	if (!db_path || !*db_path)
		return RAND_bytes(key, KEY_SIZE) == 1 ? 0 : -EIO;
	folder = slash ? strndup(db_path, (size_t)(slash - db_path)) : strdup(".");
	if (!folder || asprintf(&path, "%s/patient.key", folder) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	r = key_read(path, key, diag);
	if (r <= 0)
		return r;
	r = key_make(path, *folder ? folder : "/", key);
	return r < 0 ? diag_set(diag, r, "%s: cannot make this key: %s", path, strerror(-r)) : 0;
}

static EVP_MAC_CTX *mac_new(const unsigned char key[static KEY_SIZE])
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("digest", digest, 0),
				      OSSL_PARAM_construct_end() };
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;

	EVP_MAC_free(hmac);
	if (ctx && EVP_MAC_init(ctx, key, KEY_SIZE, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

int patients_open(const char *db_path, struct patients **ret, struct diag *diag)
{
	_cleanup_(patients_freep) struct patients *patients = calloc(1, sizeof(*patients));
	unsigned char key[KEY_SIZE];
	int r = patients ? key_find(db_path, key, diag) : diag_set(diag, -ENOMEM, "out of memory");

	if (r < 0)
		return r;
	patients->mac = mac_new(key);
	explicit_bzero(key, sizeof(key));
	if (!patients->mac)
		return diag_set(diag, -EIO, "HMAC-SHA-256 is not to be had from the cryptographic library");
	*ret = TAKE(patients);
	return 0;
}

void patients_free(struct patients *patients)
{
	if (!patients)
		return;
	EVP_MAC_CTX_free(patients->mac);
	free(patients);
}

struct str patients_hash(struct patients *patients, struct str id, char buf[static PATIENT_HASH + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t n = 0;

	id = str_trim(id);
	if (id.n == 0 || EVP_MAC_init(patients->mac, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(patients->mac, (const unsigned char *)id.p, id.n) != 1 ||
	    EVP_MAC_final(patients->mac, digest, &n, sizeof(digest)) != 1 || n < PATIENT_HASH / 2)
		return (struct str){ 0 };
	for (size_t i = 0; i < PATIENT_HASH / 2; i++) {
		buf[2 * i] = hex[digest[i] >> 4];
		buf[2 * i + 1] = hex[digest[i] & 15];
	}
	buf[PATIENT_HASH] = '\0';
	return (struct str){ buf, PATIENT_HASH };
}
