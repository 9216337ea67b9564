/*
 * Registers from the page: a whole file, or one row.  What comes is read as the collector reads a file, compared with what
 * stands, and put into the folder; the collector takes it up from there.  What one would get wrong: the answer says what will
 * change, the rows change a moment later.
 */

#include <errno.h>

#include "collectors/collector.h"
#include "collectors/registers_file.h"
#include "daemon/sets_preview.h"
#include "dashboard/registers.h"
#include "dashboard/tables.h"

#define TRAIL_ROWS 20   /* of a change, that stand in the trail */
#define COLUMNS_MAX 128 /* of a row that is sent */

bool register_flag(struct write *write, const char *name, bool *ret)
{
	char buf[8];
	struct str value = { 0 };
	int r = head_query(write->query, name, buf, sizeof(buf), &value);

	*ret = r == 1 && str_eq(value, STR("1"));
	if (r == 0 || (r == 1 && (*ret || str_eq(value, STR("0")))))
		return true;
	COMPLAIN(&write->complaints, name, TEXT_register_flag, "name", name);
	write->shapeless = true;
	return false;
}

const char *register_folder(const struct config *config)
{
	for (size_t i = 0; i < config->n_collectors; i++)
		if (strcmp(config->collectors[i].collector->name, "registers") == 0)
			return config->collectors[i].enabled ? setting(&config->collectors[i].settings, "directory")
							     : NULL;
	return NULL;
}

static int complain_said(struct write *write, const char *field, const char *ja, const char *en)
{
	struct complaint *complaint = &write->complaints.list[0];

	str_copy(complaint->field, sizeof(complaint->field), str_of(field));
	str_copy(complaint->ja, sizeof(complaint->ja), str_of(ja));
	str_copy(complaint->en, sizeof(complaint->en), str_of(en));
	write->complaints.n = 1;
	return -EINVAL;
}

int register_complain_refused(struct write *write, const struct refusal *why)
{
	complain_said(write, write->csv ? "file" : "rows", why->ja, why->en);
	write->complaints.list[0].line = why->line;
	str_copy(write->complaints.list[0].column, sizeof(why->column), str_of(why->column));
	return -EINVAL;
}

int register_complain_folder(struct write *write, const char *path, int r)
{
	COMPLAIN(&write->complaints, "", TEXT_register_folder, "path", path ? path : "", "error", strerror(-r));
	return r == -ENOMEM ? r : -EEXIST;
}

/* The folder, where one file at most is there and it is no link.  To be closed also on failure. */
static int folder_open(struct write *write, const struct register_def *def, struct registers_folder *folder)
{
	const char *path = register_folder(write->http->daemon->config);
	int r = path ? registers_folder_open(folder, path, def) : -ENOENT;

	if (r < 0)
		return register_complain_folder(write, path, r);
	if (folder->foreign) {
		COMPLAIN(&write->complaints, "", TEXT_register_link, "name", folder->names[0]);
		return -EEXIST;
	}
	if (folder->files > 1) {
		COMPLAIN(&write->complaints, "", TEXT_file_two, "other", folder->names[1]);
		return -EEXIST;
	}
	return 0;
}

void register_version(const char *digest, char ret[static 24])
{
	snprintf(ret, 24, "%.16s", digest ? digest : "none");
}

/* True when one of the tags in If-Match begins with @version: the rest of a tag is the page's that was read. */
static bool version_matches(struct str wanted, const char *version, bool there)
{
	while (wanted.n > 0) {
		struct str one = str_trim(str_cut(&wanted, ','));

		if (str_eq(one, STR("*")) && there)
			return true;
		/* Compared strongly: a weak tag never matches (RFC 9110 13.1.1). */
		if (one.n < 2 || one.p[0] != '"' || one.p[one.n - 1] != '"')
			continue;
		one = (struct str){ one.p + 1, one.n - 2 };
		if (str_eq(str_cut(&one, '.'), str_of(version)))
			return true;
	}
	return false;
}

/* Whoever says what he has seen changes nothing that has changed since. */
static int version_check(struct write *write, const struct registers_folder *folder)
{
	_free_ char *bytes = NULL;
	char digest[65], version[24];
	size_t n = 0;
	int r = 0;

	if (!write->if_match.p)
		return 0;
	if (folder->files > 0)
		r = registers_folder_read(folder, &bytes, &n);
	if (r == 0 && folder->files > 0)
		r = register_digest((struct str){ bytes, n }, digest);
	if (r < 0)
		return register_complain_folder(write, folder->names[0], r);
	register_version(folder->files > 0 ? digest : NULL, version);
	if (version_matches(write->if_match, version, folder->files > 0))
		return 0;
	complain(&write->complaints, "", TEXT_register_changed, NULL);
	return -ESTALE;
}

