#include "daemon/guard_names.h"

#include <errno.h>
#include <sqlite3.h>
#include <strings.h>

struct guard_names {
	unsigned refs;
	char **views, **tables; /* sorted */
	size_t n_views, n_tables;
};

static int by_name(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

bool guard_any(const char *name, const char *const *list, size_t n)
{
	return n > 0 && bsearch(&name, list, n, sizeof(*list), by_name);
}

bool guard_names_view(const struct guard_names *names, const char *name)
{
	return guard_any(name, (const char *const *)names->views, names->n_views);
}

bool guard_names_table(const struct guard_names *names, const char *name)
{
	return guard_any(name, (const char *const *)names->tables, names->n_tables);
}

static int name_add(char ***list, size_t *n, const char *name)
{
	char **names = realloc(*list, (*n + 1) * sizeof(*names));

	if (!names)
		return SQLITE_NOMEM;
	*list = names;
	names[*n] = strdup(name);
	if (!names[*n])
		return SQLITE_NOMEM;
	(*n)++;
	return SQLITE_OK;
}

struct guard_names *guard_names_ref(struct guard_names *names)
{
	names->refs++;
	return names;
}

void guard_names_unref(struct guard_names *names)
{
	if (!names || --names->refs > 0)
		return;
	for (size_t i = 0; i < names->n_views; i++)
		free(names->views[i]);
	for (size_t i = 0; i < names->n_tables; i++)
		free(names->tables[i]);
	free(names->views);
	free(names->tables);
	free(names);
}

int guard_names_read(struct sqlite3 *db, struct guard_names **ret)
{
	_cleanup_(guard_names_unrefp) struct guard_names *names = calloc(1, sizeof(*names));
	sqlite3_stmt *stmt = NULL;
	int r;

	if (!names)
		return -ENOMEM;
	names->refs = 1;
	r = sqlite3_prepare_v2(db,
			       "SELECT type = 'view', name FROM sqlite_schema WHERE type IN ('view', 'table')"
			       " ORDER BY name COLLATE NOCASE",
			       -1, &stmt, NULL);
	while (r == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 1);

		if (sqlite3_column_int(stmt, 0))
			r = name_add(&names->views, &names->n_views, name);
		else
			r = name_add(&names->tables, &names->n_tables, name);
	}
	sqlite3_finalize(stmt);
	if (r != SQLITE_OK)
		return r == SQLITE_NOMEM ? -ENOMEM : -EIO;
	/* The first use of json_each registers it, which the authorizer would take for a change of the schema. */
	if (sqlite3_prepare_v2(db, "SELECT 1 FROM json_each('[]'), json_tree('[]')", -1, &stmt, NULL) == SQLITE_OK)
		sqlite3_finalize(stmt);
	*ret = TAKE(names);
	return 0;
}
