/* A whole Tenken with a clock of its own: what moves it, what is judged on the way, what is refused. */
#include "daemon/replay.h"

#include <errno.h>
#include <ftw.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/when.h"
#include "tests/table.h"

struct fixture {
	struct replay *replay;
	char dir[64];
	usec_t start;
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

/* What all tests stand on and none of them changes. */
static struct config *config;
static struct rules *rules;

static int load(void **state)
{
	const char *root = getenv("TENKEN_SOURCE");
	char path[512];
	const char *const dirs[] = { path, NULL };
	struct diag diag = { "" };

	snprintf(path, sizeof(path), "%s/rules", root ? root : ".");
	if (when_zone("Asia/Tokyo") == 0 && config_load(NULL, &config, &diag) == 0 &&
	    rules_load(dirs, NULL, &rules, &diag) == 0)
		return 0;
	print_error("%s\n", diag.text);
	return -1;
}

static int unload(void **state)
{
	rules_unref(rules);
	config_free(config);
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct diag diag = { "" };

	if (!f || when_parse_iso(STR("2026-06-01 09:00:00"), &f->start) == 0)
		return -1;
	snprintf(f->dir, sizeof(f->dir), "/tmp/tenken-replay-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) && replay_new(config, rules, f->dir, f->start, &f->replay, &diag) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	replay_free(f->replay);
	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static int64_t number(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(replay_db(f->replay), sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static void line(struct fixture *f, const char *text)
{
	struct diag diag = { "" };

	if (replay_line(f->replay, str_of(text), &diag) < 0)
		fail_msg("%s", diag.text);
}

static void set(struct fixture *f, const char *name, const char *csv)
{
	struct diag diag = { "" };

	if (replay_set(f->replay, str_of(name), str_of(csv), &diag) < 0)
		fail_msg("%s", diag.text);
}

static void settle(struct fixture *f)
{
	struct diag diag = { "" };

	if (replay_settle(f->replay, &diag) < 0)
		fail_msg("%s", diag.text);
}

#define LOGIN " emr01 sshd 12 - - Accepted password for yamada from 10.0.0.2 port 50022 ssh2"

static void lines_move_the_clock_and_only_forwards(void **state)
{
	struct fixture *f = *state;

	assert_true(clock_now() == f->start);
	line(f, "<38>1 2026-06-01T10:00:00+09:00" LOGIN);
	assert_true(clock_now() == f->start + HOURS(1));
	line(f, "<38>1 2026-06-01T09:30:00+09:00" LOGIN);
	assert_true(clock_now() == f->start + HOURS(1));
	line(f, "no header and no time at all");
	assert_true(clock_now() == f->start + HOURS(1));
	settle(f);
	assert_int_equal(number(f, "SELECT uses FROM account_seen WHERE user = 'yamada'"), 2);
	/* Used last when its clock says so, not when the line came. */
	assert_true(number(f, "SELECT last_used FROM account_seen WHERE user = 'yamada'") == f->start + HOURS(1));
}

/* What lapses between two lines lapses at its midnight, not when the next line comes. */
static void midnights_on_the_way_are_judged(void **state)
{
	struct fixture *f = *state;
	const struct check_result *result;

	set(f, "register:accounts", "account_id,system_id,valid_to\nkenshu,emr,2026-06-04\n");
	line(f, "<38>1 2026-06-01T10:00:00+09:00" LOGIN);
	line(f, "<38>1 2026-06-20T10:00:00+09:00" LOGIN);
	settle(f);
	result = judge_find(replay_judge(f->replay), STR("account-expired"));
	assert_int_equal(result->state.status, STATUS_FAIL);
	assert_string_equal(result->verdicts[0].resource, "emr/kenshu");
	assert_true(result->verdicts[0].since == f->start + DAYS(4) - HOURS(9));
}

static void the_same_lines_give_the_same_verdicts(void **state)
{
	struct fixture *f = *state;
	_fclose_ FILE *file = tmpfile();
	struct diag diag = { "" };
	uint64_t lines = 0;

	assert_non_null(file);
	fputs("<38>1 2026-06-01T10:00:00+09:00" LOGIN "\n\n<38>1 2026-06-02T10:00:00+09:00" LOGIN
	      "\r\nlast without end",
	      file);
	rewind(file);
	assert_int_equal(replay_file(f->replay, file, &lines, &diag), 0);
	assert_int_equal(lines, 3);
	settle(f);
	assert_int_equal(number(f, "SELECT sum(uses) FROM account_seen"), 2);
	assert_int_equal(number(f, "SELECT count(*) FROM event WHERE type = 'auth_success'"), 2);
}

static void a_set_is_told_as_a_whole(void **state)
{
	struct fixture *f = *state;

	set(f, "register:people", "職員番号,氏名\nE1,山田 太郎\nE2,\"佐藤, 花子\"\n");
	settle(f);
	assert_int_equal(number(f, "SELECT count(*) FROM v_person"), 2);
	set(f, "register:people", "職員番号,氏名\nE2,佐藤 花子\n");
	settle(f);
	assert_int_equal(number(f, "SELECT count(*) FROM v_person WHERE person_id = 'E2'"), 1);
	assert_int_equal(number(f, "SELECT count(*) FROM v_person"), 1);
	/* Refused: what was there holds. */
	set(f, "register:people", "氏名\n誰か\n");
	settle(f);
	assert_int_equal(number(f, "SELECT count(*) FROM v_person"), 1);
	assert_int_equal(number(f, "SELECT state = 'refused' AND error_ja <> '' FROM v_register WHERE kind = 'people'"),
			 1);
	set(f, "register:people", "");
	settle(f);
	assert_int_equal(number(f, "SELECT state = 'missing' FROM v_register WHERE kind = 'people'"), 1);
}

static void what_is_no_set_is_refused(void **state)
{
	struct fixture *f = *state;
	struct diag diag = { "" };

	assert_int_equal(replay_set(f->replay, STR("register:pets"), STR("a\nb\n"), &diag), -EBADMSG);
	assert_string_equal(diag.text, "there is no register \"pets\"");
	assert_int_equal(replay_set(f->replay, STR("rumours"), STR("a\nb\n"), &diag), -EBADMSG);
	assert_true(str_find(str_of(diag.text), STR("expected register:KIND or accounts:HOST")) > 0);
}

static void a_folder_in_use_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct replay *other = NULL;
	struct diag diag = { "" };

	assert_int_equal(replay_new(config, rules, f->dir, f->start, &other, &diag), -EEXIST);
	assert_null(other);
	assert_true(str_find(str_of(diag.text), STR("a replay begins with an empty folder")) > 0);
	clock_set(f->start);
}

/* Registers of a folder count as kept: a replay of a year must not call them old. */
static void registers_of_a_folder_do_not_grow_old(void **state)
{
	struct fixture *f = *state;
	struct diag diag = { "" };
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", f->dir);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("職員番号,氏名\nE1,山田 太郎\n", file);
	assert_int_equal(fclose(file), 0);
	if (replay_registers(f->replay, f->dir, &diag) < 0)
		fail_msg("%s", diag.text);
	for (int day = 1; day <= 45; day++) {
		char text[256], when[WHEN_MAX];

		snprintf(text, sizeof(text), "<38>1 %s" LOGIN, when_format(when, f->start + DAYS(day)));
		line(f, text);
	}
	settle(f);
	assert_true(number(f, "SELECT updated_at FROM v_register WHERE kind = 'people'") >=
		    f->start + DAYS(30) - HOURS(9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_move_the_clock_and_only_forwards, setup, teardown),
		cmocka_unit_test_setup_teardown(midnights_on_the_way_are_judged, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_lines_give_the_same_verdicts, setup, teardown),
		cmocka_unit_test_setup_teardown(a_set_is_told_as_a_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_set_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_in_use_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(registers_of_a_folder_do_not_grow_old, setup, teardown),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
