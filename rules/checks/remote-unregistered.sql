-- id: remote-unregistered
-- ref: CL-2-02.b
-- title.ja: リモート保守台帳にない遠隔接続が行われていない
-- title.en: nobody connects from afar who stands in no register of remote maintenance
-- severity: critical
-- by: event
-- waits: sources
-- decides: yes
-- needs: register:remote_maintenance
-- needs: remote_session within 7d
-- param: days = 30
-- param: internal = 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7
-- basis: proposed
-- reason.ja: {last}に「{account}」が{source}から{host}へ遠隔接続した。リモート保守台帳にこのアカウントも接続元もない（{days}日間に{times}回）
-- reason.en: on {last} "{account}" connected from {source} to {host}; neither stands in the register of remote maintenance ({times} times in {days} days)
-- reason.ja.network: {last}に「{account}」が、登録された接続元ではない{source}から{host}へ遠隔接続した（{days}日間に{times}回）
-- reason.en.network: on {last} "{account}" connected to {host} from {source}, which is not where it is registered to connect from ({times} times in {days} days)
-- reason.ja.account: {last}に、登録された接続元{source}から、台帳にないアカウント「{account}」で{host}へ遠隔接続した（{days}日間に{times}回）
-- reason.en.account: on {last} "{account}", which is in no register, connected to {host} from the registered {source} ({times} times in {days} days)
-- reason.ja.place: {last}に「{account}」が、登録された対象ではない{host}へ遠隔接続した（接続元 {source}、{days}日間に{times}回）
-- reason.en.place: on {last} "{account}" connected from {source} to {host}, which it is not registered to reach ({times} times in {days} days)
-- reason.ja.ended: {last}に「{account}」が{source}から{host}へ遠隔接続したが、登録は終了している（{days}日間に{times}回）
-- reason.en.ended: on {last} "{account}" connected from {source} to {host}, but its registration has ended ({times} times in {days} days)
-- reason.ja.ok: {days}日間の遠隔接続{times}回に、登録のないものはほかにない（職員の接続を除く）
-- reason.en.ok: of {times} remote sessions in {days} days, no other is unregistered (those of staff left out)
-- fix.ja: 事業者に電話で確かめる。心当たりがなければその接続とアカウントをすぐ止め、安全管理責任者に報告する。正当な保守なら、アカウント・接続元・対象機器をリモート保守台帳に書く
-- fix.en: call the vendor; if nobody knows of it, cut the connection, disable the account and report it. If it was maintenance, enter account, source and device in the register
--
-- Judged is whoever is no member of staff by accounts.csv and comes from outside, and any account or network of a vendor, also within
-- the house: a vendor's box in a ward is how the ransomware of 2022 came in.  The staff's own remote work is for other checks.  Where a
-- line names no user, the address alone must stand in the register.  A session within (remote desktop) is compared with the
-- registered system or device, too; one through the VPN ends at the gateway and cannot be.

