/* A register beside what was observed: which of four states each thing is in, how many there are, and that pages lose nothing. */
#include "dashboard/makers.h"
#include "tests/live.h"
#include "tests/table.h"

static void rules_put(void)
{
	site_check(&live.site, "uses", "severity: high\n-- needs: register:people\n-- decides: yes\n", BY_USES);
	site_rules(&live.site);
}

#define DAY(n) "(unixepoch('2026-11-0" #n " 03:00:00') * 1000000)"

static void vendors_put(struct place *place)
{
	place_sql(place, "INSERT INTO reg_vendors (id, key, vendor_id, vendor_id_key, name, active, line) VALUES"
			 " (1, 'v1', 'V1', 'v1', '甲社', 'yes', 2), (2, 'v2', 'V2', 'v2', '乙社', 'no', 3),"
			 " (3, 'v3', 'V3', 'v3', '丙社', '', 4), (4, 'v4', 'V4', 'v4', '丁社', '', 5)");
	place_sql(
		place,
		"INSERT INTO reg_contracts (id, key, contract_id, contract_id_key, vendor_id, vendor_id_key, ends_at, line)"
		" VALUES (1, 'c1', 'C1', 'c1', 'V1', 'v1', '', 2), (2, 'c2', 'C2', 'c2', 'V3', 'v3', '2026-10-31', 3),"
		" (3, 'c3', 'C3', 'c3', 'V9', 'v9', '', 4)");
	place_sql(place,
		  "INSERT INTO reg_accounts (id, key, account_id, account_id_key, system_id, system_id_key, vendor_id,"
		  " vendor_id_key, line) VALUES"
		  " (11, 'lan' || char(31) || 'm2', 'm2', 'm2', 'lan', 'lan', 'V2', 'v2', 6),"
		  " (12, 'lan' || char(31) || 'm3', 'm3', 'm3', 'lan', 'lan', 'V3', 'v3', 7)");
	place_sql(place,
		  "INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host,"
		  " first_event, last_event) VALUES ('lan', 'm2', 'lan', 1, unixepoch() * 1000000, 3, '', '', 1, 1),"
		  " ('lan', 'm3', 'lan', 1, " DAY(5) ", 2, '', '', 1, 1)");
}

static void data_put(void)
{
	struct place *place = &live.site.place;

	vendors_put(place);
	place_sql(
		place,
		"INSERT INTO reg_devices (id, key, device_id, device_id_key, mac, ip, hostname, disposed, usable, networked, line)"
		" VALUES (1, 'a', 'A', 'a', '02aa00000001', '10.0.0.1', 'pc1', '', '', '', 2),"
		" (2, 'b', 'B', 'b', '02aa00000002', '10.0.0.2', 'pc2', '2026-11-01', 'no', 'no', 3),"
		" (3, 'c', 'C', 'c', '', '10.0.0.3', '', '', '', '', 4),"
		" (4, 'd', 'D', 'd', '02aa00000004', '', '', '', '', '', 5),"
		" (5, 'e', 'E', 'e', '02aa00000005', '10.0.0.5', 'pc5', '', '', '', 6)");
	place_sql(place, "INSERT INTO register_value (kind, column_name, value, key) VALUES"
			 " ('devices', 'mac', '02aa00000001', 'a'), ('devices', 'mac', '02aa00000002', 'b'),"
			 " ('devices', 'ip', '10.0.0.3', 'c'), ('devices', 'mac', '02aa00000004', 'd'),"
			 " ('devices', 'mac', '02aa00000005', 'e')");
	place_sql(place, "INSERT INTO register_row (kind, key, line, data, since) VALUES ('devices', 'a', 2, '{}', 1)");
	place_sql(
		place,
		"INSERT INTO device_seen (mac, ip, host, randomised, segment, first_seen, last_seen, sightings, source_id,"
		" first_event, last_event) VALUES"
		" ('02aa00000001', '10.0.0.1', 'PC1.hosp.local', 0, '10.0.0', " DAY(1) ", " DAY(
			2) ", 2, 1, 1, 1),"
			   " ('02aa00000002', '10.0.0.2', 'pc2', 0, '10.0.0', " DAY(1) ", " DAY(
				   3) ", 2, 1, 1, 1),"
				      " ('02aa00000003', '10.0.0.3', '', 0, '10.0.0', " DAY(1) ", " DAY(
					      2) ", 2, 1, 1, 1),"
						 " ('02aa00000005', '10.0.0.9', 'tv', 0, '10.0.0', " DAY(1) ", " DAY(
							 2) ", 2, 1, 1, 1),"
							    " ('02aa00000007', '10.0.0.7', '<img src=x>', 0, '10.0.0', " DAY(
								    1) ", " DAY(2) ", 2, 1, 1, 1)");
	place_sql(place, "INSERT INTO reg_people (id, key, person_id, person_id_key, name, left_at, line) VALUES"
			 " (1, 'e1', 'E1', 'e1', '山田', '2026-11-01', 2)");
	place_sql(place,
		  "INSERT INTO reg_accounts (id, key, account_id, account_id_key, system_id, system_id_key, person_id,"
		  " person_id_key, valid_to, disabled_at, admin, line) VALUES"
		  " (1, 'emr' || char(31) || 'yamada', 'yamada', 'yamada', 'emr', 'emr', 'E1', 'e1', '', '', '', 2),"
		  " (2, 'emr' || char(31) || 'sato', 'sato', 'sato', 'emr', 'emr', '', '', '2026-11-03', '', '', 3),"
		  " (3, 'emr' || char(31) || 'ito', 'ito', 'ito', 'emr', 'emr', '', '', '', '', '', 4),"
		  " (4, 'emr' || char(31) || 'abe', 'abe', 'abe', 'emr', 'emr', '', '', '', '2020-01-01', 'no', 5)");
	place_sql(
		place,
		"INSERT INTO account_stored (set_name, system, user, name, enabled, login, admin, password, first_seen)"
		" VALUES ('accounts:emr', 'emr', 'abe', 'abe', 1, 1, 1, 'set', 1),"
		" ('accounts:emr', 'emr', 'root2', 'root2', 1, 1, 1, 'set', 1)");
	place_sql(place,
		  "INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host,"
		  " first_event, last_event) VALUES"
		  " ('emr', 'yamada', 'emr', " DAY(1) ", " DAY(
			  5) ", 9, '10.0.0.1', 'emr01', 1, 1),"
			     " ('emr', 'sato', 'emr', " DAY(1) ", " DAY(3) ", 9, '', '', 1, 1),"
									   " ('emr', 'ghost', 'emr', " DAY(1) ", " DAY(
										   3) ", 9, '10.0.0.9', '', 1, 1)");
}

