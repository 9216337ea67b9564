/* The list of findings: what its filters let through, in which order, in which groups, and that pages neither lose nor repeat. */
#include <errno.h>

#include "daemon/queries.h"
#include "daemon/reports/csv_cell.h"
#include "tests/site.h"
#include "tests/table.h"

#define LIST                                                                                       \
	"id: form\nedition: \"2026\"\ntitle.ja: 表\ntitle.en: form\nitems:\n"                     \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, checks: [left, old]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified, checks: [plan]}\n"
#define NOTHING "SELECT 'x' AS resource, 'pass' AS status, 'r' AS reason WHERE 0"
#define SECOND *1000000

static struct site site;

static void verdict(const char *check, const char *resource, const char *status, const char *reason, const char *dims,
		    int since)
{
	char sql[1200];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO verdict (check_id, resource, status, reason_ja, reason_en, dims, since, first_seen)"
		 " VALUES ('%s', '%s', '%s', '%s', '%s', '%s', %d, %d)",
		 check, resource, status, reason, reason, dims, since, since);
	place_sql(&site.place, sql);
}

static void open_rules(void)
{
	site_open(&site);
	site_file(&site, "checklists", "form.yaml", LIST);
	site_check(&site, "left", "severity: critical\n-- needs: register:people\n-- decides: yes\n-- ref: CL-2-05.b\n",
		   NOTHING);
	site_check(&site, "old", "severity: medium\n-- needs: register:people\n-- ref: CL-2-06.a\n", NOTHING);
	site_check(&site, "plan", "severity: high\n-- needs: register:people\n-- decides: yes\n-- ref: CL-3-03.a\n",
		   NOTHING);
	site_rules(&site);
}

static int setup(void **state)
{
	open_rules();
	place_sql(&site.place,
		  "INSERT INTO reg_people (key, person_id, person_id_key, name, line) VALUES"
		  " ('e1', 'E1', 'e1', '山田', 1), ('e2', 'E2', 'e2', '佐藤', 2), ('e3', 'E3', 'e3', '木村', 3)");
	place_sql(
		&site.place,
		"INSERT INTO reg_roles (key, role, role_key, person_id, person_id_key, appointed_at, ended_at, line) VALUES"
		" ('a', 'operator', 'operator', 'E1', 'e1', '2026-01-01', '', 1),"
		" ('b', 'planner', 'planner', 'E2', 'e2', '2026-01-01', '', 2),"
		" ('c', 'operator', 'operator', 'E2', 'e2', '2025-01-01', '2026-08-31', 3),"
		" ('d', 'operator', 'operator', 'E3', 'e3', '2026-10-01', '', 4)");
	place_sql(&site.place, "INSERT INTO reg_systems (key, system_id, system_id_key, name, line) VALUES"
			       " ('emr', 'EMR', 'emr', '電子カルテ', 1), ('pacs', 'pacs', 'pacs', '画像管理', 2)");
	place_sql(&site.place, "INSERT INTO reg_devices (key, device_id, device_id_key, manager, line) VALUES"
			       " ('sv-4', 'SV-4', 'sv-4', '放射線科 木村', 1), ('pc-1', 'PC-1', 'pc-1', '', 2)");
	verdict("left", "emr/ada", "fail", "ada left", "{\"system_id\":\"emr\"}", 5 SECOND);
	verdict("left", "pacs/bob", "warn", "bob leaves 100%", "{\"system_id\":\"pacs\"}", 3 SECOND);
	verdict("left", "emr/zoe", "pass", "all is well", "{}", 1 SECOND);
	verdict("old", "SV-4", "fail", "old = bad", "{\"device\":\"SV-4\"}", 9 SECOND);
	verdict("old", "PC-1", "warn", "rather old", "{}", 7 SECOND);
	verdict("old", "box/root", "unknown", "nobody knows", "{}", 7 SECOND);
	verdict("plan", "pacs", "warn", "計画 Plan", "{\"system\":\"画像管理\"}", 2 SECOND);
	place_sql(&site.place,
		  "INSERT INTO ack (at, check_id, resource, who, until) VALUES (6000000, 'left', 'emr/ada', 'y', NULL),"
		  " (1000000, 'plan', 'pacs', 'y', NULL), (8000000, 'old', 'PC-1', 'y', 9000000)");
	place_sql(&site.place, "INSERT INTO ack (at, check_id, resource, who) VALUES (10000000, 'old', 'SV-4', 'y')");
	return 0;
}