static int put_land(struct write *write)
{
	return registers_folder_land(write->state, write->now);
}

static void put_drop(struct write *write, bool kept)
{
	struct registers_folder *folder = write->state;

	if (!kept)
		registers_folder_undo(folder);
	registers_folder_close(folder);
	free(folder);
}

static int row_stage(void *arg, struct str line)
{
	return sets_row(arg, &(struct record){ .text = line, .raw = line });
}

/* What the trail tells of the rows themselves; the former file is kept beside. */
static json_t *changes_some(const json_t *changes)
{
	json_t *some = json_array();

	for (size_t i = 0; i < json_array_size(changes) && i < TRAIL_ROWS; i++)
		json_array_append(some, json_array_get(changes, i));
	return some;
}

/* The trail, and the digest by which the collector's reader takes a file that lost over half of its rows. */
static int put_note(struct write *write, const struct register_def *def, const struct sets_preview *preview,
		    const char *digest)
{
	struct registers_folder *folder = write->state;
	_free_ char *old = NULL;
	char was[65] = "", name[64];
	size_t n = 0;
	int r = registers_folder_read(folder, &old, &n);

	if (r == 0)
		r = register_digest((struct str){ old, n }, was);
	if (r < 0 && r != -ENOENT)
		return register_complain_folder(write, folder->names[0], r);
	write->before = json_pack("{s:s, s:s, s:I}", "file", folder->files > 0 ? folder->names[0] : "", "digest", was,
				  "rows", (json_int_t)preview->was);
	write->after = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o}", "file", folder->name, "digest", digest, "rows",
				 (json_int_t)preview->rows, "added", (json_int_t)preview->added, "changed",
				 (json_int_t)preview->changed, "removed", (json_int_t)preview->removed, "changes",
				 changes_some(json_object_get(write->answer, "changes")));
	if (!write->before || !write->after)
		return -ENOMEM;
	if (!preview->loss)
		return 0;
	snprintf(name, sizeof(name), "confirm:%s", def->kind);
	return store_meta_set(write->db, name, digest);
}

static int put_compare(struct write *write, const struct register_def *def, struct str bytes, const char *name,
		       struct sets_preview *preview, struct register_report *report)
{
	_cleanup_(sets_freep) struct stage *stage = NULL;
	char set[96];
	json_t *changes = NULL;
	int r;

	snprintf(set, sizeof(set), "register:%s", def->kind);
	r = sets_new(str_of(set), &stage);
	if (r < 0)
		return r;
	r = registers_read_bytes(def, name, bytes, row_stage, stage, report);
	if (r == -EBADMSG)
		return register_complain_refused(write, &report->why);
	if (r == 0)
		r = sets_preview(stage, write->db, def, name, preview, &changes);
	if (r == -EBADMSG)
		return complain_said(write, write->csv ? "file" : "rows", preview->error_ja, preview->error_en);
	if (r < 0) {
		json_decref(changes);
		return r;
	}
	write->answer = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:o, s:o}", "kind", def->kind,
				  "digest", report->digest, "rows", (json_int_t)preview->rows, "was",
				  (json_int_t)preview->was, "added", (json_int_t)preview->added, "changed",
				  (json_int_t)preview->changed, "removed", (json_int_t)preview->removed,
				  "needs_confirm", preview->loss, "equal_rows", (json_int_t)report->equal,
				  "unknown_headings", json_text(report->unknown), "changes", changes);
	return write->answer ? 0 : -ENOMEM;
}

/* @bytes become the register's file.  Takes @folder over. */
int register_put_bytes(struct write *write, const struct register_def *def, struct registers_folder *folder,
		       struct str bytes)
{
	struct sets_preview preview = { 0 };
	struct register_report report = { 0 };
	bool dry = false, confirm = false;
	char name[64], was[24], rows[24], version[24];
	int r;

	write->state = folder;
	write->drop = put_drop;
	if (!register_flag(write, "dry_run", &dry) || !register_flag(write, "confirm", &confirm))
		return -EINVAL;
	snprintf(name, sizeof(name), "%s.csv", def->kind);
	r = put_compare(write, def, bytes, name, &preview, &report);
	if (r < 0)
		return r;
	json_object_set_new(write->answer, "dry_run", json_boolean(dry));
	register_version(report.digest, version);
	json_object_set_new(write->answer, "version", json_string(version));
	write->preview = dry;
	if (dry)
		return 0;
	if (preview.loss && !confirm) {
		snprintf(was, sizeof(was), "%zu", preview.was);
		snprintf(rows, sizeof(rows), "%zu", preview.rows);
		COMPLAIN(&write->complaints, "confirm", TEXT_register_confirm, "was", was, "rows", rows);
		return -EEXIST;
	}
	r = registers_folder_draft(folder, bytes);
	if (r < 0)
		return r == -ENOSPC ? r
				    : register_complain_folder(write, register_folder(write->http->daemon->config), r);
	write->land = put_land;
	return put_note(write, def, &preview, report.digest);
}

