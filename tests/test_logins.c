/* From where accounts are used, where they are refused, who opens records: exact for people, bounded for a flood. */
#include <errno.h>

#include "daemon/touched.h"
#include "tests/world.h"

#define T0 (when_day_start(20700) + HOURS(9)) /* nine in the morning */

static const struct state_limits small = { .dirty = 64, .origins = 100, .of_account = 8, .refused = 16, .openers = 16 };

static int setup(void **state)
{
	*state = world_new(&small, NULL);
	return 0;
}

static void flush(struct world *w, bool commit)
{
	struct touched touched = { 0 };

	assert_int_equal(store_begin(w->store), 0);
	assert_int_equal(state_flush(w->state, &w->pool, w->systems, &touched), 0);
	if (!commit) {
		store_rollback(w->store);
		return;
	}
	assert_int_equal(store_commit(w->store), 0);
	state_settle(w->state);
	w->pool.n = 0;
}

static void use(struct world *w, const char *place, const char *user, const char *ip, usec_t at)
{
	if (state_full(w->state))
		flush(w, true);
	assert_int_equal(state_account(w->state, &w->pool,
				       &(struct account_use){ .place = str_of(place),
							      .user = str_of(user),
							      .src_ip = str_of(ip),
							      .host = STR("srv1"),
							      .method = STR("password"),
							      .at = at,
							      .received = at,
							      .uses = 1,
							      .event = ++w->event }),
			 0);
}

static void refuse(struct world *w, const char *user, const char *ip, usec_t at, unsigned n)
{
	if (state_full(w->state))
		flush(w, true);
	assert_int_equal(state_refused(w->state, &(struct account_refusal){ .place = STR("srv1"),
									    .user = str_of(user),
									    .src_ip = str_of(ip),
									    .received = at,
									    .count = n,
									    .event = ++w->event }),
			 0);
}

static void open_record(struct world *w, const char *user, const char *whose, usec_t at)
{
	if (state_full(w->state))
		flush(w, true);
	assert_int_equal(state_opened(w->state, &(struct record_opened){ .place = STR("emr"),
									 .user = str_of(user),
									 .whose = str_of(whose),
									 .at = at,
									 .count = 1,
									 .event = ++w->event }),
			 0);
}

/* A row an address, spells five minutes apart, days, the night, first and last event. */
static void origins(void **state)
{
	struct world *w = *state;

	use(w, "srv1", "ada", "10.0.0.1", T0);
	use(w, "srv1", "ada", "10.0.0.1", T0 + MINUTES(1));
	use(w, "srv1", "ada", "10.0.0.2", T0 + MINUTES(2));
	use(w, "srv1", "ada", "10.0.0.1", T0 + MINUTES(4));
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT spells FROM v_login_source WHERE src_ip = '10.0.0.1'"), 1);
	use(w, "srv1", "ada", "10.0.0.1", T0 + MINUTES(6));
	use(w, "srv1", "ada", "10.0.0.1", T0 + HOURS(14)); /* eleven at night */
	use(w, "srv1", "ada", "10.0.0.1", T0 + HOURS(20)); /* five in the morning: day */
	use(w, "srv1", "ada", "10.0.0.1", T0 - DAYS(2));   /* came late */
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_source"), 2);
	assert_int_equal(sql_int(w->db, "SELECT spells * 10 + days FROM v_login_source WHERE src_ip = '10.0.0.1'"), 53);
	assert_int_equal(sql_int(w->db, "SELECT last_night FROM v_login_source WHERE src_ip = '10.0.0.1'"),
			 T0 + HOURS(14));
	assert_int_equal(sql_int(w->db,
				 "SELECT first_event * 100 + last_event * 10 + (night_event = 6) FROM v_login_source"
				 " WHERE src_ip = '10.0.0.1'"),
			 871);
	/* The machine itself is the place: no row for it.  An account of a domain has one for each machine. */
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_host"), 0);
	use(w, "hosp", "ada", "10.0.0.1", T0);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_host WHERE host = 'srv1' AND place = 'hosp'"), 1);
}

