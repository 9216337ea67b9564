#include "daemon/snapshots/picture.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "daemon/snapshots/tables.h"
#include "daemon/statement.h"

#define MANIFEST_MAX (16u << 20)
#define TEXT_FLAGS (JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY)

void picture_free(struct picture *picture)
{
	if (!picture)
		return;
	for (size_t i = 0; i < picture->n; i++) {
		free(picture->parts[i].name);
		free(picture->parts[i].body);
		free(picture->parts[i].packed);
	}
	EVP_MD_CTX_free(picture->ctx);
	free(picture->parts);
	free(picture->manifest);
	free(picture);
}

int picture_add(struct picture *picture, const char *name, char *body)
{
	char *copy = strdup(name);

	if (picture->n == picture->room) {
		size_t room = picture->room ? picture->room * 2 : 64;
		struct part *parts = reallocarray(picture->parts, room, sizeof(*parts));

		if (parts) {
			picture->parts = parts;
			picture->room = room;
		}
	}
	if (!copy || !body || picture->n == picture->room) {
		free(copy);
		free(body);
		return -ENOMEM;
	}
	picture->parts[picture->n++] = (struct part){ .name = copy, .body = body, .size = strlen(body) };
	return 0;
}

/* Takes @json over. */
static int add_json(struct picture *picture, const char *name, json_t *json)
{
	char *body = json ? json_dumps(json, TEXT_FLAGS) : NULL;

	json_decref(json);
	return picture_add(picture, name, body);
}

static json_t *both(const char *ja, const char *en)
{
	return json_pack("{s:s, s:s}", "ja", ja ? ja : "", "en", en ? en : "");
}

static json_t *texts(char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list && list[i]; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

/* "register:people", "auth_success": what a check reads, beside its SQL. */
static json_t *needs_json(const struct check *check)
{
	json_t *array = json_array();
	char text[80];

	for (size_t i = 0; i < check->n_needs; i++) {
		const struct need *need = &check->needs[i];

		if (need->reg)
			snprintf(text, sizeof(text), "register:%s", need->reg->kind);
		json_array_append_new(array, json_string(need->reg ? text : event_type_name(need->event)));
	}
	return array;
}

static int add_check(struct picture *picture, const struct judge *judge, const struct check *check)
{
	json_t *params = json_object();
	char name[160];

	for (size_t i = 0; i < check->n_params; i++)
		json_object_set_new(params, check->params[i].name, json_string(judge_param(judge, check, i)));
	snprintf(name, sizeof(name), "checks/%.120s", check->id);
	return add_json(picture, name,
			json_pack("{s:s, s:s, s:o, s:s, s:b, s:i, s:i, s:s, s:o, s:o, s:o, s:s}", "id", check->id,
				  "ref", check->ref ? check->ref : "", "title", both(check->title_ja, check->title_en),
				  "severity", severity_name(check->severity), "decides", check->decides, "stage",
				  check->stage, "attest_days", check->attest_days, "basis",
				  check->basis ? check->basis : "", "params", params, "needs", needs_json(check), "fix",
				  both(check->fix_ja, check->fix_en), "sql", check->sql));
}

static json_t *item_json(const struct item *item)
{
	static const char *const states[] = { "verified", "partial", "slot" };
	char weight[32];

	snprintf(weight, sizeof(weight), "%.6g", item->weight);
	return json_pack("{s:s, s:o, s:s, s:o, s:s, s:s, s:b, s:s, s:o, s:o}", "id", item->id, "text",
			 both(item->text_ja, item->text_en), "text_state", states[item->text_state], "section",
			 both(item->section_ja, item->section_en), "scope", item->scope ? item->scope : "", "weight",
			 weight, "scored", item->scored, "attest", item->attest ? item->attest : "", "refs",
			 texts(item->refs), "checks", texts(item->check_ids));
}

static int add_list(struct picture *picture, const struct checklist *list)
{
	json_t *items = json_array();
	char name[160];

	for (size_t i = 0; i < list->n_items; i++)
		json_array_append_new(items, item_json(&list->items[i]));
	snprintf(name, sizeof(name), "checklists/%.120s", list->id);
	return add_json(picture, name,
			json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "id", list->id, "edition",
				  list->edition ? list->edition : "", "title", both(list->title_ja, list->title_en),
				  "fiscal_year", list->fiscal_year ? list->fiscal_year : "", "note",
				  both(list->note_ja, list->note_en), "items", items));
}

