/* Certificates and keys for tests, made on the spot. */
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "core/base.h"

struct certificate {
	const char *names; /* subjectAltName: "DNS:tenken.example,IP:127.0.0.1" */
	long from, until;  /* seconds from now */
	int rsa_bits;      /* 0: EC P-256 */
	const char *passphrase;
};

static inline EVP_PKEY *certificate_key(const struct certificate *certificate)
{
	EVP_PKEY *key = certificate->rsa_bits > 0 ? EVP_RSA_gen((unsigned)certificate->rsa_bits) : EVP_EC_gen("P-256");

	if (!key)
		abort();
	return key;
}

/* Writes @cert_path and @key_path (0600). */
static inline void certificate_make(const struct certificate *certificate, const char *cert_path, const char *key_path)
{
	EVP_PKEY *key = certificate_key(certificate);
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, certificate->names);
	_fclose_ FILE *cert = fopen(cert_path, "we"), *secret = fopen(key_path, "we");
	static long serial;

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), certificate->from);
	X509_gmtime_adj(X509_getm_notAfter(x509), certificate->until);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"tenken test", -1, -1, 0);
	X509_set_issuer_name(x509, name);
	X509_set_pubkey(x509, key);
	if (!names || !cert || !secret || X509_add_ext(x509, names, -1) != 1 ||
	    X509_sign(x509, key, EVP_sha256()) == 0 || PEM_write_X509(cert, x509) != 1 ||
	    fchmod(fileno(secret), 0600) < 0 ||
	    PEM_write_PrivateKey(secret, key, certificate->passphrase ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
				 (void *)(uintptr_t)certificate->passphrase) != 1)
		abort();
	X509_EXTENSION_free(names);
	X509_free(x509);
	EVP_PKEY_free(key);
}