/* What memory forgot or a restart lost is read again; a commit that failed counts once. */
static void origins_come_again(void **state)
{
	struct world *w = *state;

	for (int round = 0; round < 3; round++) {
		use(w, "srv1", "ada", "10.0.0.1", T0 + HOURS(round));
		use(w, "srv1", "ada", "10.0.0.2", T0 + HOURS(round) + 1);
		flush(w, false);
		flush(w, true);
		world_close(w);
		world_state(w);
	}
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_source WHERE spells = 3 AND days = 1"), 2);
	assert_int_equal(
		sql_int(w->db, "SELECT count(*) FROM v_login_source WHERE first_event <= 2 AND last_event >= 5"), 2);
}

/* Eight addresses of one account, a hundred of all; the rest is counted, also after a restart. */
static void origins_are_bounded(void **state)
{
	struct world *w = *state;
	char name[24];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 40; i++) {
			snprintf(name, sizeof(name), "10.0.1.%d", i);
			use(w, "srv1", "ada", name, T0 + HOURS(i + 40 * round));
		}
		flush(w, true);
		world_close(w);
		world_state(w);
	}
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_source WHERE account = 'ada'"), 9);
	assert_int_equal(sql_int(w->db, "SELECT spells FROM v_login_source WHERE others = 1"), 64);
	assert_int_equal(sql_int(w->db, "SELECT sum(spells) FROM v_login_source"), 80);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		use(w, "srv1", name, "10.0.0.1", T0 + HOURS(i));
	}
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM account_origin"), 101);
	assert_int_equal(sql_int(w->db, "SELECT spells FROM account_origin WHERE account = 0"), 2000 - 91);
	/* Who was there before the flood still is, and is still followed. */
	use(w, "srv1", "ada", "10.0.1.3", T0 + DAYS(200));
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT last_used FROM v_login_source WHERE src_ip = '10.0.1.3'"),
			 T0 + DAYS(200));
}

/* Ten in five minutes from one address, a login that follows; who is not known is not named. */
static void bursts(void **state)
{
	struct world *w = *state;

	use(w, "srv1", "ada", "10.0.0.7", T0 - DAYS(1));
	for (int i = 0; i < 10; i++)
		refuse(w, "ada", "10.0.0.9", T0 + SECONDS(i), 1);
	for (int i = 0; i < 6; i++)
		refuse(w, "Secret!23", "", T0 + SECONDS(i), 1);
	refuse(w, "ada", "10.0.0.8", T0, 4);
	flush(w, false);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_burst"), 3);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_login_burst WHERE src_ip = '10.0.0.9'"), 10);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_login_burst WHERE account = 'ada'"), 14);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_login_burst WHERE kind = 'account' AND account IS NULL"),
			 6);
	assert_int_equal(sql_int(w->db, "SELECT success_at IS NULL FROM v_login_burst WHERE src_ip = '10.0.0.9'"), 1);

	/* From elsewhere it is the account's burst only; too late it is none. */
	use(w, "srv1", "bob", "10.0.0.10", T0 + MINUTES(1));
	use(w, "srv1", "bob", "10.0.0.9", T0 + MINUTES(62));
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_burst WHERE success_at > 0"), 0);
	use(w, "srv1", "ada", "10.0.0.9", T0 + MINUTES(20));
	flush(w, true);
	assert_int_equal(
		sql_int(w->db,
			"SELECT count(*) FROM v_login_burst WHERE success_after >= 10 AND success_account = 'ada'"
			" AND success_system = 'srv1'"),
		2);
	/* More of them, and another login: the one after the most counts. */
	refuse(w, "ada", "10.0.0.9", T0 + MINUTES(21), 30);
	use(w, "srv1", "ada", "10.0.0.9", T0 + MINUTES(22));
	flush(w, true);
	assert_int_equal(
		sql_int(w->db, "SELECT success_after FROM v_login_burst WHERE src_ip = '10.0.0.9' AND count = 30"), 30);
}

/* Windows that end before their commit, and different accounts of an address. */
static void windows(void **state)
{
	struct world *w = *state;
	char name[24];

	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		refuse(w, name, "10.0.0.9", T0 + SECONDS(10 * i), 1);
	}
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_burst WHERE src_ip = '10.0.0.9' AND count = 30"),
			 2);
	assert_int_equal(sql_int(w->db, "SELECT max(accounts) FROM v_login_burst"), 32);
	for (int i = 0; i < 20; i++)
		refuse(w, "u1", "10.0.0.11", T0 + MINUTES(30 + 5 * i), 5);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_burst WHERE src_ip = '10.0.0.11' AND count = 5"),
			 20);
	assert_int_equal(sql_int(w->db, "SELECT max(accounts) FROM v_login_burst WHERE src_ip = '10.0.0.11'"), 1);
}

