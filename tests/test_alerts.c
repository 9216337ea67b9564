/* What is told together and once: a real store, changes written as the judge writes them, and a clock that only moves when told. */
#include "tests/desk.h"

static void waits_and_groups(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk_go(&desk, SECONDS(6));
	desk_change(&desk, "leaver", "b", "critical", "pass", "fail");
	assert_int_equal(desk_notes(&desk), 0);
	desk_go(&desk, SECONDS(5));
	assert_int_equal(desk_notes(&desk), 1); /* ten seconds after the first, both */
	assert_int_equal(desk_number(&desk, "bad"), 2);
	assert_true(desk_kind_is(&desk, "alert"));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_delivery WHERE state = 'waiting'"), 1);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert_outbox WHERE done_at IS NULL"), 0);

	/* Another check is another message; nothing is said twice. */
	desk_change(&desk, "other", "x", "high", "", "warn");
	desk_go(&desk, MINUTES(5));
	assert_int_equal(desk_notes(&desk), 2);
	assert_int_equal(desk_number(&desk, "bad"), 1);
	desk_close(&desk);
}

static void tells_recovery(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_change(&desk, "leaver", "a", "high", "pass", "fail");
	desk_go(&desk, SECONDS(11));
	desk_change(&desk, "leaver", "a", "high", "fail", "pass");
	desk_go(&desk, SECONDS(11));
	assert_int_equal(desk_notes(&desk), 2);
	assert_true(desk_kind_is(&desk, "recovered"));
	assert_int_equal(desk_number(&desk, "good"), 1);
	desk_go(&desk, DAYS(2));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert"), 0);
	assert_int_equal(desk_notes(&desk), 2);

	/* It came and went before anybody was told: there is nothing to say, but it is counted. */
	desk_change(&desk, "leaver", "b", "high", "pass", "fail");
	desk_go(&desk, SECONDS(3));
	desk_change(&desk, "leaver", "b", "high", "fail", "");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 2);
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'settled'"), 1);

	/* A finding that was told with the first look is well again. */
	desk_change(&desk, "leaver", "c", "high", "fail", "pass");
	desk_go(&desk, SECONDS(11));
	assert_int_equal(desk_notes(&desk), 3);
	assert_true(desk_kind_is(&desk, "recovered"));
	desk_close(&desk);
}

static void first_is_one_at_once(void **state)
{
	struct desk desk;

	desk_open(&desk);
	for (int i = 0; i < 12; i++) {
		char sql[400];

		snprintf(
			sql, sizeof(sql),
			"INSERT INTO verdict (check_id, resource, status, reason_ja, reason_en, dims, since, first_seen) VALUES"
			" ('c%02d', 'a', 'fail', 'x', 'x', '{}', %lld, 1), ('c%02d', 'b', 'pass', 'x', 'x', '{}', 1, 1)",
			i, (long long)(i < 11 ? START : START + 1), i);
		desk_sql(&desk, sql);
	}
	desk_change(&desk, "", "", "critical", "", "fail");
	desk_settle(&desk);
	assert_int_equal(desk_notes(&desk), 1);
	/* What it found, the worst ten checks by name; not what came afterwards, which is told for itself. */
	assert_int_equal(desk_number(&desk, "bad"), 11);
	assert_int_equal(desk_number(&desk, "more"), 1);
	assert_int_equal(desk_count(&desk, "SELECT json_array_length(doc, '$.checks') FROM alert_note"), 10);
	assert_true(desk_says(&desk, "demo/c00/a/first"));
	assert_false(desk_says(&desk, "c11"));
	assert_true(desk_kind_is(&desk, "first"));
	assert_true(desk_says(&desk, "理由"));
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert"), 0);
	desk_close(&desk);
}

