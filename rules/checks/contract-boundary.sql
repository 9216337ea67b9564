-- id: contract-boundary
-- ref: CF-P2-resp
-- title.ja: 契約に、通常時と非常時の責任の分かれ目が書かれている
-- title.en: contracts say who answers for what, in ordinary times and in an emergency
-- severity: high
-- decides: no
-- needs: register:contracts
-- attest: 365
-- basis: background
-- reason.ja: 契約 {contract_id}（{name}）の責任分界が空欄（{missing}）
-- reason.en: contract {contract_id} ({name}) does not say who answers for what ({missing_en})
-- reason.ja.blank: 責任分界がどの契約にも書かれていない（有効な契約 {total}件）。決めていないのか、台帳に写していないだけなのか分からない
-- reason.en.blank: no contract in the register says who answers for what ({total} in force): not agreed, or not entered
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、通常時と非常時の責任分界が書かれている
-- reason.en.ok: of {total} contracts in force, {good} say it for ordinary times and emergencies
-- fix.ja: 契約書かSLAで、更新・監視・復旧をどちらが行うかを通常時と非常時に分けて取り決め、契約台帳に書く
-- fix.en: agree in the contract or SLA who updates, watches and restores, in ordinary times and in an emergency, and enter it
--
-- Where nobody had written it down, the vendor held that updating was not its task (Handa hospital, 2021).  A register without
-- the columns is not known rather than wrong.

WITH contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.boundary_normal AS normal, c.boundary_emergency AS emergency
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
), sum AS (
	SELECT count(*) AS total, sum(normal IS NOT NULL AND emergency IS NOT NULL) AS good,
	       max(normal IS NOT NULL OR emergency IS NOT NULL) AS said
	  FROM contract
)
SELECT c.contract_id AS resource, 'fail' AS status, 'boundary in this contract' AS reason, NULL AS reason_id, c.contract_id, c.name,
       CASE WHEN c.normal IS NOT NULL THEN '非常時' WHEN c.emergency IS NOT NULL THEN '通常時' ELSE '通常時と非常時' END AS missing,
       CASE WHEN c.normal IS NOT NULL THEN 'emergency' WHEN c.emergency IS NOT NULL THEN 'ordinary times'
            ELSE 'ordinary times and emergency' END AS missing_en, s.total, s.good
  FROM contract AS c
 CROSS JOIN sum AS s
 WHERE s.said = 1 AND (c.normal IS NULL OR c.emergency IS NULL)
UNION ALL
SELECT '契約', CASE WHEN said = 1 THEN 'pass' ELSE 'unknown' END, 'contracts', CASE WHEN said = 1 THEN 'ok' ELSE 'blank' END, NULL, NULL,
       NULL, NULL, total, good
  FROM sum
 WHERE total > 0 AND (said = 0 OR good > 0);
