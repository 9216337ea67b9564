-- id: lateral-movement
-- ref: X-1
-- title.ja: 新しい接続元からの遠隔接続のあと、短時間に多くのサーバへログインされていない
-- title.en: no remote session from a new address was followed by logins to many machines
-- severity: critical
-- waits: logins
-- waits: sources
-- decides: no
-- needs: remote_session within 7d
-- param: days = 14
-- param: within = 60m
-- param: hosts = 3
-- basis: proposed
-- reason.ja: 「{account}」が{last}に新しい接続元 {source} から遠隔接続し、{minutes}分以内に{count}台（{list}）へログインした
-- reason.en: "{account}" connected from the new address {source} on {last} and logged in to {count} machines within {minutes} minutes ({list})
-- reason.ja.ok: {days}日間、新しい接続元からの遠隔接続のあとに多くのサーバへのログインはない
-- reason.en.ok: in {days} days no remote session from a new address was followed by logins to many machines
-- fix.ja: 本人か事業者にすぐ電話で確かめる。心当たりがなければ接続を切り、アカウントを止め、挙げたサーバを切り離して安全管理責任者に報告する
-- fix.en: call the user or the vendor now; if it was not them, cut the session, disable the account, isolate these machines and report it
--
-- The address is new when this account's first use of it was within an hour of the session.

WITH session AS MATERIALIZED (
	SELECT fold(e.user) AS account, e.src_ip, min(e.at) AS at, fold(min(ifnull(e.host, ''))) AS gateway, min(e.event_id) AS first_event
	  FROM v_rare_event AS e
	 WHERE e.type = 'remote_session' AND e.received > :seen - :days * 86400000000 AND e.src_ip IS NOT NULL AND e.user IS NOT NULL
	 GROUP BY fold(e.user), e.src_ip
), fresh AS MATERIALIZED (
	SELECT s.*
	  FROM session AS s
	 WHERE (SELECT min(o.first_used) FROM v_login_source AS o WHERE o.account_key = s.account AND o.src_ip = s.src_ip) > s.at - 3600000000
), target AS (
	SELECT f.account, f.src_ip, f.at, f.first_event, h.host, h.last_event
	  FROM fresh AS f
	  JOIN v_login_host AS h ON h.account_key = f.account
	 WHERE h.first_used BETWEEN f.at AND f.at + :within OR h.last_used BETWEEN f.at AND f.at + :within
	UNION
	SELECT f.account, f.src_ip, f.at, f.first_event, o.place, o.last_event
	  FROM fresh AS f
	  JOIN v_login_source AS o ON o.account_key = f.account
	 WHERE (o.first_used BETWEEN f.at AND f.at + :within OR o.last_used BETWEEN f.at AND f.at + :within)
	   AND o.place <> f.gateway
	   AND o.place NOT IN (SELECT value FROM v_register_value WHERE kind = 'systems' AND column_name = 'domains')
)
SELECT account || '@' || src_ip AS resource, 'fail' AS status, 'from a new address to many machines' AS reason, NULL AS reason_id, account,
       src_ip AS source, day(min(at)) AS last, :within / 60000000 AS minutes, count(DISTINCT host) AS count,
       substr(group_concat(DISTINCT host), 1, 120) AS list, :days AS days, min(first_event) AS first_event, max(last_event) AS last_event,
       NULL AS system_id
  FROM target
 GROUP BY account, src_ip
HAVING count(DISTINCT host) >= :hosts
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'remote_session';
