/* Lines that belong together: who gets which parts, what hostile text does to them, and how much is kept of a flood. */

#include <malloc.h>

#include "daemon/join.h"
#include "tests/pipe.h"
#include "tests/table.h"

static struct decoders *set;

static int load(void **state)
{
	const char *source = getenv("TENKEN_SOURCE");
	char dir[4096];
	const char *const dirs[] = { dir, NULL };
	struct diag diag = { 0 };

	snprintf(dir, sizeof(dir), "%s/rules/decoders", source ? source : ".");
	if (decoders_load(dirs, &set, &diag) < 0)
		fail_msg("%s", diag.text);
	return 0;
}

static int unload(void **state)
{
	decoders_free(set);
	return 0;
}

/* Says @text, and gives what is to be read of it as "user src_ip object", "" for no event; '-' in front when it waits. */
static const char *say(struct join_table *table, int64_t source, const char *program, const char *text)
{
	static char buf[1024];
	char raw[5000];
	struct record rec = { .received = T0, .program = str_of(program) }, whole;
	struct event ev;
	enum join_answer answer;

	snprintf(raw, sizeof(raw), "<38>Nov 24 10:00:00 ldap01 %s[7]: %s", program, text);
	rec.raw = str_of(raw);
	rec.text = str_from(rec.raw, rec.raw.n - strlen(text));
	buf[0] = '\0';
	while ((answer = join_line(table, set, source, &rec, &whole)) == JOIN_SPILL)
		join_done(table);
	if (answer == JOIN_WAITS)
		return "-";
	if (decoders_match(set, answer == JOIN_TOGETHER ? &whole : &rec, &ev))
		snprintf(buf, sizeof(buf), "%s " STR_FMT " " STR_FMT, event_type_name(ev.type),
			 STR_ARG(ev.field[FIELD_user]), STR_ARG(ev.field[FIELD_src_ip]));
	join_done(table);
	return buf;
}

#define ACCEPT(conn, address) "conn=" conn " fd=12 ACCEPT from IP=" address ":40000 (IP=0.0.0.0:389)"
#define BIND(conn, dn) "conn=" conn " op=0 BIND dn=\"" dn "\" method=128"
#define RESULT(conn, err) "conn=" conn " op=0 RESULT tag=97 err=" err " text="

static const struct story {
	const char *name;
	const char *lines[6]; /* the last one is looked at */
	const char *says;
} stories[] = {
	{ "three lines",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=eve"), RESULT("1", "49") },
	  "auth_failure uid=eve 192.0.2.9" },
	{ "a login",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=sato,ou=staff"), RESULT("1", "0") },
	  "auth_success sato 192.0.2.9" },
	{ "nobody at all", { ACCEPT("1", "192.0.2.9"), BIND("1", ""), RESULT("1", "0") }, "" },
	{ "of another connection",
	  { ACCEPT("1", "192.0.2.9"), BIND("2", "uid=ada"), RESULT("2", "49") },
	  "auth_failure uid=ada " },
	{ "nothing was heard before", { RESULT("1", "49") }, "auth_failure  " },
	{ "the second bind of a connection",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=sato"), RESULT("1", "0"), BIND("1", "uid=root"),
	    RESULT("1", "49") },
	  "auth_failure uid=root 192.0.2.9" },
	{ "the number came round",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=sato"), "conn=1 fd=12 closed", ACCEPT("1", "192.0.2.77"),
	    BIND("1", "uid=eve"), RESULT("1", "49") },
	  "auth_failure uid=eve 192.0.2.77" },
	{ "a name that looks like an address",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=x fd=1 ACCEPT from IP=10.0.0.1:1 (IP=0.0.0.0:389)"),
	    RESULT("1", "49") },
	  "auth_failure uid=x fd=1 ACCEPT from IP=10.0.0.1:1 (IP=0.0.0.0:389) 192.0.2.9" },
	{ "a name with lines of its own",
	  { ACCEPT("1", "192.0.2.9"), BIND("1", "uid=x\" method=1 \nconn=1 op=0 RESULT tag=97 err=0 text="),
	    RESULT("1", "49") },
	  "auth_failure uid=x\" method=1  conn=1 op=0 RESULT tag=97 err=0 text= 192.0.2.9" },
	{ "a number that is none", { ACCEPT("1 1", "192.0.2.9"), RESULT("1 1", "49") }, "" },
};

static void joins(void **state)
{
	const struct story *story = *state;
	struct join_table *table;
	const char *says = "";

	assert_int_equal(join_new(&table), 0);
	for (size_t i = 0; i < COUNT(story->lines) && story->lines[i]; i++) {
		/* What another source says of the same number changes nothing. */
		if (i == 0)
			say(table, 2, "slapd", BIND("1", "uid=other"));
		says = say(table, 1, "slapd", story->lines[i]);
	}
	assert_string_equal(says, story->says);
	join_free(table);
}

/* A part that is too long is cut, and nothing of it runs into the next. */
static void long_parts(void **state)
{
	struct join_table *table;
	char bind[4500];

	assert_int_equal(join_new(&table), 0);
	say(table, 1, "slapd", ACCEPT("1", "192.0.2.9"));
	snprintf(bind, sizeof(bind), "conn=1 op=0 BIND dn=\"uid=%04000d\" method=128", 7);
	say(table, 1, "slapd", bind);
	assert_string_equal(say(table, 1, "slapd", RESULT("1", "49")), "");
	join_free(table);
}

