-- id: sources-silent-together
-- ref: X-7
-- title.ja: 複数の送信元が同時に沈黙していない
-- title.en: several sources have not gone silent at the same time
-- severity: critical
-- decides: no
-- needs: register:log_sources
-- param: default_hours = 24
-- param: sources = 3
-- param: within = 60m
-- basis: proposed
-- reason.ja: {count}台の送信元（{list}）の記録が、{last}ごろ一斉に止まったままである
-- reason.en: {count} sources ({list}) fell silent together around {last} and still are
-- reason.ja.planned: 停電・保守の予定日のため判断しない（{count}台が沈黙）
-- reason.en.planned: not judged on a day of planned maintenance ({count} sources are silent)
-- reason.ja.ok: 送信元{total}台が一斉に沈黙していることはない
-- reason.en.ok: of {total} sources there are not several that fell silent together
-- reason.ja.new: どの送信元からもまだ記録が届いていない
-- reason.en.new: no source has sent a line yet
-- fix.ja: まず収集側（このサーバ、途中のスイッチやファイアウォール）を確かめる。収集側に異常がなければ、攻撃者が記録を止めた恐れがあるとして各機器を確かめる
-- fix.en: look at the collecting side first (this machine, switches and firewalls on the way); if all is well there, somebody may have switched the logs off: look at each machine
--
-- One finding for all of them.  Each source may be silent as long as its register says; together means that their newest lines lie
-- within the given time.

WITH quiet AS MATERIALIZED (
	SELECT source_id, last_received,
	       (:seen - last_received) / 3600000000.0 > ifnull(expected_hours, :default_hours) AS silent,
	       last_received + CAST(ifnull(expected_hours, :default_hours) * 3600000000 AS INTEGER) + 1000000 AS due
	  FROM v_log_source
	 WHERE last_received IS NOT NULL
), near AS (
	SELECT a.source_id, a.last_received, count(*) AS count, substr(group_concat(b.source_id, '、'), 1, 120) AS list
	  FROM quiet AS a
	  JOIN quiet AS b ON b.last_received BETWEEN a.last_received AND a.last_received + :within
	 WHERE a.silent AND b.silent
	 GROUP BY a.source_id
), worst AS (
	SELECT * FROM near WHERE count >= :sources ORDER BY count DESC, last_received DESC LIMIT 1
), planned AS (
	SELECT EXISTS (SELECT 1 FROM v_calendar AS k WHERE k.kind = 'maintenance' AND k.date IN (:today, day(:seen - 86400000000))) AS yes
)
SELECT 'sources' AS resource, CASE WHEN p.yes THEN 'unknown' ELSE 'fail' END AS status, 'silent together' AS reason,
       CASE WHEN p.yes THEN 'planned' END AS reason_id, w.count, w.list, day(w.last_received) AS last, NULL AS total, NULL AS next
  FROM worst AS w, planned AS p
UNION ALL
SELECT 'sources', CASE WHEN count(*) = 0 THEN 'unknown' ELSE 'pass' END, 'not together', CASE WHEN count(*) = 0 THEN 'new' ELSE 'ok' END, NULL, NULL,
       NULL, count(*), min(CASE WHEN NOT silent THEN due END)
  FROM quiet
 WHERE NOT EXISTS (SELECT 1 FROM worst);
