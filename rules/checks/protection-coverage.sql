-- id: protection-coverage
-- ref: CL-2-06.c
-- title.ja: マルウェア対策がサーバのすべてと端末のほとんどで動いている
-- title.en: protection against malware runs on every server and on nearly every terminal
-- severity: high
-- waits: sightings
-- waits: words
-- decides: yes
-- needs: register:devices
-- attest: 180
-- param: hours = 24
-- param: stale_days = 3
-- param: warn_percent = 98
-- param: fail_percent = 90
-- basis: proposed
-- reason.ja: サーバ{device}（{name}）でマルウェア対策が動いていない（{what}）
-- reason.en: protection does not run on the server {device} ({name}): {what_en}
-- reason.ja.share: {class}{total}台のうち{bad}台でマルウェア対策が動いていない（稼働率{percent}%。例: {device}）
-- reason.en.share: protection does not run on {bad} of {total} devices of class {class} ({percent} % do; for instance {device})
-- reason.ja.blind: マルウェア対策の稼働状況が届いていない（対象{total}台）
-- reason.en.blind: whether protection runs is not reported ({total} devices)
-- reason.ja.stale: マルウェア対策の稼働状況は{heard}のものが最後で、今は分からない（対象{total}台）
-- reason.en.stale: the last report on protection is of {heard}; how it stands now is not known ({total} devices)
-- reason.ja.none: マルウェア対策の対象とされた機器が台帳にない（「マルウェア対策」の欄が空）
-- reason.en.none: the register names no device that has protection (column antimalware)
-- reason.ja.ok: {class}{total}台の{percent}%でマルウェア対策が動いている
-- reason.en.ok: protection runs on {percent} % of {total} devices of class {class}
-- fix.ja: 動いていない機器で対策ソフトを起動し直すか入れ直す。対策ソフトを入れられない機器は、台帳の「マルウェア対策」を「いいえ」にして代わりの対策を書く
-- fix.en: start or install it again on those devices; for those that cannot carry it, answer antimalware with no and write down the other measures
--
-- Alive is what reported within a day of the newest report of all, as running or by updating its patterns: a terminal that was
-- switched off for the holidays is not asked.  Without a report of the last days nobody knows.

WITH device AS MATERIALIZED (
	SELECT h.device_id, h.name, h.class, h.protection, h.reported_at, max(ifnull(h.reported_at, 0), ifnull(h.pattern_at, 0)) AS heard,
	       ifnull(h.pattern_at, 0) AS pattern_at, s.last_seen
	  FROM v_device_health AS h
	  JOIN v_device AS s ON s.device_key = h.device_key
	 WHERE h.antimalware AND ifnull(h.disposed, '9999') > :today AND ifnull(h.usable, 'yes') <> 'no'
), newest AS (
	SELECT min(max(heard), :seen) AS heard, count(*) AS total FROM device
), asked AS MATERIALIZED (
	SELECT d.*, n.heard AS newest,
	       CASE WHEN d.protection IN ('stopped', 'missing') AND d.reported_at >= d.pattern_at THEN 0
	            WHEN d.heard > n.heard - :hours * 3600000000 THEN 1 ELSE 0 END AS alive
	  FROM device AS d, newest AS n
	 WHERE n.heard > :seen - :stale_days * 86400000000
	   AND (d.class = 'server' OR d.last_seen IS NULL OR d.last_seen > n.heard - :hours * 3600000000 OR d.heard > n.heard - :hours * 3600000000)
), class AS (
	SELECT ifnull(class, '-') AS class, count(*) AS total, sum(NOT alive) AS bad, CAST(100.0 * sum(alive) / count(*) AS INTEGER) AS percent,
	       min(CASE WHEN NOT alive THEN device_id END) AS device
	  FROM asked
	 GROUP BY class
)
SELECT device_id AS resource, 'fail' AS status, 'protection does not run' AS reason, NULL AS reason_id, device_id AS device, name, NULL AS class,
       CASE protection WHEN 'stopped' THEN '停止' WHEN 'missing' THEN '未導入' ELSE '報告がない' END AS what,
       CASE protection WHEN 'stopped' THEN 'stopped' WHEN 'missing' THEN 'not installed' ELSE 'no report' END AS what_en, NULL AS total, NULL AS bad,
       NULL AS percent, NULL AS heard
  FROM asked
 WHERE class = 'server' AND NOT alive
UNION ALL
SELECT class, CASE WHEN percent < :fail_percent THEN 'fail' WHEN percent < :warn_percent THEN 'warn' ELSE 'pass' END, 'share that runs',
       CASE WHEN percent < :warn_percent THEN 'share' ELSE 'ok' END, device, NULL,
       CASE class WHEN 'server' THEN 'サーバ' WHEN 'terminal' THEN '端末' ELSE class END, NULL, NULL, total, bad, percent, NULL
  FROM class
UNION ALL
SELECT 'protection', 'unknown', 'no report', CASE WHEN total = 0 THEN 'none' WHEN ifnull(heard, 0) = 0 THEN 'blind' ELSE 'stale' END, NULL, NULL, NULL,
       NULL, NULL, total, NULL, NULL, day(nullif(heard, 0))
  FROM newest
 WHERE ifnull(heard, 0) <= :seen - :stale_days * 86400000000;