static const struct row {
	const char *name, *kind, *key, *value, *state, *codes;
} rows[] = {
	{ "what agrees, by the first part of its name", "devices", "device_id", "A", "both", "" },
	{ "gone, unusable, on no network, and seen", "devices", "device_id", "B", "contradiction",
	  "disposed unusable off_network" },
	{ "known by its address", "devices", "device_id", "C", "both", "" },
	{ "never seen", "devices", "device_id", "D", "registered", "" },
	{ "another address and name", "devices", "device_id", "E", "contradiction", "ip hostname" },
	{ "in no register", "devices", "mac", "02aa00000007", "seen", "" },
	{ "used after its person left", "accounts", "account_id", "yamada", "contradiction", "left" },
	{ "used on its last day", "accounts", "account_id", "sato", "both", "" },
	{ "never used", "accounts", "account_id", "ito", "registered", "" },
	{ "disabled on paper only, and more than it should be", "accounts", "account_id", "abe", "contradiction",
	  "enabled admin" },
	{ "a vendor with a contract", "vendors", "vendor_id", "V1", "both", "" },
	{ "no vendor any more, and its account is used", "vendors", "vendor_id", "V2", "contradiction", "inactive" },
	{ "used after the contract", "vendors", "vendor_id", "V3", "contradiction", "contract_over" },
	{ "a vendor nobody names", "vendors", "vendor_id", "V4", "registered", "" },
	{ "named in a contract only", "vendors", "vendor_id", "V9", "seen", "" },
	{ "only in the logs", "accounts", "account_id", "ghost", "seen", "" },
	{ "only in the account store", "accounts", "account_id", "root2", "seen", "" },
};

static void states(void **state)
{
	const struct row *row = *state;
	char path[64], codes[128] = "";
	json_t *json, *one, *code;
	size_t i;

	snprintf(path, sizeof(path), "/api/v1/compare/%s", row->kind);
	json = get(path);
	one = find(json_object_get(json, "items"), row->key, row->value);
	assert_string_equal(text_of(one, "state"), row->state);
	json_array_foreach(json_object_get(one, "contradictions"), i, code)
	{
		snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", codes[0] ? " " : "",
			 json_string_value(code));
	}
	assert_string_equal(codes, row->codes);
	json_decref(json);
}

static void counts_are_those_of_the_rows(void **state)
{
	json_t *json = get("/api/v1/compare/devices"), *counts = json_object_get(json, "counts");

	assert_int_equal(json_integer_value(json_object_get(counts, "contradiction")), 2);
	assert_int_equal(json_integer_value(json_object_get(counts, "seen")), 1);
	assert_int_equal(json_integer_value(json_object_get(counts, "both")), 2);
	assert_int_equal(json_integer_value(json_object_get(counts, "registered")), 1);
	/* The row of the register that a change names. */
	assert_true(json_is_integer(json_object_get(find(json_object_get(json, "items"), "device_id", "A"), "row_id")));
	json_decref(json);
	json = get("/api/v1/compare/devices?search=PC1");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "counts"), "both")), 1);
	json_decref(json);
	json = get("/api/v1/compare/accounts?state=seen");
	assert_int_equal(json_array_size(json_object_get(json, "items")), 2);
	json_decref(json);
}