/* Who floods pushes his own out; nobody's memory grows, and others keep theirs. */
static void floods(void **state)
{
	struct join_table *table;
	size_t before;

	assert_int_equal(join_new(&table), 0);
	say(table, 1, "slapd", ACCEPT("7", "192.0.2.9"));
	say(table, 1, "slapd", BIND("7", "uid=eve"));
	before = mallinfo2().uordblks;
	for (int i = 0; i < 20000; i++) {
		char text[200];

		snprintf(text, sizeof(text), "conn=%d fd=12 ACCEPT from IP=10.0.0.1:1 (IP=0.0.0.0:389)", i);
		say(table, 2, "slapd", text);
	}
	assert_true(mallinfo2().uordblks - before < 64 << 10);
	assert_int_equal(join_dropped(table), 20000 - JOIN_OPEN_SOURCE);
	assert_string_equal(say(table, 1, "slapd", RESULT("7", "49")), "auth_failure uid=eve 192.0.2.9");
	/* Many senders together have all places and no more. */
	for (int i = 0; i < 20000; i++) {
		char text[200];

		snprintf(text, sizeof(text), "conn=%d fd=12 ACCEPT from IP=10.0.0.1:1 (IP=0.0.0.0:389)", i);
		say(table, 100 + i, "slapd", text);
	}
	assert_true(mallinfo2().uordblks - before < 512 << 10);
	join_free(table);
}

static const char held_decoder[] = "decoder: watch\n"
				   "programs: [watch]\n"
				   "join:\n"
				   "  hold: [\"n=%{id} who %{}\"]\n"
				   "  take: [\"n=%{id} what %{}\", \"n=%{id} then %{}\"]\n"
				   "events:\n"
				   "  - type: config_change\n"
				   "    pattern: \"n=%{_n} who %{user} \\nn=%{_m} what %{object}\"\n"
				   "    examples: [{line: \"n=1 who ada \\nn=1 what door\", user: ada}]\n"
				   "  - type: config_change\n"
				   "    pattern: \"n=%{_n} who %{user}\"\n"
				   "    unless: {user|contains: \" \"}\n"
				   "    examples: [{line: \"n=1 who ada\", user: ada}]\n"
				   "  - type: service_change\n"
				   "    pattern: \"n=%{_n} then %{object}\"\n"
				   "    unless: {_n|contains: \" \"}\n"
				   "    examples: [{line: \"n=1 then x\"}]\n"
				   "nothing: [\"n=1 what door\"]\n";

static int watch(struct pipe *pipe, const char *text)
{
	struct record rec = pipe_record("gate", "watch", text);

	return sink_put(pipe->sink, &rec);
}

/* One event of two lines, with both as its evidence; a line on hold is read before its place is committed. */
static void held(void **state)
{
	struct pipe *pipe = pipe_new();
	const char *dirs[] = { pipe->dir.path, NULL };
	struct rules *rules = NULL;
	struct diag diag = { "" };
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/decoders/watch.yaml", pipe->dir.path);
	f = fopen(path, "we");
	fputs(held_decoder, f);
	fclose(f);
	if (rules_load(dirs, NULL, &rules, &diag) < 0)
		fail_msg("%s", diag.text);
	pipeline_rules(pipe->pipeline, rules);
	rules_unref(rules);

	assert_int_equal(watch(pipe, "n=1 who ada"), 0);
	assert_int_equal(watch(pipe, "n=2 who ito"), 0);
	assert_int_equal(watch(pipe, "n=1 what door"), 0);
	pipe_commit(pipe);
	assert_string_equal(
		pipe_text(
			pipe,
			"SELECT group_concat(user || ' ' || ifnull(object, '-'), ', ') FROM v_event ORDER BY event_id"),
		"ada door, ito -");
	assert_int_equal(
		pipe_int(
			pipe,
			"SELECT count(*) FROM event WHERE CAST(raw AS TEXT) = 'n=1 who ada ' || char(10) || 'n=1 what door'"),
		1);
	assert_int_equal(watch(pipe, "n=2 what window"), 0); /* too late: it is no event */
	/* Together nothing: each says what it says alone. */
	assert_int_equal(watch(pipe, "n=4 who zoe"), 0);
	assert_int_equal(watch(pipe, "n=4 then bell"), 0);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM v_event WHERE user = 'zoe' OR object = 'bell'"), 2);
	/* A number that comes again does not swallow who waited under it; a reload reads who waits. */
	assert_int_equal(watch(pipe, "n=3 who kato"), 0);
	assert_int_equal(watch(pipe, "n=3 who mori"), 0);
	pipeline_rules(pipe->pipeline, pipe->rules);
	pipe_commit(pipe);
	assert_int_equal(pipe_int(pipe, "SELECT count(*) FROM v_event WHERE user IN ('kato', 'mori')"), 2);
	assert_int_equal(pipe_int(pipe, "SELECT lines FROM source"), 8);
	pipe_free(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_parts),
		cmocka_unit_test(floods),
		cmocka_unit_test(held),
	};
	int failed;

	load(NULL);
	failed = RUN_TABLE(stories, joins);
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	unload(NULL);
	return failed;
}
