/* The cache of the ingest side: bounded whatever senders say, right after eviction, and nothing lost by a failed commit. */
#include <errno.h>

#include "daemon/touched.h"
#include "tests/world.h"

#define T0 SECONDS(1796000000)

#define ROOM_TOLD 20

static const struct state_limits small = { .entities = 64, .sources = 8, .dirty = 32, .told = ROOM_TOLD };

static int setup(void **state)
{
	*state = world_new(&small,
			   "INSERT INTO register_value VALUES ('log_sources', 'host', 'fw01', 'fw'),"
			   " ('log_sources', 'host', '192.0.2.200', 'sw'), ('systems', 'hosts', 'emr01', 'emr')");
	return 0;
}

/* One commit, as the pipeline does it.  What it tells of. */
static uint64_t commit(struct world *w)
{
	struct touched touched = { 0 };

	assert_int_equal(store_begin(w->store), 0);
	assert_int_equal(state_flush(w->state, &w->pool, w->systems, &touched), 0);
	assert_int_equal(store_commit(w->store), 0);
	state_settle(w->state);
	w->pool.n = 0;
	return touched.tables;
}

static void use(struct world *w, const char *place, const char *user, usec_t at, unsigned uses, int64_t event)
{
	if (state_full(w->state))
		commit(w);
	assert_int_equal(state_account(w->state, &w->pool,
				       &(struct account_use){ .place = str_of(place),
							      .user = str_of(user),
							      .at = at,
							      .src_ip = STR("192.0.2.1"),
							      .host = STR("h"),
							      .uses = uses,
							      .event = event }),
			 0);
}

static struct source *source(struct world *w, const char *peer, const char *host, int expect)
{
	struct record rec = { .collector = STR("syslog"), .peer = str_of(peer), .host = str_of(host), .received = T0 };
	struct source *ret = NULL;

	if (state_full(w->state))
		commit(w);
	assert_int_equal(state_source(w->state, &rec, w->systems, &ret), expect);
	assert_int_equal(state_line(w->state, ret, &rec, false), 0);
	return ret;
}

/* 1000 accounts through room for 64, three times: each row has all three uses. */
static void more_than_fits(void **state)
{
	struct world *w = *state;

	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 1000; i++) {
			char user[16];

			snprintf(user, sizeof(user), "u%d", (i * 7 + round * 13) % 1000);
			use(w, "a", user, T0 + SECONDS(round), 1, round * 1000 + i + 1);
			assert_true(state_count(w->state) <= 64);
		}
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM account_seen"), 1000);
	assert_int_equal(
		sql_int(w->db, "SELECT count(*) FROM account_seen WHERE uses = 3 AND last_used - first_used = 2000000"),
		1000);
	assert_int_equal(
		sql_int(w->db, "SELECT count(*) FROM account_seen WHERE first_event <= 1000 AND last_event > 2000"),
		1000);
}

static void sources_are_bounded(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 100; i++) {
		char host[16];

		snprintf(host, sizeof(host), "h%d", i);
		source(w, "192.0.2.1", host, i >= 8);
	}
	/* Whoever is registered still gets a row, by name or by address, and that is bounded too. */
	source(w, "192.0.2.1", "fw01", 0);
	source(w, "192.0.2.200", "spoofed", 0);
	for (int i = 0; i < 100; i++) {
		char peer[16];

		snprintf(peer, sizeof(peer), "10.0.0.%d", i);
		source(w, peer, "fw01", i >= 6);
	}
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM source"), 17);
	assert_int_equal(sql_int(w->db, "SELECT lines FROM source WHERE host = '" STATE_OTHERS "' AND peer = ''"),
			 92 + 94);

	/* A restart does not open the door again. */
	world_close(w);
	world_state(w);
	source(w, "192.0.2.1", "h3", 0);
	source(w, "192.0.2.1", "new", 1);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM source"), 17);
	assert_int_equal(sql_int(w->db, "SELECT lines FROM source WHERE host = 'h3'"), 2);
}

