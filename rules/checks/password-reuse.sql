-- id: password-reuse
-- ref: CL-2-08.a
-- title.ja: パスワードの使い回しを禁じ、守られていることを確かめている
-- title.en: using one password in several places is forbidden, and somebody makes sure of it
-- severity: high
-- decides: yes
-- needs: register:systems
-- attest: 365
-- param: machines = 5
-- basis: recovered
-- reason.ja: 「{name}」でパスワードが使い回されていないことは、記録からは分からない（人が確かめる）
-- reason.en: no record can show that passwords of "{name}" are not used elsewhere; a person has to make sure
-- reason.ja.same: 管理者「{account}」が{total}台に同じ名前である（パスワードも同じ疑い）
-- reason.en.same: the administrator "{account}" is there on {total} machines under one name, perhaps with one password
-- fix.ja: 規程に使い回しの禁止を定め、事業者には他の施設と同じパスワードでないことを確かめ、`tenken attest` で確かめた人と日付を残す。サーバの管理者は台ごとに変える（LAPSなど）
-- fix.en: forbid it in the rules of the house, have the vendor confirm that it uses no password of another site, and attest who made sure and when; give each server an administrator's password of its own (LAPS)
--
-- A log never holds a password.  One name with administrator's rights on many machines is a hint, no proof; root is everywhere.

WITH same AS (
	SELECT account_key, min(account) AS account, count(DISTINCT system_key) AS total
	  FROM v_account
	 WHERE stored_admin AND enabled AND account_key <> 'root'
	 GROUP BY account_key
	HAVING count(DISTINCT system_key) >= :machines
)
SELECT system_id AS resource, 'unknown' AS status, 'nobody can see it' AS reason, NULL AS reason_id, name, NULL AS account, NULL AS total
  FROM v_system
UNION ALL
SELECT 'admin/' || account, 'warn', 'one name on many machines', 'same', NULL, account, total
  FROM same;
