/* Registers and accounts told as whole sets: what differs is written, what is refused changes nothing. */
#include <errno.h>

#include "tests/pipe.h"
#include "tests/table.h"

#define ADA "person_id=E1|name=Ada|left_at=2026-03-31|line=2"
#define BOB "person_id=E2|name=Bob|line=3"
#define CAROL "person_id=E3|name=Carol|line=4"

static void only_what_differs(void **state)
{
	struct pipe *pipe = *state;

	assert_int_equal(pipe_tell(pipe, "register:people", ADA "\n" BOB "\n" CAROL, SET_OK, "d1"), 0);
	assert_int_equal(pipe_commit(pipe),
			 store_table("register") | store_table("register_row") | store_table("reg_people"));
	assert_string_equal(pipe_text(pipe,
				      "SELECT group_concat(person_id || person_id_key || name || left_at || line) FROM"
				      " (SELECT * FROM reg_people ORDER BY key)"),
			    "E1e1Ada2026-03-312,E2e2Bob3,E3e3Carol4");
	assert_string_equal(pipe_text(pipe, "SELECT state || rows || path || digest || (loaded_at > 0) FROM register"),
			    "ok3/r/x.csvd11");

	/* One changed, one gone, one new, one only on another line. */
	clock_set(T0 + DAYS(1));
	assert_int_equal(pipe_tell(pipe, "register:people",
				   "person_id=e1|name=Ada|left_at=2026-03-31|line=2\n"
				   "person_id=E3|name=Carol|line=3\nperson_id=E4|name=D\\pD|extra:eye=\"blue\"|line=4",
				   SET_OK, "d2"),
			 0);
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(key || '=' || json_extract(data, '$.name') || line ||"
					    " (until IS NULL)) FROM (SELECT * FROM register_row ORDER BY id)"),
			    "e1=Ada20,e2=Bob30,e3=Carol31,e1=Ada21,e4=D|D41");
	assert_string_equal(
		pipe_text(pipe,
			  "SELECT group_concat(person_id || line || extra) FROM (SELECT * FROM reg_people ORDER BY"
			  " key)"),
		"e12,E33,E44{\"eye\":\"\\\"blue\\\"\"}");
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(state || rows || added || changed || removed) FROM"
					    " (SELECT * FROM register_history ORDER BY id)"),
			    "ok3300,ok3111");

	/* The same once more is no news. */
	clock_set(T0 + DAYS(2));
	assert_int_equal(pipe_tell(pipe, "register:people",
				   "person_id=e1|name=Ada|left_at=2026-03-31|line=2\n"
				   "person_id=E3|name=Carol|line=3\nperson_id=E4|name=D\\pD|extra:eye=\"blue\"|line=4",
				   SET_OK, "d2"),
			 0);
	assert_int_equal(pipe_commit(pipe), store_table("reg_people"));
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM register_history"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM register_row"), 5);
}

static void refused_and_missing(void **state)
{
	struct pipe *pipe = *state;

	pipe_tell(pipe, "register:people", ADA "\n" BOB, SET_OK, "d1");
	clock_set(T0 + HOURS(1));
	assert_int_equal(pipe_tell(pipe, "register:people", CAROL, SET_REFUSED, "d2"), 0);
	clock_set(T0 + HOURS(2));
	assert_int_equal(pipe_tell(pipe, "register:people", "", SET_REFUSED, "d3"), 0);
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe,
				      "SELECT state || rows || digest || error_ja || error_en || (SELECT count(*) FROM"
				      " reg_people) FROM register"),
			    "refused2d1だめbad2");
	assert_int_equal(pipe_int(pipe, "SELECT refused_at FROM register"), T0 + HOURS(1));
	assert_int_equal(pipe_int(pipe, "SELECT loaded_at FROM register"), T0);

	assert_int_equal(pipe_tell(pipe, "register:people", "", SET_MISSING, ""), 0);
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe, "SELECT state || rows || refused_at || (SELECT count(*) FROM reg_people) || (SELECT"
				" count(*) FROM register_row WHERE until > 0) FROM register"),
		"missing0002");

	pipe_tell(pipe, "register:people", BOB, SET_OK, "d4");
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe, "SELECT state || rows || error_en || (SELECT count(*) FROM reg_people) FROM register"),
		"ok11");
}

