/* Words of a story that people say: answers, attestations, waivers, what does not apply, and taking them back. */
#include "tests/play.h"

#include "daemon/demo.h"
#include "daemon/say.h"

void play_options(struct play *play, struct str *rest, const char *const *names, char (*ret)[64], size_t n)
{
	for (;;) {
		struct str after = *rest, word = str_cut(&after, ' '), value = word, name = str_cut(&value, '=');
		size_t i = 0;

		if (name.n == word.n)
			return;
		while (i < n && !str_eq(name, str_of(names[i])))
			i++;
		if (i == n)
			return;
		str_copy(ret[i], sizeof(ret[i]), value);
		*rest = after;
	}
}

/* Runs @fn in a transaction of the service connection, on what the judge has said up to now. */
static void people_say(struct play *play, int (*fn)(struct say *say, const void *what), const void *what)
{
	struct store *store = replay_service(play->replay);
	struct complaints complaints = { .n = 0 };
	struct say said = {
		.db = store_sqlite(store), .rules = rules_all, .now = play->now, .complaints = &complaints
	};
	struct diag diag = { "" };
	int r;

	play_need(play, replay_settle(play->replay, &diag), &diag);
	play_need(play, store_begin(store), NULL);
	r = fn(&said, what);
	if (complaints.n > 0)
		fail_at(play, "%s: %s", complaints.list[0].field, complaints.list[0].ja);
	play_need(play, r, NULL);
	play_need(play, store_commit(store), NULL);
	judge_changed(replay_judge(play->replay), said.tables);
}

static int fn_answer(struct say *say, const void *what)
{
	return say_answer(say, what);
}

void word_answer(struct play *play, struct str rest)
{
	static const char *const names[] = { "pack", "vendor", "system" };
	_free_ char *text = demo_dates(rest, play->now);
	char with[3][64] = { "" }, item[64], answer[16], on[16] = "", target[16] = "";
	struct str words_left = str_of(text);

	str_copy(item, sizeof(item), str_cut(&words_left, ' '));
	str_copy(answer, sizeof(answer), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, with, 3);
	str_copy(on, sizeof(on), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, with, 3);
	str_copy(target, sizeof(target), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, with, 3);
	people_say(play, fn_answer,
		   &(struct say_answer){ .pack = with[0][0] ? with[0] : "mhlw-hospital-r7",
					 .item = item,
					 .vendor_id = with[1],
					 .system_id = with[2],
					 .answer = answer,
					 .answered_on = on,
					 .target_on = target,
					 .who = "山田" });
}

static int fn_attest(struct say *say, const void *what)
{
	return say_attestation(say, what);
}

void word_attest(struct play *play, struct str rest)
{
	static const char *const names[] = { "until" };
	_free_ char *text = demo_dates(rest, play->now);
	char until[1][64] = { "" }, check[64], resource[256];
	struct str words_left = str_of(text);

	str_copy(check, sizeof(check), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, until, 1);
	str_copy(resource, sizeof(resource), words_left);
	people_say(play, fn_attest,
		   &(struct say_attestation){ .check = check,
					      .resource = resource,
					      .who = "山田",
					      .role = "院内SE",
					      .why = "現物を確かめた",
					      .until = until[0] });
}

static int fn_waive(struct say *say, const void *what)
{
	return say_waiver(say, what);
}

void word_waive(struct play *play, struct str rest)
{
	static const char *const names[] = { "start", "until" };
	_free_ char *text = demo_dates(rest, play->now), *month = demo_dates(STR("{today+30}"), play->now);
	char days[2][64] = { "" }, check[64], pattern[256];
	struct str words_left = str_of(text);

	str_copy(check, sizeof(check), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, days, 2);
	str_copy(pattern, sizeof(pattern), words_left);
	people_say(play, fn_waive,
		   &(struct say_waiver){ .check = check,
					 .resource = pattern,
					 .who = "山田",
					 .approver = "院長 佐藤",
					 .why = "更新まで使う",
					 .measure = "別の線につなぐ",
					 .start = days[0],
					 .until = days[1][0] ? days[1] : month });
}

static int fn_na(struct say *say, const void *what)
{
	return say_na(say, what);
}

void word_na(struct play *play, struct str rest)
{
	static const char *const names[] = { "until" };
	_free_ char *text = demo_dates(rest, play->now), *month = demo_dates(STR("{today+30}"), play->now);
	char until[1][64] = { "" }, what[64];
	struct str words_left = str_of(text);

	str_copy(what, sizeof(what), str_cut(&words_left, ' '));
	play_options(play, &words_left, names, until, 1);
	people_say(
		play, fn_na,
		&(struct say_na){
			.what = what, .who = "山田", .why = "使っていない", .until = until[0][0] ? until[0] : month });
}

static int fn_revoke(struct say *say, const void *what)
{
	static const char *const last[SAY_KINDS] = {
		[SAY_ANSWER] = "SELECT max(id) FROM answer WHERE revoked_at IS NULL",
		[SAY_ATTESTATION] = "SELECT max(id) FROM attestation WHERE revoked_at IS NULL",
		[SAY_WAIVER] = "SELECT max(id) FROM waiver WHERE revoked_at IS NULL",
		[SAY_NA] = "SELECT max(id) FROM not_applicable WHERE revoked_at IS NULL",
	};
	enum say_kind kind = *(const enum say_kind *)what;
	int64_t id;
	int r = say_number(say, last[kind], NULL, 0, &id);

	return r < 0 ? r : say_revoke(say, kind, id, "山田", "間違い");
}

void word_revoke(struct play *play, struct str rest)
{
	static const char *const kinds[SAY_KINDS] = { "answer", "attestation", "waiver", "na" };
	enum say_kind kind = SAY_ANSWER;

	while (kind < SAY_KINDS && !str_eq(rest, str_of(kinds[kind])))
		kind++;
	if (kind == SAY_KINDS)
		fail_at(play, "answer, attestation, waiver or na is expected");
	people_say(play, fn_revoke, &kind);
}
