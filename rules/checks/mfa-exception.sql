-- id: mfa-exception
-- ref: CL-2-10.c
-- title.ja: 二要素認証の例外に期限があり、過ぎていない
-- title.en: exceptions from two factors have an end, and it has not passed
-- severity: high
-- decides: no
-- needs: register:systems
-- param: most_days = 365
-- param: warn_days = 30
-- basis: proposed
-- reason.ja: {what}「{target}」の二要素認証の例外は{until}で切れている
-- reason.en: the exception of "{target}" from two factors ended on {until} ({what_en})
-- reason.ja.soon: {what}「{target}」の二要素認証の例外は{until}で切れる
-- reason.en.soon: the exception of "{target}" from two factors ends on {until} ({what_en})
-- reason.ja.long: {what}「{target}」の二要素認証の例外は{until}まで{span}日間で、長すぎる（{most}日以内）
-- reason.en.long: the exception of "{target}" from two factors lasts {span} days until {until}, {most} are allowed ({what_en})
-- reason.ja.endless: {what}「{target}」の二要素認証の例外に期限がない
-- reason.en.endless: the exception of "{target}" from two factors has no end ({what_en})
-- reason.ja.ok: 二要素認証の例外{total}件は、ほかに期限の切れたものも長すぎるものもない
-- reason.en.ok: of {total} exceptions from two factors, no other is past its end or too long
-- fix.ja: 代わりの対策と導入の予定を見直し、責任者の承認を得て1年以内の期限で取り直す。要らなくなった例外は取り消す
-- fix.en: look again at the other measures and the plan, have it approved for a year at most, and take back what is no longer needed
--
-- Waivers of mfa-status and entries of kind mfa in the register of approvals.  What has ended counts while a system it speaks of
-- is still without a second factor; of several for one thing the latest end counts.

WITH exception AS (
	SELECT '例外申請' AS what, 'waiver' AS what_en, resource_pattern AS target, start, until, until IS NULL AS endless
	  FROM v_waiver
	 WHERE check_id IN ('mfa-status', 'mfa-vpn') AND start <= :today
	UNION ALL
	SELECT '承認記録', 'approval', ifnull(target, system_id), approved_at, until, until IS NULL
	  FROM v_approval
	 WHERE kind = 'mfa' AND approved_at <= :today
), latest AS (
	SELECT what, what_en, target, start, max(ifnull(until, '9999-12-31')) AS until, endless, days(start, until) AS span
	  FROM exception
	 WHERE target IS NOT NULL
	 GROUP BY what_en, target
), judged AS (
	SELECT *,
	       CASE WHEN endless THEN 'endless' WHEN until < :today THEN 'ended' WHEN span > :most_days THEN 'long'
	            WHEN days(:today, until) < :warn_days THEN 'soon' ELSE 'ok' END AS how
	  FROM latest AS l
	 WHERE endless OR until >= :today
	    OR EXISTS (SELECT 1 FROM v_system AS y WHERE y.system_id GLOB l.target AND ifnull(y.mfa_status, '') <> 'done')
)
SELECT what_en || '/' || target AS resource, CASE how WHEN 'soon' THEN 'warn' ELSE 'fail' END AS status, 'exception' AS reason,
       nullif(how, 'ended') AS reason_id, what, what_en, target, CASE WHEN endless THEN NULL ELSE until END AS until, span, :most_days AS most,
       NULL AS total
  FROM judged
 WHERE how <> 'ok'
UNION ALL
SELECT 'exceptions', 'pass', 'exceptions', 'ok', NULL, NULL, NULL, NULL, NULL, NULL, (SELECT count(*) FROM judged)
 WHERE EXISTS (SELECT 1 FROM v_system);
