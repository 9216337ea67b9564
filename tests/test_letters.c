/* What is sent: letters, mails and commands made of a message whose every text was chosen by somebody hostile. */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "daemon/alerts/channel.h"
#include "daemon/alerts/mail.h"
#include "daemon/alerts/post_in.h"
#include "tests/letter_doc.h"
#include "tests/table.h"

static void a_manager_understands_it(void **state)
{
	json_t *doc = message("alert", "emr/sato", "「sato」の持ち主は退職した");
	struct letter letter;

	when_zone("Asia/Tokyo");
	assert_int_equal(letter_write(doc, LETTER_JA, &letter), 0);
	assert_string_equal(letter.subject, "【点検・緊急】「sato」の持ち主は退職した（点検病院）");
	assert_non_null(strstr(letter.text, "点検病院で、確認が必要なことが 1 件あります（最も重いもの: 緊急）。\n"));
	assert_non_null(strstr(letter.text, "■ [緊急] 「sato」の持ち主は退職した\n"
					    "  どこで：emr/sato\n"
					    "  いつから：2026-09-04 09:00\n"
					    "  内容：「sato」の持ち主は退職した\n"
					    "  項目：2-5 「本文」（要旨）\n"
					    "  まず行うこと：今日のうちに無効にする\n"
					    "  詳しく見る：http://127.0.0.1:8080/#item=form%2F2-5\n"));
	assert_non_null(strstr(letter.html, "<html lang=\"ja\">"));
	letter_end(&letter);
	assert_int_equal(letter_write(doc, LETTER_BOTH, &letter), 0);
	assert_non_null(strstr(letter.text, "Do first: disable it today"));
	letter_end(&letter);
	json_decref(doc);
}

/* What a finding begins with: the reason's first sentence, without what it says in brackets at the end. */
static void a_sentence_says_what_is_wrong(void **state)
{
	static const struct {
		const char *reason, *title;
	} rows[] = {
		{ "台帳にない「x」が使われている（1回、接続元 10.0.0.1）", "台帳にない「x」が使われている" },
		{ "電話（代替電話）がない（例: 事務）", "電話（代替電話）がない" },
		{ "電話（代替電話）がない", "電話（代替電話）がない" },
		{ "計画がない（最後は6月（日曜））。緊急なら書く（至急）", "計画がない" },
		{ "1台で空（記入率0%。例: PC-1）", "1台で空" },
		{ "「a（b」が使われている", "「a（b」が使われている" },
		{ "（全部が括弧）", "（全部が括弧）" },
		{ "", "「退職者のアカウントが無効になっている」が守られていません" },
	};
	char want[300];

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *doc = message("alert", "emr/sato", rows[i].reason);
		struct letter letter;

		assert_int_equal(letter_write(doc, LETTER_JA, &letter), 0);
		snprintf(want, sizeof(want), "【点検・緊急】%s（点検病院）", rows[i].title);
		assert_string_equal(letter.subject, want);
		letter_end(&letter);
		json_decref(doc);
	}
}

/* No text of others ends a line, opens a tag or turns the reading around. */
static void a_code_stands_in_the_subject(void **state)
{
	json_t *doc = message("snapshot", "", ""), *data;
	struct letter letter;

	json_object_set_new(doc, "code", json_string("12-ABCD-EFGH-IJKL-MNOP-QRST"));
	assert_int_equal(letter_write(doc, LETTER_BOTH, &letter), 0);
	assert_string_equal(letter.subject,
			    "【点検・控え】スナップショットの照合番号 12-ABCD-EFGH-IJKL-MNOP-QRST（点検病院）");
	assert_non_null(strstr(letter.text, "点検病院のスナップショットの照合番号です: 12-ABCD"));
	assert_non_null(strstr(letter.text, "The code of a snapshot of 点検病院: 12-ABCD"));
	letter_end(&letter);
	data = letter_data(doc);
	assert_string_equal(json_string_value(json_object_get(data, "code")), "12-ABCD-EFGH-IJKL-MNOP-QRST");
	json_decref(data);
	json_decref(doc);
}