static void many_become_one(void **state)
{
	struct desk desk;
	char name[16];
	json_t *note, *check;

	desk_open(&desk);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		desk_change(&desk, "flood", name, "high", "", "fail");
	}
	desk_go(&desk, SECONDS(30));
	assert_int_equal(desk_notes(&desk), 1);
	note = desk_note(&desk);
	check = json_array_get(json_object_get(note, "checks"), 0);
	assert_int_equal(json_integer_value(json_object_get(check, "bad")), 1000);
	assert_int_equal(json_array_size(json_object_get(check, "rows")), 5);
	assert_int_equal(json_integer_value(json_object_get(note, "more")), 995);
	json_decref(note);
	assert_int_equal(desk_count(&desk, "SELECT count(*) FROM alert WHERE bad = 1"), 1000);

	/* Channels that are told states get the worst, and how many there are besides. */
	note = plan_state(desk.plan, desk.now, MINUTES(15), 100);
	assert_int_equal(json_array_size(json_object_get(note, "alerts")), 100);
	assert_int_equal(json_integer_value(json_object_get(note, "more")), 900);
	json_decref(note);

	/* Twenty are all listed. */
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		desk_change(&desk, "few", name, "high", "", "fail");
	}
	desk_go(&desk, SECONDS(30));
	assert_int_equal(desk_notes(&desk), 2);
	assert_int_equal(desk_number(&desk, "more"), 0);
	desk_close(&desk);
}

static void a_talkative_room_waits(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	desk.policy.flap_changes = 0;
	desk_settings(&desk);
	for (int i = 0; i < 60; i++) { /* a new one every ten seconds, for ten minutes */
		snprintf(name, sizeof(name), "r%d", i);
		desk_change(&desk, "drip", name, "high", "", "fail");
		desk_go(&desk, SECONDS(10));
	}
	desk_go(&desk, MINUTES(6));
	assert_in_range(desk_notes(&desk), 4, 6);
	assert_int_equal(desk_count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 60);
	desk_close(&desk);
}

static void a_ceiling_that_is_said(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	desk.policy.ceiling = 5;
	desk_settings(&desk);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "check%02d", i);
		desk_change(&desk, name, "a", "high", "", "fail");
	}
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 5);
	assert_true(desk_says(&desk, "ほか 35 件は送信を控えました"));
	assert_int_equal(desk_count(&desk, "SELECT sum(doc ->> '$.bad') FROM alert_note"), 40);
	desk_change(&desk, "late", "a", "critical", "", "fail");
	desk_go(&desk, MINUTES(11)); /* above the ceiling: one in ten minutes, not none */
	assert_int_equal(desk_notes(&desk), 6);
	assert_int_equal(desk_number(&desk, "bad"), 1);
	desk_close(&desk);
}

static void flapping_is_damped(void **state)
{
	struct desk desk;

	desk_open(&desk);
	for (int i = 0; i < 100; i++) { /* a hundred changes in ten minutes, failing at the end */
		desk_change(&desk, "wobble", "a", "high", i % 2 ? "pass" : "fail", i % 2 ? "fail" : "pass");
		desk_go(&desk, SECONDS(6));
	}
	desk_go(&desk, HOURS(2));
	assert_in_range(desk_notes(&desk), 1, 6);
	assert_int_equal(desk_count(&desk, "SELECT bad FROM alert WHERE check_id = 'wobble'"), 1);
	assert_int_equal(desk_count(&desk, "SELECT flapping FROM alert WHERE check_id = 'wobble'"), 0);
	assert_true(desk_says(&desk, "落ち着きました"));
	assert_int_equal(desk_number(&desk, "bad"), 1);
	assert_true(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'flapping'") >= 90);
	desk_close(&desk);
}

static void a_check_that_cannot_run(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_change(&desk, "broken", "*", "high", "", "unknown");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 1);
	assert_int_equal(desk_number(&desk, "bad"), 1);
	desk_change(&desk, "broken", "*", "high", "unknown", "");
	desk_go(&desk, MINUTES(1));
	assert_int_equal(desk_notes(&desk), 2);
	assert_true(desk_kind_is(&desk, "recovered"));
	desk_close(&desk);
}

static void what_is_old_is_history(void **state)
{
	struct desk desk;

	desk_open(&desk);
	desk_change(&desk, "leaver", "a", "critical", "pass", "fail");
	desk.now += DAYS(3);
	desk_go(&desk, HOURS(3));
	assert_int_equal(desk_notes(&desk), 0);
	assert_int_equal(desk_count(&desk, "SELECT n FROM alert_count WHERE reason = 'late'"), 1);
	desk_close(&desk);
}

static void a_restart_loses_and_doubles_nothing(void **state)
{
	struct desk desk;
	char name[16];

	desk_open(&desk);
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "r%d", i);
		desk_change(&desk, "flood", name, "high", "", "fail");
		plan_step(desk.plan, desk.now);
		desk_restart(&desk);
	}
	desk_go(&desk, MINUTES(10));
	assert_int_equal(desk_notes(&desk), 1);
	assert_int_equal(desk_number(&desk, "bad"), 30);
	desk_close(&desk);
}