WITH session AS MATERIALIZED (
	SELECT fold(user) AS user, src_ip, ifnull(host, system_id) AS host, system_id, ifnull(method, '') = 'rdp' AS inside,
	       max(received) AS last, sum(count) AS times, min(event_id) AS first_event, max(event_id) AS last_event
	  FROM v_rare_event
	 WHERE type = 'remote_session' AND received > :seen - :days * 86400000000
	 GROUP BY fold(user), src_ip, CASE WHEN method = 'rdp' THEN host END
), link AS MATERIALIZED (
	SELECT r.row_key, r.system_key, r.device_key, r.accounts, r.src_networks, ifnull(r.ended_at, '9999') AS ended
	  FROM v_remote_maintenance AS r
	 WHERE r.accounts IS NOT NULL OR r.src_networks IS NOT NULL
), judged AS MATERIALIZED (
	SELECT s.*
	  FROM session AS s
	 WHERE EXISTS (SELECT 1 FROM v_register_value AS v WHERE v.kind = 'remote_maintenance' AND v.column_name = 'accounts' AND v.value = s.user)
	    OR EXISTS (SELECT 1 FROM v_account_register AS a WHERE a.account_key = s.user AND (a.kind = 'vendor' OR a.vendor_key IS NOT NULL))
	    OR EXISTS (SELECT 1 FROM v_network_allow AS n WHERE n.vendor_key IS NOT NULL AND in_network(s.src_ip, n.network))
	    OR ((NOT s.inside OR NOT ifnull(in_network(s.src_ip, :internal), 1))
	        AND NOT EXISTS (SELECT 1 FROM v_account_register AS a WHERE a.account_key = s.user AND a.kind = 'human'))
), matched AS MATERIALIZED (
	-- By name first: nearly all sessions are in order by that, and no address has to be compared with every link.
	SELECT s.*, l.row_key, day(s.last) <= l.ended AS running,
	       ifnull(in_network(s.src_ip, l.src_networks), 0) AS near, l.src_networks IS NULL OR s.src_ip IS NULL AS anywhere,
	       l.system_key, l.device_key
	  FROM judged AS s
	  JOIN v_register_value AS v ON v.kind = 'remote_maintenance' AND v.column_name = 'accounts' AND v.value = s.user
	  JOIN link AS l ON l.row_key = v.row_key
), placed AS MATERIALIZED (
	SELECT *, NOT inside OR (system_key IS NULL AND device_key IS NULL) OR fold(system_id) = system_key
	          OR EXISTS (SELECT 1 FROM v_register_value AS v
	                      WHERE v.kind = 'devices' AND v.column_name = 'hostname' AND v.row_key = device_key
	                        AND v.value IN (fold(host), substr(fold(host), 1, instr(host || '.', '.') - 1))) AS by_place
	  FROM matched
), doubtful AS MATERIALIZED (
	SELECT s.*
	  FROM judged AS s
	 WHERE s.first_event NOT IN (SELECT first_event FROM placed WHERE running AND (near OR anywhere) AND by_place)
), graded AS (
	SELECT d.*, CASE WHEN p.running AND (p.near OR p.anywhere) THEN 4 ELSE 2 + p.running END AS grade
	  FROM doubtful AS d
	  JOIN placed AS p ON p.first_event = d.first_event
	UNION ALL
	SELECT d.*, CASE WHEN day(d.last) > l.ended THEN 0 WHEN d.user IS NOT NULL AND l.accounts IS NOT NULL THEN 1
	                 WHEN NOT d.inside OR (l.system_key IS NULL AND l.device_key IS NULL) OR fold(d.system_id) = l.system_key
	                      OR EXISTS (SELECT 1 FROM v_register_value AS v
	                                  WHERE v.kind = 'devices' AND v.column_name = 'hostname' AND v.row_key = l.device_key
	                                    AND v.value IN (fold(d.host), substr(fold(d.host), 1, instr(d.host || '.', '.') - 1))) THEN 5
	                 ELSE 4 END
	  FROM doubtful AS d
	  JOIN link AS l ON l.src_networks IS NOT NULL AND in_network(d.src_ip, l.src_networks)
	UNION ALL
	SELECT d.*, 0 FROM doubtful AS d
), best AS (
	SELECT *, max(grade) AS highest FROM graded GROUP BY first_event
)
SELECT ifnull(user, '-') || '@' || ifnull(src_ip, '-') || CASE WHEN inside THEN '/' || fold(host) ELSE '' END AS resource, 'fail' AS status,
       'unregistered remote session' AS reason,
       CASE highest WHEN 4 THEN 'place' WHEN 3 THEN 'network' WHEN 2 THEN 'ended' WHEN 1 THEN 'account' END AS reason_id,
       NULL AS system_id, ifnull(user, '-') AS account, ifnull(src_ip, '-') AS source, host, day(last) AS last, times, :days AS days,
       first_event, last_event
  FROM best
 WHERE highest < 5 AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'remote_maintenance' AND state <> 'missing')
UNION ALL
SELECT a.system_key, 'pass', 'remote sessions', 'ok', a.system_key, NULL, NULL, NULL, NULL,
       (SELECT ifnull(sum(s.times), 0) FROM session AS s WHERE fold(s.system_id) = a.system_key), :days, NULL, NULL
  FROM v_alive AS a
 WHERE a.type = 'remote_session';
