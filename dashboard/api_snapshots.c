/* Snapshots over HTTP: the list, one, what changed between two, whether the chain is whole, and taking one. */
#include <errno.h>
#include <sqlite3.h>

#include "daemon/snapshots/bundle.h"
#include "daemon/snapshots/snapshots.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"
#include "dashboard/verifying.h"
#include "dashboard/write.h"

#define HEADER                                                                                                  \
	"number, taken_at AS taken_time, reason, who, site, lower(hex(head)) AS head, key_id AS key, percent, " \
	"coverage_percent, bytes, new_bytes, manifest <> x'' AS kept"

static void code_add(json_t *row)
{
	const char *hex = json_string_value(json_object_get(row, "head"));
	unsigned char head[CHAIN_DIGEST];
	char code[CHAIN_CODE];

	if (!hex || !chain_unhex(str_of(hex), head, CHAIN_DIGEST))
		return;
	chain_code(json_integer_value(json_object_get(row, "number")), head, code);
	json_object_set_new(row, "code", json_string(code));
	json_object_set_new(row, "kept", json_boolean(json_integer_value(json_object_get(row, "kept"))));
}

struct span {
	int64_t before, limit;
};

static void span_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct span *span = arg;

	sqlite3_bind_int64(stmt, 1, span->before);
	sqlite3_bind_int64(stmt, 2, span->limit);
}

static int list_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct question_page page;
	struct span span;
	json_t *items = NULL, *row;
	char next[24];
	size_t i;
	int r = question_page(question, &page, diag);

	if (r < 0)
		return r;
	span = (struct span){ INT64_MAX, page.limit };
	if (page.cursor && (!str_int(str_of(page.cursor), &span.before) || span.before < 1))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	r = table_rows(db, "SELECT " HEADER " FROM snapshot WHERE number < ? ORDER BY number DESC LIMIT ?", span_bind,
		       &span, &items);
	if (r < 0)
		return r;
	json_array_foreach(items, i, row) code_add(row);
	if (json_array_size(items) == (size_t)page.limit) {
		snprintf(next, sizeof(next), "%lld",
			 (long long)json_integer_value(
				 json_object_get(json_array_get(items, json_array_size(items) - 1), "number")));
		*ret = json_pack("{s:o, s:s}", "items", items, "next", next);
	} else {
		*ret = json_pack("{s:o, s:n}", "items", items, "next");
	}
	return *ret ? 0 : -ENOMEM;
}

void api_snapshots(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, list_ask);
}

static int diff_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	json_t *a = NULL, *b = NULL;
	int64_t from, to;
	int r = question_number(question, "a", &from, diag);

	if (r == 0)
		r = question_number(question, "b", &to, diag);
	if (r == 0)
		r = bundle_read(db, from, &a, diag);
	if (r == 0)
		r = bundle_read(db, to, &b, diag);
	if (r == 0)
		*ret = bundle_diff(a, b);
	json_decref(a);
	json_decref(b);
	return r < 0 ? r : *ret ? 0 : -ENOMEM;
}

static int one_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	int64_t number;

	if (!strcmp(question->name, "diff"))
		return diff_ask(db, question, diag, ret);
	if (!str_int(str_of(question->name), &number))
		return diag_words(diag, -ENOENT, TEXT_snapshot_number, NULL);
	return bundle_read(db, number, ret, diag);
}

void api_snapshot(struct http *http, struct exchange *exchange, struct str name)
{
	if (str_eq(name, STR("verify")))
		api_verify(http, exchange);
	else
		question_put(http, exchange, name, one_ask);
}

int snapshots_post(struct write *write)
{
	struct snapshots *snapshots = write->http->daemon->snapshots;
	struct snapshots_state before;
	int r;

	r = write_fields(write, NULL, 0, NULL);
	if (r < 0)
		return r;
	if (!snapshots)
		return -EAGAIN;
	snapshots_state(snapshots, &before);
	r = snapshots_take(snapshots, "asked", write->who, NULL, NULL);
	if (r == 0)
		write->answer = json_pack("{s:I}", "after", (json_int_t)before.number);
	write->after = json_incref(write->answer);
	return r;
}

int snapshots_post_key(struct write *write)
{
	struct diag diag = { "" };
	struct snapshots_state state;
	int r = write_fields(write, NULL, 0, NULL);

	if (r == 0 && !write->http->daemon->snapshots)
		r = -EAGAIN;
	if (r == 0)
		r = snapshots_rotate(write->http->daemon->snapshots, &diag);
	if (r < 0)
		return r;
	snapshots_state(write->http->daemon->snapshots, &state);
	write->answer = json_pack("{s:s}", "key", state.key_id);
	write->after = json_incref(write->answer);
	return 0;
}
