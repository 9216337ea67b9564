#include "daemon/sets.h"

#include <errno.h>
#include <sqlite3.h>

#include "core/register.h"
#include "daemon/sets_in.h"
#include "daemon/store.h"

int sets_new(struct str set, struct stage **ret)
{
	struct stage *stage;

	if (set.n >= sizeof(stage->set) || (!str_starts(set, STR("register:")) && !str_starts(set, STR("accounts:"))))
		return -EINVAL;
	stage = calloc(1, sizeof(*stage));
	if (!stage)
		return -ENOMEM;
	str_copy(stage->set, sizeof(stage->set), set);
	*ret = stage;
	return 0;
}

void sets_free(struct stage *stage)
{
	if (!stage)
		return;
	pool_free(&stage->pool);
	free(stage->rows);
	free(stage);
}

bool sets_is(const struct stage *stage, struct str set)
{
	return str_eq(str_of(stage->set), set);
}

size_t sets_rows(const struct stage *stage)
{
	return stage->n_rows;
}

int sets_row(struct stage *stage, const struct record *rec)
{
	size_t size = stage->size ? stage->size * 2 : 64;
	struct pool_text text;
	struct stage_row *rows;
	int r;

	if (stage->too_large || stage->n_rows >= SETS_ROWS || stage->pool.n + rec->text.n > SETS_BYTES) {
		stage->too_large = true;
		return 0;
	}
	if (stage->n_rows == stage->size) {
		rows = realloc(stage->rows, size * sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		stage->rows = rows;
		stage->size = size;
	}
	r = pool_utf8(&stage->pool, rec->text, SIZE_MAX, &text);
	if (r < 0)
		return r;
	stage->rows[stage->n_rows++] = (struct stage_row){ text.at, text.n };
	return 0;
}

int sets_apply(struct stage *stage, sqlite3 *db, const struct set_end *end, struct str system, usec_t now,
	       const struct sets_change *change, struct sets_result *ret)
{
	const struct register_def *def;
	struct str name = str_of(stage->set), kind = str_cut(&name, ':');

	*ret = (struct sets_result){ 0 };
	if (str_eq(kind, STR("accounts")))
		return sets_accounts(stage, db, end, system, now, change, ret);
	def = register_find(name);
	return def ? sets_register(stage, db, def, end, now, ret) : -EINVAL;
}
