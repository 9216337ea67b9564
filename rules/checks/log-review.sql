-- id: log-review
-- ref: CL-2-11.f
-- title.ja: 企画管理者がアクセスの記録を定期的に確認している
-- title.en: the records of access are read regularly
-- severity: medium
-- decides: no
-- needs: register:log_reviews
-- param: warn_days = 31
-- param: fail_days = 92
-- attest: 31
-- basis: proposed
-- reason.ja: 最後の記録の確認は{last}（{reviewer}）で、{age}日たっている（目安は{warn}日ごと）
-- reason.en: the records were last read on {last} (by {reviewer}), {age} days ago (every {warn} days is due)
-- reason.ja.ok: {last}に{reviewer}が記録を確認した（結果 {result}）
-- reason.en.ok: {reviewer} read the records on {last} (result: {result})
-- reason.ja.ahead: 台帳にあるのは先の日付の確認だけで、済んだ確認がない
-- reason.en.ahead: only dates ahead stand in the register; no review was done yet
-- fix.ja: 企画管理者が記録を確認し、日付・確認者・結果・対応を「ログ確認」台帳に書く
-- fix.en: read the records and enter date, reader, result and what was done in the register of log reviews
--
-- A tool that watches all day does not replace a person who looks.

WITH last AS (
	SELECT date AS last, reviewer_id, ifnull(result, '-') AS result, days(date, :now) AS age
	  FROM v_log_review
	 WHERE date <= :today
	 ORDER BY date DESC LIMIT 1
)
SELECT 'log_reviews.csv' AS resource,
       CASE WHEN l.age > :fail_days THEN 'fail' WHEN l.age > :warn_days THEN 'warn' ELSE 'pass' END AS status, 'review' AS reason,
       CASE WHEN l.age <= :warn_days THEN 'ok' END AS reason_id, l.last,
       ifnull((SELECT p.name FROM v_person AS p WHERE p.person_key = fold(l.reviewer_id)), l.reviewer_id) AS reviewer, l.result, l.age,
       :warn_days AS warn,
       instant(l.last) + CASE WHEN l.age <= :warn_days THEN :warn_days + 1 WHEN l.age <= :fail_days THEN :fail_days + 1 END * 86400000000 AS next
  FROM last AS l
UNION ALL
SELECT 'log_reviews.csv', 'unknown', 'only ahead', 'ahead', NULL, NULL, NULL, NULL, NULL, NULL
  FROM v_register
 WHERE kind = 'log_reviews' AND rows > 0 AND NOT EXISTS (SELECT 1 FROM last);
