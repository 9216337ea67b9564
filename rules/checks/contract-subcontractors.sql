-- id: contract-subcontractors
-- ref: CF-P2-sub
-- title.ja: 再委託先を把握し、承認している
-- title.en: subcontractors are known and approved
-- severity: medium
-- decides: no
-- needs: register:contracts
-- attest: 365
-- basis: background
-- reason.ja: 契約 {contract_id}（{name}）の再委託先「{who}」を承認した日が書かれていない
-- reason.en: contract {contract_id} ({name}): no day is given on which {who} was approved as subcontractor
-- reason.ja.blank: 契約 {contract_id}（{name}）に再委託があるかどうか書かれていない
-- reason.en.blank: contract {contract_id} ({name}) does not say whether there are subcontractors
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、再委託の有無と承認が分かっている
-- reason.en.ok: of {total} contracts in force, {good} say who subcontracts, with approval
-- fix.ja: 事業者に再委託の有無を書面で尋ね、契約台帳に再委託先（なければ「なし」）と承認した日を書く
-- fix.en: ask the vendor in writing, and enter the subcontractors (or "なし") and the day of approval
--
-- "None" has to be said, too.  Whether somebody unknown connects from outside is asked of the logs by other checks.

WITH contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.subcontractors AS who,
	       CASE WHEN c.subcontractors IS NULL THEN 'blank'
	            WHEN c.subcontractors IN ('なし', '無', '無し', 'no', 'none', '-') THEN 'ok'
	            WHEN ifnull(c.subcontract_approved_at, '9999') > :today THEN 'unapproved' ELSE 'ok' END AS state
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
)
SELECT contract_id AS resource, CASE state WHEN 'blank' THEN 'unknown' ELSE 'warn' END AS status, 'subcontractors of this contract' AS reason,
       CASE state WHEN 'blank' THEN 'blank' END AS reason_id, contract_id, name, who, NULL AS total, NULL AS good
  FROM contract
 WHERE state <> 'ok'
UNION ALL
SELECT '契約', 'pass', 'contracts', 'ok', NULL, NULL, NULL, (SELECT count(*) FROM contract), count(*)
  FROM contract
 WHERE state = 'ok'
HAVING count(*) > 0;
