-- id: contract-guideline
-- ref: CF-P2-A1
-- title.ja: 契約ごとに「2省ガイドライン」への適合を双方で確かめている
-- title.en: for each contract both sides have confirmed conformity with the guideline of the two ministries
-- severity: medium
-- decides: yes
-- needs: register:contracts
-- param: warn_days = 365
-- attest: 365
-- basis: recovered
-- reason.ja: 契約 {contract_id}（{name}）は、{since}に確かめてから{age}日たっている
-- reason.en: contract {contract_id} ({name}) was last confirmed on {since}, {age} days ago
-- reason.ja.never: 契約 {contract_id}（{name}）は、2省ガイドラインへの適合を確かめた日が書かれていない
-- reason.en.never: for contract {contract_id} ({name}) no day is given on which conformity was confirmed
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、{need}日以内に確かめている
-- reason.en.ok: of {total} contracts in force, {good} were confirmed within {need} days
-- fix.ja: 事業者に適合状況の報告を求めて内容を双方で確かめ、契約台帳の「2省ガイドラインの合意日」に日付を書く
-- fix.en: have the vendor report on conformity, go through it together, and enter the day in the register (gl2_confirmed_at)
--
-- Both sides must have looked: a statement that only lies in a drawer is vendor-guideline's business.

WITH contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.gl2_confirmed_at AS since, days(c.gl2_confirmed_at, :today) AS age
	  FROM v_contract AS c
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
)
SELECT contract_id AS resource, 'warn' AS status, 'confirmation of this contract' AS reason,
       CASE WHEN since IS NULL OR age < 0 THEN 'never' END AS reason_id, contract_id, name, since, age, NULL AS total, NULL AS good,
       :warn_days AS need
  FROM contract
 WHERE since IS NULL OR age < 0 OR age > :warn_days
UNION ALL
SELECT '契約', 'pass', 'contracts', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM contract), count(*), :warn_days
  FROM contract
 WHERE age BETWEEN 0 AND :warn_days
HAVING count(*) > 0;