/* Two checks that speak for one item, and one of another, as the rules have them. */
static char empty[] = "", leaver_id[] = "leaver", other_id[] = "other", unused_id[] = "unused", form_id[] = "form",
	    two[] = "2-5", three[] = "3-1";
static struct check leaver = { leaver_id, empty, leaver_id, leaver_id, empty, empty },
		    other = { other_id, empty, other_id, other_id, empty, empty },
		    unused = { unused_id, empty, unused_id, unused_id, empty, empty };

static void one_item_is_one_message(void **state)
{
	struct check *checks[] = { &leaver, &other, &unused };
	const struct check *of_two[] = { &leaver, &unused, NULL }, *of_three[] = { &other, NULL };
	struct item items[] = { { .id = two, .text_ja = two, .text_en = two, .checks = of_two },
				{ .id = three, .text_ja = three, .text_en = three, .checks = of_three } };
	struct checklist list = { .id = form_id,
				  .title_ja = form_id,
				  .title_en = form_id,
				  .items = items,
				  .n_items = 2 },
			 *lists[] = { &list };
	struct rules rules = { .checks = checks, .n_checks = 3, .lists = lists, .n_lists = 1, .refs = 100 };
	struct desk desk;

	desk_open(&desk);
	desk.rules = &rules;
	desk_settings(&desk);
	desk_change(&desk, "leaver", "a", "high", "pass", "fail");
	desk_change(&desk, "unused", "b", "high", "pass", "warn");
	desk_change(&desk, "other", "c", "high", "pass", "fail");
	desk_go(&desk, SECONDS(20));
	assert_int_equal(desk_notes(&desk), 2);
	assert_int_equal(desk_count(&desk,
				    "SELECT count(*) FROM alert_note WHERE doc LIKE '%\"leaver\"%' AND doc LIKE"
				    " '%\"unused\"%' AND doc NOT LIKE '%\"other\"%' AND doc ->> '$.site.id' = 'demo'"),
			 1);
	/* And a silence of an item holds all that speaks for it. */
	desk_sql(&desk, "INSERT INTO silence (at, matchers, starts_at, ends_at, created_by, comment) VALUES (1,"
			" '[{\"name\":\"item\",\"value\":\"2-5\"}]', 1, 9000000000000000, 'x', 'y')");
	desk_change(&desk, "unused", "d", "high", "pass", "fail");
	desk_change(&desk, "other", "e", "high", "pass", "fail");
	desk_go(&desk, MINUTES(6));
	assert_int_equal(desk_notes(&desk), 3);
	assert_true(desk_says(&desk, "\"e\""));
	desk_close(&desk);
}

/* A copy from before a message, put back: the numbers come again, the ids do not. */
static void ids_do_not_come_again(void **state)
{
	struct desk desk;
	char first[64], second[64];

	desk_open(&desk);
	desk_change(&desk, "leaver", "a", "high", "pass", "fail");
	desk_go(&desk, SECONDS(20));
	sql_text(desk_db(&desk), "SELECT note_id FROM alert_note", first, sizeof(first));
	desk_close(&desk);
	desk_open(&desk);
	desk.now += DAYS(1);
	desk_change(&desk, "leaver", "b", "high", "pass", "fail");
	desk_go(&desk, SECONDS(20));
	sql_text(desk_db(&desk), "SELECT note_id FROM alert_note", second, sizeof(second));
	assert_memory_equal(first, "demo/n/1-", 9);
	assert_memory_equal(second, "demo/n/1-", 9);
	assert_string_not_equal(first, second);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_and_groups),        cmocka_unit_test(tells_recovery),
		cmocka_unit_test(first_is_one_at_once),    cmocka_unit_test(many_become_one),
		cmocka_unit_test(a_talkative_room_waits),  cmocka_unit_test(a_ceiling_that_is_said),
		cmocka_unit_test(flapping_is_damped),      cmocka_unit_test(a_check_that_cannot_run),
		cmocka_unit_test(what_is_old_is_history),  cmocka_unit_test(a_restart_loses_and_doubles_nothing),
		cmocka_unit_test(one_item_is_one_message), cmocka_unit_test(ids_do_not_come_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