/* A member of a row as it would stand in a cell. */
static bool cell_of(const json_t *value, struct str *ret)
{
	if (json_is_string(value))
		*ret = (struct str){ json_string_value(value), json_string_length(value) };
	else if (json_is_boolean(value))
		*ret = json_is_true(value) ? STR("yes") : STR("no");
	else if (json_is_null(value))
		*ret = (struct str){ 0 };
	else
		return false;
	return true;
}

/* The cells of one row, borrowed from it, owned by the caller. */
int register_row_read(struct write *write, const struct register_def *def, const json_t *json, struct register_row *ret)
{
	struct register_cell *cells = calloc(json_object_size(json) + 1, sizeof(*cells));
	const char *key;
	json_t *value;

	*ret = (struct register_row){ .cells = cells };
	if (!cells)
		return -ENOMEM;
	if (json_object_size(json) == 0 || json_object_size(json) > COLUMNS_MAX)
		return COMPLAIN(&write->complaints, "row", TEXT_register_row, "name", "row");
	json_object_foreach((json_t *)json, key, value)
	{
		struct register_cell *cell = &cells[ret->n++];

		cell->heading = str_of(key);
		if (!cell_of(value, &cell->text))
			return COMPLAIN(&write->complaints, key, TEXT_register_cell, "name", key);
		if (registers_formula(cell->text) || registers_formula(cell->heading))
			return COMPLAIN(&write->complaints, key, TEXT_register_formula, "name", key);
		for (size_t i = 0; i + 1 < ret->n; i++)
			if (register_column(def, cells[i].heading) >= 0 &&
			    register_column(def, cells[i].heading) == register_column(def, cell->heading))
				return COMPLAIN(&write->complaints, key, TEXT_register_cell_twice, "name", key);
	}
	return 0;
}

static void rows_free(struct register_row *rows, size_t n)
{
	for (size_t i = 0; rows && i < n; i++)
		free((void *)rows[i].cells);
	free(rows);
}

/* {"rows":[{...}]} as the CSV text that it would be. */
static int rows_text(struct write *write, const struct register_def *def, char **ret, size_t *ret_n)
{
	static const struct write_field fields[] = { { "rows", WRITE_JSON, true, 0, 0 } };
	const json_t *list = NULL;
	struct register_row *rows;
	size_t n;
	int r = write_fields(write, fields, COUNT(fields), &list);

	if (r < 0)
		return r;
	if (!json_is_array(list))
		return COMPLAIN(&write->complaints, "rows", TEXT_register_row, "name", "rows");
	n = json_array_size(list);
	rows = calloc(n + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = register_row_read(write, def, json_array_get(list, i), &rows[i]);
	if (r == 0)
		r = registers_make(def, rows, n, ret, ret_n);
	rows_free(rows, n);
	return r == -E2BIG ? COMPLAIN(&write->complaints, "rows", TEXT_register_row, "name", "rows") : r;
}

/* The folder of the kind that the path names, owned by the caller. */
int register_open(struct write *write, const struct register_def **ret_def, struct registers_folder **ret)
{
	int r;

	*ret_def = register_find(write->name);
	if (!*ret_def)
		return -ENOENT;
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->dir = -1;
	r = folder_open(write, *ret_def, *ret);
	if (r == 0)
		r = version_check(write, *ret);
	write->state = *ret;
	write->drop = put_drop;
	return r;
}

/* A workbook becomes the CSV file in which rows can be changed.  It is read first as it came: so places are those of the sheet. */
static int workbook_put(struct write *write, const struct register_def *def, struct registers_folder *folder)
{
	struct register_report report = { 0 };
	_free_ char *text = NULL;
	char name[64];
	size_t n = 0;
	int r;

	snprintf(name, sizeof(name), "%s.xlsx", def->kind);
	r = registers_read_bytes(def, name, write->body, NULL, NULL, &report);
	if (r == -EBADMSG)
		return register_complain_refused(write, &report.why);
	if (r == 0)
		r = registers_from_workbook(def, write->body, &text, &n);
	return r < 0 ? r : register_put_bytes(write, def, folder, (struct str){ text, n });
}

int registers_put(struct write *write)
{
	struct registers_folder *folder;
	const struct register_def *def;
	_free_ char *text = NULL;
	size_t n = 0;
	int r = register_open(write, &def, &folder);

	if (r < 0)
		return r;
	if (write->csv && write->workbook)
		return workbook_put(write, def, folder);
	if (write->csv)
		return register_put_bytes(write, def, folder, write->body);
	r = rows_text(write, def, &text, &n);
	return r < 0 ? r : register_put_bytes(write, def, folder, (struct str){ text, n });
}
