/* What the tests of the endpoint ask about: a form of six rows, four checks, and some accounts and lines. */
#pragma once

#include "tests/live.h"

#define EVENT "INSERT INTO event (received, at, type, source_id, decoder, system, count, user, host, raw) VALUES "

#define LIST                                                                                                         \
	"id: form\nedition: \"2025\"\nfiscal_year: 2025\ntitle.ja: 表\ntitle.en: form\nitems:\n"                    \
	"  - {id: \"0\", text.ja: 零, text.en: zero, text_state: verified, scored: no}\n"                           \
	"  - {id: \"1\", text.ja: 一, text.en: one, text_state: verified, weight: 2, checks: [uses, many, none]}\n" \
	"  - {id: \"2\", text.ja: 二, text.en: two, text_state: verified, checks: [none]}\n"                        \
	"  - {id: \"3\", text.ja: 三, text.en: three, text_state: verified}\n"                                      \
	"  - {id: \"4\", text_state: slot}\n"                                                                        \
	"  - {id: \"5\", text.ja: 五, text.en: five, text_state: verified, checks: [many, few]}\n"

static inline void form_data(void)
{
	site_people(&live.site);
	site_account(&live.site, "bob", 3);
	place_sql(&live.site.place,
		  "INSERT INTO source VALUES (1, 'syslog', '192.0.2.1', '', 'emr', 'emr', 1, 2, 2, 3, 2, 1, 0, 0)");
	place_sql(&live.site.place,
		  EVENT "(1000000, 1000000, 'auth_success', 1, 'sshd', 'emr', 1, 'bob', 'emr', x'6f6b')");
	place_sql(&live.site.place,
		  EVENT "(2000000, 2000000, 'auth_failure', 1, 'sshd', 'emr', 1, 'hunter2', 'emr', "
			"CAST('Failed password for invalid user Hunter2 from <b>' || CAST(x'ff' AS TEXT) AS BLOB))");
	place_sql(&live.site.place,
		  EVENT "(3000000, 3000000, 'auth_failure', 1, 'sshd', 'emr', 1, 'bob', 'emr', CAST('bob' AS BLOB))");
	place_sql(&live.site.place,
		  "INSERT INTO account_seen (place, user, system, first_used, last_used, uses, last_src_ip, last_host, "
		  "first_event, last_event) VALUES ('emr', 'ada<b>', 'emr', 1, 1, 0, '', '', 1, 1)");
}

#define KEYS(severity, decides) "severity: " severity "\n-- needs: register:people\n-- decides: " decides "\n"

static inline void form_rules(void)
{
	site_file(&live.site, "checklists", "form.yaml", LIST);
	site_check(
		&live.site, "uses", KEYS("high", "yes"),
		"SELECT account AS resource, CASE WHEN uses = 0 THEN 'fail' ELSE 'warn' END AS status, uses || ' uses' AS "
		"reason, first_event, last_event FROM v_account_seen");
	site_check(
		&live.site, "many", KEYS("medium", "yes"),
		"SELECT 'all' AS resource, CASE WHEN count(*) > 90 THEN 'warn' ELSE 'pass' END AS status, 'r' AS reason FROM "
		"v_account_seen");
	site_check(
		&live.site, "few", KEYS("low", "no"),
		"SELECT 'all' AS resource, CASE WHEN :today > '2026-09-20' THEN 'fail' WHEN count(*) > 1 THEN 'warn' ELSE 'pass' END AS status, 'r' AS "
		"reason FROM v_account_seen");
	site_check(&live.site, "none", KEYS("low", "yes") "-- needs: device_seen within 7d\n",
		   "SELECT mac AS resource, 'pass' AS status, 'r' AS reason FROM v_device_seen");
	site_rules(&live.site);
}
