-- id: contract-encryption
-- ref: CF-P2-x4
-- title.ja: 通信と保存の暗号化について事業者と取り決めている
-- title.en: it is agreed with the vendor what is encrypted, in transit and at rest
-- severity: medium
-- decides: yes
-- needs: register:contracts
-- attest: 365
-- basis: recovered
-- reason.ja: 契約 {contract_id}（{name}）に暗号化の取り決めがない（{missing}）
-- reason.en: contract {contract_id} ({name}) says nothing about encryption ({missing_en})
-- reason.ja.none: 契約 {contract_id}（{name}）では{missing}を暗号化しないことになっている
-- reason.en.none: by contract {contract_id} ({name}) nothing is encrypted ({missing_en})
-- reason.ja.blank: 暗号化の取り決めがどの契約にも書かれていない（有効な契約 {total}件）
-- reason.en.blank: the register does not say of any contract what is encrypted ({total} in force)
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、通信と保存の暗号化を取り決めている
-- reason.en.ok: of {total} contracts in force, {good} settle encryption in transit and at rest
-- fix.ja: 通信と保存のどこまでを暗号化するかを事業者と取り決め、契約台帳の「通信の暗号化」「保存の暗号化」に書く
-- fix.en: agree with the vendor what is encrypted, in transit and at rest, and enter it in the register
--
-- Asked is an agreement, whole or in part; agreeing on nothing at all is worth a second look.  Whether clear text crosses the
-- outer boundary cannot be seen from here yet: no event tells of single connections.

WITH contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.enc_transit AS transit, c.enc_rest AS rest,
	       CASE WHEN c.enc_transit IS NULL OR c.enc_rest IS NULL THEN 'missing'
	            WHEN c.enc_transit = 'none' OR c.enc_rest = 'none' THEN 'none' ELSE 'ok' END AS state
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
), sum AS (
	SELECT count(*) AS total, sum(state = 'ok') AS good, max(coalesce(transit, rest) IS NOT NULL) AS said
	  FROM contract
)
SELECT c.contract_id AS resource, CASE c.state WHEN 'none' THEN 'warn' ELSE 'fail' END AS status, 'encryption in this contract' AS reason,
       CASE c.state WHEN 'none' THEN 'none' END AS reason_id, c.contract_id, c.name,
       CASE WHEN ifnull(c.transit, 'none') <> 'none' THEN '保存' WHEN ifnull(c.rest, 'none') <> 'none' THEN '通信' ELSE '通信と保存' END AS missing,
       CASE WHEN ifnull(c.transit, 'none') <> 'none' THEN 'at rest' WHEN ifnull(c.rest, 'none') <> 'none' THEN 'in transit'
            ELSE 'in transit and at rest' END AS missing_en, s.total, s.good
  FROM contract AS c
 CROSS JOIN sum AS s
 WHERE s.said = 1 AND c.state <> 'ok'
UNION ALL
SELECT '契約', CASE WHEN said = 1 THEN 'pass' ELSE 'unknown' END, 'contracts', CASE WHEN said = 1 THEN 'ok' ELSE 'blank' END, NULL, NULL,
       NULL, NULL, total, good
  FROM sum
 WHERE total > 0 AND (said = 0 OR good > 0);
