/* From lines to rows: state, events, coalescing, which time counts, devices once a day, identity. */
#include "daemon/pipeline_in.h"
#include "tests/pipe.h"
#include "tests/table.h"

static void line_to_rows(void **state)
{
	struct pipe *pipe = *state;
	usec_t deadline;

	assert_false(pipeline_dirty(pipe->pipeline, &deadline));
	assert_int_equal(pipe_say(pipe, "emr01", "in Ada from 192.0.2.9"), 0);
	assert_true(pipeline_dirty(pipe->pipeline, &deadline));
	assert_true(deadline <= clock_monotonic());
	assert_int_equal(pipe_say(pipe, "emr01", "out ada"), 0);
	assert_int_equal(pipe_commit(pipe), store_table("event") | store_table("source") | store_table("source_hour") |
						    store_table("source_type") | store_table("source_fields") |
						    store_table("account_seen") | store_table("account_origin") |
						    store_table("own_fact"));
	assert_false(pipeline_dirty(pipe->pipeline, &deadline));
	assert_string_equal(
		pipe_text(pipe, "SELECT type || user || src_ip || host || program || decoder || system || count || raw"
				" FROM event"),
		"auth_successAda192.0.2.9emr01doorddoordemr011in Ada from 192.0.2.9");
	assert_string_equal(
		pipe_text(pipe, "SELECT collector || peer || host || system || lines || events || unknown FROM source"),
		"syslog192.0.2.7emr01emr01210");
	assert_string_equal(
		pipe_text(pipe, "SELECT place || user || system || uses || last_src_ip || last_host || first_event ||"
				" last_event FROM account_seen"),
		"emr01adaemr011192.0.2.9emr0111");
	assert_int_equal(pipe_int(pipe, "SELECT sum(lines) FROM source_hour"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT count FROM source_type WHERE type = 'auth_success'"), 1);
	assert_int_equal(pipe_commit(pipe), 0);

	/* The second batch updates the rows of the first. */
	clock_set(T0 + SECONDS(30));
	assert_int_equal(pipe_say(pipe, "EMR01", "in HOSP\\ADA"), 0);
	assert_int_equal(pipe_say(pipe, "emr01", "in ada@EXAMPLE.JP from 192.0.2.10"), 0);
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe,
			  "SELECT count(*) || uses || last_src_ip || first_event || last_event FROM account_seen"),
		"13192.0.2.1013");
	assert_int_equal(pipe_int(pipe, "SELECT sum(lines) FROM source_hour"), 4);
}

static void only_use_makes_an_account(void **state)
{
	struct pipe *pipe = *state;

	pipe_say(pipe, "a", "no guest");
	pipe_say(pipe, "a", "new Bob");
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT count(*) || user || uses || first_used || last_used || first_event"
					    " FROM account_seen"),
			    "1bob0002");
	clock_set(T0 + SECONDS(5));
	pipe_say(pipe, "a", "in bob");
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe,
			  "SELECT uses || (first_used = last_used) || first_event || last_event FROM account_seen"),
		"1133");
}

/* Many in one statement, the rest alone: each row has its own fields and none of another's, in every batch. */
static void rows_are_their_own(void **state)
{
	struct pipe *pipe = *state;
	char text[64];

	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text),
			 i % 3 == 0   ? "in u%d from 192.0.2.9"
			 : i % 3 == 1 ? "new u%d"
				      : "no u%d",
			 i);
		assert_int_equal(pipe_say(pipe, "a", text), 0);
		if (i == 76 || i == 77 || i == 141)
			pipe_commit(pipe);
	}
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 300);
	assert_int_equal(pipe_int(pipe,
				  "SELECT count(*) FROM event WHERE CAST(raw AS TEXT) = CASE (id - 1) % 3"
				  " WHEN 0 THEN 'in ' || user || ' from ' || src_ip WHEN 1 THEN 'new ' || target_user"
				  " ELSE 'no ' || user END AND ifnull(user, target_user) = 'u' || (id - 1)"
				  " AND (src_ip IS NULL) = (id % 3 <> 1) AND (user IS NULL) = (id % 3 = 2)"
				  " AND (target_user IS NULL) = (id % 3 <> 2)"),
			 300);
}

static void patients_stay_private(void **state)
{
	struct pipe *pipe = *state;

	pipe_say(pipe, "emr01", "record of 0012345 YAMADA");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT length(raw) FROM event WHERE type = 'record_access'"), 0);
}

static void equal_ones_are_counted(void **state)
{
	struct pipe *pipe = *state;

	for (int i = 0; i < 100; i++)
		assert_int_equal(pipe_say(pipe, "a", "no root"), 0);
	pipe_say(pipe, "a", "no other");
	pipe_say(pipe, "b", "no root");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 3);
	assert_int_equal(pipe_int(pipe, "SELECT max(count) FROM event"), 100);

	/* Still the same second, one commit later. */
	clock_set(T0 + MSEC(900));
	pipe_say(pipe, "a", "no root");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT max(count) FROM event"), 101);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 3);
	assert_int_equal(pipe_int(pipe, "SELECT sum(count) FROM source_type"), 103);

	clock_set(T0 + SECONDS(1));
	pipe_say(pipe, "a", "no root");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 4);
}

