#include "tests/desk.h"

static const struct plan_policy usual = {
	.site_id = "demo",
	.site_name = "点検病院",
	.page = "http://127.0.0.1:8080",
	.recovery = true,
	.group_wait = SECONDS(10),
	.group_interval = MINUTES(5),
	.repeat = { [SEVERITY_HIGH] = HOURS(24), [SEVERITY_CRITICAL] = HOURS(1) },
	.flap_changes = 5,
	.flap_window = HOURS(1),
	.flap_settled = MINUTES(15),
	.ceiling = 30,
	.quiet = { -1, -1 },
	.work_mask = 1U << SEVERITY_MEDIUM | 1U << SEVERITY_HIGH,
	.office = { 8 * 60 + 30, 17 * 60 + 15 },
	.daily = -1,
	.weekly = -1,
	.rows_max = 20,
};

void desk_settings(struct desk *desk)
{
	assert_int_equal(plan_configure(desk->plan, &desk->policy, desk->routes, desk->n_routes, desk->rules), 0);
}

void desk_open(struct desk *desk)
{
	*desk = (struct desk){ .policy = usual, .now = START, .n_routes = 1 };
	desk->routes[0] = (struct plan_route){ .name = "ops", .digest = true };
	when_zone("Asia/Tokyo");
	place_open(&desk->place);
	/* The disk is not what is looked at here. */
	desk_sql(desk, "PRAGMA synchronous = OFF");
	assert_int_equal(plan_new(desk->place.service, &desk->plan), 0);
	desk_settings(desk);
}

void desk_close(struct desk *desk)
{
	plan_free(desk->plan);
	place_close(&desk->place);
}

void desk_restart(struct desk *desk)
{
	plan_free(desk->plan);
	assert_int_equal(plan_new(desk->place.service, &desk->plan), 0);
	desk_settings(desk);
}

sqlite3 *desk_db(const struct desk *desk)
{
	return store_sqlite(desk->place.service);
}

void desk_sql(const struct desk *desk, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(desk_db(desk), sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

int64_t desk_count(const struct desk *desk, const char *sql)
{
	return sql_int(desk_db(desk), sql);
}

void desk_change(struct desk *desk, const char *check, const char *resource, const char *severity, const char *was,
		 const char *status)
{
	char *sql;

	desk->changes++;
	sql = sqlite3_mprintf(
		"INSERT INTO alert_outbox (alert_id, at, check_id, resource, severity, was, status, reason_ja,"
		" reason_en) VALUES ('demo/%d', %lld, %Q, %Q, %Q, nullif(%Q, ''), nullif(%Q, ''), '理由', 'why')",
		desk->changes, (long long)desk->now, check, resource, severity, was, status);
	desk_sql(desk, sql);
	sqlite3_free(sql);
}

void desk_settle(struct desk *desk)
{
	int r;

	while ((r = plan_step(desk->plan, desk->now)) == 1)
		;
	assert_true(r >= 0);
}

void desk_go(struct desk *desk, usec_t span)
{
	usec_t end = desk->now + span;

	desk_settle(desk);
	while (desk->now < end) {
		usec_t step = span > HOURS(8) ? MINUTES(10) : span > MINUTES(12) ? MINUTES(1) : SECONDS(10);

		desk->now += end - desk->now < step ? end - desk->now : step;
		desk_settle(desk);
	}
}

int64_t desk_notes(const struct desk *desk)
{
	return desk_count(desk, "SELECT count(*) FROM alert_note");
}

json_t *desk_note(const struct desk *desk)
{
	sqlite3_stmt *stmt = NULL;
	json_t *json;

	assert_int_equal(sqlite3_prepare_v2(desk_db(desk), "SELECT doc FROM alert_note ORDER BY id DESC LIMIT 1", -1,
					    &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	json = json_loads((const char *)sqlite3_column_text(stmt, 0), 0, NULL);
	assert_non_null(json);
	sqlite3_finalize(stmt);
	return json;
}

int64_t desk_number(const struct desk *desk, const char *key)
{
	json_t *note = desk_note(desk);
	int64_t n = json_integer_value(json_object_get(note, key));

	json_decref(note);
	return n;
}

bool desk_kind_is(const struct desk *desk, const char *kind)
{
	json_t *note = desk_note(desk);
	bool is = !strcmp(json_string_value(json_object_get(note, "kind")), kind);

	json_decref(note);
	return is;
}

bool desk_says(const struct desk *desk, const char *words)
{
	char buf[32768];

	return strstr(sql_text(desk_db(desk), "SELECT doc FROM alert_note ORDER BY id DESC LIMIT 1", buf, sizeof(buf)),
		      words) != NULL;
}