static void failed_commit(void **state)
{
	struct world *w = *state;
	struct touched touched;

	use(w, "a", "ada", T0, 1, 1);
	source(w, "192.0.2.1", "x", 0);
	commit(w);
	use(w, "a", "ada", T0 + SECONDS(1), 2, 2);
	use(w, "a", "bob", T0, 1, 3);
	source(w, "192.0.2.1", "x", 0);
	source(w, "192.0.2.1", "y", 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_begin(w->store), 0);
		assert_int_equal(state_flush(w->state, &w->pool, w->systems, &touched), 0);
		store_rollback(w->store);
	}
	assert_true(state_dirty(w->state));
	commit(w);
	assert_false(state_dirty(w->state));
	assert_int_equal(sql_int(w->db, "SELECT uses FROM account_seen WHERE user = 'ada'"), 3);
	assert_int_equal(sql_int(w->db, "SELECT uses FROM account_seen WHERE user = 'bob'"), 1);
	assert_int_equal(sql_int(w->db, "SELECT lines FROM source WHERE host = 'x'"), 2);
	assert_int_equal(sql_int(w->db, "SELECT sum(lines) FROM source_hour"), 3);
}

/* Lines of several hours in one batch, as a replay has them. */
static void hours(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 10; i++) {
		struct record rec = { .collector = STR("syslog"), .host = STR("x"), .received = T0 + HOURS(i / 2) };
		struct source *s;

		assert_int_equal(state_source(w->state, &rec, w->systems, &s), 0);
		assert_int_equal(state_line(w->state, s, &rec, i % 2), 0);
		assert_int_equal(state_type(w->state, s, EVENT_auth_failure, rec.received, 3, 0), 0);
	}
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM source_hour WHERE lines = 2 AND events = 6"), 5);
	assert_int_equal(sql_int(w->db, "SELECT lines + unknown FROM source"), 15);
	assert_int_equal(sql_int(w->db, "SELECT last_received - first_received FROM source_type WHERE count = 30"),
			 HOURS(4));
}

static void keys_cannot_be_shifted(void **state)
{
	struct world *w = *state;
	static const char nul[] = "b\0c";

	use(w, "a", "bc", T0, 1, 1);
	use(w, "ab", "c", T0, 1, 2);
	assert_int_equal(
		state_account(w->state, &w->pool,
			      &(struct account_use){
				      .place = STR("a"), .user = { nul, 3 }, .at = T0, .uses = 1, .event = 3 }),
		0);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM account_seen"), 3);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM account_seen WHERE user = 'b'"), 1);
}

/* Sources that come by turns, and parts that look like others once they stand side by side. */
static void sources_are_told_apart(void **state)
{
	static const struct {
		struct str peer, identity, host;
	} senders[] = {
		{ STR("a"), STR("b"), STR("h") },     { { "a\0b", 3 }, STR(""), STR("h") },
		{ STR("a"), STR(""), { "b\0h", 3 } }, { STR("ab"), STR(""), STR("h") },
		{ STR(""), STR("ab"), STR("h") },     { STR("a"), STR("b"), STR("\xff") },
	};
	struct world *w = *state;

	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < COUNT(senders); i++) {
			struct record rec = { .collector = STR("syslog"),
					      .peer = senders[i].peer,
					      .identity = senders[i].identity,
					      .host = senders[i].host,
					      .received = T0 };
			struct source *s = NULL;

			assert_int_equal(state_source(w->state, &rec, w->systems, &s), 0);
			assert_int_equal(state_line(w->state, s, &rec, false), 0);
		}
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM source WHERE lines = 3"), COUNT(senders));
}

/* After a restart the rows are there and memory is empty. */
static void restart(void **state)
{
	struct world *w = *state;

	for (int round = 0; round < 3; round++) {
		use(w, "a", "ada", T0 + SECONDS(round), 1, round + 1);
		use(w, "a", round == 0 ? "bob" : "cyd", T0, 1, round + 1);
		source(w, "192.0.2.1", "x", 0);
		commit(w);
		world_close(w);
		world_state(w);
	}
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM account_seen"), 3);
	assert_int_equal(sql_int(w->db, "SELECT uses FROM account_seen WHERE user = 'ada'"), 3);
	assert_int_equal(sql_int(w->db, "SELECT uses FROM account_seen WHERE user = 'cyd'"), 2);
	assert_int_equal(sql_int(w->db, "SELECT lines FROM source"), 3);
}

