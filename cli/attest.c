/* tenken attest: somebody vouches for what cannot be measured. */

#include <openssl/evp.h>

#include "cli/said.h"

#define ATTESTATIONS "/api/v1/attestations"

static void cells(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512])
{
	snprintf(buf, 512, "%lld", (long long)json_integer_value(json_object_get(row, "id")));
	cells[0] = buf;
	cells[1] = client_text(row, "check");
	cells[2] = client_text(row, "resource");
	cells[3] = client_text(row, "until");
	cells[4] = said_state(cli, row);
	cells[5] = client_text(row, "who");
	cells[6] = client_text(row, "why");
}

/* SHA-256 of the file as 64 hexadecimal digits; false when it cannot be read. */
static bool file_hash(const char *path, char ret[static 65])
{
	_fclose_ FILE *file = fopen(path, "re");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char buf[65536], md[32];
	bool ok = file && ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
	size_t n;

	while (ok && (n = fread(buf, 1, sizeof(buf), file)) > 0)
		ok = EVP_DigestUpdate(ctx, buf, n) == 1;
	ok = ok && !ferror(file) && EVP_DigestFinal_ex(ctx, md, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	for (size_t i = 0; ok && i < sizeof(md); i++)
		snprintf(ret + 2 * i, 3, "%02x", md[i]);
	return ok;
}

/* The file stays where it is; its name and hash are kept. */
static int evidence_put(json_t *body)
{
	_free_ char *path = NULL;
	const char *given = json_string_value(json_object_get(body, "evidence_name")), *slash;
	char hash[65];

	if (!given)
		return EX_OK;
	path = strdup(given);
	if (!path)
		return EX_OSERR;
	if (!file_hash(path, hash))
		return cli_fail(EX_NOINPUT, "%s: cannot be read", path);
	slash = strrchr(path, '/');
	json_object_set_new(body, "evidence_name", json_string(slash ? slash + 1 : path));
	json_object_set_new(body, "evidence_sha256", json_string(hash));
	return EX_OK;
}

static int attest_run(struct cli *cli, int argc, char **argv)
{
	static const char *const filters[] = { "check", "resource", "state", NULL };
	static const struct list list = { ATTESTATIONS, filters, 7, cells, TEXT_no_attestations, NULL };
	static const struct said_option options[] = {
		{ "why", "why" },
		{ "until", "until" },
		{ "role", "role" },
		{ "who", "who" },
		{ "evidence", "evidence_name" },
		{ NULL, NULL },
	};
	const char *operands[SAID_OPERANDS];
	_json_ json_t *body = NULL;
	int r;

	if (argc > 1 && !strcmp(argv[1], "list"))
		return said_list(cli, &list, argc, argv);
	if (argc > 1 && !strcmp(argv[1], "revoke"))
		return said_revoke(cli, ATTESTATIONS, argc, argv);
	r = said_body(argc, argv, options, 2, 2, operands, &body);
	if (r == EX_OK)
		r = evidence_put(body);
	if (r != EX_OK)
		return r;
	json_object_set_new(body, "check", json_string(operands[0]));
	json_object_set_new(body, "resource", json_string(operands[1]));
	return said_send(cli, ATTESTATIONS, TAKE(body));
}

const struct command command_attest = {
	.name = "attest",
	.args = "CHECK RESOURCE --why TEXT [--until DATE] [--role ROLE] [--evidence FILE] [--who NAME] | list | revoke N --why TEXT",
	.ja = "記録では分からないことを、人が確認したと記録する",
	.en = "somebody vouches for what no record shows",
	.run = attest_run,
};
