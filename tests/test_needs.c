/* Silence is not proof: which evidence turns a pass into unknown, and what brings it back. */
#include <sqlite3.h>
#include <string.h>

#include "core/when.h"
#include "daemon/needs.h"
#include "tests/place.h"
#include "tests/table.h"

#define NOW (DAYS(20700) + HOURS(3)) /* noon in Tokyo */

/* A world is made by SQL; times are hours before now as h(N). */
#define SOURCE(id, host, system, hours)                                                                              \
	"INSERT INTO source VALUES (" #id ", 'syslog', '10.0.0." #id "', '', '" host "', '" system "', 1, h(" #hours \
	"), 0, 9, 9, 0, 0, 0);"
#define TYPE(id, type) "INSERT INTO source_type VALUES (" #id ", '" type "', 1, 1, 1);"
#define DECLARED(host, types, system, segment)                                                                            \
	"INSERT INTO reg_log_sources (key, line, source_id, host, types, system_id, segment) VALUES ('k', 2, 'k', '" host \
	"', '" types "', '" system "', '" segment                                                                         \
	"'); INSERT INTO register_value VALUES ('log_sources', 'host', '" host "', 'k');"
#define REGISTER(kind, state, rows, updated, loaded, refused)                                                     \
	"INSERT INTO register (kind, state, rows, updated_at, loaded_at, refused_at) VALUES ('" kind "', '" state \
	"', " #rows ", h(" #updated "), " #loaded " * h(0), h(" #refused "));"

static const struct row {
	const char *name;
	const char *world;
	const char *needs; /* "register:people auth_success", within 24 h each */
	const char *rows;  /* "pass@emr fail": status and system of each */
	const char *after; /* the same afterwards; "*" is the row of a check without rows */
	const char *ja;    /* part of the first unknown row's reason */
} rows[] = {
	{ "alive: passes stay", SOURCE(1, "a", "a", 1) TYPE(1, "auth_success"), "auth_success", "pass warn",
	  "pass warn" },
	{ "nobody ever said such a thing", SOURCE(1, "a", "a", 1), "auth_success", "pass", "unknown", "認証成功" },
	{ "who did fell silent", SOURCE(1, "a", "a", 25) TYPE(1, "auth_success"), "auth_success", "pass", "unknown",
	  "届いていません" },
	{ "any line of a source that did keeps it alive", SOURCE(1, "a", "a", 23) TYPE(1, "auth_success"),
	  "auth_success", "pass", "pass" },
	{ "one that is declared for it counts", SOURCE(1, "FW", "fw", 1) DECLARED("fw", "x, auth_success", "", ""),
	  "auth_success", "pass", "pass" },
	{ "declared by its address", SOURCE(1, "", "", 1) DECLARED("10.0.0.1", "auth_success", "", ""), "auth_success",
	  "pass", "pass" },
	{ "declared for something else does not", SOURCE(1, "fw", "fw", 1) DECLARED("fw", "auth_successes", "", ""),
	  "auth_success", "pass", "unknown" },
	{ "what is bad stays bad", "", "auth_success", "fail warn unknown pass", "fail warn unknown unknown" },
	{ "only the systems that are silent",
	  SOURCE(1, "emr01", "emr", 30) TYPE(1, "auth_success") SOURCE(2, "lab01", "lab", 1) TYPE(2, "auth_success"),
	  "auth_success", "pass@emr pass@LAB pass", "unknown pass pass", "「emr」" },
	{ "a system nobody speaks for", SOURCE(2, "lab01", "lab", 1) TYPE(2, "auth_success"), "auth_success",
	  "pass@emr", "unknown" },
	{ "a system by its host", SOURCE(2, "lab01", "lab", 1) TYPE(2, "auth_success"), "auth_success", "pass@lab01",
	  "pass" },
	{ "a system by log_sources", SOURCE(1, "dc", "dc", 1) TYPE(1, "auth_success") DECLARED("dc", "", "EMR", ""),
	  "auth_success", "pass@emr", "pass" },
	{ "a segment by log_sources", SOURCE(1, "sw", "sw", 1) TYPE(1, "device_seen") DECLARED("sw", "", "", "ward"),
	  "device_seen", "pass@ward", "pass" },
	{ "a segment by who told of its devices",
	  SOURCE(1, "dhcp", "dhcp", 1) TYPE(
		  1, "device_seen") "INSERT INTO device_seen VALUES (1, 'aa', '', '', 0, '10.1.1', 1, 1, 1, 1, 0, 0);",
	  "device_seen", "pass@10.1.1 pass@10.1.2", "pass unknown", "10.1.2" },
	{ "a system by who told of its accounts",
	  SOURCE(1, "dc", "dc", 1) TYPE(
		  1, "auth_success") "INSERT INTO source_place SELECT id, 'hosp', 'emr', last_received FROM source;",
	  "auth_success", "pass@EMR", "pass" },
	{ "closed days do not age it",
	  SOURCE(1, "a", "a", 60) TYPE(
		  1,
		  "auth_success") "INSERT INTO reg_calendar (key, line, date, kind) VALUES ('1', 2, day(h(24)), 'closed'), ('2', 3, day(h(48)), 'closed');",
	  "auth_success", "pass", "pass" },
	{ "other days do",
	  SOURCE(1, "a", "a", 60) TYPE(
		  1,
		  "auth_success") "INSERT INTO reg_calendar (key, line, date, kind) VALUES ('1', 2, day(h(24)), 'open'), ('2', 3, day(h(480)), 'closed');",
	  "auth_success", "pass", "unknown" },
	{ "no rows: nothing was found to judge", SOURCE(1, "a", "a", 1) TYPE(1, "auth_success"), "auth_success", "",
	  "*unknown", "該当する記録がありません" },
	{ "no rows and no evidence: that is why", "", "auth_success", "", "*unknown", "認証成功" },
	{ "a register that is there", REGISTER("people", "ok", 5, 1, 1, 0), "register:people", "pass", "pass" },
	{ "one that was never looked for", "", "register:people", "pass", "unknown", "「職員台帳」がありません" },
	{ "a missing one", REGISTER("people", "missing", 0, 0, 0, 0), "register:people", "pass fail", "unknown fail",
	  "「職員台帳」がありません" },
	{ "an empty one", REGISTER("people", "ok", 0, 1, 1, 0), "register:people", "pass", "unknown", "1 件も" },
	{ "refused since an hour: the last good one holds", REGISTER("people", "refused", 5, 1, 1, 1),
	  "register:people", "pass", "pass" },
	{ "refused since 25 hours: it does not", REGISTER("people", "refused", 5, 1, 1, 25), "register:people", "pass",
	  "unknown", "読み込めません" },
	{ "refused, and never was a good one", REGISTER("people", "refused", 0, 1, 0, 1), "register:people", "pass",
	  "unknown", "読み込めません" },
	{ "older than the check allows", REGISTER("people", "ok", 5, 30, 1, 0), "register:people", "pass", "unknown",
	  "古く" },
	{ "two things missing are both named", "", "register:people auth_success", "pass", "unknown",
	  "職員台帳」がありません。判定" },
	{ "one of two missing is enough", SOURCE(1, "a", "a", 1) TYPE(1, "auth_success"),
	  "register:people auth_success", "pass", "unknown", "職員台帳" },
};

