/*
 * The rows of a register that were said against those that stand, by key.  What one would get wrong: the same key twice in
 * one file is fine when both rows say the same, and refuses the file when they do not.
 */

#include <errno.h>
#include <sqlite3.h>

#include "daemon/sets_load.h"
#include "daemon/store.h"

int sets_refuse(struct load *load, enum text text, const char *const *pairs)
{
	text_fill(load->error_ja, sizeof(load->error_ja), text_ja(text), pairs);
	text_fill(load->error_en, sizeof(load->error_en), text_en(text), pairs);
	return 1;
}

static uint32_t *slot_find(const struct load *load, struct str key, uint64_t hash)
{
	size_t i = hash & (load->n_slots - 1);

	for (; load->slots[i]; i = (i + 1) & (load->n_slots - 1)) {
		const struct item *item = &load->items[load->slots[i] - 1];

		if (item->hash == hash && str_eq(pool_str(&load->keys, item->key), key))
			break;
	}
	return &load->slots[i];
}

/* The key stands twice: fine when both rows say the same.  1 when refused. */
static int item_twice(struct load *load, const struct item *item, struct str line)
{
	char first[24], second[24], path[256];
	_free_ char *json = NULL;
	int r = reg_cells_json(&load->cells, load->def, line);

	if (r < 0)
		return r;
	json = str_dup(str_of(load->cells.json));
	snprintf(second, sizeof(second), "%lld", (long long)load->cells.row.line);
	r = reg_cells_read(&load->cells, load->def, stage_text(load->stage, item->row));
	if (r == 0)
		r = reg_cells_json(&load->cells, load->def, stage_text(load->stage, item->row));
	if (r < 0 || !json)
		return r < 0 ? r : -ENOMEM;
	if (!strcmp(json, load->cells.json))
		return 0;
	snprintf(first, sizeof(first), "%lld", (long long)load->cells.row.line);
	str_copy(path, sizeof(path), load->end->origin);
	return sets_refuse(load, TEXT_register_twice,
			   (const char *const[]){ "file", path, "first", first, "second", second, NULL });
}

/* Finds the key of every row that was said.  1 when refused. */
int sets_items(struct load *load)
{
	size_t n = load->stage->n_rows;
	int r = 0;

	load->n_slots = 64;
	while (load->n_slots < 2 * n)
		load->n_slots *= 2;
	load->items = calloc(n + 1, sizeof(*load->items));
	load->slots = calloc(load->n_slots, sizeof(*load->slots));
	if (!load->items || !load->slots)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct item *item = &load->items[load->n_items];
		struct str line = stage_text(load->stage, i);
		uint32_t *slot;

		r = reg_cells_read(&load->cells, load->def, line);
		if (r < 0)
			return r;
		item->hash = str_hash(load->cells.row.key, false);
		slot = slot_find(load, load->cells.row.key, item->hash);
		if (*slot) {
			r = item_twice(load, &load->items[*slot - 1], line);
			continue;
		}
		item->row = (uint32_t)i;
		r = pool_bytes(&load->keys, load->cells.row.key, &item->key);
		*slot = (uint32_t)++load->n_items;
	}
	return r;
}

static int gone_add(struct load *load, int64_t id, struct str key)
{
	size_t size = load->gone_size ? load->gone_size * 2 : 64;
	struct gone *gone;

	if (load->n_gone == load->gone_size) {
		gone = realloc(load->gone, size * sizeof(*gone));
		if (!gone)
			return -ENOMEM;
		load->gone = gone;
		load->gone_size = size;
	}
	load->gone[load->n_gone].id = id;
	return pool_bytes(&load->keys, key, &load->gone[load->n_gone++].key);
}

/* One row that stands: is it said again, and the same? */
static int row_compare(struct load *load, sqlite3_stmt *rows)
{
	struct str key = { (const char *)sqlite3_column_text(rows, 1), (size_t)sqlite3_column_bytes(rows, 1) };
	uint32_t slot = *slot_find(load, key, str_hash(key, false));
	struct item *item;
	struct str line;
	int r;

	if (!slot)
		return gone_add(load, sqlite3_column_int64(rows, 0), key);
	item = &load->items[slot - 1];
	item->old_id = sqlite3_column_int64(rows, 0);
	line = stage_text(load->stage, item->row);
	r = reg_cells_read(&load->cells, load->def, line);
	if (r == 0)
		r = reg_cells_json(&load->cells, load->def, line);
	if (r < 0)
		return r;
	item->same = str_eq(str_of((const char *)sqlite3_column_text(rows, 3)),
			    (struct str){ load->cells.json, load->cells.n_json });
	item->moved = load->cells.row.line != sqlite3_column_int64(rows, 2);
	return 0;
}

int sets_compare(struct load *load)
{
	sqlite3_stmt *rows = NULL;
	int r = store_errno(sqlite3_prepare_v2(
		load->db, "SELECT id, key, line, data FROM register_row WHERE kind = ? AND until IS NULL", -1, &rows,
		NULL));

	if (r == 0)
		sqlite3_bind_text(rows, 1, load->def->kind, -1, SQLITE_STATIC);
	while (r == 0) {
		int step = sqlite3_step(rows);

		if (step != SQLITE_ROW) {
			r = store_errno(step);
			break;
		}
		load->n_old++;
		r = row_compare(load, rows);
	}
	sqlite3_finalize(rows);
	return r;
}