/* Invented addresses and names: sixteen of each an hour, the rest is one row a window; what follows is still seen. */
static void refusals_are_bounded(void **state)
{
	struct world *w = *state;
	char name[24], ip[24];

	for (int hour = 0; hour < 2; hour++)
		for (int i = 0; i < 5000; i++) {
			snprintf(name, sizeof(name), "x%d", i);
			snprintf(ip, sizeof(ip), "10.9.%d.%d", i / 250, i % 250);
			refuse(w, name, ip, T0 + HOURS(hour) + MSEC(i), 1);
		}
	flush(w, true);
	assert_true(state_count(w->state) <= 4 * 17);
	assert_int_equal(sql_int(w->db, "SELECT sum(count) FROM login_refused"), 2 * 2 * 5000);
	assert_true(sql_int(w->db, "SELECT count(*) FROM login_refused") <= 3 * 34);
	assert_true(sql_int(w->db, "SELECT count(*) FROM v_login_burst WHERE others = 1") >= 2);
	/* An hour later there is room again. */
	refuse(w, "ada", "10.0.0.1", T0 + HOURS(4), 12);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_login_burst WHERE src_ip = '10.0.0.1'"), 12);
}

static void records(void **state)
{
	struct world *w = *state;
	char whose[24];

	for (int i = 0; i < 400; i++) {
		snprintf(whose, sizeof(whose), "p%d", i / 2);
		open_record(w, "ada", whose, T0 + SECONDS(i));
		open_record(w, "bob", "p1", T0 + SECONDS(i));
		if (i == 150)
			flush(w, false);
	}
	open_record(w, "ada", "p1", T0 + HOURS(1));
	open_record(w, "cyd", "", T0);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_record_hour WHERE account = 'ada' AND patients < 100"), 1);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_record_peak"), 400);
	assert_in_range(sql_int(w->db, "SELECT patients FROM v_record_peak"), 190, 210);
	assert_int_equal(sql_int(w->db, "SELECT patients FROM v_record_hour WHERE account = 'bob'"), 1);
	assert_int_equal(sql_int(w->db, "SELECT patients FROM v_record_hour WHERE account = 'cyd'"), 0);
	assert_int_equal(sql_int(w->db, "SELECT at FROM v_record_peak"), T0);
	for (int i = 0; i < 2000; i++) {
		snprintf(whose, sizeof(whose), "z%d", i);
		open_record(w, whose, "p1", T0 + HOURS(2));
	}
	flush(w, true);
	assert_int_equal(
		sql_int(w->db, "SELECT count(*) FROM v_record_hour WHERE at = (SELECT max(at) FROM v_record_hour)"),
		17);
	assert_int_equal(sql_int(w->db, "SELECT count FROM v_record_hour WHERE others = 1"), 1984);
}

/* Old rows go; of a window that held one or two refusals after a day. */
static void pruned(void **state)
{
	struct world *w = *state;

	use(w, "srv1", "ada", "10.0.0.1", T0 - DAYS(500));
	use(w, "srv1", "ada", "10.0.0.2", T0 - DAYS(399));
	refuse(w, "ada", "10.0.0.1", T0 - DAYS(2), 2);
	refuse(w, "ada", "10.0.0.2", T0 - DAYS(2), 3);
	refuse(w, "ada", "10.0.0.3", T0 - HOURS(2), 1);
	refuse(w, "ada", "10.0.0.4", T0 - DAYS(32), 100);
	open_record(w, "ada", "p1", T0 - DAYS(32));
	open_record(w, "ada", "p1", T0 - DAYS(30));
	flush(w, true);
	assert_int_equal(state_login_prune(w->state, T0), 0);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_source"), 1);
	assert_int_equal(sql_int(w->db, "SELECT sum(count) FROM login_refused WHERE kind = 'source'"), 4);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_record_hour"), 1);
	/* What went and comes again has a row again. */
	use(w, "srv1", "ada", "10.0.0.1", T0);
	flush(w, true);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM v_login_source"), 2);
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(origins),
		WORLD_TEST(origins_come_again),
		WORLD_TEST(origins_are_bounded),
		WORLD_TEST(bursts),
		WORLD_TEST(windows),
		WORLD_TEST(refusals_are_bounded),
		WORLD_TEST(records),
		WORLD_TEST(pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
