-- id: log-cleared-admin
-- ref: X-3
-- title.ja: 管理者のログインのあとに記録が消されていない
-- title.en: no log was cleared after an administrator had logged in
-- severity: critical
-- waits: logins
-- waits: sources
-- decides: no
-- needs: auth_success within 7d
-- param: days = 30
-- param: within = 24h
-- basis: proposed
-- reason.ja: {host}で{last}に記録が消された。その前の{hours}時間に管理者「{account}」が {source} からログインしている
-- reason.en: a log was cleared on {host} on {last}; within {hours} hours before, the administrator "{account}" had logged in from {source}
-- reason.ja.ok: {days}日間、管理者のログインのあとに記録が消されたことはない
-- reason.en.ok: in {days} days no log was cleared after an administrator had logged in
-- fix.ja: 「{account}」の持ち主に確かめ、心当たりがなければアカウントを止め、接続元とその機器を切り離して調べる
-- fix.en: ask the holder of "{account}"; if it was not them, disable it and isolate the source and the machine

WITH word (reason) AS (VALUES ('1102'), ('104'), ('log cleared'), ('audit switched off'), ('Disk logs deleted'), ('Memory logs cleared'), ('Disk log cleared')
), cleared AS MATERIALIZED (
	SELECT e.event_id, e.received, ifnull(e.host, e.system_id) AS host, fold(ifnull(e.host, e.system_id)) AS place, fold(e.user) AS user
	  FROM v_rare_event AS e
	  JOIN word AS w ON w.reason = e.reason
	 WHERE e.type = 'log_gap' AND e.received > :seen - :days * 86400000000
), hit AS (
	SELECT c.event_id, c.received, c.host, c.place, s.account_key AS account, s.src_ip
	  FROM cleared AS c
	  JOIN v_login_source AS s ON s.place = c.place
	 WHERE (s.last_used BETWEEN c.received - :within AND c.received OR s.first_used BETWEEN c.received - :within AND c.received)
	   AND (s.account_key IN ('root', 'administrator', 'admin') OR s.account_key = c.user
	        OR EXISTS (SELECT 1 FROM v_account_register AS a WHERE a.account_key = s.account_key AND a.admin = 1))
	UNION
	SELECT c.event_id, c.received, c.host, c.place, h.account_key, NULL
	  FROM cleared AS c
	  JOIN v_login_host AS h ON fold(h.host) = c.place
	 WHERE (h.last_used BETWEEN c.received - :within AND c.received OR h.first_used BETWEEN c.received - :within AND c.received)
	   AND (h.account_key IN ('root', 'administrator', 'admin') OR h.account_key = c.user
	        OR EXISTS (SELECT 1 FROM v_account_register AS a WHERE a.account_key = h.account_key AND a.admin = 1))
)
SELECT place || '/' || account AS resource, 'fail' AS status, 'a log was cleared after an administrator came' AS reason, NULL AS reason_id,
       max(host) AS host, account, ifnull(max(src_ip), '-') AS source, day(max(received)) AS last, :within / 3600000000 AS hours, :days AS days,
       min(event_id) AS first_event, max(event_id) AS last_event, NULL AS system_id
  FROM hit
 GROUP BY place, account
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'auth_success';
