/* Which registers there are, how each stands, and what its columns take: what a form or a table of them is made of. */

#include "core/register.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

static const char *const types[] = {
	[COLUMN_TEXT] = "text",   [COLUMN_DATE] = "date",     [COLUMN_TIME] = "time", [COLUMN_HOURS] = "hours",
	[COLUMN_BOOL] = "bool",   [COLUMN_NUMBER] = "number", [COLUMN_ID] = "id",     [COLUMN_ENUM] = "enum",
	[COLUMN_MACS] = "macs",   [COLUMN_IPS] = "ips",       [COLUMN_NETS] = "nets", [COLUMN_NAMES] = "names",
	[COLUMN_PHONE] = "phone",
};

/* "a b" as a list. */
static json_t *names_json(const char *names)
{
	struct str rest = str_of(names);
	json_t *list = json_array();

	while (rest.n > 0)
		json_array_append_new(list, json_str(str_cut(&rest, ' ')));
	return list;
}

/* "server=サーバ|server terminal=..." as [{"value","ja"}]. */
static json_t *values_json(const char *values)
{
	struct str rest = str_of(values);
	json_t *list = json_array();

	while (rest.n > 0) {
		struct str choice = str_cut(&rest, ' '), value = str_cut(&choice, '=');
		struct str ja = choice.n > 0 ? str_cut(&choice, '|') : value;

		json_array_append_new(list, json_pack("{s:o, s:o}", "value", json_str(value), "ja", json_str(ja)));
	}
	return list;
}

void register_columns_put(const struct register_def *def, json_t *json)
{
	json_t *columns = json_array();

	for (size_t i = 0; i < def->n_columns; i++) {
		const struct column *column = &def->columns[i];
		json_t *one = json_pack("{s:s, s:s, s:s, s:b}", "name", column->name, "ja", column->ja, "type",
					types[column->type], "required", column->required);

		if (column->values && one)
			json_object_set_new(one, "values", values_json(column->values));
		if (column->example && column->example[0] && one)
			json_object_set_new(one, "example", json_text(column->example));
		json_array_append_new(columns, one);
	}
	json_object_set_new(json, "columns", columns);
	json_object_set_new(json, "key", names_json(def->key));
	json_object_set_new(json, "any_of", names_json(def->any_of));
}

static int list_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	json_t *all, *row, *items;
	size_t i;
	int r = table_registers(db, &all);

	if (r < 0)
		return r;
	items = json_array();
	for (size_t k = 0; k < n_registers; k++) {
		json_t *one = json_pack("{s:s, s:o, s:s, s:i}", "kind", registers[k].kind, "title",
					json_both(registers[k].ja, registers[k].en), "state", "missing", "rows", 0);

		json_array_foreach(all, i, row) if (strcmp(json_string_value(json_object_get(row, "kind")),
							   registers[k].kind) == 0) json_object_update(one, row);
		json_array_append_new(items, one);
	}
	json_decref(all);
	*ret = json_pack("{s:o, s:n}", "items", items, "next");
	return 0;
}

void api_register_list(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, list_ask);
}
