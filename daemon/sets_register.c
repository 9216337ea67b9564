/*
 * A register that was told whole: what differs from the rows that stood is closed and added, by key, in one transaction.
 * What one would get wrong: a refused file changes no row, and one that lost over half of its rows is refused until somebody
 * confirms it.
 */

#include <errno.h>
#include <sqlite3.h>

#include "daemon/sets_load.h"
#include "daemon/statement.h"
#include "daemon/store.h"

void sets_load_done(struct load *load)
{
	pool_free(&load->keys);
	free(load->items);
	free(load->slots);
	free(load->gone);
	reg_cells_free(&load->cells);
}

/* Did somebody confirm this very file?  `tenken register import --force` leaves its digest beside, as KIND.confirm. */
static bool confirmed_beside(const struct load *load)
{
	char path[4200], line[128] = "";
	struct str folder = load->end->origin;
	_fclose_ FILE *f = NULL;

	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (folder.n == 0 || folder.n > 4096)
		return false;
	snprintf(path, sizeof(path), STR_FMT "%s.confirm", STR_ARG(folder), load->def->kind);
	f = fopen(path, "re");
	return f && fgets(line, sizeof(line), f) && str_eq(str_trim(str_of(line)), load->end->digest);
}

/* Over half of the rows lost: 1, unless somebody confirmed this very file there or in meta "confirm:KIND". */
static int loss_check(struct load *load)
{
	char name[64], value[128], was[24], rows[24], path[256];

	if (!sets_loss(load))
		return 0;
	snprintf(name, sizeof(name), "confirm:%s", load->def->kind);
	if (load->end->digest.n > 0 && store_meta_get(load->db, name, value, sizeof(value)) &&
	    str_eq(str_of(value), load->end->digest))
		return store_meta_set(load->db, name, "");
	if (load->end->digest.n > 0 && confirmed_beside(load))
		return 0;
	snprintf(was, sizeof(was), "%zu", load->n_old);
	snprintf(rows, sizeof(rows), "%zu", load->n_items);
	str_copy(path, sizeof(path), load->end->origin);
	return sets_refuse(
		load, TEXT_register_half,
		(const char *const[]){ "file", path, "kind", load->def->kind, "was", was, "rows", rows, NULL });
}

struct writing {
	sqlite3_stmt *close, *add, *move;
	struct reg_writer *writer;
};

static void writing_done(struct writing *w)
{
	sqlite3_finalize(w->close);
	sqlite3_finalize(w->add);
	sqlite3_finalize(w->move);
	reg_writer_free(w->writer);
}

static int row_close(struct load *load, struct writing *w, int64_t id, struct str key)
{
	int r;

	touched_key(&load->rows, key);
	sqlite3_bind_int64(w->close, 1, load->now);
	sqlite3_bind_int64(w->close, 2, id);
	r = statement_run(w->close);
	return r < 0 ? r : reg_writer_drop(w->writer, key);
}

static int row_add(struct load *load, struct writing *w, struct str line)
{
	int r = reg_cells_json(&load->cells, load->def, line);

	if (r < 0)
		return r;
	touched_key(&load->rows, load->cells.row.key);
	statement_bind(w->add, 1, str_of(load->def->kind));
	statement_bind(w->add, 2, load->cells.row.key);
	sqlite3_bind_int64(w->add, 3, load->cells.row.line);
	statement_bind(w->add, 4, (struct str){ load->cells.json, load->cells.n_json });
	sqlite3_bind_int64(w->add, 5, load->now);
	r = statement_run(w->add);
	return r < 0 ? r : reg_writer_put(w->writer, &load->cells.row);
}

static int item_write(struct load *load, struct writing *w, const struct item *item)
{
	struct str line = stage_text(load->stage, item->row), key = pool_str(&load->keys, item->key);
	int r;

	if (item->same && !item->moved)
		return 0;
	r = reg_cells_read(&load->cells, load->def, line);
	if (r < 0)
		return r;
	if (item->same) {
		sqlite3_bind_int64(w->move, 1, load->cells.row.line);
		sqlite3_bind_int64(w->move, 2, item->old_id);
		r = statement_run(w->move);
		return r < 0 ? r : reg_writer_line(w->writer, key, load->cells.row.line);
	}
	load->changed += item->old_id > 0;
	load->added += item->old_id == 0;
	r = item->old_id > 0 ? row_close(load, w, item->old_id, key) : 0;
	return r < 0 ? r : row_add(load, w, line);
}

