/* Acknowledgements: somebody has seen a finding and looks after it.  One, or as many as a person ticks, all or none. */

#include <errno.h>

#include <sqlite3.h>

#include "daemon/alerts/alerts.h"
#include "daemon/statement.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"
#include "dashboard/write.h"

#define WHY_BYTES 2000
#define RESOURCE_BYTES 500
#define ITEMS_MAX 1000

static int acks_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	json_t *rows;
	int r = table_rows(
		db,
		"SELECT id, at AS at_time, check_id AS \"check\", resource, who, nullif(why, '') AS why, until AS until_time"
		" FROM ack ORDER BY id DESC LIMIT 1000",
		NULL, NULL, &rows);

	if (r == 0)
		*ret = json_pack("{s:o, s:n}", "items", rows, "next");
	return r;
}

void api_acks(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, acks_ask);
}

struct ack {
	const char *check, *resource, *who, *why, *until;
	const json_t *items;
	usec_t end; /* of .until; 0: open */
};

static bool resource_known(sqlite3_stmt *stmt, const char *check, const char *resource)
{
	bool known = !strcmp(resource, "*");

	if (!known) {
		statement_bind(stmt, 1, str_of(check));
		statement_bind(stmt, 2, str_of(resource));
		known = sqlite3_step(stmt) == SQLITE_ROW;
		sqlite3_reset(stmt);
	}
	return known;
}

static int ack_insert(struct write *write, sqlite3_stmt *stmt, const char *check, const char *resource,
		      const struct ack *ack)
{
	json_t *row;
	int r;

	statement_bind(stmt, 1, str_of(check));
	statement_bind(stmt, 2, str_of(resource));
	statement_bind(stmt, 3, str_of(ack->who));
	statement_bind(stmt, 4, str_of(ack->why));
	sqlite3_bind_int64(stmt, 5, ack->end);
	sqlite3_bind_int64(stmt, 6, write->now);
	r = statement_run(stmt);
	if (r < 0)
		return r;
	row = json_pack("{s:I, s:o, s:s, s:s, s:s, s:s?, s:o}", "id", (json_int_t)sqlite3_last_insert_rowid(write->db),
			"at", json_time(write->now), "check", check, "resource", resource, "who", ack->who, "why",
			ack->why, "until", json_time(ack->end));
	return row && json_array_append_new(write->rows, row) == 0 ? 0 : -ENOMEM;
}

/* One of them, at @at of the list; -1: it stands alone. */
static int ack_put(struct write *write, sqlite3_stmt *look, sqlite3_stmt *insert, const struct ack *ack,
		   const char *check, const char *resource, int at)
{
	char field[32], where[24] = "";

	if (at >= 0)
		snprintf(where, sizeof(where), "items[%d].", at);
	if (!rules_check(judge_rules_now(write->http->daemon->judge), str_of(check))) {
		snprintf(field, sizeof(field), "%scheck", where);
		return COMPLAIN(&write->complaints, field, TEXT_say_check, "value", check);
	}
	if (!resource_known(look, check, resource)) {
		snprintf(field, sizeof(field), "%sresource", where);
		return COMPLAIN(&write->complaints, field, TEXT_say_no_row, "value", resource, "check", check);
	}
	return write->complaints.n > 0 ? -EINVAL : ack_insert(write, insert, check, resource, ack);
}

/* The names of an item of the list; false: it is none. */
static bool item_read(const json_t *item, const char **check, const char **resource)
{
	const json_t *first = json_object_get(item, "check"), *second = json_object_get(item, "resource");

	*check = json_string_value(first);
	*resource = json_string_value(second);
	return json_object_size(item) == 2 && *check && *resource && json_string_length(first) <= 200 &&
	       json_string_length(second) > 0 && json_string_length(second) <= RESOURCE_BYTES;
}

static int items_check(struct write *write, const struct ack *ack)
{
	const char *check, *resource;
	const json_t *item;
	bool good = json_array_size(ack->items) > 0 && json_array_size(ack->items) <= ITEMS_MAX;
	char max[16];
	size_t i;

	snprintf(max, sizeof(max), "%d", ITEMS_MAX);
	json_array_foreach(ack->items, i, item) good = good && item_read(item, &check, &resource);
	if (!ack->items && ack->check && ack->resource)
		return 0;
	if (!ack->items)
		complain(&write->complaints, ack->check ? "resource" : "check", TEXT_field_missing, NULL);
	else if (ack->check || ack->resource)
		complain(&write->complaints, "items", TEXT_ack_both, NULL);
	else if (!good)
		COMPLAIN(&write->complaints, "items", TEXT_ack_items, "max", max);
	write->shapeless = write->complaints.n > 0;
	return write->shapeless ? -EINVAL : 0;
}

static int all_put(struct write *write, const struct ack *ack)
{
	sqlite3_stmt *look = NULL, *insert = NULL;
	const char *check, *resource;
	const json_t *item;
	size_t i;
	int r = statement_prepare(write->db, "SELECT 1 FROM verdict WHERE check_id = ?1 AND resource = ?2", &look);

	if (r == 0)
		r = statement_prepare(write->db,
				      "INSERT INTO ack (at, check_id, resource, who, why, until)"
				      " VALUES (?6, ?1, ?2, ?3, ?4, nullif(?5, 0))",
				      &insert);
	if (r == 0 && !ack->items)
		r = ack_put(write, look, insert, ack, ack->check, ack->resource, -1);
	/* What is wrong with others is told too. */
	json_array_foreach(ack->items, i, item)
	{
		if (r < 0 && r != -EINVAL)
			break;
		item_read(item, &check, &resource);
		if (ack_put(write, look, insert, ack, check, resource, (int)i) < 0)
			r = write->complaints.n > 0 ? -EINVAL : -EIO;
	}
	sqlite3_finalize(look);
	sqlite3_finalize(insert);
	return r;
}

int acks_post(struct write *write)
{
	struct ack ack = { 0 };
	static const struct write_field fields[] = {
		{ "check", WRITE_TEXT, false, 0, offsetof(struct ack, check) },
		{ "resource", WRITE_TEXT, false, RESOURCE_BYTES, offsetof(struct ack, resource) },
		{ "items", WRITE_JSON, false, 0, offsetof(struct ack, items) },
		{ "who", WRITE_TEXT, true, 0, offsetof(struct ack, who) },
		{ "why", WRITE_TEXT, false, WHY_BYTES, offsetof(struct ack, why) },
		{ "until", WRITE_TEXT, false, 0, offsetof(struct ack, until) },
	};
	int r = write_fields(write, fields, COUNT(fields), &ack);

	if (r == 0)
		r = items_check(write, &ack);
	if (r < 0)
		return r;
	if (ack.until) {
		ack.end = alerts_until(write, "until", ack.until);
		alerts_until_good(write, "until", ack.end);
	}
	write->rows = json_array();
	r = write->rows ? all_put(write, &ack) : -ENOMEM;
	if (write->complaints.n > 0)
		return -EINVAL;
	if (r < 0)
		return r;
	write->answer = ack.items ? json_pack("{s:O}", "items", write->rows)
				  : json_incref(json_array_get(write->rows, 0));
	write->tables |= store_table("ack");
	alerts_look(write->http->daemon->alerts);
	return 0;
}
