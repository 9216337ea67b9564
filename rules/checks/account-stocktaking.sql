-- id: account-stocktaking
-- ref: CL-2-05.g
-- title.ja: アカウントの棚卸を定期的に行っている
-- title.en: accounts are reviewed from time to time
-- severity: medium
-- waits: words
-- decides: no
-- needs: register:accounts
-- attest: 180
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: recovered
-- reason.ja: {system}のアカウント{overdue}件の棚卸が{need}日を超えて古い（最も古いものは{oldest}、{age}日前）
-- reason.en: accounts of {system} last reviewed over {need} days ago: {overdue} (the oldest on {oldest}, {age} days)
-- reason.ja.blank: {system}のアカウント{blank}件に棚卸日が書かれていない
-- reason.en.blank: accounts of {system} without a date of a review: {blank}
-- reason.ja.ok: {system}のアカウント{total}件は、すべて{need}日以内に棚卸されている
-- reason.en.ok: all {total} accounts of {system} were reviewed within {need} days
-- fix.ja: 一覧を部署に渡して要る・要らないを確かめてもらい、「最終棚卸日」に日付を書く。半年に1回の予定を決めておく
-- fix.en: give each department its list and have it say what is needed, and enter last_review; plan it twice a year
--
-- One row a system.  An account issued since counts from its issue: nobody has to review what was approved last month.

WITH account AS (
	SELECT system_key, system_id,
	       nullif(max(ifnull(CASE WHEN last_review <= :today THEN last_review END, ''), ifnull(CASE WHEN issued_at > day(:now - :warn_days * 86400000000)
	                                                                                         THEN issued_at END, '')), '') AS reviewed
	  FROM v_account
	 WHERE registered AND (enabled OR disabled_at > :today)
), system AS (
	SELECT system_key, min(system_id) AS system, count(*) AS total, sum(reviewed IS NULL) AS blank, min(reviewed) AS oldest,
	       ifnull(sum(reviewed < day(:now - :warn_days * 86400000000)), 0) AS overdue, days(min(reviewed), :today) AS age
	  FROM account
	 GROUP BY system_key
)
SELECT system AS resource,
       CASE WHEN age > :fail_days THEN 'fail' WHEN age > :warn_days THEN 'warn' WHEN blank > 0 THEN 'unknown' ELSE 'pass' END AS status,
       'age of the review' AS reason, CASE WHEN age > :warn_days THEN NULL WHEN blank > 0 THEN 'blank' ELSE 'ok' END AS reason_id,
       system_key AS system_id, system, total, blank, overdue, oldest, age, :warn_days AS need
  FROM system;