static int teardown(void **state)
{
	site_close(&site);
	return 0;
}

static const struct row {
	const char *name;
	struct finding_filter filter;
	const char *text; /* resources in the order that is expected */
} rows[] = {
	{ "the worst first", { NULL }, "emr/ada pacs/bob pacs SV-4 PC-1" },
	{ "and last", { .sort = "-worst" }, "PC-1 SV-4 pacs pacs/bob emr/ada" },
	{ "several severities", { .severity = "critical,high" }, "emr/ada pacs/bob pacs" },
	{ "with blanks", { .severity = "medium, high" }, "pacs SV-4 PC-1" },
	{ "what fails", { .status = "fail" }, "emr/ada SV-4" },
	{ "an item", { .item = "1" }, "emr/ada pacs/bob SV-4 PC-1" },
	{ "a system, whatever its case", { .system = "emr" }, "emr/ada" },
	{ "a system by its name in the row", { .system = "pacs" }, "pacs/bob pacs" },
	{ "no such system", { .system = "lis" }, "" },
	{ "who looks after the device", { .owner = "放射線科 木村" }, "SV-4" },
	{ "who holds the office today", { .owner = "山田" }, "emr/ada pacs/bob PC-1" },
	{ "an office", { .owner = "operator" }, "emr/ada pacs/bob SV-4 PC-1" },
	{ "another", { .owner = "planner" }, "pacs" },
	{ "whom nobody knows", { .owner = "誰か" }, "" },
	{ "a word of the reason", { .search = "LEAVES" }, "pacs/bob" },
	{ "two words, both", { .search = "old sv" }, "SV-4" },
	{ "a wide blank", { .search = "計画　plan" }, "pacs" },
	{ "one of two is not enough", { .search = "old left" }, "" },
	{ "a sign of SQL's", { .search = "100%" }, "pacs/bob" },
	{ "an underscore is none", { .search = "_" }, "" },
	{ "a quote", { .search = "' OR 1 --" }, "" },
	{ "a title", { .search = "題 plan" }, "pacs" },
	{ "only blanks", { .search = "　 " }, "emr/ada pacs/bob pacs SV-4 PC-1" },
	{ "since then", { .since = 5 SECOND }, "emr/ada SV-4 PC-1" },
	{ "somebody looks after it", { .acked = "yes" }, "emr/ada SV-4" },
	{ "nobody does, or no longer, or not since", { .acked = "no" }, "pacs/bob pacs PC-1" },
	{ "the newest first", { .sort = "-since" }, "SV-4 PC-1 emr/ada pacs/bob pacs" },
	{ "the oldest first", { .sort = "since" }, "pacs pacs/bob emr/ada PC-1 SV-4" },
	{ "by check", { .sort = "check" }, "emr/ada pacs/bob PC-1 SV-4 pacs" },
	{ "by name", { .sort = "resource" }, "PC-1 SV-4 emr/ada pacs pacs/bob" },
	{ "by who is in charge", { .sort = "owner" }, "pacs PC-1 emr/ada pacs/bob SV-4" },
	{ "by system, the others last", { .sort = "system" }, "emr/ada pacs pacs/bob PC-1 SV-4" },
	{ "fail before warn", { .sort = "status" }, "SV-4 emr/ada PC-1 pacs pacs/bob" },
	{ "all at once",
	  { .status = "warn", .owner = "operator", .search = "old", .since = 1, .sort = "-since" },
	  "PC-1" },
};

