-- id: waiver-ending
-- title.ja: 例外として認めた問題が、期限までに解決されている
-- title.en: what a waiver puts up with is solved before the waiver ends
-- severity: high
-- stage: 2
-- basis: proposed
-- param: warn_days = 30
-- param: shown_days = 30
-- reason.ja: 例外の期限（{until}）まであと{left}日。まだ{open}件の問題が残っている（{example}など。承認: {approver}）
-- reason.en: the waiver ends on {until}, in {left} days; {open} findings are still open ({example} and others; approved by {approver})
-- reason.ja.over: 例外の期限（{until}）が過ぎた。認められていた{open}件の問題が残っている（{example}など。承認: {approver}）
-- reason.en.over: the waiver ended on {until}; {open} findings that it put up with are still open ({example} and others; approved by {approver})
-- reason.ja.ok: 期限の近い例外で、問題が残っているものはない（有効な例外は{waivers}件）
-- reason.en.ok: no waiver that ends soon has open findings ({waivers} are in force)
-- fix.ja: 問題を解決する。続けて認めるときは、理由と代わりの対策を見直し、承認を得てから新しい期限で記録し直す（tenken waive）
-- fix.en: solve what is open; to go on putting up with it, review reason and measure, have it approved, and record it with a new end (tenken waive)
--
-- One row a waiver, however many findings it covers: when it ends there is one thing to say, not hundreds.  A later waiver for
-- the same check and pattern takes the place of an earlier one; what another waiver still covers is not open.  An ended one is
-- spoken of for a month.

WITH newest AS (
	SELECT check_id, resource_pattern, max(until) AS until, approver, min(start) AS start
	  FROM v_waiver
	 GROUP BY check_id, resource_pattern
), counted AS (
	SELECT n.check_id, n.resource_pattern, n.until, n.approver, days(:today, n.until) AS left, count(v.resource) AS open,
	       min(v.resource) AS example
	  FROM newest AS n
	  LEFT JOIN v_verdict AS v
	    ON v.check_id = n.check_id AND v.resource GLOB n.resource_pattern AND v.status IN ('warn', 'fail')
	   AND (n.until >= :today
	        OR NOT EXISTS (SELECT 1
	                         FROM v_waiver AS o
	                        WHERE o.check_id = v.check_id AND v.resource GLOB o.resource_pattern
	                          AND :today BETWEEN o.start AND o.until))
	 WHERE n.start <= :today AND days(n.until, :today) <= :shown_days
	 GROUP BY n.check_id, n.resource_pattern
), due AS (
	SELECT * FROM counted WHERE open > 0 AND left <= :warn_days
)
SELECT check_id || '/' || resource_pattern AS resource, CASE WHEN left < 0 THEN 'fail' ELSE 'warn' END AS status,
       'end of a waiver' AS reason, CASE WHEN left < 0 THEN 'over' END AS reason_id, until, left, open, example, approver,
       NULL AS waivers
  FROM due
 UNION ALL
SELECT 'waivers', 'pass', 'ends of waivers', 'ok', NULL, NULL, NULL, NULL, NULL,
       (SELECT count(*) FROM v_waiver WHERE :today BETWEEN start AND until)
 WHERE NOT EXISTS (SELECT 1 FROM due);
