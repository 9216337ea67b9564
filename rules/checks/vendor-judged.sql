-- id: vendor-judged
-- ref: CF-P1-1-1.b
-- title.ja: 事業者を選んだ根拠がそろっている
-- title.en: it is written down on what grounds each vendor was chosen
-- severity: medium
-- decides: yes
-- needs: register:vendors
-- attest: 365
-- basis: seed
-- reason.ja: 「{name}」を選んだ判断が記録されていない（ほかに足りないもの: {missing}）
-- reason.en: no decision is on record for choosing {name} (also missing: {missing_en})
-- reason.ja.gaps: 「{name}」について確かめた記録が足りない: {missing}
-- reason.en.gaps: not on record for {name}: {missing_en}
-- reason.ja.unsuitable: 「{name}」は「{decision}」と判断されているが、取引が続いている
-- reason.en.unsuitable: {name} was judged "{decision}", and is still a vendor
-- reason.ja.blank: 事業者の選定を確かめた記録が台帳に何もない（取引中 {total}社）
-- reason.en.blank: nothing in the register says how vendors were judged ({total} in business)
-- reason.ja.ok: 取引中の{total}社のうち{good}社は、選定の根拠がそろっている
-- reason.en.ok: of {total} vendors in business, {good} have everything on record
-- fix.ja: 事業者から開示書・認証・財務諸表などの資料を受け取り、確かめた項目と、選んだ人・結果を事業者台帳に書く
-- fix.en: get disclosure, certificates and financial statements from the vendor, and enter what was confirmed, the decision and who made it
--
-- What the confirmation table lists: policy, the three kinds of safeguards, track record, financial soundness, a decision.
-- Statements of the fiscal year before last are old.  Whether the judgement is right only a person can say.

WITH vendor AS (
	SELECT vendor_id, name, decision, decided_by,
	       CASE WHEN security_policy_ref IS NULL THEN '方針の資料、' ELSE '' END
	       || CASE WHEN ifnull(safeguards_admin, 0) = 0 THEN '管理的対策、' ELSE '' END
	       || CASE WHEN ifnull(safeguards_technical, 0) = 0 THEN '技術的対策、' ELSE '' END
	       || CASE WHEN ifnull(safeguards_physical, 0) = 0 THEN '物理的対策、' ELSE '' END
	       || CASE WHEN track_record IS NULL THEN '実績、' ELSE '' END
	       || CASE WHEN ifnull(financials_year, 0) < CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04') - 2
	               THEN '直近の財務諸表、' ELSE '' END
	       || CASE WHEN decided_by IS NULL THEN '判断者、' ELSE '' END AS missing,
	       CASE WHEN security_policy_ref IS NULL THEN 'security policy, ' ELSE '' END
	       || CASE WHEN ifnull(safeguards_admin, 0) = 0 THEN 'administrative safeguards, ' ELSE '' END
	       || CASE WHEN ifnull(safeguards_technical, 0) = 0 THEN 'technical safeguards, ' ELSE '' END
	       || CASE WHEN ifnull(safeguards_physical, 0) = 0 THEN 'physical safeguards, ' ELSE '' END
	       || CASE WHEN track_record IS NULL THEN 'track record, ' ELSE '' END
	       || CASE WHEN ifnull(financials_year, 0) < CAST(substr(:today, 1, 4) AS INTEGER) - (substr(:today, 6, 2) < '04') - 2
	               THEN 'recent financial statements, ' ELSE '' END
	       || CASE WHEN decided_by IS NULL THEN 'who decided, ' ELSE '' END AS missing_en,
	       coalesce(decision, decided_by, track_record, financials_year, safeguards_admin, safeguards_technical) IS NOT NULL AS said
	  FROM v_vendor
	 WHERE active
), judged AS (
	SELECT *,
	       CASE WHEN decision IS NULL THEN 'none'
	            WHEN decision IN ('不適', '否', '不可', '不採用') THEN 'unsuitable'
	            WHEN missing <> '' THEN 'gaps' ELSE 'ok' END AS state
	  FROM vendor
), sum AS (
	SELECT count(*) AS total, sum(state = 'ok') AS good, max(said) AS said
	  FROM judged
)
SELECT j.vendor_id AS resource, CASE WHEN j.state IN ('none', 'unsuitable') THEN 'fail' ELSE 'warn' END AS status,
       'judgement of this vendor' AS reason, CASE WHEN j.state <> 'none' THEN j.state END AS reason_id, j.name, j.decision,
       ifnull(nullif(rtrim(j.missing, '、'), ''), 'なし') AS missing,
       ifnull(nullif(rtrim(j.missing_en, ', '), ''), 'nothing') AS missing_en, s.total, s.good
  FROM judged AS j
 CROSS JOIN sum AS s
 WHERE s.said = 1 AND j.state <> 'ok'
UNION ALL
SELECT '事業者', CASE WHEN said = 1 THEN 'pass' ELSE 'unknown' END, 'vendors', CASE WHEN said = 1 THEN 'ok' ELSE 'blank' END,
       NULL, NULL, NULL, NULL, total, good
  FROM sum
 WHERE total > 0 AND (said = 0 OR good > 0);
