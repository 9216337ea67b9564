-- id: protection-down
-- ref: X-2
-- title.ja: 複数の機器でマルウェア対策が同時に止められていない
-- title.en: protection against malware was not stopped on several machines at once
-- severity: critical
-- waits: sources
-- decides: no
-- needs: protection_updated within 7d
-- param: days = 14
-- param: within = 30m
-- param: hosts = 2
-- param: slack = 30m
-- basis: proposed
-- reason.ja: {last}に{minutes}分以内に{count}台でマルウェア対策が止まった（{list}）。作業計画がない
-- reason.en: on {last} protection against malware stopped on {count} machines within {minutes} minutes ({list}), without a plan
-- reason.ja.ok: 対策ソフトの記録が届いており、{days}日間、複数の機器で同時に止まったことはない
-- reason.en.ok: protection reports, and in {days} days it did not stop on several machines at once
-- fix.ja: 計画した作業でなければ攻撃の準備とみて、挙げた機器を切り離し、対策ソフトを戻し、管理者アカウントの使用を調べる
-- fix.en: unless it was planned, take it for the preparation of an attack: isolate these machines, start protection again, look at the use of administrators

WITH stop AS MATERIALIZED (
	SELECT e.received, e.event_id, fold(ifnull(e.host, e.system_id)) AS host
	  FROM v_rare_event AS e
	 WHERE e.type = 'protection_stopped' AND e.received > :seen - :days * 86400000000
	   AND NOT EXISTS (SELECT 1 FROM v_work_plan AS p
	                    WHERE e.received BETWEEN instant(p.starts_at) - :slack
	                                         AND instant(p.ends_at) + CASE WHEN length(p.ends_at) = 10 THEN 86400000000 ELSE 0 END + :slack)
), near AS (
	SELECT a.event_id, a.received, b.host, b.event_id AS other
	  FROM stop AS a
	  JOIN stop AS b ON b.received BETWEEN a.received AND a.received + :within
), burst AS (
	SELECT event_id, min(received) AS received, count(DISTINCT host) AS count, substr(group_concat(DISTINCT host), 1, 120) AS list, max(other) AS last_event
	  FROM near
	 GROUP BY event_id
HAVING count(DISTINCT host) >= :hosts
)
SELECT * FROM (
SELECT 'protection' AS resource, 'fail' AS status, 'stopped at once' AS reason, NULL AS reason_id, day(received) AS last,
       :within / 60000000 AS minutes, count, list, :days AS days, event_id AS first_event, last_event, NULL AS system_id
  FROM burst
 ORDER BY count DESC, received DESC
 LIMIT 1)
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'protection_updated';