/* What came late (by the sender's clock) does not overwrite what is newer. */
static void late(void **state)
{
	struct world *w = *state;

	use(w, "a", "ada", T0, 1, 1);
	commit(w);
	assert_int_equal(state_account(w->state, &w->pool,
				       &(struct account_use){ .place = STR("a"),
							      .user = STR("ada"),
							      .at = T0 - HOURS(1),
							      .src_ip = STR("192.0.2.66"),
							      .uses = 1,
							      .event = 2 }),
			 0);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT last_used FROM account_seen"), T0);
	assert_int_equal(sql_int(w->db, "SELECT first_used FROM account_seen"), T0 - HOURS(1));
	assert_int_equal(
		sql_int(w->db, "SELECT count(*) FROM account_seen WHERE last_src_ip = '192.0.2.1' AND first_event = 2"),
		1);
}

static void say(struct world *w, enum event_type type, const char *subject)
{
	assert_int_equal(state_told(w->state, &w->pool,
				    &(struct told_word){ .type = type,
							 .host = STR("pc1"),
							 .subject = str_of(subject),
							 .at = T0,
							 .received = T0,
							 .count = 1 }),
			 0);
}

/* What is said of machines is no reason to ask about accounts. */
static void words_about_accounts(void **state)
{
	struct world *w = *state;
	const uint64_t words = store_table("last_word"), account = store_table("account_word");

	say(w, EVENT_patch_installed, "");
	assert_int_equal(commit(w), words);
	say(w, EVENT_account_disable, "ada");
	assert_int_equal(commit(w), words | account);
}

static void tell(struct world *w, const char *host, const char *reason, usec_t at, int64_t event)
{
	assert_int_equal(state_told(w->state, &w->pool,
				    &(struct told_word){ .type = EVENT_version_seen,
							 .host = str_of(host),
							 .reason = str_of(reason),
							 .at = at,
							 .received = T0,
							 .count = 1,
							 .event = event }),
			 0);
}

/* The newest word stays, over a restart too; whoever invents hosts does not get more than there is room for. */
static void last_words(void **state)
{
	struct world *w = *state;

	tell(w, "fw01", "7.4.8", T0, 1);
	tell(w, "fw01", "7.4.3", T0 - HOURS(1), 2);
	commit(w);
	world_close(w);
	world_state(w);
	tell(w, "fw01", "7.4.9", T0 + HOURS(1), 3);
	tell(w, "emr01", "1", T0, 4);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM last_word WHERE host = 'fw01' AND last_reason = '7.4.9'"
					" AND count = 3 AND first_event = 2 AND last_event = 3 AND system = 'fw01'"),
			 1);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM last_word WHERE host = 'emr01' AND system = 'emr'"), 1);
	for (int i = 0; i < 100; i++) {
		char host[16];

		snprintf(host, sizeof(host), "made-up-%d", i);
		tell(w, host, "1", T0, 5);
	}
	tell(w, "emr01", "2", T0 + HOURS(1), 6);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM last_word"), ROOM_TOLD);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM last_word WHERE last_reason = '2'"), 1);
}

static void forgotten_sources(void **state)
{
	struct world *w = *state;

	source(w, "192.0.2.1", "x", 0);
	commit(w);
	sqlite3_exec(w->db, "DELETE FROM source_hour; DELETE FROM source", NULL, NULL, NULL);
	state_forget(w->state);
	source(w, "192.0.2.1", "x", 0);
	commit(w);
	assert_int_equal(sql_int(w->db, "SELECT lines FROM source WHERE host = 'x'"), 1);
}

static uint64_t line_at(struct world *w, usec_t at, usec_t skew)
{
	struct record rec = { .collector = STR("syslog"), .host = STR("s"), .received = at, .at = at - skew };
	struct source *s = NULL;

	assert_int_equal(state_source(w->state, &rec, w->systems, &s), 0);
	assert_int_equal(state_line(w->state, s, &rec, false), 0);
	assert_int_equal(state_type(w->state, s, EVENT_auth_success, at, 1, 0), 0);
	return commit(w);
}

