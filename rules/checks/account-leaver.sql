-- id: account-leaver
-- ref: CL-2-05.b
-- title.ja: 退職者のアカウントが有効なまま残っていない
-- title.en: no account of somebody who has left stays enabled
-- severity: critical
-- by: account
-- decides: yes
-- needs: register:accounts
-- needs: register:people within 31d
-- param: grace_business_days = 1
-- basis: seed
-- reason.ja: 「{account}」の持ち主 {person}（{person_id}）は{left}に退職したが、台帳ではアカウントが有効なまま残っている
-- reason.en: {person} ({person_id}) left on {left}; by the register the account "{account}" is still enabled
-- reason.ja.stored: 「{account}」の持ち主 {person}（{person_id}）は{left}に退職したが、アカウントが今も有効である（サーバで確認）
-- reason.en.stored: {person} ({person_id}) left on {left}; the account "{account}" is enabled on the machine to this day
-- reason.ja.kept: 「{account}」の持ち主 {person}（{person_id}）は{left}に退職し、台帳では{disabled}に無効化済みだが、実際にはまだ有効である
-- reason.en.kept: {person} ({person_id}) left on {left}; for "{account}" the register says disabled on {disabled}, but the machine still has it enabled
-- reason.ja.ok: 登録{total}件に、退職者の有効なアカウントはほかにない
-- reason.en.ok: of {total} accounts, no other enabled one belongs to somebody who has left
-- reason.ja.told: 登録{total}件に、退職者の有効なアカウントはほかにない（うち{told}件は台帳に無効化日がなく、無効化されたというログによる）
-- reason.en.told: of {total} accounts, no other enabled one belongs to somebody who has left; that {told} of them are disabled is known from the logs, not from the register
-- fix.ja: 今日のうちにアカウントを無効にし、台帳の「無効化日」に日付を書く。退職後に使われていないかも確かめる
-- fix.en: disable the account today and enter the date in the register (disabled_at); also look whether it was used since
--
-- The day of leaving still counts as work, and one business day more is for those who disable it.  What a machine's own
-- account store says wins over the register: an entry in a list locks nobody out.

WITH told AS (
	SELECT system_key, count(*) AS told
	  FROM v_account
	 WHERE person_left_at < :today AND told_disabled_at IS NOT NULL AND disabled_at IS NULL AND deleted_at IS NULL
	   AND NOT stored AND NOT enabled
	 GROUP BY system_key
)
SELECT a.system_id || '/' || a.account AS resource, 'fail' AS status, 'the holder has left' AS reason,
       CASE WHEN a.stored AND a.disabled_at <= :today THEN 'kept' WHEN a.stored THEN 'stored' END AS reason_id,
       a.system_key AS system_id, a.account, a.person_name AS person, a.person_id, a.person_left_at AS left,
       a.disabled_at AS disabled, days(a.person_left_at, :today) AS since_days, NULL AS total, NULL AS told, a.first_event, a.last_event
  FROM v_account AS a
 WHERE a.person_left_at < :today
   AND (a.enabled OR a.disabled_at > :today)
   AND business_days(a.person_left_at, :today) > :grace_business_days
UNION ALL
SELECT y.system_id, 'pass', 'accounts of this system', CASE WHEN t.told > 0 THEN 'told' ELSE 'ok' END, y.system_key, NULL, NULL, NULL, NULL,
       NULL, NULL, y.accounts, t.told, NULL, NULL
  FROM v_account_system AS y
  LEFT JOIN told AS t ON t.system_key = y.system_key
 WHERE EXISTS (SELECT 1 FROM v_person);