/* Rare events are told by name, also one that got more; logins are not. */
static void tells_of_rare_events(void **state)
{
	struct pipe *pipe = *state;
	struct touched touched = { 0 };

	pipe_say(pipe, "emr01", "far ada");
	pipe_say(pipe, "emr01", "in bob");
	pipe_say(pipe, "emr01", "new eve");
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), 1);
	assert_true(touched.tables & store_table("rare_event"));
	assert_int_equal(touched.events.n, 2);
	assert_int_equal(pipe_int(pipe, "SELECT id FROM event WHERE type = 'remote_session'"), touched.events.ids[0]);
	assert_int_equal(pipe_int(pipe, "SELECT id FROM event WHERE type = 'account_create'"), touched.events.ids[1]);

	pipe_say(pipe, "emr01", "new eve");
	pipe_say(pipe, "emr01", "in bob");
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), 1);
	assert_int_equal(touched.events.n, 1);
	assert_int_equal(pipe_int(pipe, "SELECT count FROM event WHERE type = 'account_create'"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT id FROM event WHERE type = 'account_create'"), touched.events.ids[0]);

	pipe_say(pipe, "emr01", "in bob");
	assert_int_equal(pipeline_commit(pipe->pipeline, &touched), 1);
	assert_false(touched.tables & store_table("rare_event"));
	assert_int_equal(touched.events.n, 0);
}

/* A line that is two things gives two events, one use of the account and both types of its source. */
static void a_second_type(void **state)
{
	struct pipe *pipe = *state;

	pipe_say(pipe, "emr01", "far ada");
	pipe_say(pipe, "emr01", "in bob");
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT group_concat(type || user) FROM (SELECT * FROM event ORDER BY id)"),
			    "auth_successada,remote_sessionada,auth_successbob");
	assert_int_equal(pipe_int(pipe, "SELECT sum(uses) FROM account_seen"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT count FROM source_type WHERE type = 'remote_session'"), 1);
}

/* Which time counts. */
static const struct when_row {
	const char *name;
	usec_t sent; /* the sender's time less ours; its absence is INT64_MIN */
	usec_t at;   /* what counts, less ours */
} whens[] = {
	{ "the same", 0, 0 },
	{ "none", INT64_MIN, 0 },
	{ "an hour ago", -HOURS(1), -HOURS(1) },
	{ "a year ago", -DAYS(365), -DAYS(365) },
	{ "four minutes ahead", MINUTES(4), MINUTES(4) },
	{ "six minutes ahead", MINUTES(6), 0 },
	{ "in 2099", DAYS(26000), 0 },
};

static void time_that_counts(void **state)
{
	const struct when_row *row = *state;
	struct pipe *pipe = pipe_new();
	struct record rec = pipe_record("a", "doord", "in ada");

	rec.at = row->sent == INT64_MIN ? 0 : T0 + row->sent;
	assert_int_equal(sink_put(pipe->sink, &rec), 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT at FROM event"), T0 + row->at);
	assert_int_equal(pipe_int(pipe, "SELECT received FROM event"), T0);
	assert_int_equal(pipe_int(pipe, "SELECT last_used FROM account_seen"), T0 + row->at);
	assert_int_equal(pipe_int(pipe, "SELECT skew FROM source"), row->sent == INT64_MIN ? 0 : -row->sent);
	pipe_free(pipe);
}

static void device_once_a_day(void **state)
{
	struct pipe *pipe = *state;

	for (int i = 0; i < 5; i++) {
		clock_set(T0 + HOURS(i));
		pipe_say(pipe, "dhcp", "seen 34-23-BA-11-26-B8 at 192.0.2.22 as pc1");
		pipe_commit(pipe);
	}
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 1);
	assert_string_equal(pipe_text(pipe,
				      "SELECT mac || ip || host || segment || randomised || sightings || first_event ||"
				      " last_event || (last_seen - first_seen) FROM device_seen"),
			    "3423ba1126b8192.0.2.22pc1192.0.2051114400000000");

	/* Another address the same day is news; the first one again is not. */
	pipe_say(pipe, "dhcp", "seen 3423ba1126b8 at 192.0.2.23 as pc1");
	pipe_say(pipe, "dhcp", "seen 3423ba1126b8 at 192.0.2.22 as pc1");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event"), 2);

	/* A restart forgets nothing of the day; the next day of Japan is news. */
	pipe_close(pipe);
	pipe_open(pipe);
	pipe_say(pipe, "dhcp", "seen 3423ba1126b8 at 192.0.2.22 as pc1");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'device_seen'"), 2);
	clock_set(T0 + HOURS(19));
	pipe_say(pipe, "dhcp", "seen 3423ba1126b8 at 192.0.2.22 as pc1");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE type = 'device_seen'"), 3);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM device_seen"), 1);

	/* Without MAC it is no device, and one event a day. */
	pipe_say(pipe, "dhcp", "seen nobody at 192.0.2.80 as scale");
	pipe_say(pipe, "dhcp", "seen nobody at 192.0.2.80 as scale");
	pipe_say(pipe, "dhcp", "seen d6:23:ba:11:26:b8 at 192.0.2.90 as phone");
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM event WHERE ip = '192.0.2.80'"), 1);
	assert_string_equal(pipe_text(pipe, "SELECT count(*) || sum(randomised) FROM device_seen"), "21");
}

