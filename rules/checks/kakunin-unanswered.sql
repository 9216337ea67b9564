-- id: kakunin-unanswered
-- ref: CF-F.a
-- title.ja: 有効な契約について確認表に答えている
-- title.en: the confirmation table is answered for every contract in force
-- severity: medium
-- stage: 2
-- needs: register:contracts
-- basis: recovered
-- reason.ja: 契約 {contract_id}（{name}）の確認表 {parts} がまだ（義務ではないが、役割分担の証拠になる）
-- reason.en: for contract {contract_id} ({name}) the confirmation table, {parts_en}, is not answered (no duty, but evidence)
-- reason.ja.ok: 有効な契約{total}件のうち{good}件は、確認表に答えている
-- reason.en.ok: of {total} contracts in force, {good} have the confirmation table answered
-- fix.ja: 確認表の第1部は当院で、第2部は事業者と一緒に記入し、契約台帳に回答日を書くか `tenken answer` で項目ごとに答える
-- fix.en: fill in part 1 yourselves and part 2 with the vendor; enter the dates in the register, or each row with `tenken answer`
--
-- Part 1 is the institution's and done once; part 2 is done with each vendor.  A date in the register of contracts is enough.

WITH part AS (
	SELECT EXISTS (SELECT 1 FROM v_answer WHERE pack = 'kakunin-part1') AS one
), contract AS (
	SELECT c.contract_id, ifnull(v.name, c.vendor_id) AS name, c.kakunin1_at <= :today OR p.one AS one,
	       c.kakunin2_at <= :today
	       OR EXISTS (SELECT 1 FROM v_answer AS a WHERE a.pack = 'kakunin-part2' AND a.vendor_key = c.vendor_key) AS two
	  FROM v_contract AS c
	 CROSS JOIN part AS p
	  LEFT JOIN v_vendor AS v ON v.vendor_key = c.vendor_key
	 WHERE ifnull(c.starts_at, '') <= :today AND ifnull(c.ends_at, '9999') >= :today
	   AND EXISTS (SELECT 1 FROM v_register WHERE kind = 'contracts' AND state <> 'missing')
)
SELECT contract_id AS resource, 'warn' AS status, 'confirmation table of this contract' AS reason, NULL AS reason_id, contract_id, name,
       CASE WHEN ifnull(one, 0) THEN '第2部' WHEN ifnull(two, 0) THEN '第1部' ELSE '第1部・第2部' END AS parts,
       CASE WHEN ifnull(one, 0) THEN 'part 2' WHEN ifnull(two, 0) THEN 'part 1' ELSE 'parts 1 and 2' END AS parts_en, NULL AS total,
       NULL AS good
  FROM contract
 WHERE ifnull(one, 0) = 0 OR ifnull(two, 0) = 0
UNION ALL
SELECT '契約', 'pass', 'contracts', 'ok', NULL, NULL, NULL, NULL, (SELECT count(*) FROM contract), count(*)
  FROM contract
 WHERE ifnull(one, 0) = 1 AND ifnull(two, 0) = 1
HAVING count(*) > 0;
