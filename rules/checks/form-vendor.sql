-- id: form-vendor
-- ref: CL-F.c
-- title.ja: 事業者確認用を契約ごとに集めている
-- title.en: the vendors' form is collected for every contract
-- severity: high
-- stage: 2
-- needs: register:contracts
-- basis: recovered
-- reason.ja: 「{name}」（{system}）の事業者確認用が今年度まだ集まっていない
-- reason.en: the form of {name} ({system}) has not come in this fiscal year
-- reason.ja.part: 「{name}」（{system}）の事業者確認用は、{given}項目しか回答がない
-- reason.en.part: the form of {name} ({system}) has only {given} answers
-- reason.ja.ok: 有効な契約の{total}組のうち{good}組から、今年度の事業者確認用が集まっている
-- reason.en.ok: of {total} pairs of vendor and system under contract, {good} have handed in the form
-- fix.ja: 事業者確認用を送り、期限を決めて返してもらう。届いた回答は事業者番号とシステムを付けて `tenken answer` に入れる
-- fix.en: send the form with a date to have it back by; enter the answers with `tenken answer`, naming vendor and system
--
-- Each vendor fills it in once for each system.  Those who subcontract without a contract of their own need not.

WITH pair AS (
	SELECT c.vendor_id, ifnull(v.name, c.vendor_id) AS name, ifnull(c.system_id, '-') AS system,
	       (SELECT count(DISTINCT a.item) FROM v_answer AS a
	         WHERE a.vendor_key = c.vendor_key AND (a.system_key IS NULL OR a.system_key = c.system_key) AND a.pack GLOB 'mhlw-vendor-*'
	           AND a.fiscal_year = CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04')) AS given
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
	 GROUP BY c.vendor_key, c.system_key
), rows AS (
	SELECT max(1, ifnull((SELECT max(n) FROM (SELECT count(*) AS n FROM v_item WHERE pack GLOB 'mhlw-vendor-*' AND item <> 'R8' GROUP BY pack)), 1)) AS n
)
SELECT p.vendor_id || '/' || p.system AS resource, CASE WHEN substr(:today, 6, 2) < '04' THEN 'fail' ELSE 'warn' END AS status,
       'form of this vendor' AS reason, CASE WHEN p.given > 0 THEN 'part' END AS reason_id, p.name, p.system, p.given, NULL AS total, NULL AS good
  FROM pair AS p
 CROSS JOIN rows AS r
 WHERE p.given < r.n
UNION ALL
SELECT '事業者', 'pass', 'forms', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM pair), count(*)
  FROM pair AS p
 CROSS JOIN rows AS r
 WHERE p.given >= r.n
HAVING count(*) > 0 OR (SELECT count(*) FROM pair) = 0;