static void half_lost(void **state)
{
	struct pipe *pipe = *state;

	pipe_tell(pipe, "register:people", ADA "\n" BOB "\n" CAROL, SET_OK, "d1");
	assert_int_equal(pipe_tell(pipe, "register:people", BOB, SET_OK, "d2"), 0);
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT state || rows || (SELECT count(*) FROM reg_people) FROM register"),
			    "refused33");
	assert_non_null(strstr(pipe_text(pipe, "SELECT error_en FROM register"), "1 of 3"));
	assert_non_null(strstr(pipe_text(pipe, "SELECT error_ja FROM register"), "3行から1行"));

	/* Confirmed for another file: no. For this one: yes, once. */
	store_meta_set(store_sqlite(pipe->store), "confirm:people", "d3");
	pipe_tell(pipe, "register:people", BOB, SET_OK, "d2");
	assert_string_equal(pipe_text(pipe, "SELECT state FROM register"), "refused");
	store_meta_set(store_sqlite(pipe->store), "confirm:people", "d2");
	pipe_tell(pipe, "register:people", BOB, SET_OK, "d2");
	assert_string_equal(pipe_text(pipe, "SELECT state || rows || (SELECT count(*) FROM reg_people) FROM register"),
			    "ok11");
	pipe_tell(pipe, "register:people", ADA "\n" BOB "\n" CAROL, SET_OK, "d1");
	pipe_tell(pipe, "register:people", BOB, SET_OK, "d2");
	assert_string_equal(pipe_text(pipe, "SELECT state FROM register"), "refused");

	/* An empty file is the loss of all; half is not over half. */
	pipe_tell(pipe, "register:people", "", SET_OK, "d5");
	assert_string_equal(pipe_text(pipe, "SELECT state || (SELECT count(*) FROM reg_people) FROM register"),
			    "refused3");
	pipe_tell(pipe, "register:people", ADA "\n" BOB, SET_OK, "d6");
	assert_string_equal(pipe_text(pipe, "SELECT state || (SELECT count(*) FROM reg_people) FROM register"), "ok2");
	pipe_tell(pipe, "register:people", ADA, SET_OK, "d7");
	assert_string_equal(pipe_text(pipe, "SELECT state || (SELECT count(*) FROM reg_people) FROM register"), "ok1");
}

/* What `tenken register import --force` leaves beside the file. */
static void confirmed_by_file(void **state)
{
	struct pipe *pipe = *state;
	char origin[96], confirm[96];
	FILE *f;

	snprintf(origin, sizeof(origin), "%s/people.csv", pipe->dir.path);
	snprintf(confirm, sizeof(confirm), "%s/people.confirm", pipe->dir.path);
	pipe->origin = origin;
	pipe_tell(pipe, "register:people", ADA "\n" BOB "\n" CAROL, SET_OK, "d1");
	f = fopen(confirm, "we");
	fputs("d9\n", f);
	fclose(f);
	pipe_tell(pipe, "register:people", BOB, SET_OK, "d2");
	assert_string_equal(pipe_text(pipe, "SELECT state FROM register"), "refused");
	pipe_tell(pipe, "register:people", BOB, SET_OK, "d9");
	assert_string_equal(pipe_text(pipe, "SELECT state || rows FROM register"), "ok1");
}

static void same_key_twice(void **state)
{
	struct pipe *pipe = *state;

	assert_int_equal(pipe_tell(pipe, "register:people", ADA "\nperson_id= e1 |name=Eve|line=9", SET_OK, "d1"), 0);
	assert_string_equal(pipe_text(pipe, "SELECT state || (SELECT count(*) FROM reg_people) FROM register"),
			    "refused0");
	assert_non_null(strstr(pipe_text(pipe, "SELECT error_en FROM register"), "x.csv:9"));
	assert_int_equal(pipe_tell(pipe, "register:people", ADA "\n" ADA, SET_OK, "d2"), 0);
	assert_string_equal(pipe_text(pipe, "SELECT state || rows || (SELECT count(*) FROM reg_people) FROM register"),
			    "ok11");
}

static void lists(void **state)
{
	struct pipe *pipe = *state;

	pipe_tell(pipe, "register:devices", "device_id=PC-1|mac=3423ba1126b8 aabbccddeeff|hostname=pc1|line=2", SET_OK,
		  "d1");
	pipe_tell(pipe, "register:log_sources",
		  "source_id=fw|host=fw01;192.0.2.1|types=auth_success auth_failure|line=2", SET_OK, "d1");
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(column_name || '=' || value || '/' || key) FROM (SELECT * FROM"
				" register_value ORDER BY kind, column_name, value)"),
		"hostname=pc1/pc-1,mac=3423ba1126b8/pc-1,mac=aabbccddeeff/pc-1,host=192.0.2.1/fw,host=fw01/fw,"
		"types=auth_failure/fw,types=auth_success/fw");
	pipe_tell(pipe, "register:devices", "device_id=PC-1|mac=3423ba1126b9|line=2", SET_OK, "d2");
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(value) FROM register_value WHERE kind = 'devices'"),
			    "3423ba1126b9");
}

