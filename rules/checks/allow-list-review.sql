-- id: allow-list-review
-- ref: CL-2-13.e
-- title.ja: 接続元の許可一覧を定期的に見直している
-- title.en: the list of allowed sources is reviewed
-- severity: medium
-- decides: no
-- needs: register:network_allow
-- param: warn_days = 180
-- param: fail_days = 365
-- basis: proposed
-- reason.ja: 許可 {rule}（{network}）の最後の見直しは{last}で、{age}日たっている
-- reason.en: the entry {rule} ({network}) was last reviewed on {last}, {age} days ago
-- reason.ja.never: 許可 {rule}（{network}）に見直し日が書かれていない
-- reason.en.never: the entry {rule} ({network}) has no date of a review
-- reason.ja.ok: 許可一覧{total}件は{warn}日以内に見直されている
-- reason.en.ok: {total} entries were reviewed within {warn} days
-- fix.ja: その接続元がまだ必要か確かめ、不要なら消し、必要なら見直し日を書く
-- fix.en: see whether it is still needed; remove it or enter the date of the review

WITH entry AS (
	SELECT rule_id AS rule, network, reviewed_at AS last, days(reviewed_at, :now) AS age
	  FROM v_network_allow
	 WHERE ifnull(valid_to, '9999') >= :today
)
SELECT rule AS resource, CASE WHEN last IS NULL THEN 'unknown' WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status,
       'review of the list' AS reason, CASE WHEN last IS NULL THEN 'never' END AS reason_id, rule, network, last, age, NULL AS total,
       :warn_days AS warn, CASE WHEN age <= :fail_days THEN instant(last) + (:fail_days + 1) * 86400000000 END AS next
  FROM entry
 WHERE last IS NULL OR age > :warn_days
UNION ALL
SELECT 'network_allow.csv', 'pass', 'reviewed', 'ok', NULL, NULL, NULL, NULL, count(*), :warn_days,
       instant(min(last)) + (:warn_days + 1) * 86400000000
  FROM entry
 WHERE age <= :warn_days
HAVING count(*) > 0;