static int rows_write(struct load *load)
{
	_cleanup_(writing_done) struct writing w = { 0 };
	int r = reg_writer_new(load->db, load->def, &w.writer);

	if (r == 0)
		r = statement_prepare(load->db, "UPDATE register_row SET until = ? WHERE id = ?", &w.close);
	if (r == 0)
		r = statement_prepare(load->db,
				      "INSERT INTO register_row (kind, key, line, data, since) VALUES (?, ?, ?, ?, ?)",
				      &w.add);
	if (r == 0)
		r = statement_prepare(load->db, "UPDATE register_row SET line = ? WHERE id = ?", &w.move);
	for (size_t i = 0; r == 0 && i < load->n_gone; i++)
		r = row_close(load, &w, load->gone[i].id, pool_str(&load->keys, load->gone[i].key));
	for (size_t i = 0; r == 0 && i < load->n_items; i++)
		r = item_write(load, &w, &load->items[i]);
	load->removed = (int64_t)load->n_gone;
	return r;
}

/* Remembers how it stands now; 1 when that is another state, file or content than before. */
static int state_write(struct load *load, enum set_state state)
{
	static const char *const sql[] = {
		[SET_OK] =
			"INSERT INTO register (kind, state, path, digest, rows, updated_at, updated_by, loaded_at)"
			" VALUES (?1, 'ok', ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET state = 'ok', path = ?2, digest = ?3,"
			" rows = ?4, updated_at = ?5, updated_by = ?6, loaded_at = ?7, refused_at = 0, error_ja = '', error_en = ''",
		[SET_MISSING] =
			"INSERT INTO register (kind, state, path) VALUES (?1, 'missing', ?2) ON CONFLICT DO UPDATE SET"
			" state = 'missing', path = ?2, digest = '', rows = 0, updated_at = 0, updated_by = '',"
			" refused_at = 0, error_ja = '', error_en = ''",
		[SET_REFUSED] =
			"INSERT INTO register (kind, state, path, refused_at, error_ja, error_en)"
			" VALUES (?1, 'refused', ?2, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET refused_at ="
			" CASE state WHEN 'refused' THEN refused_at ELSE ?7 END, state = 'refused', path = ?2, error_ja = ?8,"
			" error_en = ?9",
	};
	static const char *const texts[] = { [SET_OK] = "ok", [SET_MISSING] = "missing", [SET_REFUSED] = "refused" };
	sqlite3_stmt *was = NULL, *set = NULL;
	bool news = true, turned = true;
	int r = statement_prepare(load->db, "SELECT state, digest, error_en, rows FROM register WHERE kind = ?", &was);

	if (r == 0) {
		statement_bind(was, 1, str_of(load->def->kind));
		if (sqlite3_step(was) == SQLITE_ROW) {
			turned = strcmp((const char *)sqlite3_column_text(was, 0), texts[state]) != 0 ||
				 (state == SET_OK && (sqlite3_column_int64(was, 3) > 0) != (load->n_items > 0)) ||
				 (state == SET_REFUSED &&
				  strcmp((const char *)sqlite3_column_text(was, 2), load->error_en) != 0);
			news = turned || (state == SET_OK && !str_eq(str_of((const char *)sqlite3_column_text(was, 1)),
								     load->end->digest));
		}
		r = statement_prepare(load->db, sql[state], &set);
	}
	sqlite3_finalize(was);
	if (r < 0)
		return r;
	load->turned = turned;
	statement_bind(set, 1, str_of(load->def->kind));
	statement_bind(set, 2, load->end->origin);
	if (state == SET_OK) {
		statement_bind(set, 3, load->end->digest);
		sqlite3_bind_int64(set, 4, (int64_t)load->n_items);
		sqlite3_bind_int64(set, 5, load->end->updated_at);
		statement_bind(set, 6, load->end->updated_by);
	}
	if (state != SET_MISSING)
		sqlite3_bind_int64(set, 7, load->now);
	if (state == SET_REFUSED) {
		statement_bind(set, 8, str_of(load->error_ja));
		statement_bind(set, 9, str_of(load->error_en));
	}
	r = statement_run(set);
	sqlite3_finalize(set);
	return r < 0 ? r : news;
}