#define ROOT "user=root|uid=0|name=root|shell=/bin/bash|password=set|enabled=1|login=1|admin=1|expires=|last_login=0"
#define GUEST \
	"user=Guest|uid=1001|name=|shell=/bin/sh|password=empty|enabled=1|login=1|admin=0|expires=2026-12-31|last_login=5"

static void accounts_of_a_machine(void **state)
{
	struct pipe *pipe = *state;

	assert_int_equal(pipe_tell(pipe, "accounts:EMR01", ROOT "\n" GUEST, SET_OK, ""), 0);
	assert_true(pipe_commit(pipe) & store_table("account_stored"));
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(system || user || name || uid || password || enabled || admin ||"
				" ifnull(day(expires_at), '') || ifnull(last_login, '')) FROM account_stored"),
		"emr01guestGuest1001empty102026-12-315,emr01rootroot0set11");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 0);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source WHERE host = 'EMR01'"), 1);

	/* The same again changes nothing; afterwards one went and one came. */
	clock_set(T0 + HOURS(1));
	pipe_tell(pipe, "accounts:EMR01", ROOT "\n" GUEST, SET_OK, "");
	assert_int_equal(pipe_commit(pipe) & store_table("account_stored"), 0);
	clock_set(T0 + HOURS(2));
	pipe_tell(pipe, "accounts:EMR01", ROOT "\nuser=mallory|enabled=1|login=1", SET_OK, "");
	assert_true(pipe_commit(pipe) & store_table("event"));
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(user || first_seen) FROM account_stored"),
			    "mallory1796007200000000,root1796000000000000");
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(type || target_user || host || decoder || system) FROM (SELECT *"
				" FROM event ORDER BY id)"),
		"account_createmalloryEMR01@accountsemr01,account_deleteguestEMR01@accountsemr01");

	/* Not told is not gone. */
	pipe_tell(pipe, "accounts:EMR01", "", SET_REFUSED, "");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM account_stored"), 2);

	/* Another machine's root is another account; systems.csv moves both. */
	pipe_tell(pipe, "accounts:emr02", ROOT, SET_OK, "");
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM account_stored"), 3);
	pipe_tell(pipe, "register:systems", "system_id=EMR|name=x|hosts=emr01 emr02|line=2", SET_OK, "d");
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(DISTINCT system) FROM account_stored"), "emr");
	clock_set(T0 + HOURS(3));
	pipe_tell(pipe, "accounts:emr02", ROOT, SET_OK, "");
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(DISTINCT system) FROM account_stored"), "emr");
}

static void strange_sets(void **state)
{
	struct pipe *pipe = *state;

	assert_int_equal(pipe_tell(pipe, "register:nonsense", "a=b", SET_OK, ""), -EINVAL);
	assert_int_equal(sink_begin(pipe->sink, STR("whatever")), -EINVAL);
	assert_int_equal(sink_end(pipe->sink, STR("register:people"), &(struct set_end){ .state = SET_OK }), -EINVAL);
	assert_int_equal(
		pipe_tell(pipe, "register:people", "nothing\n=|=|\n|||\nperson_id=E1|name=\\0\\q\\|line=x", SET_OK, ""),
		0);
	/* A sender cannot speak as a set: outside of begin and end it is a line like others. */
	assert_int_equal(sink_put(pipe->sink, &(struct record){ .program = STR("@register:people"), .text = STR(BOB) }),
			 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM reg_people WHERE person_id = 'E2'"), 0);
}

static void calendar_makes_all_due(void **state)
{
	struct pipe *pipe = *state;

	pipe_tell(pipe, "register:calendar", "date=2026-12-29|kind=closed|line=2", SET_OK, "d");
	assert_true(pipe_commit(pipe) == UINT64_MAX);
	assert_int_equal(pipe_int(pipe, "SELECT business_days('2026-12-28', '2026-12-30')"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPE_TEST(only_what_differs),     PIPE_TEST(refused_and_missing), PIPE_TEST(half_lost),
		PIPE_TEST(confirmed_by_file),     PIPE_TEST(same_key_twice),      PIPE_TEST(lists),
		PIPE_TEST(accounts_of_a_machine), PIPE_TEST(strange_sets),        PIPE_TEST(calendar_makes_all_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
