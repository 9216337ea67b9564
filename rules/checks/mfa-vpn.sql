-- id: mfa-vpn
-- ref: CL-2-10.b
-- title.ja: 外からの接続には必ず二要素認証を使っている
-- title.en: whoever comes in from outside does so with two factors
-- severity: critical
-- by: event
-- decides: no
-- needs: remote_session within 7d
-- attest: 365
-- param: days = 30
-- param: internal = 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7
-- basis: proposed
-- reason.ja: 「{user}」が{last}に外から接続した（{source}）が、台帳では二要素認証を使っていない
-- reason.en: "{user}" came in from outside on {last} ({source}); by the register it has no second factor
-- reason.ja.unsaid: {total}件のアカウントの外からの接続は、記録に二要素認証の有無が出ないため確かめられない（うち台帳で「使う」とあるもの{said}件）
-- reason.en.unsaid: connections of {total} accounts do not say in the log how many factors were used ({said} of them have two by the register)
-- reason.ja.ok: {total}件のアカウントの外からの接続は、すべて二要素認証だった（記録による）
-- reason.en.ok: all {total} accounts that came in from outside used two factors, by the log
-- reason.ja.none: この{days}日間、外からの接続はない
-- reason.en.none: nobody came in from outside in the last {days} days
-- fix.ja: VPN装置で二要素認証（証明書、ワンタイムパスワードなど）を必須にし、台帳の「二要素認証」を書き直す。記録に出ない装置では、設定画面の控えを証拠として `tenken attest` で残す
-- fix.en: make the second factor compulsory on the gateway (certificate, one-time password) and correct the register; where the log does not tell, attest with a copy of the settings
--
-- Few gateways write how somebody proved who he is.  Where none does, the register can show what is wrong, not what is right.

WITH session AS MATERIALIZED (
	SELECT fold(user) AS user_key, min(user) AS user, max(received) AS last, max(src_ip) AS source, min(event_id) AS first_event,
	       max(event_id) AS last_event,
	       min(CASE WHEN ifnull(method, '') || ' ' || ifnull(reason, '') LIKE '%mfa%' OR method LIKE '%2fa%' OR method LIKE '%otp%'
	                     OR method LIKE '%token%' OR method LIKE '%certificate%' OR method LIKE '%saml%' THEN 1 ELSE 0 END) AS told
	  FROM v_rare_event
	 WHERE type = 'remote_session' AND received > :seen - :days * 86400000000 AND user IS NOT NULL AND ifnull(outcome, '') <> 'failure'
	   AND ifnull(in_network(src_ip, :internal), ifnull(method, '') IN ('10', 'rdp')) = 0
	 GROUP BY fold(user)
), said AS (
	SELECT s.user_key, min(CASE WHEN a.mfa IS NOT NULL THEN a.mfa END) AS mfa
	  FROM session AS s
	  JOIN v_account_register AS a ON a.account_key = s.user_key
	 GROUP BY s.user_key
	UNION ALL
	SELECT s.user_key, r.mfa
	  FROM session AS s
	  JOIN v_register_value AS v ON v.kind = 'remote_maintenance' AND v.column_name = 'accounts' AND v.value = s.user_key
	  JOIN v_remote_maintenance AS r ON r.row_key = v.row_key AND r.mfa IS NOT NULL AND ifnull(r.ended_at, '9999') >= :today
), judged AS (
	SELECT s.*, (SELECT min(mfa) FROM said AS d WHERE d.user_key = s.user_key) AS mfa FROM session AS s
)
SELECT user AS resource, 'fail' AS status, 'one factor' AS reason, NULL AS reason_id, user, day(last) AS last, ifnull(source, '-') AS source,
       NULL AS total, NULL AS said, :days AS days, first_event, last_event
  FROM judged
 WHERE NOT told AND mfa = 0
UNION ALL
SELECT 'remote', CASE WHEN count(*) = sum(told) THEN 'pass' ELSE 'unknown' END, 'factors',
       CASE WHEN count(*) = sum(told) THEN 'ok' ELSE 'unsaid' END, NULL, NULL, NULL, CASE WHEN count(*) = sum(told) THEN count(*) ELSE sum(NOT told) END,
       sum(NOT told AND mfa), :days, NULL, NULL
  FROM judged
 WHERE told OR ifnull(mfa, 1)
HAVING count(*) > 0
UNION ALL
SELECT 'remote', 'pass', 'factors', 'none', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM session);
