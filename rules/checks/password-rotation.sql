-- id: password-rotation
-- ref: CL-2-07.c
-- title.ja: 定期変更で守るシステムのパスワードが期限内に変えられている
-- title.en: where passwords are changed regularly, they are
-- severity: medium
-- by: account
-- decides: no
-- needs: register:systems
-- needs: register:accounts
-- param: single = 13
-- param: default_days = 180
-- basis: proposed
-- reason.ja: 「{account}」（{name}）のパスワードは{changed}を最後に{age}日間変えられていない（期限は{need}日）
-- reason.en: the password of "{account}" ({name}) was last changed on {changed}, {age} days ago (limit: {need} days)
-- reason.ja.blank: 「{name}」の{blank}件は、パスワードをいつ変えたか分からない
-- reason.en.blank: when the passwords of {blank} accounts of "{name}" were changed is not known
-- reason.ja.ok: 「{name}」の{total}件に、ほかに期限を過ぎたパスワードはない
-- reason.en.ok: of {total} accounts of "{name}", no other has a password past its limit
-- reason.ja.unused: 定期変更で守るシステムはない（13文字以上か二要素認証）
-- reason.en.unused: no system relies on changing passwords (13 characters or a second factor instead)
-- fix.ja: 次のログインで変更させる設定にし、アカウント台帳の「パスワード変更日」を書き出しで更新する。13文字以上か二要素認証にすれば定期変更は要らない
-- fix.en: have them changed at the next login, and update pw_changed from an export; with 13 characters or a second factor no rotation is needed
--
-- Only systems that have neither a second factor nor thirteen characters.  Service accounts are for other checks.

WITH system AS (
	SELECT system_id, system_key, name, CAST(ifnull(pw_rotation_days, :default_days) AS INTEGER) AS need
	  FROM v_system
	 WHERE ifnull(mfa_status, '') <> 'done' AND ifnull(pw_min_len, 0) < :single AND pw_rotation_days > 0
), account AS (
	SELECT y.*, a.account, a.pw_changed AS changed, days(a.pw_changed, :today) AS age
	  FROM system AS y
	  JOIN v_account AS a ON a.system_key = y.system_key
	 WHERE a.enabled AND a.kind <> 'service'
)
SELECT system_id || '/' || account AS resource, CASE WHEN age > 2 * need THEN 'fail' ELSE 'warn' END AS status, 'password age' AS reason,
       NULL AS reason_id, system_key AS system_id, account, name, changed, age, need, NULL AS blank, NULL AS total
  FROM account
 WHERE age > need
UNION ALL
SELECT system_id, CASE WHEN count(changed) < count(*) THEN 'unknown' ELSE 'pass' END, 'password age',
       CASE WHEN count(changed) < count(*) THEN 'blank' ELSE 'ok' END, system_key, NULL, name, NULL, NULL, need, count(*) - count(changed), count(*)
  FROM account
 GROUP BY system_key
UNION ALL
SELECT 'systems.csv', 'pass', 'password age', 'unused', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM system) AND EXISTS (SELECT 1 FROM v_system) AND NOT EXISTS (SELECT 1 FROM v_system WHERE pw_min_len IS NULL);
