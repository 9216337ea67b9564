-- id: work-report-late
-- ref: CL-2-02.d
-- title.ja: 保守作業のあと、事業者の報告を受けている
-- title.en: after maintenance the vendor's report comes in time
-- severity: medium
-- decides: no
-- needs: register:work_plans
-- param: warn_days = 3
-- param: fail_days = 14
-- basis: proposed
-- reason.ja: {ended}に終わった作業 {plan}（{vendor}）の報告を{age}日たっても受けていない
-- reason.en: no report on {plan} ({vendor}), which ended on {ended}, has come in {age} days
-- reason.ja.ok: 終わった保守作業{total}件は、ほかに報告の遅れているものがない
-- reason.en.ok: of {total} finished works, no other waits for its report
-- reason.ja.none: 終わった保守作業はまだない
-- reason.en.none: no maintenance has ended yet
-- fix.ja: 事業者に作業報告書を求め、内容を確かめて作業計画の「報告日」に受けた日を書く。中止した作業は行を消すか、中止日を報告日に書いて備考に残す
-- fix.en: ask for the report, read it, and enter reported_at; for work that was called off, enter the day it was and say so in the notes
--
-- Work of the house itself (no vendor) and planned outages need no report of a vendor.

WITH work AS MATERIALIZED (
	SELECT p.plan_id, ifnull((SELECT name FROM v_vendor AS v WHERE v.vendor_key = p.vendor_key), p.vendor_id) AS vendor,
	       day(instant(p.ends_at)) AS ended, p.reported_at, days(day(instant(p.ends_at)), :today) AS age
	  FROM v_work_plan AS p
	 WHERE p.vendor_id IS NOT NULL AND ifnull(p.kind, '') <> 'outage' AND instant(p.ends_at) < :now
)
SELECT plan_id AS resource, CASE WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status, 'no report' AS reason, NULL AS reason_id,
       plan_id AS plan, vendor, ended, age, NULL AS total
  FROM work
 WHERE reported_at IS NULL AND age > :warn_days
UNION ALL
SELECT 'work_plans.csv', 'pass', 'reports', CASE WHEN count(*) > 0 THEN 'ok' ELSE 'none' END, NULL, NULL, NULL, NULL, count(*)
  FROM work
HAVING EXISTS (SELECT 1 FROM v_work_plan);
