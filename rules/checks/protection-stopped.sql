-- id: protection-stopped
-- ref: CL-2-06.e
-- title.ja: マルウェア対策が予定なく止められていない
-- title.en: no protection was switched off without a plan
-- severity: critical
-- decides: no
-- needs: protection_updated within 7d
-- param: days = 30
-- param: restart = 24h
-- param: slack = 30m
-- basis: proposed
-- reason.ja: {host}のマルウェア対策が{last}に止められた（{what}、{times}回）。作業予定も承認もない
-- reason.en: protection on {host} was switched off on {last} ({what}, {times} times); there is neither a plan nor an approval
-- reason.ja.restart: {host}のマルウェア対策が{last}に止まり、まだ動き出した記録がない
-- reason.en.restart: protection on {host} stopped on {last}, and nothing shows yet that it runs again
-- reason.ja.ok: マルウェア対策の記録が届いており、予定のない停止はない
-- reason.en.ok: lines of the protection arrive, and nothing was switched off without a plan
-- fix.ja: 止めた人と理由を確かめ、心当たりがなければその機器をネットワークから切り離して調べる。予定の作業なら承認記録（区分「サービス停止」、対象はホスト名）に書く
-- fix.en: find out who stopped it and why; unless somebody knows, take the machine off the network and examine it; for planned work enter an approval (kind service, the host as its target)
--
-- A service that stops with its machine and updates its patterns again within a day was restarted; that is ordinary.  Whoever
-- switches the protection of Windows off does it on purpose.

WITH stop AS (
	SELECT ifnull(e.host, '-') AS host, substr(fold(e.host), 1, instr(e.host || '.', '.') - 1) AS label, e.received, e.count, e.event_id, e.reason,
	       e.system_id, ifnull(e.reason, '') IN ('5001', '5010', '5012') AS purpose
	  FROM v_rare_event AS e
	 WHERE e.type = 'protection_stopped' AND e.received > :seen - :days * 86400000000
), judged AS (
	SELECT s.*,
	       EXISTS (SELECT 1 FROM v_last_word AS w WHERE w.type = 'protection_updated' AND w.host = s.label AND w.last_received > s.received) AS again,
	       EXISTS (SELECT 1 FROM v_work_plan AS p
	                WHERE s.received BETWEEN instant(p.starts_at) - :slack AND instant(p.ends_at) + :slack
	                  AND ifnull(p.system_key, s.system_id) = s.system_id) OR
	       EXISTS (SELECT 1 FROM v_approval AS a
	                WHERE a.kind IN ('service', 'software') AND a.target_key IN (fold(s.host), s.label) AND abs(days(a.approved_at, s.received)) <= 31) OR
	       EXISTS (SELECT 1 FROM v_calendar AS k WHERE k.kind = 'maintenance' AND k.date = day(s.received)) AS planned
	  FROM stop AS s
), bad AS (
	SELECT *,
	       CASE WHEN NOT purpose AND received > :seen - :restart THEN 'warn' ELSE 'fail' END AS status
	  FROM judged
	 WHERE NOT planned AND NOT (again AND NOT purpose)
), host AS (
	SELECT host, label, max(received) AS last, min(status) AS status, sum(count) AS times, reason, min(event_id) AS first_event,
	       max(event_id) AS last_event
	  FROM bad
	 GROUP BY label
)
SELECT label AS resource, CASE status WHEN 'warn' THEN 'warn' ELSE 'fail' END AS status, 'switched off' AS reason,
       CASE status WHEN 'warn' THEN 'restart' END AS reason_id, host, day(last) AS last, ifnull(reason, '-') AS what, times, first_event, last_event,
       CASE status WHEN 'warn' THEN last + :restart END AS next
  FROM host
UNION ALL
SELECT 'protection', 'pass', 'protection', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM bad);