/* Every page of @limit rows, until there is none; the resources, separated by blanks. */
static size_t all_pages(const struct finding_filter *filter, unsigned limit, char *text, size_t size)
{
	char cursor[2048] = "";
	size_t n = 0, used = 0;

	text[0] = '\0';
	do {
		struct page page = { .limit = limit, .cursor = cursor };
		struct listing list;
		struct diag diag = { { 0 } };

		if (query_findings(site.reader, site.rules, filter, &page, &list, &diag) < 0)
			fail_msg("%s", diag.text);
		for (size_t i = 0; i < list.n_rows; i++, n++)
			used += (size_t)snprintf(text + used, size - used, "%s%s", n > 0 ? " " : "",
						 listing_cell(&list, i, 3)->text);
		assert_true(used < size);
		snprintf(cursor, sizeof(cursor), "%s", list.cursor);
		listing_free(&list);
	} while (cursor[0]);
	return n;
}

static void lists(void **state)
{
	const struct row *row = *state;
	char text[512];

	for (unsigned limit = 1; limit < 7; limit++) {
		all_pages(&row->filter, limit, text, sizeof(text));
		assert_string_equal(text, row->text);
	}
}

static const struct group_row {
	const char *name;
	struct finding_filter filter;
	const char *text; /* key=fail+warn */
} groups[] = {
	{ "severity", { NULL }, "critical=1+1 high=0+1 medium=1+1" },
	{ "check", { NULL }, "left=1+1 plan=0+1 old=1+1" },
	{ "status", { NULL }, "fail=2+0 warn=0+3" },
	{ "owner", { NULL }, "山田=1+2 佐藤=0+1 放射線科 木村=1+0" },
	{ "role", { NULL }, "operator=2+2 planner=0+1" },
	{ "system", { NULL }, "EMR=1+0 pacs=0+2 -=1+1" },
	{ "system", { .search = "old" }, "-=1+1" },
	{ "owner", { .acked = "yes" }, "山田=1+0 放射線科 木村=1+0" },
	{ "owner", { .status = "fail", .severity = "medium" }, "放射線科 木村=1+0" },
};

static void counts(void **state)
{
	const struct group_row *row = *state;
	struct listing list;
	struct diag diag = { { 0 } };
	char text[512] = "";
	size_t n = 0;

	if (query_finding_groups(site.reader, site.rules, &row->filter, row->name, &list, &diag) < 0)
		fail_msg("%s", diag.text);
	for (size_t i = 0; i < list.n_rows; i++) {
		const char *key = listing_cell(&list, i, 0)->text;

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s=%d+%d", n > 0 ? " " : "", key ? key : "-",
				      (int)listing_cell(&list, i, 1)->number, (int)listing_cell(&list, i, 2)->number);
	}
	listing_free(&list);
	assert_string_equal(text, row->text);
}

static const struct bad_row {
	const char *name;
	struct finding_filter filter;
	const char *cursor, *field;
} bad[] = {
	{ "no such severity", { .severity = "high,dire" }, NULL, "severity" },
	{ "no such order", { .sort = "colour" }, NULL, "sort" },
	{ "reversed twice", { .sort = "--since" }, NULL, "sort" },
	{ "acknowledged perhaps", { .acked = "perhaps" }, NULL, "acked" },
	{ "a cursor of another order", { .sort = "since" }, "o:worst:old:1:5x", "cursor" },
	{ "of the other direction", { .sort = "since" }, "o:-since:old:1:5x", "cursor" },
	{ "a key that is longer than the rest", { NULL }, "o:worst:old:90:5x", "cursor" },
	{ "a key below 0", { NULL }, "o:worst:old:-1:5x", "cursor" },
	{ "no number where one belongs", { NULL }, "o:worst:old:1:xx", "cursor" },
	{ "nothing behind", { NULL }, "o:worst", "cursor" },
	{ "another list's", { NULL }, "e:1", "cursor" },
};

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	struct page page = { .cursor = row->cursor };
	struct listing list;
	struct diag diag = { { 0 } };

	assert_int_equal(query_findings(site.reader, site.rules, &row->filter, &page, &list, &diag), -EINVAL);
	assert_string_equal(diag.field, row->field);
	assert_true(diag.ja[0] != '\0');
}