static int history_write(struct load *load, enum set_state state)
{
	static const char *const texts[] = { [SET_OK] = "ok", [SET_MISSING] = "missing", [SET_REFUSED] = "refused" };
	const int64_t numbers[] = { (int64_t)(state == SET_OK        ? load->n_items
					      : state == SET_REFUSED ? load->n_old
								     : 0),
				    load->added, load->changed, load->removed };
	sqlite3_stmt *add = NULL;
	int r = statement_prepare(
		load->db,
		"INSERT INTO register_history (at, kind, state, digest, detail, rows, added, changed, removed)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&add);

	if (r < 0)
		return r;
	sqlite3_bind_int64(add, 1, load->now);
	statement_bind(add, 2, str_of(load->def->kind));
	statement_bind(add, 3, str_of(texts[state]));
	statement_bind(add, 4, load->end->digest);
	statement_bind(add, 5, str_of(load->error_en));
	for (int i = 0; i < 4; i++)
		sqlite3_bind_int64(add, 6 + i, numbers[i]);
	r = statement_run(add);
	sqlite3_finalize(add);
	return r;
}

/* What the end says, and what the rows themselves say against it. */
static int load_judge(struct load *load, enum set_state *ret)
{
	char path[256];
	int r = 0;

	*ret = load->end->state;
	if (*ret == SET_REFUSED) {
		str_copy(load->error_ja, sizeof(load->error_ja), load->end->error_ja);
		str_copy(load->error_en, sizeof(load->error_en), load->end->error_en);
		load->stage->n_rows = 0;
		return 0;
	}
	if (*ret == SET_MISSING)
		load->stage->n_rows = 0;
	if (load->stage->too_large) {
		str_copy(path, sizeof(path), load->end->origin);
		r = sets_refuse(load, TEXT_register_large, (const char *const[]){ "file", path, NULL });
	}
	if (r == 0)
		r = sets_items(load);
	if (r == 0)
		r = sets_compare(load);
	if (r == 0 && *ret == SET_OK)
		r = loss_check(load);
	if (r == 1)
		*ret = SET_REFUSED;
	return r < 0 ? r : 0;
}

static bool has_lists(const struct register_def *def)
{
	for (size_t i = 0; i < def->n_columns; i++)
		if (reg_column_list(def, i))
			return true;
	return false;
}

int sets_register(struct stage *stage, sqlite3 *db, const struct register_def *def, const struct set_end *end,
		  usec_t now, struct sets_result *ret)
{
	_cleanup_(sets_load_done) struct load load = { .stage = stage, .db = db, .def = def, .end = end, .now = now };
	char table[64];
	enum set_state state;
	bool rows;
	int r = load_judge(&load, &state);

	if (r == 0 && state != SET_REFUSED)
		r = rows_write(&load);
	if (r == 0)
		r = state_write(&load, state);
	rows = load.added + load.changed + load.removed > 0;
	if (r == 1 || (r == 0 && rows))
		r = history_write(&load, state);
	if (r < 0)
		return r;
	snprintf(table, sizeof(table), "reg_%s", def->kind);
	/* A register that is there as before, with other rows, concerns those alone who ask for it. */
	ret->tables = store_table(table) | (load.turned ? store_table("register") : 0) |
		      (rows ? store_table("register_row") : 0) |
		      (rows && has_lists(def) ? store_table("register_value") : 0);
	ret->rows = load.rows;
	if (rows && !strcmp(def->kind, "calendar"))
		ret->tables = UINT64_MAX; /* business_days() reads it behind the authorizer's back */
	ret->systems = rows && (!strcmp(def->kind, "systems") || !strcmp(def->kind, "log_sources"));
	ret->refused = state == SET_REFUSED;
	str_copy(ret->error, sizeof(ret->error), str_of(load.error_en));
	return 0;
}
