/* One row of a register: "add to register" for what was observed.  The file stays as it is but for that row. */

#include <errno.h>

#include "collectors/registers_file.h"
#include "daemon/reg_tables.h"
#include "daemon/sets_preview.h"
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

/* Which line of the file the row replaces; it must be good alone.  -EINVAL with complaints. */
static int row_place(struct write *write, const struct register_def *def, const struct register_row *row,
		     const char *name, struct str file, struct search *search)
{
	struct register_report report = { 0 };
	_free_ char *alone = NULL;
	size_t n = 0;
	int r = registers_make(def, row, 1, &alone, &n);

	if (r == 0)
		r = registers_read_bytes(def, "row", (struct str){ alone, n }, row_search, search, &report);
	if (r == -EBADMSG) {
		register_complain_refused(write, &report.why);
		write->complaints.list[0].line = 0;
		return -EINVAL;
	}
	if (r == 0 && report.rows != 1)
		return COMPLAIN(&write->complaints, "row", TEXT_register_row, "name", "row");
	search->known = true;
	if (r == 0 && file.n > 0)
		r = registers_read_bytes(def, name, file, row_search, search, &report);
	if (r != -EBADMSG)
		return r;
	register_complain_refused(write, &report.why);
	return -EEXIST; /* it was there before: nothing that was sent mends it */
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

/* The whole file with the row in it. */
static int row_text(struct write *write, const struct register_def *def, const struct registers_folder *folder,
		    const struct register_row *row, char **ret, size_t *ret_n)
{
	_cleanup_(register_file_close) struct register_file file = { 0 };
	struct search search = { .def = def };
	struct refusal_place place = { .file = folder->names[0] };
	struct refusal why;
	int r = registers_folder_read(folder, &file.bytes, &file.n);

	if (r < 0 && r != -ENOENT)
		return register_complain_folder(write, folder->names[0], r);
	if (registers_folder_workbook(folder)) {
		COMPLAIN(&write->complaints, "", TEXT_register_workbook, "name", folder->names[0]);
		return -EEXIST;
	}
	r = row_place(write, def, row, place.file, (struct str){ file.bytes, file.n }, &search);
	if (r < 0)
		return r;
	if (folder->files == 0)
		return registers_make(def, row, 1, ret, ret_n);
	if (register_file_decode(&file, &place, &why) < 0)
		return register_complain_refused(write, &why);
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
