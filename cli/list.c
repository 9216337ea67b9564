#include "cli/list.h"

#define ROWS_DEFAULT 200

/* Fetches pages until @limit rows are there; appends them to @rows. */
static int fetch(const struct cli *cli, const char *path, int64_t limit, json_t *rows)
{
	_json_ json_t *cursor = NULL;

	for (;;) {
		_json_ json_t *page = NULL;
		char url[7168]; /* a cursor is up to 2 KB, and three times that when escaped */
		json_t *row;
		size_t i;
		int r;

		snprintf(url, sizeof(url), "%s", path);
		client_query(url, sizeof(url), "cursor", json_string_value(cursor));
		r = client_get(cli, url, &page);
		if (r != EX_OK)
			return r;
		json_array_foreach(json_object_get(page, "items"), i, row) if ((int64_t)json_array_size(rows) < limit)
			json_array_append(rows, row);
		json_decref(cursor);
		cursor = json_incref(json_object_get(page, "next"));
		if (!json_is_string(cursor) || !json_string_value(cursor)[0] || (int64_t)json_array_size(rows) >= limit)
			return EX_OK;
	}
}

static void print_rows(const struct cli *cli, const struct list *list, const json_t *rows)
{
	struct table table = { .columns = list->columns };
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *cells[16] = { 0 };
		char buf[512];

		list->cells(cli, row, cells, buf);
		out_row(&table, cells);
	}
	if (table.n > 0)
		out_table(cli, &table, 0);
	else
		puts(cli_text(cli, list->empty));
	out_table_free(&table);
}

int list_run(struct cli *cli, const struct list *list, int argc, char **argv)
{
	static const char *const flags[] = { NULL };
	const char *options[16] = { "limit" };
	const char *name, *value;
	_json_ json_t *rows = json_array();
	char path[1024];
	int64_t limit = ROWS_DEFAULT;
	int at = 1, r;

	for (size_t i = 0; list->filters[i]; i++)
		options[i + 1] = list->filters[i];
	snprintf(path, sizeof(path), "%s", list->path);
	while ((r = cli_option(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (strcmp(name, "limit"))
			client_query(path, sizeof(path), name, value);
		else if (!str_int(str_of(value), &limit) || limit < 1)
			return cli_fail(EX_USAGE, "--limit is a number of rows from 1");
	}
	if (r < 0 || at < argc)
		return cli_usage(argv[0]);
	r = fetch(cli, path, limit, rows);
	if (r != EX_OK)
		return r;
	if (list->sorted) {
		json_t *sorted = list->sorted(rows);

		json_decref(rows);
		rows = sorted;
	}
	if (cli->json)
		return client_print(rows);
	print_rows(cli, list, rows);
	return EX_OK;
}
