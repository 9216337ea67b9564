-- id: account-reenabled
-- ref: CL-2-05.i
-- title.ja: 無効にしたアカウントが承認なく有効に戻されていない
-- title.en: no disabled account was enabled again without approval
-- severity: high
-- decides: no
-- needs: register:accounts
-- needs: account_enable within 7d
-- param: days = 90
-- param: grace = 1
-- basis: proposed
-- reason.ja: 「{account}」が{last}に有効に戻された（操作した人 {who}）が、承認記録がない
-- reason.en: "{account}" was enabled again on {last} (by {who}) without an approval
-- reason.ja.wait: 「{account}」が{last}に有効に戻された（操作した人 {who}）。承認記録を待っている
-- reason.en.wait: "{account}" was enabled again on {last} (by {who}); an approval is awaited
-- reason.ja.ok: アカウントの記録が届いており、承認なく有効に戻されたものはない
-- reason.en.ok: changes of accounts are on record, and none was enabled again without approval
-- fix.ja: 誰が何のために戻したかを確かめ、必要なら承認記録（区分「アカウント」、対象はアカウント名）を書く。必要がなければ無効に戻す
-- fix.en: find out who needed it and why; enter an approval (kind account, the account as its target), or disable it again
--
-- A new account is made and enabled in one breath, which is no return.  The approval may follow by one business day.

WITH back AS (
	SELECT e.system_id, e.target_user, fold(e.target_user) AS account_key, e.received, e.at, e.user, e.event_id
	  FROM v_rare_event AS e
	 WHERE e.type = 'account_enable' AND e.received > :seen - :days * 86400000000 AND e.target_user IS NOT NULL
	   AND NOT EXISTS (SELECT 1 FROM v_rare_event AS c
	                    WHERE c.type = 'account_create' AND c.received BETWEEN e.received - 600000000 AND e.received + 600000000
	                      AND fold(c.target_user) = fold(e.target_user))
), bare AS (
	SELECT *, max(received) AS last
	  FROM back AS b
	 WHERE NOT EXISTS (SELECT 1 FROM v_approval AS a
	                    WHERE a.kind = 'account' AND a.target_key = b.account_key AND ifnull(a.system_key, fold(b.system_id)) = fold(b.system_id)
	                      AND days(a.approved_at, b.at) <= 31 AND business_days(b.at, a.approved_at) <= :grace)
	 GROUP BY system_id, account_key
)
SELECT system_id || '/' || target_user AS resource, CASE WHEN business_days(last, :today) > :grace THEN 'fail' ELSE 'warn' END AS status,
       'enabled again' AS reason, CASE WHEN business_days(last, :today) <= :grace THEN 'wait' END AS reason_id, fold(system_id) AS system_id,
       target_user AS account, day(last) AS last, ifnull(user, '-') AS who, event_id AS first_event, event_id AS last_event
  FROM bare
UNION ALL
SELECT 'accounts', 'pass', 'accounts', 'ok', NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM bare);