static void hostile_names_stay_names(void **state)
{
	json_t *doc = message("alert", NASTY, NASTY);
	struct letter letter;

	assert_int_equal(letter_write(doc, LETTER_BOTH, &letter), 0);
	assert_null(strpbrk(letter.subject, "\r\n\x1b"));
	assert_true(strlen(letter.subject) <= 200);
	assert_null(strstr(letter.text, "\nBcc"));
	assert_null(strchr(letter.text, '\r'));
	assert_null(strchr(letter.text, '\x1b'));
	assert_null(strstr(letter.text, "\xe2\x80\xae"));
	assert_null(strstr(letter.html, "<script"));
	assert_non_null(strstr(letter.html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
	letter_end(&letter);
	json_decref(doc);
}

static const struct mail envelope = { .from = "tenken@example.jp",
				      .to = "it@example.jp\nboss@example.jp",
				      .id = "demo/n/7",
				      .host = "example.jp",
				      .at = DAYS(20700) };

/* Headers of a mail: ASCII, each once, at most 998 bytes a line, whatever the subject. */
static void headers_check(const char *subject)
{
	struct letter letter = { (char *)subject, (char *)"text", (char *)"<p>html" };
	size_t n = 0, count = 0;
	char *text = mail_write(&envelope, &letter, &n), *end;

	assert_non_null(text);
	end = strstr(text, "\r\n\r\n");
	assert_non_null(end);
	for (char *line = text; line < end; line = strstr(line, "\r\n") + 2) {
		size_t length = (size_t)(strstr(line, "\r\n") - line);

		assert_true(length <= 78 || strncmp(line, "Content-Type", 12) == 0);
		for (size_t i = 0; i < length; i++)
			assert_in_range((unsigned char)line[i], 0x20, 0x7e);
		assert_true(line[0] == ' ' || (line[0] >= 'A' && line[0] <= 'Z'));
		count += line[0] != ' ';
	}
	assert_int_equal(count, 9); /* and not one more */
	assert_non_null(strstr(text, "\r\nMessage-ID: <demo.n.7@example.jp>\r\n"));
	free(text);
}

static void subjects_are_one_header(void **state)
{
	char longest[6001] = "";

	for (int i = 0; i < 2000; i++)
		memcpy(longest + 3 * i, "検", 4);
	headers_check("plain");
	headers_check("【点検・緊急】退職者のアカウント");
	headers_check("x\r\nBcc: a@b\r\n\r\nbody");
	headers_check("");
	headers_check(longest);
}

static void addresses(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = { { "it@example.jp", true },
		     { "a.b+c@x", true },
		     { "it@", false },
		     { "@x", false },
		     { "", false },
		     { "a@b@c", false },
		     { "a@b\r\nBcc: x", false },
		     { "a b@c", false },
		     { "<a@b>", false },
		     { "a@b,c@d", false },
		     { "\xe7\x82\xb9@example.jp", false },
		     { "\"a\"@b", false } };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(mail_address(str_of(rows[i].text)), rows[i].good);
}

static void send_by(const char *type, const char *const values[], const json_t *doc, struct outcome *ret)
{
	const struct channel_type *channel = channel_type_find(type);
	struct settings common = { .defs = channel_common },
			own = { .defs = channel->settings, .values = (const char **)values };
	struct sender sender = { .name = "t", .common = &common, .own = &own };

	*ret = (struct outcome){ .kind = OUTCOME_RETRY };
	channel->send(&sender, doc, ret);
}

/* One argument stays one, no shell sees it, and what comes first cannot be taken for an option. */
static void commands_see_words_only(void **state)
{
	json_t *doc = message("alert", "-rf " NASTY, NASTY);
	char folder[] = "/tmp/tkXXXXXX", argv[512], path[64], line[8192] = "";
	const char *values[] = { argv, "5s" };
	struct outcome outcome;
	FILE *file;
	size_t n;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out", folder);
	snprintf(
		argv, sizeof(argv),
		"/usr/bin/env\n-i\n/bin/sh\n-c\nprintf '%%s\\n' \"$#\" \"$1\" > %s; cat >> %s\nsh\n{resource}\n{check}",
		path, path);
	/* The list is separated by line feeds, so the script may have none. */
	send_by("command", values, doc, &outcome);
	assert_int_equal(outcome.kind, OUTCOME_SENT);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_string_equal(line, "2\n");
	assert_non_null(fgets(line, sizeof(line), file));
	assert_true(strncmp(line, " -rf x", 6) == 0);
	assert_non_null(strstr(line, "$(id) `id`;reboot"));
	n = fread(line, 1, sizeof(line) - 1, file);
	line[n] = '\0';
	assert_true(line[0] == '{');
	fclose(file);
	unlink(path);
	rmdir(folder);
	json_decref(doc);
}

static void commands_end(void **state)
{
	json_t *doc = message("alert", "x", "y");
	const char *slow[] = { "/bin/sh\n-c\nsleep 60 & sleep 60", "300ms" },
		   *bad[] = { "/bin/sh\n-c\necho no >&2; exit 3", "5s" }, *none[] = { "/nonexistent/x", "5s" },
		   *loud[] = { "/bin/sh\n-c\nyes | head -c 3000000 >&2", "5s" };
	struct outcome outcome;

	send_by("command", slow, doc, &outcome);
	assert_int_equal(outcome.kind, OUTCOME_LATER);
	assert_string_equal(outcome.error, "it did not end in time");
	send_by("command", bad, doc, &outcome);
	assert_int_equal(outcome.kind, OUTCOME_LATER);
	assert_string_equal(outcome.error, "exit code 3: no?");
	send_by("command", none, doc, &outcome);
	assert_int_equal(outcome.kind, OUTCOME_RETRY);
	send_by("command", loud, doc, &outcome);
	assert_int_equal(outcome.kind, OUTCOME_SENT);
	json_decref(doc);
}

static void back_off_grows_to_ten_minutes(void **state)
{
	for (int64_t i = 1; i < 100; i++) {
		usec_t span = back_off(i), base = i > 8 ? MINUTES(10) : SECONDS(5) << (i - 1);

		if (base > MINUTES(10))
			base = MINUTES(10);
		assert_true(span >= base * 4 / 5 - SECONDS(1) && span <= MINUTES(10));
		assert_true(span <= base * 6 / 5 + SECONDS(1));
	}
}

static void errors_are_one_clean_line(void **state)
{
	struct outcome outcome;

	outcome_set(&outcome, OUTCOME_RETRY, "said: %s", "550 no\r\n250 forged\x1b[0m \xe7\x82\xb9");
	assert_string_equal(outcome.error, "said: 550 no??250 forged?[0m ???");
}

static void silences_that_cannot_be(void **state)
{
	static const struct {
		const char *matchers;
		bool good;
	} rows[] = {
		{ "[{\"name\":\"check\",\"value\":\"a\"}]", true },
		{ "[{\"name\":\"resource\",\"value\":\"emr/.*\",\"isRegex\":true,\"isEqual\":false}]", true },
		{ "[]", false },
		{ "{}", false },
		{ "nothing", false },
		{ "[1]", false },
		{ "[{\"name\":\"user\",\"value\":\"a\"}]", false },
		{ "[{\"name\":\"check\",\"value\":7}]", false },
		{ "[{\"name\":\"check\",\"value\":\"(\",\"isRegex\":true}]", false },
		{ "[{\"name\":\"check\",\"value\":\"(a{1,9999}){9999}\",\"isRegex\":true}]", false },
		{ "[{\"name\":\"check\",\"value\":\"(a*)\\\\1\",\"isRegex\":true}]", false },
	};
	struct diag diag;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(silence_check(rows[i].matchers, &diag) == 0, rows[i].good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manager_understands_it),      cmocka_unit_test(a_sentence_says_what_is_wrong),
		cmocka_unit_test(hostile_names_stay_names),      cmocka_unit_test(a_code_stands_in_the_subject),
		cmocka_unit_test(subjects_are_one_header),       cmocka_unit_test(addresses),
		cmocka_unit_test(commands_see_words_only),       cmocka_unit_test(commands_end),
		cmocka_unit_test(back_off_grows_to_ten_minutes), cmocka_unit_test(errors_are_one_clean_line),
		cmocka_unit_test(silences_that_cannot_be),
	};

	signal(SIGPIPE, SIG_IGN); /* as the daemon does: a command may end before it has read all */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