int picture_rules(const struct config *config, const struct judge *judge, struct picture **ret)
{
	_cleanup_(picture_freep) struct picture *picture = calloc(1, sizeof(*picture));
	const struct rules *rules = judge_rules_now(judge);
	int r;

	if (!picture)
		return -ENOMEM;
	r = add_json(picture, "site",
		     json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "id", config->site_id, "name", config->site_name,
			       "profile", config->profile, "guideline", config->guideline, "timezone", config->timezone,
			       "version", SNAPSHOT_VERSION, "demo", config->demo));
	for (size_t i = 0; r == 0 && i < rules->n_checks; i++)
		r = add_check(picture, judge, rules->checks[i]);
	for (size_t i = 0; r == 0 && i < rules->n_lists; i++)
		r = add_list(picture, rules->lists[i]);
	if (r == 0 && rules->n_lists > 0) {
		picture->percent = judge_list(judge, 0)->score.percent;
		picture->coverage_percent = judge_list(judge, 0)->score.coverage_percent;
	}
	if (r == 0)
		*ret = TAKE(picture);
	return r;
}

int picture_pack(const void *bytes, size_t n, unsigned char **ret, size_t *ret_n)
{
	uLongf size = compressBound(n);

	*ret = malloc(size ? size : 1);
	if (!*ret)
		return -ENOMEM;
	if (compress2(*ret, &size, bytes, n, 6) != Z_OK) {
		free(*ret);
		*ret = NULL;
		return -EIO;
	}
	*ret_n = size;
	return 0;
}

int picture_unpack(const void *bytes, size_t n, size_t size, char **ret)
{
	uLongf got = size;
	char *text;

	if (size > PICTURE_PART_MAX)
		return -EBADMSG;
	text = malloc(size + 1);
	if (!text)
		return -ENOMEM;
	if (uncompress((unsigned char *)text, &got, bytes, n) != Z_OK || got != size) {
		free(text);
		return -EBADMSG;
	}
	text[size] = '\0';
	*ret = text;
	return 0;
}

/* Its size stands nowhere: it is tried with more and more room, up to what a manifest can be. */
char *picture_manifest(const void *bytes, size_t n)
{
	for (uLongf size = 65536; size <= MANIFEST_MAX; size *= 4) {
		char *text = malloc(size + 1);
		uLongf got = size;
		int r = text ? uncompress((unsigned char *)text, &got, bytes, n) : Z_MEM_ERROR;

		if (r == Z_OK) {
			text[got] = '\0';
			return text;
		}
		free(text);
		if (r != Z_BUF_ERROR)
			break;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->name, ((const struct part *)b)->name);
}

static int manifest_make(struct picture *picture)
{
	json_t *list = json_array();
	char hex[2 * CHAIN_DIGEST + 1];

	for (size_t i = 0; i < picture->n; i++) {
		chain_hex(picture->parts[i].digest, CHAIN_DIGEST, hex);
		json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "name", picture->parts[i].name, "sha256", hex,
						      "bytes", (json_int_t)picture->parts[i].size));
	}
	picture->manifest = list ? json_dumps(list, TEXT_FLAGS) : NULL;
	json_decref(list);
	return picture->manifest ? chain_manifest(str_of(picture->manifest), picture->manifest_digest) : -ENOMEM;
}

/* Compresses the parts that no snapshot had yet. */
static int pack_new(struct picture *picture, sqlite3 *db)
{
	sqlite3_stmt *known = NULL;
	int r = statement_prepare(db, "SELECT 1 FROM snapshot_part WHERE digest = ?", &known);

	for (size_t i = 0; r == 0 && i < picture->n; i++) {
		struct part *part = &picture->parts[i];
		bool there;

		sqlite3_bind_blob(known, 1, part->digest, CHAIN_DIGEST, SQLITE_STATIC);
		there = sqlite3_step(known) == SQLITE_ROW;
		sqlite3_reset(known);
		if (!there)
			r = picture_pack(part->body, part->size, &part->packed, &part->packed_size);
		picture->bytes += part->size;
		picture->new_bytes += part->packed_size;
	}
	sqlite3_finalize(known);
	return r;
}

int picture_read(struct picture *picture, sqlite3 *db)
{
	int r = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK ? 0 : store_errno(sqlite3_errcode(db));

	if (r < 0)
		return r;
	r = tables_read(picture, db);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	if (r == 0 && picture->n > 0)
		qsort(picture->parts, picture->n, sizeof(*picture->parts), by_name);
	for (size_t i = 0; r == 0 && i < picture->n; i++)
		r = chain_part(str_of(picture->parts[i].name),
			       (struct str){ picture->parts[i].body, picture->parts[i].size },
			       picture->parts[i].digest);
	if (r == 0)
		r = manifest_make(picture);
	if (r == 0)
		r = pack_new(picture, db);
	return r;
}