/* One at a time, all come, each once, in order. */
static void pages_lose_nothing(void **state)
{
	static const char *const order[] = { "B", "E", "", "A", "C", "D" };
	char path[200] = "/api/v1/compare/devices?limit=1";

	for (size_t i = 0; i < COUNT(order); i++) {
		json_t *json = get(path), *items = json_object_get(json, "items"),
		       *next = json_object_get(json, "next");

		assert_int_equal(json_array_size(items), 1);
		assert_string_equal(text_of(json_array_get(items, 0), "device_id"), order[i]);
		assert_int_equal(json_object_get(json, "counts") != NULL, i == 0);
		assert_int_equal(json_is_null(next), i + 1 == COUNT(order));
		snprintf(path, sizeof(path), "/api/v1/compare/devices?limit=1&cursor=%s",
			 json_is_null(next) ? "" : json_string_value(next));
		json_decref(json);
	}
}

/* Keys of two columns hold what no address may. */
static void accounts_are_paged(void **state)
{
	static const char *const lists[] = { "/api/v1/compare/accounts", "/api/v1/accounts" };

	for (size_t i = 0; i < COUNT(lists); i++) {
		char path[800], kept[600];
		size_t n = 0;

		for (const char *cursor = ""; cursor && n < 20; n++) {
			json_t *json;

			snprintf(path, sizeof(path), "%s?limit=1&cursor=%s", lists[i], cursor);
			json = get(path);
			assert_int_equal(json_array_size(json_object_get(json, "items")), 1);
			cursor = json_string_value(json_object_get(json, "next"));
			if (cursor)
				str_copy(kept, sizeof(kept), str_of(cursor));
			cursor = cursor ? kept : NULL;
			json_decref(json);
		}
		assert_int_equal(n, 8);
	}
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *path;
		int status;
	} asked[] = { { "/api/v1/compare/people", 404 },
		      { "/api/v1/compare/devices?state=all", 400 },
		      { "/api/v1/compare/devices?cursor=9:a", 400 },
		      { "/api/v1/compare/devices?limit=1001", 400 },
		      { "/api/v1/registers/passwd/file", 404 },
		      { "/api/v1/registers/people%0A%2Fetc/file", 400 },
		      { "/api/v1/registers/passwd/template", 404 },
		      { "/api/v1/registers/people/template", 200 } };

	for (size_t i = 0; i < COUNT(asked); i++) {
		_free_ char *body = NULL;

		assert_int_equal(ask(true, asked[i].path, &body), asked[i].status);
	}
}

static void what_a_form_is_made_of(void **state)
{
	json_t *json = get("/api/v1/registers/devices"), *column;

	has(json, "columns key any_of history found");
	column = find(json_object_get(json, "columns"), "name", "class");
	assert_string_equal(text_of(column, "type"), "enum");
	assert_string_equal(text_of(find(json_object_get(column, "values"), "value", "server"), "ja"), "サーバ");
	assert_int_equal(json_integer_value(json_object_get(json, "found")), 1);
	json_decref(json);
	json = get("/api/v1/registers");
	assert_int_equal(json_array_size(json_object_get(json, "items")), n_registers);
	json_decref(json);
	json = get("/api/v1/connects");
	has(find(json_object_get(json, "items"), "id", "fortigate"), "title steps copy types");
	json_decref(json);
}

static void who_made_it(void **state)
{
	char path[200], buf[64];
	_free_ char *body = NULL, *other = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "%s/oui.txt", live.site.place.dir.path);
	assert_true(maker_find(path, "002272000001", buf, sizeof(buf)) < 0);
	f = fopen(path, "we");
	fputs("OUI\n\n00-22-72   (hex)\t\tAmerican Micro-Fuel\r\n002272     (base 16)\tX\n\n0A-BC-DE   (hex)\t\t\n"
	      "00-D0-EF   (hex)\t\tIGT",
	      f);
	fclose(f);
	assert_int_equal(maker_find(path, "002272000001", buf, sizeof(buf)), 1);
	assert_string_equal(buf, "American Micro-Fuel");
	assert_int_equal(maker_find(path, "00d0ef000001", buf, sizeof(buf)), 1);
	assert_string_equal(buf, "IGT");
	assert_int_equal(maker_find(path, "0abcde000001", buf, sizeof(buf)), 0);
	assert_int_equal(maker_find(path, "112233000001", buf, sizeof(buf)), 0);
	unlink(path);
	assert_int_equal(ask(true, "/api/v1/makers/02:00:00:00:00:01", &body), 200);
	assert_non_null(strstr(body, "\"maker\":null"));
	assert_int_equal(ask(true, "/api/v1/makers/..%2fetc", &other), 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_those_of_the_rows), cmocka_unit_test(pages_lose_nothing),
		cmocka_unit_test(accounts_are_paged),           cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(what_a_form_is_made_of),       cmocka_unit_test(who_made_it),
	};
	int failed;

	live_open(rules_put, data_put);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	failed += RUN_TABLE(rows, states);
	live_close();
	return failed;
}
