-- id: log-tamper
-- ref: CL-2-11.e
-- title.ja: 記録が消されたり止められたりしていない
-- title.en: no log was cleared or switched off
-- severity: critical
-- decides: no
-- needs: register:log_sources
-- param: days = 30
-- param: quiet = 24h
-- basis: proposed
-- reason.ja: {last}に記録が消されたか止められた（{what}、操作した人 {who}、{times}回）
-- reason.en: a log was cleared or switched off on {last} ({what}, by {who}, {times} times)
-- reason.ja.quiet: 記録が届いていないため、消されていないとは言えない
-- reason.en.quiet: no lines arrive, so nobody can say that nothing was cleared
-- reason.ja.ok: 記録が届いており、消去や停止の跡はない
-- reason.en.ok: lines arrive, and there is no trace of clearing or switching off
-- fix.ja: 作業予定と突き合わせ、心当たりがなければ侵入の跡を消したものとして、その機器を切り離し安全管理責任者に報告する
-- fix.en: compare with planned work; if there was none, treat it as somebody hiding traces: isolate the machine and report it
--
-- Only what a person has to do on purpose: a log service that stops with its machine is ordinary.  The events are looked
-- through only when some source has told of a gap at all.

WITH word (reason, what) AS (VALUES
	('1102', 'セキュリティログの消去'), ('log cleared', 'ログの消去'), ('audit switched off', '監査の停止'),
	('audit recording stopped', '監査記録の停止'), ('remote logging stopped', '記録の送信の停止'),
	('Disk logs deleted', 'ログの削除'), ('Memory logs cleared', 'ログの消去'), ('Disk log cleared', 'ログの消去')
), trace AS (
	SELECT e.host, e.system_id, max(e.received) AS last, w.what, e.user, sum(e.count) AS times, min(e.event_id) AS first_event,
	       max(e.event_id) AS last_event
	  FROM v_rare_event AS e
	  JOIN word AS w ON w.reason = e.reason
	 WHERE e.type = 'log_gap'
	   AND e.received > :seen - :days * 86400000000
	   AND EXISTS (SELECT 1 FROM v_source_type AS t
	                WHERE t.type = 'log_gap' AND t.last_received > :seen - :days * 86400000000)
	 GROUP BY ifnull(e.host, e.system_id)
)
SELECT ifnull(host, system_id) AS resource, 'fail' AS status, 'a log was cleared or switched off' AS reason, NULL AS reason_id,
       day(last) AS last, what, ifnull(user, '-') AS who, times, first_event, last_event
  FROM trace
UNION ALL
SELECT source_id, CASE WHEN last_received > :seen - :quiet THEN 'pass' ELSE 'unknown' END, 'no trace',
       CASE WHEN last_received > :seen - :quiet THEN 'ok' ELSE 'quiet' END, NULL, NULL, NULL, NULL, NULL, NULL
  FROM v_log_source;
