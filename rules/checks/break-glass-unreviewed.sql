-- id: break-glass-unreviewed
-- ref: CL-2-04.f
-- title.ja: 緊急用アカウントの使用を、後から確認している
-- title.en: every use of a break-glass account is looked into afterwards
-- severity: medium
-- by: account
-- waits: logins
-- decides: no
-- needs: register:accounts
-- needs: auth_success within 7d
-- attest: 365
-- param: warn_days = 7
-- param: fail_days = 31
-- basis: proposed
-- reason.ja: 緊急用アカウント「{account}」が{last}に{host}で使われたが、{age}日たっても理由の確認が記録されていない
-- reason.en: the break-glass account "{account}" was used on {last} at {host}; in {age} days nobody has recorded why
-- reason.ja.none: 緊急用（種別「緊急」）のアカウントが台帳に1件もない
-- reason.en.none: the register has no break-glass account
-- reason.ja.ok: 緊急用アカウント{total}件の使用は、ほかに確認の残っているものがない
-- reason.en.ok: of {total} break-glass accounts, no other waits for a review
-- fix.ja: 使った人に理由と見た範囲を確かめ、事案の記録に種別「目的外利用」などで対象アカウントと対応内容を書く（または、ログ確認の記録にその日以降の確認を残す）
-- fix.en: ask who used it, why and what was looked at, and enter it in incidents (account, handling), or a review of that day or later in log_reviews
--
-- A break-glass account is there to be used when lives depend on it: using it is no fault, forgetting it is.  Access against
-- one's role within the records is not compared here: which profession may do what differs with every system's words.

WITH glass AS MATERIALIZED (
	SELECT a.system_id, a.system_key, a.account, max(s.last_used) AS used, s.last_host, s.place, s.last_event
	  FROM v_account_register AS a
	  LEFT JOIN v_account_seen AS s ON s.system_key = a.system_key AND s.account_key = a.account_key
	 WHERE a.kind = 'break_glass'
	 GROUP BY a.system_key, a.account_key
), open AS MATERIALIZED (
	SELECT g.*, days(day(g.used), :today) AS age
	  FROM glass AS g
	 WHERE g.used IS NOT NULL
	   AND NOT EXISTS (SELECT 1 FROM v_incident AS i
	                    WHERE i.account_key = fold(g.account) AND i.handling IS NOT NULL
	                      AND (i.closed_at >= day(g.used) OR substr(i.opened_at, 1, 10) >= day(g.used)))
	   AND NOT EXISTS (SELECT 1 FROM v_log_review AS r
	                    WHERE r.date >= day(g.used) AND r.date <= :today AND ifnull(r.system_key = g.system_key, 1))
)
SELECT system_id || '/' || account AS resource, CASE WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status, 'not looked into' AS reason,
       NULL AS reason_id, system_key AS system_id, account, ifnull(last_host, place) AS host, day(used) AS last, age, NULL AS total,
       last_event AS first_event, last_event
  FROM open
 WHERE age > :warn_days
UNION ALL
SELECT system_key, 'pass', 'break-glass accounts', 'ok', system_key, NULL, NULL, NULL, NULL, count(*), NULL, NULL FROM glass GROUP BY system_key
UNION ALL
SELECT 'accounts.csv', 'unknown', 'break-glass accounts', 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
 WHERE NOT EXISTS (SELECT 1 FROM glass) AND EXISTS (SELECT 1 FROM v_account_register);
