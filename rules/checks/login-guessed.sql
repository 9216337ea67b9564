-- id: login-guessed
-- ref: CL-2-07.e X-5
-- title.ja: ログイン失敗の集中のあとに成功していない
-- title.en: no burst of refused logins ended in a login
-- severity: critical
-- waits: logins
-- decides: no
-- needs: auth_success within 24h
-- param: days = 30
-- param: failures = 10
-- param: accounts = 10
-- param: usual_days = 3
-- basis: proposed
-- reason.ja: {last}に {source} から{count}回失敗したあと、同じ接続元で「{account}」（{system}）のログインが成功した。パスワードが破られた恐れがある
-- reason.en: on {last}, after {count} refusals from {source}, "{account}" ({system}) got in from there: the password may have been guessed
-- reason.ja.ok: ログインの記録が届いており、{days}日間、失敗の集中のあとの成功はない
-- reason.en.ok: logins are recorded, and in {days} days none followed on a burst of refused ones
-- fix.ja: すぐに「{account}」のパスワードを変えるか無効にし、接続元を切り離して、その後の操作の記録を調べる。本人の打ち間違いと確かめられたら記録に残す
-- fix.en: change the password of "{account}" or disable it at once, cut the address off and look at what it did; note it if it was only its owner mistyping
--
-- Within an hour of the failures, from the same address.  Who mistypes the own password where the account has been used on some days
-- before is a person: that stays with login-guessing.

WITH hit AS (
	SELECT b.*
	  FROM v_login_burst AS b
	 WHERE b.at > :seen - :days * 86400000000
	   AND b.kind = 'source' AND b.success_after >= :failures
	   AND NOT (b.accounts < :accounts
	            AND EXISTS (SELECT 1 FROM v_login_source AS s
	                         WHERE s.system_key = b.success_system AND s.account_key = b.success_account AND s.src_ip = b.src_ip
	                           AND s.first_used < b.at AND s.days > :usual_days))
)
SELECT ifnull(src_ip, '-') || '/' || ifnull(success_account, '-') AS resource, 'fail' AS status, 'a guessed password' AS reason,
       NULL AS reason_id, src_ip AS source, success_account AS account, success_system AS system, max(success_after) AS count,
       day(max(success_at)) AS last, :days AS days, min(first_event) AS first_event, max(success_event) AS last_event,
       NULL AS system_id
  FROM hit
 GROUP BY src_ip, success_account
UNION ALL
SELECT a.system_key, 'pass', 'none', 'ok', NULL, NULL, NULL, NULL, NULL, :days, NULL, NULL, a.system_key
  FROM v_alive AS a
 WHERE a.type = 'auth_success';
