-- id: contract-personal-data
-- ref: CF-P2-A8
-- title.ja: 契約に、個人情報の取り扱いと事故が起きたときの対応が書かれている
-- title.en: contracts say how personal data are handled and what is done after an incident
-- severity: high
-- decides: yes
-- needs: register:contracts
-- attest: 365
-- basis: recovered
-- reason.ja: 契約 {contract_id}（{name}）に{missing}がない
-- reason.en: contract {contract_id} ({name}) lacks {missing_en}
-- reason.ja.hours: 契約 {contract_id}（{name}）に、事故を何時間以内に報告するかが書かれていない
-- reason.en.hours: contract {contract_id} ({name}) does not say within how many hours an incident is reported
-- reason.ja.blank: 個人情報の条項の有無がどの契約にも書かれていない（有効な契約 {total}件）
-- reason.en.blank: the register does not say of any contract whether it has the clauses ({total} in force)
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、条項と報告の期限がそろっている
-- reason.en.ok: of {total} contracts in force, {good} have the clauses and a time limit
-- fix.ja: 契約書か覚書に、個人情報の取り扱い、事故が起きたときの対応、報告の期限（時間）を入れ、契約台帳に書く
-- fix.en: add the clauses on personal data and incidents, with a time limit for reports, to the contract, and enter them
--
-- A clause about incidents without a time limit leaves the institution unable to report in time itself: a warning.

WITH contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.personal_data_clause AS data, c.incident_clause AS incident,
	       c.report_hours AS hours
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
), sum AS (
	SELECT count(*) AS total, sum(ifnull(data, 0) = 1 AND ifnull(incident, 0) = 1 AND hours > 0) AS good,
	       max(coalesce(data, incident, hours) IS NOT NULL) AS said
	  FROM contract
)
SELECT c.contract_id AS resource, CASE WHEN ifnull(c.data, 0) AND ifnull(c.incident, 0) THEN 'warn' ELSE 'fail' END AS status,
       'clauses of this contract' AS reason, CASE WHEN ifnull(c.data, 0) AND ifnull(c.incident, 0) THEN 'hours' END AS reason_id,
       c.contract_id, c.name,
       CASE WHEN ifnull(c.data, 0) THEN '事故対応の条項' WHEN ifnull(c.incident, 0) THEN '個人情報の条項'
            ELSE '個人情報と事故対応の条項' END AS missing,
       CASE WHEN ifnull(c.data, 0) THEN 'a clause on incidents' WHEN ifnull(c.incident, 0) THEN 'a clause on personal data'
            ELSE 'clauses on personal data and incidents' END AS missing_en, s.total, s.good
  FROM contract AS c
 CROSS JOIN sum AS s
 WHERE s.said = 1 AND NOT (ifnull(c.data, 0) = 1 AND ifnull(c.incident, 0) = 1 AND ifnull(c.hours, 0) > 0)
UNION ALL
SELECT '契約', CASE WHEN said = 1 THEN 'pass' ELSE 'unknown' END, 'contracts', CASE WHEN said = 1 THEN 'ok' ELSE 'blank' END, NULL, NULL,
       NULL, NULL, total, good
  FROM sum
 WHERE total > 0 AND (said = 0 OR good > 0);
