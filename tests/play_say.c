/* Words of a story that say something to Tenken: lines, registers, accounts, and time that goes by. */
#include <sqlite3.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/demo.h"
#include "tests/play.h"

void word_start(struct play *play, struct str rest)
{
	if (play->replay || when_parse_iso(rest, &play->now) == 0)
		fail_at(play, "start DATE TIME stands first");
}

void word_from(struct play *play, struct str rest)
{
	str_copy(play->from, sizeof(play->from), rest);
}

static void say(struct play *play, struct str rest)
{
	struct str program = str_cut(&rest, ' ');

	if (str_eq(program, STR("-")))
		program = (struct str){ 0 };
	play_need(play, replay_say(play->replay, str_of(play->from), program, rest), NULL);
}

void word_wait(struct play *play, struct str rest)
{
	struct diag diag = { "" };
	usec_t span;

	if (!when_parse_span(rest, &span))
		fail_at(play, "\"" STR_FMT "\" is no span", STR_ARG(rest));
	play_need(play, replay_settle(play->replay, &diag), &diag);
	/* Lines have times of their own, which the clock follows. */
	play->now = (clock_now() > play->now ? clock_now() : play->now) + span;
	replay_clock(play->replay, play->now);
}

void word_lose(struct play *play, struct str rest)
{
	char sql[120];
	usec_t span;

	if (!when_parse_span(rest, &span))
		fail_at(play, "\"" STR_FMT "\" is no span", STR_ARG(rest));
	snprintf(sql, sizeof(sql), "DELETE FROM event WHERE received < %lld", (long long)(play->now - span));
	assert_int_equal(sqlite3_exec(store_sqlite(replay_service(play->replay)), sql, NULL, NULL, NULL), SQLITE_OK);
}

void word_fact(struct play *play, struct str rest)
{
	struct str name = str_cut(&rest, ' ');
	char value[32];
	enum pipeline_fact fact;

	if (!pipeline_fact_parse(name, &fact))
		fail_at(play, "\"" STR_FMT "\" is no fact", STR_ARG(name));
	replay_fact(play->replay, fact, strtoll(str_copy(value, sizeof(value), rest), NULL, 10));
}

void word_record(struct play *play, struct str rest)
{
	play_focus_holds(play);
	say(play, rest);
	play_focus_holds(play);
}

static int64_t number(struct play *play, struct str *rest)
{
	int64_t n;

	if (!str_int(str_cut(rest, ' '), &n) || n < 1 || n > 1000)
		fail_at(play, "expected a number from 1 to 1000");
	return n;
}

void word_repeat(struct play *play, struct str rest)
{
	for (int64_t n = number(play, &rest); n > 0; n--)
		say(play, rest);
}

void word_daily(struct play *play, struct str rest)
{
	for (int64_t n = number(play, &rest); n > 0; n--) {
		play->now += DAYS(1);
		replay_clock(play->replay, play->now);
		say(play, rest);
	}
}

void word_line(struct play *play, struct str rest)
{
	struct diag diag = { "" };

	play_need(play, replay_line(play->replay, rest, &diag), &diag);
}

/* The lines up to an empty one, dates filled in; owned by the caller. */
static char *block(struct play *play)
{
	struct str all = { play->rest.p, 0 };
	char *text;

	while (play->rest.n > 0) {
		struct str line = str_cut(&play->rest, '\n');

		play->line++;
		if (line.n == 0)
			break;
		all.n = (size_t)(line.p + line.n + 1 - all.p);
	}
	text = demo_dates(all, play->now);
	if (!text)
		fail_at(play, "a date between braces is wrong");
	return text;
}

static void tell(struct play *play, const char *kind, struct str name)
{
	_free_ char *text = block(play);
	char set[256];
	struct diag diag = { "" };
	int r;

	snprintf(set, sizeof(set), "%s:" STR_FMT, kind, STR_ARG(name));
	r = replay_set(play->replay, str_of(set), str_of(text), &diag);
	play_need(play, r, &diag);
}

void word_register(struct play *play, struct str rest)
{
	tell(play, "register", rest);
}

void word_accounts(struct play *play, struct str rest)
{
	tell(play, "accounts", rest);
}

void word_refuse(struct play *play, struct str rest)
{
	play_need(play, replay_refuse(play->replay, rest, "表の3行目が読めない"), NULL);
}

void word_said(struct play *play, struct str rest)
{
	if (rest.n > 0 && !rules_check(rules_all, str_cut(&rest, ' ')))
		fail_at(play, "there is no such check");
}
