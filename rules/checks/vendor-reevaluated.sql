-- id: vendor-reevaluated
-- ref: CF-P1-1-1.c
-- title.ja: 事業者を定期的に評価し直している
-- title.en: vendors are judged again from time to time
-- severity: medium
-- decides: no
-- needs: register:vendors
-- param: warn_days = 365
-- param: fail_days = 1095
-- basis: proposed
-- reason.ja: 「{name}」の評価が{since}から{age}日間見直されていない
-- reason.en: {name} was last judged on {since}, {age} days ago
-- reason.ja.never: 「{name}」の評価日が書かれていない
-- reason.en.never: no date is given on which {name} was judged
-- reason.ja.ok: 取引中の{total}社のうち{good}社は、{need}日以内に評価されている
-- reason.en.ok: of {total} vendors in business, {good} were judged within {need} days
-- fix.ja: 開示書や認証、事故の有無を見直して評価し、事業者台帳の「評価日」を書き直す
-- fix.en: look at disclosure, certificates and incidents again, and enter the new date (evaluated_at)
--
-- A vendor that was fine when the contract was made may not be any more.  Without a date nobody knows how old the judgement is.

WITH vendor AS (
	SELECT vendor_id, name, evaluated_at AS since, days(evaluated_at, :today) AS age
	  FROM v_vendor
	 WHERE active
)
SELECT vendor_id AS resource,
       CASE WHEN since IS NULL THEN 'unknown' WHEN age > :fail_days THEN 'fail' ELSE 'warn' END AS status,
       'age of the judgement' AS reason, CASE WHEN since IS NULL THEN 'never' END AS reason_id, name, since, age, NULL AS total,
       NULL AS good, :warn_days AS need
  FROM vendor
 WHERE since IS NULL OR age > :warn_days
UNION ALL
SELECT '事業者', 'pass', 'vendors', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM vendor), count(*), :warn_days
  FROM vendor
 WHERE age <= :warn_days
HAVING count(*) > 0;