/* While somebody pages, rows before and behind come and go: what stays is told exactly once. */
static void pages_do_not_shift(void **state)
{
	static const char *const sorts[] = { "-since", "owner" };
	struct finding_filter filter = { .state = "open" };
	unsigned long seen[10001];
	struct diag diag = { { 0 } };

	open_rules();
	for (size_t s = 0; s < COUNT(sorts); s++) {
		char cursor[2048] = "";

		memset(seen, 0, sizeof(seen));
		place_sql(&site.place, "DELETE FROM verdict");
		place_sql(
			&site.place,
			"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO verdict SELECT"
			" CASE i % 3 WHEN 0 THEN 'old' WHEN 1 THEN 'left' ELSE 'plan' END, printf('r%05d', i), CASE i % 2"
			" WHEN 0 THEN 'fail' ELSE 'warn' END, 'r', 'r', '{}', i / 7 + 1, 1 FROM n");
		filter.sort = sorts[s];
		do {
			struct page page = { .limit = 1000, .cursor = cursor };
			struct listing list;

			if (query_findings(site.reader, site.rules, &filter, &page, &list, &diag) < 0)
				fail_msg("%s", diag.text);
			for (size_t i = 0; i < list.n_rows; i++)
				seen[strtoul(listing_cell(&list, i, 3)->text + 1, NULL, 10)]++;
			snprintf(cursor, sizeof(cursor), "%s", list.cursor);
			listing_free(&list);
			/* Those that end in 7 go, one a page; new ones begin with another letter. */
			place_sql(&site.place,
				  "DELETE FROM verdict WHERE resource = (SELECT max(resource) FROM verdict"
				  " WHERE resource LIKE 'r%7') OR resource = (SELECT min(resource) FROM verdict"
				  " WHERE resource LIKE 'r%7')");
			place_sql(&site.place,
				  "INSERT OR REPLACE INTO verdict SELECT check_id, 'r00000', status, 'r', 'r',"
				  " '{}', since, 1 FROM verdict ORDER BY random() LIMIT 1");
		} while (cursor[0]);
		for (size_t i = 1; i <= 10000; i++)
			if (seen[i] != 1 && (i % 10 != 7 || seen[i] > 1))
				fail_msg("%s: r%05zu was told %lu times", sorts[s], i, seen[i]);
	}
	site_close(&site);
}

static const struct cell_row {
	const char *name, *text, *cell;
} cells[] = {
	{ "a word", "emr01", "\"emr01\"," },
	{ "nothing", "", "\"\"," },
	{ "a quote", "a\"b", "\"a\"\"b\"," },
	{ "a line end inside", "a\nb", "\"a\nb\"," },
	{ "a formula", "=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"," },
	{ "a command", "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"," },
	{ "plus", "+1", "\"'+1\"," },
	{ "minus", "-1", "\"'-1\"," },
	{ "at", "@SUM(1)", "\"'@SUM(1)\"," },
	{ "a tab", "\t=1", "\"'\t=1\"," },
	{ "a return", "\r=1", "\"'\r=1\"," },
	{ "a line end", "\n=1", "\"'\n=1\"," },
	{ "a wide equals sign", "＝1", "\"'＝1\"," },
	{ "a wide plus", "＋1", "\"'＋1\"," },
	{ "a wide minus", "－1", "\"'－1\"," },
	{ "the mathematical minus", "−1", "\"'−1\"," },
	{ "a wide at", "＠A1", "\"'＠A1\"," },
	{ "a sign in the middle", "a=1", "\"a=1\"," },
};

static void writes_cells(void **state)
{
	const struct cell_row *row = *state;
	_free_ char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	csv_cell(out, row->text, false);
	fclose(out);
	assert_string_equal(text, row->cell);
}

int main(void)
{
	static const struct CMUnitTest more[] = { cmocka_unit_test(pages_do_not_shift) };
	int failed;

	setup(NULL);
	failed = RUN_TABLE(rows, lists);
	failed += RUN_TABLE(groups, counts);
	failed += RUN_TABLE(bad, refuses);
	teardown(NULL);
	failed += RUN_TABLE(cells, writes_cells);
	failed += cmocka_run_group_tests(more, NULL, NULL);
	return failed;
}