static void hours(sqlite3_context *context, int n, sqlite3_value **values)
{
	sqlite3_result_int64(context, NOW - HOURS(sqlite3_value_int64(values[0])));
}

static size_t needs_read(const char *text, struct need *needs)
{
	struct str rest = str_of(text);
	size_t n = 0;

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');

		needs[n].within = HOURS(24);
		if (str_starts(word, STR("register:")))
			needs[n].reg = register_find(str_from(word, 9));
		else
			assert_true(event_type_parse(word, &needs[n].event));
		n++;
	}
	return n;
}

static void answer_fill(struct answer *answer, const char *text)
{
	struct str rest = str_of(text);

	answer->rows = calloc(8, sizeof(*answer->rows));
	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' '), status = str_cut(&word, '@');
		struct ask_row *row = &answer->rows[answer->n_rows++];
		char name[8];

		snprintf(name, sizeof(name), "r%zu", answer->n_rows);
		row->resource = strdup(name);
		row->reason_ja = strdup("r");
		row->reason_en = strdup("r");
		row->dims = strdup("{}");
		row->system = word.n > 0 ? str_dup(word) : NULL;
		assert_true(status_parse(status, &row->status));
	}
}

static void needs(void **state)
{
	const struct row *row = *state;
	struct place place;
	struct need need[4] = { 0 };
	struct check check = { .id = (char *)"c", .needs = need, .n_needs = needs_read(row->needs, need) };
	struct ask_times times = { .now = NOW, .seen = NOW };
	struct answer answer = { .check = &check };
	char text[256] = "";
	const char *reason = NULL;

	place_open(&place);
	sqlite3_create_function(place_db(&place), "h", 1, SQLITE_UTF8, NULL, hours, NULL, NULL);
	place_sql(&place, row->world);
	answer_fill(&answer, row->rows);
	assert_int_equal(needs_apply(place_db(&place), &times, &answer), 0);
	for (size_t i = 0; i < answer.n_rows; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s%s%s", n > 0 ? " " : "",
			 !strcmp(answer.rows[i].resource, RESOURCE_ALL) ? "*" : "", status_name(answer.rows[i].status));
		if (!reason && answer.rows[i].status == STATUS_UNKNOWN && strcmp(answer.rows[i].reason_ja, "r") != 0)
			reason = answer.rows[i].reason_ja;
	}
	assert_string_equal(text, row->after);
	if (row->ja && (!reason || !strstr(reason, row->ja)))
		fail_msg("\"%s\" does not say \"%s\"", reason ? reason : "", row->ja);
	/* What is missing is looked for again as soon as it could be there. */
	if (strstr(row->needs, "register:"))
		assert_true(answer.tables & store_table("reg_people"));
	answer_free(&answer);
	place_close(&place);
}

int main(void)
{
	when_zone("Asia/Tokyo");
	return RUN_TABLE(rows, needs);
}
