/* Lists out of the database: events, accounts, devices (daemon/queries.h), as JSON. */

#include <errno.h>

#include <sqlite3.h>

#include "dashboard/mask.h"
#include "dashboard/rows.h"

static json_t *cell_json(const struct cell *cell)
{
	switch (cell->type) {
	case CELL_BOOL: return json_boolean(cell->number);
	case CELL_INT: return json_integer(cell->number);
	case CELL_REAL: return json_real(cell->real);
	case CELL_TEXT: return json_text(cell->text);
	case CELL_TIME: return json_time(cell->number);
	case CELL_JSON: return json_stored(cell->text);
	case CELL_NULL: break;
	}
	return json_null();
}

json_t *row_json(const struct listing *listing, size_t row)
{
	json_t *json = json_object();

	for (size_t i = 0; i < listing->n_columns; i++)
		json_object_set_new(json, listing->columns[i], cell_json(listing_cell(listing, row, i)));
	return json;
}

static json_t *answer_json(json_t *items, const char *cursor)
{
	return json_pack("{s:o, s:o}", "items", items, "next", cursor[0] ? json_string(cursor) : json_null());
}

json_t *listing_json(const struct listing *listing)
{
	json_t *items = json_array();

	for (size_t i = 0; i < listing->n_rows; i++)
		json_array_append_new(items, row_json(listing, i));
	return answer_json(items, listing->cursor);
}

int page_read(const struct question *question, struct question_page *buf, struct page *ret, struct diag *diag)
{
	if (question_page(question, buf, diag) < 0)
		return -EINVAL;
	*ret = (struct page){ (unsigned)buf->limit, buf->cursor };
	return 0;
}

/* 1: there is such an account where the login was refused. */
static int account_known(struct sqlite3 *db, const char *system, const char *user)
{
	static const char sql[] = "SELECT 1 FROM account_seen WHERE system = ?1 AND user = ?2 "
				  "UNION ALL SELECT 1 FROM account_stored WHERE system = ?1 AND user = ?2 "
				  "UNION ALL SELECT 1 FROM reg_accounts WHERE key = fold(?1) || char(31) || ?2 LIMIT 1";
	sqlite3_stmt *stmt = NULL;
	int known = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_text(stmt, 1, system, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, user, -1, SQLITE_STATIC);
	known = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return known;
}

/* The line as it came: what is no UTF-8 is shown as \xNN, where the list has lost it. */
static json_t *raw_json(struct sqlite3 *db, json_int_t id)
{
	sqlite3_stmt *stmt = NULL;
	json_t *raw = NULL;

	if (sqlite3_prepare_v2(db, "SELECT raw FROM event WHERE id = ?1", -1, &stmt, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(stmt, 1, id);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		raw = json_str((struct str){ sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0) });
	sqlite3_finalize(stmt);
	return raw;
}

static void event_mask(json_t *row, const char *secret)
{
	_free_ char *copy = strdup(secret);
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(row, next, key, value)
	{
		const char *text = json_string_value(value);
		_free_ char *masked = NULL;

		if (!copy || !text || strcmp(key, "type") == 0 || strcmp(key, "system") == 0 ||
		    strcmp(key, "decoder") == 0 || strcmp(key, "received") == 0 || strcmp(key, "at") == 0 ||
		    strcmp(key, "collector") == 0)
			continue;
		masked = mask_text(text, copy, strcmp(key, "raw") == 0 || strcmp(key, "user") == 0);
		json_object_set_new(row, key, json_text(masked ? masked : MASK));
	}
	json_object_set_new(row, "masked", json_true());
}

static void event_finish(struct sqlite3 *db, const struct question *question, json_t *row)
{
	const char *type = json_string_value(json_object_get(row, "type"));
	const char *user = json_string_value(json_object_get(row, "user"));
	const char *system = json_string_value(json_object_get(row, "system"));
	const char *key;
	json_t *value;
	void *next;

	value = raw_json(db, json_integer_value(json_object_get(row, "id")));
	if (value)
		json_object_set_new(row, "raw", value);
	if (question->role == ROLE_VIEWER && type && user && strcmp(type, "auth_failure") == 0 &&
	    !account_known(db, system ? system : "", user))
		event_mask(row, user);
	json_object_foreach_safe(row, next, key, value) if (json_is_null(value) ||
							    (json_is_string(value) && json_string_length(value) == 0))
		json_object_del(row, key);
}

static int events_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct event_filter filter = { 0 };
	char type[64], user[512], host[512], src_ip[64];
	struct question_page buf;
	struct listing listing;
	struct page page;
	int64_t id = 0;
	json_t *row, *json;
	size_t i;
	int r;

	if (question_text(question, "type", type, sizeof(type), &filter.type, diag) < 0 ||
	    question_text(question, "user", user, sizeof(user), &filter.user, diag) < 0 ||
	    question_text(question, "host", host, sizeof(host), &filter.host, diag) < 0 ||
	    question_text(question, "src_ip", src_ip, sizeof(src_ip), &filter.src_ip, diag) < 0 ||
	    question_time(question, "since", false, &filter.since, diag) < 0 ||
	    question_time(question, "until", true, &filter.until, diag) < 0 ||
	    question_number(question, "first_id", &filter.first_id, diag) < 0 ||
	    question_number(question, "last_id", &filter.last_id, diag) < 0 ||
	    question_number(question, "id", &id, diag) < 0 || page_read(question, &buf, &page, diag) < 0)
		return -EINVAL;
	if (id > 0)
		filter.first_id = filter.last_id = id;
	r = query_events(db, &filter, &page, &listing, diag);
	if (r < 0)
		return r;

	json = listing_json(&listing);
	question->raw_lines = listing.n_rows;
	listing_free(&listing);
	json_array_foreach(json_object_get(json, "items"), i, row) event_finish(db, question, row);
	*ret = json;
	return 0;
}

json_t *json_event_of(struct sqlite3 *db, const struct question *question, int64_t id)
{
	struct event_filter filter = { .first_id = id, .last_id = id };
	struct page page = { .limit = 1 };
	struct diag diag = { { 0 } };
	struct listing listing;
	json_t *row = NULL;

	if (query_events(db, &filter, &page, &listing, &diag) < 0)
		return NULL;
	if (listing.n_rows > 0) {
		row = row_json(&listing, 0);
		event_finish(db, question, row);
	}
	listing_free(&listing);
	return row;
}

void api_events(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, events_ask);
}

static int things_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret,
		      int (*query)(struct sqlite3 *, const struct thing_filter *, const struct page *, struct listing *,
				   struct diag *))
{
	struct thing_filter filter = { 0 };
	char system[512], search[512];
	struct question_page buf;
	struct listing listing;
	struct page page;
	int r;

	if (question_text(question, "system", system, sizeof(system), &filter.system, diag) < 0 ||
	    question_text(question, "search", search, sizeof(search), &filter.search, diag) < 0 ||
	    page_read(question, &buf, &page, diag) < 0)
		return -EINVAL;
	r = query(db, &filter, &page, &listing, diag);
	if (r < 0)
		return r;

	*ret = listing_json(&listing);
	listing_free(&listing);
	return 0;
}

static int accounts_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	return things_ask(db, question, diag, ret, query_accounts);
}

static int devices_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	return things_ask(db, question, diag, ret, query_devices);
}

void api_accounts(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, accounts_ask);
}

void api_devices(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, devices_ask);
}
