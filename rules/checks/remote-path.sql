-- id: remote-path
-- ref: CF-P2-x3
-- title.ja: リモート保守の通信経路が安全な方式になっている
-- title.en: remote maintenance comes over paths that are safe
-- severity: high
-- decides: yes
-- needs: register:remote_maintenance
-- param: paths = leased ip_vpn ipsec tls_client_cert
-- attest: 365
-- basis: secondary
-- reason.ja: リモート保守の接続 {link_id}（{name}）の経路は{what}で、安全とされる方式ではない
-- reason.en: link {link_id} ({name}) comes over {path}, which is none of the paths that count as safe
-- reason.ja.blank: リモート保守の接続 {link_id}（{name}）の通信経路が書かれていない
-- reason.en.blank: no path is given for link {link_id} ({name})
-- reason.ja.ok: 使用中の{total}接続のうち{good}接続は、安全とされる方式で通信している
-- reason.en.ok: of {total} links in use, {good} come over a path that counts as safe
-- fix.ja: 事業者に経路を確かめ、専用線・IP-VPN・IPsec・クライアント証明書付きTLSのどれかに替える。替えるまでは使うときだけ開ける
-- fix.en: change it to a leased line, IP-VPN, IPsec or TLS with client certificates; until then open it only while it is used
--
-- An SSL-VPN that asks for a password only is the door most incidents came through.

WITH link AS (
	SELECT r.link_id, ifnull(v.name, r.vendor_id) AS name, r.path_type AS path,
	       CASE r.path_type WHEN 'ssl_vpn' THEN 'SSL-VPN' WHEN 'internet' THEN 'インターネット直結' WHEN 'other' THEN 'その他'
	                        WHEN 'leased' THEN '専用線' WHEN 'ip_vpn' THEN 'IP-VPN' WHEN 'ipsec' THEN 'IPsec'
	                        WHEN 'tls_client_cert' THEN 'クライアント証明書付きTLS' END AS what,
	       instr(' ' || :paths || ' ', ' ' || r.path_type || ' ') > 0 AS good
	  FROM v_remote_maintenance AS r
	  LEFT JOIN v_vendor AS v ON v.vendor_key = r.vendor_key
	 WHERE ifnull(r.ended_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'remote_maintenance' AND state <> 'missing')
)
SELECT link_id AS resource, CASE WHEN path IS NULL THEN 'unknown' ELSE 'fail' END AS status, 'path of this link' AS reason,
       CASE WHEN path IS NULL THEN 'blank' END AS reason_id, link_id, name, path, what, NULL AS total, NULL AS good
  FROM link
 WHERE ifnull(good, 0) = 0
UNION ALL
SELECT '接続', 'pass', 'links', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM link), count(*)
  FROM link
 WHERE good = 1
HAVING count(*) > 0;
