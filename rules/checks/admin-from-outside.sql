-- id: admin-from-outside
-- ref: CL-2-13.f
-- title.ja: ネットワーク機器の管理画面に院外から入られていない
-- title.en: nobody logs in to network devices from outside
-- severity: critical
-- by: account
-- decides: no
-- needs: register:devices
-- needs: auth_success within 7d
-- param: days = 30
-- param: inside = 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 100.64.0.0/10 ::1/128 fc00::/7 fe80::/10
-- basis: proposed
-- reason.ja: {device}に院外の {source} から「{account}」でログインした（{method}、最後は{last}）
-- reason.en: "{account}" logged in to {device} from {source}, outside the house ({method}, last on {last})
-- reason.ja.ok: 記録のあるネットワーク機器{total}台に、{days}日間、院外からのログインはない
-- reason.en.ok: of {total} network devices whose logins are on record none was logged in to from outside in {days} days
-- fix.ja: 管理画面を院外に公開しない設定にし、そのアカウントのパスワードを変え、設定が変えられていないか確かめる。院内に独自のアドレスがあれば設定 inside に加える
-- fix.en: close the management interface to the outside, change the password and look for changes of its settings; add addresses of your own to the setting inside
--
-- Logins to the device itself; a session of a VPN user through it is no login to it.  Sources on the list for administration count as
-- allowed.

WITH label AS MATERIALIZED (
	SELECT d.device_id, ifnull(d.name, d.device_id) AS name, v.value
	  FROM v_device_register AS d
	  JOIN v_register_value AS v ON v.kind = 'devices' AND v.column_name IN ('hostname', 'ip') AND v.row_key = d.device_key
	 WHERE d.class = 'network' AND ifnull(d.disposed, '9999') >= :today
), login AS MATERIALIZED (
	SELECT l.device_id, l.name, s.account, s.src_ip, s.method, s.last_used, s.first_event, s.last_event
	  FROM label AS l
	 CROSS JOIN v_login_source AS s ON s.place = l.value
	 WHERE s.last_used > :seen - :days * 86400000000
	   AND NOT (ifnull(s.method, '') LIKE '%vpn%' OR ifnull(s.method, '') LIKE '%ssl%tunnel%' OR ifnull(s.method, '') LIKE 'ssl-web'
	            OR ifnull(s.method, '') LIKE '%ipsec%' OR ifnull(s.method, '') LIKE '%l2tp%' OR ifnull(s.method, '') LIKE '%pptp%')
)
SELECT device_id || '/' || account || '@' || src_ip AS resource, 'fail' AS status, 'managed from outside' AS reason, NULL AS reason_id,
       name AS device, account, src_ip AS source, ifnull(method, '-') AS method, day(last_used) AS last, NULL AS total, :days AS days,
       first_event, last_event
  FROM login AS l
 WHERE in_network(src_ip, :inside) = 0
   AND NOT EXISTS (SELECT 1 FROM v_network_allow AS a
                    WHERE a.service = 'admin' AND in_network(l.src_ip, a.network) = 1 AND ifnull(a.valid_to, '9999') >= day(l.last_used))
UNION ALL
SELECT 'network', 'pass', 'network devices', 'ok', NULL, NULL, NULL, NULL, NULL, count(DISTINCT device_id), :days, NULL, NULL
  FROM login
HAVING count(*) > 0;
