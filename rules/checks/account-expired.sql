-- id: account-expired
-- ref: CL-2-05.h
-- title.ja: 有効期限の切れた一時アカウントが残っていない
-- title.en: no temporary account stays enabled past its date
-- severity: high
-- by: account
-- decides: no
-- needs: register:accounts
-- basis: proposed
-- reason.ja: 「{account}」は有効期限{valid_to}を{over}日過ぎたが、無効にした記録がない
-- reason.en: "{account}" was valid until {valid_to}, {over} days ago, and nothing says that it was disabled
-- reason.ja.ok: 登録{total}件に、期限の切れた有効なアカウントはほかにない
-- reason.en.ok: of {total} accounts, no other enabled one is past its date
-- fix.ja: アカウントを無効にして台帳の「無効化日」に日付を書く。まだ必要なら承認を得て「有効期限」を延ばす
-- fix.en: disable it and enter the date (disabled_at); if it is still needed, have a new date approved and enter it (valid_to)
--
-- The last day of validity is a day of use.

SELECT a.system_id || '/' || a.account AS resource, 'fail' AS status, 'past its date' AS reason, NULL AS reason_id, a.system_key AS system_id,
       a.account, a.person_name AS person, a.valid_to, days(a.valid_to, :today) AS over, NULL AS total, a.first_event,
       a.last_event
  FROM v_account AS a
 WHERE a.valid_to < :today
   AND (a.enabled OR a.disabled_at > :today)
UNION ALL
SELECT y.system_id, 'pass', 'accounts of this system', 'ok', y.system_key, NULL, NULL, NULL, NULL, y.accounts, NULL, NULL
  FROM v_account_system AS y;
