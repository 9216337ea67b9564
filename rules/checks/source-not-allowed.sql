-- id: source-not-allowed
-- ref: CL-2-13.a
-- title.ja: 許可した接続元以外からリモート接続が成功していない
-- title.en: no remote session came from an address that is not on the list
-- severity: critical
-- by: event
-- waits: sources
-- decides: yes
-- needs: register:network_allow
-- needs: remote_session within 7d
-- param: days = 30
-- basis: seed
-- reason.ja: 許可一覧にない {source} から「{account}」がリモート接続した（{times}回、最後は{last}）
-- reason.en: "{account}" connected from {source}, which is not on the list of allowed sources ({times} times, last on {last})
-- reason.ja.ok: {days}日間、リモート接続は許可した接続元からだけだった
-- reason.en.ok: in {days} days remote sessions came from allowed sources only
-- fix.ja: その接続が正当か事業者と本人に確かめる。心当たりがなければ接続を切り、アカウントを止める。正当なら接続元を許可一覧に書き、機器の設定も接続元を絞る
-- fix.en: ask the vendor and the user; if nobody knows of it, cut it off and disable the account; if it was right, enter the source and let the device accept no others
--
-- Sessions that succeeded.  Attempts that were refused are what the list is for.  An address in no network of the list for VPN,
-- remote desktop or anything; entries that have run out do not count on later days.

WITH session AS MATERIALIZED (
	SELECT e.src_ip, fold(e.user) AS account, max(e.received) AS last, sum(e.count) AS times, min(e.event_id) AS first_event,
	       max(e.event_id) AS last_event
	  FROM v_rare_event AS e
	 WHERE e.type = 'remote_session' AND e.received > :seen - :days * 86400000000 AND e.src_ip IS NOT NULL
	 GROUP BY e.src_ip, fold(e.user)
), allowed AS MATERIALIZED (
	SELECT network, ifnull(valid_to, '9999') AS valid_to FROM v_network_allow WHERE ifnull(service, 'any') IN ('vpn', 'rdp', 'any')
)
SELECT src_ip || '/' || ifnull(account, '-') AS resource, 'fail' AS status, 'source is not allowed' AS reason, NULL AS reason_id, src_ip AS source,
       ifnull(account, '-') AS account, times, day(last) AS last, :days AS days, first_event, last_event, NULL AS system_id
  FROM session AS s
 WHERE NOT EXISTS (SELECT 1 FROM allowed AS a WHERE in_network(s.src_ip, a.network) = 1 AND a.valid_to >= day(s.last))
   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'network_allow' AND rows > 0)
UNION ALL
SELECT a.system_key, 'pass', 'remote sessions', 'ok', NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'remote_session';
