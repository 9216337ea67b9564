-- id: account-leaver-used
-- ref: CL-2-05.c
-- title.ja: 退職者のアカウントが退職後に使われていない
-- title.en: no account was used after its holder had left
-- severity: critical
-- by: account
-- decides: no
-- needs: register:accounts
-- needs: register:people within 31d
-- needs: auth_success within 7d
-- param: days = 90
-- basis: proposed
-- reason.ja: 「{account}」の持ち主 {person}（{person_id}）は{left}に退職したが、{used}にこのアカウントが使われた（接続元 {source}）
-- reason.en: {person} ({person_id}) left on {left}, yet the account "{account}" was used on {used} (from {source})
-- reason.ja.ok: 登録{total}件に、退職後に使われたアカウントはほかにない
-- reason.en.ok: of {total} accounts, no other one was used after its holder had left
-- fix.ja: すぐにアカウントを無効にし、接続元と操作の記録を確かめる。本人でなければ不正アクセスとして安全管理責任者に報告する
-- fix.en: disable the account at once and look at where it came from and what it did; unless there is a plain reason, report it as an intrusion
--
-- Use on the day of leaving is work.  A row stays for some time after the last use, so that a single night's use is not
-- gone by morning.

SELECT a.system_id || '/' || a.account AS resource, 'fail' AS status, 'used after the holder had left' AS reason,
       NULL AS reason_id, a.system_key AS system_id, a.account, a.person_name AS person, a.person_id,
       a.person_left_at AS left, day(a.last_used) AS used,
       ifnull((SELECT ifnull(s.last_src_ip, s.last_host) FROM v_account_seen AS s
                WHERE s.system_key = a.system_key AND s.account_key = a.account_key
                ORDER BY s.last_used DESC LIMIT 1), '-') AS source,
       NULL AS total, a.last_event AS first_event, a.last_event
  FROM v_account AS a
 WHERE a.person_left_at < :today
   -- CASE: the logs are searched for leavers only.
   AND CASE WHEN a.person_left_at < :today
            THEN a.last_used > :seen - :days * 86400000000 AND day(a.last_used) > a.person_left_at END
UNION ALL
SELECT y.system_id, 'pass', 'accounts of this system', 'ok', y.system_key, NULL, NULL, NULL, NULL, NULL, NULL, y.accounts, NULL, NULL
  FROM v_account_system AS y
 WHERE EXISTS (SELECT 1 FROM v_person);