static uint64_t used_at(struct world *w, usec_t at, const char *ip)
{
	const struct account_use use = {
		.place = STR("a"), .user = STR("ada"), .at = at, .src_ip = str_of(ip), .uses = 1, .event = 1
	};

	assert_int_equal(state_account(w->state, &w->pool, &use), 0);
	return commit(w);
}

/* Of an account at @place by host x. */
static uint64_t told_at(struct world *w, usec_t at, const char *place)
{
	struct record rec = {
		.collector = STR("syslog"), .peer = STR("10.9.0.1"), .host = STR("x"), .received = at, .at = at
	};
	struct source *from;

	assert_int_equal(state_source(w->state, &rec, w->systems, &from), 0);
	assert_int_equal(state_place(w->state, from, str_of(place), at), 0);
	return commit(w) & store_table("source_type");
}

/* A table is told as changed when a check could say something else, not for each count. */
static void tells_what_turns(void **state)
{
	const uint64_t source = store_table("source"), type = store_table("source_type"),
		       hour = store_table("source_hour"), account = store_table("account_seen"),
		       origin = store_table("account_origin");
	usec_t noon = when_day_start(when_day_of(T0) + 1) + HOURS(12);
	struct world *w = *state;

	assert_int_equal(line_at(w, noon, 0) & (source | type | hour), source | type | hour);
	assert_int_equal(line_at(w, noon + SECONDS(1), 0) & (source | type | hour), 0);
	assert_int_equal(line_at(w, noon + SECONDS(2), MINUTES(2)) & (source | hour), source);
	assert_int_equal(line_at(w, noon + MINUTES(8), MINUTES(2)) & (source | type), source);
	assert_int_equal(line_at(w, noon + HOURS(1), 0) & hour, hour);
	assert_int_equal(line_at(w, noon + HOURS(3), 0) & (source | type), source | type);

	assert_int_equal(used_at(w, noon, "10.0.0.1") & (account | type | origin), account | origin);
	assert_int_equal(used_at(w, noon + MINUTES(1), "10.0.0.1") & (account | type | origin), 0);
	assert_int_equal(used_at(w, noon + MINUTES(30), "10.0.0.1") & (account | type | origin), 0);
	assert_int_equal(used_at(w, noon + MINUTES(31), "203.0.113.9") & (account | type | origin), account | origin);
	assert_int_equal(used_at(w, noon + HOURS(2), "203.0.113.9") & (account | type | origin), account);
	assert_int_equal(used_at(w, noon + HOURS(12) - MINUTES(1), "203.0.113.9") & account, account);
	assert_int_equal(used_at(w, noon + HOURS(12) + MINUTES(10), "203.0.113.9") & (account | origin),
			 account | origin);

	/* Whose accounts a source tells of is told once, and kept to the day. */
	assert_int_equal(told_at(w, noon, "hosp"), type);
	assert_int_equal(told_at(w, noon + MINUTES(1), "hosp"), 0);
	assert_int_equal(told_at(w, noon + DAYS(1), "hosp"), 0);
	assert_int_equal(told_at(w, noon + DAYS(1), "lab"), type);
	assert_int_equal(sql_int(w->db, "SELECT count(*) FROM source_place"), 2);
	assert_int_equal(sql_int(w->db, "SELECT last_at FROM source_place WHERE place = 'hosp'"), noon + DAYS(1));
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(more_than_fits), WORLD_TEST(sources_are_bounded),    WORLD_TEST(failed_commit),
		WORLD_TEST(hours),          WORLD_TEST(keys_cannot_be_shifted), WORLD_TEST(late),
		WORLD_TEST(last_words),     WORLD_TEST(forgotten_sources),      WORLD_TEST(sources_are_told_apart),
		WORLD_TEST(restart),        WORLD_TEST(words_about_accounts),   WORLD_TEST(tells_what_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