static void systems_csv(void **state)
{
	struct pipe *pipe = *state;

	pipe_say(pipe, "emr01", "in ada");
	pipe_say(pipe, "dc1", "in HOSP\\bob");
	pipe_commit(pipe);
	assert_int_equal(
		pipe_tell(pipe, "register:systems",
			  "system_id=EMR|name=emr|hosts=emr01 emr02|line=2\nsystem_id=ad|name=AD|domains=hosp|line=3",
			  SET_OK, "d1"),
		0);
	assert_int_equal(pipe_commit(pipe) &
				 (store_table("reg_systems") | store_table("account_seen") | store_table("source")),
			 store_table("reg_systems") | store_table("account_seen") | store_table("source"));
	assert_string_equal(
		pipe_text(pipe,
			  "SELECT group_concat(place || '/' || user || '=' || system) FROM (SELECT * FROM account_seen"
			  " ORDER BY id)"),
		"emr01/ada=emr,dc1/bob=dc1");
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(host || '=' || system) FROM (SELECT * FROM source ORDER BY id)"),
		"emr01=emr,dc1=dc1");

	clock_set(T0 + SECONDS(9));
	pipe_say(pipe, "dc1", "in HOSP\\Bob");
	pipe_say(pipe, "emr02", "in ada");
	pipe_say(pipe, "emr01.hosp.example", "in ada");
	pipe_say(pipe, "dc1", "in carol of DC1 at pc7");
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(pipe,
			  "SELECT group_concat(place || '/' || user || '=' || system) FROM (SELECT * FROM account_seen"
			  " ORDER BY id)"),
		"emr01/ada=emr,dc1/bob=dc1,hosp/bob=ad,emr02/ada=emr,emr01.hosp.example/ada=emr,pc7/carol=pc7");
	assert_string_equal(
		pipe_text(pipe, "SELECT group_concat(system) FROM (SELECT system FROM event WHERE id > 2 ORDER BY id)"),
		"ad,emr,emr,pc7");
}

/* What lay in a file happened when it says so: an old export is not a flood of today.  That it arrived is of today. */
static void stored_is_not_new(void **state)
{
	struct pipe *pipe = *state;
	struct record rec = pipe_record("emr", "doord", "no ada");

	rec.flags = RECORD_STORED;
	rec.at = T0 - DAYS(3);
	assert_int_equal(sink_put(pipe->sink, &rec), 0);
	rec.flags = 0;
	rec.text = rec.raw = STR("no ito");
	assert_int_equal(sink_put(pipe->sink, &rec), 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT received FROM event WHERE user = 'ada'"), T0 - DAYS(3));
	assert_int_equal(pipe_int(pipe, "SELECT received FROM event WHERE user = 'ito'"), T0);
	assert_int_equal(pipe_int(pipe, "SELECT last_received FROM source"), T0);
}

static void collectors_speak(void **state)
{
	struct pipe *pipe = *state;

	pipeline_collector(pipe->pipeline, "journal", "failed", "no such folder");
	pipe_commit(pipe);
	clock_set(T0 + SECONDS(5));
	pipeline_collector(pipe->pipeline, "journal", "failed", "still none");
	assert_int_equal(pipe_commit(pipe), store_table("collector"));
	assert_string_equal(pipe_text(pipe, "SELECT state || reason FROM collector"), "failedstill none");
	assert_int_equal(pipe_int(pipe, "SELECT since FROM collector"), T0);
	pipeline_collector(pipe->pipeline, "journal", "ok", NULL);
	pipe_commit(pipe);
	assert_string_equal(pipe_text(pipe, "SELECT state || reason || (since > 0) FROM collector"), "ok1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPE_TEST(line_to_rows),          PIPE_TEST(only_use_makes_an_account), PIPE_TEST(rows_are_their_own),
		PIPE_TEST(patients_stay_private), PIPE_TEST(equal_ones_are_counted),    PIPE_TEST(a_second_type),
		PIPE_TEST(tells_of_rare_events),  PIPE_TEST(device_once_a_day),         PIPE_TEST(systems_csv),
		PIPE_TEST(collectors_speak),      PIPE_TEST(stored_is_not_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) | RUN_TABLE(whens, time_that_counts);
}
