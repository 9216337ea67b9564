-- id: log-retention
-- ref: CL-2-11.g
-- title.ja: 記録が1年以上保管されている
-- title.en: records are kept for a year and longer
-- severity: medium
-- decides: no
-- needs: register:log_sources
-- param: days = 365
-- basis: proposed
-- reason.ja: {host}の記録は{since}から届いているのに、保管されている最も古い出来事は{oldest}で、{days}日に足りない
-- reason.en: lines of {host} arrive since {since}, yet the oldest event that is kept is of {oldest}, less than {days} days ago
-- reason.ja.young: 記録の保管は{since}に始まり、{days}日に達していない（{count}台）
-- reason.en.young: records are kept since {since}, not yet for {days} days ({count} sources)
-- reason.ja.ok: {count}台の記録を{oldest}から保管している
-- reason.en.ok: records of {count} sources are kept since {oldest}
-- fix.ja: 点検サーバのデータベースが消されたり置き換えられたりしていないか確かめ、バックアップから戻す
-- fix.en: see whether the database was removed or replaced, and restore it from a backup
--
-- Counted where they are collected: machines overwrite their own logs.

WITH store AS (
	SELECT (SELECT received FROM v_event ORDER BY event_id LIMIT 1) AS oldest
), part AS (
	SELECT s.host, s.first_received, st.oldest,
	       days(s.first_received, :seen) AS age, days(st.oldest, :seen) AS kept
	  FROM v_source AS s, store AS st
	 WHERE s.declared = 1
)
SELECT host AS resource, 'fail' AS status, 'records are gone' AS reason, NULL AS reason_id, host, day(min(first_received)) AS since, day(oldest) AS oldest,
       :days AS days, NULL AS count
  FROM part
 WHERE age >= :days AND kept < :days
 GROUP BY host
UNION ALL
SELECT 'sources/young', 'unknown', 'young', 'young', NULL, day(min(first_received)), NULL, :days, count(*)
  FROM part
 WHERE age < :days
HAVING count(*) > 0
UNION ALL
SELECT 'sources', 'pass', 'kept', 'ok', NULL, NULL, day(min(oldest)), :days, count(*)
  FROM part
 WHERE age >= :days AND kept >= :days
HAVING count(*) > 0;
