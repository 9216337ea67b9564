/* One row of a register: added ("add to register" for what was observed), changed or removed.  The file stays as it is but for it. */

#include <errno.h>
#include <sqlite3.h>

#include "collectors/registers_file.h"
#include "daemon/reg_tables.h"
#include "daemon/sets_preview.h"
#include "daemon/statement.h"
#include "dashboard/registers.h"

/* Looks for the row of a key; or, without one, takes the key of the only row. */
struct search {
	const struct register_def *def;
	char key[REG_KEY_MAX];
	bool known;
	int line;
};

static int row_search(void *arg, struct str line)
{
	struct search *search = arg;
	char buf[REG_KEY_MAX];
	struct str key;
	int64_t at;
	int r = sets_row_key(search->def, line, buf, &key, &at);

	if (r == 0 && !search->known)
		str_copy(search->key, sizeof(search->key), key);
	else if (r == 0 && search->line == 0 && str_eq(key, str_of(search->key)))
		search->line = (int)at;
	return r;
}

/* The row must be good alone; it names its own key unless that of another is known. */
static int row_alone(struct write *write, const struct register_def *def, const struct register_row *row,
		     struct search *search)
{
	struct register_report report = { 0 };
	struct search own = { .def = def };
	_free_ char *alone = NULL;
	size_t n = 0;
	int r = registers_make(def, row, 1, &alone, &n);

	if (r == 0)
		r = registers_read_bytes(def, "row", (struct str){ alone, n }, row_search, &own, &report);
	if (r == -EBADMSG) {
		register_complain_refused(write, &report.why);
		write->complaints.list[0].line = 0;
		return -EINVAL;
	}
	if (r == 0 && report.rows != 1)
		return COMPLAIN(&write->complaints, "row", TEXT_register_row, "name", "row");
	if (!search->known)
		str_copy(search->key, sizeof(search->key), str_of(own.key));
	search->known = true;
	return r;
}

/* Which line of the file it is. */
static int row_find(struct write *write, const struct register_def *def, struct str text, struct search *search)
{
	struct register_report report = { 0 };
	int r = registers_read_bytes(def, "csv", text, row_search, search, &report);

	if (r != -EBADMSG)
		return r;
	register_complain_refused(write, &report.why);
	return -EEXIST; /* it was there before: nothing that was sent mends it */
}

/* The key of the row that ?id= names, as it stands now.  0: none is named; 1. */
static int row_named(struct write *write, const struct register_def *def, struct search *search)
{
	char buf[24];
	struct str value = { 0 };
	sqlite3_stmt *stmt = NULL;
	int64_t id = 0;
	int r = head_query(write->query, "id", buf, sizeof(buf), &value);

	if (r == 0)
		return 0;
	if (r < 0 || !str_int(value, &id) || id < 1) {
		write->shapeless = true;
		return COMPLAIN(&write->complaints, "id", TEXT_register_row_id, "name", "id");
	}
	r = statement_prepare(write->db, "SELECT key FROM register_row WHERE id = ?1 AND kind = ?2 AND until IS NULL",
			      &stmt);
	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_text(stmt, 2, def->kind, -1, SQLITE_STATIC);
	search->known = sqlite3_step(stmt) == SQLITE_ROW;
	if (search->known)
		str_copy(search->key, sizeof(search->key), str_of((const char *)sqlite3_column_text(stmt, 0)));
	sqlite3_finalize(stmt);
	if (search->known)
		return 1;
	COMPLAIN(&write->complaints, "id", TEXT_register_row_gone, "name", "id");
	return -EEXIST;
}

static int columns_known(struct write *write, const struct register_def *def, const struct register_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		char name[64];

		str_copy(name, sizeof(name), row->cells[i].heading);
		if (register_column(def, row->cells[i].heading) < 0)
			return COMPLAIN(&write->complaints, name, TEXT_register_column, "name", name);
	}
	return 0;
}

/* The file as CSV text in UTF-8; a workbook only where convert=1 says that it may become one. */
static int text_of(struct write *write, const struct register_def *def, const struct registers_folder *folder,
		   struct register_file *file, char **ret_book)
{
	struct refusal_place place = { .file = folder->names[0] };
	struct refusal why;
	bool convert = false;
	size_t n = 0;
	int r = registers_folder_read(folder, &file->bytes, &file->n);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return register_complain_folder(write, folder->names[0], r);
	if (registers_folder_workbook(folder)) {
		if (!register_flag(write, "convert", &convert))
			return -EINVAL;
		r = convert ? registers_from_workbook(def, (struct str){ file->bytes, file->n }, ret_book, &n)
			    : -EBADMSG;
		file->text = (struct str){ *ret_book, n };
		if (r != -EBADMSG)
			return r;
		COMPLAIN(&write->complaints, "convert", TEXT_register_workbook, "name", folder->names[0]);
		return -EEXIST;
	}
	return register_file_decode(file, &place, &why) < 0 ? register_complain_refused(write, &why) : 0;
}

/* The whole file with the row in it, or with @row NULL without the one that is named. */
static int row_text(struct write *write, const struct register_def *def, const struct registers_folder *folder,
		    const struct register_row *row, char **ret, size_t *ret_n)
{
	_cleanup_(register_file_close) struct register_file file = { 0 };
	struct search search = { .def = def };
	_free_ char *book = NULL;
	int named = row_named(write, def, &search), r = named;

	if (r >= 0 && named == 0 && !row) {
		write->shapeless = true;
		return COMPLAIN(&write->complaints, "id", TEXT_register_row_id, "name", "id");
	}
	if (r >= 0)
		r = text_of(write, def, folder, &file, &book);
	if (r >= 0 && row)
		r = row_alone(write, def, row, &search);
	if (r >= 0 && folder->files > 0)
		r = row_find(write, def, file.text, &search);
	if (r < 0)
		return r;
	if (named && search.line == 0) {
		COMPLAIN(&write->complaints, "id", TEXT_register_row_gone, "name", "id");
		return -EEXIST;
	}
	if (folder->files == 0)
		return registers_make(def, row, 1, ret, ret_n);
	return registers_edit(def, file.text, search.line, row, ret, ret_n);
}

int registers_post_row(struct write *write)
{
	static const struct write_field fields[] = { { "row", WRITE_JSON, true, 0, 0 } };
	struct register_row row = { 0 };
	struct registers_folder *folder;
	const struct register_def *def;
	const json_t *json = NULL;
	_free_ char *text = NULL;
	size_t n = 0;
	int r = register_open(write, &def, &folder);

	if (r == 0)
		r = write_fields(write, fields, COUNT(fields), &json);
	if (r == 0)
		r = register_row_read(write, def, json, &row);
	if (r == 0)
		r = columns_known(write, def, &row);
	if (r == 0)
		r = row_text(write, def, folder, &row, &text, &n);
	if (r == 0)
		r = register_put_bytes(write, def, folder, (struct str){ text, n });
	free((void *)row.cells);
	return r;
}

int registers_delete_row(struct write *write)
{
	struct registers_folder *folder;
	const struct register_def *def;
	_free_ char *text = NULL;
	size_t n = 0;
	int r = register_open(write, &def, &folder);

	if (r == 0)
		r = row_text(write, def, folder, NULL, &text, &n);
	return r < 0 ? r : register_put_bytes(write, def, folder, (struct str){ text, n });
}
