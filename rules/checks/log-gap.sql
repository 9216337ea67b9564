-- id: log-gap
-- ref: CL-2-11.j
-- title.ja: 記録が途中で失われていない
-- title.en: no log lines are lost on their way
-- severity: medium
-- decides: no
-- needs: register:log_sources
-- param: days = 7
-- param: many = 100
-- param: quiet = 24h
-- basis: proposed
-- reason.ja: この{days}日間に記録の欠落が{times}回あった（最後は{last}）
-- reason.en: lines were lost {times} times in {days} days, last on {last}
-- reason.ja.quiet: 記録が届いていないため、欠落の有無が分からない
-- reason.en.quiet: no lines arrive, so nobody can say whether any were lost
-- reason.ja.ok: 記録が届いており、欠落の知らせはない
-- reason.en.ok: lines arrive, and none are said to be lost
-- fix.ja: 送信側と経路の負荷を確かめ、UDPならTCPに替える。続くなら送る記録の種類を減らす
-- fix.en: look at the load of the sender and the way; use TCP instead of UDP; if it goes on, send fewer kinds of lines
--
-- By what senders and our own collectors say they had to drop.  The state of the sources is enough; nothing is counted anew.

WITH gap AS (
	SELECT e.host, e.system_id, max(e.received) AS last, sum(e.count) AS times, min(e.event_id) AS first_event,
	       max(e.event_id) AS last_event
	  FROM v_rare_event AS e
	 WHERE e.type = 'log_gap'
	   AND e.received > :seen - :days * 86400000000
	   AND ifnull(e.reason, '') NOT IN ('1100', '1102', 'log cleared', 'log service stopped', 'audit switched off',
	                                    'audit recording stopped', 'remote logging stopped', 'Disk logs deleted',
	                                    'Memory logs cleared', 'Disk log cleared')
	   AND EXISTS (SELECT 1 FROM v_source_type AS t
	                WHERE t.type = 'log_gap' AND t.last_received > :seen - :days * 86400000000)
	 GROUP BY ifnull(e.host, e.system_id)
)
SELECT ifnull(host, system_id) AS resource, CASE WHEN times >= :many THEN 'fail' ELSE 'warn' END AS status, 'lines were lost' AS reason,
       NULL AS reason_id, day(last) AS last, times, :days AS days, first_event, last_event
  FROM gap
UNION ALL
SELECT source_id, CASE WHEN last_received > :seen - :quiet THEN 'pass' ELSE 'unknown' END, 'no loss',
       CASE WHEN last_received > :seen - :quiet THEN 'ok' ELSE 'quiet' END, NULL, NULL, :days, NULL, NULL
  FROM v_log_source;
