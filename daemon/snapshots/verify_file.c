/* Tells verify.c the chain of an exported file (docs/snapshots.md): keys, all links, and the parts of the one it is about. */
#include <errno.h>
#include <jansson.h>

#include "core/when.h"
#include "daemon/snapshots/verify.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool bytes_of(const json_t *object, const char *key, unsigned char *ret, size_t n)
{
	return chain_unhex(str_of(text_of(object, key)), ret, n);
}

static void keys_tell(const json_t *keys, struct verify *verify)
{
	const json_t *key;
	size_t i;

	json_array_foreach(keys, i, key)
	{
		unsigned char signature[CHAIN_SIGNATURE];
		bool signed_by = bytes_of(key, "signature", signature, sizeof(signature));

		verify_key(verify, text_of(key, "id"), text_of(key, "public"), text_of(key, "introduced_by"),
			   (struct str){ (const char *)signature, signed_by ? sizeof(signature) : 0 });
	}
}

/* What is read must be what was written: null is no empty text, "1" no number, and 57.19 another text than 57.1900. */
static bool link_typed(const json_t *json)
{
	static const char *const texts[] = { "reason", "who",       "site", "previous", "manifest_sha256", "head",
					     "key",    "signature", "code", "taken_at", "percent",         "coverage" };
	static const char *const numbers[] = { "number", "taken_at_usec", "bytes", "new_bytes" };
	static const char *const decimals[] = { "percent", "coverage" };
	char again[64];

	for (size_t i = 0; i < COUNT(texts); i++)
		if (!json_is_string(json_object_get(json, texts[i])))
			return false;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (!json_is_integer(json_object_get(json, numbers[i])))
			return false;
	for (size_t i = 0; i < COUNT(decimals); i++) {
		snprintf(again, sizeof(again), "%.4f", strtod(text_of(json, decimals[i]), NULL));
		if (strcmp(again, text_of(json, decimals[i])) != 0)
			return false;
	}
	return true;
}

/* The code and the time that people read follow from what is hashed. */
static bool link_shown(const json_t *json, const struct link *link)
{
	const char *at = text_of(json, "taken_at");
	char code[CHAIN_CODE];
	usec_t t = 0;

	chain_code(link->number, link->head, code);
	return !strcmp(code, text_of(json, "code")) && when_parse_iso(str_of(at), &t) == strlen(at) &&
	       t / SECONDS(1) == link->taken_at / SECONDS(1);
}

static bool link_of(const json_t *json, struct link *link)
{
	*link = (struct link){ .number = json_integer_value(json_object_get(json, "number")),
			       .taken_at = json_integer_value(json_object_get(json, "taken_at_usec")),
			       .reason = str_of(text_of(json, "reason")),
			       .who = str_of(text_of(json, "who")),
			       .site = str_of(text_of(json, "site")),
			       .key_id = str_of(text_of(json, "key")),
			       .first = !*text_of(json, "previous"),
			       .percent = strtod(text_of(json, "percent"), NULL),
			       .coverage = strtod(text_of(json, "coverage"), NULL),
			       .bytes = json_integer_value(json_object_get(json, "bytes")),
			       .new_bytes = json_integer_value(json_object_get(json, "new_bytes")) };
	return link_typed(json) && (link->first || bytes_of(json, "previous", link->previous, CHAIN_DIGEST)) &&
	       bytes_of(json, "manifest_sha256", link->manifest, CHAIN_DIGEST) &&
	       bytes_of(json, "head", link->head, CHAIN_DIGEST) &&
	       bytes_of(json, "signature", link->signature, CHAIN_SIGNATURE);
}

static void parts_tell(const json_t *file, const struct link *link, struct verify *verify)
{
	const char *manifest = text_of(file, "manifest");
	json_t *list = json_loads(manifest, 0, NULL);
	const json_t *row, *parts = json_object_get(file, "parts");
	size_t i;

	if (!verify_manifest(verify, link, str_of(manifest))) {
		json_decref(list);
		return;
	}
	json_array_foreach(list, i, row)
	{
		const char *name = text_of(row, "name"), *body = json_string_value(json_object_get(parts, name));

		verify_part(verify, link->number, str_of(name), str_of(text_of(row, "sha256")),
			    body ? (struct str){ body, json_string_length(json_object_get(parts, name)) }
				 : (struct str){ 0 });
	}
	if (json_object_size(parts) != json_array_size(list))
		verify_fail(verify, link->number, TEXT_snapshot_manifest, NULL);
	json_decref(list);
}

int verify_file(const char *path, struct verify *verify, struct diag *diag)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const json_t *json, *links = json_object_get(file, "links");
	int64_t number = json_integer_value(json_object_get(file, "number"));
	bool shown = false;
	size_t i;

	if (!file)
		return diag_set(diag, -EBADMSG, "%s:%d:%d: %s", path, error.line, error.column, error.text);
	if (strcmp(text_of(file, "format"), "tenken-snapshot-1") != 0 || !json_is_array(links)) {
		json_decref(file);
		return diag_set(diag, -EBADMSG, "%s: expected a snapshot that 'tenken snapshot export' wrote", path);
	}
	keys_tell(json_object_get(file, "keys"), verify);
	json_array_foreach(links, i, json)
	{
		struct link link;

		if (!link_of(json, &link) || !link_shown(json, &link))
			verify_fail(verify, link.number, TEXT_snapshot_changed, NULL);
		else if (verify_link(verify, &link) && link.number == number) {
			shown = true;
			parts_tell(file, &link, verify);
		}
	}
	if (!shown)
		verify_fail(verify, number, TEXT_snapshot_gap, NULL);
	verify_end(verify);
	json_decref(file);
	return 0;
}
