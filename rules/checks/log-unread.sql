-- id: log-unread
-- ref: CL-2-11.c
-- title.ja: 届いた記録の意味を読み取れている
-- title.en: what arrives is also understood
-- severity: medium
-- decides: no
-- needs: register:log_sources
-- param: least = 50
-- param: usual_days = 7
-- param: fail_days = 3
-- basis: proposed
-- reason.ja: {host}の記録は届いているが（24時間に{lines}行）、以前のように意味を読み取れる行がない（{days}日間）。書式が変わった恐れがある
-- reason.en: lines of {host} arrive ({lines} in 24 hours), but none of them means anything any more ({days} days): their format may have changed
-- reason.ja.blind: {host}の記録は届いているが（24時間に{lines}行）、意味を読み取れたことが一度もない
-- reason.en.blind: lines of {host} arrive ({lines} in 24 hours), but none of them ever meant anything
-- reason.ja.few: {host}の記録が少なく（24時間に{lines}行）、読み取れているか判断できない
-- reason.en.few: too few lines of {host} ({lines} in 24 hours) to say whether they are understood
-- reason.ja.ok: {host}の記録を読み取れている
-- reason.en.ok: lines of {host} are understood
-- fix.ja: 機器の更新や設定変更でログの書式が変わっていないか確かめ、tenken decode で1行を試す。読めないなら、その行に合うデコーダを加える
-- fix.en: see whether an update changed the format, and try a line with tenken decode; if it is not read, add a decoder for it
--
-- Most lines of a machine mean nothing for the checklist, so their share says little: what counts is a source that used to tell of events
-- and no longer does.

WITH part AS (
	SELECT l.source_id, s.host, s.first_received,
	       sum(CASE WHEN h.at > :seen - 86400000000 THEN h.lines ELSE 0 END) AS lines,
	       sum(CASE WHEN h.at > :seen - 86400000000 THEN h.events ELSE 0 END) AS events,
	       sum(CASE WHEN h.at > :seen - :fail_days * 86400000000 THEN h.events ELSE 0 END) AS recent, sum(h.events) AS before
	  FROM v_log_source AS l
	  JOIN v_source AS s ON s.source_id = l.source_id
	  JOIN v_source_hour AS h ON h.source_key = s.source_key AND h.hour > (:seen - (:usual_days + :fail_days) * 86400000000) / 3600000000
	 WHERE s.declared = 1
	 GROUP BY l.source_id
)
SELECT source_id AS resource,
       CASE WHEN events > 0 THEN 'pass' WHEN lines < :least THEN 'unknown' WHEN before = 0 THEN 'warn' WHEN recent = 0 THEN 'fail' ELSE 'warn' END AS status,
       'understood' AS reason, CASE WHEN events > 0 THEN 'ok' WHEN lines < :least THEN 'few' WHEN before = 0 THEN 'blind' END AS reason_id, host,
       lines, CASE WHEN recent = 0 THEN :fail_days ELSE 1 END AS days
  FROM part;
