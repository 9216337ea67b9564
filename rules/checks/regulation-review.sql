-- id: regulation-review
-- ref: CL-4-01.b
-- title.ja: 運用管理規程を定期的に見直している
-- title.en: the rules of the house are reviewed from time to time
-- severity: low
-- decides: no
-- needs: register:regulations
-- param: warn_days = 365
-- param: fail_days = 1095
-- basis: proposed
-- reason.ja: 「{title}」は{reviewed}を最後に{age}日間見直されていない
-- reason.en: "{title}" was last reviewed on {reviewed}, {age} days ago
-- reason.ja.blank: 「{title}」の承認日も見直し日も書かれていない
-- reason.en.blank: neither approval nor review of "{title}" has a date
-- reason.ja.ok: 「{title}」は{reviewed}に承認または見直されている
-- reason.en.ok: "{title}" was approved or reviewed on {reviewed}
-- fix.ja: 規程を読み直し、変更があれば改定して承認を得る。なくても規程の対応表の「見直し日」に日付を書く
-- fix.en: read the rules again, change what is out of date, and enter reviewed_at in the register of regulations
--
-- A row a set of rules.  Of its clauses the newest date counts: rules are read as a whole.

WITH rule AS (
	SELECT ifnull(title, '規程') AS title, nullif(max(max(CASE WHEN approved_at <= :today THEN approved_at ELSE '' END,
	       CASE WHEN reviewed_at <= :today THEN reviewed_at ELSE '' END)), '') AS reviewed
	  FROM v_regulation
	 GROUP BY ifnull(title, '規程')
)
SELECT title AS resource,
       CASE WHEN reviewed IS NULL THEN 'unknown' WHEN days(reviewed, :today) > :fail_days THEN 'fail'
            WHEN days(reviewed, :today) > :warn_days THEN 'warn' ELSE 'pass' END AS status,
       'age of the review' AS reason,
       CASE WHEN reviewed IS NULL THEN 'blank' WHEN days(reviewed, :today) <= :warn_days THEN 'ok' END AS reason_id, title, reviewed,
       days(reviewed, :today) AS age
  FROM rule;
