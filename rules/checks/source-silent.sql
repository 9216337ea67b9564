-- id: source-silent
-- ref: CL-2-11.b
-- title.ja: 記録を送るはずの機器が沈黙していない
-- title.en: no source of logs has gone silent
-- severity: high
-- decides: yes
-- needs: register:log_sources
-- param: default_hours = 24
-- basis: proposed
-- reason.ja: {last}を最後に{hours}時間、記録が届いていない（{host}、間隔の目安は{expected}時間）
-- reason.en: no line for {hours} hours, last on {last} ({host}, expected every {expected} hours)
-- reason.ja.never: 登録から{hours}時間、一度も記録が届いていない（{host}）
-- reason.en.never: not one line in the {hours} hours since it was registered ({host})
-- reason.ja.new: 登録したばかりで、まだ記録が届いていない（{host}）
-- reason.en.new: just registered, no line yet ({host})
-- reason.ja.planned: 停電・保守の予定日のため判断しない（{host}、最後の記録は{last}）
-- reason.en.planned: not judged on a day of planned maintenance ({host}, last line on {last})
-- reason.ja.ok: 記録が届いている（{host}）
-- reason.en.ok: lines arrive ({host})
-- fix.ja: 機器が動いているか、記録の送信先がこの点検サーバになっているか、途中のネットワークが遮断していないかを順に確かめる
-- fix.en: see whether it runs, whether it sends its logs here, and whether something on the way blocks them
--
-- Counted by our own clock from the newest line of any kind.  Closed days of the calendar are not counted for sources that
-- may be silent for a day; on a day of planned maintenance nothing is said about silence.

WITH expected AS (
	SELECT source_id, host, system_id, last_received, declared_at, ifnull(expected_hours, :default_hours) AS expected
	  FROM v_log_source
), quiet AS (
	SELECT *,
	       (:seen - ifnull(last_received, declared_at)) / 3600000000.0 -
	       CASE WHEN expected >= 24
	            THEN 24 * (SELECT count(*) FROM v_calendar AS k
	                        WHERE k.kind = 'closed' AND k.date > day(s.last_received) AND k.date < day(:seen))
	            ELSE 0 END AS hours,
	       EXISTS (SELECT 1 FROM v_calendar AS k
	                WHERE k.kind = 'maintenance' AND k.date IN (:today, day(:seen - 86400000000))) AS planned
	  FROM expected AS s
), judged AS (
	SELECT *,
	       CASE WHEN last_received IS NULL AND hours <= 24 THEN 'unknown'
	            WHEN last_received IS NULL THEN CASE WHEN planned THEN 'unknown' ELSE 'fail' END
	            WHEN hours <= expected THEN 'pass'
	            WHEN planned THEN 'unknown'
	            WHEN hours <= 3 * expected THEN 'warn'
	            ELSE 'fail' END AS status
	  FROM quiet
)
SELECT source_id AS resource, status, 'silence' AS reason,
       CASE WHEN status = 'pass' THEN 'ok'
            WHEN planned AND status = 'unknown' THEN 'planned'
            WHEN status = 'unknown' THEN 'new'
            WHEN last_received IS NULL THEN 'never' END AS reason_id,
       host, day(last_received) AS last, CAST(hours AS INTEGER) AS hours, CAST(expected AS INTEGER) AS expected,
       CASE WHEN status = 'pass' THEN last_received + CAST(expected * 3600000000 AS INTEGER)
            WHEN status = 'warn' THEN last_received + CAST(3 * expected * 3600000000 AS INTEGER) END AS next
  FROM judged;
