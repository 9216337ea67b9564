/* A site for tests of the judge: a real store, rules written into its folder, a clock that moves only when told. */
#pragma once

#include <string.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/judge.h"
#include "tests/place.h"

#define NOON (DAYS(20700) + HOURS(3)) /* 2026-09-04 12:00 in Tokyo */

struct site {
	struct place place;
	struct config config;
	struct rules *rules;
	struct judge *judge;
	sqlite3 *reader;
	usec_t now;
};

static inline void site_file(const struct site *site, const char *folder, const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", site->place.dir.path, folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/%s", site->place.dir.path, folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A check over v_account_seen or whatever @sql asks; @keys: "severity: high\n-- ..." lines of its front matter. */
static inline void site_check(const struct site *site, const char *id, const char *keys, const char *sql)
{
	char text[2048], name[64];

	snprintf(
		text, sizeof(text),
		"-- id: %s\n-- title.ja: 題\n-- title.en: title\n-- fix.ja: 直す\n-- fix.en: mend\n-- basis: proposed\n-- %s\n%s",
		id, keys, sql);
	snprintf(name, sizeof(name), "%s.sql", id);
	site_file(site, "checks", name, text);
}

/* Every account by its uses: 0 fails, up to 4 warns, 5 to 9 passes, more is unknown. */
#define BY_USES                                                                                                           \
	"SELECT account AS resource, CASE WHEN uses = 0 THEN 'fail' WHEN uses < 5 THEN 'warn' WHEN uses < 10 THEN 'pass'" \
	" ELSE 'unknown' END AS status, uses || ' uses' AS reason FROM v_account_seen"

static inline void site_rules(struct site *site)
{
	const char *const dirs[] = { site->place.dir.path, NULL };
	struct diag diag = { { 0 } };

	rules_unref(site->rules);
	site->rules = NULL;
	if (rules_load(dirs, NULL, &site->rules, &diag) < 0)
		fail_msg("%s", diag.text);
}

static inline void site_judge(struct site *site)
{
	struct diag diag = { { 0 } };

	if (judge_new(&site->config, site->rules, site->place.service, NULL, NULL, &site->judge, &diag) < 0)
		fail_msg("%s", diag.text);
}

static inline void site_clock(struct site *site, usec_t now)
{
	site->now = now;
	clock_set(now);
}

static inline void site_open(struct site *site)
{
	struct diag diag;

	*site = (struct site){
		.config = { .file = (char *)"tenken.yaml", .site_id = (char *)"demo", .profile = (char *)"hospital" }
	};
	when_zone("Asia/Tokyo");
	site_clock(site, NOON);
	place_open(&site->place);
	assert_int_equal(store_reader(site->place.dir.db, &site->reader, &diag), 0);
}

static inline void site_close(struct site *site)
{
	judge_free(site->judge);
	rules_unref(site->rules);
	sqlite3_close_v2(site->reader);
	place_close(&site->place);
	clock_set(0);
}

/* Runs what is due; @tables: names of what changed, separated by a space. */
static inline void site_settle(struct site *site, const char *tables)
{
	struct str rest = str_of(tables);
	uint64_t bits = 0;

	while (rest.n > 0) {
		char name[64];

		str_copy(name, sizeof(name), str_cut(&rest, ' '));
		assert_true(store_table(name) != 0);
		bits |= store_table(name);
	}
	judge_changed(site->judge, bits);
	assert_int_equal(judge_settle(site->judge, site->reader), 0);
}

/* Makes sure that nothing lacks evidence: people.csv is there. */
static inline void site_people(struct site *site)
{
	place_sql(&site->place, "INSERT INTO register (kind, state, rows, loaded_at) VALUES ('people', 'ok', 1, 1)");
}

static inline void site_account(struct site *site, const char *user, int uses)
{
	char sql[400];

	snprintf(
		sql, sizeof(sql),
		"INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host, first_event,"
		" last_event) VALUES ('emr', '%s', 'emr', 1, 1, %d, '', '', 0, 0)"
		" ON CONFLICT (place, user) DO UPDATE SET uses = excluded.uses",
		user, uses);
	place_sql(&site->place, sql);
}

static inline const struct verdict *site_verdict(const struct site *site, const char *check, const char *resource)
{
	const struct check_result *result = judge_find(site->judge, str_of(check));

	for (size_t i = 0; result && i < result->n_verdicts; i++)
		if (!strcmp(result->verdicts[i].resource, resource))
			return &result->verdicts[i];
	return NULL;
}

static inline enum status site_status(const struct site *site, const char *check)
{
	const struct check_result *result = judge_find(site->judge, str_of(check));

	assert_non_null(result);
	return result->state.status;
}

static inline int64_t site_number(const struct site *site, const char *sql)
{
	return sql_int(store_sqlite(site->place.service), sql);
}
