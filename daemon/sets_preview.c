#include "daemon/sets_preview.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>

#include "daemon/sets_load.h"
#include "daemon/statement.h"

/* The row as it stands; null when it is not there. */
static json_t *row_before(sqlite3_stmt *rows, int64_t id)
{
	json_t *json = NULL;

	sqlite3_reset(rows);
	sqlite3_bind_int64(rows, 1, id);
	if (id > 0 && sqlite3_step(rows) == SQLITE_ROW)
		json = json_loadb((const char *)sqlite3_column_text(rows, 0), (size_t)sqlite3_column_bytes(rows, 0), 0,
				  NULL);
	sqlite3_reset(rows);
	return json ? json : json_null();
}

static int item_tell(struct load *load, sqlite3_stmt *rows, const struct item *item, json_t *changes)
{
	struct str line = stage_text(load->stage, item->row);
	int r = reg_cells_read(&load->cells, load->def, line);
	json_t *after;

	if (r == 0)
		r = reg_cells_json(&load->cells, load->def, line);
	if (r < 0)
		return r;
	after = json_loadb(load->cells.json, load->cells.n_json, 0, NULL);
	json_array_append_new(changes,
			      json_pack("{s:s, s:I, s:o, s:o}", "change", item->old_id > 0 ? "changed" : "added",
					"line", (json_int_t)load->cells.row.line, "before",
					row_before(rows, item->old_id), "after", after ? after : json_null()));
	return 0;
}

static int changes_tell(struct load *load, struct sets_preview *ret, json_t *changes)
{
	sqlite3_stmt *rows = NULL;
	int r = statement_prepare(load->db, "SELECT data FROM register_row WHERE id = ?1", &rows);

	for (size_t i = 0; r == 0 && i < load->n_items; i++) {
		const struct item *item = &load->items[i];

		if (item->same)
			continue;
		ret->changed += item->old_id > 0;
		ret->added += item->old_id == 0;
		if (json_array_size(changes) < SETS_PREVIEW_ROWS)
			r = item_tell(load, rows, item, changes);
	}
	ret->removed = load->n_gone;
	for (size_t i = 0; r == 0 && i < load->n_gone && json_array_size(changes) < SETS_PREVIEW_ROWS; i++)
		json_array_append_new(changes, json_pack("{s:s, s:n, s:o, s:n}", "change", "removed", "line", "before",
							 row_before(rows, load->gone[i].id), "after"));
	sqlite3_finalize(rows);
	return r;
}

int sets_preview(struct stage *stage, sqlite3 *db, const struct register_def *def, const char *name,
		 struct sets_preview *ret, json_t **ret_changes)
{
	const struct set_end end = { .state = SET_OK, .origin = str_of(name) };
	_cleanup_(sets_load_done) struct load load = { .stage = stage, .db = db, .def = def, .end = &end };
	int r = 0;

	*ret = (struct sets_preview){ 0 };
	if (stage->too_large)
		r = sets_refuse(&load, TEXT_register_large, (const char *const[]){ "file", name, NULL });
	if (r == 0)
		r = sets_items(&load);
	if (r == 1) {
		str_copy(ret->error_ja, sizeof(ret->error_ja), str_of(load.error_ja));
		str_copy(ret->error_en, sizeof(ret->error_en), str_of(load.error_en));
		return -EBADMSG;
	}
	if (r == 0)
		r = sets_compare(&load);
	if (r < 0)
		return r;
	ret->rows = load.n_items;
	ret->was = load.n_old;
	ret->loss = sets_loss(&load);
	*ret_changes = json_array();
	return *ret_changes ? changes_tell(&load, ret, *ret_changes) : -ENOMEM;
}

int sets_row_key(const struct register_def *def, struct str line, char *buf, struct str *ret, int64_t *ret_line)
{
	_cleanup_(reg_cells_free) struct reg_cells cells = { 0 };
	int r = reg_cells_read(&cells, def, line);

	if (r < 0)
		return r;
	str_copy(buf, REG_KEY_MAX, cells.row.key);
	*ret = str_of(buf);
	*ret_line = cells.row.line;
	return 0;
}
