-- id: clock-offset
-- ref: CL-2-11.h
-- title.ja: 記録を送る機器の時計が合っている
-- title.en: the clocks of those who send logs are right
-- severity: medium
-- decides: no
-- needs: register:log_sources
-- param: warn = 5s
-- param: fail = 60s
-- param: quiet = 24h
-- basis: proposed
-- reason.ja: {host}の時計がこのサーバと{offset}秒ずれている（{way}、{last}の記録による）
-- reason.en: the clock of {host} is {offset} seconds {way_en} (by its line of {last})
-- reason.ja.none: {count}台の記録に時刻がなく、時計が合っているか分からない
-- reason.en.none: the lines of {count} sources have no time: whether their clocks are right is not known
-- reason.ja.ok: {count}台の時計は{warn_s}秒以内で合っている
-- reason.en.ok: the clocks of {count} sources are right within {warn_s} seconds
-- fix.ja: その機器の時刻同期（NTP）の設定と、時刻サーバへの通信を確かめる。まとめて遅れて届く記録なら、送信の間隔を短くする
-- fix.en: look at its NTP settings and whether it reaches the time server; if its lines come late in lots, send them more often
--
-- By the newest line of each source that the register knows: when we received it less the time it says.

WITH clock AS MATERIALIZED (
	SELECT s.source_id, s.host, s.skew, s.last_at, s.last_received
	  FROM v_source AS s
	 WHERE s.declared = 1 AND s.last_received > :seen - :quiet
)
SELECT source_id || '/' || host AS resource, CASE WHEN abs(skew) > :fail THEN 'fail' ELSE 'warn' END AS status, 'clock is off' AS reason,
       NULL AS reason_id, host, abs(skew) / 1000000 AS offset, CASE WHEN skew > 0 THEN '遅れ' ELSE '進み' END AS way,
       CASE WHEN skew > 0 THEN 'behind' ELSE 'ahead' END AS way_en, day(last_received) AS last, NULL AS count, NULL AS warn_s
  FROM clock
 WHERE last_at IS NOT NULL AND abs(skew) > :warn
UNION ALL
SELECT 'clocks', 'pass', 'right', 'ok', NULL, NULL, NULL, NULL, NULL, count(*), :warn / 1000000
  FROM clock
 WHERE last_at IS NOT NULL AND abs(skew) <= :warn
HAVING count(*) > 0
UNION ALL
SELECT 'clocks/none', 'unknown', 'no time', 'none', NULL, NULL, NULL, NULL, NULL, count(*), NULL
  FROM clock
 WHERE last_at IS NULL
HAVING count(*) > 0;
